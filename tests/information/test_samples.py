"""Samples: what is refused, and what ranks, ties and draws leave as it was."""

import numpy as np
import pandas as pd
import pytest

from dimlearn import InputError, estimate_mi
from dimlearn.information import KSG, Gaussian
from dimlearn.information.estimators import MAX_ROWS
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
    apart = untie(column, own_rng(0), shared=1.0)
    assert len(np.unique(apart)) == 6 and apart[2] == 1
    assert np.abs(apart[:2]).max() <= 0.5 and np.abs(apart[3:] - 5).max() <= 2
    assert own_rng(0).random() != np.random.default_rng(0).random()


def test_values_that_many_rows_share_stay_tied():
    column = np.r_[np.zeros(60), np.round(np.random.default_rng(0).normal(size=940), 2)][:, None]
    apart = untie(column, own_rng(0))
    assert (apart == 0).sum() >= 60 and len(np.unique(apart)) == 1001 - (apart == 0).sum()


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


def test_rare_values_are_among_the_rows_drawn():
    flag = np.zeros((200_000, 1))
    flag[[5, 70_000, 150_000]] = 1
    number = np.where(flag, np.random.default_rng(0).normal(size=flag.shape), 0)
    for side in (flag, number):
        rows = thin([np.arange(200_000.0), *side.T], 1000, seed=0)
        assert len(rows) == 1000 and (np.diff(rows) > 0).all()
        assert side[rows].astype(bool).sum() == 3
    assert len(thin([*flag[:500].T] * 2, 1000, seed=0)) == 500


def test_a_hundred_flags_among_a_million_rows():
    """Most draws of rows hold one or none of them, and a column without any is no column."""
    rng = np.random.default_rng(0)
    x, flag = rng.normal(size=(10**6, 1)), np.zeros((10**6, 1), bool)
    flag[rng.choice(10**6, 100, replace=False)] = True
    found = Gaussian().result(np.hstack([x, flag]), x + rng.normal(size=x.shape))
    assert found.value == pytest.approx(0.347, abs=0.06)


def test_masks_are_not_lost():
    masked = np.ma.masked_less(GOOD, -2)
    with pytest.raises(InputError, match="x has masked entries"):
        check_pairs(masked, GOOD)
    x, _ = check_pairs(np.ma.masked_less(GOOD, -100), GOOD)  # nothing is masked
    np.testing.assert_array_equal(x, GOOD)


def test_objects_and_categories_that_are_numbers():
    x, _ = check_pairs(GOOD.astype(object), GOOD)
    np.testing.assert_array_equal(x, GOOD)
    kinds = pd.Series(["b", "a", "c", "a"] * 25, dtype="category")
    frame = pd.DataFrame({"kind": kinds, "size": np.arange(100.0)})
    for side in (kinds, kinds.array, frame):
        x, _ = check_pairs(side, GOOD)
        assert x[:4, 0].tolist() == [1, 0, 2, 0]
    kinds[3] = None
    with pytest.raises(InputError, match="NaN or infinity, first in row 3"):
        check_pairs(kinds, GOOD)
    with pytest.raises(InputError, match="x must hold numbers"):
        check_pairs(np.array(["1"] * 100, object), GOOD)


def test_neighbours_near_two_to_the_sixty_stay_apart():
    large = 2**60 + np.arange(100)
    for side in (large, large.astype("uint64"), -large):
        x, _ = check_pairs(side, GOOD)
        assert len(np.unique(x)) == 100
    assert np.array_equal(check_pairs(np.arange(-50, 50), GOOD)[0][:, 0], np.arange(-50.0, 50))


@pytest.mark.parametrize("seed", [None, -1, 1.5, "0", True, 2**40])
def test_a_seed_that_is_none_gets_one_sentence(seed):
    for start in (lambda: estimate_mi(GOOD, GOOD, seed=seed), lambda: KSG(seed=seed)):
        with pytest.raises(InputError, match="seed must be a whole number from 0"):
            start()
    assert KSG(seed=np.int64(3)).seed == 3
