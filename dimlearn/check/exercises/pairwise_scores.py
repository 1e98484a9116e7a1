"""The score of every row of one matrix with every row of another."""

import numpy as np

from dimlearn.check import shared
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import normal
from dimlearn.information import bounds
from dimlearn.startup import tf


def vectors(*shape, scale=1.0):
    return normal(*shape, scale=scale), normal(*shape, seed=1, scale=scale)

exercise = Exercise(
    meaning="""`scores[i, j]` is the inner product of row `i` of `u` with row `j` of `v`: `[N, U],
    [N, U] -> [N, N]`.""",
    reference=bounds.pairwise_scores,
    cases=lambda: [vectors(2, 3), vectors(3, 5), vectors(5, 2), vectors(4, 4)],
    extremes=lambda: [vectors(3, 4, scale=30.0), vectors(6, 40), vectors(3, 1)],
    differentiable=True,
    shapes={"u": "NU"},
    hints="""One score is a sum of U products. How does a matrix product arrange N times N such
    sums?

    In a matrix product, rows of the first meet *columns* of the second. The vectors of `v` are in
    its rows.

    `tf.matmul(u, v, transpose_b=True)`, or `u @ tf.transpose(v)`.""",
)

@exercise.solution("""A matrix product takes rows of the first matrix and columns of the second, so
    `v` is transposed first. Row i of the result then belongs to row i of `u`, column j to row j of
    `v`, and the positive pairs are on the diagonal.""")
def pairwise_scores(u, v):
    """Inner products of all rows of `u` with all rows of `v`: [N, U], [N, U] -> [N, N]."""
    return tf.matmul(u, v, transpose_b=True)

exercise.share(shared.numpy_inside, shared.cosine, shared.scaled_by_root)
exercise.share(shared.numpy_on_the_way, shared.last_argument_in_numpy)

@exercise.mistake("""Your function averages over the U dimensions. An inner product is their
    sum.""")
def mean_for_sum(u, v):
    return pairwise_scores(u, v) / u.shape[-1]

@exercise.mistake("""Rows and columns are exchanged: your `scores[i, j]` belongs to row j of
    `u` and row i of `v`. The first index is that of `u`, so `u` comes first in the product.""")
def transposed(u, v):
    return tf.matmul(v, u, transpose_b=True)

@exercise.mistake("""Only matching rows meet in your function: those are the N positive pairs. Every
    row of `u` has to meet every row of `v`.""")
def matching_rows_only(u, v):
    return tf.reduce_sum(u * v, axis=1)

@exercise.mistake("""Nothing is summed: your function multiplies the two matrices entry by
    entry. An inner product sums over the U dimensions.""")
def elementwise(u, v):
    return u * v

@exercise.mistake("""Your function scores `u` with itself, and `v` is not used. The second
    factor is `v`.""")
def with_itself(u, v):
    return tf.matmul(u, u, transpose_b=True)

@exercise.mistake("""Your function measures distances, which are small where two vectors agree.
    An inner product is large there.""")
def distances(u, v):
    return tf.reduce_sum((u[:, None] - v[None]) ** 2, axis=-1)

@exercise.mistake("""The wrong side is transposed: your product runs over the N rows and gives a
    matrix of dimension by dimension, `[U, U]`. It is `v` that is transposed.""")
def first_side_transposed(u, v):
    return tf.matmul(u, v, transpose_a=True)

@exercise.mistake("""Neither side is transposed, so the shapes `[N, U]` and `[N, U]` do not fit
    a matrix product: rows of the first meet *columns* of the second.""")
def nothing_transposed(u, v):
    return tf.matmul(u, v)

@exercise.mistake("""A reshape stands where a transposition belongs: it fills the new rows with the
    old numbers one after another, and each vector of `v` is torn apart.""")
def reshaped_for_transposed(u, v):
    return tf.matmul(u, tf.reshape(v, v.shape[::-1]))

@exercise.mistake("""The sum runs over the images, not over the U dimensions: another axis of the
    product is the one to be summed.""")
def summed_over_images(u, v):
    return tf.reduce_sum(u[:, None] * v[None], axis=1)

@exercise.mistake("""Everything is summed to one number. Only the U dimensions are summed: the table
    keeps an axis for the rows of `u` and one for those of `v`.""")
def summed_to_one_number(u, v):
    return tf.reduce_sum(pairwise_scores(u, v))

@exercise.mistake("""Nothing is summed: every row of `u` meets every row of `v`, but the U products
    of a pair are still apart.""")
def products_not_summed(u, v):
    return u[:, None] * v[None]

@exercise.mistake("""Only matching rows meet in your function, in one column: those are the N
    positive pairs. Every row of `u` has to meet every row of `v`.""")
def matching_rows_in_a_column(u, v):
    return tf.reduce_sum(u * v, axis=1, keepdims=True)

@exercise.mistake("""Your function puts a softmax behind the scores. Asked are the scores as they
    are: each bound does with them what it needs.""")
def softmax_behind(u, v):
    return tf.nn.softmax(pairwise_scores(u, v))

@exercise.mistake("""Your scores are minus the inner products. Two vectors that agree have a large
    score.""")
def negated(u, v):
    return -pairwise_scores(u, v)

@exercise.property("an identity")
def with_the_identity(call):
    u = normal(4, 4, seed=7)
    if not np.allclose(np.asarray(call(u, np.eye(4))), u, atol=1e-4):
        return "Scores with the identity matrix as `v` should be `u` itself; yours are not."
