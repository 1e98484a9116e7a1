"""The local JSD objective."""

import math

import numpy as np

from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import far_scores, scores
from dimlearn.information import bounds
from dimlearn.startup import tf

softplus = tf.nn.softplus


def positives(tensor):
    """`[N, L]`, for the answers below."""
    return tf.stack([tensor[i, i] for i in range(tensor.shape[0])])


def negatives(tensor):
    """`[N (N-1), L]`, for the answers below."""
    return tf.boolean_mask(tensor, ~tf.eye(tensor.shape[0], dtype=tf.bool))


exercise = Exercise(
    meaning="""The mean of `-softplus(-score)` over images and locations of the pairs `i = j`, minus
    the mean of `softplus(score)` over pairs and locations of `i != j`.""",
    reference=bounds.local_jsd,
    cases=lambda: [(scores(2, 2, 3),), (scores(3, 3, 2),), (scores(5, 5, 4),), (scores(4, 4, 6),)],
    extremes=lambda: [
        (far_scores(4, 4, 3, own=1, other=-1),),
        (far_scores(3, 3, 2, own=-1, other=1),),
        (far_scores(3, 3, 4, own=-1, other=1, size=40.0),),
        (far_scores(3, 3, 5, own=1, other=1),),
        (scores(6, 6, 9),),
        (scores(4, 4, 1),),
    ],
    differentiable=True,
    shapes={"scores": "NNL"},
    hints="""It is `jsd_bound` once more, with L scores for each pair where there was one. Which
    entries `[i, j, :]` are positive?

    A mask `~tf.eye(n, dtype=tf.bool)` of shape `[N, N]` picks pairs with all their locations:
    `tf.boolean_mask(scores, mask)` has the shape `[N (N-1), L]`.

    `positive = tf.boolean_mask(scores, eye)`, `negative = tf.boolean_mask(scores, ~eye)`, then
    `tf.reduce_mean(-tf.nn.softplus(-positive)) - tf.reduce_mean(tf.nn.softplus(negative))`.""",
)


@exercise.solution("""
    `tf.boolean_mask` with a mask of two axes picks pairs and leaves their locations whole. The
    two means then run over N L and over N (N-1) L scores: the mean over locations that the
    paper's Eq. 6 asks for is in them already, and nothing is left to divide.
""")
def local_jsd(scores):
    """Local JSD objective of scores [N, N, L] in nats: a scalar."""
    eye = tf.eye(scores.shape[0], dtype=tf.bool)
    positive, negative = tf.boolean_mask(scores, eye), tf.boolean_mask(scores, ~eye)
    return tf.reduce_mean(-softplus(-positive)) - tf.reduce_mean(softplus(negative))


@exercise.mistake("""Your function divides by the number of locations a second time: the mean
    over all scores contains it already.""")
def divided_twice(scores):
    return local_jsd(scores) / scores.shape[2]


@exercise.mistake("""Your function sums over the locations. The paper's Eq. 6 takes their mean:
    otherwise a larger map would look like more information.""")
def locations_summed(scores):
    return local_jsd(scores) * scores.shape[2]


@exercise.mistake("""The diagonal is among your negatives. The pairs `i = j` are positive at
    every location: leave them out of the second mean.""")
def diagonal_among_negatives(scores):
    return tf.reduce_mean(-softplus(-positives(scores))) - tf.reduce_mean(softplus(scores))


@exercise.mistake("""The softplus signs are inverted: the critic would learn to give positive
    pairs low scores. It is `-softplus(-s)` for `i = j` and `softplus(s)` for `i != j`.""")
def softplus_signs_inverted(scores):
    return tf.reduce_mean(-softplus(positives(scores))) - tf.reduce_mean(
        softplus(-negatives(scores))
    )


@exercise.mistake("""The scores are averaged over locations before softplus. Each location is a
    pair of its own: first softplus, then the mean.""")
def locations_averaged_first(scores):
    return bounds.jsd_bound(tf.reduce_mean(scores, axis=2))


@exercise.mistake("""Your mask covers the wrong axes: an `[N, N]` mask does not broadcast over
    the third axis as it stands (`eye[:, :, None]` does). Here it picks locations instead of
    images.""")
def mask_on_wrong_axes(scores):
    n, places = scores.shape[0], scores.shape[2]
    eye = tf.eye(n, places)
    positive = tf.reduce_sum(softplus(-scores) * eye) / (n * places)
    return -positive - tf.reduce_sum(softplus(scores) * (1 - eye)) / (n * (n - 1) * places)


@exercise.mistake("""Multiplying the scores by a mask makes the diagonal 0, and `softplus(0) =
    log 2` still counts. Apply softplus first and the mask after it, or take the entries out.""")
def masked_with_zero(scores):
    n, places = scores.shape[0], scores.shape[2]
    masked = scores * (1 - tf.eye(n)[:, :, None])
    negative = tf.reduce_sum(softplus(masked)) / (n * (n - 1) * places)
    return tf.reduce_mean(-softplus(-positives(scores))) - negative


@exercise.mistake("""The mean over the negatives divides by N^2 L; there are N (N - 1) L of
    them.""")
def counted_with_diagonal(scores):
    negative = softplus(scores) * (1 - tf.eye(scores.shape[0])[:, :, None])
    return tf.reduce_mean(-softplus(-positives(scores))) - tf.reduce_mean(negative)


@exercise.mistake("""Your means run over all N^2 L squares, the masked ones counted as zeros.
    Divide by the number of positive pairs, N L, and of negative ones, N (N - 1) L: pick the pairs
    with `tf.boolean_mask` before you take the mean.""")
def means_over_all_squares(scores):
    eye = tf.eye(scores.shape[0])[:, :, None]
    return tf.reduce_mean(-softplus(-scores) * eye) - tf.reduce_mean(softplus(scores) * (1 - eye))


@exercise.mistake("""The sign is wrong: your function gives the loss. The objective is
    maximised.""")
def sign_flipped(scores):
    return -local_jsd(scores)


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


@exercise.mistake("""Your function adds `2 log 2`. The objective has no shift: all-zero scores
    give -2 log 2.""")
def shifted_by_log_4(scores):
    return local_jsd(scores) + 2 * math.log(2)


@exercise.mistake("""For ordinary scores it is right, but `log(1 + exp(s))` overflows for large
    ones. `tf.nn.softplus` is the same function, computed safely.""")
def softplus_overflows(scores):
    positive = tf.math.log(1 + tf.exp(-positives(scores)))
    return -tf.reduce_mean(positive) - tf.reduce_mean(tf.math.log(1 + tf.exp(negatives(scores))))


@exercise.property("constant over locations it is the global JSD; never above 0")
def constant_over_locations(call):
    matrix = scores(4, 4, seed=6)
    value = float(call(np.repeat(matrix[:, :, None], 5, axis=2)))
    expected = float(bounds.jsd_bound(matrix))
    if abs(value - expected) > 1e-4:
        return (
            "Where all locations have the same scores, the local objective is `jsd_bound` of them, "
            f"{expected:.4g}, but yours is {value:.4g}."
        )
    return None
