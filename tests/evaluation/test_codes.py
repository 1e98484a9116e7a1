"""Frozen codes and their scale."""

import hashlib

import numpy as np
import pytest

from dimlearn import DeepInfoMax, InputError, build_encoder, data
from dimlearn.evaluation import Settings, encode, frozen_codes, standardize
from dimlearn.evaluation.rows import pixels


def fingerprint(model):
    """A hash of all weights and batch-normalisation statistics."""
    return hashlib.sha256(b"".join(v.numpy().tobytes() for v in model.variables)).hexdigest()


def test_encoding_leaves_the_encoder_as_it_was(little):
    encoder = build_encoder(little.image_shape, code_dim=8)
    for variable in encoder.non_trainable_variables:  # moving statistics that would show a move
        variable.assign(variable + 0.5)
    before = fingerprint(encoder)
    frozen_codes(encoder, little)
    encode(encoder, np.tile(little.x_test, (30, 1, 1, 1)))  # enough to be compiled
    assert fingerprint(encoder) == before


def test_the_code_is_the_last_output_however_many_images(little):
    encoder = build_encoder(little.image_shape, code_dim=8)
    few = encode(encoder, little.x_test, batch_size=64)
    many = encode(encoder, np.tile(little.x_test, (5, 1, 1, 1)), batch_size=64)  # compiled
    assert few.shape == (len(little.x_test), 8) and few.dtype == "float32"
    np.testing.assert_allclose(few, encoder(little.x_test, training=False)[1], atol=1e-5)
    np.testing.assert_allclose(many, np.tile(few, (5, 1)), atol=1e-5)


@pytest.mark.parametrize("copies", [1, 3])
def test_pixels_from_0_to_255_are_taken_as_such(little, copies):
    """Compiled or not, and by a model as by its encoder; what is no image is refused."""
    encoder = build_encoder(little.image_shape, code_dim=8)
    images = np.tile(little.x_test[:20], (copies, 1, 1, 1))
    pixels = np.round(255 * images).astype("uint8")
    expected = encode(encoder, pixels.astype("float32") / 255, batch_size=4)
    for each in (encoder, DeepInfoMax(encoder)):
        np.testing.assert_allclose(encode(each, pixels, batch_size=4), expected, atol=1e-5)
    for wrong in (pixels.astype(int), (pixels > 127).astype("uint8")):
        with pytest.raises(InputError):
            encode(encoder, wrong)


def test_codes_are_standardised_by_the_training_part_alone(little):
    codes = frozen_codes(pixels.train(little, Settings(), seed=0)[0], little)
    varying = codes.x_train.std(axis=0) > 0
    np.testing.assert_allclose(codes.x_train.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(codes.x_train.std(axis=0)[varying], 1, atol=1e-3)
    assert np.isfinite(codes.x_test).all()
    assert abs(codes.x_test[:, varying].mean(axis=0)).max() > 1e-2


def test_standardize():
    train = np.array([[0.0, 5.0, 0.1], [2.0, 5.0, 0.1], [4.0, 5.0, 0.1]])
    test = np.array([[6.0, 7.0, 0.1]])
    out, other = standardize(train, test)
    np.testing.assert_allclose(out[:, 0], [-1.224745, 0, 1.224745], atol=1e-6)
    np.testing.assert_array_equal(out[:, 1:], 0)
    assert other[0, 0] == pytest.approx(2.449490, abs=1e-5) and np.isfinite(other).all()


def test_codes_that_are_not_finite_are_refused():
    images = data.load("digits", limit=200)
    encoder, _ = pixels.train(images, Settings(), seed=0)
    images.x_test[0, 0, 0] = np.nan
    with pytest.raises(InputError, match="not finite"):
        frozen_codes(encoder, images)
