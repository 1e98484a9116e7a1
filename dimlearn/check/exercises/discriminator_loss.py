"""What the prior discriminator minimises."""

import numpy as np

from dimlearn.check import shared, shared_softplus
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import far_two_logits, two_logits
from dimlearn.check.shared_softplus import cross_entropy, log_no, log_yes
from dimlearn.deep_infomax import prior
from dimlearn.information.bounds import answer_cost
from dimlearn.startup import tf

exercise = Exercise(
    meaning="""What the discriminator minimises: what its wrong answers cost, a `no` to samples of
    the prior and a `yes` to codes, for logits `[N, 1]` of each kind. One number in nats, in which
    each kind counts with its mean.""",
    reference=prior.discriminator_loss,
    cases=two_logits,
    extremes=far_two_logits,
    differentiable=True,
    fitted=True,
    shapes={"prior_logits": "N"},
    hints="""The discriminator answers: is this a sample of the prior? For which of its two inputs
    is `yes` the right answer?

    `answer_cost` knows what answers cost whose right one is known. Both kinds pay, each its own
    mean.

    `answer_cost(prior_logits, True) + answer_cost(code_logits, False)`.""",
)

@exercise.solution("""It is minus the log-probability of the right answers, yes to samples of the
    prior and no to codes, each kind with the same weight. At logits of 0 it cannot tell, and pays 2
    log 2. This side of the game is played by the discriminator alone: the encoder has a loss of its
    own.""")
def discriminator_loss(prior_logits, code_logits):
    """The loss of the discriminator for logits [N, 1] each, in nats: a scalar."""
    return answer_cost(prior_logits, True) + answer_cost(code_logits, False)

exercise.share(shared.halved, shared.bits, shared.numpy_inside, shared.numpy_on_the_way)
exercise.share(shared.last_argument_in_numpy)
exercise.share(
    shared_softplus.positive_part_negated, shared_softplus.positive_part_both_signs,
    of=cross_entropy,
)
exercise.share(
    shared_softplus.negative_part_negated, shared_softplus.negative_part_both_signs,
    of=cross_entropy,
)
exercise.share(
    shared_softplus.all_signs_wrong, shared_softplus.softplus_overflows, of=cross_entropy,
)
exercise.share(shared_softplus.hinge, shared_softplus.difference_in_one_softplus, of=cross_entropy)
exercise.share(shared_softplus.log_of_sigmoid_with_epsilon, of=cross_entropy)
exercise.share(
    shared_softplus.not_averaged, shared_softplus.summed, shared_softplus.softplus_of_mean,
    of=cross_entropy,
)
exercise.share(
    shared_softplus.log_of_sigmoid, shared_softplus.logits_as_probabilities, of=cross_entropy,
)
exercise.share(shared_softplus.wasserstein, of=cross_entropy)
exercise.share(
    shared.sign_flipped,
    sign_flipped="""The sign is wrong: your function gives minus the loss. A loss is minimised, and
    never negative here.""",
)

@exercise.mistake("""Prior and codes are exchanged, or, which comes to the same, both signs inside
    softplus: your discriminator would learn to say yes to codes. Its yes is meant for samples of
    the prior, whose logits come first.""")
def real_and_fake_exchanged(prior_logits, code_logits):
    return discriminator_loss(code_logits, prior_logits)

@exercise.mistake("""Only the samples of the prior count in your function. The discriminator
    also has to recognise codes.""")
def codes_forgotten(prior_logits, code_logits):
    return tf.reduce_mean(tf.nn.softplus(-prior_logits))

@exercise.mistake("""Only the codes count in your function. The discriminator also has to
    recognise samples of the prior.""")
def prior_forgotten(prior_logits, code_logits):
    return tf.reduce_mean(tf.nn.softplus(code_logits))

@exercise.mistake("""The codes get a yes too: both parts reward large logits. The right answer
    to a code is no.""")
def codes_called_real(prior_logits, code_logits):
    return cross_entropy(prior_logits, code_logits, no=log_yes)

@exercise.mistake("""The samples of the prior get a no too: both parts reward small logits. The
    right answer to a sample of the prior is yes.""")
def prior_called_fake(prior_logits, code_logits):
    return cross_entropy(prior_logits, code_logits, yes=log_no)

@exercise.mistake("""No gradient reaches the logits of the codes: the discriminator would learn from
    samples of the prior alone. If it is the encoder that should be spared, cut the way before the
    discriminator, at the *codes*: not here, behind it.""")
def logits_detached(prior_logits, code_logits):
    return discriminator_loss(prior_logits, tf.stop_gradient(code_logits))

@exercise.mistake("""Only the codes are judged, and with the encoder's wish, a yes. The
    discriminator has to tell two kinds apart.""")
def encoders_loss(prior_logits, code_logits):
    return prior.prior_loss(code_logits)

@exercise.mistake("""Your loss is the squared distance of the logits from 1 and 0. Here wrong
    answers cost what softplus says.""")
def least_squares(prior_logits, code_logits):
    return tf.reduce_mean((prior_logits - 1) ** 2) + tf.reduce_mean(code_logits**2)

exercise.promise(
    "A discriminator that cannot tell, with logits of 0, pays 2 log 2 = 1.3863",
    *[np.zeros((3, 1))] * 2,
)
