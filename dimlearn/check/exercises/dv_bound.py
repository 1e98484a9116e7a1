"""The Donsker-Varadhan bound of a score matrix."""

import math

import numpy as np

from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import far_scores, scores
from dimlearn.information import bounds
from dimlearn.startup import tf


def off_diagonal(matrix):
    """The negative scores `[N (N-1)]`, for the answers below."""
    return tf.boolean_mask(matrix, ~tf.eye(matrix.shape[0], dtype=tf.bool))


exercise = Exercise(
    meaning="""The DV bound is the mean of the diagonal minus the log of the mean of `exp` over the
    off-diagonal scores, of which there are `n * (n - 1)` with `n = scores.shape[0]`.""",
    reference=bounds.dv_bound,
    cases=lambda: [(scores(2, 2),), (scores(3, 3),), (scores(5, 5),), (scores(4, 4, seed=1),)],
    extremes=lambda: [
        (far_scores(4, 4, own=1, other=-1),),
        (far_scores(3, 3, own=-1, other=1),),
        (far_scores(5, 5, own=1, other=1),),
        (far_scores(3, 3, own=-1, other=-1),),
        (scores(22, 22),),
    ],
    differentiable=True,
    shapes={"scores": "NN"},
    hints="""Two averages: one over the N positive pairs, one over the N (N-1) negative pairs. Where
    in the matrix are they, and which of the two goes through `exp` and `log`?

    The diagonal: `tf.linalg.diag_part`. The rest: a mask, `~tf.eye(n, dtype=tf.bool)` with
    `tf.boolean_mask`.

    `exp` of a score above 88 is infinite in float32. `tf.reduce_logsumexp` computes the log of a
    sum of exp without overflow; a mean is a sum divided by a count, so subtract the log of the
    count.""",
)


@exercise.solution("""
    The log of a mean is the log of a sum minus the log of the count, N (N-1). `reduce_logsumexp`
    takes the largest score out first, so that scores of 1000 do not overflow. Adding a constant
    to all scores changes both parts alike, and so not the bound.
""")
def dv_bound(scores):
    """Donsker-Varadhan bound of a score matrix [N, N] in nats: a scalar."""
    n = scores.shape[0]
    negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))
    log_mean_exp = tf.reduce_logsumexp(negative) - math.log(n * (n - 1))
    return tf.reduce_mean(tf.linalg.diag_part(scores)) - log_mean_exp


@exercise.mistake("""The diagonal is among your negatives: the log-mean-exp runs over all N^2
    scores. Positive pairs are no samples of the product of the marginals; with them in it, the
    bound can't rise above log N or so. Leave the diagonal out.""")
def diagonal_among_negatives(scores):
    count = math.log(scores.shape[0] ** 2)
    return tf.reduce_mean(tf.linalg.diag_part(scores)) - tf.reduce_logsumexp(scores) + count


@exercise.mistake("""Your function subtracts the mean of the negative scores. DV takes the log
    of the mean of their `exp`: one large negative score then weighs more than many small ones.""")
def plain_mean_of_negatives(scores):
    return tf.reduce_mean(tf.linalg.diag_part(scores)) - tf.reduce_mean(off_diagonal(scores))


@exercise.mistake("""The count is missing: `reduce_logsumexp` is the log of a *sum*. For the log
    of the mean subtract `log(N (N - 1))`; all-zero scores must give 0.""")
def count_forgotten(scores):
    joint = tf.reduce_mean(tf.linalg.diag_part(scores))
    return joint - tf.reduce_logsumexp(off_diagonal(scores))


@exercise.mistake("""The mean over the negatives divides by the wrong count: there are N (N - 1)
    off-diagonal scores, not N^2.""")
def counted_with_diagonal(scores):
    joint = tf.reduce_mean(tf.linalg.diag_part(scores))
    return joint - tf.reduce_logsumexp(off_diagonal(scores)) + 2 * math.log(scores.shape[0])


@exercise.mistake("""For ordinary scores it is right, but `exp` of a large score is infinite in
    float32, above 88.7. Use `tf.reduce_logsumexp`, which takes the largest score out first.""")
def overflows(scores):
    joint = tf.reduce_mean(tf.linalg.diag_part(scores))
    return joint - tf.math.log(tf.reduce_mean(tf.exp(off_diagonal(scores))))


@exercise.mistake("""The sign is wrong: your function gives minus the bound, which would be a
    loss to be minimised. A bound is to be maximised: positive pairs count positive.""")
def sign_flipped(scores):
    return -dv_bound(scores)


@exercise.mistake("""Your function measures in bits. Everything here is in nats: no division by
    log 2.""")
def bits(scores):
    return dv_bound(scores) / math.log(2)


@exercise.mistake("""Multiplying by a mask puts zeros on the diagonal, and `exp(0) = 1` still
    counts among the negatives. Take those entries out (`tf.boolean_mask`), or put minus
    infinity there.""")
def masked_with_zero(scores):
    n = scores.shape[0]
    masked = scores * (1 - tf.eye(n))
    joint = tf.reduce_mean(tf.linalg.diag_part(scores))
    return joint - tf.reduce_logsumexp(masked) + math.log(n * (n - 1))


@exercise.mistake("""Your mask subtracts a modest constant from the diagonal. With large scores
    the positive pairs come back into the sum. Take them out, or put minus infinity there.""")
def masked_with_ten(scores):
    n = scores.shape[0]
    masked = tf.where(tf.eye(n, dtype=tf.bool), -10.0, scores)
    joint = tf.reduce_mean(tf.linalg.diag_part(scores))
    return joint - tf.reduce_logsumexp(masked) + math.log(n * (n - 1))


@exercise.mistake("""`x - inf * eye` is NaN off the diagonal, because 0 times infinity is NaN.
    Put minus infinity on the diagonal alone: `tf.linalg.set_diag`, or `tf.where` with a mask.""")
def infinity_times_mask(scores):
    n = scores.shape[0]
    masked = scores - math.inf * tf.eye(n)
    joint = tf.reduce_mean(tf.linalg.diag_part(scores))
    return joint - tf.reduce_logsumexp(masked) + math.log(n * (n - 1))


@exercise.mistake("""Your function takes the log-mean-exp of each row and averages those. DV has
    one expectation over all negative pairs: the mean over the whole off-diagonal comes before
    the log.""")
def row_by_row(scores):
    n = scores.shape[0]
    others = tf.linalg.set_diag(scores, tf.fill([n], -math.inf))
    rows = tf.reduce_logsumexp(others, axis=1) - math.log(n - 1)
    return tf.reduce_mean(tf.linalg.diag_part(scores)) - tf.reduce_mean(rows)


@exercise.mistake("""The logarithm is missing: DV subtracts the *log* of the mean of `exp`.""")
def log_forgotten(scores):
    joint = tf.reduce_mean(tf.linalg.diag_part(scores))
    return joint - tf.reduce_mean(tf.exp(off_diagonal(scores)))


@exercise.mistake("""This is the NWJ bound, with `exp(score - 1)` and no logarithm. DV takes the
    log of the mean of `exp(score)`.""")
def nwj_instead(scores):
    return bounds.nwj_bound(scores)


@exercise.mistake("""This is the JSD objective, with softplus. DV has a log-mean-exp instead.""")
def jsd_instead(scores):
    return bounds.jsd_bound(scores)


@exercise.mistake("""The positive scores are summed, not averaged: divide by N.""")
def positives_summed(scores):
    return dv_bound(scores) + (1 - 1 / scores.shape[0]) * tf.linalg.trace(scores)


@exercise.mistake("""`tf.stop_gradient` on the second part: the value is right, but the critic
    is never told to lower the scores of negative pairs, and would raise all scores for ever.""")
def negatives_without_gradient(scores):
    joint = tf.reduce_mean(tf.linalg.diag_part(scores))
    return joint + tf.stop_gradient(dv_bound(scores) - joint)


@exercise.property("a constant added to all scores")
def unmoved_by_a_constant(call):
    matrix = scores(5, 5, seed=3)
    there, back = float(call(matrix)), float(call(matrix + 2.5))
    if abs(there - back) > 1e-3:
        return (
            "Adding 2.5 to all scores changes nothing in DV, but here it makes "
            f"{there:.4g} into {back:.4g}."
        )
    return None


@exercise.property("all scores equal")
def zero_without_knowledge(call):
    value = float(call(np.zeros((4, 4))))
    return f"Scores of 0 know nothing: DV is 0, yours {value:.4g}." if abs(value) > 1e-4 else None
