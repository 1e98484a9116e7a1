"""The Nguyen-Wainwright-Jordan bound of a score matrix."""

import math

import numpy as np

from dimlearn.check import shared
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import far_matrices, matrices
from dimlearn.check.shared import diagonal, joint, negatives, number, positives
from dimlearn.information import bounds
from dimlearn.startup import tf

exercise = Exercise(
    meaning="""The Nguyen-Wainwright-Jordan bound of a score matrix `[N, N]`: one number in nats, to
    be maximised. The diagonal holds the scores of positive pairs, all others are negative ones;
    scores of 1 everywhere give 0.""",
    reference=bounds.nwj_bound,
    cases=matrices,
    extremes=lambda: far_matrices([(4, 1, -1), (3, -1, -1), (3, 1, 0.074), (4, -1, 0)]),
    differentiable=True,
    shapes={"scores": "NN"},
    hints="""The line goes through 0 and touches the logarithm at e, where the logarithm is 1. What
    is its slope, and so its height over an average z?

    Two averages, one over the diagonal and one over the rest. The average of `exp` over the rest is
    what the line is read at. Its slope may as well go into the exponent, as a number taken off each
    score.

    What is subtracted is the mean of `exp(score - 1)`: first the 1, then `exp`, then the mean.

    `tf.reduce_mean(tf.linalg.diag_part(scores)) - tf.reduce_mean(tf.exp(negative - 1.0))` with
    `negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))`.""",
)

@exercise.solution("""Each pair is used once and in a plain average, so a batch gives a value that
    is right on average, which DV with its logarithm does not. The price is the `exp`: a single
    large negative score dominates the mean, and the variance grows with the exponential of the
    information. The 1 lets the bound reach the mutual information, with the critic 1 + log
    ratio.""")
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
    shared.counted_by_rows, shared.counted_in_one_row, shared.averaged_twice, of=formula,
)
exercise.share(shared.positives_summed, shared.negatives_without_gradient)
exercise.share(shared.positives_not_averaged)
exercise.share(shared.numpy_inside, shared.numpy_on_the_way, shared.negatives_in_numpy)
exercise.share(
    shared.masked_with_zero,
    shared.masked_with_zero_and_counted,
    of=formula,
    masked_with_zero="""Zeros stand on the diagonal, as a mask that multiplies leaves them, and a
    score of 0 still counts among the negatives. Take these entries out before `exp`.""",
    masked_with_zero_and_counted="""Zeros stand among your negatives where the positive pairs were,
    as a mask that multiplies leaves them. A score of 0 still counts, and the mean divides by all
    N^2 squares. Take these entries out before `exp` and the mean.""",
)

@exercise.mistake("""The slope of the line is missing: the average of `exp` is subtracted as it is.
    A line of slope 1 through 0 touches the logarithm nowhere. Scores of 1 everywhere must give
    0.""")
def one_forgotten(scores):
    return joint(scores) - tf.reduce_mean(tf.exp(negatives(scores)))

@exercise.mistake("""The 1 is taken off what `exp` gives. So your line has the slope 1 and touches
    the logarithm at 1; the one of the picture goes through 0 and touches it at e.""")
def one_outside(scores):
    return one_forgotten(scores) + 1

@exercise.mistake("""Your line is too steep: with the slope e, or a 1 added to the exponent, it
    touches the logarithm nowhere.""")
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

@exercise.mistake("""This is the DV bound, with a logarithm. NWJ does without it, at a price.""")
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

@exercise.mistake("""The 1 is subtracted from the bound, outside of `exp` and of the mean. It
    belongs to the score.""")
def one_subtracted_from_the_bound(scores):
    return one_forgotten(scores) - 1

@exercise.mistake("""The 1 is subtracted from the positive scores too. It belongs to the negative
    ones.""")
def one_subtracted_from_both(scores):
    return nwj_bound(scores) - 1

@exercise.mistake("""A 1 is added to the bound. Scores of 1 everywhere must give 0.""")
def one_added_to_the_bound(scores):
    return nwj_bound(scores) + 1

@exercise.mistake("""The first mean runs over all scores. Only the diagonal holds positive
    pairs.""")
def all_pairs_as_positive(scores):
    return nwj_bound(scores) - joint(scores) + tf.reduce_mean(scores)

@exercise.mistake("""Positive and negative pairs are exchanged: the diagonal goes through `exp`, and
    the rest is averaged.""")
def kinds_exchanged(scores):
    return tf.reduce_mean(negatives(scores)) - tf.reduce_mean(tf.exp(positives(scores) - 1))

@exercise.mistake("""The positive scores go through `exp` too. Their part is a plain mean.""")
def exp_of_both(scores):
    positive = tf.reduce_mean(tf.exp(positives(scores) - 1))
    return positive - tf.reduce_mean(tf.exp(negatives(scores) - 1))

@exercise.mistake("""A logarithm stands before the mean of `exp`. NWJ has none.""")
def logarithm_kept(scores):
    return bounds.dv_bound(scores) + 1

@exercise.mistake("""The logarithm is still there, and the slope beside it. The line stands in the
    place of the logarithm: one of the two is enough.""")
def slope_before_the_logarithm(scores):
    return joint(scores) - (joint(scores) - bounds.dv_bound(scores)) / math.e

@exercise.mistake("""The slope divides the scores, not what is made of them: which number is it that
    the line is read at?""")
def slope_inside(scores):
    return joint(scores) - tf.reduce_mean(tf.exp(negatives(scores) / math.e))

exercise.promise("Scores of 1 everywhere give 0", np.ones((4, 4)))
