"""From images to codes: a frozen encoder, and one scale for numbers or directions. Lessons 5, 9.

The encoder only ever predicts, so neither its weights nor its batch-normalisation statistics can
move.
"""

from dataclasses import dataclass

import numpy as np

from dimlearn.data.images import check_images
from dimlearn.errors import InputError


@dataclass
class Codes:
    """Standardised codes of a data set, with their labels.

    `x`, `x_test`: float32 `[N, D]` with the training codes' mean 0 and standard deviation 1 per
    dimension. `x` holds every labelled code that a probe may be trained on: first the `training`
    codes of the training images, then those of the validation images.
    """

    x: np.ndarray
    y: np.ndarray
    training: int
    x_test: np.ndarray
    y_test: np.ndarray

    @property
    def x_train(self):
        return self.x[: self.training]

    @property
    def y_train(self):
        return self.y[: self.training]

    @property
    def x_validation(self):
        return self.x[self.training :]

    @property
    def y_validation(self):
        return self.y[self.training :]


def frozen_codes(encoder, dataset):
    """The standardised `Codes` of a data set. Raises `InputError` when one is not finite."""
    parts = (dataset.x_train, dataset.x_validation, dataset.x_test)
    codes = [encode(encoder, images) for images in parts]
    if not all(np.isfinite(part.sum(dtype="float64")) for part in codes):
        raise InputError("the encoder's codes are not finite: its training diverged")
    codes = standardize(*codes)  # by the same name, which lets the raw ones go: they may be large
    x, y = np.concatenate(codes[:2]), np.concatenate([dataset.y_train, dataset.y_validation])
    return Codes(x, y, len(dataset.x_train), codes[2], dataset.y_test)


def encode(encoder, images, batch_size=500):
    """The code of each image from a frozen encoder, float32 `[N, D]`.

    `encoder`: a model whose last or only output is the code. It only predicts: batch
    normalisation uses its moving statistics, and nothing is updated. `images`: floats, or uint8
    from 0 to 255, as `check_images` reads them.
    """
    from dimlearn.startup import tf

    images = np.asarray(images)
    if images.dtype.kind != "f":
        images = check_images(images)

    def predict(batch):
        outputs = encoder(batch, training=False)
        return outputs[-1] if isinstance(outputs, (tuple, list)) else outputs

    if len(images) > 10 * batch_size:  # compiled it takes half the time, once it is compiled
        predict = tf.function(predict)
    codes = None
    for start in range(0, len(images), batch_size):
        batch = np.asarray(predict(images[start : start + batch_size]))
        batch = batch.reshape(len(batch), -1)  # [batch, D]
        if codes is None:
            codes = np.empty((len(images), batch.shape[1]), "float32")
        codes[start : start + len(batch)] = batch
    return codes


def standardize(train, *others):
    """Each array with the *training* set's mean 0 and standard deviation 1 per feature.

        x[n, d] <- (x[n, d] - mean[d]) / deviation[d]

    `[N, D]` arrays; the standard deviation divides by N. A feature that is constant in training
    (also when rounding leaves it a deviation such as 1e-17) becomes 0 there, never NaN.
    Returns a tuple of float32 arrays, one for each argument.
    """
    mean = train.mean(axis=0, dtype="float64")  # [D]
    squares = sum(np.square(piece - mean).sum(axis=0) for piece in pieces(train))
    deviation = np.sqrt(squares / len(train))  # [D]
    constant = deviation <= 1e-10 * (1 + np.abs(mean))
    scale = np.where(constant, 1.0, deviation)

    def scaled(x):
        out = np.empty(x.shape, "float32")
        np.subtract(x, mean, out=out, casting="same_kind")
        np.divide(out, scale, out=out, casting="same_kind")
        out[constant & (x == train[0])] = 0.0  # exactly, whatever the rounding of the mean
        return out

    return tuple(scaled(x) for x in (train, *others))


def whiten(train, *others):
    """Each array by the one affine map that gives the *training* set covariance 1.

        y[n] = (x[n] - mean) V Λ^(-1/2)      with the covariance V Λ Vᵀ of training

    `[N, D]` arrays; the covariance divides by N. After it no direction counts for more than
    another: the distance of two codes is that of Mahalanobis. A direction without variance in
    training (below 1e-10 of the largest) becomes 0, never NaN.
    Returns a tuple of float32 arrays, one for each argument.
    """
    mean = train.mean(axis=0, dtype="float64")  # [D]
    variances, directions = principal_axes(train, mean)  # [K], [D, K]
    rounding = np.square(1e-10 * (1 + np.abs(mean).max()))  # all that a constant code varies by
    varying = variances > max(1e-10 * variances.max(), rounding)
    scale = np.sqrt(variances, where=varying, out=np.full_like(variances, np.inf))
    whitening = directions / scale  # [D, K]

    def whitened(x):
        out = np.zeros((len(x), len(mean)), "float32")
        for piece, place in zip(pieces(x), pieces(out)):
            place[:, : len(scale)] = (
                piece - mean
            ) @ whitening  # float64: small directions are blown up
        return out

    return tuple(whitened(x) for x in (train, *others))


def principal_axes(x, mean):
    """Variances `[K]` along directions `[D, K]` in which `x`, `[N, D]`, varies: the eigenvectors of
    its covariance, or, where there are fewer rows than numbers, of the smaller matrix of rows.

    With C = X - mean:  CᵀC / N · V = V Λ;   and where  C Cᵀ / N · U = U Λ,   V = Cᵀ U (N Λ)^(-1/2)
    """
    count, width = x.shape
    if count >= width:
        centered = (piece - mean for piece in pieces(x))
        return np.linalg.eigh(sum(piece.T @ piece for piece in centered) / count)
    centered = x - mean  # float64
    variances, mixtures = np.linalg.eigh(centered @ centered.T / count)  # [N], [N, N]
    lengths = np.sqrt(count * np.maximum(variances, np.finfo("float64").tiny))
    return variances, centered.T @ mixtures / lengths


def pieces(x):
    """An array in pieces of about 1,000 rows: a float64 copy of all of it would be large."""
    return np.array_split(x, 1 + len(x) // 1000)
