"""The Nguyen-Wainwright-Jordan bound of a score matrix."""

import numpy as np

from dimlearn.check import shared
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import far_matrices, matrices
from dimlearn.check.shared import diagonal, joint, negatives, number
from dimlearn.information import bounds
from dimlearn.startup import tf

exercise = Exercise(
    meaning="""The NWJ bound is the mean of the diagonal minus the mean of `exp(score - 1)` over the
    off-diagonal scores.""",
    reference=bounds.nwj_bound,
    cases=matrices,
    extremes=lambda: far_matrices([(4, 1, -1), (3, -1, -1), (3, 1, 0.074), (4, -1, 0)]),
    differentiable=True,
    shapes={"scores": "NN"},
    hints="""Two averages, one over the diagonal and one over the rest. No logarithm this time.

    What is subtracted is the mean of `exp(score - 1)`: first the 1, then `exp`, then the mean.

    `tf.reduce_mean(tf.linalg.diag_part(scores)) - tf.reduce_mean(tf.exp(negative - 1.0))` with
    `negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))`.""",
)

@exercise.solution("""Each pair is used once and in a plain average, so a batch gives an unbiased
    value, which DV with its logarithm does not. The price is the `exp`: a single large negative
    score dominates the mean, and the variance grows with the exponential of the information. The 1
    makes the bound tight for the critic 1 + log ratio.""")
def nwj_bound(scores):
    """Nguyen-Wainwright-Jordan bound of a score matrix [N, N] in nats: a scalar."""
    n = scores.shape[0]
    negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))
    return tf.reduce_mean(tf.linalg.diag_part(scores)) - tf.reduce_mean(tf.exp(negative - 1.0))

def formula(scores, negative, count):
    """The bound with other negatives, or another number of them."""
    return joint(scores) - tf.reduce_sum(tf.exp(negative - 1)) / count

exercise.share(shared.sign_flipped, shared.bits)
exercise.share(shared.diagonal_among_negatives, shared.counted_with_diagonal, of=formula)
exercise.share(shared.negatives_summed, of=formula)
exercise.share(
    shared.masked_with_zero,
    of=formula,
    masked_with_zero="""Multiplying by a mask puts zeros on the diagonal, and `exp(0 - 1)` still
    counts. Take these entries out before `exp` (`tf.boolean_mask`).""",
)

@exercise.mistake("""The 1 is missing in the exponent: it is `exp(score - 1)`. Without it the
    bound is not tight for any critic: constant scores of 1 must give 0.""")
def one_forgotten(scores):
    return joint(scores) - tf.reduce_mean(tf.exp(negatives(scores)))

@exercise.mistake("""The 1 is outside the `exp`: your function subtracts `exp(score) - 1`. It
    belongs inside: `tf.exp(negative - 1.0)`.""")
def one_outside(scores):
    return one_forgotten(scores) + 1

@exercise.mistake("""Your function adds 1 to the exponent instead of subtracting it.""")
def one_added(scores):
    return joint(scores) - tf.reduce_mean(tf.exp(negatives(scores) + 1))

@exercise.mistake("""The mean is taken before `exp`: first `exp` of every score, then the mean.
    The `exp` of a mean is smaller, so the bound reads too high.""")
def exp_of_mean(scores):
    return joint(scores) - tf.exp(tf.reduce_mean(negatives(scores)) - 1)

@exercise.mistake("""Both parts are added. The negative pairs are subtracted: a critic that
    raises all scores must not gain.""")
def negatives_added(scores):
    return joint(scores) + tf.reduce_mean(tf.exp(negatives(scores) - 1))

@exercise.mistake("""This is the DV bound: NWJ has no logarithm, and a 1 in the exponent.""")
def dv_instead(scores):
    return bounds.dv_bound(scores)

@exercise.mistake("""`exp` comes before the mask: on the diagonal `exp` of a large positive
    score is infinite, and 0 times infinity is NaN. Mask the scores first, then take `exp`.""")
def masked_after_exp(scores):
    masked = tf.exp(scores - 1) * (1 - diagonal(scores))
    return joint(scores) - tf.reduce_sum(masked) / number(scores)

@exercise.mistake("""Your function clips the scores. The clip hides the price of a large score,
    and has no gradient where it acts: take the scores as they are.""")
def clipped(scores):
    return nwj_bound(tf.clip_by_value(scores, -10.0, 10.0))

exercise.promise("Scores of 1 everywhere give 0", np.ones((4, 4)))
