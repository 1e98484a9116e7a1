"""Fine-tuning: which images it learns from, what it leaves alone, and that it learns."""

import numpy as np
import pytest

from dimlearn import build_encoder
from dimlearn.evaluation import encode, few_labels
from dimlearn.evaluation import fine_tuning as tuning
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
@pytest.mark.parametrize("per_class", [1, None])
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


@pytest.mark.slow
def test_it_begins_with_the_weights_of_the_encoder(bars, quick, monkeypatch):
    """At a rate of 0 the classifier is linear in the code that was there."""
    monkeypatch.setattr(tuning, "RATE", 0.0)
    one, other = (build_encoder(bars.image_shape, 4) for _ in "12")
    codes = []
    monkeypatch.setattr(tuning, "encode", lambda model, x: codes.append(model) or encode(model, x))
    for encoder in (one, other):
        tuning.fine_tuned_correct(encoder, bars, None, seed=0)
    for encoder, tuned in zip((one, other), codes):
        kernels = [layer.kernel for layer in encoder.layers if hasattr(layer, "kernel")]
        same = [layer.kernel for layer in tuned.layers if hasattr(layer, "kernel")]
        for own, copied in zip(kernels, same):
            np.testing.assert_array_equal(own, copied)
