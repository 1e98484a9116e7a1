"""Mutual information by itself: exact, bounded and estimated, in nats.

This room has what can be said about information without an encoder: tables and Gaussians, worlds
with a known answer, bounds on score tensors, estimators for samples. It may import `errors`,
`startup` and `files`, and no other room.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["bounds", "diagnosis", "readouts", "worlds"],
    submod_attrs={
        "exact": [
            "entropy",
            "gaussian_mi",
            "kl_divergence",
            "mutual_information",
        ],
        "estimation": ["CrossFitted", "Recommended", "estimate_mi"],
        "estimators": ["KSG", "Estimate", "Gaussian", "Histogram"],
    },
)
