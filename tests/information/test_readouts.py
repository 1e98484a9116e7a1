"""What each formula reads off a critic that is the log density ratio (nats)."""

import math

import numpy as np
import pytest

from dimlearn.information.bounds import jsd_bound, nwj_bound, smile, split_pairs
from dimlearn.information.estimators import error_of_mean
from dimlearn.information.readouts import influence, read_log_ratio
from dimlearn.information.worlds import correlated_gaussians


@pytest.fixture(scope="module")
def exact():
    """`{level: {name: values}}` read off the exact log ratio of 20-d Gaussians, N = 128."""
    read = {}
    for level in (0.5, 2.0, 4.0):
        world, rng = correlated_gaussians(level), np.random.default_rng(0)
        batches = [world.log_ratio(*world.draw(128, rng)) for _ in range(100)]
        values = [
            read_log_ratio(scores)
            | {"SMILE-1": float(smile(scores, 1.0)), "NWJ(f)": float(nwj_bound(scores))}
            for scores in batches
        ]
        read[level] = {name: np.array([one[name] for one in values]) for name in values[0]}
    return read


@pytest.mark.slow
@pytest.mark.parametrize(
    "level, expected",
    [
        (2.0, {"DV": 2.0, "NWJ": 2.0, "InfoNCE": 1.89, "SMILE-1": 2.38, "SMILE-5": 2.03}),
        (4.0, {"DV": 4.0, "NWJ": 3.99, "InfoNCE": 3.32, "SMILE-1": 4.63, "SMILE-5": 4.23}),
    ],
)
def test_what_each_formula_reads_off_the_exact_critic(exact, level, expected):
    """The bias of the formula alone, without any of training."""
    for name, value in expected.items():
        values = exact[level][name]
        assert values.mean() == pytest.approx(value, abs=0.03 + 2 * values.std() / 100**0.5), name


@pytest.mark.slow
@pytest.mark.parametrize("level", [0.5, 2.0, 4.0])
def test_the_read_outs_of_a_jsd_critic(exact, level):
    """Right by four formulas; as if the critic were NWJ's own, 1/e too low."""
    values = exact[level]
    expected = dict.fromkeys(("NWJ", "DV", "mean positive score"), level)
    for name, value in (expected | {"NWJ(f)": level - 1 / math.e}).items():
        noise = values[name].std() / 100**0.5
        assert values[name].mean() == pytest.approx(value, abs=0.02 + 2 * noise), name


def test_read_log_ratio_is_the_formulas():
    scores = np.random.default_rng(0).normal(size=(9, 9)) * 1.5
    positive, negative = (side.numpy() for side in split_pairs(scores))
    read = read_log_ratio(scores)
    assert read["NWJ"] == pytest.approx(1 + positive.mean() - np.exp(negative).mean())
    assert read["mean positive score"] == pytest.approx(positive.mean())
    assert read["DV"] == pytest.approx(positive.mean() - np.log(np.exp(negative).mean()))


def test_the_jsd_objective_is_no_mutual_information():
    world = correlated_gaussians(4.0)
    scores = world.log_ratio(*world.sample(400, seed=0))
    assert float(jsd_bound(scores)) < 0
    assert read_log_ratio(scores)["DV"] == pytest.approx(4, abs=0.5)


def test_what_each_pair_adds_is_what_its_weight_changes():
    """The slope of DV in the weight of a pair among the positives and in both marginals."""
    scores = np.random.default_rng(0).normal(size=(12, 12))
    off = ~np.eye(12, dtype=bool)

    def weighted_dv(weights):
        pairs = np.outer(weights, weights) * off
        mean = np.sum(pairs * np.exp(scores)) / pairs.sum()
        return weights @ np.diag(scores) / weights.sum() - math.log(mean)

    slopes = []
    for i in range(12):
        more, less = np.ones(12), np.ones(12)
        more[i], less[i] = 1 + 1e-5, 1 - 1e-5
        slopes.append(12 * (weighted_dv(more) - weighted_dv(less)) / 2e-5)
    terms = influence(scores)
    np.testing.assert_allclose(terms - terms.mean(), slopes, atol=1e-6)
    np.testing.assert_allclose(influence(scores + 700) - terms, 700)  # and without overflow


@pytest.mark.parametrize("rows", [1, 4])
def test_the_error_of_a_mean_knows_groups(rows):
    """Each of 500 numbers comes `rows` times: no more is known than from 500."""
    rng, means, errors = np.random.default_rng(0), [], []
    groups = np.repeat(np.arange(500), rows)
    for _ in range(200):
        terms = rng.normal(size=500)[groups]
        means.append(terms.mean())
        errors.append(error_of_mean(terms, groups))
    assert np.mean(errors) == pytest.approx(np.std(means), rel=0.15)
    assert error_of_mean(terms) == pytest.approx(errors[-1] / np.sqrt(rows), rel=0.01)
