"""Data sets: by name, of your own arrays, and everything that is no image."""

import numpy as np
import pytest

from dimlearn import InputError, data

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (40, 8, 8, 1), dtype=np.uint8)
LABELS = np.arange(40) % 4
ARRAYS = {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES[:8], "y_test": LABELS[:8]}


def test_own_arrays():
    mine = data.from_arrays(**ARRAYS)
    assert len(mine.x_train) == 36 and len(mine.x_validation) == 4
    assert mine.test_groups.tolist() == list(range(8)) and mine.test_originals == 8
    assert sorted(mine.y_validation) == [0, 1, 2, 3]
    np.testing.assert_allclose(mine.x_test, IMAGES[:8] / np.float32(255))
    without_channel = data.from_arrays(
        **{**ARRAYS, "x_train": IMAGES[..., 0], "x_test": IMAGES[:8, ..., 0]}
    )
    np.testing.assert_array_equal(mine.x_train, without_channel.x_train)
    column = data.from_arrays(**{**ARRAYS, "y_train": LABELS[:, None]})
    np.testing.assert_array_equal(mine.y_train, column.y_train)


@pytest.mark.parametrize("names", [
    [2000, 2003, 2006, 2009],
    [-5, 0, 17, 10**15],
    ["ant", "bee", "cat", "dog"],
    [False, True, True, True],
])  # fmt: skip
def test_classes_of_any_number_or_name_are_counted_from_0(names):
    """And what they were called is kept; nothing grows with the numbers."""
    named = np.array(names)[LABELS]
    expected = np.array([sorted(set(names)).index(name) for name in names])[LABELS]
    for y in (named, named.tolist(), named.astype(object) if isinstance(names[0], str) else named):
        mine = data.from_arrays(IMAGES, y, IMAGES[:8], y[:8])
        assert mine.class_names == tuple(map(str, sorted(set(names))))
        assert mine.num_classes == len(set(names))
        assert mine.y_test.dtype == mine.y_train.dtype == np.int64
        np.testing.assert_array_equal(mine.y_test, expected[:8])
        for part, labels in ((mine.x_train, mine.y_train), (mine.x_validation, mine.y_validation)):
            for image, label in zip(part, labels):
                own = (np.abs(IMAGES / 255 - image) < 1e-6).all((1, 2, 3))
                assert label == expected[own]


def test_labels_that_no_machine_counts_to_are_refused():
    labels = LABELS.astype("uint64") + np.uint64(2**64 - 9)
    with pytest.raises(InputError, match=r"y_train must be below 2\^63"):
        data.from_arrays(IMAGES, labels, IMAGES[:8], labels[:8])


def test_names_that_cannot_be_written_are_shown():
    names = np.array(["\ud800", "b\udcff", "c", "d"])[LABELS]
    mine = data.from_arrays(IMAGES, names, IMAGES[:8], names[:8])
    assert sorted(mine.class_names) == ["\\ud800", "b\\udcff", "c", "d"]


def test_a_limit_keeps_the_number_of_classes():
    assert data.load("digits", limit=2).num_classes == 10
    assert data.load("digits", limit=2).class_names == tuple("0123456789")


def test_images_of_0_and_1_are_taken_as_floats():
    """As uint8 they are refused, unless nothing but black is in them: that is black either way."""
    bits = IMAGES > 127
    np.testing.assert_array_equal(data.check_images(bits.astype("float32")), bits)
    assert not data.check_images(np.zeros_like(IMAGES)).any()
    assert data.check_images(2 * bits.astype("uint8")).max() == np.float32(2 / 255)
    with pytest.raises(InputError, match="images of 0 and 1 must come as floats"):
        data.check_images(bits.astype("uint8"))


def test_an_npz_in_capitals(tmp_path, monkeypatch):
    for name in ("MINE.NPZ", "MNIST.Npz"):
        np.savez(tmp_path / "file.npz", **ARRAYS)
        (tmp_path / "file.npz").rename(tmp_path / name)
    assert len(data.load(tmp_path / "MINE.NPZ").x_test) == 8
    monkeypatch.setenv("DIMLEARN_DATA", str(tmp_path))
    assert data.load("mnist").source == "MNIST.Npz of DIMLEARN_DATA"


def test_the_first_training_images_are_a_sample_of_all():
    order = np.argsort(LABELS, kind="stable")
    by_class = data.from_arrays(IMAGES[order], LABELS[order], IMAGES[:8], LABELS[:8])
    assert set(by_class.y_train[:18]) == set(LABELS)
    for image, label in zip(by_class.x_train, by_class.y_train):
        own = np.flatnonzero((np.abs(IMAGES / 255 - image) < 1e-6).all((1, 2, 3)))
        assert label in LABELS[own]


def test_the_environment_names_the_data_set(monkeypatch, tmp_path):
    assert data.load().name == "digits"
    np.savez(tmp_path / "mine.npz", **ARRAYS)
    monkeypatch.setenv("DIMLEARN_DATASET", str(tmp_path / "mine.npz"))
    assert data.load(limit=10).name == "mine" and len(data.load(limit=10).x_train) == 10
    assert data.load("digits").name == "digits"


def test_a_limit_keeps_every_original_of_the_digits():
    few = data.load("digits", limit=1131)
    assert len(few.x_train) == len({image.tobytes() for image in few.x_train}) == 1131
    whole = data.load("digits")
    np.testing.assert_array_equal(whole.x_train[:1131], few.x_train)
    np.testing.assert_array_equal(whole.x_test, few.x_test)
    assert np.bincount(few.y_train).tolist() == np.bincount(whole.y_train[1131:2262]).tolist()
    with pytest.raises(InputError, match="at least 2"):
        data.load("digits", limit=1)


def test_the_tensor_for_training_shares_its_memory_with_the_images():
    images = data.load("digits", limit=200)
    before = images.x_train.copy()
    tensor = images.train_tensor
    assert images.train_tensor is tensor
    assert np.shares_memory(np.asarray(tensor), images.x_train)
    np.testing.assert_array_equal(images.x_train, before)


def test_unknown_names():
    with pytest.raises(InputError, match="no data set 'minst': choose one of digits, mnist"):
        data.load("minst")


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    "change, words",
    [
        ({"x_train": IMAGES[:, 0, 0]}, "x_train must have the shape"),
        ({"x_train": IMAGES.astype(float)}, "divide pixels by 255"),
        ({"x_train": IMAGES / -255.0}, r"must lie in \[0, 1\]"),
        ({"x_train": IMAGES.astype("U3")}, "dtype"),
        ({"x_train": IMAGES.astype(int)}, "dtype int64"),
        ({"x_train": IMAGES / 255 + 0j}, "dtype complex128"),
        ({"x_train": np.full(IMAGES.shape, np.nan)}, "2560 NaN"),
        ({"x_train": IMAGES[:0], "y_train": LABELS[:0]}, "holds no image"),
        ({"x_train": [[1, 2], [3]]}, "same size"),
        ({"x_test": IMAGES[:8, :7]}, "x_test of"),
        ({"y_train": LABELS[:-1]}, "39 labels for 40 images"),
        ({"x_train": IMAGES > 127}, "dtype bool"),
        (
            {"x_train": (IMAGES > 127).astype("uint8")},
            "x_train must be uint8 from 0 to 255.* floats",
        ),
        ({"y_train": LABELS / 2}, "must be integers"),
        ({"y_train": LABELS.astype(object)}, "dtype object"),
        ({"y_train": LABELS.astype(str)}, "y_train has dtype <U21, but y_test has int64"),
        ({"y_train": LABELS * 0, "y_test": LABELS[:8] * 0}, "at least two classes, but has only 0"),
        ({"y_test": LABELS[:8] + 9}, "y_test holds the class 9, of which y_train has no image"),
    ],
)
def test_bad_arrays_are_named(change, words):
    with pytest.raises(InputError, match=words):
        data.from_arrays(**{**ARRAYS, **change})


def test_every_class_of_the_test_set_is_among_the_training_labels():
    images = np.zeros((8, 4, 4), np.uint8)
    with pytest.raises(InputError, match="class 1, of which y_train has no image"):
        data.from_arrays(images, [0, 2] * 4, images, [1] * 8)
    with pytest.raises(InputError, match="one image of each class"):
        data.from_arrays(images[:2], [0, 1], images[:2], [0, 1])
    with pytest.raises(InputError, match="without pixels"):
        data.check_images(np.zeros((3, 0, 8, 1)))
