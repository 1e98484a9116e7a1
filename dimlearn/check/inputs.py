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


def far_matrices(sides=((4, 1, -1), (3, -1, 1), (5, 1, 1), (3, -1, -1))):
    """Score matrices at the edge: scores of plus and minus 1000, and a batch of 22.

    `sides`: the side of each matrix, and the thousands of its diagonal and of the rest.
    """
    far = [(far_scores(n, n, own=own, other=other),) for n, own, other in sides]
    return [*far, (scores(22, 22),)]


def tensors():
    """Local scores `[N, N, L]`: ordinary cases."""
    return [(scores(2, 2, 3),), (scores(3, 3, 2),), (scores(5, 5, 4),), (scores(4, 4, 6),)]


def far_tensors():
    """Local scores at the edge: of plus and minus 1000, a larger batch, a single location."""
    sides = [((4, 4, 3), 1, -1), ((3, 3, 2), -1, 1), ((3, 3, 5), 1, 1)]
    far = [(far_scores(*shape, own=own, other=other),) for shape, own, other in sides]
    return [*far, (scores(6, 6, 9),), (scores(4, 4, 1),)]


def logits(n, seed=0, middle=0.0):
    """Logits `[N, 1]` around `middle`."""
    return middle + normal(n, 1, seed=seed, scale=1.5)


def two_logits():
    """Logits of two kinds: ordinary cases."""
    return [
        (logits(2), logits(2, 1)),
        (logits(3, 2, middle=0.7), logits(3, 3)),
        (logits(7), logits(7, 1, middle=-1.3)),
    ]


def far_two_logits():
    """Logits of two kinds at the edge: of plus and minus 30 and 1000, and a batch of 64."""
    sides = [(3, -30.0, 30.0), (4, 1000.0, -1000.0), (3, -1000.0, 1000.0), (5, 1000.0, 1000.0)]
    far = [(logits(n, middle=a), logits(n, 1, middle=b)) for n, a, b in sides]
    return [*far, (logits(64), logits(64, 1))]


# ---------------------------------------------------------------- feature maps


def maps_and_codes(*sizes, seed=0):
    """A feature map `[N, M, M, C]` and codes `[N, D]` for each of the sizes `(n, m, c, d)`."""
    return [
        (normal(n, m, m, c, seed=seed, decimals=2), normal(n, d, seed=seed, decimals=2))
        for n, m, c, d in sizes
    ]
