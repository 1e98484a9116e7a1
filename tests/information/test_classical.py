"""The Gaussian formula, the histogram and nearest neighbours, by loops and where they are exact."""

import math

import numpy as np
import pytest

from dimlearn import InputError
from dimlearn.information import KSG, classical, worlds


def test_gaussian_agrees_with_determinants():
    rng = np.random.default_rng(0)
    z = rng.normal(size=(500, 5)) @ rng.normal(size=(5, 5))
    logdet = lambda columns: np.linalg.slogdet(np.corrcoef(columns.T))[1]  # noqa: E731
    expected = -0.5 * (logdet(z) - logdet(z[:, :2]) - logdet(z[:, 2:]))
    assert classical.gaussian(z[:, :2], z[:, 2:]) == pytest.approx(expected)
    assert classical.gaussian(z[:, :1], 2 * z[:, :1] + 1) > 10  # infinite, but for rounding


def test_histogram_of_a_table_is_its_plug_in_value():
    rng = np.random.default_rng(0)
    x = rng.permutation(np.arange(1000.0))
    assert classical.histogram(x[:, None], x[:, None], bins=4) == pytest.approx(math.log(4))
    independent = [classical.histogram(*rng.normal(size=(2, 1000, 1)), bins=4) for _ in range(60)]
    assert np.mean(independent) == pytest.approx(9 / 2000, abs=0.001)  # its known bias
    with pytest.raises(InputError, match="one column"):
        classical.histogram(np.zeros((9, 2)), np.zeros((9, 1)))


def test_ksg_by_loops():
    from scipy.special import digamma

    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 2))
    y = x[:, :1] + rng.normal(size=(60, 1))
    a, b = x / x.std(axis=0), y / y.std(axis=0)
    terms = []
    for i in range(60):
        dx, dy = np.abs(a - a[i]).max(axis=1), np.abs(b - b[i]).max(axis=1)
        radius = np.sort(np.maximum(dx, dy))[3]
        counts = [(d < radius).sum() - 1 for d in (dx, dy)]
        terms.append(digamma(3) + digamma(60) - sum(digamma(c + 1) for c in counts))
    assert classical.ksg(x, y, k=3) == pytest.approx(np.mean(terms), abs=1e-9)


def test_ksg_is_the_same_by_tree_and_by_force(monkeypatch):
    x, y = worlds.correlated_gaussians(1.0, dim=3).sample(400, seed=0)
    for a, b in ((x, y), (np.round(x), np.round(y)), (x > 0.5, np.round(y, 1))):
        found = []
        for dimensions in (0, 100):  # by force above the first, by a tree below the second
            monkeypatch.setattr(classical, "TREE_DIMENSIONS", dimensions)
            found.append(classical.ksg_terms(a.astype(float), b.astype(float), 3))
        np.testing.assert_array_equal(*found)


def test_ksg_in_its_field_with_ties_and_at_its_ceiling():
    x, y = worlds.gaussian_pairs([0.75]).sample(4000, seed=0)
    assert classical.ksg(x, y) == pytest.approx(0.4133, abs=0.05)
    for decimals in (2, 1):
        rounded = np.round(x, decimals), np.round(y, decimals)
        assert classical.ksg(*rounded) == pytest.approx(0.4133, abs=0.04)
        assert KSG().estimate(*rounded) == pytest.approx(0.4133, abs=0.04)
    same = KSG().result(x, 2 * x)
    assert same.value <= same.ceiling + 1e-9 and any("at least" in w for w in same.warnings)
