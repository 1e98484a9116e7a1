"""Where the well-known image sets come from: `DIMLEARN_DATA`, Keras' cache, an explicit download.

Nothing is downloaded unless it is asked for, and nothing downloaded is read before its SHA-256 is
the expected one. Keras' own loaders promise neither. What they do not find, or find changed, they
download unasked; and they look where `KERAS_HOME` was when Keras started, or in /tmp in place of
a folder that cannot be written. So the files are where Keras keeps them, and are read here.
"""

import gzip
import hashlib
import io
import os
import pickle
import tarfile
from pathlib import Path

import numpy as np

from dimlearn.errors import InputError
from dimlearn.files import readable

KEYS = ("x_train", "y_train", "x_test", "y_test")
FASHION = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
GOOGLE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
TORONTO = "https://www.cs.toronto.edu/~kriz/"

# For each set: the folder in Keras' cache, and its files there with the URL of each.
DOWNLOADS = {
    "mnist": ("datasets", {"mnist.npz": GOOGLE + "mnist.npz"}),
    "fashion_mnist": ("datasets/fashion-mnist", {name: GOOGLE + name for name in FASHION}),
    "cifar10": (
        "datasets",
        {"cifar-10-batches-py-target_archive": TORONTO + "cifar-10-python.tar.gz"},
    ),
}

# The SHA-256 of every file, as `sha256sum` prints it.
CHECKSUMS = """
731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1  mnist.npz
3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84  train-images-idx3-ubyte.gz
a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845  train-labels-idx1-ubyte.gz
346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073  t10k-images-idx3-ubyte.gz
67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5  t10k-labels-idx1-ubyte.gz
6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce  cifar-10-batches-py-target_archive
"""


def find_arrays(name, download):
    """The four arrays of a named set, or of the `.npz` at a `Path`, and where they were found.

    Returns `(arrays, source)`, `arrays` a dictionary with the keys of `KEYS`.
    Raises `InputError` when they are nowhere to be found, or damaged.
    """
    if isinstance(name, Path):
        return read_npz(name), readable(name)
    place = os.environ.get("DIMLEARN_DATA")
    if place:
        place = Path(os.path.expanduser(place))
        if not place.exists():
            raise InputError(
                f"DIMLEARN_DATA is {str(place)!r}, but there is no such file or folder"
            )
        for path in sorted(place.iterdir()) if place.is_dir() else [place]:
            if path.name.lower() == f"{name}.npz":
                return read_npz(path), f"{readable(path.name)} of DIMLEARN_DATA"
    contents = cached_files(name, download)
    if None in contents:
        raise InputError(
            f"""{name} is not on this machine: allow the download (--download, or download=True),
            or set DIMLEARN_DATA to {name}.npz or to a folder that holds it"""
        )
    return READERS[name](*contents), "Keras' cache, SHA-256 verified"


def cached_files(name, download):
    """The verified bytes of each file of a set in Keras' cache, None for one that is not there."""
    home = Path(os.path.expanduser(os.environ.get("KERAS_HOME", "~/.keras")))
    folder, urls = DOWNLOADS[name]
    paths = [home / folder / file for file in urls]
    for path, url in zip(paths, urls.values()):
        if download and not path.exists():
            fetch(url, path)
    return [verified(path) if path.exists() else None for path in paths]


def verified(path):
    """The bytes of a file. Raises `InputError` unless their SHA-256 is that of `CHECKSUMS`."""
    content = path.read_bytes()
    if f"{hashlib.sha256(content).hexdigest()}  {path.name}" not in CHECKSUMS.splitlines():
        raise InputError(f"{path} is damaged (its SHA-256 is not the expected one): delete it")
    return content


def fetch(url, path):
    """Download with Keras' own tool, which shows its progress and leaves no half file behind."""
    from dimlearn.startup import keras

    try:
        # Where the folder is missing or closed, Keras would silently save to another.
        path.parent.mkdir(parents=True, exist_ok=True)
        saved = keras.utils.get_file(path.name, url, cache_subdir="", cache_dir=str(path.parent))
        if Path(saved) != path:
            raise OSError(f"{path.parent} cannot be written")
    except Exception as error:  # the network fails in many ways, each with its own type
        raise InputError(f"{url} could not be downloaded: {error}") from None


# ---------------------------------------------------------------- file formats


def read_npz(path):
    """The four arrays of an `.npz`, by the names in `KEYS`, and `x_unlabelled` where there is one;
    nothing in it is executed.

    `path`: a `Path`, or the file itself as a stream.
    """
    if isinstance(path, Path) and path.exists() and not path.is_file():
        raise InputError(f"{path} is no file")  # a pipe would be waited for
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in (*KEYS, "x_unlabelled") if key in archive}
    except FileNotFoundError:
        raise InputError(f"there is no file {path}") from None
    except Exception as error:  # a damaged archive fails in many ways, each with its own type
        raise InputError(f"{path} cannot be read as an .npz, it may be damaged: {error}") from None
    missing = [key for key in KEYS if key not in arrays]
    if missing:
        raise InputError(f"{path} has no array {missing[0]!r}: it needs {', '.join(KEYS)}")
    return arrays


def read_mnist(content):
    return read_npz(io.BytesIO(content))


def read_fashion_mnist(*contents):
    """Four files in the IDX format: a header of 16 (images) or 8 (labels) bytes, then uint8."""
    x_train, y_train, x_test, y_test = (
        np.frombuffer(gzip.decompress(content), np.uint8, offset=offset)
        for content, offset in zip(contents, (16, 8, 16, 8))
    )
    arrays = (x_train.reshape(-1, 28, 28), y_train, x_test.reshape(-1, 28, 28), y_test)
    return dict(zip(KEYS, arrays))


def read_cifar10(content):
    """Six pickled batches in an archive. Pickles can run code: only the verified one is read."""
    images, labels = [], []
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for batch in [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]:
            pickled = archive.extractfile(f"cifar-10-batches-py/{batch}").read()
            record = pickle.loads(pickled, encoding="bytes")
            images.append(record[b"data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
            labels.append(np.array(record[b"labels"]))
    arrays = (np.concatenate(images[:5]), np.concatenate(labels[:5]), images[5], labels[5])
    return dict(zip(KEYS, arrays))


READERS = {"mnist": read_mnist, "fashion_mnist": read_fashion_mnist, "cifar10": read_cifar10}
