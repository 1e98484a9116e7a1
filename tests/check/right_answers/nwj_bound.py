"""Right answers to `nwj_bound`."""

import math

from dimlearn.check.shared import joint, negatives
from dimlearn.startup import keras, tf


def through_a_logsumexp(scores):
    n = scores.shape[0]
    log_mean_exp = tf.reduce_logsumexp(negatives(scores)) - math.log(n * (n - 1))
    return joint(scores) - tf.exp(log_mean_exp - 1)


def minus_infinity(t):
    n = tf.shape(t)[0]
    others = tf.exp(tf.linalg.set_diag(t, tf.fill([n], -math.inf)) - 1)
    return joint(t) - tf.reduce_sum(others) / tf.cast(n * n - n, t.dtype)


def with_keras(scores):
    n = scores.shape[0]
    negative = keras.ops.where(keras.ops.eye(n, dtype="bool"), -1e9, scores)
    total = keras.ops.sum(keras.ops.exp(negative - 1))
    return keras.ops.mean(keras.ops.diagonal(scores)) - total / (n * (n - 1))


def loops(scores):
    n = scores.shape[0]
    value = 0.0
    for i in range(n):
        for j in range(n):
            if i == j:
                value += scores[i, j] / n
            else:
                value -= tf.exp(scores[i, j] - 1) / (n * (n - 1))
    return value
