"""The Nguyen-Wainwright-Jordan bound of a score matrix."""

import math

import numpy as np

from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import far_scores, scores
from dimlearn.information import bounds
from dimlearn.startup import tf


def off_diagonal(matrix):
    """The negative scores `[N (N-1)]`, for the answers below."""
    return tf.boolean_mask(matrix, ~tf.eye(matrix.shape[0], dtype=tf.bool))


def own(matrix):
    """The mean of the positive scores, for the answers below."""
    return tf.reduce_mean(tf.linalg.diag_part(matrix))


exercise = Exercise(
    meaning="""The NWJ bound is the mean of the diagonal minus the mean of `exp(score - 1)` over the
    off-diagonal scores.""",
    reference=bounds.nwj_bound,
    cases=lambda: [(scores(2, 2),), (scores(3, 3),), (scores(5, 5),), (scores(4, 4, seed=1),)],
    extremes=lambda: [
        (far_scores(4, 4, own=1, other=-1),),
        (far_scores(3, 3, own=-1, other=-1),),
        (far_scores(3, 3, own=1, other=0.074),),
        (far_scores(4, 4, own=-1, other=0),),
        (scores(22, 22),),
    ],
    differentiable=True,
    shapes={"scores": "NN"},
    hints="""Two averages, one over the diagonal and one over the rest. No logarithm this time.

    What is subtracted is the mean of `exp(score - 1)`: first the 1, then `exp`, then the mean.

    `tf.reduce_mean(tf.linalg.diag_part(scores)) - tf.reduce_mean(tf.exp(negative - 1.0))` with
    `negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))`.""",
)


@exercise.solution("""
    Each pair is used once and in a plain average, so a batch gives an unbiased value, which DV
    with its logarithm does not. The price is the `exp`: a single large negative score dominates
    the mean, and the variance grows with the exponential of the information. The 1 makes the
    bound tight for the critic 1 + log ratio.
""")
def nwj_bound(scores):
    """Nguyen-Wainwright-Jordan bound of a score matrix [N, N] in nats: a scalar."""
    n = scores.shape[0]
    negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))
    return tf.reduce_mean(tf.linalg.diag_part(scores)) - tf.reduce_mean(tf.exp(negative - 1.0))


@exercise.mistake("""The 1 is missing in the exponent: it is `exp(score - 1)`. Without it the
    bound is not tight for any critic: constant scores of 1 must give 0.""")
def one_forgotten(scores):
    return own(scores) - tf.reduce_mean(tf.exp(off_diagonal(scores)))


@exercise.mistake("""The 1 is outside the `exp`: your function subtracts `exp(score) - 1`. It
    belongs inside: `tf.exp(negative - 1.0)`.""")
def one_outside(scores):
    return own(scores) - tf.reduce_mean(tf.exp(off_diagonal(scores)) - 1)


@exercise.mistake("""Your function adds 1 to the exponent instead of subtracting it.""")
def one_added(scores):
    return own(scores) - tf.reduce_mean(tf.exp(off_diagonal(scores) + 1))


@exercise.mistake("""The mean is taken before `exp`: first `exp` of every score, then the mean.
    The `exp` of a mean is smaller, so the bound reads too high.""")
def exp_of_mean(scores):
    return own(scores) - tf.exp(tf.reduce_mean(off_diagonal(scores)) - 1)


@exercise.mistake("""The diagonal is among your negatives: the mean of `exp` runs over all N^2
    scores. Leave the positive pairs out.""")
def diagonal_among_negatives(scores):
    return own(scores) - tf.reduce_mean(tf.exp(scores - 1))


@exercise.mistake("""The mean over the negatives divides by the wrong count: there are N (N - 1)
    off-diagonal scores, not N^2.""")
def counted_with_diagonal(scores):
    return own(scores) - tf.reduce_sum(tf.exp(off_diagonal(scores) - 1)) / scores.shape[0] ** 2


@exercise.mistake("""Multiplying by a mask puts zeros on the diagonal, and `exp(0 - 1)` still
    counts. Take these entries out before `exp`, or multiply by the mask after it.""")
def masked_with_zero(scores):
    n = scores.shape[0]
    masked = scores * (1 - tf.eye(n))
    return own(scores) - tf.reduce_sum(tf.exp(masked - 1)) / (n * (n - 1))


@exercise.mistake("""The sign is wrong: your function gives minus the bound. A bound is to be
    maximised: positive pairs count positive.""")
def sign_flipped(scores):
    return -nwj_bound(scores)


@exercise.mistake("""Both parts are added. The negative pairs are subtracted: a critic that
    raises all scores must not gain.""")
def negatives_added(scores):
    return own(scores) + tf.reduce_mean(tf.exp(off_diagonal(scores) - 1))


@exercise.mistake("""This is the DV bound: NWJ has no logarithm, and a 1 in the exponent.""")
def dv_instead(scores):
    return bounds.dv_bound(scores)


@exercise.mistake("""Your function measures in bits. Everything here is in nats: no division by
    log 2.""")
def bits(scores):
    return nwj_bound(scores) / math.log(2)


@exercise.mistake("""The sum over the negatives is not divided by their number, N (N - 1).""")
def negatives_summed(scores):
    return own(scores) - tf.reduce_sum(tf.exp(off_diagonal(scores) - 1))


@exercise.mistake("""`exp` comes before the mask: on the diagonal `exp` of a large positive
    score is infinite, and 0 times infinity is NaN. Mask the scores first, then take `exp`.""")
def masked_after_exp(scores):
    n = scores.shape[0]
    return own(scores) - tf.reduce_sum(tf.exp(scores - 1) * (1 - tf.eye(n))) / (n * (n - 1))


@exercise.mistake("""Your function clips the scores. The clip hides the price of a large score,
    and has no gradient where it acts: take the scores as they are.""")
def clipped(scores):
    return nwj_bound(tf.clip_by_value(scores, -10.0, 10.0))


@exercise.property("constant scores of 1 give 0")
def one_gives_zero(call):
    value = float(call(np.ones((4, 4))))
    return (
        f"Scores of 1 everywhere give 0, but yours gives {value:.4g}."
        if abs(value) > 1e-4
        else None
    )
