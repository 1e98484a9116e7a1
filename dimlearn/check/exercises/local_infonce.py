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
    meaning="""InfoNCE of local scores `[N, N, L]`: one number in nats, to be maximised. Code `i`
    asks a question for each location `l` of its own image: the right answer is that location, the
    wrong ones are all locations of all *other* images. Scores that know nothing give 0.""",
    reference=bounds.local_infonce,
    cases=tensors,
    extremes=lambda: [*far_tensors(), (far_scores(3, 3, 5, own=-1, other=-1),)],
    differentiable=True,
    fitted=True,
    shapes={"scores": "NNL"},
    hints="""One question for each code i and location l: which of these 1 + (N-1) L features
    belongs to my image? Which candidates are there besides the right one?

    The other locations of the same image are not wrong answers, so they are left out. The logsumexp
    over all locations of all other images is the same for every l: a number for each i.

    With `others` `[N, 1]`, that logsumexp, and `own` `[N, L]`, the log-probability is `own -
    logaddexp(own, others)`, which is `-tf.nn.softplus(others - own)`. To its mean add the log of
    the number of candidates, `math.log(1 + (n - 1) * places)`.""",
)

@exercise.solution("""For a given code the wrong candidates are the same at every location: all L
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
    by_code = tf.reshape(scores, [scores.shape[0], -1])
    return tf.reduce_logsumexp(by_code, axis=1, keepdims=True)

def log_sums_of_others(scores):
    """The logsumexp of the scores of each code with the other images: `[N, 1]`."""
    n = scores.shape[0]
    return log_sums(tf.reshape(negatives(scores), [n, n - 1, -1]))

def log_count(scores):
    return math.log(1 + number(scores) // scores.shape[0])

def formula(scores, negative, _):
    """The objective with other wrong candidates, `[N, N, L]`."""
    log_p = -tf.nn.softplus(log_sums(negative) - positives(scores))
    return tf.reduce_mean(log_p) + log_count(scores)

def with_other_positives(scores, positive, _):
    log_p = -tf.nn.softplus(log_sums_of_others(scores) - positive)
    return tf.reduce_mean(log_p) + log_count(scores)

exercise.share(shared.sign_flipped, shared.bits, shared.numpy_inside, shared.numpy_on_the_way)
exercise.share(shared.diagonal_of_the_last_axes, of=with_other_positives)
exercise.share(
    shared.masked_with_ten,
    shared.masked_with_zero,
    of=formula,
    masked_with_ten="""The masked scores are set to a modest constant, which still counts in the
    sum, or more than the real ones when these are low. Put minus infinity there, or take them
    out.""",
    masked_with_zero="""The scores of the own image are 0 among the wrong candidates, as a mask that
    multiplies leaves them, and `exp(0) = 1` counts there, L times. Put minus infinity there, or
    take them out.""",
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
    log-probability, and the value can exceed its ceiling.""")
def positive_left_out(scores):
    return joint(scores) - tf.reduce_mean(log_sums_of_others(scores)) + log_count(scores)

@exercise.mistake("""Nothing is added at the end: scores that know nothing must give 0. What does
    guessing give, with so many candidates to a question?""")
def offset_forgotten(scores):
    return local_infonce(scores) - log_count(scores)

@exercise.mistake("""What is added is log N, as in `infonce_bound`. Here each question has more
    candidates than that: count them.""")
def offset_log_n(scores):
    return offset_forgotten(scores) + math.log(scores.shape[0])

@exercise.mistake("""What is added is log(N L). The other L - 1 locations of the same image are no
    candidates: how many are left?""")
def offset_log_n_l(scores):
    return offset_forgotten(scores) + math.log(math.prod(scores.shape[1:]))

@exercise.mistake("""Your logsumexp runs over the questions of all codes together. Each code has
    its own candidates.""")
def one_sum_for_all_codes(scores):
    others = tf.reduce_logsumexp(negatives(scores))
    return tf.reduce_mean(-tf.nn.softplus(others - positives(scores))) + log_count(scores)

@exercise.mistake("""The wrong candidates are the same location of the other images: `infonce_bound`
    location by location. Here *every* location of every other image competes.""")
def same_location_only(scores):
    values = [bounds.infonce_bound(matrix) for matrix in tf.unstack(scores, axis=2)]
    return tf.reduce_mean(tf.stack(values))

@exercise.mistake("""The wrong candidates are the same location of the other images, with the count
    of all locations added. Here *every* location of every other image competes.""")
def same_location_only_right_count(scores):
    return same_location_only(scores) - math.log(scores.shape[0]) + log_count(scores)

@exercise.mistake("""Your softmax runs over the codes for a given image, not over the images for
    a given code. Which of the first two axes is the code's?""")
def codes_for_images(scores):
    return local_infonce(tf.transpose(scores, [1, 0, 2]))

@exercise.mistake("""It is the codes that compete for a patch in your function. Asked is the other
    question: for a given code, which patch is from its image? A patch that every code likes must
    change the value.""")
def codes_compete(scores):
    return bounds.local_infonce_codes(scores)

@exercise.mistake("""It is the codes that compete for a patch in your function, with the count of
    the patches added. Asked is the other question: for a given code, which patch is from its
    image?""")
def codes_compete_right_count(scores):
    return codes_compete(scores) - math.log(scores.shape[0]) + log_count(scores)

@exercise.mistake("""The scores are averaged over locations first. Each location is a question
    of its own.""")
def locations_averaged_first(scores):
    return bounds.infonce_bound(tf.reduce_mean(scores, axis=2))

@exercise.mistake("""Your function sums over the locations. The objective is their mean.""")
def locations_summed(scores):
    return offset_forgotten(scores) * scores.shape[2] + log_count(scores)

def sums_of_exp(scores):
    """The exponentials of the own scores `[N, L]`, and the sums of those of the others `[N, 1]`."""
    others = tf.reshape(tf.exp(negatives(scores)), [scores.shape[0], -1])
    return tf.exp(positives(scores)), tf.reduce_sum(others, axis=1, keepdims=True)

@exercise.mistake("""For ordinary scores it is right, but in float32 `exp` of a score far from 0 is
    infinite or 0. Take the largest out first: `tf.reduce_logsumexp`, `tf.nn.log_softmax`.""")
def overflows(scores):
    own, others = tf.exp(positives(scores)), tf.exp(log_sums_of_others(scores))
    return tf.reduce_mean(tf.math.log(own / (own + others))) + log_count(scores)

@exercise.mistake("""For ordinary scores it is right, but for scores far from 0 the sum of
    exponentials in your denominator is infinite or 0 in float32, and its logarithm is infinite.
    `tf.reduce_logsumexp` takes the largest out first.""")
def overflows_in_a_log_of_a_sum(scores):
    own, others = sums_of_exp(scores)
    return joint(scores) - tf.reduce_mean(tf.math.log(own + others)) + log_count(scores)

@exercise.mistake("""For ordinary scores it is right, but for scores far from 0 the exponentials of
    the wrong candidates have the sum infinity or 0 in float32, and its logarithm is infinite.
    `tf.reduce_logsumexp` takes the largest out first.""")
def overflows_among_the_others(scores):
    log_odds = tf.math.log(sums_of_exp(scores)[1]) - positives(scores)
    return tf.reduce_mean(-tf.nn.softplus(log_odds)) + log_count(scores)

@exercise.mistake("""The wrong candidates leave TensorFlow on the way. The value is right, but no
    gradient comes from them, and the critic would raise all scores for ever: stay with `tf` or
    `keras.ops`.""")
def competitors_in_numpy(scores):
    others = log_sums_of_others(scores).numpy()
    return tf.reduce_mean(-tf.nn.softplus(others - positives(scores))) + log_count(scores)

@exercise.mistake("""No gradient comes from the wrong candidates: the value is right, but the critic
    would raise all scores for ever.""")
def competitors_without_gradient(scores):
    others = tf.stop_gradient(log_sums_of_others(scores))
    return tf.reduce_mean(-tf.nn.softplus(others - positives(scores))) + log_count(scores)

@exercise.mistake("""The difference is the wrong way round: the loss of a question must shrink when
    its right answer gets a higher score, and yours grows.""")
def difference_reversed(scores):
    log_p = -tf.nn.softplus(positives(scores) - log_sums_of_others(scores))
    return tf.reduce_mean(log_p) + log_count(scores)

@exercise.mistake("""The log-probabilities enter with the wrong sign: the better the critic, the
    smaller is your value.""")
def cross_entropy_not_negated(scores):
    return 2 * log_count(scores) - local_infonce(scores)

@exercise.mistake("""Your function gives minus the mean log-probability, a loss to be minimised. An
    objective is to be maximised, and reads 0 for scores that know nothing.""")
def loss_instead(scores):
    return log_count(scores) - local_infonce(scores)

@exercise.mistake("""What is added is log(1 + N L). The locations of the own image are no
    candidates, but for the right one: how many are left?""")
def offset_log_1_n_l(scores):
    return offset_forgotten(scores) + math.log(1 + math.prod(scores.shape[1:]))

@exercise.mistake("""What is added counts the wrong candidates only. The right one is a candidate
    too.""")
def offset_without_the_positive(scores):
    return offset_forgotten(scores) + math.log((scores.shape[0] - 1) * scores.shape[2])

@exercise.mistake("""The positive is missing in the denominator, and in the count of the candidates:
    this is no log-probability, and the value can exceed its ceiling.""")
def positive_left_out_and_not_counted(scores):
    count = math.log((scores.shape[0] - 1) * scores.shape[2])
    return joint(scores) - tf.reduce_mean(log_sums_of_others(scores)) + count

@exercise.mistake("""Your function divides by the number of locations once more than it should: the
    mean over all questions contains it already.""")
def divided_by_locations(scores):
    return local_infonce(scores) / scores.shape[2]

@exercise.mistake("""The log-probabilities are divided by the number of locations once more than
    they should be: their mean contains it already.""")
def log_probabilities_divided_twice(scores):
    return offset_forgotten(scores) / scores.shape[2] + log_count(scores)

@exercise.mistake("""The scores of the wrong candidates are averaged, not summed, inside the
    logarithm: all together they weigh as much as one.""")
def competitors_averaged(scores):
    count = math.log((scores.shape[0] - 1) * scores.shape[2])
    log_p = -tf.nn.softplus(log_sums_of_others(scores) - count - positives(scores))
    return tf.reduce_mean(log_p) + log_count(scores)

exercise.promise(
    "Sure scores reach the ceiling, 2.3026 for N = 4 and L = 3",
    100 * np.eye(4)[:, :, None] * np.ones(3),
)
exercise.promise(
    "The order of the locations changes nothing",
    scores(4, 4, 3, seed=6),
    same_as=(scores(4, 4, 3, seed=6)[:, :, ::-1].copy(),),
)
