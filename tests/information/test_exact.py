"""Exact values, limits and refusals of entropy, divergence and information (nats)."""

import math

import numpy as np
import pytest

from dimlearn import InputError
from dimlearn.information import (
    entropy,
    gaussian_mi,
    kl_divergence,
    mutual_information,
)

TABLE = np.array([[0.4, 0.1], [0.1, 0.4]])


def some_table(shape, seed=0):
    table = np.random.default_rng(seed).gamma(0.7, size=shape)
    return table / table.sum()


def test_entropy():
    assert entropy([0.5, 0.5]) == pytest.approx(math.log(2), abs=1e-12)
    assert entropy([0.0, 1.0]) == 0 and math.copysign(1, entropy([0.0, 1.0])) == 1
    assert entropy(np.full((3, 4), 1 / 12)) == pytest.approx(math.log(12))
    p, q = some_table(5), some_table(7, seed=1)
    assert entropy(np.outer(p, q)) == pytest.approx(entropy(p) + entropy(q))


def test_divergence():
    p, q = some_table((3, 4)), some_table((3, 4), seed=1)
    cross = -np.sum(p * np.log(q))
    assert kl_divergence(p, q) == pytest.approx(cross - entropy(p))
    assert kl_divergence(p, p) == 0 and kl_divergence(p, q) != pytest.approx(kl_divergence(q, p))
    assert kl_divergence([1.0, 0.0], [0.5, 0.5]) == pytest.approx(math.log(2))
    assert kl_divergence([0.5, 0.5], [1.0, 0.0]) == math.inf


def test_mutual_information():
    assert mutual_information(TABLE) == pytest.approx(0.192745, abs=1e-6)
    assert mutual_information(np.outer(some_table(3), some_table(4, 1))) == pytest.approx(0)
    assert mutual_information(np.eye(5) / 5) == pytest.approx(math.log(5))
    joint = some_table((3, 5))
    marginals = entropy(joint.sum(axis=0)) + entropy(joint.sum(axis=1))
    assert mutual_information(joint) == pytest.approx(marginals - entropy(joint))
    assert mutual_information(joint) == pytest.approx(mutual_information(joint.T))


def test_gaussians():
    assert gaussian_mi(0.5) == pytest.approx(0.143841, abs=1e-6)
    assert gaussian_mi(-0.9) == pytest.approx(0.830366, abs=1e-6)
    assert gaussian_mi(0.9, dim=20) == pytest.approx(20 * gaussian_mi(0.9))
    assert gaussian_mi(0) == 0 and gaussian_mi(1.0) == math.inf
    np.testing.assert_allclose(gaussian_mi([0.0, 0.5], dim=2), [0, 2 * gaussian_mi(0.5)])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: entropy([3, 5]),
        lambda: entropy([1.5, -0.5]),
        lambda: entropy([math.nan, 1.0]),
        lambda: kl_divergence([0.5, 0.5], [1.0]),
        lambda: mutual_information([0.5, 0.5]),
        lambda: gaussian_mi(1.2),
    ],
)
def test_refused_in_one_sentence(wrong):
    with pytest.raises(InputError) as refused:
        wrong()
    assert "\n" not in str(refused.value)
