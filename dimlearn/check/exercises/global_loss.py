"""The loss of the global objective: the JSD objective of two lists of scores, negated."""

import numpy as np

from dimlearn.check import shared, shared_softplus
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import far_two_logits, two_logits
from dimlearn.check.shared_softplus import cross_entropy, log_no, log_yes
from dimlearn.information.bounds import answer_cost
from dimlearn.startup import tf

exercise = Exercise(
    meaning="""The JSD objective as a loss, of scores `[N, 1]` of positive and of negative pairs:
    one number in nats, to be minimised, in which each kind counts with its mean.""",
    cases=two_logits,
    extremes=far_two_logits,
    differentiable=True,
    fitted=True,
    shapes={"positive_scores": "N"},
    hints="""In `jsd_bound` two costs were taken away from 0. Which sign have they in a loss, which
    is to be small?

    A loss is what the critic's answers cost. Which answer is the right one for a positive pair, and
    which for a negative one? Both kinds pay, each its own mean.

    `answer_cost(positive_scores, True) + answer_cost(negative_scores, False)`.""",
)

@exercise.solution("""What the answers cost: `yes` is right for a positive pair, `no` for a negative
    one. Each kind has its own mean, so that a thousand negative pairs for each positive one would
    not outweigh it. Encoder and critic both minimise the sum: they work together.""")
def global_loss(positive_scores, negative_scores):
    """The negative of the JSD objective of scores [N, 1] each, in nats: a scalar."""
    return answer_cost(positive_scores, True) + answer_cost(negative_scores, False)

exercise.share(shared.halved, shared.bits, shared.numpy_inside, shared.numpy_on_the_way)
exercise.share(shared.last_argument_in_numpy)
exercise.share(
    shared_softplus.positive_part_negated, shared_softplus.positive_part_both_signs,
    of=cross_entropy,
)
exercise.share(
    shared_softplus.negative_part_both_signs, shared_softplus.all_signs_wrong, of=cross_entropy,
)
exercise.share(
    shared_softplus.wasserstein, shared_softplus.hinge, shared_softplus.no_alone, of=cross_entropy,
)
exercise.share(shared_softplus.difference_in_one_softplus, of=cross_entropy)
exercise.share(shared_softplus.log_of_sigmoid_with_epsilon, of=cross_entropy)
exercise.share(
    shared_softplus.softplus_signs_inverted, shared_softplus.softplus_of_mean, of=cross_entropy,
)
exercise.share(shared_softplus.not_averaged, shared_softplus.summed, of=cross_entropy)
exercise.share(
    shared_softplus.log_of_sigmoid, shared_softplus.logits_as_probabilities, of=cross_entropy,
)

@exercise.mistake("""The sign is wrong: your function gives the objective, which is maximised.
    Asked is a loss, which an optimizer minimises: its negative.""")
def objective_returned(positive_scores, negative_scores):
    return -global_loss(positive_scores, negative_scores)

@exercise.mistake("""The negative part is subtracted. In the loss both kinds of error cost: they
    are added.""")
def negative_part_subtracted(positive_scores, negative_scores):
    return cross_entropy(positive_scores, negative_scores, no=tf.nn.softplus)

@exercise.mistake("""Positive pairs are asked for a no (the sign inside their softplus): large
    scores are what we want from them, so they must cost little.""")
def positive_sign_forgotten(positive_scores, negative_scores):
    return cross_entropy(positive_scores, negative_scores, yes=log_no)

@exercise.mistake("""Your function overflows for large scores: `exp` becomes infinite.
    `tf.nn.softplus` computes the same without overflow.""")
def exp_overflows(positive_scores, negative_scores):
    positive = tf.reduce_mean(tf.math.log(1 + tf.exp(-positive_scores)))
    return positive + tf.reduce_mean(tf.math.log(1 + tf.exp(negative_scores)))

@exercise.mistake("""Negative pairs are asked for a yes (the sign inside their softplus): large
    scores are what we do not want from them, so they must cost much.""")
def negative_sign_inverted(positive_scores, negative_scores):
    return cross_entropy(positive_scores, negative_scores, no=log_yes)

@exercise.mistake("""Only the positive pairs count in your function. A critic that says yes to
    everything would pay nothing.""")
def negatives_forgotten(positive_scores, negative_scores):
    return tf.reduce_mean(-log_yes(positive_scores))

@exercise.mistake("""No gradient comes back to the scores of the negative pairs: the critic would
    raise all scores for ever.""")
def negatives_detached(positive_scores, negative_scores):
    return global_loss(positive_scores, tf.stop_gradient(negative_scores))

exercise.promise("Scores of 0 cost 2 log 2 = 1.3863", *[np.zeros((3, 1))] * 2)
