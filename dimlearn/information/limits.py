"""What a sample cannot show, whatever it is read by: said beside the estimate. Lesson 2.

rivals       as many directions as rows: chance alone makes dependence among them, and real
             dependence drowns in it
functions    one side a smooth function of the other: infinite mutual information, of which any
             sample shows a finite part
"""

import math

import numpy as np

from dimlearn.errors import one_line
from dimlearn.information.samples import own_rng, rank_gaussian

MOST_DIMENSIONS = 6  # of the side that would determine the other: in more, no row has neighbours
QUERIED = 1000


def hidden_by_columns(x, y):
    """How much could hide where columns rival rows: `(nats, sentence)`, `(0, None)` elsewhere.

    A Gaussian fitted to n independent rows reads dx dy / (2n) nats by chance. What is smaller than
    that cannot be told from it; no sample of n pairs vouches for more than log n.
    """
    n, (a, b) = len(x), map(directions, (x, y))
    if a + b <= n / 4:
        return 0.0, None
    hidden = min(a * b / (2 * n), math.log(n))
    return hidden, one_line(
        f"""{n} rows are few for columns of about {a:.0f} and {b:.0f} directions: {hidden:.2g} nats
        could hide in them unseen"""
    )


def directions(side):
    """How many directions the columns of a side `[n, d]` spread over, from 1 to d.

    (sum of eigenvalues)^2 / (sum of their squares) of the correlation matrix: d for independent
    columns, 1 for copies of one. The squares are freed of what chance adds to them.
    """
    z = rank_gaussian(side)
    z = (z - z.mean(axis=0)) / z.std(axis=0)
    n, d = z.shape
    products = z.T @ z if d < n else z @ z.T
    squares = (products**2).sum() / n**2 - d**2 / n
    return float(min(d, d**2 / max(squares, d)))


def may_be_function(x, y, seed=0):
    """A sentence if one side may be a smooth function of the other, or None.

    A row is predicted from its neighbours by a local linear fit. Noise stays as it is when rows are
    twice as many, and then so does the error. That of a smooth function of d columns falls, by
    2^(2/d); three quarters of the way there it is told.
    """
    for one, other, names in ((x, y, "y is a function of x"), (y, x, "x is a function of y")):
        d = one.shape[1]
        if d > MOST_DIMENSIONS or len(one) < 40 * d or many_ties(one) or many_ties(other):
            continue
        order = own_rng(seed).permutation(len(one))
        queried, half = order[: min(QUERIED, len(one) // 4)], order[: len(one) // 2]
        error = np.median(local_errors(one, other, queried, order))
        before = np.median(local_errors(one, other, queried, half))
        if error < 0.3 and before > error * 2 ** (1.5 / d):
            return one_line(
                f"""rows that are near in one side are near in the other, and the nearer the more:
                if {names}, the mutual information is infinite, and this a part of it"""
            )
    return None


def many_ties(side):
    return any(len(np.unique(column)) < 0.9 * len(column) for column in side.T)


def local_errors(x, y, queried, among):
    """Errors `[q]` of y at the `queried` rows, in its deviations, from their neighbours `among`."""
    from sklearn.neighbors import NearestNeighbors

    x, y = ((side - side.mean(axis=0)) / side.std(axis=0) for side in (x, y))
    count = 2 * (x.shape[1] + 1)
    near = NearestNeighbors(n_neighbors=count + 1).fit(x[among]).kneighbors(x[queried])[1][:, 1:]
    near = among[near]  # [q, count]; the first is the row itself
    apart = x[near] - x[queried, None]  # [q, count, dx]
    design = np.concatenate([np.ones((*near.shape, 1)), apart], axis=2)
    fitted = (np.linalg.pinv(design) @ y[near])[:, 0]  # [q, dy]
    return np.sqrt(((fitted - y[queried]) ** 2).mean(axis=1))
