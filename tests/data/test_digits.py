"""The bundled digits: shaped like MNIST, posed, and no original on two sides."""

import numpy as np
import pytest

from dimlearn import data
from dimlearn.data import digits as module
from dimlearn.data.digits import pose

PARTS = ("x_train", "y_train", "x_validation", "y_validation", "x_test", "y_test")


@pytest.fixture(scope="module")
def digits():
    return data.load("digits")


def test_the_digits_are_shaped_like_mnist(digits):
    for x, y in (
        (digits.x_train, digits.y_train),
        (digits.x_validation, digits.y_validation),
        (digits.x_test, digits.y_test),
    ):
        assert x.shape[1:] == (28, 28, 1) and x.dtype == np.float32 and y.dtype == np.int64
        assert 0 <= x.min() < x.max() <= 1 and len(x) == len(y)
        assert set(y) == set(range(10))
    assert digits.num_classes == 10 and digits.test_originals == 540


def test_every_test_image_tells_its_original(monkeypatch):
    """Without any pose, images of one original are equal, and of another (nearly all) different."""
    still = {"shift": 0.0, "slant": 0.0, "stretch": 0.0}
    monkeypatch.setattr(module, "pose", lambda digits, rng: pose(digits, rng, **still))
    posed = data.load("digits")
    images = np.array([image.tobytes() for image in posed.x_test])
    groups, sizes = np.unique(posed.test_groups, return_counts=True)
    assert len(posed.test_groups) == len(images) == 4 * len(groups) and set(sizes) == {4}
    assert all(len(set(images[posed.test_groups == group])) == 1 for group in groups)
    assert len(set(images)) > 530


def test_no_original_is_on_two_sides(monkeypatch):
    """Posed once without any pose, an image tells its original."""
    still = {"shift": 0.0, "slant": 0.0, "stretch": 0.0}
    monkeypatch.setattr(module, "pose", lambda digits, rng: pose(digits, rng, **still))
    posed = data.load("digits")
    sides = [
        {image.tobytes() for image in part}
        for part in (posed.x_train, posed.x_validation, posed.x_test)
    ]
    assert not sides[0] & sides[1] and not sides[0] & sides[2] and not sides[1] & sides[2]
    assert 1790 <= sum(map(len, sides)) <= 1797  # the 1,797 originals, a few of them equal


def test_another_seed_holds_other_originals_out(digits):
    other = data.load("digits", seed=1)
    assert len(other.x_validation) == len(digits.x_validation)
    assert not np.array_equal(other.x_validation, digits.x_validation)
    np.testing.assert_array_equal(other.x_test, digits.x_test)


def test_the_digits_are_the_same_every_time(digits):
    again = data.load("digits")
    for part in PARTS:
        np.testing.assert_array_equal(getattr(digits, part), getattr(again, part))


def test_poses_move_a_digit_without_losing_it():
    stroke = np.zeros((1, 8, 8), "float32")
    stroke[0, 2:6, 3:5] = 1
    posed = pose(np.repeat(stroke, 200, axis=0), np.random.default_rng(0))
    assert posed.shape == (200, 28, 28, 1)
    area = posed.sum(axis=(1, 2, 3))
    scale = (20 / 8) ** 2 * stroke.sum()
    assert 0.85**2 * 0.95 * scale < area.min() and area.max() < 1.15**2 * 1.05 * scale
    rows = (posed[..., 0] * np.arange(28)[:, None]).sum(axis=(1, 2)) / area
    assert 3 < np.ptp(rows) / 2 < 5
