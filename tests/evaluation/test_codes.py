"""Frozen codes and their scale."""

import hashlib

import numpy as np
import pytest

from dimlearn import DeepInfoMax, InputError, build_encoder, data
from dimlearn.evaluation import Settings, encode, frozen_codes, standardize, whiten
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


def correlated(n, seed=0):
    """`[n, 4]` codes of very different scales, far from 0, the third the sum of the first two."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4)) * [1e2, 1.0, 0.0, 1e-2] + [5e2, -7.0, 0.0, 0.3]
    x[:, 2] = x[:, 0] + x[:, 1]
    return x


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_whitened_codes_have_mean_0_and_covariance_1(dtype):
    train, other = correlated(2500).astype(dtype), correlated(40, seed=1).astype(dtype)
    varying = [0, 1, 3]
    white, of_other = whiten(train[:, varying], other[:, varying])
    assert white.dtype == of_other.dtype == "float32"
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(np.cov(white.T, bias=True), np.eye(3), atol=1e-4)
    # One affine map for both: the distances are those of Mahalanobis, which knows no rotation.
    inverse = np.linalg.inv(np.cov(train[:, varying].astype("float64").T, bias=True))
    step = (other[0] - train[0])[varying].astype("float64")
    distance = np.square(of_other[0] - white[0]).sum()
    assert distance == pytest.approx(step @ inverse @ step, rel=1e-2)


def test_directions_without_variance_become_0():
    train, other = correlated(2500), correlated(40, seed=1)
    other[:, 2] += 99.0  # off the plane in which all of training lies
    white, of_other = whiten(train, other)
    variances = np.linalg.eigvalsh(np.cov(white.T, bias=True))
    np.testing.assert_allclose(variances, [0, 1, 1, 1], atol=1e-4)
    assert np.linalg.matrix_rank(of_other, tol=1e-2) == 3
    few, _ = whiten(train[:2], other)  # fewer codes than numbers
    np.testing.assert_allclose(
        np.linalg.eigvalsh(np.cov(few.T, bias=True)), [0, 0, 0, 1], atol=1e-5
    )
    for constant in (np.full((50, 3), 0.1), np.full((50, 1), 1e8), np.zeros((50, 2), "float32")):
        for codes in whiten(constant, constant + 1):
            np.testing.assert_array_equal(codes, 0)


def test_few_codes_of_many_numbers_are_whitened_without_a_matrix_of_the_numbers():
    """As the pixels of photographs: 30,000 x 30,000 numbers would not fit into memory."""
    rng = np.random.default_rng(0)
    train, other = rng.normal(size=(40, 60)), rng.normal(size=(5, 60))
    axes = np.linalg.svd(train - train.mean(axis=0), full_matrices=False)[2][:-1]  # 39 vary
    for width in (60, 30_000):
        wide = [np.pad(part @ axes.T @ axes, [(0, 0), (0, width - 60)]) for part in (train, other)]
        white, of_other = whiten(*wide)
        assert white.shape == (40, width)
        gram = white.astype("float64") @ white.T  # whitened, 40 rows in 39 directions are alike
        np.testing.assert_allclose(gram, 40 * np.eye(40) - 1, atol=1e-3)
        inverse = np.linalg.pinv(np.cov(train.T, bias=True))
        step = other[0] @ axes.T @ axes - train[0]
        distance = np.square(of_other[0] - white[0]).sum()
        assert distance == pytest.approx(step @ inverse @ step, rel=1e-3)


def test_codes_that_are_not_finite_are_refused():
    images = data.load("digits", limit=200)
    encoder, _ = pixels.train(images, Settings(), seed=0)
    images.x_test[0, 0, 0] = np.nan
    with pytest.raises(InputError, match="not finite"):
        frozen_codes(encoder, images)
