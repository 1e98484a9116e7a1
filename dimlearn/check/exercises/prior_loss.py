"""What the encoder minimises to look like the prior."""

import numpy as np

from dimlearn.check import shared, shared_softplus
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import logits
from dimlearn.check.shared_softplus import log_yes
from dimlearn.deep_infomax import prior
from dimlearn.information.bounds import answer_cost
from dimlearn.startup import keras, tf

exercise = Exercise(
    meaning="""What the encoder minimises, for the discriminator's logits `[N, 1]` of its codes: it
    wants them to be taken for samples of the prior. One number in nats, a mean, and the
    steeper the surer the discriminator is that they are codes.""",
    reference=prior.prior_loss,
    cases=lambda: [(logits(2),), (logits(3, 2, middle=0.7),), (logits(7, middle=-1.3),)],
    extremes=lambda: [
        *((logits(n, middle=middle),) for n, middle in [(3, -30.0), (4, 1000.0), (3, -1000.0)]),
        (logits(64),),
    ],
    differentiable=True,
    fitted=True,
    shapes={"code_logits": "N"},
    hints="""What answer should the discriminator give to a code, if the encoder had its way?

    `yes`, that is a sample of the prior. What do its answers cost, if that were right?

    `answer_cost(code_logits, True)`.""",
)

@exercise.solution("""The encoder is the discriminator's opponent, so it does not minimise the
    discriminator's loss. Maximising that loss would be right in principle, but its gradient
    vanishes exactly where the discriminator is sure, that is, where the encoder has most to learn.
    This loss has its largest gradient there: -0.5 per logit at 0, -1 where the
    discriminator is sure.""")
def prior_loss(code_logits):
    """What the encoder minimises, for logits [N, 1] of its codes, in nats: a scalar."""
    return answer_cost(code_logits, True)

def formula(code_logits, yes=log_yes, no=None, mean=tf.reduce_mean):
    """The loss made of other parts. The answer it wants is always yes: `no` has no place in it."""
    return -mean(yes(code_logits))

exercise.share(
    shared_softplus.not_averaged, shared_softplus.summed, shared_softplus.softplus_of_mean,
    of=formula,
)
exercise.share(
    shared_softplus.log_of_sigmoid,
    shared_softplus.wasserstein,
    of=formula,
    log_of_sigmoid="""For ordinary logits it is right, but for large ones a step on the way is
    infinite: an `exp`, or the log of a sigmoid that rounds to 0. `tf.nn.softplus` is safe.""",
)
exercise.share(shared_softplus.log_of_sigmoid_with_epsilon, of=formula)
exercise.share(
    shared.halved, shared.bits, shared.numpy_inside, shared.numpy_on_the_way,
    halved="""Your function gives half of the loss. There is one kind of logits here, and one mean,
    which counts as it is.""",
)
exercise.share(
    shared.sign_flipped,
    sign_flipped="""The sign is wrong: your function gives the log-probability of a yes, which is to
    be maximised. A loss is its negative.""",
)

@exercise.mistake("""Your encoder minimises the discriminator's own part: it helps the discriminator
    to recognise codes, and moves *away* from the prior. Which answer does the encoder want?""")
def pushed_away_from_prior(code_logits):
    return tf.reduce_mean(tf.nn.softplus(code_logits))

@exercise.mistake("""Your function gives the discriminator's loss for codes with the sign
    changed. Its gradient vanishes where the discriminator is sure, so the encoder stops learning
    when it is furthest from the prior. Wanting a yes and fearing a no are two losses.""")
def saturating(code_logits):
    return -tf.reduce_mean(tf.nn.softplus(code_logits))

@exercise.mistake("""The logarithm is missing: your function averages probabilities. The cost of
    a wrong answer is made of their logs.""")
def sigmoid_without_log(code_logits):
    return tf.reduce_mean(1 - tf.sigmoid(code_logits))

@exercise.mistake("""The absolute value of the logits is taken: then there is no yes and no any
    more, and the encoder learns only to be unclear or clear.""")
def absolute_logits(code_logits):
    return prior_loss(tf.abs(code_logits))

@exercise.mistake("""Your loss is the squared distance of the logits from 1. Here a no costs what
    softplus says.""")
def least_squares(code_logits):
    return tf.reduce_mean((code_logits - 1) ** 2)

@exercise.mistake("""Both players' losses are in it: the whole discriminator loss of the codes.
    The encoder only wants a yes.""")
def both_answers(code_logits):
    return prior_loss(code_logits) + pushed_away_from_prior(code_logits)

@exercise.mistake("""No gradient comes back to the logits, and so none to the encoder. It is spared
    in the discriminator's step; in its own it has to feel the logits.""")
def detached(code_logits):
    return prior_loss(tf.stop_gradient(code_logits))

@exercise.mistake("""The loss takes probabilities where it is given logits, scores of any size: a
    Keras loss needs `from_logits=True`.""")
def logits_as_probabilities(code_logits):
    return keras.losses.BinaryCrossentropy()(tf.ones_like(code_logits), code_logits)

@exercise.mistake("""The logarithm is missing: your function gives minus the mean probability. The
    cost of a wrong answer is made of logs.""")
def probability_without_log(code_logits):
    return -tf.reduce_mean(tf.sigmoid(code_logits))

exercise.promise("For logits of 0 the encoder pays log 2 = 0.69315", np.zeros((3, 1)))
