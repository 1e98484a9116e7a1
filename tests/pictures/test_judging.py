"""Pictures of judged encoders: what is drawn is what was measured, and its words say so."""

import numpy as np
import pytest

from dimlearn.pictures import judging


def words(picture):
    assert picture.png.startswith(b"\x89PNG")
    return picture.alt


def test_bars_tell_their_accuracies_in_percent():
    told = words(judging.bars({"pixels": 0.9, "yours": 0.9632}, controls=["pixels"]))
    assert told == "Bars of test accuracy in percent: pixels 90.0, yours 96.3."


@pytest.mark.parametrize("zero", [True, False])
def test_intervals_tell_middle_and_ends(zero):
    rows = {"a": (0.5, 0.4, 0.6), "a - b": (-0.02, -0.05, 0.01)}
    told = words(judging.intervals(rows, "points", zero))
    assert told.endswith("points: a 50.0, from 40.0 to 60.0; a - b -2.0, from -5.0 to 1.0.")


@pytest.mark.parametrize("code, percent", [(0.0, 0), (4.0, 100), (-4.0, 100), (2.9, 0)])
def test_the_outer_twentieths_of_squashed_codes(code, percent):
    told = words(judging.squashed({"yours": np.full((5, 3), code)}))
    assert f"yours {percent:.1f} percent in the outer twentieths" in told


def test_choices_tell_both_means():
    told = words(judging.choices([(0.8, 0.7), (0.9, 0.72)], candidates=40))
    assert "best of 40 has 85.0 percent where it was chosen, 71.0 elsewhere" in told
