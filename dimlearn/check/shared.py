"""Mistakes that several exercises share; each stands here once.

A shared mistake is a function of what is right and of the exercise's arguments. What is right is
the worked solution, or a part of the formula with which the exercise is made:

    exercise.share(shared.sign_flipped, shared.bits)
    exercise.share(shared.masked_with_zero, shared.counted_with_diagonal, of=formula)
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dimlearn.startup import tf


@dataclass(frozen=True)
class Shared:
    """`wrong(right, *args)` makes the mistake; `message` as in `Mistake`."""

    wrong: Callable
    message: str

def shared(message):
    """Decorator: a mistake that exercises may share."""
    return lambda wrong: Shared(wrong, message)

# ---------------------------------------------------------------- parts of a score tensor

def positives(scores):
    """`[N, N] -> [N]`, `[N, N, L] -> [N, L]`: the diagonal."""
    return tf.boolean_mask(scores, tf.eye(scores.shape[0], dtype=tf.bool))

def negatives(scores):
    """`[N, N] -> [N (N-1)]`, `[N, N, L] -> [N (N-1), L]`: the rest."""
    return tf.boolean_mask(scores, ~tf.eye(scores.shape[0], dtype=tf.bool))

def number(scores):
    """How many negative scores there are: N (N-1), or N (N-1) L."""
    return math.prod(scores.shape) - math.prod(scores.shape[1:])

def joint(scores):
    """The mean score of positive pairs."""
    return tf.reduce_mean(positives(scores))

def diagonal(scores):
    """A mask of 1 for positive and 0 for negative pairs, of the shape of the scores."""
    eye = tf.eye(scores.shape[0])
    return tf.broadcast_to(
        tf.reshape(eye, [*eye.shape, *[1] * (len(scores.shape) - 2)]), scores.shape
    )

# ---------------------------------------------------------------- `right`: the worked solution

@shared("""The sign is wrong: your function gives minus the bound, which would be a loss to be
    minimised. A bound is to be maximised: positive pairs count positive.""")
def sign_flipped(right, *args, **kwargs):
    return -right(*args, **kwargs)

@shared("""Your function measures in bits. Everything here is in nats, with the natural logarithm:
    no division by log 2.""")
def bits(right, *args, **kwargs):
    return right(*args, **kwargs) / math.log(2)

@shared("""Your function leaves TensorFlow and does not come back: the value is right, but no record
    is kept outside, and so there is no gradient. Compute it with `tf` or `keras.ops`.""")
def numpy_inside(right, *args):
    return np.asarray(right(*args))

@shared("""Your function adds `2 log 2`, so that knowing nothing gives 0. The paper's Eq. 4 and this
    exercise have no shift: all-zero scores give -2 log 2.""")
def shifted_by_log_4(right, *args):
    return right(*args) + 2 * math.log(2)

@shared("""The positive scores are summed, not averaged.""")
def positives_summed(right, scores):
    return right(scores) + (scores.shape[0] - 1) * joint(scores)

@shared("""No gradient comes through the second part: the value is right, but the critic is never
    told to lower the scores of negative pairs, and would raise all scores for ever.""")
def negatives_without_gradient(right, scores):
    return joint(scores) + tf.stop_gradient(right(scores) - joint(scores))

@shared("""Your function halves the result, as one mean over both kinds of scores together does. The
    two means are added.""")
def halved(right, *args):
    return right(*args) / 2

# ---------------------------------------------------------------- which scores are negative
# `formula(scores, negative, count)`: the bound with the sum over `negative`, divided by `count`.

@shared("""The diagonal is among your negatives: the second mean runs over all N^2 scores. Leave
    the positive pairs out.""")
def diagonal_among_negatives(formula, scores):
    return formula(scores, scores, math.prod(scores.shape))

@shared("""The mean over the negatives divides by the wrong count: the squares of the diagonal are
    counted too, though they are not in the sum.""")
def counted_with_diagonal(formula, scores):
    return formula(scores, negatives(scores), math.prod(scores.shape))

@shared("""The negative pairs are summed, not averaged.""")
def negatives_summed(formula, scores):
    return formula(scores, negatives(scores), 1)

@shared("""Zeros stand on the diagonal, as a mask that multiplies leaves them, and `exp(0) = 1`
    still counts among the negatives. Take those entries out, or put minus infinity there.""")
def masked_with_zero(formula, scores):
    return formula(scores, scores * (1 - diagonal(scores)), number(scores))

@shared("""Zeros stand among your negatives where the positive pairs were, as a mask that multiplies
    leaves them. `exp(0) = 1` still counts, and the mean divides by all N^2 squares. Take those
    entries out before the mean.""")
def masked_with_zero_and_counted(formula, scores):
    return formula(scores, scores * (1 - diagonal(scores)), math.prod(scores.shape))

@shared("""Your mask puts a modest constant where the positive pairs were. Where the scores are
    lower than that, it outweighs them. Take those entries out, or put minus infinity there.""")
def masked_with_ten(formula, scores):
    return formula(scores, tf.where(diagonal(scores) == 1, -10.0, scores), number(scores))

@shared("""Your function gives NaN whatever goes in. A mask that is *multiplied* by infinity does
    that: 0 times infinity is NaN. Put minus infinity on the diagonal alone: `tf.linalg.set_diag`,
    or `tf.where` with a mask.""")
def infinity_times_mask(formula, scores):
    return formula(scores, scores - math.inf * diagonal(scores), number(scores))

# ---------------------------------------------------------------- inner products
# `right`: the worked solution, a table of inner products of vectors `[..., U]`.

@shared("""Your function normalises the vectors: those are cosines, between -1 and 1, and a critic
    can never be surer than that. Asked for is the plain inner product.""")
def cosine(right, *vectors):
    return right(*(tf.math.l2_normalize(each, axis=-1) for each in vectors))

@shared("""Your function divides by the root of U. That is a good idea in a critic, but asked for is
    the plain inner product.""")
def scaled_by_root(right, *vectors):
    return right(*vectors) / vectors[0].shape[-1] ** 0.5

# ---------------------------------------------------------------- out of TensorFlow
# `right`: the worked solution.

@shared("""Your function leaves TensorFlow on the way and comes back. The value is right, but what
    happens outside leaves no record, and the gradient ends there: stay with `tf` or `keras.ops`
    from the first line to the last.""")
def numpy_on_the_way(right, *args):
    return tf.constant(np.asarray(right(*args)))

@shared("""One of the arguments leaves TensorFlow before it is used. The value is right, but no
    gradient comes back to it: stay with `tf` or `keras.ops` from the first line to the last.""")
def last_argument_in_numpy(right, *args):
    return right(*args[:-1], tf.constant(args[-1].numpy()))

@shared("""The negative pairs leave TensorFlow on the way. The value is right, but no gradient comes
    from them, and the critic would raise all scores for ever: stay with `tf` or `keras.ops`.""")
def negatives_in_numpy(right, scores):
    return joint(scores) + (right(scores) - joint(scores)).numpy()

# ---------------------------------------------------------------- more counts of negatives
# `formula(scores, negative, count)` as above.

@shared("""Your mask subtracts a modest constant on the diagonal, and what is left still counts
    among the negatives. Take those entries out, or put minus infinity there.""")
def ten_subtracted(formula, scores):
    return formula(scores, scores - 10 * diagonal(scores), number(scores))

@shared("""The sum over the negatives is divided by N, the number of positive pairs. How many
    negative pairs are there?""")
def counted_by_rows(formula, scores):
    return formula(scores, negatives(scores), scores.shape[0])

@shared("""The mean over the negatives is divided by the number in *one* row. How many are there in
    all rows?""")
def counted_in_one_row(formula, scores):
    return formula(scores, negatives(scores), scores.shape[0] - 1)

@shared("""The mean over the negatives is divided once more, by the number in one row. A mean does
    not grow with their number: it needs nothing to make up for it.""")
def averaged_twice(formula, scores):
    return formula(scores, negatives(scores), number(scores) * (scores.shape[0] - 1))

# ---------------------------------------------------------------- scores `[N, N]` and `[N, N, L]`
# `formula(scores, positive, negative)`

@shared("""The positive scores are not those of the positive pairs: `tf.linalg.diag_part` takes the
    diagonal of the *last* two axes, image and location here. The pairs are in the first two.""")
def diagonal_of_the_last_axes(formula, scores):
    return formula(scores, tf.linalg.diag_part(scores), negatives(scores))

@shared("""One value for each image comes back: the positive scores are not averaged.""")
def positives_not_averaged(right, scores):
    return right(scores) - joint(scores) + positives(scores)
