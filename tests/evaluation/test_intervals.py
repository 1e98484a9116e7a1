"""Intervals of an accuracy: known values, coverage, and the spread over seeds."""

import numpy as np
import pytest

from dimlearn.evaluation import accuracy_interval
from dimlearn.evaluation.intervals import accuracy_over_seeds


@pytest.mark.parametrize(
    "correct, total, low, high",
    [
        (8, 10, 0.4902, 0.9433),
        (0, 20, 0.0, 0.1611),
        (20, 20, 0.8389, 1.0),
        (95, 100, 0.8882, 0.9785),
    ],
)
def test_wilson_intervals(correct, total, low, high):
    assert accuracy_interval(correct, total) == pytest.approx((low, high), abs=1e-4)


def test_wilson_covers_as_often_as_it_says():
    rng = np.random.default_rng(0)
    inside = 0
    for correct in rng.binomial(200, 0.9, size=2000):
        low, high = accuracy_interval(correct, 200)
        inside += low <= 0.9 <= high
    assert 0.93 <= inside / 2000 <= 0.97


def test_accuracies_tell_their_spread():
    alone = accuracy_over_seeds([0.8], 100, "probe")
    assert (alone.low, alone.high) == pytest.approx(accuracy_interval(80, 100))
    assert alone.seeds == 1 and alone.spread == "100 test images"
    many = accuracy_over_seeds([0.7, 0.8, 0.9], 100, "pretraining")
    assert many.mean == pytest.approx(0.8) and many.seeds == 3
    assert many.low < alone.low < alone.high < many.high
    assert many.spread == "100 test images, 3 pretraining seeds"
    half = 4.302653 * 0.1 / np.sqrt(3)  # Student's 97.5 % point for 2 degrees of freedom
    assert many.low == pytest.approx(0.8 - np.hypot(0.8 - alone.low, half), abs=1e-5)
