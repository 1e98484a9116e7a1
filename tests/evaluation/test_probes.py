"""Probes on known worlds: two Gaussians, few labels, and a test set that chooses nothing."""

import dataclasses
from unittest import mock

import numpy as np
import pytest

from dimlearn.evaluation import (
    few_label_accuracy,
    few_labels,
    knn,
    linear,
    probes,
    standardize,
)
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
        slack = 0.04 if name.startswith("knn") else 0.0
        assert probe(codes).shape == codes.y_test.shape
        assert low - slack <= probe(codes).mean() <= high, name
    for name, probe in probes.SEEDED_PROBES.items():
        correct = probe(codes, [0, 1])
        assert correct.shape == (2, len(codes.y_test)) and correct.dtype == bool
        assert all(low <= accuracy <= high for accuracy in correct.mean(axis=1)), name


@pytest.mark.slow
def test_labels_of_any_size_cost_a_network_nothing():
    """An identity number of ten million is no number of classes."""
    codes = two_gaussians(300)
    expected = probes.mlp64_correct(codes, [0])
    codes.y, codes.y_test = 10_001_000 + 7 * codes.y, 10_001_000 + 7 * codes.y_test
    np.testing.assert_array_equal(probes.mlp64_correct(codes, [0]), expected)
    assert expected.mean() > 0.7


@pytest.mark.slow
def test_probes_repeat_and_seeds_differ():
    codes = two_gaussians(900, gap=1.0)
    for probe in probes.SEEDED_PROBES.values():
        np.testing.assert_array_equal(probe(codes, [0, 1, 2]), probe(codes, [0, 1, 2]))
        assert len(set(probe(codes, [0, 1, 2]).mean(axis=1))) > 1
    for probe in probes.PROBES.values():
        np.testing.assert_array_equal(probe(codes), probe(codes))
    draws = [few_label_accuracy(codes, 3, seed) for seed in range(4)]
    assert len(set(draws)) > 1


def test_the_test_set_chooses_nothing():
    """The strength is chosen on the validation codes, and trained with on all labelled ones."""
    codes = two_gaussians(600, gap=1.0)

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
            assert x is not codes.x_test
            np.testing.assert_array_equal(x, codes.x_validation)
            return {0.01: 0.9}.get(self.strength, 0.1)

    best = probes.chosen_on_validation(Recorder, codes)
    assert (best.strength, best.rows) == (0.01, len(codes.x_train) + len(codes.x_validation))


def test_accuracies_are_shares_of_right_answers():
    codes = two_gaussians(600, gap=1.0)
    assert linear(codes) == probes.linear_correct(codes).mean()
    assert knn(codes) == probes.knn_correct(codes).mean()
    draws = probes.few_labels_correct(codes, 3, [0, 1])
    assert draws.shape == (2, len(codes.y_test))
    assert [few_label_accuracy(codes, 3, seed) for seed in (0, 1)] == draws.mean(axis=1).tolist()


def test_neighbours_of_whitened_codes_do_not_count_what_is_said_twice():
    """A class that one number tells, beside many copies of three numbers that tell nothing."""
    rng = np.random.default_rng(0)
    labels = np.arange(800) % 2
    telling, other = 4.0 * labels + rng.normal(size=800), rng.normal(size=(800, 3))
    x = np.concatenate([telling[:, None], *[other] * 40], axis=1).astype("float32")
    x, x_test = standardize(x[:400], x[400:])
    codes = Codes(x, labels[:400], 360, x_test, labels[400:])
    each_once = dataclasses.replace(codes, x=x[:, :4], x_test=x_test[:, :4])
    assert knn(codes) < knn(each_once) - 0.05
    assert probes.knn_whitened_correct(codes).mean() == pytest.approx(knn(each_once), abs=0.02)


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
