"""Decoding: what SSIM says of known images, and that a decoder draws what the code holds."""

import numpy as np
import pytest

from dimlearn.evaluation import decoding
from dimlearn.startup import keras

IMAGES = np.random.default_rng(0).random((7, 28, 20, 3)).astype("float32")


def test_the_similarity_of_an_image_to_itself_is_1_and_to_noise_near_0():
    np.testing.assert_allclose(decoding.similarity(IMAGES, IMAGES), np.ones(7), atol=1e-5)
    assert np.abs(decoding.similarity(IMAGES, IMAGES[::-1])[:3]).max() < 0.1
    brighter = decoding.similarity(IMAGES, np.clip(IMAGES + 0.1, 0, 1))
    assert (brighter > 0.8).all() and (brighter < 1).all()


def test_each_image_is_held_against_its_own_in_pieces_as_at_once():
    many = np.tile(IMAGES, (100, 1, 1, 1))
    other = np.clip(many * 0.5 + 0.1, 0, 1)
    np.testing.assert_allclose(
        decoding.similarity(many, other), np.tile(decoding.similarity(many[:7], other[:7]), 100),
        atol=1e-6)  # fmt: skip


def test_images_smaller_than_the_window_have_a_smaller_one():
    small = IMAGES[:, :8, :9]
    np.testing.assert_allclose(decoding.similarity(small, small), np.ones(7), atol=1e-5)


@pytest.mark.parametrize("shape", [(28, 28, 1), (13, 10, 3), (8, 8, 1)])
def test_a_decoder_gives_images_of_the_shape(shape):
    drawn = decoding.build_decoder(5, shape)(np.zeros((2, 5), "float32")).numpy()
    assert drawn.shape == (2, *shape) and drawn.min() >= 0 and drawn.max() <= 1


@pytest.mark.slow
def test_a_code_that_holds_the_image_is_drawn_better_than_one_that_holds_nothing(bars, monkeypatch):
    monkeypatch.setattr(decoding, "STEPS", 100)
    images = keras.Input(bars.image_shape)
    flat = keras.layers.Flatten()(images)
    pixels, nothing = keras.Model(images, flat), keras.Model(images, flat * 0.0)
    known, unknown = (decoding.decoded_similarity(each, bars, seed=0) for each in (pixels, nothing))
    assert known.shape == (30,) and known.mean() > unknown.mean() + 0.1
    np.testing.assert_array_equal(decoding.decoded_similarity(nothing, bars, seed=0), unknown)
