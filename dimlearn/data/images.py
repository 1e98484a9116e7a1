"""Images to learn from: bundled handwriting, three well-known sets, and your own arrays.

    images = load()                               # bundled handwriting, no download
    images = load("mnist", download=True)         # also fashion_mnist, cifar10
    images = load("my_images.npz")                # x_train, y_train, x_test, y_test
    images = load("my_pictures")                  # a folder with a sub-folder for each class
    images = from_arrays(x_train, y_train, x_test, y_test)

Images are float32 in [0, 1], `[N, H, W, channels]`; labels are integers 0 to K-1, whatever numbers
or names the classes came with. The validation set is split from the training set; the test set is
only ever evaluated on.
"""

import dataclasses
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from dimlearn.data.class_folders import held_out, load_classes
from dimlearn.data.digits import posed_digits
from dimlearn.data.downloads import DOWNLOADS, find_arrays
from dimlearn.errors import InputError, one_line
from dimlearn.files import readable

NAMES = ("digits", *DOWNLOADS)
VALIDATION_FRACTION = 0.1
ZERO_TO_ONE = one_line("""
    must be uint8 from 0 to 255, or floats in [0, 1], but are uint8 with 1 as the largest: images of
    0 and 1 must come as floats
""")


@dataclass(frozen=True)
class Dataset:
    """Images and labels in three parts: `x_*` float32 `[N, H, W, channels]`, `y_*` int64 `[N]`.

    `test_groups` `[N]` says which original each test image shows: images of one original are
    not independent cases. Where every image is its own, they are numbered. `source` says where the
    images came from. `class_names` has the K names of the classes: what the labels were there.
    `x_unlabelled` `[U, H, W, channels]`, or None, are more images, of which no class is known.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    test_groups: np.ndarray
    source: str
    class_names: tuple
    x_unlabelled: np.ndarray | None = None

    @property
    def num_classes(self):
        return len(self.class_names)

    @property
    def test_originals(self):
        """The number of independent test cases: of the originals that the test images show."""
        return len(np.unique(self.test_groups))

    @property
    def image_shape(self):
        return self.x_train.shape[1:]

    @property
    def pretraining_count(self):
        """The number of images that are trained on without labels: N + U."""
        return len(self.x_train) + (0 if self.x_unlabelled is None else len(self.x_unlabelled))

    @property
    def x_pretraining(self):
        """What is trained on without labels: the training images, then those of no known class."""
        return self.x_train if self.x_unlabelled is None else np.asarray(self.train_tensor)

    @cached_property
    def train_tensor(self):
        """`x_pretraining` as a tensor, made once for all trainings. From then on `x_train` is
        read-only and, without a GPU, a view of its memory: a second copy of MNIST would take 161
        MiB."""
        from dimlearn.startup import tf

        parts = [self.x_train] if self.x_unlabelled is None else [self.x_train, self.x_unlabelled]
        tensor = tf.constant(np.concatenate(parts) if parts[1:] else self.x_train)
        images, labelled = np.asarray(tensor), len(self.x_train)
        object.__setattr__(self, "x_train", images[:labelled])
        if parts[1:]:
            object.__setattr__(self, "x_unlabelled", images[labelled:])
        return tensor


def load(name=None, download=False, seed=0, limit=None):
    """A data set by name, or from an `.npz` file of your own.

    `name`: "digits" (bundled), "mnist", "fashion_mnist", "cifar10", or the path of an `.npz` with
    the arrays `x_train`, `y_train`, `x_test` and `y_test`, perhaps with more images in
    `x_unlabelled`; or of a folder of pictures (see `class_folders.py`); without one, what
    `DIMLEARN_DATASET` names, or else digits. Other than digits, a named set is looked for in
    `DIMLEARN_DATA` (a folder that holds `NAME.npz`, or an `.npz`) and in Keras' cache, and
    downloaded (verified by SHA-256) only with `download=True`. `seed` splits the validation images
    from the training images. `limit`: keep at most so many training images, the first ones. (The
    digits come pose by pose, so that even a few thousand show every original.)

    Returns a `Dataset`. Raises `InputError` when there is no such set or its file is damaged.
    """
    dataset = find(name or os.environ.get("DIMLEARN_DATASET") or "digits", download, seed)
    if limit is None:
        return dataset
    if limit < 2:
        raise InputError(f"limit must leave at least 2 training images, but is {limit}")
    return dataclasses.replace(
        dataset, x_train=dataset.x_train[:limit], y_train=dataset.y_train[:limit]
    )


def find(name, download, seed):
    """The whole data set of a name, an `.npz` file or a folder; see `load`."""
    if name == "digits":
        return load_digits(seed)
    if name in DOWNLOADS:
        arrays, source = find_arrays(name, download)
    elif Path(name).suffix.lower() == ".npz":
        arrays, source = find_arrays(Path(name), download=False)
    elif Path(name).is_dir():
        arrays, source = load_classes(name, seed)
    else:
        raise InputError(
            f"""there is no data set {str(name)!r}: choose one of {", ".join(NAMES)},
            or give the path of an .npz file, or of a folder with a sub-folder for each class"""
        )
    return from_arrays(**arrays, name=readable(Path(name).stem), seed=seed, source=source)


def load_digits(seed=0):
    """The bundled digits as a `Dataset` of 10 classes, shaped like MNIST; see `digits.py`.

    A tenth of the originals of the training set validates, in all their poses.
    """
    arrays, originals, test_groups = posed_digits()
    arrays["class_names"] = tuple(map(str, range(10)))
    validating = held_out(originals, arrays["y_train"], seed, VALIDATION_FRACTION)
    source = "scikit-learn's handwritten digits, posed"
    return split("digits", arrays, np.flatnonzero(~validating), validating, test_groups, source)


def from_arrays(
    x_train, y_train, x_test, y_test, x_unlabelled=None, name="arrays", seed=0, source="arrays"
):
    """A `Dataset` of your own images and labels; a tenth of the training images validates.

    `x_*`: images `[N, H, W, channels]` or `[N, H, W]`, uint8 or floats in [0, 1];
    `y_*`: labels `[N]` or `[N, 1]`, integers or texts, which become 0 to K-1 in their order; what
    they were is kept as `class_names`; `x_unlabelled`: more images, of no known class, or None. The
    images to train on are shuffled.
    Raises `InputError` naming the array and what is wrong with it.
    """
    arrays = checked_arrays(x_train, y_train, x_test, y_test)
    labels = arrays["y_train"]
    validating = held_out(np.arange(len(labels)), labels, seed, VALIDATION_FRACTION)
    if not validating.any():
        raise InputError("y_train has one image of each class: none can be held out to validate")
    # Shuffled, since files are often sorted by class and whatever takes the first few trusts them.
    rng = np.random.default_rng(seed)
    training = rng.permutation(np.flatnonzero(~validating))
    groups = np.arange(len(arrays["x_test"]))
    dataset = split(name, arrays, training, validating, groups, source)
    if x_unlabelled is None:
        return dataset
    x_unlabelled = check_images(x_unlabelled, "x_unlabelled")
    check_same_shape("x_unlabelled", x_unlabelled, arrays["x_train"])
    return dataclasses.replace(dataset, x_unlabelled=rng.permutation(x_unlabelled))


def split(name, arrays, training, validating, test_groups, source):
    """The `Dataset` of the arrays of `checked_arrays`; `training` and `validating` index the images
    to train on and to validate on."""
    x, y = arrays["x_train"], arrays["y_train"]
    return Dataset(
        name,
        x[training],
        y[training],
        x[validating],
        y[validating],
        arrays["x_test"],
        arrays["y_test"],
        test_groups,
        source,
        arrays["class_names"],
    )


# ---------------------------------------------------------------- checks


def checked_arrays(x_train, y_train, x_test, y_test):
    """The four arrays of `from_arrays` as `Dataset` holds them, and its `class_names`, by name."""
    x_train, x_test = check_images(x_train, "x_train"), check_images(x_test, "x_test")
    check_same_shape("x_test", x_test, x_train)
    y_train = check_labels(y_train, len(x_train), "y_train")
    y_test = check_labels(y_test, len(x_test), "y_test")
    if y_train.dtype.kind != y_test.dtype.kind:
        raise InputError(f"y_train has dtype {y_train.dtype}, but y_test has {y_test.dtype}")
    classes, unseen = np.unique(y_train), np.setdiff1d(y_test, y_train)
    if len(unseen):
        raise InputError(f"y_test holds the class {unseen[0]}, of which y_train has no image")
    if len(classes) < 2:
        raise InputError(f"y_train must hold at least two classes, but has only {classes[0]}")
    return {
        "x_train": x_train,
        "y_train": np.searchsorted(classes, y_train),
        "x_test": x_test,
        "y_test": np.searchsorted(classes, y_test),
        "class_names": tuple(map(readable, classes)),
    }


def check_same_shape(name, images, x_train):
    """Raise `InputError` unless the images are as large as the training images."""
    if x_train.shape[1:] != images.shape[1:]:
        raise InputError(
            f"x_train holds images of shape {x_train.shape[1:]}, {name} of {images.shape[1:]}"
        )


def check_images(images, name="images"):
    """The images as float32 `[N, H, W, channels]` in [0, 1], a channel axis added where missing.

    uint8 is 0 to 255, and divided by 255. Images of 0 and 1 stored as uint8 are refused: taken as
    0 to 255 they would be all but black, and a set that is all but black would be taken for them.
    Raises `InputError` for anything that is not a set of images.
    """
    try:
        images = np.asarray(images)
    except ValueError:
        raise InputError(f"{name} must be one array of images, all of the same size") from None
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4:
        raise InputError(
            f"""{name} must have the shape (N, height, width, channels) or (N, height, width), but
            has {images.shape}"""
        )
    if images.size == 0:
        raise InputError(f"{name} holds no image, or images without pixels: {images.shape}")
    if images.dtype == np.uint8:
        if images.max() == 1:
            raise InputError(f"{name} {ZERO_TO_ONE}")
        return images.astype("float32") / 255
    if images.dtype.kind != "f":
        raise InputError(
            f"{name} must be uint8 (0 to 255) or floats in [0, 1], but has dtype {images.dtype}"
        )
    if not np.isfinite(images).all():
        raise InputError(f"{name} holds {np.count_nonzero(~np.isfinite(images))} NaN or infinity")
    if images.min() < 0 or images.max() > 1:
        raise InputError(
            f"""{name} must lie in [0, 1], but lies in [{images.min():g}, {images.max():g}]: divide
            pixels by 255, or pass them as uint8"""
        )
    return images.astype("float32", copy=False)


def check_labels(labels, count, name="labels"):
    """The labels as they are, `[N]`. `InputError` unless they are `count` integers or texts."""
    labels = np.asarray(labels)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.dtype == object and all(isinstance(label, str) for label in labels):  # from pandas
        labels = labels.astype(str)
    if labels.ndim != 1 or labels.dtype.kind not in "biuU":
        raise InputError(
            f"""{name} must be integers or texts of shape (N,), but has shape {labels.shape} and
            dtype {labels.dtype}"""
        )
    if len(labels) != count:
        raise InputError(f"{name} holds {len(labels)} labels for {count} images")
    if labels.dtype.kind == "u" and labels.max(initial=0) > np.iinfo("int64").max:
        raise InputError(f"{name} must be below 2^63, but holds {labels.max()}")
    return labels.astype("int64") if labels.dtype.kind == "u" else labels
