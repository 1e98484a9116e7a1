"""Right answers to `gaussian_total_correlation`."""

import numpy as np

from dimlearn.startup import keras, tf


def from_covariance(z):
    covariance = np.cov(z.T)
    variances = np.log(np.diag(covariance)).sum()
    return 0.5 * (variances - np.linalg.slogdet(covariance).logabsdet)


def eigenvalues(codes):
    z = (codes - codes.mean(0)) / codes.std(0)
    return float(-np.log(np.linalg.eigvalsh(z.T @ z / len(z))).sum() / 2)


def tensorflow(codes):
    z = tf.constant(codes)
    z = (z - tf.reduce_mean(z, 0)) / tf.math.reduce_std(z, 0)
    return -0.5 * tf.linalg.slogdet(tf.matmul(z, z, transpose_a=True) / z.shape[0])[1]


def with_keras(codes):
    z = (codes - keras.ops.mean(codes, 0)) / keras.ops.std(codes, 0)
    factor = keras.ops.cholesky(keras.ops.matmul(keras.ops.transpose(z), z) / len(codes))
    return -keras.ops.sum(keras.ops.log(keras.ops.diagonal(factor)))


def loops(codes):
    n, d = codes.shape
    z = [[(row[k] - codes[:, k].mean()) / codes[:, k].std() for k in range(d)] for row in codes]
    r = [[sum(row[a] * row[b] for row in z) / n for b in range(d)] for a in range(d)]
    log_det = 0.0
    for a in range(d):  # elimination
        log_det += np.log(r[a][a])
        for b in range(a + 1, d):
            factor = r[b][a] / r[a][a]
            r[b] = [r[b][k] - factor * r[a][k] for k in range(d)]
    return -0.5 * log_det
