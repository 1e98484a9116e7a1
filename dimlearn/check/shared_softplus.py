"""Mistakes of the losses and objectives that are made of two softplus; see `shared.py`.

A score is a logit, the critic's answer to "do these two belong together?". The loss is minus the
log-probability of the right answer, yes for positive and no for negative pairs; JSD is minus it.
`formula(*args, yes=log_yes, no=log_no, mean=tf.reduce_mean)`: the same made of other parts.
"""


from dimlearn.check.shared import diagonal, negatives, number, positives, shared
from dimlearn.startup import keras, tf


def log_yes(scores):
    """The log-probability of a yes: log sigmoid(s)."""
    return -tf.nn.softplus(-scores)

def log_no(scores):
    """The log-probability of a no: log(1 - sigmoid(s))."""
    return -tf.nn.softplus(scores)

def cross_entropy(positive, negative, yes=log_yes, no=log_no, mean=tf.reduce_mean):
    """The loss of two lists of scores, each with the same weight."""
    return -mean(yes(positive)) - mean(no(negative))

def jsd(scores, **parts):
    """The objective of scores `[N, N]` or `[N, N, L]`."""
    return -cross_entropy(positives(scores), negatives(scores), **parts)

def jsd_against(scores, negative, count):
    """The objective with other negatives, or another number of them."""
    return tf.reduce_mean(log_yes(positives(scores))) + tf.reduce_sum(log_no(negative)) / count

@shared("""Yes and no are exchanged, or, which comes to the same, the signs inside softplus or the
    two kinds of scores. A critic would learn to give its positive pairs *low* scores, and the curve
    of its training would look the same. For which kind should a high score be cheap?""")
def softplus_signs_inverted(formula, *args):
    return formula(*args, yes=log_no, no=log_yes)

@shared("""The average comes before softplus. Softplus of a mean is not the mean of softplus: first
    every score through softplus, then the mean.""")
def softplus_of_mean(formula, *args):
    yes, no = (lambda s: log_yes(tf.reduce_mean(s))), (lambda s: log_no(tf.reduce_mean(s)))
    return formula(*args, yes=yes, no=no)

@shared("""For ordinary scores it is right, but the log of a probability is infinite where the
    probability rounds to 0 or 1. `tf.nn.softplus` computes the same without that step.""")
def log_of_sigmoid(formula, *args):
    yes, no = (lambda s: tf.math.log(tf.sigmoid(s))), (lambda s: tf.math.log(1 - tf.sigmoid(s)))
    return formula(*args, yes=yes, no=no)

@shared("""For ordinary scores it is right, but `log(1 + exp(s))` overflows for large ones, and so
    does its gradient. `tf.nn.softplus` is the same function, computed safely.""")
def softplus_overflows(formula, *args):
    yes, no = (lambda s: -tf.math.log(1 + tf.exp(-s))), (lambda s: -tf.math.log(1 + tf.exp(s)))
    return formula(*args, yes=yes, no=no)

@shared("""Your function does not average: it returns one loss for each row, of shape `[N, 1]`. A
    training step needs a scalar.""")
def not_averaged(formula, *args):
    return formula(*args, mean=tf.identity)

@shared("""Your function sums over the batch. The loss is a mean: a larger batch must not mean
    larger steps.""")
def summed(formula, *args):
    return formula(*args, mean=tf.reduce_sum)

@shared("""Your function averages the logits as they are, without softplus: a logit of 1000 would
    count a thousand times as much as one of 1.""")
def wasserstein(formula, *args):
    return formula(*args, yes=tf.identity, no=tf.negative)

@shared("""The loss takes probabilities where it is given logits, scores of any size: a Keras loss
    has to be told which of the two it gets.""")
def logits_as_probabilities(formula, *args):
    loss = keras.losses.BinaryCrossentropy()
    yes, no = (lambda p: -loss(tf.ones_like(p), p)), (lambda p: -loss(tf.zeros_like(p), p))
    return formula(*args, yes=yes, no=no)

@shared("""The part of the negative pairs leaves TensorFlow on the way. The value is right, but no
    gradient comes from it, and the critic would raise all scores for ever: stay with `tf` or
    `keras.ops`.""")
def negative_part_in_numpy(formula, *args):
    return formula(*args, no=lambda s: log_no(s).numpy())

@shared("""No gradient comes from the part of the negative pairs: the value is right, but the critic
    would raise all scores for ever.""")
def negative_part_without_gradient(formula, *args):
    return formula(*args, no=lambda s: tf.stop_gradient(log_no(s)))

@shared("""The part whose right answer is yes counts with the wrong sign, the one *in front of*
    softplus: trained like this, the answer would be no to everything.""")
def positive_part_negated(formula, *args):
    return formula(*args, yes=lambda s: tf.nn.softplus(-s))

@shared("""The part whose right answer is no counts with the wrong sign, the one *in front of*
    softplus: trained like this, the answer would be yes to everything.""")
def negative_part_negated(formula, *args):
    return formula(*args, no=tf.nn.softplus)

@shared("""The part whose right answer is yes asks for a no, and counts with the wrong sign besides:
    both signs of its softplus are wrong. A sure and right answer should be worth about 0 there.""")
def positive_part_both_signs(formula, *args):
    return formula(*args, yes=tf.nn.softplus)

@shared("""The part whose right answer is no asks for a yes, and counts with the wrong sign besides:
    both signs of its softplus are wrong. A sure and right answer should be worth about 0 there.""")
def negative_part_both_signs(formula, *args):
    return formula(*args, no=lambda s: tf.nn.softplus(-s))

@shared("""Yes and no are exchanged, and the sign in front is wrong as well: all signs of softplus
    are turned round. Trained like this, most would be learnt from answers that are right already,
    and least from the wrong ones.""")
def all_signs_wrong(formula, *args):
    return formula(*args, yes=tf.nn.softplus, no=lambda s: tf.nn.softplus(-s))

@shared("""The mask is inside softplus: there it makes a score of 0, not a value of 0, and softplus
    of 0 is log 2. Mask what softplus gives, or take the entries out before.""")
def mask_inside_softplus(right, scores):
    eye, pairs = diagonal(scores), number(scores) / (scores.shape[0] - 1)
    yes = tf.reduce_sum(log_yes(scores * eye)) / pairs
    return yes + tf.reduce_sum(log_no(scores * (1 - eye))) / number(scores)

@shared("""The mask is inside softplus, where it makes scores of 0 of the pairs of the other kind:
    softplus of 0 is log 2, and both means run over all squares. Each kind has a mean of its own,
    over its own pairs alone.""")
def mask_inside_softplus_and_counted(right, scores):
    eye = diagonal(scores)
    yes, no = log_yes(scores * eye), log_no(scores * (1 - eye))
    return tf.reduce_mean(yes) + tf.reduce_mean(no)

@shared("""Only the part whose right answer is yes is in it: a yes to everything would be the
    best.""")
def yes_alone(formula, *args):
    return formula(*args, no=lambda s: 0 * s)

@shared("""Only the part whose right answer is no is in it: a no to everything would be the
    best.""")
def no_alone(formula, *args):
    return formula(*args, yes=lambda s: 0 * s)

@shared("""For ordinary scores it is right, but a small number inside the log, to keep it finite,
    caps what a wrong score costs. `tf.nn.softplus` needs no such help.""")
def log_of_sigmoid_with_epsilon(formula, *args):
    yes, no = (lambda s: tf.math.log(tf.sigmoid(s) + 1e-7)), (lambda s: yes(-s))
    return formula(*args, yes=yes, no=no)

@shared("""Only one kind of score goes through softplus, that whose right answer is no. Both are
    logits, and both do.""")
def yes_without_softplus(formula, *args):
    return formula(*args, yes=tf.identity)

@shared("""The two kinds of scores meet in one softplus, as a difference. Each kind has a softplus
    and a mean of its own: whose score stands next to whose means nothing.""")
def difference_in_one_softplus(formula, first, second):
    return tf.reduce_mean(tf.nn.softplus(second - first))

@shared("""This is a hinge: what is sure enough costs nothing at all. With softplus
    every answer costs something, however little.""")
def hinge(formula, *args):
    yes, no = (lambda s: -tf.nn.relu(1 - s)), (lambda s: -tf.nn.relu(1 + s))
    return formula(*args, yes=yes, no=no)
