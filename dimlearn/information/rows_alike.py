"""Rows that are no draws of their own: copies, and rows that remember the last. Lesson 2.

Every estimator here takes its rows for independent draws. Where they are not, two samples that
share nothing read as dependent, and a held-out row is no test: its copy was trained on, or the
row before it. So before anything is estimated, rows that are alike are looked for:

    copies        every row occurs several times, or measured values repeat by whole rows
    near copies   neighbours so near that no smooth density explains them: copies with noise
    memory        x and y both resemble what they were one row before, as series do

Of copies one is kept. Rows that remember each other, and those of the `groups` that a user names,
stay together: in one fold of the critics, and out of each other's neighbourhood.
"""

from dataclasses import dataclass

import numpy as np

from dimlearn.errors import InputError, one_line
from dimlearn.information.samples import rank_gaussian

NEIGHBOURS = 15  # looked at for near copies; copies of a row must be fewer than half of that
QUERIED = 1000  # rows whose neighbours tell whether there are near copies
LEAST_DISTINCT = 20  # rows; of fewer the repeats may be a table's
FEWEST_GROUPS = 10  # two for each fold


@dataclass(frozen=True)
class Rows:
    """What was found: `kept [m]`, row numbers without copies, in order; `groups [m]`, for each of
    them the number of its group, or None where every row stands for itself; `remarks`, sentences.
    """

    kept: np.ndarray
    groups: np.ndarray | None = None
    remarks: tuple = ()


def find_rows_alike(x, y, groups=None):
    """Look for copies and memory in a sample `x [n, dx]`, `y [n, dy]`: a `Rows`.

    `groups`: `[n]`, equal for rows that belong together (one patient, one day), for those who
    know it. Then nothing is looked for but copies.
    """
    n = len(x)
    both = np.concatenate([x, y], axis=1)
    copies = copies_of(both)
    if copies is None:
        copies = near_copies_of(both)
    remarks, kept = [], np.arange(n)
    if copies is not None:
        kept = np.sort(np.unique(copies, return_index=True)[1])
        remarks.append(f"{n - len(kept)} of {n} rows are copies of others, or nearly: left out")
    if groups is not None:
        return Rows(kept, np.unique(groups[kept], return_inverse=True)[1], tuple(remarks))
    length, shrunk = memory_of(x[kept], y[kept])
    if not length:
        return Rows(kept, None, tuple(remarks))
    blocks = max(FEWEST_GROUPS, len(kept) // length)
    remarks.append(
        one_line(f"""rows resemble the rows before them, in x and in y: they tell about as much as
            {max(1, round(len(kept) / shrunk))} independent ones, and blocks of
            {len(kept) // blocks} were kept together""")
    )
    return Rows(kept, np.arange(len(kept)) * blocks // len(kept), tuple(remarks))


def check_groups(groups, n):
    """The groups as numbers 0, 1, ... `[n]`, or `InputError`."""
    groups = np.asarray(groups)
    if groups.shape != (n,):
        raise InputError(f"""groups must name a group for each of the {n} rows, but has the shape
            {groups.shape}""")
    numbers = np.unique(groups, return_inverse=True)[1]
    if numbers.max() + 1 < FEWEST_GROUPS:
        raise InputError(f"""{numbers.max() + 1} groups are too few to tell what holds beyond them:
            at least {FEWEST_GROUPS} are needed""")
    return numbers


# ---------------------------------------------------------------- copies


def copies_of(rows):
    """Which rows `[n, d]` are equal because they are copies: labels `[n]`, or None.

    Rows of a table of few values are equal by right. Copies show in two ways: every row occurs
    2 (3, 4, ...) times, or a multiple of that; or a measured column (with values on no grid)
    repeats a value only where the whole row is repeated.
    """
    distinct, labels, counts = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    labels = labels.ravel()
    if len(distinct) == len(rows) or len(distinct) < LEAST_DISTINCT:
        return None
    times = np.gcd.reduce(counts)
    if times > 1:  # of rows that occur 4 and 8 times, one and two are kept
        nth = np.empty(len(rows), int)
        order = np.argsort(labels, kind="stable")
        nth[order] = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        return labels + len(distinct) * (nth % (counts[labels] // times))
    by_right = all(on_grid(column) or repeats_alone(column, counts[labels]) for column in rows.T)
    return None if by_right else labels


def on_grid(column, tolerance=1e-6):
    """Whether the values of a column are whole multiples of their smallest gap, as if rounded."""
    values = np.unique(column)
    if len(values) < 3:
        return True
    steps = (values - values[0]) / np.diff(values).min()
    return bool(np.abs(steps - np.round(steps)).max() < tolerance * max(1.0, steps[-1]) ** 0.5)


def repeats_alone(column, counts):
    """Whether a column repeats its values by themselves: mostly not where whole rows do.

    `counts [n]`: how often each row occurs. Values that are far more frequent than others (a
    zero, a clipped end) are passed over.
    """
    _, labels, times = np.unique(column, return_inverse=True, return_counts=True)
    times = times[labels]
    usual = times <= 10 * np.median(times)
    repeated = usual & (times > 1)
    return not repeated.any() or (times == counts)[repeated].mean() < 0.9


def near_copies_of(rows):
    """Which rows `[n, d]` lie unnaturally near each other: labels `[n]`, or None.

    Around a point of any smooth density the distances r_1 < r_2 < ... to its neighbours satisfy
    E[j log(r_{j+1} / r_j)] = 1 / dimension for every j. In a sample of four noisy copies the
    third neighbour is a copy and the fourth a stranger: there, and only there, it jumps.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(rows)
    if n < 4 * NEIGHBOURS:
        return None
    z = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    queried = np.linspace(0, n - 1, min(n, QUERIED)).astype(int)
    last, _, _ = jump(neighbours(z, queried)[0])
    if not last:
        return None
    distances, nearest = neighbours(z, np.arange(n))
    ratios = distances[:, 1 : last + 2] / np.maximum(distances[:, : last + 1], 1e-300)
    copies = np.where(ratios.max(axis=1) > 2, ratios.argmax(axis=1) + 1, 0)  # of each row
    linked = np.arange(NEIGHBOURS) < copies[:, None]
    one, other = np.repeat(np.arange(n), copies), nearest[linked]
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(n, n)).tocsr()
    return connected_components(graph.multiply(graph.T))[1]


def neighbours(z, queried):
    """Distances and row numbers `[len(queried), NEIGHBOURS]` of the nearest other rows."""
    from sklearn.neighbors import NearestNeighbors

    found = NearestNeighbors(n_neighbors=NEIGHBOURS + 1).fit(z).kneighbors(z[queried])
    return tuple(side[:, 1:] for side in found)


def jump(distances):
    """The place `j` of the jump, 0 without one, with its height and what is usual."""
    apart = distances[distances[:, 0] > 0]
    if len(apart) < len(distances) / 2:
        return 0, 1.0, 1.0  # a table of few values
    places = np.arange(1, NEIGHBOURS)
    growth = places * np.log(apart[:, 1:] / apart[:, :-1])  # [n, NEIGHBOURS - 1]
    means, half = growth.mean(axis=0), NEIGHBOURS // 2
    usual, noise = np.median(means[half:]), growth[:, half:].std() / np.sqrt(len(apart))
    highest = int(means[:half].argmax())
    found = means[highest] > 1.5 * usual + 5 * noise
    return (highest + 1 if found else 0), float(means[highest]), float(usual)


# ---------------------------------------------------------------- memory


def memory_of(x, y):
    """For how many rows a sample remembers, and by how much that shrinks it: `(length, factor)`.

    Means over rows of what depends on x and on y scatter as if the rows were fewer by the factor
    1 + 2 sum_l r_x(l) r_y(l), the product of the autocorrelations at lag l (Bartlett 1935).
    `(0, 1)` where one side has no memory, and where the rows stand in the order of a column:
    that order is no time, or it is in the sample.
    """
    if any(is_sorted(column) for column in np.concatenate([x, y], axis=1).T):
        return 0, 1.0
    product = autocorrelations(x) * autocorrelations(y)  # [lags]
    if product[0] == 0:
        return 0, 1.0
    lags = int(np.argmin(product > 0.02)) or len(product)
    factor = 1 + 2 * product[:lags].sum()
    return (2 * lags, float(factor)) if factor > 1.05 else (0, 1.0)


def is_sorted(column):
    """Whether a column never falls, never rises, or keeps equal values side by side."""
    steps = np.diff(column)
    runs = 1 + np.count_nonzero(steps)
    together = runs == len(np.unique(column)) < len(column)
    return bool(together or (steps >= 0).all() or (steps <= 0).all())


def autocorrelations(side):
    """For lags 1, 2, ... the largest autocorrelation of the columns and of their moduli, `[n / 4]`.

    0 where chance would do: the modulus is looked at for what has no memory but in its scale.
    """
    from scipy.signal import correlate
    from scipy.stats import norm

    z = rank_gaussian(side)
    features = np.concatenate([z, np.abs(z)], axis=1)
    features = features[:, features.std(axis=0) > 1e-9]
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    n, lags = len(side), len(side) // 4
    found = [correlate(f, f, method="fft")[n : n + lags] / n for f in features.T]
    largest = np.abs(found).max(axis=0)
    chance = norm.isf(0.005 / features.shape[1]) / np.sqrt(n)
    return np.where(largest > chance, largest, 0.0)
