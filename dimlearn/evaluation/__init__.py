"""What is a code worth? Frozen encoders, probes on their codes, intervals, and the comparison.

This room judges encoders, wherever they come from, and trains nothing but probes and the rows of
its table. It may import `deep_infomax` and what stands below it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["comparison"],
    submod_attrs={
        "probes": [
            "accuracy_interval",
            "encode",
            "few_label_accuracy",
            "few_labels",
            "frozen_classifier",
            "frozen_codes",
            "knn",
            "linear",
            "standardize",
        ],
    },
)
