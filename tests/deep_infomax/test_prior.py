"""The prior game: known values of its losses, and what the discriminator is shown."""

import math

import numpy as np
import pytest

from dimlearn.deep_infomax.prior import discriminator_loss, prior_loss, prior_samples, squash
from dimlearn.startup import tf


def test_known_values_of_the_game():
    zeros = tf.zeros((5, 1))
    assert float(discriminator_loss(zeros, zeros)) == pytest.approx(2 * math.log(2))
    with tf.GradientTape() as tape:
        tape.watch(zeros)
        loss = prior_loss(zeros)
    assert float(loss) == pytest.approx(math.log(2))
    np.testing.assert_allclose(5 * tape.gradient(loss, zeros), -0.5)


def test_the_prior_samples():
    uniform = prior_samples((20_000, 3), "uniform", seed=(1, 2)).numpy()
    assert uniform.min() >= 0 and uniform.max() < 1
    assert uniform.mean() == pytest.approx(0.5, abs=0.005)
    assert uniform.std() == pytest.approx(0.288675, abs=0.003)
    gaussian = prior_samples((20_000, 3), "gaussian", seed=(1, 2)).numpy()
    assert gaussian.mean() == pytest.approx(0, abs=0.02)
    assert gaussian.std() == pytest.approx(1, abs=0.02)


def test_the_same_seed_gives_the_same_samples():
    one, again, other = (
        prior_samples((4, 2), "uniform", seed) for seed in ((1, 2), (1, 2), (1, 3))
    )
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_only_a_uniform_prior_squashes_the_code():
    code = tf.constant([[-50.0, 0.0, 50.0]])
    np.testing.assert_allclose(squash(code, "uniform"), [[0, 0.5, 1]], atol=1e-6)
    np.testing.assert_array_equal(squash(code, "gaussian"), code)
