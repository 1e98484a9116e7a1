"""InfoNCE of a score matrix, the paper's Eq. 5 plus log N."""

import math

import numpy as np

from dimlearn.check import shared
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import far_matrices, matrices, scores
from dimlearn.check.shared import diagonal, joint, positives
from dimlearn.information import bounds
from dimlearn.startup import tf

exercise = Exercise(
    meaning="""InfoNCE of a score matrix `[N, N]`: one number in nats, to be maximised. Each row is
    a question with N choices, and the right one is on the diagonal. Scores that know nothing give
    0, and the ceiling is log N.""",
    reference=bounds.infonce_bound,
    cases=matrices,
    extremes=far_matrices,
    differentiable=True,
    shapes={"scores": "NN"},
    hints="""Each row is a multiple-choice question: which of the N candidates y is the partner of x
    number i? InfoNCE is the mean log-probability of the right choice, plus log N.

    The log-probability is the log of a softmax: the score of the right choice minus the
    logsumexp of *all* choices of the row, the right one included. Which axis is the row's?

    `tf.reduce_mean(own - tf.reduce_logsumexp(scores, axis=1)) + math.log(n)` with `own =
    tf.linalg.diag_part(scores)`.""",
)

@exercise.solution("""The log of a softmax along each row: its diagonal entry is the
    log-probability of the right candidate. Guessing gives -log N, so log N is added to let knowing
    nothing read 0. A probability is at most 1, its log at most 0: InfoNCE never exceeds log N,
    however much information there is.""")
def infonce_bound(scores):
    """InfoNCE of a score matrix [N, N] in nats, at most log N: a scalar."""
    own = tf.linalg.diag_part(scores)
    return tf.reduce_mean(own - tf.reduce_logsumexp(scores, axis=1)) + math.log(scores.shape[0])

def log_n(scores):
    return math.log(scores.shape[0])

def probabilities(scores):
    """The probability of the right choice of each row: `[N]`."""
    return positives(tf.nn.softmax(scores))

exercise.share(shared.sign_flipped, shared.bits)
exercise.share(
    shared.numpy_inside,
    shared.numpy_on_the_way,
    shared.negatives_in_numpy,
    negatives_in_numpy="""The logsumexp leaves TensorFlow. The value is right, but no gradient comes
    from it, and the critic would raise all scores for ever: stay with `tf` or `keras.ops`.""",
)

@exercise.mistake("""log N is missing. Your value is at most 0, as the paper's Eq. 5 is printed;
    to read it as information in nats, log N is added: scores that know nothing must give 0.""")
def log_n_forgotten(scores):
    return infonce_bound(scores) - log_n(scores)

@exercise.mistake("""log N is subtracted. It is added: scores that know nothing have the
    log-probability -log N, and must give 0.""")
def log_n_subtracted(scores):
    return infonce_bound(scores) - 2 * log_n(scores)

@exercise.mistake("""The positive is missing in the denominator: your logsumexp runs over the
    negatives alone. Then it is no probability, and the value can exceed log N, the ceiling of
    InfoNCE. Sum over the whole row.""")
def positive_left_out_log_n(scores):
    others = tf.where(diagonal(scores) == 1, -math.inf, scores)
    return joint(scores) - tf.reduce_mean(tf.reduce_logsumexp(others, axis=1)) + log_n(scores)

@exercise.mistake("""The positive is missing in the denominator: your logsumexp runs over the
    negatives alone (with log(N - 1)). Then it is no probability, and the value can exceed log
    N, the ceiling of InfoNCE. Sum over the whole row.""")
def positive_left_out(scores):
    return positive_left_out_log_n(scores) - log_n(scores) + math.log(scores.shape[0] - 1)

@exercise.mistake("""Your softmax runs down the columns: it asks which x belongs to a y. Asked is
    which y belongs to an x, along each row.""")
def columns_for_rows(scores):
    return infonce_bound(tf.transpose(scores))

@exercise.mistake("""Your softmax runs over the whole matrix, as if there were one question with
    N^2 choices. Each row is a question of its own.""")
def whole_matrix(scores):
    return joint(scores) - tf.reduce_logsumexp(scores) + log_n(scores)

@exercise.mistake("""Your function gives minus the mean log-probability, a loss to be minimised. A
    bound is to be maximised, and reads 0 for scores that know nothing.""")
def loss_instead(scores):
    return log_n(scores) - infonce_bound(scores)

@exercise.mistake("""For ordinary scores it is right, but in float32 `exp` of a score far from 0 is
    infinite or 0. `tf.reduce_logsumexp` and `tf.nn.log_softmax` take the largest out first.""")
def overflows(scores):
    log_sums = tf.math.log(tf.reduce_sum(tf.exp(scores), axis=1))
    return joint(scores) - tf.reduce_mean(log_sums) + log_n(scores)

@exercise.mistake("""For ordinary scores it is right, but the log of a softmax is -inf where the
    softmax rounds to 0. `tf.nn.log_softmax` computes the same without that step.""")
def log_of_softmax(scores):
    return tf.reduce_mean(tf.math.log(probabilities(scores))) + log_n(scores)

@exercise.mistake("""The mean is taken before the logarithm: your function has the log of the
    mean probability. InfoNCE is the mean of the log-probabilities.""")
def log_of_mean(scores):
    return tf.math.log(tf.reduce_mean(probabilities(scores))) + log_n(scores)

@exercise.mistake("""The logarithm is missing: your function averages probabilities. InfoNCE
    averages their logs.""")
def softmax_without_log(scores):
    return tf.reduce_mean(probabilities(scores)) + log_n(scores)

@exercise.mistake("""Your function sums over the rows. InfoNCE is their mean: with the sum, a
    larger batch would look like more information.""")
def rows_summed(scores):
    return log_n_forgotten(scores) * scores.shape[0] + log_n(scores)

@exercise.mistake("""Every row is averaged as a whole, negatives included: the mean of the
    log-probabilities over the full matrix. Only the diagonal, the right choice of each row,
    counts.""")
def all_entries_averaged(scores):
    return tf.reduce_mean(tf.nn.log_softmax(scores)) + log_n(scores)

@exercise.mistake("""Your function sends the scores through a `sigmoid` first. Scores between 0 and
    1 can never say how sure a critic is, and keep the bound from its ceiling: take them as they
    are.""")
def scores_squashed(scores):
    return infonce_bound(tf.sigmoid(scores))

@exercise.mistake("""A loss enters with the wrong sign: minus the mean log-probability is added to
    log N. The better the critic, the smaller is that loss, and the larger must be the bound.""")
def cross_entropy_not_negated(scores):
    return 2 * log_n(scores) - infonce_bound(scores)

@exercise.mistake("""log N is in it twice. A log of a *mean* of `exp` contains it already, one of a
    sum does not.""")
def log_n_twice(scores):
    return infonce_bound(scores) + log_n(scores)

@exercise.mistake("""What is added is log(N - 1). The right candidate is among the choices too, so
    how many are there?""")
def offset_log_n_minus_1(scores):
    return log_n_forgotten(scores) + math.log(scores.shape[0] - 1)

@exercise.mistake("""The mean of each row is subtracted. The log of a softmax subtracts its
    logsumexp, in which large scores weigh more.""")
def plain_mean_of_row(scores):
    return joint(scores) - tf.reduce_mean(scores)

@exercise.mistake("""Your softmax runs over the whole matrix, as if there were one question with
    N^2 choices, though the number of choices is the right one. Each row is a question.""")
def whole_matrix_right_count(scores):
    return whole_matrix(scores) + log_n(scores)

@exercise.mistake("""Your softmax runs over the diagonal: the right answers compete with each other.
    The choices of a question are its whole row.""")
def softmax_of_the_diagonal(scores):
    return tf.reduce_mean(tf.nn.log_softmax(positives(scores))) + log_n(scores)

@exercise.mistake("""One value for each row comes back. InfoNCE is their mean.""")
def one_value_a_row(scores):
    return positives(tf.nn.log_softmax(scores)) + log_n(scores)

@exercise.mistake("""Your function averages over rows and columns, both questions at once. Asked is
    only which y belongs to an x.""")
def rows_and_columns(scores):
    return (infonce_bound(scores) + infonce_bound(tf.transpose(scores))) / 2

exercise.promise(
    "A constant added to a row changes nothing in InfoNCE",
    scores(5, 5, seed=3),
    same_as=(scores(5, 5, seed=3) + np.arange(5)[:, None],),
)
exercise.promise(
    "Scores of 100 on the diagonal and 0 off it reach the ceiling log N = 1.7918, for N = 6",
    100 * np.eye(6),
)
