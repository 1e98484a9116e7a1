"""The weights and the cap of a mixture of critics."""

import numpy as np
import pytest

from dimlearn.information import worlds
from dimlearn.information.bounds import dv_bound, infonce_bound
from dimlearn.information.mixture import choose_cap, mix, weigh


def in_rows(scores):
    """The positive pairs of score matrices `[K, N, N]`, and the candidates of each row."""
    return np.einsum("kii->ki", scores), scores


def in_one_group(scores):
    """The positive pairs, and all the others as one group."""
    off = ~np.eye(scores.shape[1], dtype=bool)
    return np.einsum("kii->ki", scores), scores[:, off][:, None]


@pytest.mark.parametrize("grouped", [in_rows, in_one_group])
def test_weighing_picks_the_critic_that_is_right(grouped):
    world = worlds.correlated_gaussians(2.0, dim=5)
    right = world.log_ratio(*world.sample(300, seed=0))
    noise = np.random.default_rng(0).normal(size=right.shape)
    weights = weigh(*grouped(np.stack([right, noise])))
    assert weights[0] == pytest.approx(1, abs=0.15) and abs(weights[1]) < 0.15
    too_sure = weigh(*grouped(np.stack([3 * right])))
    assert too_sure[0] == pytest.approx(1 / 3, abs=0.05)
    assert abs(weigh(*grouped(noise[None]))[0]) < 0.2


@pytest.mark.parametrize("grouped, bound", [(in_rows, infonce_bound), (in_one_group, dv_bound)])
def test_no_other_weights_have_a_higher_bound(grouped, bound):
    """Up to the prior, which counts as one pair."""
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(3, 50, 50)) + 2 * np.eye(50)
    best = weigh(*grouped(scores))

    def value(weights):
        return float(bound(np.tensordot(weights, scores, 1))) - weights @ weights / 100

    for _ in range(30):
        assert value(best + 0.03 * rng.normal(size=3)) < value(best)


def test_a_cap_tames_a_single_wild_score():
    world = worlds.correlated_gaussians(1.0, dim=3)
    scores = world.log_ratio(*world.sample(300, seed=0))
    positive, negative = np.diag(scores), scores[~np.eye(300, dtype=bool)]
    assert choose_cap(positive, negative) >= np.quantile(positive, 0.7)
    negative[7] = 30
    assert choose_cap(positive, negative) <= positive.max()


def test_a_mixture_is_chosen_on_validation_pairs_and_read_on_others():
    world = worlds.correlated_gaussians(2.0, dim=5)
    validation, test = (world.log_ratio(*world.sample(400, seed)) for seed in (0, 1))
    noise = np.random.default_rng(0).normal(size=(2, 400, 400))
    mixed = mix([3 * validation, noise[0]], [3 * test, noise[1]])
    assert mixed.shape == (400, 400)
    assert float(dv_bound(mixed)) == pytest.approx(2.0, abs=0.3)
    assert float(dv_bound(3 * test)) < 1.5  # as it was, the critic is far too sure
    assert mixed.max() <= validation.max() * 1.2
