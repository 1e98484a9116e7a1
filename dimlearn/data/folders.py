"""Pictures in a folder, as images of one size, without labels.

    pictures = load_pictures("holiday")     # PNG, JPEG, GIF, BMP, TIFF, WebP; in sub-folders or not
    pictures.images                         # uint8 [N, side, side, channels]
    pictures.names                          # where each stands below the folder
    pictures.left_out                       # {name: why} of the files that are no picture

What a picture is depends on what is in the file, not on its name. Of each the middle square is
brought to `side` x `side` pixels. A photograph is turned upright, as its EXIF data says; what is
transparent lies on white; of an animation the first picture counts; 16 bits become 8, palettes and
CMYK become RGB. Where no picture has colour, the images have one channel.

Pillow reads the files: TensorFlow's own readers know neither EXIF nor WebP nor TIFF, make four axes
of an animation, and drop transparency.
"""

import contextlib
import dataclasses
import hashlib
import json
import math
import os
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dimlearn.data.listing import list_files
from dimlearn.errors import InputError, one_line
from dimlearn.files import readable, write_json, written_whole

# Those of Pillow's that no program outside it reads; of the rest few are pictures.
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")
SIDE, LARGEST_KEPT = 32, 64  # pixels: where nothing is said; up to where small pictures stay
LARGEST = 512  # pixels: a block of pictures must fit into memory
LOOKED_AT = 200  # pictures, to find out whether all have one size
TOLD_OF = 5  # files left out that a sentence names
BLOCK = 1_000  # pictures that are kept together while the others are read
COLOUR = 24  # of 255: a pixel whose channels differ by more is no grey, not even of a poor scan


@dataclass(frozen=True)
class Pictures:
    """Images of one size that were a folder of pictures, or an array.

    images: uint8 `[N, side, side, channels]`, or floats in [0, 1]; it may be a file on the disk.
    names: N texts, the path of each picture in its folder, or its number in its array.
    left_out: `{name: why}` of what was found and is no image.
    source: where they came from; how: in sentences, what was done with them.
    """

    images: np.ndarray
    names: list
    left_out: dict
    source: str
    how: str

    @property
    def told(self):
        """What was done with the pictures, and which files were left out, the first by name."""
        if not self.left_out:
            return self.how
        named = [f"{name} ({why})" for name, why in list(self.left_out.items())[:TOLD_OF]]
        rest = len(self.left_out) - len(named)
        more = f" and {rest} more" if rest else ""
        return readable(f"{self.how} Left out: {', '.join(named)}{more}.")


def silent(*what, **how):
    """What is told of a reading that nobody listens to: nothing."""


def load_pictures(folder, side=None, keep=None, say=silent):
    """The pictures in a folder and in the folders inside it, as `Pictures`.

    `side`: of the images, in pixels; None: that of the pictures where they are small squares of one
    size, up to 64 pixels, and else 32. `keep`: a folder for what was read. What is in it already is
    not read again, and the images stay on the disk, so that they may be more than fit into memory.
    `say(text, passing)` is told how far the reading is.

    Files that cannot be read are left out, each with the reason; names that begin with a dot are
    passed over. Raises `InputError` where there is no folder, or no picture in it.
    """
    if keep is None:
        with tempfile.TemporaryDirectory() as place:
            pictures = load_pictures(folder, side, place, say)
            return dataclasses.replace(pictures, images=np.array(pictures.images))
    folder, keep = Path(folder), Path(keep)
    if os.path.realpath(folder) == os.path.realpath(keep):
        raise InputError(
            f"{readable(folder)} holds the pictures: what is made of them goes elsewhere"
        )
    files, closed = list_files(folder, keep)
    if side is not None and not 8 <= side <= LARGEST:
        raise InputError(f"""
            images must be at least 8x8 pixels, and at most {LARGEST}x{LARGEST}, but side is {side}
        """)
    side = side or common_side(folder, files)
    belongs_to = hash_of([side, files])
    images, notes = read_before(keep, belongs_to)
    if images is None:
        blocks = [files[first : first + BLOCK] for first in range(0, len(files), BLOCK)]
        kept = [keep_block(folder, block, side, keep) for block in told(blocks, len(files), say)]
        notes = {"belongs_to": belongs_to, **put_together(kept, keep)}
        if not notes["names"]:
            raise InputError(nothing_in(folder, closed | notes["left_out"]))
        write_json(keep / "pictures.json", {**notes, "hash": hash_of(notes)})
        for path in keep.glob("pictures-*.npz"):  # also of a reading that other files cut short
            path.unlink()
        images, _ = read_before(keep, belongs_to)
    left_out = closed | notes["left_out"]
    return Pictures(images, notes["names"], left_out, readable(folder), told_of(notes, side))


def told(blocks, count, say):
    """The blocks one by one, while `say` is told how many pictures were read."""
    for number, block in enumerate(blocks):
        say(f"reading pictures: {number * BLOCK} of {count} files", passing=True)
        yield block


def common_side(folder, files):
    """The side of the images where none is asked for; see `load_pictures`."""
    from PIL import Image

    sizes = set()
    for index in np.unique(np.linspace(0, len(files) - 1, LOOKED_AT).astype(int)) if files else ():
        try:
            with Image.open(folder / files[index][0], formats=FORMATS) as picture:
                sizes.add(picture.size)
        except Exception:  # it is told of when all are read
            continue
    width, height = sizes.pop() if len(sizes) == 1 else (0, 0)
    return width if width == height and 8 <= width <= LARGEST_KEPT else SIDE


def nothing_in(folder, left_out):
    """The sentence about a folder without pictures."""
    if not left_out:
        return f"there is no picture in {readable(folder)}: the folder is empty"
    name, why = next(iter(left_out.items()))
    return one_line(f"""
        there is no picture in {readable(folder)}: of the {len(left_out)} that it holds nothing can
        be read as one ({readable(name)}: {why})
    """)


# ---------------------------------------------------------------- reading


def read_picture(path, side):
    """One picture as uint8 `[side, side, 3]`, and the `(width, height)` that it had.

    Raises an error of any type where there is none.
    """
    from PIL import Image, ImageOps

    with Image.open(path, formats=FORMATS) as picture:
        size = picture.size
        picture.draft(None, (2 * side, 2 * side))  # a JPEG is decoded no larger than need be
        with contextlib.suppress(Exception):  # a picture with damaged EXIF data is still one
            picture = ImageOps.exif_transpose(picture)
        square = ImageOps.fit(in_rgb(picture), (side, side), Image.Resampling.BILINEAR)
    return np.asarray(square), size


def in_rgb(picture):
    """A Pillow image in RGB, of 8 bits, with what is transparent on white."""
    from PIL import Image

    if picture.mode.startswith(("I", "F")):
        numbers = np.asarray(picture)
        if picture.mode == "F" or numbers.min() < 0 or numbers.max() > 65535:
            raise ValueError("it holds numbers without a known black and white")
        return Image.fromarray(np.round(numbers / 257).astype("uint8")).convert("RGB")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    return picture.convert("RGB")


def try_picture(path, side):
    """`(image, size, None)`, or `(None, None, why)` where there is no picture."""
    from PIL import UnidentifiedImageError

    try:
        return *read_picture(path, side), None
    except UnidentifiedImageError:
        return None, None, "it is no picture of a known kind" if path.stat().st_size else "empty"
    except Exception as error:  # what is damaged fails in many ways, each with its own type
        return None, None, getattr(error, "strerror", None) or str(error) or type(error).__name__


def keep_block(folder, files, side, keep):
    """Read some of the files, unless the folder `keep` has them already: where they are kept."""
    path, names = keep / f"pictures-{hash_of([side, files])}.npz", [name for name, *_ in files]
    if not is_block(path, names):
        with warnings.catch_warnings(), ThreadPoolExecutor(2) as readers:
            warnings.simplefilter("ignore")  # Pillow warns of what it repairs, and of large ones
            found = list(readers.map(lambda name: try_picture(folder / name, side), names))
        images = [image for image, *_ in found if image is not None]
        arrays = {
            "images": np.stack(images) if images else np.empty((0, side, side, 3), "uint8"),
            "sizes": np.array([size for _, size, _ in found if size] or np.empty((0, 2), int)),
            "notes": json.dumps([[name, why] for name, (*_, why) in zip(names, found)]),
        }
        with written_whole(path) as half:
            np.savez(half, **arrays)
    return path


def is_block(path, names):
    """Whether a file is what `keep_block` has kept of the pictures of these names."""
    try:
        with np.load(path, allow_pickle=False) as block:
            images, sizes, notes = block["images"], block["sizes"], json.loads(str(block["notes"]))
    except Exception:  # not there, or damaged
        return False
    return [name for name, _ in notes] == names and len(images) == len(sizes)


def put_together(kept, keep):
    """Write the images of all blocks to `images.npy`, block by block; what is known of them."""
    names, left_out, sizes, coloured = [], {}, [], 0
    for path in kept:
        with np.load(path) as block:
            notes = dict(json.loads(str(block["notes"])))
            names += [name for name, why in notes.items() if why is None]
            left_out |= {name: why for name, why in notes.items() if why is not None}
            sizes.append(block["sizes"])
            coloured += int((np.ptp(block["images"], axis=3).max(axis=(1, 2)) > COLOUR).sum())
            side = block["images"].shape[1]
    if names:
        shape = (len(names), side, side, 3 if coloured else 1)
        with written_whole(keep / "images.npy") as half:
            images = np.lib.format.open_memmap(half, "w+", "uint8", shape)
            first = 0
            for path in kept:
                with np.load(path) as block:
                    rgb = block["images"]
                images[first : first + len(rgb)] = rgb if coloured else in_grey(rgb)
                first += len(rgb)
            images.flush()
    sizes = sorted(np.concatenate([np.empty((0, 2), int), *sizes]).tolist(), key=math.prod)
    cut = sum(2 * min(size) <= max(size) for size in sizes)
    notes = {"ends": [*sizes[:1], *sizes[-1:]], "cut": cut, "coloured": coloured}
    if names:
        notes["images"] = hash_of_images(np.load(keep / "images.npy", mmap_mode="r"))
    return {"names": names, "left_out": left_out, **notes}


def in_grey(rgb):
    """`[N, H, W, 3]` -> `[N, H, W, 1]`, by how bright the eye finds each channel."""
    return np.round(rgb @ np.array([0.299, 0.587, 0.114])).astype("uint8")[..., None]


def read_before(keep, belongs_to):
    """The images and notes that the folder `keep` has of these files, or `(None, None)`."""
    try:
        notes = json.loads((keep / "pictures.json").read_text(encoding="utf-8"))
        images = np.load(keep / "images.npy", mmap_mode="r", allow_pickle=False)
        same = notes.pop("hash") == hash_of(notes) and notes["images"] == hash_of_images(images)
    except Exception:  # not there, or damaged
        return None, None
    return (images, notes) if same and notes["belongs_to"] == belongs_to else (None, None)


def told_of(notes, side):
    """What was done with the pictures, in sentences."""
    (w, h), (width, height) = notes["ends"]
    count, coloured = len(notes["names"]), notes["coloured"]
    sizes = f"of {w}x{h}" if (w, h) == (width, height) else f"from {w}x{h} to {width}x{height}"
    said = f"{count} pictures {sizes} pixels"
    if (w, h) != (side, side) or (width, height) != (side, side):
        said += f", the middle square of each brought to {side}x{side}"
    said += f"; {coloured} of them have colour." if coloured else "; none has colour."
    if notes["cut"]:
        said += f" Of {notes['cut']} that are twice as long as wide, or more, the ends are cut off."
    return said


def hash_of(listing):
    return hashlib.sha256(json.dumps(listing).encode()).hexdigest()[:16]


def hash_of_images(images):
    """A hash of an array, which is read piece by piece: it may be larger than memory."""
    digest = hashlib.sha256()
    for first in range(0, len(images), BLOCK):
        digest.update(np.ascontiguousarray(images[first : first + BLOCK]))
    return digest.hexdigest()[:16]
