"""Folds that are apart, and critics that score them."""

import math

import numpy as np
import pytest

from dimlearn import InputError
from dimlearn.information import CrossFitted, worlds
from dimlearn.information.crossfit import split_folds
from dimlearn.information.diagnosis import neural_dependency


def test_folds_are_apart():
    splits = split_folds(203, np.random.default_rng(0))
    assert sorted(np.concatenate([s.test for s in splits])) == list(range(203))
    assert len({len(s.train) for s in splits}) == 1
    for split in splits:
        parts = [set(split.train), set(split.validation), set(split.test)]
        assert sum(map(len, parts)) == len(set.union(*parts)) and min(map(len, parts)) > 0
        assert set(split.halved().train) < parts[0]
        assert len(split.halved().train) == len(split.train)


@pytest.mark.slow
def test_concat_critics_by_themselves():
    x, y = worlds.gaussian_pairs([0.9]).sample(400, seed=1)
    found = CrossFitted(("concat",), steps=200).result(x, y)
    assert found.value == pytest.approx(0.83, abs=0.25) and found.curve.shape == (2, 2)


@pytest.mark.slow
def test_any_number_of_steps():
    x, y = worlds.gaussian_pairs([0.9]).sample(200, seed=1)
    assert CrossFitted(("separable",), steps=50).result(x, y).curve[:, 0].tolist() == [50]
    assert CrossFitted(("separable",), steps=150).result(x, y).curve[:, 0].tolist() == [100, 150]
    assert math.isfinite(neural_dependency(np.c_[x, y], folds=2, steps=30).value)


def test_critics_that_are_none():
    x, y = worlds.gaussian_pairs([0.9]).sample(100, seed=1)
    with pytest.raises(InputError, match="kinds must be of gaussian, student, kernel, forest"):
        CrossFitted(("gausian",))
    wide = np.random.default_rng(0).normal(size=(100, 300))
    with pytest.raises(InputError, match="no critic of gaussian is made for so many columns"):
        CrossFitted(("gaussian",)).result(wide, y)
    with pytest.raises(InputError, match="no critic of forest is made for so few columns"):
        CrossFitted(("forest",)).result(x, y)


@pytest.mark.slow
def test_few_independent_pairs_read_as_nothing():
    """A critic read on its own training pairs says log 128 = 4.85 here. Of the estimator that
    `estimate_mi` uses for these, with fewer steps."""
    found = CrossFitted(steps=200).result(*worlds.independent(10).sample(128, seed=0))
    assert abs(found.value) < 0.15 and abs(found.value) <= 3 * found.standard_error
