"""Right answers to `effective_rank`."""

import math

import numpy as np
from scipy.stats import entropy

from dimlearn.startup import keras, tf


def singular_values(codes):
    values = np.linalg.svd(codes - codes.mean(axis=0), compute_uv=False) ** 2
    return math.exp(entropy(values / values.sum()))


def in_bits(z):
    variances = np.linalg.eigvalsh(np.cov(z.T, ddof=0))
    p = np.clip(variances / variances.sum(), 1e-300, 1)
    return 2 ** -(p * np.log2(p)).sum()


def a_product(codes):
    variances = np.linalg.eigvalsh(np.cov(codes, rowvar=False)).clip(min=0)
    p = variances / variances.sum()
    return np.prod(p**-p, where=p > 0)


def tensorflow(codes):
    z = tf.constant(codes) - tf.reduce_mean(codes, axis=0)
    variances = tf.nn.relu(tf.linalg.eigvalsh(tf.matmul(z, z, transpose_a=True)))
    p = variances / tf.reduce_sum(variances)
    return tf.exp(-tf.reduce_sum(tf.math.xlogy(p, p)))


def with_keras(codes):
    z = keras.ops.convert_to_tensor(codes)
    values = keras.ops.svd(z - keras.ops.mean(z, axis=0), compute_uv=False) ** 2
    p = values / keras.ops.sum(values)
    return keras.ops.exp(-keras.ops.sum(p * keras.ops.log(p + 1e-30)))


def general_eigenvalues(codes):
    variances = np.linalg.eigvals(np.cov(codes, rowvar=False)).real
    total = sum(value for value in variances if value > 0)
    return math.exp(-sum(v / total * math.log(v / total) for v in variances if v > 0))
