"""Fine-tuning: which images it learns from, what it leaves alone, and that it learns."""

import numpy as np
import pytest
from marks import weekly

from dimlearn import build_encoder
from dimlearn.deep_infomax import settle
from dimlearn.evaluation import encode, few_labels, standardize
from dimlearn.evaluation import fine_tuning as tuning
from dimlearn.evaluation.probes import logistic_regression
from dimlearn.startup import keras


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(tuning, "STEPS", 20)


def test_its_labels_are_those_of_the_probes(bars):
    x, y = tuning.labelled_images(bars, 3, seed=5)
    all_x = np.concatenate([bars.x_train, bars.x_validation])
    all_y = np.concatenate([bars.y_train, bars.y_validation])
    chosen = few_labels(all_y, 3, seed=5)
    assert (chosen >= len(bars.x_train)).any()  # of the validation images, too
    np.testing.assert_array_equal(x, all_x[chosen])
    np.testing.assert_array_equal(y, all_y[chosen])
    assert np.bincount(y).tolist() == [3, 3, 3]
    x, y = tuning.labelled_images(bars, None, seed=5)
    assert len(x) == len(y) == 120


@pytest.mark.slow
@pytest.mark.parametrize("per_class", [None, *weekly(1)])
def test_it_learns_and_leaves_the_encoder_alone(bars, quick, per_class):
    keras.utils.set_random_seed(0)
    encoder = build_encoder(bars.image_shape, 4)
    before, code = encoder.get_weights(), encode(encoder, bars.x_test)
    correct = tuning.fine_tuned_correct(encoder, bars, per_class, seed=0)
    again = tuning.fine_tuned_correct(encoder, bars, per_class, seed=0)
    assert correct.shape == (30,) and correct.dtype == bool
    assert correct.mean() > 0.6  # of three classes
    np.testing.assert_array_equal(correct, again)
    np.testing.assert_array_equal(encode(encoder, bars.x_test), code)
    for old, new in zip(before, encoder.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("classes", [2, 3])
def test_the_probe_of_a_code_is_a_layer_on_it(bars, classes):
    encoder = build_encoder(bars.image_shape, 4)
    x, y = bars.x_train[bars.y_train < classes], bars.y_train[bars.y_train < classes]
    weights, biases = tuning.probe_of(encoder, x, y, bars)
    assert weights.shape == (4, classes) and biases.shape == (classes,)
    _, codes = standardize(encode(encoder, bars.x_train), encode(encoder, x))
    expected = logistic_regression(codes, 1.0).fit(codes, y).predict(codes)
    answers = (encode(encoder, x) @ weights + biases).argmax(axis=1)
    assert (answers == expected).mean() > 0.99 and (answers == y).mean() > 0.6


@pytest.mark.slow
def test_a_pretrained_encoder_begins_under_the_probe(bars, quick, monkeypatch):
    """At a rate of 0 it answers as the probe does, and one from its first weights at random."""
    monkeypatch.setattr(tuning, "RATE", 0.0)
    encoder = build_encoder(bars.image_shape, 4)
    settle(encoder, bars.x_train)
    x, y = tuning.labelled_images(bars, None, seed=0)
    weights, biases = tuning.probe_of(encoder, x, y, bars)
    by_probe = (encode(encoder, bars.x_test) @ weights + biases).argmax(axis=1) == bars.y_test
    correct = tuning.fine_tuned_correct(encoder, bars, None, seed=0)
    assert (correct == by_probe).mean() > 0.9 and correct.mean() > 0.6
    at_random = tuning.fine_tuned_correct(encoder, bars, None, seed=0, pretrained=False)
    assert at_random.mean() < correct.mean()
