"""Probes on known worlds: two Gaussians, few labels, and a test set that chooses nothing."""

import dataclasses
from unittest import mock

import numpy as np
import pytest

from dimlearn.evaluation import few_label_accuracy, few_labels, linear, probes, standardize
from dimlearn.evaluation.codes import Codes


def two_gaussians(n=600, seed=0, gap=2.0):
    """Codes of two classes, `gap` standard deviations apart in the first of three dimensions."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    x = rng.normal(size=(n, 3)).astype("float32")
    x[:, 0] += gap * labels
    x, half = standardize(x)[0], n // 2
    return Codes(x[:half], labels[:half], n // 3, x[half:], labels[half:])


@pytest.mark.slow
@pytest.mark.parametrize("gap, low, high", [(0.0, 0.4, 0.6), (2.0, 0.80, 0.88), (9.0, 0.99, 1.0)])
def test_probes_on_gaussians_of_known_bayes_accuracy(gap, low, high):
    """Two unit Gaussians `gap` apart: the best accuracy is Phi(gap / 2), 0.841 at 2."""
    codes = two_gaussians(4000, gap=gap)
    for name, probe in probes.PROBES.items():
        slack = 0.04 if name == "knn" else 0.0
        assert low - slack <= probe(codes) <= high, name
    for name, probe in probes.SEEDED_PROBES.items():
        assert all(low <= accuracy <= high for accuracy in probe(codes, [0, 1])), name


@pytest.mark.slow
def test_labels_of_any_size_cost_a_network_nothing():
    """An identity number of ten million is no number of classes."""
    codes = two_gaussians(300)
    expected = probes.mlp64(codes, [0])
    codes.y, codes.y_test = 10_001_000 + 7 * codes.y, 10_001_000 + 7 * codes.y_test
    assert probes.mlp64(codes, [0]) == expected and expected[0] > 0.7


@pytest.mark.slow
def test_probes_repeat_and_seeds_differ():
    codes = two_gaussians(900, gap=1.0)
    for probe in probes.SEEDED_PROBES.values():
        assert probe(codes, [0, 1, 2]) == probe(codes, [0, 1, 2])
        assert len(set(probe(codes, [0, 1, 2]))) > 1
    for probe in probes.PROBES.values():
        assert probe(codes) == probe(codes)
    draws = [few_label_accuracy(codes, 3, seed) for seed in range(4)]
    assert len(set(draws)) > 1


def test_the_test_set_chooses_nothing():
    """The chosen strength does not depend on the test labels: random ones give the same fit."""
    codes, chosen = two_gaussians(600, gap=1.0), []

    class Recorder:
        def __init__(self, strength):
            self.strength = strength

        def set_params(self, C):
            self.strength = C
            return self

        def fit(self, x, y):
            self.rows = len(x)
            return self

        def score(self, x, y):
            if len(x) == len(codes.x_test):
                chosen.append((self.strength, self.rows))
                return 0.5
            return {0.01: 0.9}.get(self.strength, 0.1)

    assert probes.chosen_on_validation(Recorder, codes) == 0.5
    assert chosen == [(0.01, len(codes.x_train) + len(codes.x_validation))]


def test_a_class_so_rare_that_the_choice_might_miss_it():
    """One that stands behind the codes with which the regularisation is chosen."""
    codes = two_gaussians(600, gap=1.0)
    labels = codes.y.copy()
    labels[codes.training - 1] = 2
    codes = dataclasses.replace(codes, y=labels)
    with mock.patch.object(probes, "CHOSEN_ON", 50):
        assert 0.5 < linear(codes) <= 1


def test_few_labels():
    labels = np.repeat([0, 1, 2], [5, 7, 9])
    chosen = few_labels(labels, 4, seed=1)
    assert len(set(chosen)) == 12
    assert np.bincount(labels[chosen]).tolist() == [4, 4, 4]
    assert np.array_equal(chosen, few_labels(labels, 4, seed=1))
    assert not np.array_equal(chosen, few_labels(labels, 4, seed=2))
    with pytest.raises(ValueError, match="class 0 has 5"):
        few_labels(labels, 6)
