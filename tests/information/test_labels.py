"""Classes are recognised however they are written, and numbers are left alone."""

import numpy as np
import pytest

from dimlearn import estimate_mi
from dimlearn.information import KSG
from dimlearn.information.labels import as_one_column, labels_of, one_hot

KINDS = np.random.default_rng(0).integers(4, size=400)


def ways():
    """The same classes as numbers, one-hot, as bits, and as numbers that are far apart."""
    bits = np.stack([KINDS % 2, KINDS // 2], axis=1)
    return [KINDS[:, None], np.eye(4)[KINDS], bits, np.array([3.3, -900, 0.1, 7])[KINDS][:, None]]


@pytest.mark.parametrize("side", ways())
def test_the_same_classes(side):
    labels = labels_of(side)
    assert len(set(zip(labels, KINDS))) == 4 and as_one_column(side).shape == (400, 1)
    assert one_hot(side).shape == (400, 3) and set(one_hot(side).sum(axis=1)) == {0, 1}


def test_numbers_are_no_labels():
    numbers = np.random.default_rng(0).normal(size=(400, 2))
    for side in (numbers, np.round(numbers, 1), np.arange(40)[:, None] % 8):
        assert labels_of(side) is None
        assert as_one_column(side) is side and one_hot(side) is side
    counts = np.random.default_rng(0).poisson(5.0, size=(400, 1))  # their order tells
    assert labels_of(counts) is not None and one_hot(counts) is counts


@pytest.mark.parametrize("side", ways()[:3])
def test_labels_of_two_columns(side):
    """Each class is a Gaussian at a corner of a square, and the nearest corner is mostly right."""
    corners = 4.0 * np.stack([KINDS % 2, KINDS // 2], axis=1)
    x = corners + np.random.default_rng(1).normal(size=(400, 2))
    found = estimate_mi(x, side)
    assert found.value == pytest.approx(1.24, abs=0.06) and found.estimator == "KSG"
    assert KSG().estimate(x, side) == pytest.approx(KSG().estimate(x, KINDS), abs=1e-9)


def test_sharp_edges():
    """Drawn apart, as rounded numbers are, these read 0.60 of log 2."""
    x = np.random.default_rng(0).normal(size=200)
    found = estimate_mi(x, x > np.median(x))
    assert found.value == pytest.approx(np.log(2), abs=0.03)
    assert abs(found.value - np.log(2)) < 2.5 * found.standard_error
    rng = np.random.default_rng(1)
    x = rng.uniform(size=1500)
    found = estimate_mi(x, x + rng.uniform(-0.04, 0.04, size=1500))
    truth = 0.04 - np.log(0.08)
    assert found.value == pytest.approx(truth, abs=0.06)
    assert abs(found.value - truth) < 2 * found.standard_error < 0.2
