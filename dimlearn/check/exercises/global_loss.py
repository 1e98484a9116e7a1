"""The loss of the global objective: the JSD objective of two lists of scores, negated."""

import math

import numpy as np

from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import normal
from dimlearn.deep_infomax import objectives
from dimlearn.startup import keras, tf

softplus = tf.nn.softplus


def logits(n, seed=0, size=1.5, middle=0.0):
    return middle + normal(n, 1, seed=seed, scale=size)


exercise = Exercise(
    meaning="""The loss is `mean softplus(-positive) + mean softplus(negative)`: a scalar, to be
    minimised.""",
    reference=objectives.global_loss,
    cases=lambda: [
        (logits(2), logits(2, 1)),
        (logits(3, 2, middle=0.7), logits(3, 3)),
        (logits(7), logits(7, 1, middle=-1.3)),
    ],
    extremes=lambda: [
        (logits(3, middle=-30.0), logits(3, 1, middle=30.0)),
        (logits(4, middle=1000.0), logits(4, 1, middle=-1000.0)),
        (logits(3, middle=-1000.0), logits(3, 1, middle=1000.0)),
        (logits(5, middle=1000.0), logits(5, 1, middle=1000.0)),
        (logits(64), logits(64, 1)),
    ],
    differentiable=True,
    shapes={"positive_scores": "N"},
    hints="""A loss is small when the critic is right: sure of `yes` (large scores) for positive
    pairs, sure of `no` for negative ones. Which of softplus(s) and softplus(-s) is small for large
    s?

    The objective was `mean(-softplus(-positive)) - mean(softplus(negative))`. A loss is its
    negative.

    `tf.reduce_mean(tf.nn.softplus(-positive_scores)) +
    tf.reduce_mean(tf.nn.softplus(negative_scores))`.""",
)


@exercise.solution("""
    Softplus of minus the score is the cost of answering `no` to a positive pair, softplus of the
    score the cost of answering `yes` to a negative one. Encoder and critic both minimise their
    sum: they work together.
""")
def global_loss(positive_scores, negative_scores):
    """The negative of the JSD objective of scores [N, 1] each, in nats: a scalar."""
    return tf.reduce_mean(softplus(-positive_scores)) + tf.reduce_mean(softplus(negative_scores))


@exercise.mistake("""The sign is wrong: your function gives the objective, which is maximised.
    Asked is a loss, which an optimizer minimises: its negative.""")
def objective_returned(positive_scores, negative_scores):
    return -global_loss(positive_scores, negative_scores)


@exercise.mistake("""The signs inside softplus are inverted, or, which comes to the same, the
    two kinds of scores are exchanged. The critic would learn to give positive pairs low scores:
    it is `softplus(-positive)` and `softplus(negative)`.""")
def softplus_signs_inverted(positive_scores, negative_scores):
    return global_loss(-positive_scores, -negative_scores)


@exercise.mistake("""Your function does not average: it returns one loss for each row, of shape
    `[N, 1]`. A training step needs a scalar.""")
def not_averaged(positive_scores, negative_scores):
    return softplus(-positive_scores) + softplus(negative_scores)


@exercise.mistake("""Your function sums over the batch. The loss is a mean: a larger batch must
    not mean larger steps.""")
def summed(positive_scores, negative_scores):
    return tf.reduce_sum(softplus(-positive_scores)) + tf.reduce_sum(softplus(negative_scores))


@exercise.mistake("""The average comes before softplus. First every score through softplus, then
    the mean.""")
def softplus_of_mean(positive_scores, negative_scores):
    return softplus(-tf.reduce_mean(positive_scores)) + softplus(tf.reduce_mean(negative_scores))


@exercise.mistake("""Your function takes one mean over all 2N scores: it is half the loss. The
    two means are added.""")
def halved(positive_scores, negative_scores):
    return global_loss(positive_scores, negative_scores) / 2


@exercise.mistake("""The negative part is subtracted. In the loss both kinds of error cost: they
    are added.""")
def negative_part_subtracted(positive_scores, negative_scores):
    return tf.reduce_mean(softplus(-positive_scores)) - tf.reduce_mean(softplus(negative_scores))


@exercise.mistake("""The sign inside softplus is missing for the positive pairs: large scores
    are what we want from them, so they must cost little: `softplus(-positive)`.""")
def positive_sign_forgotten(positive_scores, negative_scores):
    return tf.reduce_mean(softplus(positive_scores)) + tf.reduce_mean(softplus(negative_scores))


@exercise.mistake("""For ordinary scores it is right, but the log of a sigmoid is infinite where
    the sigmoid rounds to 0. `tf.nn.softplus` computes the same without that step.""")
def log_of_sigmoid(positive_scores, negative_scores):
    positive = tf.reduce_mean(tf.math.log(tf.sigmoid(positive_scores)))
    return -positive - tf.reduce_mean(tf.math.log(1 - tf.sigmoid(negative_scores)))


@exercise.mistake("""Your function overflows for large scores: `exp` becomes infinite.
    `tf.nn.softplus` computes the same without overflow.""")
def exp_overflows(positive_scores, negative_scores):
    positive = tf.reduce_mean(tf.math.log(1 + tf.exp(-positive_scores)))
    return positive + tf.reduce_mean(tf.math.log(1 + tf.exp(negative_scores)))


@exercise.mistake("""The loss takes probabilities where it is given scores (logits): a Keras
    loss needs `from_logits=True`.""")
def logits_as_probabilities(positive_scores, negative_scores):
    loss = keras.losses.BinaryCrossentropy()
    return loss(tf.ones_like(positive_scores), positive_scores) + loss(
        tf.zeros_like(negative_scores), negative_scores
    )


@exercise.mistake("""Your function leaves TensorFlow: the value is right, but NumPy keeps no
    record for the gradient.""")
def numpy_inside(positive_scores, negative_scores):
    positive, negative = np.asarray(positive_scores), np.asarray(negative_scores)
    return np.logaddexp(0, -positive).mean() + np.logaddexp(0, negative).mean()


@exercise.property("2 log 2 for scores of 0, and never negative")
def at_zero(call):
    value = float(call(np.zeros((3, 1)), np.zeros((3, 1))))
    if abs(value - 2 * math.log(2)) > 1e-4:
        return f"Scores of 0 cost 2 log 2 = 1.386, yours {value:.4g}."
    return None
