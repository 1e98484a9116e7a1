"""Which few columns carry the dependence? A search before critics are fitted. Lesson 2.

Where one of ten columns tells of y, nine are noise, and a kernel or a network on all of them
drowns in it. So the training rows of a fold are searched for the two, three or four columns, of
both sides, whose cells depend most, and of these only those are kept beside which nearest
neighbours see no more. The critic on them is one of the mixture: validation pairs decide what it
is worth. Where both halves of the rows pick the same, nearest neighbours are asked about them too.
"""

from itertools import combinations, product

import numpy as np

from dimlearn.information.classical import ksg
from dimlearn.information.samples import rank_uniform

MOST_COLUMNS = 4
CELLS = {2: (10, 10), 3: (5, 8), 4: (4, 5)}  # by columns in all: for a side of two or more, of one
MOST_SETS = 300  # tried by brute force; more columns are searched step by step


def pick_columns(x, y):
    """The column numbers `(of x, of y)`, at most four in all, whose cells share most information.

    `x`, `y`: `[n, dx]`, `[n, dy]` in (0, 1). The information in a table of counts is that of chance
    too: (rows - 1)(columns - 1) / (2n) nats, which are taken off.
    """
    dx, dy = x.shape[1], y.shape[1]
    pairs = [((i,), (j,)) for i, j in product(range(dx), range(dy))]
    best, found = None, -np.inf
    tried = pairs
    for _ in range(2, MOST_COLUMNS + 1):
        worth = [information(x[:, a], y[:, b]) for a, b in tried]
        top = int(np.argmax(worth))
        if worth[top] < found + 0.01:
            break
        best, found = tried[top], worth[top]
        wider = len(best[0]) + len(best[1]) + 1
        tried = sets_of(dx, dy, wider)
        if len(tried) > MOST_SETS:
            tried = wider_sets(best, dx, dy)
        if not tried:
            break
    return without_idle(best, x, y)


def agreed_columns(x, y, rng, groups=None):
    """The columns `(of x, of y)` that either half of the rows picks by itself, or None.

    By chance two halves rarely pick the same. `groups [n]`: rows of one group are in one half.
    """
    groups = np.arange(len(x)) if groups is None else groups
    count = groups.max() + 1
    first = (rng.permutation(count) < count // 2)[groups]
    x, y = rank_uniform(x), rank_uniform(y)
    one, other = (pick_columns(x[half], y[half]) for half in (first, ~first))
    return one if one == other else None


def without_idle(best, x, y):
    """The columns without those that only put the nearest neighbours farther away.

    Full tables of few rows take noise for a little information; nearest neighbours read less with
    it than without.
    """
    told = ksg(x[:, best[0]], y[:, best[1]])
    while len(best[0]) + len(best[1]) > 2:
        fewer = narrower_sets(best)
        values = [ksg(x[:, a], y[:, b]) for a, b in fewer]
        if max(values) < told:
            break
        best, told = fewer[int(np.argmax(values))], max(values)
    return best


def sets_of(dx, dy, size):
    """All choices of `size` columns, at least one of each side."""
    return [
        (a, b)
        for of_x in range(1, size)
        for a in combinations(range(dx), of_x)
        for b in combinations(range(dy), size - of_x)
    ]


def wider_sets(best, dx, dy):
    """All choices with one more column than `best`."""
    a, b = best
    return [(a + (i,), b) for i in range(dx) if i not in a] + [
        (a, b + (j,)) for j in range(dy) if j not in b
    ]


def narrower_sets(best):
    """All choices with one column less than `best`, at least one of each side."""
    a, b = best
    sets = [(tuple(i for i in a if i != left), b) for left in a]
    sets += [(a, tuple(j for j in b if j != left)) for left in b]
    return [sides for sides in sets if all(sides)]


def information(x, y):
    """Mutual information of the cells of a few columns, less that of chance, in nats."""
    wide, narrow = CELLS[x.shape[1] + y.shape[1]]
    a, b = (
        np.unique(cells(side, narrow if side.shape[1] == 1 else wide), return_inverse=True)[1]
        for side in (x, y)
    )
    rows, columns, n = a.max() + 1, b.max() + 1, len(a)
    counts = np.bincount(a * columns + b, minlength=rows * columns).reshape(rows, columns)
    shares = counts[counts > 0] / n, counts.sum(axis=1) / n, counts.sum(axis=0) / n
    joint, one, other = (float(p @ np.log(p)) for p in shares)
    return joint - one - other - (rows - 1) * (columns - 1) / (2 * n)


def cells(side, parts):
    """The cell of each row, of `parts` equal ones along each column: `[n]` integers."""
    places = np.minimum((side * parts).astype(int), parts - 1)
    return places @ parts ** np.arange(side.shape[1])
