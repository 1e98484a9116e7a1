"""Right answers to `standardize`."""

import numpy as np

from dimlearn.startup import keras, tf


def with_sklearn(train, test):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(test)


def tensorflow(a, b):
    mean, variance = tf.nn.moments(tf.constant(a), axes=[0])
    scale = tf.where(variance < 1e-16, tf.ones_like(variance), tf.sqrt(variance))
    return (a - mean) / scale, (b - mean) / scale


def with_keras(train, test):
    mean = keras.ops.mean(train, axis=0)
    scale = keras.ops.std(train, axis=0)
    scale = keras.ops.where(scale > 1e-6, scale, 1.0)
    return [(x - mean) / scale for x in (train, test)]


def loops(train, test, tiny=1e-9):
    new_train, new_test = np.zeros(train.shape), np.zeros(test.shape)
    for d in range(train.shape[1]):
        column = [float(x) for x in train[:, d]]
        mean = sum(column) / len(column)
        deviation = (sum((x - mean) ** 2 for x in column) / len(column)) ** 0.5
        if deviation > tiny:
            new_train[:, d] = (train[:, d] - mean) / deviation
            new_test[:, d] = (test[:, d] - mean) / deviation
    return new_train, new_test
