"""A forest as a critic: sudden changes with a few of many columns."""

import math

import numpy as np
import pytest

from dimlearn.information.bounds import dv_bound
from dimlearn.information.forests import ForestCritic


def sample(n, seed):
    """y is in the upper half where just one of two columns is, beside six that tell nothing."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(size=(n, 8))
    upper = (x[:, 0] > 0.5) ^ (x[:, 1] > 0.5)
    return x, (0.5 * upper + 0.5 * rng.uniform(size=n))[:, None]


def test_it_sees_what_two_columns_tell_together():
    critic = ForestCritic(*sample(1500, 0))
    x, y = sample(400, 1)
    scores = critic(x, y)
    assert scores.shape == (400, 400) and np.isfinite(scores).all()
    assert 0.45 < float(dv_bound(scores)) < math.log(2)


def test_new_pairs_without_dependence_read_as_little():
    x, y = sample(1000, 0)
    rng = np.random.default_rng(2)
    critic = ForestCritic(x, rng.permutation(y))
    fresh = critic(x[:300], rng.uniform(size=(300, 1)))
    assert float(dv_bound(fresh)) < 0.03


def test_the_seed_makes_the_forest():
    x, y = sample(300, 0)
    one, again = (ForestCritic(x, y, seed=4)(x[:50], y[:50]) for _ in range(2))
    assert one == pytest.approx(again)
