"""Inputs for the exercises: seeded, never symmetric, never constant, rounded so that a small one
can be printed in a message."""

import numpy as np


def normal(*shape, seed=0, scale=1.0, decimals=1):
    """Normal numbers with few decimals, none of them 0."""
    x = np.round(np.random.default_rng([seed, *shape]).normal(size=shape) * scale, decimals)
    return np.where(x == 0, 10.0**-decimals, x)


def scores(*shape, seed=0):
    """Scores `[N, N]` or `[N, N, L]` of a critic that is often right: a raised diagonal."""
    x = normal(*shape, seed=seed, scale=1.5)
    n = shape[0]
    x[range(n), range(n)] += 1.05
    return np.round(x, 2)


def far_scores(*shape, seed=0, own=1.0, other=1.0, size=1000.0):
    """Scores around plus and minus `size`: diagonal `own * size`, the rest `other * size`; each
    a little different, so that there are no ties."""
    x = other * size + normal(*shape, seed=seed, scale=2.0, decimals=2)
    n = shape[0]
    x[range(n), range(n)] += (own - other) * size
    return x


def probabilities(*shape, seed=0, zeros=0):
    """A probability table with three decimals; `zeros` of its entries are 0."""
    rng = np.random.default_rng([seed, *shape])
    p = rng.gamma(1.0, size=shape) + 0.05
    p.flat[rng.permutation(p.size)[:zeros]] = 0
    p = np.round(p / p.sum(), 3)
    p.flat[np.argmax(p)] += 1 - p.sum()
    return p


# ---------------------------------------------------------------- cases that exercises share


def matrices():
    """Score matrices: ordinary cases."""
    return [(scores(2, 2),), (scores(3, 3),), (scores(5, 5),), (scores(4, 4, seed=1),)]


def far_matrices():
    """Score matrices at the edge: scores of plus and minus 1000, and a batch of 22."""
    sides = [(4, 1, -1), (3, -1, 1), (5, 1, 1), (3, -1, -1)]
    far = [(far_scores(n, n, own=own, other=other),) for n, own, other in sides]
    return [*far, (scores(22, 22),)]


def tensors():
    """Local scores `[N, N, L]`: ordinary cases."""
    return [(scores(2, 2, 3),), (scores(3, 3, 2),), (scores(5, 5, 4),), (scores(4, 4, 6),)]
