"""The difference of two rows on the same test images."""

import math

import numpy as np

from dimlearn.check.exercise import Exercise
from dimlearn.evaluation import intervals


def answers(originals, poses, seed=0, kind="int64"):
    """Right answers of two rows that often agree, and the original of each image, not in order and
    not counted from 0."""
    rng = np.random.default_rng([seed, originals, poses])
    groups = np.repeat(3 * np.arange(originals) + 4, poses)
    hard = np.repeat(rng.uniform(0.1, 1.0, originals), poses)
    a, b = (rng.random(groups.size) < 1 - hard * share for share in (0.5, 0.9))
    order = rng.permutation(groups.size)
    return a[order].astype(kind), b[order].astype(kind), groups[order]

exercise = Exercise(
    meaning="""How much more accurate row a is than row b, and how sure that is, as `(difference,
    low, high)`: the mean of a - b, plus and minus 1.96 standard errors. Images of one original
    share their fate: what can be taken for a sample is the *originals*, so the standard error is
    that of the originals' mean differences (their deviation divides by G - 1, G the number of
    originals).""",
    reference=intervals.paired_difference,
    cases=lambda: [answers(4, 2), answers(6, 3, seed=1), answers(11, 5, seed=2)],
    extremes=lambda: [answers(2, 3, seed=5), answers(9, 1, seed=4), answers(7, 4, 6, "bool"),
                      answers(8, 3, seed=7, kind="float64")],
    returns=("difference", "low", "high"),
    shapes={"correct_a": "n"},
    hints="""Both rows answered the same images. What can be computed for each image, before any
    mean is taken?

    Next, one number for each original: the mean of a - b over its images. These G numbers are the
    sample. `np.unique(groups)` gives the originals; what is the standard error of a mean of G
    numbers?

    `means = np.array([d[groups == g].mean() for g in np.unique(groups)])` with `d = a - b` as
    floats, then `half = 1.96 * means.std(ddof=1) / math.sqrt(len(means))`.""",
)

@exercise.solution("""An image that is hard for both rows is in neither's favour: in a - b it drops
    out. So the interval of the difference is far narrower than two separate ones suggest, which
    count that image twice. Five poses of one original are nearly one image seen five times;
    counting them as five would make the interval too narrow. So each original gives one number, and
    the rest is the standard error of a mean.""")
def paired_difference(correct_a, correct_b, groups):
    """(difference, low, high): the mean of a - b with its 95 % interval over originals."""
    differences = np.subtract(correct_a, correct_b, dtype="float64")
    means = np.array([differences[groups == one].mean() for one in np.unique(groups)])
    half = 1.96 * means.std(ddof=1) / math.sqrt(len(means))
    return means.mean(), means.mean() - half, means.mean() + half

def floats(*arrays):
    return [np.asarray(array, "float64") for array in arrays]

def of_originals(values, groups):
    """The mean of values over each original: `[G]`."""
    return np.array([values[groups == one].mean() for one in np.unique(groups)])

def around(center, error, z=1.96):
    return center, center - z * error, center + z * error

def error_of(means, ddof=1):
    """The standard error of the mean of numbers."""
    return means.std(ddof=ddof) / math.sqrt(len(means))

@exercise.mistake("""Your difference is b - a: positive where row b is better.""")
def rows_exchanged(correct_a, correct_b, groups):
    return paired_difference(correct_b, correct_a, groups)

@exercise.mistake("""Every image counts as a case of its own. Images of one original share their
    fate, so there are fewer independent cases than images: take one number for each original.""")
def groups_ignored(correct_a, correct_b, groups):
    a, b = floats(correct_a, correct_b)
    return around((a - b).mean(), error_of(a - b))

@exercise.mistake("""The two rows are taken for independent: each has an error of its own, and these
    are put together. They answered the *same* images; an image that is hard for both counts in
    neither's favour.""")
def unpaired(correct_a, correct_b, groups):
    a, b = (of_originals(one, groups) for one in floats(correct_a, correct_b))
    return around((a - b).mean(), math.hypot(error_of(a), error_of(b)))

@exercise.mistake("""This is the interval of two independent accuracies, with their p (1 - p) / n.
    The rows answered the *same* images, and images of one original share their fate.""")
def two_accuracies(correct_a, correct_b, groups):
    a, b = floats(correct_a, correct_b)
    variances = [one.mean() * (1 - one.mean()) / len(one) for one in (a, b)]
    return around((a - b).mean(), math.sqrt(sum(variances)))

@exercise.mistake("""The deviation of the originals' means divides by G. Of a sample whose mean is
    estimated too it is a little too small: divide by G - 1.""")
def divided_by_g(correct_a, correct_b, groups):
    means = of_originals(np.subtract(*floats(correct_a, correct_b)), groups)
    return around(means.mean(), error_of(means, ddof=0))

@exercise.mistake("""Your interval holds most of the *originals*. Asked is how sure their mean is:
    the more of them there are, the surer.""")
def deviation_for_error(correct_a, correct_b, groups):
    means = of_originals(np.subtract(*floats(correct_a, correct_b)), groups)
    return around(means.mean(), means.std(ddof=1))

@exercise.mistake("""The error shrinks with the number of images. The means that you take the
    deviation of are fewer: one for each original.""")
def divided_by_images(correct_a, correct_b, groups):
    means = of_originals(np.subtract(*floats(correct_a, correct_b)), groups)
    return around(means.mean(), means.std(ddof=1) / math.sqrt(len(groups)))

@exercise.mistake("""The half-width is a variance: a root is missing.""")
def variance_for_error(correct_a, correct_b, groups):
    means = of_originals(np.subtract(*floats(correct_a, correct_b)), groups)
    return around(means.mean(), error_of(means) ** 2)

@exercise.mistake("""The interval is one standard error wide on each side: about 68 %.""")
def one_standard_error(correct_a, correct_b, groups):
    means = of_originals(np.subtract(*floats(correct_a, correct_b)), groups)
    return around(means.mean(), error_of(means), z=1.0)

@exercise.mistake("""The interval is one of 90 %: asked are 1.96 standard errors on each side.""")
def ninety_percent(correct_a, correct_b, groups):
    means = of_originals(np.subtract(*floats(correct_a, correct_b)), groups)
    return around(means.mean(), error_of(means), z=1.6448536269514722)

@exercise.mistake("""The two ends are exchanged: the lower one comes first.""")
def ends_exchanged(correct_a, correct_b, groups):
    difference, low, high = paired_difference(correct_a, correct_b, groups)
    return difference, high, low

@exercise.mistake("""The difference is missing: only the two ends come back.""")
def ends_alone(correct_a, correct_b, groups):
    return paired_difference(correct_a, correct_b, groups)[1:]

@exercise.mistake("""The half-width comes back in place of the ends. Asked are the two ends.""")
def half_width_returned(correct_a, correct_b, groups):
    difference, low, high = paired_difference(correct_a, correct_b, groups)
    return difference, (low - high) / 2, (high - low) / 2

@exercise.mistake("""Your numbers are in percent. An accuracy is a fraction, and so is a difference
    of two.""")
def in_percent(correct_a, correct_b, groups):
    return tuple(100 * one for one in paired_difference(correct_a, correct_b, groups))

@exercise.mistake("""The sign of each difference is lost. Where row b alone is right, row a is the
    worse by one.""")
def absolute_differences(correct_a, correct_b, groups):
    means = of_originals(abs(np.subtract(*floats(correct_a, correct_b))), groups)
    return around(means.mean(), error_of(means))

@exercise.mistake("""Only images on which the rows disagree are counted. Where both are right, or
    both wrong, the difference is 0, and that says something too.""")
def disagreements_alone(correct_a, correct_b, groups):
    difference = np.subtract(*floats(correct_a, correct_b))
    means = of_originals(difference[difference != 0], groups[difference != 0])
    return around(means.mean(), error_of(means))

@exercise.mistake("""The differences of an original are summed, not averaged.""")
def summed_over_images(correct_a, correct_b, groups):
    sums = of_originals(np.subtract(*floats(correct_a, correct_b)), groups)
    sums = sums * len(groups) / len(sums)
    return around(sums.mean(), error_of(sums))

@exercise.mistake("""Images that stand side by side are taken for those of one original. Which
    original an image shows is said by `groups`, in any order.""")
def order_taken_for_groups(correct_a, correct_b, groups):
    count = len(np.unique(groups))
    means = np.subtract(*floats(correct_a, correct_b)).reshape(count, -1).mean(axis=1)
    return around(means.mean(), error_of(means))

@exercise.mistake("""The entries of `groups` are taken for positions, counted from 0 without a gap.
    They are names: where no image has one, your function divides by 0.""")
def names_for_positions(correct_a, correct_b, groups):
    difference = np.subtract(*floats(correct_a, correct_b))
    with np.errstate(all="ignore"):
        means = np.bincount(groups, difference) / np.bincount(groups)
    return around(means.mean(), error_of(means))

@exercise.mistake("""Your function breaks at answers that are True and False: NumPy subtracts no
    booleans. Make numbers of them first.""")
def booleans_subtracted(correct_a, correct_b, groups):
    means = of_originals(correct_a - correct_b, groups)
    return around(means.mean(), error_of(means))
