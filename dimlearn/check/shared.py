"""Mistakes that several exercises share; each stands here once.

A shared mistake is a function of what is right and of the exercise's arguments. What is right is
the worked solution, or a part of the formula with which the exercise is made:

    exercise.share(shared.sign_flipped, shared.bits)
    exercise.share(*shared.MASKS_BEFORE_EXP, of=with_log_sum)
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dimlearn.startup import tf


@dataclass(frozen=True)
class Shared:
    """`wrong(right, *args)` makes the mistake; `message` as in `Mistake`."""

    wrong: Callable
    message: str


def shared(message):
    """Decorator: a mistake that exercises may share."""
    return lambda wrong: Shared(wrong, message)


# ---------------------------------------------------------------- parts of a score tensor


def positives(scores):
    """`[N, N] -> [N]`, `[N, N, L] -> [N, L]`: the diagonal."""
    return tf.boolean_mask(scores, tf.eye(scores.shape[0], dtype=tf.bool))


def negatives(scores):
    """`[N, N] -> [N (N-1)]`, `[N, N, L] -> [N (N-1), L]`: the rest."""
    return tf.boolean_mask(scores, ~tf.eye(scores.shape[0], dtype=tf.bool))


def joint(scores):
    """The mean score of positive pairs."""
    return tf.reduce_mean(positives(scores))


def diagonal(scores):
    """A mask of 1 for positive and 0 for negative pairs, of the shape of the scores."""
    eye = tf.eye(scores.shape[0])
    return tf.broadcast_to(
        tf.reshape(eye, [*eye.shape, *[1] * (len(scores.shape) - 2)]), scores.shape
    )


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


@shared("""The positive scores are summed, not averaged: divide by N.""")
def positives_summed(right, scores):
    return right(scores) + (scores.shape[0] - 1) * joint(scores)


@shared("""`tf.stop_gradient` on the second part: the value is right, but the critic is never told
    to lower the scores of negative pairs, and would raise all scores for ever.""")
def negatives_without_gradient(right, scores):
    return joint(scores) + tf.stop_gradient(right(scores) - joint(scores))


@shared("""Your function halves the result, as one mean over both kinds of scores together does. The
    two means are added.""")
def halved(right, *args):
    return right(*args) / 2


# ---------------------------------------------------------------- masks before exp
# `formula(log_sum_exp, scores)`: the value with a given log of the sum of exp over the negatives.


@shared("""Multiplying by a mask puts zeros on the diagonal, and `exp(0) = 1` still counts among the
    negatives. Take those entries out (`tf.boolean_mask`), or put minus infinity there.""")
def masked_with_zero(formula, scores):
    return formula(tf.reduce_logsumexp(scores * (1 - diagonal(scores))), scores)


@shared("""Your mask subtracts a modest constant from the diagonal. With large scores the positive
    pairs come back into the sum. Take them out, or put minus infinity there.""")
def masked_with_ten(formula, scores):
    masked = tf.where(diagonal(scores) == 1, -10.0, scores)
    return formula(tf.reduce_logsumexp(masked), scores)


@shared("""`x - inf * eye` is NaN off the diagonal, because 0 times infinity is NaN. Put minus
    infinity on the diagonal alone: `tf.linalg.set_diag`, or `tf.where` with a mask.""")
def infinity_times_mask(formula, scores):
    return formula(tf.reduce_logsumexp(scores - math.inf * diagonal(scores)), scores)


MASKS_BEFORE_EXP = (masked_with_zero, masked_with_ten, infinity_times_mask)

# ---------------------------------------------------------------- two softplus
# `pairs(*args)`: positive and negative scores. The loss is mean sp(-positive) + mean sp(negative).


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
