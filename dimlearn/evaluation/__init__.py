"""What is a code worth? Frozen encoders, probes on their codes, intervals, and the comparison.

This room judges encoders, wherever they come from, and trains nothing but probes, the rows of its
table, and an encoder for images of your own that it then shows. It may import `deep_infomax` and
what stands below it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "codes": ["encode", "frozen_codes", "standardize", "whiten"],
        "comparison": ["compare"],
        "intervals": ["accuracy_interval", "paired_difference"],
        "probes": ["few_label_accuracy", "few_labels", "knn", "linear"],
        "rows": ["all_rows"],
        "settings": ["Settings"],
    },
)
