"""Batch normalisation of a frozen encoder has the statistics of its images and weights."""

import keras
import numpy as np
import pytest

from dimlearn import build_encoder
from dimlearn.deep_infomax import settle
from dimlearn.deep_infomax.settling import batch_normalisations

IMAGES = np.random.default_rng(0).random((1200, 12, 12, 1)).astype("float32")


@pytest.fixture
def encoder():
    keras.utils.set_random_seed(0)
    return build_encoder((12, 12, 1), 8)


def test_the_averages_are_those_of_the_images(encoder):
    settle(encoder, IMAGES, batch_size=300)
    convolved = keras.Model(encoder.input, encoder.get_layer("conv1").output).predict(
        IMAGES, verbose=0
    )
    norm = encoder.get_layer("conv1_norm")
    mean, variance = convolved.mean(axis=(0, 1, 2)), convolved.var(axis=(0, 1, 2))
    np.testing.assert_allclose(norm.moving_mean, mean, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(norm.moving_variance, variance, rtol=1e-2)


def test_a_settled_encoder_predicts_what_it_gave_in_training(encoder):
    batch = IMAGES[:500]
    trained = encoder(batch, training=True)[1]
    before = encoder(batch, training=False)[1]
    settle(encoder, batch)
    np.testing.assert_allclose(encoder(batch, training=False)[1], trained, rtol=1e-3, atol=1e-4)
    assert np.abs(before - trained).max() > 0.05


def test_nothing_else_changes_and_the_past_is_forgotten(encoder):
    weights = [w.numpy() for w in encoder.trainable_variables]
    settle(encoder, IMAGES)
    settled = [w.numpy() for w in encoder.non_trainable_variables]
    for norm in batch_normalisations(encoder):
        assert norm.momentum == 0.99
        norm.moving_mean.assign_add(100.0 + 0 * norm.moving_mean)
    settle(encoder, IMAGES)
    for variable, value in zip(encoder.trainable_variables, weights):
        np.testing.assert_array_equal(variable, value)
    for variable, value in zip(encoder.non_trainable_variables, settled):
        np.testing.assert_allclose(variable, value, rtol=1e-5)


def test_models_inside_a_model_are_settled_too():
    images = keras.Input((12, 12, 1))
    norm = keras.layers.BatchNormalization()
    inner = keras.Sequential([keras.layers.Conv2D(4, 3), norm])
    outer = keras.Model(images, inner(images))
    settle(outer, IMAGES)
    assert not np.allclose(norm.moving_variance, 1.0)


def test_a_model_without_batch_normalisation_stays_as_it_is():
    images = keras.Input((12, 12, 1))
    flat = keras.Model(images, keras.layers.Flatten()(images))
    settle(flat, IMAGES)
    assert batch_normalisations(flat) == []
