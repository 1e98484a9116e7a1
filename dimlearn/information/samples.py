"""Samples of two variables: checked, and freed of the scale of their coordinates. Lesson 2.

A sample of the joint distribution is a pair of arrays `x [n, dx]`, `y [n, dy]` whose rows belong
together. Mutual information does not change when a coordinate is put through an increasing
function, so every coordinate may be replaced by its ranks, drawn out to a Gaussian.
"""

import numpy as np

from dimlearn.errors import InputError

MIN_ROWS = 20
FEW_VALUES = 20  # of a column, each of which a draw of rows should hold
SHARED = 0.05  # of all rows: a value that so many share is a label, not a rounded number


def check_pairs(x, y, min_rows=MIN_ROWS):
    """The two samples as float64 `[n, dx]`, `[n, dy]`; `[n]` becomes `[n, 1]`.

    Raises `InputError`, in one sentence, for lengths that differ, fewer than `min_rows` rows, a
    constant column, NaN or infinity, complex numbers and anything that is not a number.
    """
    x, y = check_sample(x, "x"), check_sample(y, "y")
    if len(x) != len(y):
        raise InputError(
            f"x has {len(x)} rows and y has {len(y)}: row i of x must belong to row i of y"
        )
    if len(x) < min_rows:
        raise InputError(f"""{len(x)} {"pair is" if len(x) == 1 else "pairs are"} too few to
            estimate mutual information: at least {min_rows} are needed""")
    for name, sample in (("x", x), ("y", y)):
        constant = np.flatnonzero(np.all(sample == sample[:1], axis=0))
        if len(constant):
            raise InputError(f"""column {constant[0]} of {name} is constant: it carries no
                information, leave it out""")
    return x, y


def check_sample(sample, name):
    """One sample as finite float64 `[n, d]`, or `InputError`.

    Objects that are numbers are taken as numbers, and pandas' categories as their codes.
    """
    if np.ma.isMaskedArray(sample) and np.ma.is_masked(sample):
        raise InputError(f"""{name} has masked entries: leave out the rows that hold them, of both
            samples, or fill them in""")
    try:
        sample = np.asarray(_without_categories(sample))
    except ValueError:
        raise InputError(
            f"{name} must be one array of numbers, with rows of equal length"
        ) from None
    if sample.dtype.kind == "c":
        raise InputError(
            f"{name} holds complex numbers: give the real and the imaginary part as two columns"
        )
    if sample.dtype.kind == "O":
        sample = _numbers_of_objects(sample, name)
    if sample.dtype.kind not in "fiub":
        raise InputError(f"{name} must hold numbers, but has dtype {sample.dtype}")
    if sample.ndim == 1:
        sample = sample[:, None]
    if sample.ndim != 2 or sample.shape[1] == 0:
        raise InputError(
            f"{name} must have the shape (n,) or (n, dimension), but has {sample.shape}"
        )
    if not np.isfinite(sample).all():
        row, column = np.argwhere(~np.isfinite(sample))[0]
        raise InputError(f"{name} holds NaN or infinity, first in row {row}, column {column}")
    if sample.dtype.kind in "iu" and np.abs(sample.astype("float64")).max(initial=0) > 2**53:
        # Neighbours would be one float64. In whole numbers the way from the lowest is exact.
        sample = sample.astype("uint64") - sample.min(axis=0).astype("uint64")
    return sample.astype("float64")


def _without_categories(sample):
    """pandas' categories as numbers, NaN where one is missing; anything else as it is."""
    import pandas as pd

    if isinstance(sample, pd.DataFrame):
        return np.stack([np.asarray(_without_categories(sample[c])) for c in sample], axis=1)
    if isinstance(getattr(sample, "dtype", None), pd.CategoricalDtype):
        codes = np.asarray(pd.Series(sample).cat.codes, "float64")
        return np.where(codes < 0, np.nan, codes)
    return sample


def _numbers_of_objects(sample, name):
    try:
        if sample.ndim == 0 or any(isinstance(cell, str | bytes) for cell in sample.flat):
            raise TypeError
        return sample.astype("float64")
    except (TypeError, ValueError):
        raise InputError(f"{name} must hold numbers, but has dtype object") from None


def check_seed(seed):
    """A seed that NumPy and TensorFlow both take: a whole number from 0, or `InputError`."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**31:
        raise InputError(f"seed must be a whole number from 0 to 2^31 - 1, but is {seed!r}")
    return int(seed)


def rank_uniform(sample):
    """Each coordinate by its ranks, in (0, 1): `[n, d] -> [n, d]`; ties share their mean rank."""
    from scipy.stats import rankdata

    return (rankdata(sample, axis=0) - 0.5) / len(sample)


def rank_gaussian(sample):
    """Each coordinate by its ranks, drawn out to a standard Gaussian: `[n, d] -> [n, d]`.

    An increasing function of a coordinate (its cube, its logarithm, another unit) changes nothing
    here, and nothing in the mutual information. Ranks see one side at a time, never the pairing.
    """
    from scipy.special import ndtri

    return ndtri(rank_uniform(sample))


def untie(sample, rng, shared=SHARED):
    """Equal values of a column drawn apart, uniformly over the gap to their neighbours.

    `[n, d] -> [n, d]`; a value that occurs once stays, and so does one that at least the share
    `shared` of all rows have: a label, a zero. Rounded values fill their interval again. Which of
    the equal values goes where is chance and tells nothing, so the mutual information stays as it
    is. (The usual remedy, noise of a millionth, makes nearest-neighbour estimates read five times
    too much of Gaussians rounded to one decimal.)
    """
    columns = []
    for column in sample.T:
        values, where, counts = np.unique(column, return_inverse=True, return_counts=True)
        apart = (counts > 1) & (counts < shared * len(column))
        if not apart.any() or len(values) == 1:
            columns.append(column)
            continue
        gaps = np.diff(values)
        room = np.minimum(np.append(gaps, np.inf), np.insert(gaps, 0, np.inf))
        room = np.where(apart, room, 0.0)
        columns.append(column + room[where] * rng.uniform(-0.5, 0.5, len(column)))
    return np.stack(columns, axis=1)


def own_rng(seed):
    """A generator that shares no number with `numpy.random.default_rng(seed)`.

    People draw their sample with seed 0 and estimate with seed 0. With the same generator, what
    is meant as chance here would repeat the sample's own numbers.
    """
    return np.random.default_rng([seed, 0x1F0])


def draw_rows(n, limit, seed):
    """The numbers of at most `limit` of `n` rows, drawn without replacement, in order."""
    if n <= limit:
        return np.arange(n)
    return np.sort(own_rng(seed).choice(n, limit, replace=False))


def thin(columns, limit, seed, least=5):
    """The numbers of at most `limit` rows of some columns, in order, with rare values among them.

    A value that 100 of a million rows have would be missed by most draws: where a column has few
    values, or one that most rows share, `least` rows of each are taken first, and make room for as
    many others.
    """
    n = len(columns[0])
    rows = draw_rows(n, limit, seed)
    if len(rows) == n:
        return rows
    rng, wanted = own_rng(seed), []
    for column in columns:
        if has_many_values(column[rows]):  # and a file may be longer than the memory
            continue
        values, labels, counts = np.unique(column, return_inverse=True, return_counts=True)
        if len(values) > FEW_VALUES:  # the commonest, and all others as one
            values, labels = [0, 1], (labels == counts.argmax()).astype(int)
        for value in np.flatnonzero(np.bincount(labels[rows], minlength=len(values)) < least):
            held = np.flatnonzero(labels == value)
            wanted.append(rng.choice(held, min(least, len(held)), replace=False))
    return make_room(rows, wanted, limit, rng)


def has_many_values(column):
    """Whether a column has more than a few values, none of which most rows share."""
    counts = np.unique(column, return_counts=True)[1]
    return len(counts) > FEW_VALUES and 2 * counts.max() <= len(column)


def make_room(rows, wanted, limit, rng):
    """At most `limit` of the numbers `rows`, with those of the arrays `wanted` among them."""
    if not wanted:
        return rows
    wanted = np.unique(np.concatenate(wanted))[:limit]
    others = rng.permutation(np.setdiff1d(rows, wanted))[: limit - len(wanted)]
    return np.sort(np.concatenate([wanted, others]))
