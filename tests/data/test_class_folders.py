"""Folders with a sub-folder for each class, and pictures without labels beside them."""

import numpy as np
import pytest
from PIL import Image

from dimlearn import InputError, data


@pytest.fixture
def put(tmp_path):
    """`put(names)` writes a picture of its own for each name; `put(names, image)` the same one."""
    rng = np.random.default_rng(0)

    def write(*names, image=None):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = rng.integers(0, 256, (12, 12)).astype("uint8") if image is None else image
            Image.fromarray(pixels).save(path)
        return tmp_path

    return write


def names_of(kind, count):
    return [f"{kind}/{number}.png" for number in range(count)]


def rows(images):
    """The images as a set of their pixels."""
    return {image.tobytes() for image in images}


def test_a_sub_folder_is_a_class(put):
    folder = put(*names_of("cats", 20), *names_of("dogs/old", 10), *names_of("dogs/new", 10))
    images = data.load(folder)
    assert images.class_names == ("cats", "dogs") and images.image_shape == (12, 12, 1)
    assert np.bincount(images.y_test).tolist() == [4, 4]
    assert np.bincount(images.y_validation).tolist() == [2, 2]
    assert np.bincount(images.y_train).tolist() == [14, 14]
    parts = images.x_train, images.x_validation, images.x_test
    assert len(set.union(*map(rows, parts))) == 40 and images.x_unlabelled is None
    assert images.name == folder.name and "40 pictures of 12x12" in images.source
    other = data.load(folder, seed=1)
    assert rows(other.x_test) != rows(images.x_test)


def test_train_and_test_may_be_said(put):
    parts = [*names_of("train/a", 9), *names_of("train/b", 9), *names_of("test/a", 3)]
    folder = put(
        *parts,
        *names_of("test/b", 4),
        *names_of("unlabelled/x", 5),
        "train/loose.png",
        "test/loose.png",
    )
    images = data.load(folder)
    assert images.class_names == ("a", "b") and np.bincount(images.y_test).tolist() == [3, 4]
    assert len(images.x_train) + len(images.x_validation) == 18 and len(images.x_unlabelled) == 6


def test_pictures_without_a_class_are_unlabelled(put):
    folder = put(*names_of("a", 5), *names_of("b", 5), *names_of("unlabelled", 7), "loose.png")
    images = data.load(folder)
    assert images.class_names == ("a", "b") and len(images.x_unlabelled) == 8
    assert images.x_unlabelled.dtype == np.float32 and images.x_unlabelled.max() <= 1
    assert images.pretraining_count == len(images.x_train) + 8
    x_train = images.x_train.copy()
    np.testing.assert_array_equal(images.x_pretraining[: len(x_train)], x_train)
    np.testing.assert_array_equal(images.x_pretraining[len(x_train) :], images.x_unlabelled)


def test_the_same_picture_is_never_on_both_sides(put):
    folder = put(*names_of("b", 6))
    for number in range(6):
        image = np.full((12, 12), 40 * number, "uint8")
        put(*names_of(f"a/{number}", 4), f"unlabelled/{number}.png", image=image)
    images = data.load(folder)
    test = rows(images.x_test)
    assert len(test) == 2 and not test & rows(images.x_train) and len(images.y_test) == 5
    assert not test & rows(images.x_unlabelled) and len(images.x_unlabelled) == 5


def test_what_is_left_out_is_told(put):
    folder = put(*names_of("a", 5), *names_of("b", 5))
    (folder / "b" / "notes.txt").write_text("of the photographer")
    assert "Left out: b/notes.txt (it is no picture" in data.load(folder).source


def test_too_few_classes(put):
    folder = put(*names_of("a", 5), "loose.png")
    with pytest.raises(InputError, match="at least two classes; for pictures without labels"):
        data.load(folder)
    put("b/0.png")
    assert len(data.load(folder).class_names) == 2  # its one picture is learnt from


def test_images_without_labels_in_an_npz(tmp_path):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (60, 8, 8)).astype("uint8")
    labels = np.arange(40) % 2
    arrays = {"x_train": images[:20], "y_train": labels[:20], "x_test": images[20:40],
              "y_test": labels[20:40]}  # fmt: skip
    np.savez(tmp_path / "mine.npz", **arrays, x_unlabelled=images[40:])
    found = data.load(tmp_path / "mine.npz")
    assert rows(found.x_unlabelled) == rows(data.check_images(images[40:]))
    assert len(found.x_train) == 18 and found.pretraining_count == 38
    assert data.load(tmp_path / "mine.npz", limit=4).pretraining_count == 24
    with pytest.raises(InputError, match="x_unlabelled of"):
        data.from_arrays(**arrays, x_unlabelled=images[40:, :4])
    with pytest.raises(InputError, match="x_unlabelled must"):
        data.from_arrays(**arrays, x_unlabelled=images[40:].astype(int))
