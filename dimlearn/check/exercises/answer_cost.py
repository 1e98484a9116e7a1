"""What answers cost whose right answer is known: the one half of every JSD objective and game."""

import numpy as np

from dimlearn.check import shared, shared_softplus
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import logits, normal
from dimlearn.check.shared_softplus import log_no, log_yes
from dimlearn.information import bounds
from dimlearn.startup import tf

exercise = Exercise(
    meaning="""The mean cost of answers that are given as logits, of any shape: minus the
    log-probability that each gives to the right answer. That is yes for all of them, or, with `yes`
    false, no for all of them. One number in nats.""",
    reference=bounds.answer_cost,
    cases=lambda: [
        (logits(2), True),
        (logits(3, 2, middle=0.7), False),
        (normal(5, seed=1), False),
        (normal(3, 4, seed=2, scale=1.5) + 0.4, True),
        (normal(2, 3, 4, seed=3, scale=1.5) - 0.3, False),
    ],
    extremes=lambda: [
        *((logits(n, middle=middle), yes) for n, middle, yes in [
            (4, 1000.0, True), (3, 1000.0, False), (3, -1000.0, True), (5, -1000.0, False),
            (3, -30.0, True), (3, 30.0, False),
        ]),
        (normal(6, 6, 9, seed=4), True),
    ],
    differentiable=True,
    fitted=True,
    hints="""The sigmoid of a logit is the probability of yes. What is the probability of no, and
    how do you get it from the sigmoid of *another* number?

    The probability of yes is 1 / (1 + e^-t). Minus its logarithm is log(1 + e^-t). Which softplus
    is that? And what changes where the right answer is no?

    `softplus(-t)` where the right answer is yes, `softplus(t)` where it is no, and then the mean
    over all entries: `tf.reduce_mean(tf.nn.softplus(-logits if yes else logits))`.""",
)

@exercise.solution("""The probability of no is 1 - sigmoid(t) = sigmoid(-t): a no is a yes with the
    logit turned round, so one softplus serves both. The log of a probability that rounds to 0 would
    be infinite; `tf.nn.softplus` computes the same without that step, and its slope never exceeds
    1. `tf.reduce_mean` without an axis runs over all entries, whatever the shape.""")
def answer_cost(logits, yes):
    """Mean cost in nats of answers, logits of any shape, whose right answer is yes, or no."""
    return tf.reduce_mean(tf.nn.softplus(-logits if yes else logits))

def formula(logits, right, yes=log_yes, no=log_no, mean=tf.reduce_mean):
    """The cost made of other parts."""
    return -mean(yes(logits) if right else no(logits))

exercise.share(
    shared_softplus.softplus_signs_inverted,
    of=formula,
    softplus_signs_inverted="""Yes and no are exchanged, or, which comes to the same, the sign
    inside softplus: with you a sure and right answer is the dearest of all. What should a large
    logit cost where the right answer is yes?""",
)
exercise.share(
    shared_softplus.softplus_of_mean, shared_softplus.softplus_overflows, shared_softplus.hinge,
    shared_softplus.log_of_sigmoid_with_epsilon, shared_softplus.logits_as_probabilities,
    of=formula,
)
exercise.share(
    shared_softplus.log_of_sigmoid,
    shared_softplus.not_averaged,
    shared_softplus.summed,
    shared_softplus.wasserstein,
    of=formula,
    not_averaged="""Your function does not average: it returns a cost for each logit. Asked is one
    number for all of them.""",
    summed="""Your function sums the costs. Asked is their mean, so that twice as many answers of
    the same kind do not cost twice as much.""",
    wasserstein="""Your function averages the logits as they are, or minus them: a sure and right
    answer would cost less than nothing, and the more the surer it is.""",
)
exercise.share(shared.bits, shared.numpy_inside, shared.numpy_on_the_way)
exercise.share(
    shared.sign_flipped,
    sign_flipped="""The sign is wrong: your function gives the log-probability of the right answer,
    which is never above 0. A cost is what one pays, and never below 0.""",
)

@exercise.mistake("""Your function does not look at `yes`: it gives the cost of answers that should
    all be yes, whatever is asked for.""")
def always_yes(logits, yes):
    return answer_cost(logits, True)

@exercise.mistake("""Your function does not look at `yes`: it gives the cost of answers that should
    all be no, whatever is asked for.""")
def always_no(logits, yes):
    return answer_cost(logits, False)

@exercise.mistake("""Where the right answer is no, your cost is minus that of a yes. The two are not
    each other's negative: one sign belongs inside softplus, none in front of it.""")
def no_as_minus_yes(logits, yes):
    return answer_cost(logits, True) * (1 if yes else -1)

@exercise.mistake("""Where the right answer is no, your function gives 0. Wrong answers cost
    something there too: those that say yes.""")
def no_costs_nothing(logits, yes):
    return answer_cost(logits, True) * float(yes)

@exercise.mistake("""The costs of both answers are in it. Only one of the two is right, and `yes`
    says which.""")
def both_answers(logits, yes):
    return answer_cost(logits, True) + answer_cost(logits, False)

@exercise.mistake("""The logarithm is missing: your function gives the mean probability of the wrong
    answer. The cost is minus the *log*-probability of the right one.""")
def probability_of_the_wrong_answer(logits, yes):
    return tf.reduce_mean(tf.sigmoid(-logits if yes else logits))

@exercise.mistake("""The logarithm is missing: your function gives the mean probability of the right
    answer. The cost is minus its logarithm, and small where that probability is large.""")
def probability_of_the_right_answer(logits, yes):
    return tf.reduce_mean(tf.sigmoid(logits if yes else -logits))

@exercise.mistake("""Probabilities are averaged first, and the logarithm is taken of their mean.
    Each answer has a cost of its own: first the logarithm of each, then the mean.""")
def log_of_mean_probability(logits, yes):
    return -tf.math.log(tf.reduce_mean(tf.sigmoid(logits if yes else -logits)))

@exercise.mistake("""The absolute value of the logits is taken: then a yes and a no of the same size
    cost the same. A logit's sign says which answer it gives.""")
def absolute_logits(logits, yes):
    return answer_cost(tf.abs(logits), yes)

@exercise.mistake("""Your cost is a squared distance of the logits from 1 or 0. A logit is no
    probability: an answer of 5 is surer than one of 1, and not further off.""")
def least_squares(logits, yes):
    return tf.reduce_mean((logits - float(yes)) ** 2)

@exercise.mistake("""The mean runs over the first axis only: one cost for each column is left.
    Asked is one number for logits of any shape.""")
def mean_over_the_first_axis(logits, yes):
    return tf.reduce_mean(tf.nn.softplus(-logits if yes else logits), axis=0)

@exercise.mistake("""No gradient comes back to the logits: the value is right, and nothing would be
    learnt from it.""")
def detached(logits, yes):
    return answer_cost(tf.stop_gradient(logits), yes)

exercise.promise("Logits of 0 say one half, which costs log 2 = 0.69315", np.zeros((3, 1)), True)
exercise.promise(
    "A no costs what a yes costs with all logits turned round",
    logits(4, 3),
    False,
    same_as=(-logits(4, 3), True),
)
