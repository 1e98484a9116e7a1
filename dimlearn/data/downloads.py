"""Where the well-known image sets come from: `DIMLEARN_DATA`, Keras' cache, an explicit download.

Nothing is downloaded unless it is asked for, and nothing downloaded is read before its SHA-256 is
the expected one.
"""

import gzip
import hashlib
import io
import os
import pickle
import tarfile
import zipfile
from pathlib import Path

import numpy as np

from dimlearn.errors import InputError

KEYS = ("x_train", "y_train", "x_test", "y_test")
GOOGLE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

# For each set: the folder in Keras' cache, and its files as (name, URL, SHA-256).
DOWNLOADS = {
    "mnist": (
        "datasets",
        [
            (
                "mnist.npz",
                GOOGLE + "mnist.npz",
                "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
            )
        ],
    ),
    "fashion_mnist": (
        "datasets/fashion-mnist",
        [
            (name, GOOGLE + name, digest)
            for name, digest in (
                (
                    "train-images-idx3-ubyte.gz",
                    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                ),
                (
                    "train-labels-idx1-ubyte.gz",
                    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                ),
                (
                    "t10k-images-idx3-ubyte.gz",
                    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                ),
                (
                    "t10k-labels-idx1-ubyte.gz",
                    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                ),
            )
        ],
    ),
    "cifar10": (
        "datasets",
        [
            (
                "cifar-10-batches-py-target_archive",
                "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
                "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
            )
        ],
    ),
}


def find_arrays(name, download):
    """The four arrays of a named set, or of the `.npz` at a `Path`, and where they were found.

    Returns `(arrays, source)`, `arrays` a dictionary with the keys of `KEYS`.
    Raises `InputError` when they are nowhere to be found, or damaged.
    """
    if isinstance(name, Path):
        return read_npz(name), str(name)
    own = os.environ.get("DIMLEARN_DATA")
    if own:
        own = Path(own).expanduser()
        if not own.exists():
            raise InputError(f"DIMLEARN_DATA is {str(own)!r}, but there is no such file or folder")
        path = own / f"{name}.npz" if own.is_dir() else own
        if path.exists() and path.stem == name:
            return read_npz(path), f"{path.name} of DIMLEARN_DATA"
    folder, files = DOWNLOADS[name]
    contents = [cached_file(folder, *file, download) for file in files]
    if None in contents:
        raise InputError(
            f"{name} is not on this machine: allow the download (--download, or download=True), "
            f"or set DIMLEARN_DATA to {name}.npz or to a folder that holds it"
        )
    return READERS[name](contents), "Keras' cache, SHA-256 verified"


def read_npz(path):
    """The four arrays of an `.npz`, by the names in `KEYS`; nothing in it is executed."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            missing = [key for key in KEYS if key not in archive]
            if missing:
                raise InputError(f"{path} has no array {missing[0]!r}: it needs {', '.join(KEYS)}")
            return {key: archive[key] for key in KEYS}
    except FileNotFoundError:
        raise InputError(f"there is no file {path}") from None
    except InputError:
        raise
    except (OSError, ValueError, EOFError, KeyError, AttributeError, TypeError, zipfile.BadZipFile,
            zipfile.zlib.error, NotImplementedError) as error:  # fmt: skip
        raise InputError(f"{path} cannot be read as an .npz, it may be damaged: {error}") from None


def cached_file(folder, name, url, digest, download):
    """The verified bytes of a file in Keras' cache, or None when it is not there."""
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")).expanduser()
    path = home / folder / name
    if not path.exists() and download:
        fetch(url, path)
    if not path.exists():
        return None
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
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


def read_mnist(contents):
    return read_npz(io.BytesIO(contents[0]))


def read_fashion_mnist(contents):
    """Four files in the IDX format: a header of 16 (images) or 8 (labels) bytes, then uint8."""
    x_train, y_train, x_test, y_test = (
        np.frombuffer(gzip.decompress(content), np.uint8, offset=offset)
        for content, offset in zip(contents, (16, 8, 16, 8))
    )
    arrays = (x_train.reshape(-1, 28, 28), y_train, x_test.reshape(-1, 28, 28), y_test)
    return dict(zip(KEYS, arrays))


def read_cifar10(contents):
    """Six pickled batches in an archive. Pickles can run code: only the verified one is read."""
    images, labels = [], []
    with tarfile.open(fileobj=io.BytesIO(contents[0])) as archive:
        for batch in [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]:
            content = archive.extractfile(f"cifar-10-batches-py/{batch}").read()
            record = pickle.loads(content, encoding="bytes")
            images.append(record[b"data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
            labels.append(np.array(record[b"labels"]))
    arrays = (np.concatenate(images[:5]), np.concatenate(labels[:5]), images[5], labels[5])
    return dict(zip(KEYS, arrays))


READERS = {"mnist": read_mnist, "fashion_mnist": read_fashion_mnist, "cifar10": read_cifar10}
