"""Everything that decides the table of a comparison, apart from the images.

Nothing here needs TensorFlow: the command line shows these defaults at once.
"""

from dataclasses import dataclass, field

# (alpha, beta, gamma) of the seminar project's four encoders.
WEIGHTS = {
    "global": (1.0, 0.0, 1.0),
    "local": (0.0, 1.0, 0.1),
    "mixed": (0.6, 0.4, 0.0),
    "complete": (0.6, 0.4, 0.2),
}
# The budget of every network unless `epochs` is given: about so many batches, and no fewer epochs.
STEPS, EPOCHS = 1_060, 5
# What `ablation.py` can vary: for each value what differs from the settings, of the row *local*
# where no other is named.
ABLATIONS = {
    "critic": {value: {"critic": value} for value in ("dot", "concat")},
    "bound": {
        value: {"bound": value} for value in ("infonce_codes", "infonce", "jsd", "dv", "nwj")
    },
    "negatives": {value: {"bound": "jsd", "negatives": value} for value in ("all", "one")},
    "batch": {str(size): {"batch_size": size} for size in (32, 64, 128, 256)},
    "code": {str(dim): {"code_dim": dim} for dim in (8, 16, 32, 64, 128)},
    "views": {
        "none": {"rows": ("local",)},
        "one": {"rows": ("augmented",)},
        "two": {"rows": ("views",)},
    },
}


@dataclass(frozen=True)
class Settings:
    """The settings of a comparison.

    data: the name of a data set or the path of an `.npz`.
    weights: `{name: (alpha, beta, gamma)}`, a row of Deep InfoMax for each.
    rows: the names of the rows to make; None: all of them.
    epochs, batch_size, learning_rate: of every network; epochs None: see `STEPS`.
    decay: whether the learning rate, after its rise, falls to 0; see `rise_and_fall`.
    architecture, code_dim: of every encoder (see `build_encoder`).
    bound, critic, negatives, prior: of every Deep InfoMax (see `DeepInfoMax`).
    views: of the rows that see random pictures of every image (see `DeepInfoMax`); None:
        "handwriting" for images of one channel, "photographs" for colour.
    seeds: how many pretrainings; probe_seeds: how many trained probes and draws of labels.
    add: `{name: path}`, a row for each frozen encoder of yours, a `.keras` file.
    layer_images: how many labelled images, at most, the probes of the layers are trained on.
    full: whether the paper's other measurements are made too (`measures.py`), of *random* as well.
    """

    data: str = "digits"
    weights: dict = field(default_factory=lambda: dict(WEIGHTS))
    rows: tuple | None = None
    epochs: int | None = None
    batch_size: int = 128
    learning_rate: float = 0.015
    decay: bool = False
    architecture: str = "light"
    code_dim: int = 64
    bound: str = "infonce_codes"
    critic: str = "dot"
    negatives: str = "all"
    prior: str = "uniform"
    views: str | None = None
    seeds: int = 1
    probe_seeds: int = 3
    add: dict = field(default_factory=dict)
    layer_images: int = 5_000
    full: bool = False
