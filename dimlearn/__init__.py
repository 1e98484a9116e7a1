"""dimlearn: understand Deep InfoMax (arXiv 1808.06670) by building it.

    from dimlearn import DeepInfoMax, build_encoder, data

Each folder is a room named after an idea; `README.md` draws them. A room may import the rooms below
it and no others. The names below, and those of the rooms, are imported when they are first used, so
that `import dimlearn` is quick and TensorFlow is only loaded where it is needed.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["check", "data", "deep_infomax", "evaluation", "information", "pictures"],
    submod_attrs={
        "deep_infomax.encoder": ["build_encoder"],
        "deep_infomax.model": ["DeepInfoMax"],
        "errors": ["InputError"],
        "evaluation.own_images": ["train_encoder"],
        "information": ["bounds"],
        "information.estimation": ["estimate_mi"],
    },
)
