"""The Jensen-Shannon objective of a score matrix, the paper's Eq. 4."""

import math

import numpy as np

from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import far_scores, scores
from dimlearn.information import bounds
from dimlearn.startup import tf

softplus = tf.nn.softplus


def off_diagonal(matrix):
    """The negative scores `[N (N-1)]`, for the answers below."""
    return tf.boolean_mask(matrix, ~tf.eye(matrix.shape[0], dtype=tf.bool))


def own(matrix):
    """The positive scores `[N]`, for the answers below."""
    return tf.linalg.diag_part(matrix)


exercise = Exercise(
    meaning="""The JSD objective is the mean of `-softplus(-score)` over the diagonal minus the mean
    of `softplus(score)` over the off-diagonal.""",
    reference=bounds.jsd_bound,
    cases=lambda: [(scores(2, 2),), (scores(3, 3),), (scores(5, 5),), (scores(4, 4, seed=1),)],
    extremes=lambda: [
        (far_scores(4, 4, own=1, other=-1),),
        (far_scores(3, 3, own=-1, other=1),),
        (far_scores(3, 3, own=-1, other=1, size=40.0),),
        (far_scores(5, 5, own=1, other=1),),
        (far_scores(3, 3, own=-1, other=-1),),
        (scores(22, 22),),
    ],
    differentiable=True,
    shapes={"scores": "NN"},
    hints="""Read the score as a logit: the critic says how sure it is that a pair belongs together.
    `-softplus(-s)` is the log-probability of `yes`, `-softplus(s)` that of `no`.

    On the diagonal the right answer is yes, elsewhere no. Average each kind by itself, and apply
    softplus before you average.

    `tf.reduce_mean(-tf.nn.softplus(-positive)) - tf.reduce_mean(tf.nn.softplus(negative))` with
    `positive = tf.linalg.diag_part(scores)` and `negative = tf.boolean_mask(scores, ~tf.eye(n,
    dtype=tf.bool))`.""",
)


@exercise.solution("""
    It is the (negated) cross-entropy of a classifier that tells positive from negative pairs,
    each kind with the same weight. `tf.nn.softplus` stays finite for any score, and its gradient
    is never larger than 1: this is why JSD trains so calmly. Its value is not an estimate of
    mutual information: all-zero scores give -2 log 2, and it never exceeds 0.
""")
def jsd_bound(scores):
    """Jensen-Shannon objective of a score matrix [N, N] (DIM Eq. 4) in nats: a scalar."""
    n = scores.shape[0]
    positive = tf.linalg.diag_part(scores)
    negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))
    return tf.reduce_mean(-tf.nn.softplus(-positive)) - tf.reduce_mean(tf.nn.softplus(negative))


@exercise.mistake("""The signs inside softplus are inverted. A critic would learn to give its
    positive pairs *low* scores, and the curve of the loss would look the same. It is
    `-softplus(-s)` on the diagonal and `softplus(s)` off it.""")
def softplus_signs_inverted(scores):
    return tf.reduce_mean(-softplus(own(scores))) - tf.reduce_mean(softplus(-off_diagonal(scores)))


@exercise.mistake("""The sign inside softplus is wrong on the diagonal: `-softplus(s)` is the
    log-probability of \"no\", so positive pairs are rewarded for *low* scores, like the negative
    ones. On the diagonal it is `-softplus(-s)`.""")
def positive_sign_inverted(scores):
    return tf.reduce_mean(-softplus(own(scores))) - tf.reduce_mean(softplus(off_diagonal(scores)))


@exercise.mistake("""The sign inside softplus is wrong off the diagonal: `-softplus(-s)` is the
    log-probability of \"yes\", so negative pairs are rewarded for *high* scores, like the positive
    ones. Off the diagonal `softplus(s)` is subtracted.""")
def negative_sign_inverted(scores):
    positive, negative = own(scores), off_diagonal(scores)
    return tf.reduce_mean(-softplus(-positive)) - tf.reduce_mean(softplus(-negative))


@exercise.mistake("""The diagonal is among your negatives: the second mean runs over all N^2
    scores. Leave the positive pairs out.""")
def diagonal_among_negatives(scores):
    return tf.reduce_mean(-softplus(-own(scores))) - tf.reduce_mean(softplus(scores))


@exercise.mistake("""Multiplying by a mask makes the diagonal 0, and `softplus(0) = log 2` still
    counts among the negatives. Apply softplus first and the mask after it, or take the entries
    out.""")
def masked_with_zero(scores):
    n = scores.shape[0]
    negative = tf.reduce_sum(softplus(scores * (1 - tf.eye(n)))) / (n * (n - 1))
    return tf.reduce_mean(-softplus(-own(scores))) - negative


@exercise.mistake("""The mean over the negatives divides by the wrong count: there are N (N - 1)
    off-diagonal scores, not N^2 (a `reduce_mean` over a matrix with zeros on its diagonal).""")
def counted_with_diagonal(scores):
    negative = softplus(scores) * (1 - tf.eye(scores.shape[0]))
    return tf.reduce_mean(-softplus(-own(scores))) - tf.reduce_mean(negative)


@exercise.mistake("""The average comes before softplus. Softplus of a mean is not the mean of
    softplus: first every score through softplus, then the mean.""")
def softplus_of_mean(scores):
    positive, negative = tf.reduce_mean(own(scores)), tf.reduce_mean(off_diagonal(scores))
    return -softplus(-positive) - softplus(negative)


@exercise.mistake("""The sign is wrong: your function gives the loss, minus the objective. A
    bound is to be maximised; all-zero scores give -2 log 2 = -1.386.""")
def sign_flipped(scores):
    return -jsd_bound(scores)


@exercise.mistake("""Your function adds `2 log 2`, so that knowing nothing gives 0. The paper's
    Eq. 4 and the contract of this exercise have no shift: all-zero scores give -2 log 2.""")
def shifted_by_log_4(scores):
    return jsd_bound(scores) + 2 * math.log(2)


@exercise.mistake("""Your function adds `log 2` to each kind of pair and halves, or shifts once:
    it is log 2 above the objective. Eq. 4 has no shift.""")
def shifted_by_log_2(scores):
    return jsd_bound(scores) + math.log(2)


@exercise.mistake("""Your function halves the sum of the two averages, as for a mean over a
    balanced batch. Eq. 4 adds the two expectations.""")
def halved(scores):
    return jsd_bound(scores) / 2


@exercise.mistake("""Positive and negative pairs are thrown into one average, where the N - 1
    times more negatives outvote the positives. Average each kind by itself.""")
def one_average_for_all(scores):
    eye = tf.eye(scores.shape[0])
    return -tf.reduce_mean(softplus(-scores) * eye + softplus(scores) * (1 - eye))


@exercise.mistake("""Your function uses the sigmoid where its logarithm belongs: `-softplus(-s)
    = log sigmoid(s)`.""")
def sigmoid_without_log(scores):
    positive = tf.reduce_mean(tf.sigmoid(own(scores)))
    return positive - tf.reduce_mean(tf.sigmoid(off_diagonal(scores)))


@exercise.mistake("""For ordinary scores it is right, but the log of a sigmoid is -inf as soon
    as the sigmoid rounds to 0 or 1. `tf.nn.softplus` computes the same without that step.""")
def log_of_sigmoid(scores):
    positive = tf.math.log(tf.sigmoid(own(scores)))
    negative = tf.math.log(1 - tf.sigmoid(off_diagonal(scores)))
    return tf.reduce_mean(positive) + tf.reduce_mean(negative)


@exercise.mistake("""For ordinary scores it is right, but a small number inside the log, to keep
    it finite, caps what a wrong score costs. `tf.nn.softplus` needs no such help.""")
def log_of_sigmoid_with_epsilon(scores):
    positive = tf.math.log(tf.sigmoid(own(scores)) + 1e-7)
    negative = tf.math.log(1 - tf.sigmoid(off_diagonal(scores)) + 1e-7)
    return tf.reduce_mean(positive) + tf.reduce_mean(negative)


@exercise.mistake("""For ordinary scores it is right, but `log(1 + exp(s))` overflows for large
    ones, and so does its gradient. `tf.nn.softplus` is the same function, computed safely.""")
def softplus_overflows(scores):
    positive = tf.math.log(1 + tf.exp(-own(scores)))
    return -tf.reduce_mean(positive) - tf.reduce_mean(tf.math.log(1 + tf.exp(off_diagonal(scores))))


@exercise.mistake("""This is the DV bound, with a log-mean-exp. The JSD objective has softplus,
    of each score by itself.""")
def dv_instead(scores):
    return bounds.dv_bound(scores)


@exercise.mistake("""Your function measures in bits. Everything here is in nats: no division by
    log 2.""")
def bits(scores):
    return jsd_bound(scores) / math.log(2)


@exercise.mistake("""The negative pairs are summed, not averaged: divide by their number, N (N -
    1).""")
def negatives_summed(scores):
    return tf.reduce_mean(-softplus(-own(scores))) - tf.reduce_sum(softplus(off_diagonal(scores)))


@exercise.mistake("""Your function leaves TensorFlow: the value is right, but NumPy keeps no
    record for the gradient. Use `tf.nn.softplus` and `tf.reduce_mean`.""")
def numpy_inside(scores):
    scores = np.asarray(scores)
    negative = scores[~np.eye(len(scores), dtype=bool)]
    return np.mean(-np.logaddexp(0, -np.diag(scores))) - np.mean(np.logaddexp(0, negative))


@exercise.property("never above 0, and -2 log 2 for scores of 0")
def within_its_limits(call):
    value = float(call(scores(4, 4, seed=5)))
    if value > 0:
        return f"The JSD objective never exceeds 0, but yours is {value:.4g}."
    zero = float(call(np.zeros((4, 4))))
    if abs(zero + 2 * math.log(2)) > 1e-4:
        return f"Scores of 0 give -2 log 2 = -1.386, but yours gives {zero:.4g}."
    return None
