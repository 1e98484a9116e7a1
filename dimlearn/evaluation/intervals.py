"""How sure an accuracy is, or a difference of two: of the choice of images, and of seeds. Lesson 9.

Test images that show one original in several poses are not independent: what can be taken for a
sample is the originals. `groups` `[N]` says which of them each test image shows.
"""

import math
from dataclasses import dataclass

import numpy as np


def accuracy_interval(correct, total):
    """`(low, high)` of the 95 % Wilson interval of an accuracy p (Wilson 1927).

        (p + z²/2n  ±  z sqrt(p (1 - p) / n + z²/4n²)) / (1 + z²/n)

    `correct` of `total` independent cases were right; both may be fractions of a case.
    """
    z = 1.959963984540054  # the normal distribution has 95 % of its mass within z
    p = correct / total
    center = (p + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z / (1 + z**2 / total) * math.sqrt(p * (1 - p) / total + z**2 / (4 * total**2))
    return max(0.0, min(p, center - half)), min(1.0, max(p, center + half))


def paired_difference(correct_a, correct_b, groups):
    """How much more accurate row a is than row b: `(difference, low, high)`, a 95 % interval.

        d[g]        the mean of a - b over the images of original g
        difference  the mean of d over all G originals
        error       sqrt( Σ_g (d[g] - difference)² / (G - 1) / G )
        low, high   difference ± 1.96 error

    `correct_a`, `correct_b`: `[N]`, which of the same images each row gets right (0/1, booleans,
    or the mean of several runs); `groups`: `[N]`, the original that each image shows, all of
    them in equally many. An image that is hard for both rows drops out of a - b: the
    difference of two rows is surer than either of their accuracies.
    """
    differences = np.subtract(correct_a, correct_b, dtype="float64")  # [N]
    _, of_original = np.unique(groups, return_inverse=True)
    means = np.bincount(of_original, differences) / np.bincount(of_original)  # [G]
    difference = float(means.mean())
    if len(means) < 2:  # a single original does not tell how much originals differ
        return difference, -1.0, 1.0
    half = 1.96 * float(means.std(ddof=1)) / math.sqrt(len(means))
    return difference, difference - half, difference + half


# ---------------------------------------------------------------- over seeds


@dataclass
class Interval:
    """An accuracy, or a difference of two, with its 95 % interval: fractions of the test set.

    `seeds`: how many runs `mean` averages; `spread`: what the interval allows for.
    """

    mean: float
    low: float
    high: float
    seeds: int
    spread: str


def accuracy_over_seeds(correct, groups, runs):
    """The accuracy of runs that differ in their seed: an `Interval`.

    `correct`: `[runs, N]`, right answers on the test images; `groups`: `[N]`; `runs`: what the
    seed decides, such as "pretraining". The interval adds two spreads as independent ones (MOVER,
    Zou & Donner 2008): for the choice of test images the Wilson interval of as many cases as the
    images are worth (`effective_number`), and, of several runs, Student's for the choice of seeds.
    """
    each = np.mean(correct, axis=0)  # [N]
    mean, worth = float(each.mean()), effective_number(each, groups)
    low, high = accuracy_interval(mean * worth, worth)
    return over_seeds(mean, low, high, np.mean(correct, axis=1), 0.0, groups, runs)


def difference_over_seeds(correct_a, correct_b, groups, runs):
    """The accuracy of row a minus that of row b, of runs that differ in their seed: an `Interval`.

    `correct_a`, `correct_b`: `[runs, N]`; runs of the same number belong together, and a row of one
    run is the same beside every run of the other. The interval is that of `paired_difference` for
    the mean of the runs, and allows for the choice of seeds as `accuracy_over_seeds` does. Of one
    run it is about these two encoders: another seed may give another difference.
    """
    a, b = np.broadcast_arrays(correct_a, correct_b)
    mean, low, high = paired_difference(a.mean(axis=0), b.mean(axis=0), groups)
    return over_seeds(mean, low, high, a.mean(axis=1) - b.mean(axis=1), -1.0, groups, runs)


def similarity_over_seeds(values, groups, runs):
    """The mean of what each test image is worth, from -1 to 1, such as a similarity: an `Interval`.

    `values`: `[runs, N]`; the rest as in `accuracy_over_seeds`.
    """
    return difference_over_seeds(values, np.zeros_like(values), groups, runs)


def estimate_over_seeds(values, errors, runs):
    """The mean of estimates `[runs]`, with the standard error of each: an `Interval`, in their
    unit. They are of the same images: their own errors do not average out."""
    from scipy.stats import t

    mean, count, half = float(np.mean(values)), len(values), 1.96 * float(np.mean(errors))
    spread = "standard error"
    if count > 1:
        of_seeds = t.ppf(0.975, count - 1) * np.std(values, ddof=1) / math.sqrt(count)
        half, spread = math.hypot(half, of_seeds), f"{spread}, {count} {runs} seeds"
    return Interval(mean, mean - half, mean + half, count, spread)


def over_seeds(mean, low, high, of_runs, least, groups, runs):
    """An interval for the choice of images, widened for that of seeds, within [`least`, 1].

    `of_runs`: `[runs]`, what `mean` is the mean of.
    """
    from scipy.stats import t

    count, half = len(of_runs), 0.0
    images, originals = len(groups), len(np.unique(groups))
    spread = f"{images} test images" + (f" of {originals} originals" * (originals < images))
    if count > 1:
        half = t.ppf(0.975, count - 1) * np.std(of_runs, ddof=1) / math.sqrt(count)
        spread += f", {count} {runs} seeds"
    low = max(least, mean - math.hypot(mean - low, half))
    high = min(1.0, mean + math.hypot(high - mean, half))
    return Interval(mean, float(low), float(high), count, spread)


def effective_number(correct, groups):
    """How many independent test images would tell an accuracy p as surely as these do.

        n = p (1 - p) N² / Σ_g (Σ_{i in g} (c[i] - p))²

    the number of images N over the design effect (Kish 1965). `correct`: c, `[N]`, right answers,
    or their mean over runs; `groups`: `[N]`. N where every image is its own; with m poses of each
    original between N / m, where the poses of one share their fate, and about N, where they do not.
    The number of originals where nothing is there to estimate it from, as when all are right.
    """
    p = correct.mean()
    _, of_original = np.unique(groups, return_inverse=True)
    off = np.bincount(of_original, correct - p)  # [G]
    if np.abs(off).max() < 1e-9:
        return len(off)
    return float(p * (1 - p) * len(correct) ** 2 / np.square(off).sum())
