"""Samples: what is refused, and what ranks, ties and draws leave as it was."""

import numpy as np
import pytest

from dimlearn import InputError, estimate_mi
from dimlearn.information import Gaussian
from dimlearn.information.estimation import MAX_ROWS
from dimlearn.information.samples import (
    check_pairs,
    draw_rows,
    own_rng,
    rank_gaussian,
    thin,
    untie,
)

GOOD = np.random.default_rng(0).normal(size=(100, 2))


def test_ties_are_drawn_apart_and_nothing_else():
    column = np.array([[0.0], [0.0], [1.0], [5.0], [5.0], [5.0]])
    apart = untie(column, own_rng(0))
    assert len(np.unique(apart)) == 6 and apart[2] == 1
    assert np.abs(apart[:2]).max() <= 0.5 and np.abs(apart[3:] - 5).max() <= 2
    assert own_rng(0).random() != np.random.default_rng(0).random()


def test_ranks_undo_increasing_functions():
    x = np.random.default_rng(0).normal(size=(50, 3))
    np.testing.assert_allclose(rank_gaussian(np.exp(x)), rank_gaussian(x))
    np.testing.assert_allclose(rank_gaussian(-x), -rank_gaussian(x), atol=1e-12)


@pytest.mark.parametrize(
    "x, y, words",
    [
        (GOOD, GOOD[:50], "100 rows and y has 50"),
        (GOOD[:1], GOOD[:1], "1 pair is too few"),
        (GOOD[:0], GOOD[:0], "0 pairs are too few"),
        (np.c_[GOOD, np.ones(100)], GOOD, "column 2 of x is constant"),
        (GOOD, np.where(GOOD[7, 1] == GOOD, np.nan, GOOD), "row 7, column 1"),
        (GOOD, np.where(GOOD[7, 1] == GOOD, np.inf, GOOD), "NaN or infinity"),
        (GOOD.astype(str), GOOD, "x must hold numbers"),
        (GOOD, GOOD + 1j, "y holds complex numbers"),
        (GOOD, [[1.0, 2.0], [3.0]], "one array of numbers"),
        (GOOD, None, "must hold numbers"),
        (GOOD[:, :, None], GOOD, r"shape \(n,\) or \(n, dimension\)"),
        (GOOD[:, :0], GOOD, "shape"),
    ],
)
def test_bad_input_gets_one_sentence(x, y, words):
    with pytest.raises(InputError, match=words) as caught:
        estimate_mi(x, y)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 160


def test_integers_and_booleans_are_numbers():
    x, y = check_pairs(np.arange(30), np.arange(30) % 2 == 0)
    assert x.shape == y.shape == (30, 1) and x.dtype == y.dtype == np.float64


def test_a_million_rows_are_thinned():
    x = np.random.default_rng(0).normal(size=10**6).astype("float32")
    found = Gaussian().result(x, x + 1)
    assert any(f"{MAX_ROWS} of the {10**6} pairs" in warning for warning in found.warnings)


def test_rows_are_drawn_fairly_and_stay_in_order():
    counts = np.zeros(20)
    for seed in range(4000):
        rows = draw_rows(20, 5, seed)
        assert len(set(rows)) == 5 and (np.diff(rows) > 0).all()
        counts[rows] += 1
    assert np.abs(counts / 4000 - 0.25).max() < 0.035
    assert draw_rows(5, 5, 0).tolist() == [0, 1, 2, 3, 4]


def test_pairs_stay_pairs():
    x = np.arange(100.0)[:, None]
    a, b = thin(x, -x, 10, seed=0)
    assert a.shape == (10, 1)
    np.testing.assert_array_equal(a, -b)
