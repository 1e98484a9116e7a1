"""Pictures in a folder with a sub-folder for each class, as the arrays of a data set.

FOLDER/cats/1.jpg   FOLDER/dogs/2.png ...                        a fifth of each class is the test
FOLDER/train/cats/1.jpg ...   FOLDER/test/cats/9.jpg ...         the test is what you say
FOLDER/unlabelled/7.jpg   FOLDER/8.jpg                           and more pictures, without labels
"""

import numpy as np

from dimlearn.data.folders import load_pictures
from dimlearn.errors import InputError
from dimlearn.files import readable

TEST_FRACTION = 0.2
UNLABELLED = "unlabelled"
PARTS = {"train", "test"}


def load_classes(folder, seed=0, side=None):
    """The pictures of a folder as `(arrays, source)`: arrays by the names of `from_arrays`.

    The class of a picture is its sub-folder; those in `unlabelled`, or in none, have no label. With
    the sub-folders `train` and `test`, classes are theirs; else `seed` draws a fifth of each class
    for the test, pictures that are the same to the last pixel together. Of pictures without a label
    those that are in the test too, or in its folder, are not used.
    """
    pictures = load_pictures(folder, side)
    parents = [name.split("/")[:-1] for name in pictures.names]
    tops = {path[0] for path in parents if path} - {UNLABELLED}
    parted = tops == PARTS
    labels = np.array([label_of(path, depth=int(parted)) for path in parents])  # [N]
    originals = same_pictures(pictures.images)
    labelled = labels != ""
    if len(np.unique(labels[labelled])) < 2:
        raise InputError(f"""
            {readable(folder)} must have a sub-folder of pictures for each of at least two classes;
            for pictures without labels there is `dimlearn train`
        """)
    test = np.array([parted and path[:1] == ["test"] for path in parents])
    if not parted:
        test[labelled] = held_out(originals[labelled], labels[labelled], seed, TEST_FRACTION)
    unlabelled = ~labelled & ~np.isin(originals, originals[test])
    train, test = labelled & ~test, labelled & test
    arrays = {
        "x_train": pictures.images[train],
        "y_train": labels[train],
        "x_test": pictures.images[test],
        "y_test": labels[test],
        "x_unlabelled": pictures.images[unlabelled] if unlabelled.any() else None,
    }
    return arrays, f"{pictures.source}: {pictures.told}"


def label_of(path, depth):
    """The class of a picture in the sub-folders `path`, that at a depth; "" for none."""
    known = len(path) > depth and UNLABELLED not in path[: depth + 1]
    return path[depth] if known else ""


def same_pictures(images):
    """A number for each image, `[N]`, the same for images that are the same to the last pixel."""
    known = {}
    return np.array([known.setdefault(image.tobytes(), len(known)) for image in images])


def held_out(originals, labels, seed, fraction):
    """Which images are held out: a fraction of the originals of every class, `[N]` booleans.

    `originals`: `[N]`, the original that each image shows. All its poses fall on one side.
    """
    rng = np.random.default_rng(seed)
    ids, first = np.unique(originals, return_index=True)
    chosen = []
    for label in np.unique(labels):
        candidates = rng.permutation(ids[labels[first] == label])
        count = max(1, round(fraction * len(candidates)))
        chosen.extend(candidates[:count] if len(candidates) > 1 else [])
    return np.isin(originals, chosen)
