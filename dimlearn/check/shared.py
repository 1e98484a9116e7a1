"""Mistakes that several exercises share; each stands here once.

A shared mistake is a function of what is right and of the exercise's arguments. An exercise takes
it up with its own solution, or with the parts that its formula is made of:

    exercise.share(sign_flipped, bits)
    exercise.share(*SOFTPLUS, of=pairs)     # `pairs(*arguments)`: positive and negative scores
"""

import math
from dataclasses import dataclass

import numpy as np

from dimlearn.startup import tf


@dataclass(frozen=True)
class Shared:
    """`wrong(right, *args)` makes the mistake; `message` as in `Mistake`."""

    wrong: object
    message: str


def shared(message):
    return lambda wrong: Shared(wrong, message)


# ---------------------------------------------------------------- `right`: the worked solution


@shared("""The sign is wrong: your function gives minus the bound, which would be a loss to be
    minimised. A bound is to be maximised: positive pairs count positive.""")
def sign_flipped(right, *args):
    return -right(*args)


@shared("""Your function measures in bits. Everything here is in nats, with the natural logarithm:
    no division by log 2.""")
def bits(right, *args):
    return right(*args) / math.log(2)


@shared("""Your function leaves TensorFlow: the value is right, but NumPy keeps no record for the
    gradient. Compute it with `tf` or `keras.ops`.""")
def numpy_inside(right, *args):
    return np.asarray(right(*args))


@shared("""Your function adds `2 log 2`, so that knowing nothing gives 0. The paper's Eq. 4 and this
    exercise have no shift: all-zero scores give -2 log 2.""")
def shifted_by_log_4(right, *args):
    return right(*args) + 2 * math.log(2)


@shared("""Your function halves the result, as one mean over both kinds of scores together does. The
    two means are added.""")
def halved(right, *args):
    return right(*args) / 2


# ---------------------------------------------------------------- two softplus. `pairs`: the scores


def sp(scores):
    return tf.nn.softplus(scores)


@shared("""The average comes before softplus. Softplus of a mean is not the mean of softplus: first
    every score through softplus, then the mean.""")
def softplus_of_mean(pairs, *args):
    positive, negative = map(tf.reduce_mean, pairs(*args))
    return sp(-positive) + sp(negative)


@shared("""For ordinary scores it is right, but the log of a sigmoid is infinite where the sigmoid
    rounds to 0. `tf.nn.softplus` computes the same without that step.""")
def log_of_sigmoid(pairs, *args):
    positive, negative = pairs(*args)
    real = tf.reduce_mean(tf.math.log(tf.sigmoid(positive)))
    return -real - tf.reduce_mean(tf.math.log(1 - tf.sigmoid(negative)))


@shared("""For ordinary scores it is right, but `log(1 + exp(s))` overflows for large ones, and so
    does its gradient. `tf.nn.softplus` is the same function, computed safely.""")
def softplus_overflows(pairs, *args):
    positive, negative = pairs(*args)
    first = tf.reduce_mean(tf.math.log(1 + tf.exp(-positive)))
    return first + tf.reduce_mean(tf.math.log(1 + tf.exp(negative)))


@shared("""The signs inside softplus are inverted, or, which comes to the same, the two kinds of
    scores are exchanged. A critic would learn to give its positive pairs *low* scores, and the
    curve of the loss would look the same.""")
def softplus_signs_inverted(pairs, *args):
    positive, negative = pairs(*args)
    return tf.reduce_mean(sp(positive)) + tf.reduce_mean(sp(-negative))


@shared("""Your function does not average: it returns one loss for each row, of shape `[N, 1]`. A
    training step needs a scalar.""")
def not_averaged(pairs, *args):
    positive, negative = pairs(*args)
    return sp(-positive) + sp(negative)


@shared("""Your function sums over the batch. The loss is a mean: a larger batch must not mean
    larger steps.""")
def summed(pairs, *args):
    positive, negative = pairs(*args)
    return tf.reduce_sum(sp(-positive)) + tf.reduce_sum(sp(negative))
