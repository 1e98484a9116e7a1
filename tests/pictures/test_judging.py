"""Pictures of judged encoders: what is drawn is what was measured, and its words say so."""

import numpy as np
import pytest

from dimlearn.pictures import judging


def words(picture):
    assert picture.png.startswith(b"\x89PNG")
    return picture.alt


def test_curves_tell_first_and_last_values():
    told = words(judging.curves({"right": [1.4, 1.0], "wrong": [1.4, 1.3]}, "nats", level=("0", 0)))
    assert "right 1.40 to 1.00; wrong 1.40 to 1.30; dashed 0 0.00" in told


@pytest.mark.parametrize("code, percent", [(0.0, 0), (4.0, 100), (-4.0, 100), (2.9, 0)])
def test_the_outer_twentieths_of_squashed_codes(code, percent):
    told = words(judging.squashed({"yours": np.full((5, 3), code)}))
    assert f"yours {percent} percent in the outer twentieths" in told
