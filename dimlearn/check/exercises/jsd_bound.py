"""The Jensen-Shannon objective of a score matrix, the paper's Eq. 4."""

import math

import numpy as np

from dimlearn.check import shared, shared_softplus
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import far_matrices, far_scores, matrices
from dimlearn.check.shared import diagonal
from dimlearn.check.shared_softplus import jsd, jsd_against, log_no, log_yes
from dimlearn.information import bounds
from dimlearn.information.bounds import answer_cost
from dimlearn.startup import tf

exercise = Exercise(
    meaning="""The Jensen-Shannon objective of a score matrix `[N, N]`, the paper's Eq. 4: one
    number in nats, to be maximised. The diagonal holds the scores of positive pairs, all others are
    negative ones; scores of 0 give -2 log 2.""",
    reference=bounds.jsd_bound,
    cases=matrices,
    extremes=lambda: [(far_scores(3, 3, own=-1, other=1, size=40.0),), *far_matrices()],
    differentiable=True,
    shapes={"scores": "NN"},
    hints="""The score is a logit, the critic's answer to "do these two belong together?". Your
    `answer_cost` says what answers cost whose right one is known. For which squares of the matrix
    is it yes?

    On the diagonal it is yes, elsewhere no, so there are two costs, each of one kind of pairs. The
    objective is to be large and the costs small.

    `-cost(positive, True) - cost(negative, False)` with the `cost` of the lesson, `positive =
    tf.linalg.diag_part(scores)` and `negative = tf.boolean_mask(scores, ~tf.eye(n,
    dtype=tf.bool))`.""",
)

@exercise.solution("""It is the mean log-probability of the right answer of a classifier that tells
    positive from negative pairs: minus what its answers cost, each kind with the same weight. The
    slope of that cost is never steeper than 1: this is why JSD trains so calmly. Its value is not
    an estimate of mutual information: all-zero scores give -2 log 2, and it never exceeds 0.""")
def jsd_bound(scores):
    """Jensen-Shannon objective of a score matrix [N, N] (DIM Eq. 4) in nats: a scalar."""
    n = scores.shape[0]
    positive = tf.linalg.diag_part(scores)
    negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))
    return -answer_cost(positive, True) - answer_cost(negative, False)

exercise.share(shared.bits, shared.halved, shared.shifted_by_log_4, shared.numpy_inside)
exercise.share(shared_softplus.softplus_signs_inverted, shared_softplus.softplus_of_mean, of=jsd)
exercise.share(shared_softplus.log_of_sigmoid, shared_softplus.softplus_overflows, of=jsd)
exercise.share(shared.diagonal_among_negatives, shared.counted_with_diagonal, of=jsd_against)
exercise.share(shared.negatives_summed, of=jsd_against)
exercise.share(
    shared.masked_with_zero,
    shared.masked_with_zero_and_counted,
    of=jsd_against,
    masked_with_zero="""Zeros stand on the diagonal, as a mask that multiplies leaves them, and
    softplus of 0 still counts among the negatives, with log 2. Apply softplus first and the mask
    after it, or take the entries out.""",
    masked_with_zero_and_counted="""Zeros stand among your negatives where the positive pairs were,
    as a mask that multiplies leaves them: softplus of 0 still counts, with log 2, and the mean
    still divides by all N^2 squares. Take those entries out before the mean.""",
)
exercise.share(
    shared_softplus.positive_part_negated, shared_softplus.positive_part_both_signs, of=jsd,
)
exercise.share(
    shared_softplus.negative_part_negated, shared_softplus.negative_part_both_signs, of=jsd,
)
exercise.share(
    shared_softplus.all_signs_wrong, shared_softplus.wasserstein, shared_softplus.summed, of=jsd,
)
exercise.share(
    shared.counted_by_rows, shared.counted_in_one_row, shared.averaged_twice, of=jsd_against,
)
exercise.share(
    shared_softplus.log_of_sigmoid_with_epsilon, shared_softplus.yes_without_softplus, of=jsd,
)
exercise.share(shared_softplus.yes_alone, shared_softplus.no_alone, of=jsd)
exercise.share(shared.numpy_on_the_way)
exercise.share(
    shared_softplus.mask_inside_softplus, shared_softplus.mask_inside_softplus_and_counted
)
exercise.share(
    shared_softplus.negative_part_in_numpy, shared_softplus.negative_part_without_gradient, of=jsd,
)
exercise.share(
    shared.sign_flipped,
    sign_flipped="""The sign is wrong: your function gives the loss, minus the objective. A bound is
    to be maximised; all-zero scores give -2 log 2 = -1.386.""",
)

@exercise.mistake("""On the diagonal your function takes no for the right answer (the sign inside
    its softplus): positive pairs are rewarded for *low* scores, like the negative ones.""")
def positive_sign_inverted(scores):
    return jsd(scores, yes=log_no)

@exercise.mistake("""Off the diagonal your function takes yes for the right answer (the sign inside
    its softplus): negative pairs are rewarded for *high* scores, like the positive ones.""")
def negative_sign_inverted(scores):
    return jsd(scores, no=log_yes)

@exercise.mistake("""Your function adds `log 2`. The paper's Eq. 4 and this exercise have no
    shift: all-zero scores give -2 log 2.""")
def shifted_by_log_2(scores):
    return jsd_bound(scores) + math.log(2)

@exercise.mistake("""Positive and negative pairs are thrown into one average, where the more
    numerous negatives outweigh the positives as N grows. Average each kind by itself.""")
def one_average_for_all(scores):
    return tf.reduce_mean(tf.where(diagonal(scores) == 1, log_yes(scores), log_no(scores)))

@exercise.mistake("""Positive and negative pairs are thrown into one average, and that is doubled.
    Scores of 0 then give the right value in a matrix of any size, but with others the more numerous
    negatives outweigh the positives as N grows. Average each kind by itself.""")
def one_average_doubled(scores):
    return 2 * one_average_for_all(scores)

@exercise.mistake("""Your function takes the probability of the right answer where its logarithm
    belongs. Softplus is made of that logarithm.""")
def sigmoid_without_log(scores):
    return jsd(scores, yes=tf.sigmoid, no=lambda s: -tf.sigmoid(s))

@exercise.mistake("""This is the DV bound, with the log of a mean of `exp`. The JSD objective has
    softplus, of each score by itself.""")
def dv_instead(scores):
    return bounds.dv_bound(scores)

exercise.promise("Scores of 0 give -2 log 2 = -1.3863", np.zeros((4, 4)))
