"""The Donsker-Varadhan bound of a score matrix."""

import math

import numpy as np

from dimlearn.check import shared
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import far_matrices, matrices, scores
from dimlearn.check.shared import joint, negatives, number, positives
from dimlearn.information import bounds
from dimlearn.startup import tf

exercise = Exercise(
    meaning="""The Donsker-Varadhan bound of a score matrix `[N, N]`: one number in nats, to be
    maximised. The diagonal holds the scores of positive pairs, all others are negative ones; scores
    of 1000 must not overflow.""",
    reference=bounds.dv_bound,
    cases=matrices,
    extremes=far_matrices,
    differentiable=True,
    shapes={"scores": "NN"},
    hints="""Two averages: one over the N positive pairs, one over the N (N-1) negative pairs. Where
    in the matrix are they, and which of the two goes through `exp` and `log`?

    A mean is a sum divided by a count. What becomes of that division when you take the log? The
    log of the sum is safe in `tf.reduce_logsumexp`; count how many pairs went into it.

    `exp` of a score above 88 is infinite in float32. `tf.reduce_logsumexp` computes the log of a
    sum of exp without overflow; a mean is a sum divided by a count, so subtract the log of the
    count: `tf.reduce_mean(tf.linalg.diag_part(scores)) - (tf.reduce_logsumexp(negative) -
    math.log(n * (n - 1)))`.""",
)

@exercise.solution("""The log of a mean is the log of a sum minus the log of the count, N (N-1).
    `reduce_logsumexp` takes the largest score out first, so that scores of 1000 do not overflow.
    Adding a constant to all scores changes both parts alike, and so not the bound.""")
def dv_bound(scores):
    """Donsker-Varadhan bound of a score matrix [N, N] in nats: a scalar."""
    n = scores.shape[0]
    negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))
    log_mean_exp = tf.reduce_logsumexp(negative) - math.log(n * (n - 1))
    return tf.reduce_mean(tf.linalg.diag_part(scores)) - log_mean_exp

def formula(scores, negative, count):
    """The bound with other negatives, or another number of them: what most mistakes get wrong."""
    return joint(scores) - tf.reduce_logsumexp(negative) + math.log(count)

exercise.share(shared.sign_flipped, shared.bits, shared.positives_summed)
exercise.share(shared.negatives_without_gradient)
exercise.share(shared.masked_with_zero, shared.masked_with_ten, of=formula)
exercise.share(shared.infinity_times_mask, shared.counted_with_diagonal, of=formula)
exercise.share(shared.ten_subtracted, shared.counted_by_rows, shared.counted_in_one_row, of=formula)
exercise.share(shared.averaged_twice, shared.masked_with_zero_and_counted, of=formula)
exercise.share(shared.positives_not_averaged)
exercise.share(shared.numpy_inside, shared.numpy_on_the_way, shared.negatives_in_numpy)
exercise.share(
    shared.diagonal_among_negatives,
    of=formula,
    diagonal_among_negatives="""The diagonal is among your negatives: the mean of `exp` runs over
        all N^2 scores. Positive pairs are no samples of the product of the marginals; with them in
        it, the bound can't rise above log N or so. Leave the diagonal out.""",
)

@exercise.mistake("""Your function subtracts the plain mean of the negative scores. In DV one large
    negative score weighs more than many small ones: look at what happens before and after their
    mean.""")
def plain_mean_of_negatives(scores):
    return joint(scores) - tf.reduce_mean(negatives(scores))

@exercise.mistake("""The count is missing: what you subtract is the log of a *sum*, and DV asks for
    that of a *mean*. All-zero scores must give 0.""")
def count_forgotten(scores):
    return joint(scores) - tf.reduce_logsumexp(negatives(scores))

@exercise.mistake("""For ordinary scores it is right, but in float32 `exp` of a score far from 0 is
    infinite or 0, above 88.7. Use `tf.reduce_logsumexp`, which takes the largest score out
    first.""")
def overflows(scores):
    return joint(scores) - tf.math.log(tf.reduce_mean(tf.exp(negatives(scores))))

@exercise.mistake("""Your function takes the log of the mean of each row and averages those. DV has
    one expectation over all negative pairs: the mean over the whole off-diagonal comes before
    the log.""")
def row_by_row(scores):
    rows = tf.reshape(negatives(scores), [scores.shape[0], -1])
    return joint(scores) - tf.reduce_mean(tf.math.log(tf.reduce_mean(tf.exp(rows), axis=1)))

@exercise.mistake("""A logarithm is missing: your function subtracts the mean of `exp` as it is.""")
def log_forgotten(scores):
    return joint(scores) - tf.reduce_mean(tf.exp(negatives(scores)))

@exercise.mistake("""This is the NWJ bound, with a 1 in the exponent and no logarithm. DV is its
    neighbour.""")
def nwj_instead(scores):
    return bounds.nwj_bound(scores)

@exercise.mistake("""Your scores go through `softplus`, as in an objective that comes later. In DV
    the negative scores go through `exp` and `log`, and the positive ones stay as they are.""")
def jsd_instead(scores):
    return bounds.jsd_bound(scores)

@exercise.mistake("""The count has the wrong sign: a mean is a sum *divided* by it, so what happens
    to the log? All-zero scores must give 0.""")
def count_added(scores):
    return joint(scores) - tf.reduce_logsumexp(negatives(scores)) - math.log(number(scores))

@exercise.mistake("""The log of the sum is *divided* by the count. A mean is divided before its log
    is taken: what becomes of the count then?""")
def log_divided_by_count(scores):
    return joint(scores) - tf.reduce_logsumexp(negatives(scores)) / number(scores)

@exercise.mistake("""The first mean runs over all scores. Only the diagonal holds positive
    pairs.""")
def all_pairs_as_positive(scores):
    return dv_bound(scores) - joint(scores) + tf.reduce_mean(scores)

@exercise.mistake("""Both parts are added. A critic that raises all its scores must not gain: the
    second part is subtracted.""")
def negatives_added(scores):
    return 2 * joint(scores) - dv_bound(scores)

@exercise.mistake("""The largest score is taken out before `exp`, and not put back after the
    logarithm.""")
def largest_not_put_back(scores):
    return dv_bound(scores) + tf.reduce_max(negatives(scores))

@exercise.mistake("""Positive and negative pairs are exchanged: the diagonal goes through `exp` and
    `log`, and the rest is averaged.""")
def kinds_exchanged(scores):
    n = scores.shape[0]
    log_mean_exp = tf.reduce_logsumexp(positives(scores)) - math.log(n)
    return tf.reduce_mean(negatives(scores)) - log_mean_exp

@exercise.mistake("""The positive scores go through `exp` and `log` too. Their part is a plain
    mean.""")
def log_mean_exp_of_both(scores):
    log_mean_exp = tf.reduce_logsumexp(positives(scores)) - math.log(scores.shape[0])
    return log_mean_exp - joint(scores) + dv_bound(scores)

exercise.promise("Scores of 0 know nothing: DV is 0", np.zeros((4, 4)))
exercise.promise(
    "Adding 2.5 to all scores changes nothing in DV",
    scores(5, 5, seed=3),
    same_as=(scores(5, 5, seed=3) + 2.5,),
)
