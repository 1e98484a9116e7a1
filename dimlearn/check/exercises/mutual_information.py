"""Mutual information of a joint probability table."""

import numpy as np

from dimlearn.check import shared, shared_numbers
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import probabilities
from dimlearn.information import exact
from dimlearn.information.exact import entropy, kl_divergence

exercise = Exercise(
    meaning="""The mutual information of X (rows) and Y (columns) from the table `[K1, K2]` of their
    joint probabilities: one number, in nats. An entry of 0 adds nothing.""",
    reference=exact.mutual_information,
    cases=lambda: [
        (np.array([[0.4, 0.1, 0.05], [0.1, 0.05, 0.3]]),),
        (probabilities(3, 4),),
        (probabilities(5, 2),),
        (probabilities(7, 11),),
    ],
    extremes=lambda: [
        (np.array([[0.5, 0.0, 0.1], [0.0, 0.4, 0.0]]),),
        (np.array([[0.3, 0.0], [0.0, 0.0], [0.2, 0.5]]),),
        (probabilities(6, 9, zeros=20),),
        (np.outer(probabilities(3), probabilities(4, seed=1)),),
    ],
    shapes={"joint": ("K1", "K2")},
    hints="""What would the table look like if X and Y had nothing to do with each other? Mutual
    information is how far the real table is from that one.

    The marginals are the sums over the other axis. With `keepdims=True` they are a column `[K1, 1]`
    and a row `[1, K2]`, whose product is a table.

    `product = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)`, and then the
    sum of `joint * np.log(joint / product)` over the entries with `joint > 0`.""",
)

@exercise.solution("""The product of the marginals is the table of an independent pair. The KL
    divergence of the real table from it is the mutual information. `keepdims=True` leaves the
    summed axis in place with one entry, so that column times row gives the full table. An entry of
    0 adds nothing, and a marginal is only 0 where the entries are.""")
def mutual_information(joint):
    """Mutual information of a joint table `[K1, K2]`, in nats: a number."""
    product = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    inside = joint > 0
    return np.sum(joint[inside] * np.log(joint[inside] / product[inside]))

def marginals(joint):
    """The probabilities of X as a column `[K1, 1]`, those of Y as a row `[1, K2]`."""
    return joint.sum(axis=1, keepdims=True), joint.sum(axis=0, keepdims=True)

def compared(joint, product):
    """The mutual information with another table for the product of the marginals."""
    inside = (joint > 0) & (product > 0)
    return np.sum(joint[inside] * np.log(joint[inside] / product[inside]))

exercise.share(
    shared_numbers.bits_by_log2,
    shared_numbers.mean_for_sum,
    shared.sign_flipped,
    sign_flipped="""The sign is wrong: this is minus the mutual information, which is never
    negative. Look at which way up the fraction is, or at which entropies are subtracted.""",
)

@exercise.mistake("""Your function gives the entropy of the joint table: what X and Y tell
    together. Asked is what they tell about each other.""")
def joint_entropy(joint):
    return entropy(joint)

@exercise.mistake("""Your function gives what remains unknown of Y when X is known. Mutual
    information is what becomes known.""")
def conditional_entropy(joint):
    return entropy(joint) - entropy(joint.sum(axis=1))

@exercise.mistake("""The marginals are exchanged: the product does not have the row marginal
    (the sum over columns) for the rows. Which axis does each sum take away, and on which does the
    marginal belong?""")
def marginals_exchanged(joint):
    p_x, p_y = marginals(joint)
    return compared(joint, (p_y.T * p_x.T).reshape(joint.shape))

@exercise.mistake("""Only the marginal of X counts in your result. Either the table is
    divided by that marginal alone, or, made of entropies, the result lacks the entropy of Y.
    Independent variables would have a table in which both marginals count.""")
def one_marginal_only(joint):
    p_x, _ = marginals(joint)
    return compared(joint, p_x * np.ones_like(joint))

@exercise.mistake("""Your function compares the table with a uniform one. Independence does not
    mean uniform: it means the product of this table's own marginals.""")
def against_uniform(joint):
    return compared(joint, np.full_like(joint, 1 / joint.size))

@exercise.mistake("""Your function averages over the product of the marginals instead of
    over the joint table. Each logarithm counts as often as its pair really occurs.""")
def averaged_over_product(joint):
    p_x, p_y = marginals(joint)
    return np.sum((p_x * p_y * np.log(joint / (p_x * p_y)))[joint > 0])

@exercise.mistake("""The arguments of the divergence are exchanged: your function takes the
    product of the marginals for the truth and the joint table for the belief. What really
    happens is the joint table.""")
def product_first(joint):
    p_x, p_y = marginals(joint)
    return kl_divergence(p_x * p_y, joint)

@exercise.mistake("""An entry of 0 in the table makes your result NaN. Such a pair never occurs
    and adds nothing: leave it out before taking the logarithm.""")
def zero_gives_nan(joint):
    p_x, p_y = marginals(joint)
    return np.sum(joint * np.log(joint / (p_x * p_y)))

@exercise.mistake("""Your function divides by an entropy. That is a normalised score between 0
    and 1; asked for is the mutual information itself, in nats.""")
def normalised(joint):
    return mutual_information(joint) / min(map(entropy, marginals(joint)))

@exercise.mistake("""Only the marginal of Y counts in your result. Either the table is
    divided by that marginal alone, or, made of entropies, the result lacks the entropy of X.
    Independent variables would have a table in which both marginals count.""")
def other_marginal_only(joint):
    return compared(joint, np.broadcast_to(marginals(joint)[1], joint.shape))

@exercise.mistake("""The marginals are means over the other axis. Probabilities of outcomes
    that exclude each other add up: a marginal is a sum.""")
def marginals_averaged(joint):
    return mutual_information(joint) + np.log(joint.size)

@exercise.mistake("""The marginals are added. The probability that two independent things
    happen together is another combination of theirs.""")
def marginals_added(joint):
    return compared(joint, np.add(*marginals(joint)))

@exercise.mistake("""Your function adds the entropies of X and Y. What both tell is counted
    twice in that sum: compare it with what they tell together.""")
def joint_entropy_forgotten(joint):
    return sum(map(entropy, marginals(joint)))

@exercise.mistake("""Your function gives what remains unknown of X when Y is known. Mutual
    information is what becomes known.""")
def other_conditional_entropy(joint):
    return entropy(joint) - entropy(joint.sum(axis=0))

@exercise.mistake("""The logarithms are not weighed. Each counts as often as its pair
    occurs.""")
def unweighted(joint):
    p_x, p_y = marginals(joint)
    return np.sum(np.log(joint / (p_x * p_y))[joint > 0])

@exercise.mistake("""Your function sums over the rows only, as Python's own `sum` does. A
    table has one mutual information: the sum goes over all its entries.""")
def one_axis_only(joint):
    p_x, p_y = marginals(joint)
    return np.sum(np.where(joint > 0, joint * np.log(joint / (p_x * p_y)), 0.0), axis=0)

@exercise.mistake("""All three entropies are added. What X and Y tell together is no part of
    what they tell about each other: look at the sign of the joint one.""")
def joint_entropy_added(joint):
    return sum(map(entropy, marginals(joint))) + entropy(joint)

exercise.promise(
    "In a 3x5 table in which X and Y are independent, they tell 0 about each other",
    np.outer(probabilities(3), probabilities(5, seed=2)),
)
exercise.promise(
    "X tells about Y what Y tells about X, so that a table and its transpose have the same value",
    probabilities(4, 6, seed=3),
    same_as=(probabilities(4, 6, seed=3).T.copy(),),
)
