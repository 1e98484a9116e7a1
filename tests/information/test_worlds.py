"""Worlds draw what they say, and share what they say."""

import math

import numpy as np
import pytest

from dimlearn import InputError
from dimlearn.information import entropy, gaussian_mi, worlds


@pytest.mark.parametrize("mi", [0.5, 2.0, 8.0])
@pytest.mark.parametrize("cubed", [False, True])
def test_the_log_ratio_of_gaussians_has_their_information_as_its_mean(mi, cubed):
    world = worlds.correlated_gaussians(mi, dim=5, cubed=cubed)
    x, y = world.sample(2000, seed=0)
    assert np.diag(world.log_ratio(x, y)).mean() == pytest.approx(mi, abs=0.3)
    assert world.mutual_information == mi
    assert 5 * gaussian_mi(worlds.correlation_for(mi, 5)) == pytest.approx(mi)
    if mi == 0.5:
        assert np.exp(world.log_ratio(x[:500], y[500:1000])).mean() == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    "world",
    [
        worlds.correlated_gaussians(2.0, 3, cubed=True),
        worlds.gaussian_pairs([0.8, 0.1], np.exp),
        worlds.table([[0.4, 0.1], [0.1, 0.4]]),
        worlds.noisy_uniform(),
        worlds.independent(),
    ],
    ids=lambda world: world.name,
)
def test_a_world_draws_the_same_for_the_same_seed(world):
    x, y = world.sample(50, seed=1)
    assert len(x) == len(y) == 50 and np.isfinite(x).all() and np.isfinite(y).all()
    np.testing.assert_array_equal(x, world.sample(50, seed=1)[0])
    assert not np.array_equal(x, world.sample(50, seed=2)[0])


def test_gaussian_pairs_share_the_sum_of_their_information():
    world = worlds.gaussian_pairs([0.5, 0.9, 0.0])
    assert world.mutual_information == pytest.approx(gaussian_mi(0.5) + gaussian_mi(0.9))


def test_information_is_never_negative():
    with pytest.raises(InputError, match="never negative"):
        worlds.correlated_gaussians(-1.0)


def test_the_noisy_uniform_by_numerical_integration():
    noise, grid = 0.1, np.linspace(-0.1, 1.1, 200_001)
    density = (np.minimum(grid + noise, 1) - np.maximum(grid - noise, 0)) / (2 * noise)
    full = density[density > 0]
    h_y = -(full * np.log(full)).sum() * (grid[1] - grid[0])
    assert worlds.noisy_uniform(noise).mutual_information == pytest.approx(
        h_y - math.log(2 * noise), abs=1e-4
    )


def test_the_table_of_the_lessons():
    world = worlds.table([[0.4, 0.1], [0.1, 0.4]])
    assert world.mutual_information == pytest.approx(0.192745, abs=1e-6)
    x, y = world.sample(20_000, seed=0)
    assert np.diag(world.log_ratio(x[:1000], y[:1000])).mean() == pytest.approx(0.1927, abs=0.06)
    assert np.mean(x == y) == pytest.approx(0.8, abs=0.02)


def test_same_class_images_share_the_entropy_of_the_class():
    images = np.repeat(np.arange(6.0), 10)[:, None, None, None] * np.ones((1, 4, 4, 1)) / 6
    labels = np.repeat([0, 1, 2], 20)
    world = worlds.same_class_images(images, labels)
    assert world.mutual_information == pytest.approx(math.log(3))
    x, y = world.sample(300, seed=0)
    assert x.shape == y.shape == (300, 16)
    np.testing.assert_array_equal(x[:, 0] * 6 // 2, y[:, 0] * 6 // 2)  # one class
    assert 0.3 < np.mean(x[:, 0] == y[:, 0]) < 0.7  # and nothing else
    assert worlds.same_class_images(images, labels, rows=2).sample(3)[1].shape == (3, 8)
    two = worlds.same_class_images(images, labels, digits=2)
    assert two.mutual_information == pytest.approx(2 * math.log(3))
    assert two.sample(3)[0].shape == (3, 32)
    apart = worlds.same_class_images(images, labels, matched=False)
    x, y = apart.sample(3000, seed=0)
    assert apart.mutual_information == 0
    assert np.mean(x[:, 0] * 6 // 2 == y[:, 0] * 6 // 2) == pytest.approx(1 / 3, abs=0.04)


def test_unbalanced_classes_share_less():
    images, labels = np.zeros((40, 2, 2, 1)), np.repeat([0, 1], [30, 10])
    world = worlds.same_class_images(images, labels)
    assert world.mutual_information == pytest.approx(entropy([0.75, 0.25]))
