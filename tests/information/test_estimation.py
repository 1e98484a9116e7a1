"""Estimates of mutual information where the truth is known, and where there is nothing to find."""

import numpy as np
import pytest

import dimlearn
from dimlearn import estimate_mi
from dimlearn.information import KSG, CrossFitted, Gaussian, Histogram, worlds


@pytest.fixture(scope="module")
def gaussians():
    world = worlds.gaussian_pairs([0.8, 0.6])
    x, y = world.sample(1500, seed=3)
    return world, x, y, estimate_mi(x, y)


@pytest.mark.slow
def test_the_contract(gaussians):
    world, x, y, found = gaussians
    assert dimlearn.estimate_mi is estimate_mi
    assert float(found) == found.value and found.standard_error > 0
    assert abs(found.value - world.mutual_information) < 3 * found.standard_error
    assert found.value == pytest.approx(world.mutual_information, abs=0.12)
    assert found.curve.shape == (10, 2) and found.curve[-1, 0] == 1000
    assert found.evaluation.scores.shape == (300, 300) and len(found.evaluation.rows) == 300
    assert found.readouts["InfoNCE"] == pytest.approx(found.value, abs=0.1)
    assert "nats" in str(found)


@pytest.mark.slow
def test_cubed_scaled_and_shifted_is_the_same():
    """Of the estimator that `estimate_mi` uses for these, with fewer steps."""
    x, y = worlds.gaussian_pairs([0.8, 0.6]).sample(400, seed=3)
    estimator = CrossFitted(steps=50)
    found, changed = estimator.result(x, y), estimator.result(x**3, 7 * y - 100)
    assert changed.value == pytest.approx(found.value, abs=1e-9)
    assert changed.standard_error == pytest.approx(found.standard_error, abs=1e-9)


def test_the_arguments_and_the_global_random_state_are_left_alone():
    x, y = worlds.gaussian_pairs([0.8]).sample(200, seed=3)
    before = x.copy(), y.copy(), np.random.get_state()[1].copy()
    estimate_mi(x, y)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])
    np.testing.assert_array_equal(np.random.get_state()[1], before[2])


@pytest.mark.slow
def test_one_column_a_side():
    world = worlds.noisy_uniform(0.1)
    found = estimate_mi(*(side[:, 0] for side in world.sample(2000, seed=0)))
    assert found.estimator == "KSG"
    assert found.value == pytest.approx(world.mutual_information, abs=0.08)
    assert found.readouts["cross-fitted kernels, DV"] < found.value + 0.05
    nothing = estimate_mi(*worlds.independent(1).sample(500, seed=0))
    assert abs(nothing.value) <= 3 * nothing.standard_error


def test_discrete_variables():
    world = worlds.table([[0.4, 0.1], [0.1, 0.4]])
    found = estimate_mi(*world.sample(1500, seed=0))
    assert found.value == pytest.approx(0.1927, abs=0.05)
    assert abs(found.value - world.mutual_information) < 3 * found.standard_error


def test_a_large_value_comes_with_a_warning():
    x = np.random.default_rng(0).normal(size=(400, 1))
    found = estimate_mi(x, x + 1e-6 * np.random.default_rng(1).normal(size=(400, 1)))
    assert any("at least" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    "estimator", [Gaussian(), Gaussian(ranks=False), Histogram(), KSG(), KSG(k=5, ranks=False)]
)
def test_one_interface(estimator):
    x, y = worlds.gaussian_pairs([0.75]).sample(1000, seed=1)
    value, result = estimator.estimate(x, y), estimator.result(x, y)
    assert isinstance(value, float) and value == result.value
    assert abs(value - 0.4133) < 3 * result.standard_error + 0.05
    assert estimator.estimate(x[:, 0], y[:, 0]) == value
    assert type(estimator)(**estimator.parameters()).estimate(x, y) == value


def test_a_small_value_of_few_pairs_is_not_near_the_ceiling():
    x, y = np.random.default_rng(0).normal(size=(2, 20))
    assert not Histogram().result(x, y).warnings
