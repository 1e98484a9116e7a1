"""The local InfoNCE objective, as in the authors' code."""

import math

import numpy as np

from dimlearn.check import shared
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import far_scores, far_tensors, scores, tensors
from dimlearn.check.shared import joint, negatives, number, positives
from dimlearn.information import bounds
from dimlearn.startup import tf

exercise = Exercise(
    meaning="""For code `i` and location `l`: `scores[i, i, l]` minus the logsumexp of itself and
    all locations of all *other* images, averaged over `i` and `l`, plus `log(1 + (N-1) L)`.""",
    reference=bounds.local_infonce,
    cases=tensors,
    extremes=lambda: [*far_tensors(), (far_scores(3, 3, 5, own=-1, other=-1),)],
    differentiable=True,
    shapes={"scores": "NNL"},
    hints="""One question for each code i and location l: which of these 1 + (N-1) L features
    belongs to my image? Which candidates are there besides the right one?

    The other locations of the same image are not wrong answers, so they are left out. The logsumexp
    over all locations of all other images is the same for every l: a number for each i.

    With `others` `[N, 1]`, that logsumexp, and `own` `[N, L]`, the log-softmax is `own -
    logaddexp(own, others)`, which is `-tf.nn.softplus(others - own)`.""",
)

@exercise.solution("""For a given code the competitors are the same at every location: all L
    locations of the N - 1 other images. Their logsumexp is computed once. A softmax between one
    score and that sum is a sigmoid of the difference, and its log is minus a softplus, which is
    safe for any score. Guessing has the log-probability -log(1 + (N-1) L), which is therefore
    added.""")
def local_infonce(scores):
    """Local InfoNCE of scores [N, N, L] in nats, at most log(1 + (N-1) L): a scalar."""
    n, _, places = scores.shape
    eye = tf.eye(n, dtype=tf.bool)
    own = tf.boolean_mask(scores, eye)
    others = tf.reshape(tf.boolean_mask(scores, ~eye), [n, (n - 1) * places])
    others = tf.reduce_logsumexp(others, axis=1, keepdims=True)
    return tf.reduce_mean(-tf.nn.softplus(others - own)) + math.log(1 + (n - 1) * places)

def log_sums(scores):
    """The logsumexp of all scores of each code: `[N, 1]`."""
    by_code = tf.reshape(scores, [-1, math.prod(scores.shape[1:])])
    return tf.reduce_logsumexp(by_code, axis=1, keepdims=True)

def log_sums_of_others(scores):
    """The logsumexp of the scores of each code with the other images: `[N, 1]`."""
    n = scores.shape[0]
    return log_sums(tf.reshape(negatives(scores), [n, n - 1, -1]))

def log_count(scores):
    return math.log(1 + number(scores) // scores.shape[0])

def formula(scores, negative, _):
    """The objective with other competitors, `[N, N, L]`."""
    log_p = -tf.nn.softplus(log_sums(negative) - positives(scores))
    return tf.reduce_mean(log_p) + log_count(scores)

exercise.share(shared.sign_flipped, shared.bits)
exercise.share(
    shared.masked_with_ten,
    shared.masked_with_zero,
    of=formula,
    masked_with_ten="""The masked scores are set to a modest constant, which still counts in the
    sum, or more than the real ones when these are low. Put minus infinity there, or take them
    out.""",
    masked_with_zero="""Multiplying by a mask sets the scores of the own image to 0, and `exp(0) =
    1` counts among the negatives, L times. Put minus infinity there, or take them out.""",
)

@exercise.mistake("""The other locations of the same image are among your negatives: your
    softmax runs over all N L scores of a code. They show the same image, so they are no wrong
    answers: leave them out.""")
def own_image_among_negatives(scores):
    return joint(scores) - tf.reduce_mean(log_sums(scores)) + math.log(math.prod(scores.shape[1:]))

@exercise.mistake("""The other locations of the same image are among your negatives: your
    softmax runs over all N L scores of a code, though the count added is the right one.""")
def own_image_among_negatives_right_count(scores):
    return joint(scores) - tf.reduce_mean(log_sums(scores)) + log_count(scores)

@exercise.mistake("""The positive is missing in the denominator: without it this is no
    log-probability, and the value can exceed `log(1 + (N-1) L)`, its ceiling.""")
def positive_left_out(scores):
    return joint(scores) - tf.reduce_mean(log_sums_of_others(scores)) + log_count(scores)

@exercise.mistake("""The offset is missing: add `log(1 + (N-1) L)`, the log of the number of
    candidates, so that scores that know nothing give 0.""")
def offset_forgotten(scores):
    return local_infonce(scores) - log_count(scores)

@exercise.mistake("""The offset is log N, as in `infonce_bound`. Here each question has 1 +
    (N-1) L candidates.""")
def offset_log_n(scores):
    return offset_forgotten(scores) + math.log(scores.shape[0])

@exercise.mistake("""The offset is log(N L). The other L - 1 locations of the same image are no
    candidates, so there are 1 + (N-1) L.""")
def offset_log_n_l(scores):
    return offset_forgotten(scores) + math.log(math.prod(scores.shape[1:]))

@exercise.mistake("""Your logsumexp runs over the questions of all codes together. Each code has
    its own competitors: `axis=1` of `[N, (N-1) L]`.""")
def one_sum_for_all_codes(scores):
    others = tf.reduce_logsumexp(negatives(scores))
    return tf.reduce_mean(-tf.nn.softplus(others - positives(scores))) + log_count(scores)

@exercise.mistake("""The competitors are the same location of the other images: `infonce_bound`
    location by location. Here *every* location of every other image competes.""")
def same_location_only(scores):
    values = [bounds.infonce_bound(matrix) for matrix in tf.unstack(scores, axis=2)]
    return tf.reduce_mean(tf.stack(values))

@exercise.mistake("""The competitors are the same location of the other images, with the count
    of all locations added. Here *every* location of every other image competes.""")
def same_location_only_right_count(scores):
    return same_location_only(scores) - math.log(scores.shape[0]) + log_count(scores)

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
    return offset_forgotten(scores) * scores.shape[2] + log_count(scores)

@exercise.mistake("""For ordinary scores it is right, but `exp` of a large score is infinite in
    float32. Take the largest out first: `tf.reduce_logsumexp`, `tf.nn.log_softmax`.""")
def overflows(scores):
    own, others = tf.exp(positives(scores)), tf.exp(log_sums_of_others(scores))
    return tf.reduce_mean(tf.math.log(own / (own + others))) + log_count(scores)

exercise.promise(
    "Sure scores reach the ceiling log(1 + (N-1) L) = 2.3026, for N = 4 and L = 3",
    100 * np.eye(4)[:, :, None] * np.ones(3),
)
exercise.promise(
    "The order of the locations changes nothing",
    scores(4, 4, 3, seed=6),
    same_as=(scores(4, 4, 3, seed=6)[:, :, ::-1].copy(),),
)
