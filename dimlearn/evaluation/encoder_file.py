"""A frozen encoder of your own, from a `.keras` file."""

import hashlib
import zipfile
from pathlib import Path

from dimlearn.deep_infomax.model import DeepInfoMax
from dimlearn.errors import InputError
from dimlearn.evaluation.codes import encode
from dimlearn.startup import keras


def load_encoder(path, images):
    """The Keras model in a `.keras` file, whose last or only output is the code of an image.

    `images`: `[N, H, W, channels]`, such as it must take; two are tried. Of a `DeepInfoMax` it is
    the encoder. It is loaded in Keras' safe mode: no code that the file brings along is run.
    Raises `InputError` where there is no such file, or no model, or none for these images.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"there is no file {path}")
    if path.suffix != ".keras" or not zipfile.is_zipfile(path):
        raise InputError(f"{path} is no .keras file, such as `encoder.save` writes")
    try:
        encoder = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # whatever a strange file makes Keras raise
        raise InputError(f"Keras cannot load a model from {path}: {brief(error)}") from None
    if isinstance(encoder, DeepInfoMax):
        encoder = encoder.encoder
    shape, takes = images.shape[1:], getattr(encoder, "input_shape", None)
    if not fits(shape, takes):
        raise InputError(f"the model of {path} takes {takes[1:]}, but the images have {shape}")
    try:
        encode(encoder, images[:2])
    except Exception as error:
        raise InputError(f"""
            the model of {path} gives no codes of images of shape {shape}: {brief(error)}
        """) from None
    return encoder


def fits(shape, takes):
    """Whether images of a shape are what a model says it takes, if it says so: a sequential one
    would take others in silence. Grey images may go without their channel."""
    if not isinstance(takes, tuple):
        return True
    shapes = [shape, shape[:-1]] if shape[-1] == 1 else [shape]
    return any(
        len(takes) - 1 == len(sides) and all(a in (None, b) for a, b in zip(takes[1:], sides))
        for sides in shapes
    )


def brief(error):
    """The first sentence of what Keras found wrong, without what passed it on."""
    said = str(error).rpartition("Exception encountered: ")[2].strip() or type(error).__name__
    return said.splitlines()[0].split(". ")[0].rstrip(".")


def hash_of_file(path):
    """A hash of a file's content. Raises `InputError` when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error}") from None
