"""What a comparison draws: labels may be numbers or names."""

import numpy as np
import pandas as pd
import pytest

from dimlearn.pictures import neighbours
from dimlearn.pictures.comparison import ablation

IMAGES = np.random.default_rng(0).random((4, 8, 8, 1)).astype("float32")


@pytest.mark.parametrize("names", [np.array([0, 1, 1, 0]), np.array(["cat", "dog", "dog", "cat"])])
def test_neighbours_of_the_right_class_are_counted_whatever_the_labels(names):
    found = {"mine": np.array([[0, 1], [1, 2]])}
    figure, alternative = neighbours(IMAGES[:2], names[:2], found, IMAGES, names)
    assert "mine 3 of 4" in alternative
    titles = [axis.get_title() for axis in figure.axes]
    assert titles[:2] == [str(names[0]), str(names[1])]
    assert titles[2:] == [str(names[0]), f"{names[1]} ×", str(names[1]), str(names[2])]


def test_long_names_below_an_ablation_end_at_their_mark_and_do_not_run_into_each_other():
    names = ["infonce_codes", "infonce", "jsd", "dv", "nwj"]
    table = pd.DataFrame({"value": names, "score": "linear", "mean": 0.9, "low": 0.8, "high": 0.95})
    figure, alternative = ablation("bound", table)
    (axis,) = [axis for axis in figure.axes if axis.get_title()]
    assert [label.get_text() for label in axis.get_xticklabels()] == names
    assert {label.get_horizontalalignment() for label in axis.get_xticklabels()} == {"right"}
    assert "infonce_codes 90.0" in alternative
    figure, _ = ablation("batch", table.assign(value=[32, 64, 128, 256, 512]))
    assert {label.get_rotation() for label in figure.axes[0].get_xticklabels()} == {0.0}
