"""Pictures in a folder: every kind of file that people have, and what is said of the others."""

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dimlearn import InputError, data


def noise(*shape, seed=0, kind="uint8", top=256):
    return np.random.default_rng(seed).integers(0, top, shape).astype(kind)


def save(path, pixels, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    picture.save(path, **options)
    return path


def only(folder, **options):
    """The one image of a folder, `[side, side, channels]`."""
    (image,) = data.load_pictures(folder, **options).images
    return image


# ---------------------------------------------------------------- sizes and colours


def test_small_squares_of_one_size_stay_as_they_are(tmp_path):
    grey = noise(3, 28, 28)
    for number, image in enumerate(grey):
        save(tmp_path / f"{number}.png", image)
    pictures = data.load_pictures(tmp_path)
    assert pictures.names == ["0.png", "1.png", "2.png"] and pictures.left_out == {}
    assert pictures.images.dtype == np.uint8
    np.testing.assert_array_equal(pictures.images, grey[..., None])
    assert pictures.how == "3 pictures of 28x28 pixels; none has colour."


def test_other_sizes_are_brought_to_one_by_their_middle(tmp_path):
    wide = np.zeros((40, 160, 3), "uint8")
    wide[:, 60:100] = [200, 10, 30]  # the middle square is red, both sides are black
    save(tmp_path / "wide.png", wide)
    save(tmp_path / "deep" / "er" / "high.png", noise(90, 60, 3))
    pictures = data.load_pictures(tmp_path)
    assert pictures.names == ["deep/er/high.png", "wide.png"]
    assert pictures.images.shape == (2, 32, 32, 3)
    assert (pictures.images[1][:, 1:-1] == [200, 10, 30]).all()
    assert "from 60x90 to 160x40 pixels" in pictures.how and "brought to 32x32" in pictures.how
    assert "2 of them have colour" in pictures.how and "Of 1 that" in pictures.how
    assert data.load_pictures(tmp_path, side=12).images.shape == (2, 12, 12, 3)
    with pytest.raises(InputError, match="at least 8x8"):
        data.load_pictures(tmp_path, side=7)


def test_grey_is_found_out_whatever_it_is_stored_as(tmp_path):
    grey = noise(24, 24)
    save(tmp_path / "a.png", grey)
    save(tmp_path / "b.jpg", np.repeat(grey[..., None], 3, axis=2), quality=95)
    assert data.load_pictures(tmp_path).images.shape == (2, 24, 24, 1)
    save(tmp_path / "c.png", noise(24, 24, 3))
    coloured = data.load_pictures(tmp_path)
    assert coloured.images.shape == (3, 24, 24, 3)
    np.testing.assert_array_equal(coloured.images[0], np.repeat(grey[..., None], 3, axis=2))


# ---------------------------------------------------------------- kinds of files


def test_sixteen_bits_become_eight(tmp_path):
    deep = noise(16, 16, kind="uint16", top=65536)
    save(tmp_path / "deep.png", deep)
    np.testing.assert_array_equal(only(tmp_path)[..., 0], np.round(deep / 257))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_lies_on_white(tmp_path, mode):
    picture = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (0, 0, 8, 16))  # black on the left, nothing on the right
    save(tmp_path / "clear.png", picture.convert(mode))
    image = only(tmp_path)
    assert (image[:, :8] == 0).all() and (image[:, 8:] == 255).all()


def test_cmyk_and_palettes_become_rgb(tmp_path):
    save(tmp_path / "print.jpg", Image.new("CMYK", (16, 16), (0, 255, 255, 0)), quality=95)
    assert (np.abs(only(tmp_path).astype(int) - [255, 0, 0]) < 8).all()
    (tmp_path / "print.jpg").unlink()
    palette = Image.new("P", (16, 16), 1)
    palette.putpalette([9, 9, 9, 20, 200, 40])
    save(tmp_path / "few.gif", palette)
    assert (only(tmp_path) == [20, 200, 40]).all()


def test_a_photograph_is_turned_upright(tmp_path):
    picture = np.zeros((48, 48, 3), "uint8")
    picture[:24] = 255  # white above
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned a quarter clockwise: white on the right
    save(tmp_path / "turned.jpg", picture, exif=exif, quality=95)
    image = only(tmp_path).astype(int)
    assert image[:, 28:].min() > 240 and image[:, :20].max() < 15


def test_a_photograph_with_damaged_exif_data_is_still_one(tmp_path):
    save(tmp_path / "odd.jpg", noise(16, 16), exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff")
    assert data.load_pictures(tmp_path).names == ["odd.jpg"]


def test_of_an_animation_the_first_picture_counts(tmp_path):
    first, *others = (Image.new("L", (16, 16), shade) for shade in (30, 120, 220))
    save(tmp_path / "moves.gif", first, save_all=True, append_images=others)
    assert (only(tmp_path) == 30).all()


def test_numbers_without_black_and_white_are_left_out(tmp_path):
    save(tmp_path / "good.png", noise(16, 16))
    save(tmp_path / "heights.tif", np.full((16, 16), 2.5, "float32"))
    assert data.load_pictures(tmp_path).left_out == {
        "heights.tif": "it holds numbers without a known black and white"
    }


# ---------------------------------------------------------------- what is no picture


def test_what_cannot_be_read_is_named_and_left_out(tmp_path):
    whole = save(tmp_path / "whole.png", noise(40, 40, 3)).read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.pdf").write_bytes(b"%PDF-1.4 and so on")
    (tmp_path / "named.png").write_bytes(b"%PDF-1.4 and so on")
    (tmp_path / "nothing.jpg").write_bytes(b"")
    (tmp_path / "code.eps").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    (tmp_path / ".DS_Store").write_bytes(b"from a Mac")
    (tmp_path / "as a text").write_bytes(whole)  # what is in it counts, not what it is called
    pictures = data.load_pictures(tmp_path)
    assert pictures.names == ["as a text", "whole.png"]
    unknown = "it is no picture of a known kind"
    assert pictures.left_out.pop("half.png")
    assert pictures.left_out == {"code.eps": unknown, "named.png": unknown, "nothing.jpg": "empty",
                                 "text.pdf": unknown}  # fmt: skip


def test_a_picture_of_too_many_pixels_is_named(tmp_path, monkeypatch):
    save(tmp_path / "a.png", noise(16, 16))
    save(tmp_path / "bomb.png", noise(64, 64))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert "exceeds limit" in data.load_pictures(tmp_path, side=16).left_out["bomb.png"]


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of Unix")
def test_links_and_pipes(tmp_path):
    save(tmp_path / "in" / "a.png", noise(16, 16))
    save(tmp_path / "elsewhere" / "b.png", noise(16, 16))
    folder = tmp_path / "in"
    (folder / "round").symlink_to(folder)
    (folder / "sub").symlink_to(tmp_path / "elsewhere")
    (folder / "lost").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")  # would be waited for
    pictures = data.load_pictures(folder)
    assert pictures.names == ["a.png", "sub/b.png"]
    assert pictures.left_out == {"lost": "No such file or directory", "pipe": "it is no file"}


@pytest.mark.parametrize("made", ["encoder.keras", "encoders/local-0.keras", "ablations.csv"])
def test_figures_of_a_run_are_no_pictures(tmp_path, made):
    """As of one that lies among the pictures, and was set aside there."""
    picture = save(tmp_path / "cats" / "1.png", noise(16, 16))
    for name in ("settings.json", made, "figures/loss.png"):
        (tmp_path / "run" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "run" / name).write_bytes(picture.read_bytes())
    pictures = data.load_pictures(tmp_path)
    assert pictures.names == ["cats/1.png"] and "the folder of a run" in pictures.left_out["run"]
    assert len(data.load_pictures(tmp_path / "run" / "figures").names) == 1
    assert "figures/loss.png" in data.load_pictures(tmp_path / "run").names  # where it is asked for


@pytest.mark.skipif(os.name == "nt", reason="names of bytes are of Unix")
def test_a_name_that_is_not_utf_8_leads_to_its_file(tmp_path):
    whole = save(tmp_path / "in" / "a.png", noise(16, 16)).read_bytes()
    with open(os.fsencode(tmp_path / "in") + b"/\xff.png", "wb") as file:
        file.write(whole)
    names = data.load_pictures(tmp_path / "in", keep=tmp_path).names
    assert [(tmp_path / "in" / name).read_bytes() == whole for name in names] == [True, True]


@pytest.fixture
def closed():
    """A folder of a picture with a folder inside it that may not be listed, and a file that may not
    be read, by a user who is not root."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    save(place / "a.png", noise(16, 16))
    save(place / "b.png", noise(16, 16)).chmod(0)
    save(place / "shut" / "c.png", noise(16, 16)).parent.chmod(0)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield place
    if root:
        os.seteuid(0)
    (place / "shut").chmod(0o755)
    shutil.rmtree(place)


@pytest.mark.skipif(os.name == "nt", reason="permissions of Unix")
def test_what_may_not_be_read_is_named(closed):
    pictures = data.load_pictures(closed)
    assert pictures.names == ["a.png"]
    assert pictures.left_out == {"b.png": "Permission denied", "shut": "Permission denied"}
    with pytest.raises(InputError, match="shut cannot be read: Permission denied"):
        data.load_pictures(closed / "shut")


def test_no_picture_at_all(tmp_path):
    with pytest.raises(InputError, match="nowhere cannot be read"):
        data.load_pictures(tmp_path / "nowhere")
    with pytest.raises(InputError, match="the folder is empty"):
        data.load_pictures(tmp_path)
    with pytest.raises(InputError, match="goes elsewhere"):
        data.load_pictures(tmp_path, keep=tmp_path)
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(InputError, match="nothing can be read .*letter.pdf: it is no picture"):
        data.load_pictures(tmp_path)


# ---------------------------------------------------------------- what was read before


@pytest.fixture
def counted(monkeypatch):
    """The names of the pictures that were read."""
    from dimlearn.data import folders

    seen, read = [], folders.read_picture
    monkeypatch.setattr(folders, "BLOCK", 2)
    monkeypatch.setattr(
        folders, "read_picture", lambda path, side: seen.append(path.name) or read(path, side)
    )
    return seen


def test_what_was_read_is_not_read_again(tmp_path, counted):
    images = noise(5, 16, 16)
    for number, image in enumerate(images):
        save(tmp_path / "in" / f"{number}.png", image)
    keep = tmp_path / "in" / "out"  # what is made of the pictures is none of them
    keep.mkdir()

    def stopped(text, passing):
        if "reading pictures: 4" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        data.load_pictures(tmp_path / "in", keep=keep, say=stopped)
    assert sorted(counted) == ["0.png", "1.png", "2.png", "3.png"]
    pictures = data.load_pictures(tmp_path / "in", keep=keep)
    assert sorted(counted) == [f"{number}.png" for number in range(5)]
    again = data.load_pictures(tmp_path / "in", keep=keep)
    assert len(counted) == 5 and isinstance(again.images, np.memmap)
    for found in (pictures, again):
        np.testing.assert_array_equal(found.images[..., 0], images)
        assert found.names == pictures.names and found.how == pictures.how
    assert sorted(path.name for path in keep.iterdir()) == ["images.npy", "pictures.json"]


def one_bit(path):
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)


def written(text):
    return lambda path: path.write_text(text, encoding="utf-8")


CHANGES = {
    "a new picture": ("in/1.png", lambda path: save(path, noise(16, 16, seed=1))),
    "short images": ("images.npy", lambda path: path.write_bytes(path.read_bytes()[:-9])),
    "a number": ("images.npy", lambda path: np.save(path, np.float64(3))),
    "a bit of the images": ("images.npy", one_bit),
    "half a text": ("pictures.json", written("[")),
    "a list": ("pictures.json", written("[1, 2]")),
    "a number for notes": ("pictures.json", written("3")),
    "a bit of the notes": (
        "pictures.json",
        lambda path: path.write_text(path.read_text().replace('"cut"', '"cup"')),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_read_of_other_pictures_is_not_believed(tmp_path, counted, change):
    save(tmp_path / "in" / "0.png", noise(16, 16))
    data.load_pictures(tmp_path / "in", keep=tmp_path)
    name, make = CHANGES[change]
    make(tmp_path / name)
    pictures = data.load_pictures(tmp_path / "in", keep=tmp_path)
    assert len(counted) > 1 and (pictures.images[0, ..., 0] == noise(16, 16)).all()


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\5\6" + bytes(18), None])
def test_what_was_read_until_an_interruption_is_not_believed_either(tmp_path, counted, content):
    """`None`: it is whole, and of nothing that was asked for."""
    images = noise(5, 16, 16)
    for number, image in enumerate(images):
        save(tmp_path / "in" / f"{number}.png", image)

    def stopped(text, passing):
        if "reading pictures: 2" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        data.load_pictures(tmp_path / "in", keep=tmp_path, say=stopped)
    (kept,) = tmp_path.glob("pictures-*.npz")
    if content is None:
        np.savez(kept, images=noise(1, 9, 9, 3), sizes=[[9, 9]], notes='[["9.png", null]]')
    else:
        kept.write_bytes(content)
    pictures = data.load_pictures(tmp_path / "in", keep=tmp_path)
    np.testing.assert_array_equal(pictures.images[..., 0], images)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images.npy", "in", "pictures.json"]
