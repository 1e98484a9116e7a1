"""What the encoder minimises to look like the prior."""

import math

import numpy as np

from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import normal
from dimlearn.deep_infomax import objectives
from dimlearn.startup import tf

softplus = tf.nn.softplus


def logits(n, seed=0, size=1.5, middle=0.0):
    return middle + normal(n, 1, seed=seed, scale=size)


exercise = Exercise(
    meaning="""The encoder wants the discriminator to take its codes for samples of the prior: `mean
    softplus(-code_logits)`.""",
    reference=objectives.prior_loss,
    cases=lambda: [(logits(2),), (logits(3, 2, middle=0.7),), (logits(7, middle=-1.3),)],
    extremes=lambda: [
        (logits(3, middle=-30.0),),
        (logits(4, middle=1000.0),),
        (logits(3, middle=-1000.0),),
        (logits(64),),
    ],
    differentiable=True,
    shapes={"code_logits": "N"},
    hints="""What answer should the discriminator give to a code, if the encoder had its way?

    `yes`, that is a sample of the prior. A `no` costs softplus(-logit).

    `tf.reduce_mean(tf.nn.softplus(-code_logits))`.""",
)


@exercise.solution("""
    The encoder is the discriminator's opponent, so it does not minimise the discriminator's
    loss. Maximising that loss would be right in principle, but its gradient vanishes exactly
    where the discriminator is sure, that is, where the encoder has most to learn. This
    non-saturating form has its largest gradient there: -0.5 per logit at 0, -1 where the
    discriminator is sure.
""")
def prior_loss(code_logits):
    """What the encoder minimises, for logits [N, 1] of its codes, in nats: a scalar."""
    return tf.reduce_mean(softplus(-code_logits))


@exercise.mistake("""Your encoder minimises the discriminator's own part,
    `softplus(code_logits)`: it helps the discriminator to recognise codes, and moves *away*
    from the prior. This bug is reported again and again in re-implementations. The encoder wants
    a yes: `softplus(-code_logits)`.""")
def pushed_away_from_prior(code_logits):
    return tf.reduce_mean(softplus(code_logits))


@exercise.mistake("""Your function gives the saturating form, `-softplus(code_logits)`: the
    discriminator's loss with the sign changed. Its gradient vanishes where the discriminator is
    sure, so the encoder stops learning when it is furthest from the prior. Use
    `softplus(-code_logits)`.""")
def saturating(code_logits):
    return -tf.reduce_mean(softplus(code_logits))


@exercise.mistake("""The sign is wrong: your function gives the log-probability of a yes, which
    is to be maximised. A loss is its negative.""")
def sign_flipped(code_logits):
    return -tf.reduce_mean(softplus(-code_logits))


@exercise.mistake("""Your function does not average: a loss for each row, of shape `[N, 1]`.""")
def not_averaged(code_logits):
    return softplus(-code_logits)


@exercise.mistake("""Your function sums over the batch. The loss is a mean.""")
def summed(code_logits):
    return tf.reduce_sum(softplus(-code_logits))


@exercise.mistake("""The average comes before softplus. First every logit through softplus, then
    the mean.""")
def softplus_of_mean(code_logits):
    return softplus(-tf.reduce_mean(code_logits))


@exercise.mistake("""The logits go in without softplus, as for a Wasserstein critic.""")
def wasserstein(code_logits):
    return -tf.reduce_mean(code_logits)


@exercise.mistake("""The logarithm is missing: your function averages probabilities. The
    cross-entropy is minus the log of the sigmoid: `softplus(-code_logits)`.""")
def sigmoid_without_log(code_logits):
    return tf.reduce_mean(1 - tf.sigmoid(code_logits))


@exercise.mistake("""The absolute value of the logits is taken: then there is no yes and no any
    more, and the encoder learns only to be unclear or clear.""")
def absolute_logits(code_logits):
    return tf.reduce_mean(softplus(-tf.abs(code_logits)))


@exercise.mistake("""Your loss is the squared distance of the logits from 1, as in a
    least-squares GAN. Here it is the cross-entropy: `softplus(-code_logits)`.""")
def least_squares(code_logits):
    return tf.reduce_mean((code_logits - 1) ** 2)


@exercise.mistake("""Both players' losses are in it: the whole discriminator loss of the codes.
    The encoder only wants a yes: `softplus(-code_logits)`.""")
def both_answers(code_logits):
    return tf.reduce_mean(softplus(-code_logits) + softplus(code_logits))


@exercise.mistake("""For ordinary logits it is right, but the log of a sigmoid is infinite where
    the sigmoid rounds to 0. `tf.nn.softplus` computes the same without that step.""")
def log_of_sigmoid(code_logits):
    return -tf.reduce_mean(tf.math.log(tf.sigmoid(code_logits)))


@exercise.mistake("""No gradient reaches the encoder: `tf.stop_gradient` belongs into the
    discriminator's step. In its own step the encoder has to feel the logits.""")
def detached(code_logits):
    return tf.reduce_mean(softplus(-tf.stop_gradient(code_logits)))


@exercise.property("log 2 for logits of 0")
def at_zero(call):
    value = float(call(np.zeros((3, 1))))
    if abs(value - math.log(2)) > 1e-4:
        return f"For logits of 0 the encoder pays log 2 = 0.693, yours {value:.4g}."
    return None
