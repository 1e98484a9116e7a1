"""The local InfoNCE objective, as in the authors' code."""

import math

import numpy as np

from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import far_scores, scores
from dimlearn.information import bounds
from dimlearn.startup import tf


def positives(tensor):
    """`[N, L]`, for the answers below."""
    return tf.stack([tensor[i, i] for i in range(tensor.shape[0])])


def log_sum_of_others(tensor):
    """`[N, 1]`, the logsumexp over all locations of the other images, for the answers below."""
    n = tensor.shape[0]
    flat = tf.reshape(tf.boolean_mask(tensor, ~tf.eye(n, dtype=tf.bool)), [n, -1])
    return tf.reduce_logsumexp(flat, axis=1, keepdims=True)


def log_count(tensor):
    return math.log(1 + (tensor.shape[0] - 1) * tensor.shape[2])


exercise = Exercise(
    meaning="""For code `i` and location `l`: `scores[i, i, l]` minus the logsumexp of itself and
    all locations of all *other* images, averaged over `i` and `l`, plus `log(1 + (N-1) L)`.""",
    reference=bounds.local_infonce,
    cases=lambda: [(scores(2, 2, 3),), (scores(3, 3, 2),), (scores(5, 5, 4),), (scores(4, 4, 6),)],
    extremes=lambda: [
        (far_scores(4, 4, 3, own=1, other=-1),),
        (far_scores(3, 3, 2, own=-1, other=1),),
        (far_scores(3, 3, 5, own=1, other=1),),
        (far_scores(3, 3, 5, own=-1, other=-1),),
        (scores(6, 6, 9),),
        (scores(4, 4, 1),),
    ],
    differentiable=True,
    shapes={"scores": "NNL"},
    hints="""One question for each code i and location l: which of these 1 + (N-1) L features
    belongs to my image? Which candidates are there besides the right one?

    The other locations of the same image are not wrong answers, so they are left out. The logsumexp
    over all locations of all other images is the same for every l: a number for each i.

    With `others` `[N, 1]`, that logsumexp, and `own` `[N, L]`, the log-softmax is `own -
    logaddexp(own, others)`, which is `-tf.nn.softplus(others - own)`.""",
)


@exercise.solution("""
    For a given code the competitors are the same at every location: all L locations of the N - 1
    other images. Their logsumexp is computed once. A softmax between one score and that sum is a
    sigmoid of the difference, and its log is minus a softplus, which is safe for any score.
    Guessing has the log-probability -log(1 + (N-1) L), which is therefore added.
""")
def local_infonce(scores):
    """Local InfoNCE of scores [N, N, L] in nats, at most log(1 + (N-1) L): a scalar."""
    n, _, places = scores.shape
    eye = tf.eye(n, dtype=tf.bool)
    own = tf.boolean_mask(scores, eye)
    others = tf.reshape(tf.boolean_mask(scores, ~eye), [n, (n - 1) * places])
    others = tf.reduce_logsumexp(others, axis=1, keepdims=True)
    return tf.reduce_mean(-tf.nn.softplus(others - own)) + math.log(1 + (n - 1) * places)


@exercise.mistake("""The other locations of the same image are among your negatives: your
    softmax runs over all N L scores of a code. They show the same image, so they are no wrong
    answers: leave them out.""")
def own_image_among_negatives(scores):
    n, _, places = scores.shape
    every = tf.reduce_logsumexp(tf.reshape(scores, [n, -1]), axis=1, keepdims=True)
    return tf.reduce_mean(positives(scores) - every) + math.log(n * places)


@exercise.mistake("""The other locations of the same image are among your negatives: your
    softmax runs over all N L scores of a code, though the count added is the right one.""")
def own_image_among_negatives_right_count(scores):
    n = scores.shape[0]
    every = tf.reduce_logsumexp(tf.reshape(scores, [n, -1]), axis=1, keepdims=True)
    return tf.reduce_mean(positives(scores) - every) + log_count(scores)


@exercise.mistake("""The positive is missing in the denominator: without it this is no
    log-probability, and the value can exceed `log(1 + (N-1) L)`, its ceiling.""")
def positive_left_out(scores):
    return tf.reduce_mean(positives(scores) - log_sum_of_others(scores)) + log_count(scores)


@exercise.mistake("""The offset is missing: add `log(1 + (N-1) L)`, the log of the number of
    candidates, so that scores that know nothing give 0.""")
def offset_forgotten(scores):
    return local_infonce(scores) - log_count(scores)


@exercise.mistake("""The offset is log N, as in `infonce_bound`. Here each question has 1 +
    (N-1) L candidates.""")
def offset_log_n(scores):
    return local_infonce(scores) - log_count(scores) + math.log(scores.shape[0])


@exercise.mistake("""The offset is log(N L). The other L - 1 locations of the same image are no
    candidates, so there are 1 + (N-1) L.""")
def offset_log_n_l(scores):
    count = math.log(scores.shape[0] * scores.shape[2])
    return local_infonce(scores) - log_count(scores) + count


@exercise.mistake("""Your logsumexp runs over the questions of all codes together. Each code has
    its own competitors: `axis=1` of `[N, (N-1) L]`.""")
def one_sum_for_all_codes(scores):
    others = tf.reduce_logsumexp(log_sum_of_others(scores))
    return tf.reduce_mean(-tf.nn.softplus(others - positives(scores))) + log_count(scores)


@exercise.mistake("""The competitors are the same location of the other images: `infonce_bound`
    location by location. Here *every* location of every other image competes.""")
def same_location_only(scores):
    values = [bounds.infonce_bound(matrix) for matrix in tf.unstack(scores, axis=2)]
    return tf.reduce_mean(tf.stack(values))


@exercise.mistake("""The competitors are the same location of the other images, with the count
    of all locations added. Here *every* location of every other image competes.""")
def same_location_only_right_count(scores):
    n = scores.shape[0]
    return same_location_only(scores) - math.log(n) + log_count(scores)


@exercise.mistake("""The sign is wrong: your function gives minus the objective. It is
    maximised.""")
def sign_flipped(scores):
    return -local_infonce(scores)


@exercise.mistake("""Your softmax runs over the codes for a given image, not over the images for
    a given code: the competitors are `scores[i, j, :]` with another j.""")
def codes_for_images(scores):
    return local_infonce(tf.transpose(scores, [1, 0, 2]))


@exercise.mistake("""The scores are averaged over locations first. Each location is a question
    of its own.""")
def locations_averaged_first(scores):
    return bounds.infonce_bound(tf.reduce_mean(scores, axis=2))


@exercise.mistake("""Your function sums over the locations. The objective is their mean.""")
def locations_summed(scores):
    log_p = -tf.nn.softplus(log_sum_of_others(scores) - positives(scores))
    return tf.reduce_mean(tf.reduce_sum(log_p, axis=1)) + log_count(scores)


@exercise.mistake("""The masked scores are set to a modest constant, which still counts in the
    sum, or more than the real ones when these are low. Put minus infinity there, or take them
    out.""")
def masked_with_ten(scores):
    n, _, _ = scores.shape
    rest = tf.where(tf.eye(n, dtype=tf.bool)[:, :, None], -10.0, scores)
    others = tf.reduce_logsumexp(rest, axis=[1, 2])[:, None]
    return tf.reduce_mean(-tf.nn.softplus(others - positives(scores))) + log_count(scores)


@exercise.mistake("""Multiplying by a mask sets the scores of the own image to 0, and `exp(0) =
    1` counts among the negatives, L times. Put minus infinity there, or take them out.""")
def masked_with_zero(scores):
    n, _, _ = scores.shape
    rest = scores * (1 - tf.eye(n)[:, :, None])
    others = tf.reduce_logsumexp(rest, axis=[1, 2])[:, None]
    return tf.reduce_mean(-tf.nn.softplus(others - positives(scores))) + log_count(scores)


@exercise.mistake("""For ordinary scores it is right, but `exp` of a large score is infinite in
    float32. Take the largest out first: `tf.reduce_logsumexp`, `tf.nn.log_softmax`.""")
def overflows(scores):
    own = tf.exp(positives(scores))
    others = tf.exp(log_sum_of_others(scores))
    return tf.reduce_mean(tf.math.log(own / (own + others))) + log_count(scores)


@exercise.mistake("""Your function measures in bits. Everything here is in nats: no division by
    log 2.""")
def bits(scores):
    return local_infonce(scores) / math.log(2)


@exercise.property("with a single location it is InfoNCE; never above log(1 + (N-1) L)")
def one_location(call):
    matrix = scores(4, 4, seed=6)
    value, expected = float(call(matrix[:, :, None])), float(bounds.infonce_bound(matrix))
    if abs(value - expected) > 1e-4:
        return (
            "With one location it is `infonce_bound` of the matrix, "
            f"{expected:.4g}, but yours is {value:.4g}."
        )
    sure = float(call(100 * np.eye(4)[:, :, None] * np.ones(3)))
    if sure > math.log(10) + 1e-4:
        return (
            "It never exceeds log(1 + (N-1) L) = 2.303 for N = 4 and L = 3, but yours is "
            f"{sure:.4g}: is the positive in the denominator?"
        )
    return None
