"""dimlearn: understand Deep InfoMax (arXiv 1808.06670) by building it.

    from dimlearn import DeepInfoMax, build_encoder, data

The names below are imported when they are first used, so that `import dimlearn` is quick and
TensorFlow is only loaded where it is needed.
"""

import importlib

__version__ = "0.1.0"

_HOMES = {
    "DeepInfoMax": "dimlearn.model",
    "build_encoder": "dimlearn.encoder",
    "InputError": "dimlearn.errors",
    "bounds": "dimlearn.bounds",
    "check": "dimlearn.check",
    "critics": "dimlearn.critics",
    "data": "dimlearn.data",
    "encoder": "dimlearn.encoder",
    "estimate_mi": "dimlearn.estimation",
    "estimation": "dimlearn.estimation",
    "evaluation": "dimlearn.evaluation",
    "information": "dimlearn.information",
    "objectives": "dimlearn.objectives",
    "worlds": "dimlearn.worlds",
}

__all__ = sorted(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'dimlearn' has no attribute {name!r}")
    home = importlib.import_module(_HOMES[name])
    return home if home.__name__ == f"dimlearn.{name}" else getattr(home, name)


def __dir__():
    return [*globals(), *_HOMES]
