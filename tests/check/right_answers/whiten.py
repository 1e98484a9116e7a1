"""Right answers to `whiten`: along the axes, turned back, by singular values, by Keras."""

import numpy as np

from dimlearn.startup import keras


def singular_values(train, test):
    mean = train.mean(axis=0)
    _, sizes, directions = np.linalg.svd(train - mean, full_matrices=False)
    keep = sizes > 1e-5 * sizes[0]
    factor = np.where(keep, np.sqrt(len(train)) / np.where(keep, sizes, 1), 0)
    return [(x - mean) @ directions.T * factor for x in (train, test)]


def turned_back(a, b, least=1e-10):
    """ZCA: as near to the codes as can be."""
    middle = np.mean(a, 0, keepdims=True)
    values, vectors = np.linalg.eigh(np.cov(a, rowvar=False, bias=True))
    roots = np.array([1 / v**0.5 if v > least * max(values) else 0 for v in values])
    matrix = vectors @ np.diag(roots) @ vectors.T
    return (a - middle) @ matrix, (b - middle) @ matrix


def pseudo_inverse(train, test):
    mean = train.mean(0)
    values, vectors = np.linalg.eigh((train - mean).T @ (train - mean) / len(train))
    root = (vectors * np.sqrt(np.where(values > 1e-10 * values.max(), values, 0))) @ vectors.T
    return (train - mean) @ np.linalg.pinv(root), (test - mean) @ np.linalg.pinv(root)


def with_keras(train, test):
    mean = keras.ops.mean(train, axis=0)
    x = keras.ops.cast(train - mean, "float64")
    values, vectors = keras.ops.eigh(keras.ops.matmul(keras.ops.transpose(x), x) / len(train))
    alive = values > 1e-10 * keras.ops.max(values)
    factor = keras.ops.where(alive, 1 / keras.ops.sqrt(keras.ops.where(alive, values, 1.0)), 0.0)
    return [keras.ops.matmul(y - mean, vectors * factor) for y in (train, test)]
