"""Critics find the log density ratio, and networks side by side do not see each other."""

import numpy as np
import pytest
from scipy.stats import multivariate_t, t

from dimlearn.information import worlds
from dimlearn.information.critics import (
    ConcatCritics,
    GaussianCritic,
    KernelCritic,
    SeparableCritics,
    StudentCritic,
)


def test_the_gaussian_critic_finds_the_log_ratio():
    world = worlds.correlated_gaussians(1.0, dim=3)
    critic = GaussianCritic(*world.sample(20_000, seed=0))
    x, y = world.sample(50, seed=1)
    np.testing.assert_allclose(critic(x, y), world.log_ratio(x, y), atol=0.1, rtol=0.07)


def test_the_student_critic_finds_the_log_ratio():
    """By the densities of SciPy, in whatever coordinates the sample comes."""
    shape = np.kron([[1, 0.6], [0.6, 1]], np.eye(2))
    world = multivariate_t(shape=shape, df=3, seed=0)
    sides = world.rvs(20_000), world.rvs(60)
    (x, y), (a, b) = ((t.cdf(z[:, :2], 3), t.cdf(z[:, 2:], 3)) for z in sides)
    of_x = multivariate_t(shape=np.eye(2), df=3).logpdf  # and of y
    z = sides[1]
    expected = world.logpdf(z) - of_x(z[:, :2]) - of_x(z[:, 2:])
    found = np.diag(StudentCritic(x, y, freedom=3)(a, b))
    np.testing.assert_allclose(found, expected, atol=0.1, rtol=0.05)


def test_the_kernel_critic_finds_the_log_ratio_of_a_table():
    world = worlds.table([[0.4, 0.1], [0.1, 0.4]])
    x, y = (0.25 + side / 2 for side in world.sample(5000, seed=0))
    scores = KernelCritic(x, y, 0.05)(np.array([[0.25], [0.75]]), np.array([[0.25], [0.75]]))
    expected = np.log([[1.6, 0.4], [0.4, 1.6]])
    np.testing.assert_allclose(scores, expected, atol=0.06)


@pytest.mark.parametrize("kind", [SeparableCritics, ConcatCritics])
def test_members_are_networks_of_their_own(kind):
    critics = kind(np.random.default_rng(0), 3, 2, 4)
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(3, 5, 2)), rng.normal(size=(3, 6, 4))
    x, y = x.astype("float32"), y.astype("float32")
    scores = critics(x, y).numpy()
    assert scores.shape == (3, 5, 6)
    x[1] += 1
    changed = critics(x, y).numpy()
    np.testing.assert_allclose(changed[[0, 2]], scores[[0, 2]], atol=1e-5)
    assert np.abs(changed[1] - scores[1]).max() > 1e-3
    x[1, 0] += 1  # score (i, j) sees only x_i and y_j
    np.testing.assert_allclose(critics(x, y).numpy()[1, 1:], changed[1, 1:], atol=1e-5)
