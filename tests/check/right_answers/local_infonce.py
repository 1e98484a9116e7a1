"""Right answers to `local_infonce`."""

import math

from dimlearn.check.shared import negatives, positives
from dimlearn.startup import keras, tf


def explicit_softmax(t):
    n, places = t.shape[1:]
    own = positives(t)[:, :, None]  # [N, L, 1]
    others = tf.tile(tf.reshape(negatives(t), [n, 1, -1]), [1, places, 1])  # [N, L, (N-1) L]
    log_p = tf.nn.log_softmax(tf.concat([own, others], axis=2))[:, :, 0]
    return tf.reduce_mean(log_p) + math.log(1 + (n - 1) * places)


def minus_infinity(scores):
    n, places = scores.shape[1:]
    rest = tf.where(tf.eye(n, dtype=tf.bool)[:, :, None], -math.inf, scores)
    others = tf.reduce_logsumexp(rest, axis=[1, 2])[:, None]
    own = tf.einsum("iil->il", scores)
    top = tf.maximum(own, others)
    denominator = top + tf.math.log(tf.exp(own - top) + tf.exp(others - top))
    return tf.reduce_mean(own - denominator) + math.log((n - 1) * places + 1)


def with_keras(scores):
    ops = keras.ops
    n, places = scores.shape[1:]
    rest = ops.where(ops.eye(n, dtype="bool")[:, :, None], -1e9, scores)
    others = ops.logsumexp(rest, axis=(1, 2))
    own = ops.transpose(ops.diagonal(scores))
    return ops.mean(own - ops.logaddexp(own, others[:, None])) + math.log(1 + (n - 1) * places)


def loops(scores):
    n, places = scores.shape[1:]
    total = 0.0
    for i in range(n):
        others = tf.concat([scores[i, j] for j in range(n) if j != i], axis=0)
        for place in range(places):
            row = tf.concat([scores[i, i, place : place + 1], others], axis=0)
            total += tf.nn.log_softmax(row)[0]
    return total / (n * places) + math.log(1 + (n - 1) * places)
