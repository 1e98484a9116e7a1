"""Images without labels, wherever they are: a folder of pictures, an `.npy`, an `.npz`, an array.

    pictures = find_pictures("holiday", keep="runs/holiday")

They may be more than fit into memory: the images of a file stay in it, or in the folder `keep`.
"""

import os
import shutil
import zipfile
from pathlib import Path

import numpy as np

from dimlearn.data.folders import Pictures, load_pictures, silent
from dimlearn.data.images import ZERO_TO_ONE, check_images
from dimlearn.errors import InputError, read_errors
from dimlearn.files import readable, written_whole

IN_NPZ = ("images", "x", "x_unlabelled", "x_train")  # the array that is taken, of several
PIECE = 2_000  # images that are looked at together
HANDWRITING = 0.6  # of the pixels of a typical image are ground


def find_pictures(source, keep, side=None, say=silent):
    """Images without labels as `Pictures`, whose images may be more than fit into memory.

    `source`: the path of a folder (see `load_pictures`), of an `.npy`, or of an `.npz` with one
    array, or with one of `IN_NPZ`; images `[N, H, W, channels]` or `[N, H, W]`, uint8 or floats in
    [0, 1]; or `Pictures`. `keep`: a folder for what was read. `side`: of the images of a folder.

    Raises `InputError` for anything that is not a set of images.
    """
    if isinstance(source, Pictures):
        return source
    if not isinstance(source, str | Path):
        return pictures_of(np.asarray(source), "an array")
    path = Path(os.path.expanduser(source))
    if path.is_dir():
        return load_pictures(path, side, keep, say)
    if side is not None:
        raise InputError("side is for a folder of pictures: images of an array stay as they are")
    if path.suffix.lower() not in (".npy", ".npz"):
        raise InputError(f"{readable(path)} is no folder of pictures, and no .npy or .npz")
    if not path.is_file():
        raise InputError(f"there is no file {readable(path)}")
    with read_errors(readable(path)):
        if path.suffix.lower() == ".npz":
            path, named = unpacked(path, Path(keep) / "images.npy"), path
        else:
            named = path
        images = np.load(path, mmap_mode="r", allow_pickle=False)
    return pictures_of(images, readable(named))


def unpacked(path, place):
    """Write the images of an `.npz` to the `.npy` at `place`, piece by piece; returns `place`."""
    with zipfile.ZipFile(path) as archive:
        arrays = [name.removesuffix(".npy") for name in archive.namelist()]
        known = arrays if len(arrays) == 1 else [name for name in IN_NPZ if name in arrays]
        if not known:
            raise InputError(f"""
                {readable(path)} holds the arrays {", ".join(arrays) or "of nobody"}: name the one
                with the images {IN_NPZ[0]!r}
            """)
        packed = archive.open(f"{known[0]}.npy")
        with packed, written_whole(place) as half, open(half, "wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
    return place


def pictures_of(images, source):
    """An array of images as `Pictures`, with their numbers for names."""
    images = checked(images)
    names = [str(number) for number in range(len(images))]
    shape = "x".join(map(str, images.shape[1:]))
    return Pictures(images, names, {}, source, f"{len(images)} images of {shape}, as they are.")


def checked(images):
    """The images, a channel axis added where missing; read piece by piece, and not copied.

    Raises `InputError` for what `check_images` does not take.
    """
    images = images[..., None] if images.ndim == 3 else images
    if images.ndim != 4 or not images.size or images.dtype not in ("uint8", *FLOATS):
        check_images(images[:2])  # which says what is wrong with it
    pieces = (images[first : first + PIECE] for first in range(0, len(images), PIECE))
    if images.dtype != np.uint8:
        for piece in pieces:
            check_images(piece)
    elif max(piece.max() for piece in pieces) == 1:
        raise InputError(f"images {ZERO_TO_ONE}")
    return images


FLOATS = ("float16", "float32", "float64")


def ground_share(images, looked_at=500):
    """The part of a typical image that has one shade: its ground.

    `images`: uint8 or floats `[N, H, W, channels]`. Of each of `looked_at` images, evenly spread,
    the share of numbers within 1/16 of the commonest sixteenth; of these the median.
    """
    few = images[np.unique(np.linspace(0, len(images) - 1, looked_at).astype(int))]
    bins = few // 16 if few.dtype == np.uint8 else np.minimum(15, few * 16)
    bins = bins.reshape(len(few), -1).astype(int)
    counts = np.stack([np.bincount(image, minlength=16) for image in bins])  # [looked at, 16]
    near = np.pad(counts, [(0, 0), (1, 1)])
    near = near[:, :-2] + near[:, 1:-1] + near[:, 2:]  # with the shades on both sides
    of_commonest = np.take_along_axis(near, counts.argmax(axis=1)[:, None], axis=1)
    return float(np.median(of_commonest / bins.shape[1]))


def views_for(images):
    """The views that images call for by themselves, and why: `(name, sentence)`.

    Grey strokes on an even ground are taken for handwriting, which may be turned, sheared and
    written by another pen, and not mirrored. Everything else is taken for photographs, grey ones
    too: they may be cropped, mirrored and recoloured.
    """
    share = ground_share(images)
    ground = f"{100 * share:.0f} % of a typical one is an even ground"
    if images.shape[-1] == 1 and share >= HANDWRITING:
        return "handwriting", f"they are grey and {ground}"
    if images.shape[-1] == 1:
        return "photographs", f"they are grey, but only {ground}"
    return "photographs", "they have colour"
