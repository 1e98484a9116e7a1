"""What the prior discriminator minimises."""

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
    meaning="""The discriminator should give samples of the prior large logits and codes small ones:
    `mean softplus(-prior_logits) + mean softplus(code_logits)`.""",
    reference=objectives.discriminator_loss,
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
    shapes={"prior_logits": "N"},
    hints="""The discriminator answers: is this a sample of the prior? For which of its two inputs
    is `yes` the right answer?

    A wrong `no` costs softplus(-logit), a wrong `yes` costs softplus(logit).

    `tf.reduce_mean(tf.nn.softplus(-prior_logits)) + tf.reduce_mean(tf.nn.softplus(code_logits))`.""",
)


@exercise.solution("""
    It is the cross-entropy of telling samples of the prior (real) from codes (fake), each kind
    with the same weight. At logits of 0 it cannot tell, and pays 2 log 2. This side of the game
    is played by the discriminator alone: the encoder has a loss of its own.
""")
def discriminator_loss(prior_logits, code_logits):
    """The loss of the discriminator for logits [N, 1] each, in nats: a scalar."""
    return tf.reduce_mean(softplus(-prior_logits)) + tf.reduce_mean(softplus(code_logits))


@exercise.mistake("""Real and fake are exchanged: your discriminator would learn to call codes
    samples of the prior. The samples of the prior are real, and come first.""")
def real_and_fake_exchanged(prior_logits, code_logits):
    return discriminator_loss(code_logits, prior_logits)


@exercise.mistake("""The sign is wrong: your function gives minus the loss. A loss is minimised,
    and never negative here.""")
def sign_flipped(prior_logits, code_logits):
    return -discriminator_loss(prior_logits, code_logits)


@exercise.mistake("""Only the samples of the prior count in your function. The discriminator
    also has to recognise codes: `softplus(code_logits)`.""")
def codes_forgotten(prior_logits, code_logits):
    return tf.reduce_mean(softplus(-prior_logits))


@exercise.mistake("""Only the codes count in your function. The discriminator also has to
    recognise samples of the prior: `softplus(-prior_logits)`.""")
def prior_forgotten(prior_logits, code_logits):
    return tf.reduce_mean(softplus(code_logits))


@exercise.mistake("""The codes are called real too: both parts have `softplus(-logits)`. Their
    right answer is no: `softplus(code_logits)`.""")
def codes_called_real(prior_logits, code_logits):
    return tf.reduce_mean(softplus(-prior_logits)) + tf.reduce_mean(softplus(-code_logits))


@exercise.mistake("""The samples of the prior are called fake too: both parts have
    `softplus(logits)`. Their right answer is yes: `softplus(-prior_logits)`.""")
def prior_called_fake(prior_logits, code_logits):
    return tf.reduce_mean(softplus(prior_logits)) + tf.reduce_mean(softplus(code_logits))


@exercise.mistake("""Your function does not average: a loss for each row, of shape `[N, 1]`.""")
def not_averaged(prior_logits, code_logits):
    return softplus(-prior_logits) + softplus(code_logits)


@exercise.mistake("""Your function takes one mean over all 2N logits: half the loss. The two
    means are added.""")
def halved(prior_logits, code_logits):
    return discriminator_loss(prior_logits, code_logits) / 2


@exercise.mistake("""Your function sums over the batch. The loss is a mean.""")
def summed(prior_logits, code_logits):
    return tf.reduce_sum(softplus(-prior_logits)) + tf.reduce_sum(softplus(code_logits))


@exercise.mistake("""The average comes before softplus. First every logit through softplus, then
    the mean.""")
def softplus_of_mean(prior_logits, code_logits):
    return softplus(-tf.reduce_mean(prior_logits)) + softplus(tf.reduce_mean(code_logits))


@exercise.mistake("""Your function uses the logits without softplus, as a Wasserstein critic
    does. Here they are logits of a cross-entropy.""")
def wasserstein(prior_logits, code_logits):
    return tf.reduce_mean(code_logits) - tf.reduce_mean(prior_logits)


@exercise.mistake("""For ordinary logits it is right, but the log of a sigmoid is infinite where
    the sigmoid rounds to 0. `tf.nn.softplus` computes the same without that step.""")
def log_of_sigmoid(prior_logits, code_logits):
    real = tf.reduce_mean(tf.math.log(tf.sigmoid(prior_logits)))
    return -real - tf.reduce_mean(tf.math.log(1 - tf.sigmoid(code_logits)))


@exercise.mistake("""The loss takes probabilities where it is given logits: `from_logits=True`
    is missing.""")
def logits_as_probabilities(prior_logits, code_logits):
    loss = keras.losses.BinaryCrossentropy()
    return loss(tf.ones_like(prior_logits), prior_logits) + loss(
        tf.zeros_like(code_logits), code_logits
    )


@exercise.mistake("""No gradient reaches the logits of the codes: `tf.stop_gradient` belongs on
    the *codes*, where the discriminator is trained, not on its logits.""")
def logits_detached(prior_logits, code_logits):
    return discriminator_loss(prior_logits, tf.stop_gradient(code_logits))


@exercise.property("2 log 2 for logits of 0")
def at_zero(call):
    value = float(call(np.zeros((3, 1)), np.zeros((3, 1))))
    if abs(value - 2 * math.log(2)) > 1e-4:
        return f"A discriminator that cannot tell pays 2 log 2 = 1.386, yours {value:.4g}."
    return None
