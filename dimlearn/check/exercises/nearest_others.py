"""The nearest neighbours of every code among all others."""

import numpy as np

from dimlearn.check.answers import as_array
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault
from dimlearn.check.inputs import normal


def different_lengths(n, d, seed):
    """Codes whose lengths differ much, so that products and distances have different orders.

    They have many digits: sums of absolute differences that are equal but for rounding would have
    no order of their own.
    """
    lengths = np.sqrt(np.linspace(0.3, 9, n))[:, None]
    return np.round(lengths * normal(n, d, seed=seed), 5)

exercise = Exercise(
    meaning="""For every row of the codes `[N, D]` the indices of the `count` rows that are nearest
    to it by Euclidean distance, the nearest first: `[N, count]`. No row is its own neighbour.""",
    cases=lambda: [
        (different_lengths(5, 2, 3), 2),
        (different_lengths(9, 3, 4), 4),
        (different_lengths(30, 6, 5), 5),
        (different_lengths(7, 4, 6), 1),
        (different_lengths(6, 4, 7), 5),
    ],
    hints="""All distances first: a table `[N, N]`. Which of its entries is the smallest in every
    row, and do you want it?

    `codes[:, None] - codes[None]` is `[N, N, D]`. Of its squares, the sum over the last axis has
    the same order as the distance. The diagonal must never be among the smallest.

    `np.fill_diagonal(distances, np.inf)`, then `np.argsort(distances, axis=1)[:, :count]`.""",
)

@exercise.solution("""A code has the distance 0 to itself, so unless it is kept out every image is
    its own best neighbour, and any code looks good. It is kept out by its *place*, the diagonal,
    and not as whatever comes first: a second copy of an image also has the distance 0, and is a
    neighbour like any other.""")
def nearest_others(codes, count):
    """Indices `[N, count]` of the nearest other rows of codes `[N, D]`, the nearest first."""
    squares = np.sum((codes[:, None] - codes[None]) ** 2, axis=2)
    np.fill_diagonal(squares, np.inf)
    return np.argsort(squares, axis=1)[:, :count]

def by(measure, codes, count, own=np.inf):
    """The places of the smallest of another measure; `own`: what stands on the diagonal."""
    table = np.array([[measure(a, b) for b in codes] for a in codes], "float64")
    if own is not None:
        np.fill_diagonal(table, own)
    return np.argsort(table, axis=1, kind="stable")[:, :count]

def distance(a, b):
    return np.linalg.norm(a - b)

@exercise.mistake("""Every row has itself as its first neighbour. An image is always like itself, so
    any code would look good.""")
def own_row_included(codes, count):
    return by(distance, codes, count, own=None)

@exercise.mistake("""Your function gives the *farthest* rows: the order is the other way round.""")
def farthest(codes, count):
    return by(lambda a, b: -distance(a, b), codes, count)

@exercise.mistake("""The largest inner products are taken for the smallest distances. A long code
    has large products with everybody.""")
def inner_product(codes, count):
    return by(lambda a, b: -np.dot(a, b), codes, count)

@exercise.mistake("""The largest inner products are taken for the smallest distances, and whatever
    comes first is left out as the row itself. A long code has large products with everybody, larger
    ones than another has with itself.""")
def inner_product_first_dropped(codes, count):
    return by(lambda a, b: -np.dot(a, b), codes, count + 1, own=None)[:, 1:]

@exercise.mistake("""Your function compares directions alone: the cosine does not know how long a
    code is. Asked is the Euclidean distance.""")
def cosine(codes, count):
    return by(lambda a, b: -np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b), codes, count)

@exercise.mistake("""Absolute differences are added up. The Euclidean distance adds up squares.""")
def city_block(codes, count):
    return by(lambda a, b: np.abs(a - b).sum(), codes, count)

@exercise.mistake("""The differences are added up before they are squared, so that those of opposite
    signs cancel. Square each of them first.""")
def sum_squared(codes, count):
    return by(lambda a, b: np.sum(a - b) ** 2, codes, count)

@exercise.mistake("""Only the largest of the differences counts. The Euclidean distance has all of
    them.""")
def largest_difference(codes, count):
    return by(lambda a, b: np.abs(a - b).max(), codes, count)

@exercise.mistake("""The farthest of the neighbours comes first. The nearest should.""")
def order_reversed(codes, count):
    return nearest_others(codes, count)[:, ::-1]

@exercise.mistake("""The right rows in the order of their indices. They should come by distance, the
    nearest first.""")
def sorted_by_index(codes, count):
    return np.sort(nearest_others(codes, count), axis=1)

@exercise.mistake("""The nearest other row is left out: your table begins with the second.""")
def nearest_left_out(codes, count):
    squares = np.sum((codes[:, None] - codes[None]) ** 2, axis=2)
    return np.argsort(squares, axis=1)[:, 2 : count + 2]

@exercise.mistake("""Your function returns the distances. Asked is *which* rows they belong
    to.""")
def distances_returned(codes, count):
    squares = np.sum((codes[:, None] - codes[None]) ** 2, axis=2)
    np.fill_diagonal(squares, np.inf)
    return np.sqrt(np.sort(squares, axis=1)[:, :count])

@exercise.mistake("""Your function returns squared distances. Asked is *which* rows they belong
    to.""")
def squares_returned(codes, count):
    return distances_returned(codes, count) ** 2

@exercise.mistake("""Your function returns distances, and among them that of every row to itself.
    Asked is *which* other rows are nearest.""")
def own_distance_returned(codes, count):
    nearest = distances_returned(codes, count)
    return np.hstack([np.zeros((len(codes), 1)), nearest])[:, :count]

@exercise.mistake("""Your table has a column for every code, and a row for each place of the
    neighbours. Asked is a row for every code.""")
def transposed(codes, count):
    return nearest_others(codes, count).T

@exercise.mistake("""All other rows are returned, not the `count` nearest of them.""")
def all_of_them(codes, count):
    return nearest_others(codes, len(codes) - 1)

@exercise.mistake("""Nothing is left to sort by: all distances but those of a row to itself have
    become NaN. A mask that is *multiplied* by infinity does that, for 0 times infinity is NaN.""")
def masked_by_nan(codes, count):
    squares = np.sum((codes[:, None] - codes[None]) ** 2, axis=2)
    with np.errstate(invalid="ignore"):
        return np.argsort(squares + np.eye(len(codes)) * np.inf, axis=1)[:, :count]

def wrong_already(call):
    """Whether an ordinary input shows what is wrong; then no other input need be told of."""
    codes, count = different_lengths(30, 6, 5), 5
    return not np.array_equal(as_array(call(codes, count)), nearest_others(codes, count))

@exercise.property("two rows that are the same")
def copies(call):
    """A copy has the distance 0 and is the first neighbour; no row is ever its own."""
    if wrong_already(call):
        return None
    codes = np.repeat(different_lengths(6, 3, 8), 2, axis=0)[[0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11]]
    found = as_array(call(codes, 1))
    expected = nearest_others(codes, 1)
    if found.shape == expected.shape and (found == expected).all():
        return None
    return Fault("copies", """Where two rows are the same, each is the other's nearest neighbour, at
        the distance 0. With such codes your function finds others, or the row itself: keep a row
        out by its place, not as the first of the sorted ones.""", found)

@exercise.property("the order among many neighbours")
def many_neighbours(call):
    """A partition is not a sorting; where few are asked for it may look like one: on some
    processors NumPy sorts parts of up to 256."""
    if wrong_already(call):
        return None
    codes, count = different_lengths(300, 3, 9), 290
    found, expected = as_array(call(codes, count)), nearest_others(codes, count)
    if found.shape != expected.shape:
        return None  # that is told for the ordinary inputs
    distances = np.linalg.norm(codes[:, None] - codes, axis=2)
    seen, right = (np.take_along_axis(distances, each, axis=1) for each in (found, expected))
    if not np.allclose(seen, right, atol=1e-4):  # of two at one distance either may come first
        unsorted = np.allclose(np.sort(seen, axis=1), right, atol=1e-4)
        return Fault("order of many", """Asked for 290 neighbours of each of 300 codes, your
            function does not give them by Euclidean distance, the nearest first.""",
                     "" if unsorted else "others")

@exercise.mistake("""The right rows, but not the nearest first: a partition puts the `count`
    smallest before the others, in no order among themselves. For a few it may look sorted.""")
def partitioned(codes, count):
    squares = np.sum((codes[:, None] - codes[None]) ** 2, axis=2)
    np.fill_diagonal(squares, np.inf)
    return np.argpartition(squares, count - 1, axis=1)[:, :count]

@exercise.mistake("""Whatever comes first is left out, as if it were the row itself. Where two
    images are the same, their codes are too, and it may be the copy that is left out. Keep a row
    out by its place.""")
def first_dropped(codes, count):
    squares = np.sum((codes[:, None] - codes[None]) ** 2, axis=2)
    return np.argsort(squares, axis=1, kind="stable")[:, 1 : count + 1]

@exercise.mistake("""Every row at the distance 0 is kept out. A second copy of an image is another
    image, and its nearest neighbour. Keep a row out by its place.""")
def zeros_kept_out(codes, count):
    squares = np.sum((codes[:, None] - codes[None]) ** 2, axis=2)
    squares[squares == 0] = np.inf
    return np.argsort(squares, axis=1, kind="stable")[:, :count]
