"""The local JSD objective."""

import numpy as np

from dimlearn.check import shared, shared_softplus
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import far_scores, far_tensors, scores, tensors
from dimlearn.check.shared import diagonal, negatives
from dimlearn.check.shared_softplus import jsd, jsd_against, log_no, log_yes
from dimlearn.information import bounds
from dimlearn.information.bounds import answer_cost
from dimlearn.startup import tf

exercise = Exercise(
    meaning="""The Jensen-Shannon objective of local scores `[N, N, L]`: one number in nats, to be
    maximised. The pairs `i = j` are positive at every location, all others negative; each kind is
    averaged over its pairs and locations.""",
    reference=bounds.local_jsd,
    cases=tensors,
    extremes=lambda: [(far_scores(3, 3, 4, own=-1, other=1, size=40.0),), *far_tensors()],
    differentiable=True,
    fitted=True,
    shapes={"scores": "NNL"},
    hints="""It is `jsd_bound` once more, with L scores for each pair where there was one. Which
    entries `[i, j, :]` are positive?

    A mask `~tf.eye(n, dtype=tf.bool)` of shape `[N, N]` picks pairs with all their locations:
    `tf.boolean_mask(scores, mask)` has the shape `[N (N-1), L]`.

    `positive = tf.boolean_mask(scores, eye)`, `negative = tf.boolean_mask(scores, ~eye)`, then
    `-answer_cost(positive, True) - answer_cost(negative, False)`.""",
)

@exercise.solution("""`tf.boolean_mask` with a mask of two axes picks pairs and leaves their
    locations whole. The two means then run over N L and over N (N-1) L scores: the mean over
    locations that the paper's Eq. 6 asks for is in them already, and nothing is left to divide.""")
def local_jsd(scores):
    """Local JSD objective of scores [N, N, L] in nats: a scalar."""
    eye = tf.eye(scores.shape[0], dtype=tf.bool)
    positive, negative = tf.boolean_mask(scores, eye), tf.boolean_mask(scores, ~eye)
    return -answer_cost(positive, True) - answer_cost(negative, False)

exercise.share(shared.shifted_by_log_4, shared.numpy_inside, shared.numpy_on_the_way)
exercise.share(
    shared_softplus.mask_inside_softplus, shared_softplus.mask_inside_softplus_and_counted
)
exercise.share(
    shared_softplus.yes_without_softplus, shared_softplus.yes_alone, shared_softplus.no_alone,
    of=jsd,
)
exercise.share(
    shared_softplus.negative_part_in_numpy, shared_softplus.negative_part_without_gradient, of=jsd,
)
exercise.share(
    shared_softplus.positive_part_negated, shared_softplus.positive_part_both_signs, of=jsd,
)
exercise.share(
    shared_softplus.negative_part_negated, shared_softplus.negative_part_both_signs, of=jsd,
)
exercise.share(
    shared_softplus.all_signs_wrong, shared_softplus.wasserstein, shared_softplus.softplus_of_mean,
    of=jsd,
)
exercise.share(shared.counted_by_rows, of=jsd_against)
exercise.share(shared.halved, shared.bits)
exercise.share(shared_softplus.softplus_signs_inverted, shared_softplus.softplus_overflows, of=jsd)
exercise.share(
    shared.sign_flipped,
    sign_flipped="""The sign is wrong: your function gives the loss. The objective is maximised.""",
)
exercise.share(
    shared.diagonal_among_negatives,
    shared.counted_with_diagonal,
    shared.masked_with_zero,
    shared.masked_with_zero_and_counted,
    of=jsd_against,
    diagonal_among_negatives="""The diagonal is among your negatives. The pairs `i = j` are positive
    at every location: leave them out of the second mean.""",
    counted_with_diagonal="""The mean over the negatives divides by the wrong count: the pairs of
    the diagonal are counted too, though they are not in the sum.""",
    masked_with_zero="""Zeros stand on the diagonal, as a mask that multiplies leaves them, and
    softplus of 0 still counts, with log 2. Apply softplus first and the mask after it, or take the
    entries out.""",
    masked_with_zero_and_counted="""The scores of the own image are 0 among your negatives, as a
    mask that multiplies leaves them: softplus of 0 still counts, with log 2, and the mean still
    divides by all N^2 L squares. Take them out before the mean.""",
)

@exercise.mistake("""Your function divides by the number of locations a second time: the mean
    over all scores contains it already.""")
def divided_twice(scores):
    return local_jsd(scores) / scores.shape[2]

@exercise.mistake("""Your function sums over the locations. The paper's Eq. 6 takes their mean:
    otherwise a larger map would look like more information.""")
def locations_summed(scores):
    return local_jsd(scores) * scores.shape[2]

@exercise.mistake("""The scores are averaged over locations before softplus. Each location is a
    pair of its own: first softplus, then the mean.""")
def locations_averaged_first(scores):
    return bounds.jsd_bound(tf.reduce_mean(scores, axis=2))

@exercise.mistake("""Your mask covers the wrong axes, the last two: it picks locations instead of
    images. A mask of pairs needs a third axis, of length 1, before it can meet the scores.""")
def mask_on_wrong_axes(scores):
    n, places = scores.shape[1:]
    eye = tf.eye(n, places)
    positive = tf.reduce_sum(log_yes(scores) * eye) / (n * places)
    return positive + tf.reduce_sum(log_no(scores) * (1 - eye)) / (n * (n - 1) * places)

@exercise.mistake("""What is averaged runs over all N^2 L squares at once: one mean over both kinds
    together, or two in which the squares of the other kind count as zeros. Each kind has a mean of
    its own, over its own pairs alone.""")
def means_over_all_squares(scores):
    eye = diagonal(scores)
    return tf.reduce_mean(log_yes(scores) * eye + log_no(scores) * (1 - eye))

@exercise.mistake("""One mean runs over all N^2 L squares, doubled. The negative pairs are many
    more than the positive ones, so they count for nearly all of it. Each kind has a mean of its
    own, over its own pairs alone.""")
def means_over_all_squares_doubled(scores):
    return 2 * means_over_all_squares(scores)

@exercise.mistake("""Your function keeps one value for each location. Average over them too.""")
def one_value_a_location(scores):
    return tf.stack([bounds.jsd_bound(matrix) for matrix in tf.unstack(scores, axis=2)])

@exercise.mistake("""Only the first location is used. All L of them count.""")
def first_location_only(scores):
    return bounds.jsd_bound(scores[:, :, 0])

@exercise.mistake("""The best location of each pair is taken. The objective averages over all of
    them, so that the code must share something with every part of the image.""")
def best_location(scores):
    return bounds.jsd_bound(tf.reduce_max(scores, axis=2))

def of_parts(scores, positive, negative):
    """The objective of other positive or negative scores."""
    return tf.reduce_mean(log_yes(positive)) + tf.reduce_mean(log_no(negative))

exercise.share(shared.diagonal_of_the_last_axes, of=of_parts)

@exercise.mistake("""The mean over the negative pairs forgets their locations: each pair has L
    scores, not one.""")
def locations_not_counted_in_negatives(scores):
    pairs = scores.shape[0] * (scores.shape[0] - 1)
    return jsd_against(scores, negatives(scores), pairs)

exercise.promise(
    "The order of the locations changes nothing",
    scores(4, 4, 3, seed=6),
    same_as=(scores(4, 4, 3, seed=6)[:, :, ::-1].copy(),),
)
exercise.promise("Scores of 0 give -2 log 2 = -1.3863", np.zeros((4, 4, 3)))
