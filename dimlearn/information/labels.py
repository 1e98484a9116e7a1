"""Labels: sides of a sample that take few values, however they are written. Lesson 2.

A class may come as a column of numbers, as one column for each class (one-hot), or as several
columns of zeros and ones. The mutual information only knows which rows are equal.
"""

import numpy as np

from dimlearn.information.samples import untie

MOST_LABELS = 20
MOST_NAMED = 8
FAR = 1e6
ROWS_EACH = 10  # at least, on average, or the classes are too thin to count in


def labels_of(side):
    """The class of each row, 0, 1, ... `[n]`, or None for a side `[n, d]` of many values."""
    distinct, labels = np.unique(side, axis=0, return_inverse=True)
    few = len(distinct) <= min(MOST_LABELS, len(side) / ROWS_EACH)
    return labels.ravel() if few else None


def one_hot(side):
    """A side of labels as one column for each class but the first `[n, K - 1]`, another as it is.

    For critics, to whom a class is a place: the third is no nearer to the second than the first.
    One column of more than `MOST_NAMED` values is taken for counts, whose order tells.
    """
    labels = labels_of(side)
    if labels is None or (side.shape[1] == 1 and labels.max() >= MOST_NAMED):
        return side
    return (labels[:, None] == np.arange(1, labels.max() + 1)).astype(float)


def as_one_column(side):
    """A side of labels as one column of numbers far apart `[n, 1]`, another as it is."""
    labels = labels_of(side)
    return side if labels is None else FAR * labels[:, None]


def without_ties(side, rng):
    """A side for nearest neighbours: classes far apart, other equal values by `untie`."""
    labels = labels_of(side)
    return untie(side, rng) if labels is None else as_one_column(side)
