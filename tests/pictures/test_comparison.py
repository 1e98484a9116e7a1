"""What a comparison draws: labels may be numbers or names."""

import numpy as np
import pytest

from dimlearn.pictures import neighbours

IMAGES = np.random.default_rng(0).random((4, 8, 8, 1)).astype("float32")


@pytest.mark.parametrize("names", [np.array([0, 1, 1, 0]), np.array(["cat", "dog", "dog", "cat"])])
def test_neighbours_of_the_right_class_are_counted_whatever_the_labels(names):
    found = {"mine": np.array([[0, 1], [1, 2]])}
    figure, alternative = neighbours(IMAGES[:2], names[:2], found, IMAGES, names)
    assert "mine 3 of 4" in alternative
    titles = [axis.get_title() for axis in figure.axes]
    assert titles[:2] == [str(names[0]), str(names[1])]
    assert titles[2:] == [str(names[0]), f"{names[1]} ×", str(names[1]), str(names[2])]
