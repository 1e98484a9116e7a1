"""Frozen codes, probes on known worlds, few labels, intervals."""

import dataclasses
import hashlib
from unittest import mock

import numpy as np
import pytest

from dimlearn import InputError, build_encoder, data
from dimlearn.evaluation import probe_networks
from dimlearn.evaluation import probes as evaluation
from dimlearn.evaluation.comparison import pca_encoder, pixel_encoder, plain_network
from dimlearn.startup import keras


@pytest.fixture(scope="module")
def little():
    """A tenth of the bundled digits: the real thing, quickly."""
    digits = data.load_digits(poses=1, test_poses=1)
    return data.from_arrays(
        digits.x_train[:400], digits.y_train[:400], digits.x_test[:200], digits.y_test[:200]
    )


def two_gaussians(n=600, seed=0, gap=2.0):
    """Codes of two classes, `gap` standard deviations apart in the first of three dimensions."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    x = rng.normal(size=(n, 3)).astype("float32")
    x[:, 0] += gap * labels
    x, half = evaluation.standardize(x)[0], n // 2
    return evaluation.Codes(x[:half], labels[:half], n // 3, x[half:], labels[half:])


# ---------------------------------------------------------------- frozen


def fingerprint(model):
    """A hash of all weights and batch-normalisation statistics."""
    return hashlib.sha256(b"".join(v.numpy().tobytes() for v in model.variables)).hexdigest()


def test_frozen_means_frozen(little):
    encoder = build_encoder(little.image_shape, code_dim=8)
    for variable in encoder.non_trainable_variables:  # moving statistics that would show a move
        variable.assign(variable + 0.5)
    before = fingerprint(encoder)
    codes = evaluation.frozen_codes(encoder, little)
    assert fingerprint(encoder) == before
    probes = {**evaluation.PROBES, **evaluation.SEEDED_PROBES}
    for name, probe in probes.items():
        probe(codes, [0]) if name in evaluation.SEEDED_PROBES else probe(codes)
        assert fingerprint(encoder) == before, name
    evaluation.few_label_accuracy(codes, 2, seed=0)
    assert fingerprint(encoder) == before


def test_codes_are_standardised_by_the_training_part_alone(little):
    codes = evaluation.frozen_codes(pixel_encoder(little), little)
    varying = codes.x_train.std(axis=0) > 0
    np.testing.assert_allclose(codes.x_train.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(codes.x_train.std(axis=0)[varying], 1, atol=1e-3)
    assert np.isfinite(codes.x_test).all()
    assert abs(codes.x_test[:, varying].mean(axis=0)).max() > 1e-2


def test_standardize():
    train = np.array([[0.0, 5.0, 0.1], [2.0, 5.0, 0.1], [4.0, 5.0, 0.1]])
    test = np.array([[6.0, 7.0, 0.1]])
    out, other = evaluation.standardize(train, test)
    np.testing.assert_allclose(out[:, 0], [-1.224745, 0, 1.224745], atol=1e-6)
    np.testing.assert_array_equal(out[:, 1:], 0)
    assert other[0, 0] == pytest.approx(2.449490, abs=1e-5) and np.isfinite(other).all()


# ---------------------------------------------------------------- probes


@pytest.mark.parametrize("gap, low, high", [(0.0, 0.4, 0.6), (2.0, 0.80, 0.88), (9.0, 0.99, 1.0)])
def test_probes_on_gaussians_of_known_bayes_accuracy(gap, low, high):
    """Two unit Gaussians `gap` apart: the best accuracy is Phi(gap / 2), 0.841 at 2."""
    codes = two_gaussians(4000, gap=gap)
    for name, probe in evaluation.PROBES.items():
        slack = 0.04 if name == "knn" else 0.0
        assert low - slack <= probe(codes) <= high, name
    for name, probe in evaluation.SEEDED_PROBES.items():
        assert all(low <= accuracy <= high for accuracy in probe(codes, [0, 1])), name


def test_probes_repeat_and_seeds_differ():
    codes = two_gaussians(900, gap=1.0)
    for probe in evaluation.SEEDED_PROBES.values():
        assert probe(codes, [0, 1, 2]) == probe(codes, [0, 1, 2])
        assert len(set(probe(codes, [0, 1, 2]))) > 1
    for probe in evaluation.PROBES.values():
        assert probe(codes) == probe(codes)
    draws = [evaluation.few_label_accuracy(codes, 3, seed) for seed in range(4)]
    assert len(set(draws)) > 1


def test_networks_side_by_side_are_trained_alone():
    """Two networks in one model: the gradient of one does not depend on the other."""
    logits = keras.ops.convert_to_tensor(np.random.default_rng(0).normal(size=(5, 2, 3)))
    labels = np.array([[0, 0], [1, 1], [2, 2], [0, 0], [1, 1]])
    both = probe_networks.summed_cross_entropy(labels, logits)
    first = probe_networks.summed_cross_entropy(labels[:, :1], logits[:, :1])
    second = probe_networks.summed_cross_entropy(labels[:, 1:], logits[:, 1:])
    np.testing.assert_allclose(both, first + second)


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

    assert evaluation._chosen_on_validation(Recorder, codes) == 0.5
    assert chosen == [(0.01, len(codes.x_train) + len(codes.x_validation))]


def test_a_class_so_rare_that_the_choice_might_miss_it():
    """One that stands behind the codes with which the regularisation is chosen."""
    codes = two_gaussians(600, gap=1.0)
    labels = codes.y.copy()
    labels[codes.training - 1] = 2
    codes = dataclasses.replace(codes, y=labels)
    with mock.patch.object(evaluation, "CHOSEN_ON", 50):
        assert 0.5 < evaluation.linear(codes) <= 1


def test_codes_that_are_not_finite_are_refused():
    images = data.load("digits", limit=200)
    encoder = pixel_encoder(images)
    images.x_test[0, 0, 0] = np.nan
    with pytest.raises(InputError, match="not finite"):
        evaluation.frozen_codes(encoder, images)


def test_few_labels():
    labels = np.repeat([0, 1, 2], [5, 7, 9])
    chosen = evaluation.few_labels(labels, 4, seed=1)
    assert len(set(chosen)) == 12
    assert np.bincount(labels[chosen]).tolist() == [4, 4, 4]
    assert np.array_equal(chosen, evaluation.few_labels(labels, 4, seed=1))
    assert not np.array_equal(chosen, evaluation.few_labels(labels, 4, seed=2))
    with pytest.raises(ValueError, match="class 0 has 5"):
        evaluation.few_labels(labels, 6)


# ---------------------------------------------------------------- controls


def test_the_controls_are_what_they_say(little):
    flat = little.x_test.reshape(len(little.x_test), -1)
    np.testing.assert_array_equal(evaluation.encode(pixel_encoder(little), little.x_test), flat)
    from sklearn.decomposition import PCA

    train = little.x_train.reshape(len(little.x_train), -1)
    expected = PCA(7, svd_solver="full").fit(train).transform(flat)
    found = evaluation.encode(pca_encoder(little, 7), little.x_test)
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=2e-3)
    assert [layer.units for layer in plain_network(little).layers[2:]] == [64, 64]


# ---------------------------------------------------------------- intervals


@pytest.mark.parametrize(
    "correct, total, low, high",
    [
        (8, 10, 0.4902, 0.9433),
        (0, 20, 0.0, 0.1611),
        (20, 20, 0.8389, 1.0),
        (95, 100, 0.8882, 0.9785),
    ],
)
def test_wilson_intervals(correct, total, low, high):
    assert evaluation.accuracy_interval(correct, total) == pytest.approx((low, high), abs=1e-4)


def test_wilson_covers_as_often_as_it_says():
    rng = np.random.default_rng(0)
    inside = 0
    for correct in rng.binomial(200, 0.9, size=2000):
        low, high = evaluation.accuracy_interval(correct, 200)
        inside += low <= 0.9 <= high
    assert 0.93 <= inside / 2000 <= 0.97


def test_scores_tell_their_spread():
    alone = evaluation.score([0.8], 100, "probe")
    assert (alone.low, alone.high) == pytest.approx(evaluation.accuracy_interval(80, 100))
    assert alone.seeds == 1 and alone.spread == "100 test images"
    many = evaluation.score([0.7, 0.8, 0.9], 100, "pretraining")
    assert many.mean == pytest.approx(0.8) and many.seeds == 3
    assert many.low < alone.low < alone.high < many.high
    assert many.spread == "100 test images, 3 pretraining seeds"
    half = 4.302653 * 0.1 / np.sqrt(3)  # Student's 97.5 % point for 2 degrees of freedom
    assert many.low == pytest.approx(0.8 - np.hypot(0.8 - alone.low, half), abs=1e-5)
