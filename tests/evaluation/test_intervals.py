"""Intervals of an accuracy and of a difference: known values, coverage, the spread over seeds."""

from statistics import NormalDist

import numpy as np
import pytest

from dimlearn.evaluation import accuracy_interval, paired_difference
from dimlearn.evaluation.intervals import (
    accuracy_over_seeds,
    difference_over_seeds,
    effective_number,
)


@pytest.mark.parametrize(
    "correct, total, low, high",
    [
        (8, 10, 0.4902, 0.9433),
        (0, 20, 0.0, 0.1611),
        (20, 20, 0.8389, 1.0),
        (95, 100, 0.8882, 0.9785),
    ],
)
def test_wilson_intervals(correct, total, low, high):
    assert accuracy_interval(correct, total) == pytest.approx((low, high), abs=1e-4)


def test_wilson_covers_as_often_as_it_says():
    rng = np.random.default_rng(0)
    inside = 0
    for correct in rng.binomial(200, 0.9, size=2000):
        low, high = accuracy_interval(correct, 200)
        inside += low <= 0.9 <= high
    assert 0.93 <= inside / 2000 <= 0.97


# ---------------------------------------------------------------- one row


def right_answers(*shares, images=100):
    """`[runs, images]`: in each run the first of the images are right, in these shares."""
    return np.array([np.arange(images) < share * images for share in shares])


def test_accuracies_tell_their_spread():
    own = np.arange(100)
    alone = accuracy_over_seeds(right_answers(0.8), own, "probe")
    assert (alone.low, alone.high) == pytest.approx(accuracy_interval(80, 100))
    assert alone.seeds == 1 and alone.spread == "100 test images"
    many = accuracy_over_seeds(right_answers(0.7, 0.8, 0.9), own, "pretraining")
    assert many.mean == pytest.approx(0.8) and many.seeds == 3
    assert many.spread == "100 test images, 3 pretraining seeds"
    half = 4.302653 * 0.1 / np.sqrt(3)  # Student's 97.5 % point for 2 degrees of freedom
    each = right_answers(0.7, 0.8, 0.9).mean(axis=0)
    worth = 0.8 * 0.2 * 100 / each.var()  # the mean of three runs varies less than one
    low, high = accuracy_interval(0.8 * worth, worth)
    assert many.low == pytest.approx(0.8 - np.hypot(0.8 - low, half), abs=1e-5)
    assert many.high == pytest.approx(min(1, 0.8 + np.hypot(high - 0.8, half)), abs=1e-5)
    posed = accuracy_over_seeds(right_answers(0.8), own // 4, "probe")
    assert posed.spread == "100 test images of 25 originals"
    assert (posed.low, posed.high) == pytest.approx(accuracy_interval(20, 25))


def test_images_are_worth_their_originals_at_least():
    groups = np.repeat(np.arange(50), 4)
    rng = np.random.default_rng(0)
    shared = np.repeat(rng.random(50) < 0.8, 4)
    assert effective_number(shared, groups) == pytest.approx(50)
    assert effective_number(shared, np.arange(200)) == pytest.approx(200)
    found = [effective_number(rng.random(200) < 0.8, groups) for _ in range(500)]
    assert 190 < np.mean(found) < 215  # independent poses
    assert effective_number(np.ones(200), groups) == 50  # nothing to estimate it from
    order = rng.permutation(200)  # poses need not stand together
    assert effective_number(shared[order], groups[order]) == pytest.approx(50)


# ---------------------------------------------------------------- two rows


def test_a_difference_by_hand():
    a, b, groups = [1, 1, 1, 0, 1, 1], [0, 1, 1, 0, 0, 0], [7, 7, 3, 3, 5, 5]
    difference, low, high = paired_difference(a, b, groups)  # of the originals: 1/2, 0, 1
    assert difference == pytest.approx(0.5)
    assert (low, high) == pytest.approx((0.5 - 1.96 * 0.5 / 3**0.5, 0.5 + 1.96 * 0.5 / 3**0.5))
    turned = paired_difference(b, a, groups)
    assert turned == pytest.approx((-difference, -high, -low))
    assert paired_difference(np.array(a, bool), np.array(b, bool), groups) == (
        difference,
        low,
        high,
    )
    assert paired_difference(a, a, groups) == (0, 0, 0)
    assert paired_difference([True, False], [False, False], [4, 4]) == (0.5, -1, 1)


def test_runs_of_the_same_number_belong_together():
    groups = np.arange(100)
    a, b = right_answers(0.9, 0.7, 0.8), right_answers(0.85, 0.65, 0.75)
    together = difference_over_seeds(a, b, groups, "pretraining")
    crossed = difference_over_seeds(a, b[[1, 2, 0]], groups, "pretraining")
    assert together.mean == pytest.approx(crossed.mean) == pytest.approx(0.05)
    assert 0 < together.low < together.high < 0.15  # each seed is ahead by the same
    assert crossed.low < 0
    assert together.seeds == 3 and together.spread == "100 test images, 3 pretraining seeds"
    alone = difference_over_seeds(a, b[:1], groups, "pretraining")  # one that has no seeds
    expected = difference_over_seeds(a, b[[0, 0, 0]], groups, "pretraining")
    assert alone == expected and alone.mean == pytest.approx(-0.05)
    one = difference_over_seeds(a[:1], b[:1], groups, "probe")
    assert (one.mean, one.low, one.high) == pytest.approx(paired_difference(a[0], b[0], groups))
    assert one.spread == "100 test images"


# ---------------------------------------------------------------- coverage, by simulation

NORMAL = NormalDist()
ORIGINALS, POSES = 540, 4  # those of the bundled digits


def simulated(rng, level, of_seeds=0.0, runs=1, originals=None, images=None, shared=0.3):
    """Right answers `[runs, N]` of a row: an image is right where its merit is above 0.

    The merit is the sum of normal parts: of its original (a variance of `shared`), of the image
    (the same for every row, a tenth), of this row with this image (the rest of 1), and of the
    run (`of_seeds` squared). `level` is its mean.
    """
    if originals is None:
        originals, images = difficulties(rng)
    own = rng.normal(size=(runs, len(images))) * np.sqrt(0.9 - shared)
    of_run = rng.normal(size=(runs, 1)) * of_seeds
    return level + of_run + originals * np.sqrt(shared) + images * np.sqrt(0.1) + own > 0


def difficulties(rng):
    """The normal parts `([N], [N])` of originals and of images."""
    return np.repeat(rng.normal(size=ORIGINALS), POSES), rng.normal(size=ORIGINALS * POSES)


def truth(level, of_seeds=0.0):
    """The accuracy that all images and all seeds would give."""
    return NORMAL.cdf(level / np.sqrt(1 + of_seeds**2))


GROUPS = np.repeat(np.arange(ORIGINALS), POSES)


@pytest.mark.parametrize("level", [0.0, 1.0, 2.0])  # accuracies of 50, 84 and 98 %
def test_an_accuracy_of_correlated_poses_is_covered_as_often_as_is_said(level):
    rng, inside, times = np.random.default_rng(1), np.zeros(3), 1000
    for _ in range(times):
        correct = simulated(rng, level, shared=0.5)
        clustered = accuracy_over_seeds(correct, GROUPS, "probe")
        intervals = [(clustered.low, clustered.high)]
        for total in (ORIGINALS, ORIGINALS * POSES):  # flat ones
            intervals.append(accuracy_interval(correct.mean() * total, total))
        inside += [low <= truth(level) <= high for low, high in intervals]
    clustered, of_originals, of_images = inside / times
    assert 0.93 <= clustered <= 0.97
    assert of_originals > 0.975  # as if the poses of one original said nothing new: too wide
    assert of_images < 0.92  # as if each were an image of its own: too narrow


def covered(seed, runs, of_seeds, level_a, level_b, times=400):
    """How often the paired interval holds the difference of two rows, whatever the seeds, and how
    often the difference of these very encoders on all images."""
    rng, whatever, these = np.random.default_rng(seed), 0, 0
    for _ in range(times):
        parts = difficulties(rng)
        of_a, of_b = rng.normal(size=(2, runs, 1)) * of_seeds
        a = simulated(rng, level_a + of_a, 0.0, runs, *parts)
        b = simulated(rng, level_b + of_b, 0.0, runs, *parts)
        found = difference_over_seeds(a, b, GROUPS, "pretraining")
        whatever += found.low <= truth(level_a, of_seeds) - truth(level_b, of_seeds) <= found.high
        merits = zip((level_a + of_a).ravel(), (level_b + of_b).ravel())
        own = np.mean([truth(one) - truth(other) for one, other in merits])
        these += found.low <= own <= found.high
    return whatever / times, these / times


def test_with_one_seed_a_difference_is_of_these_encoders():
    whatever, these = covered(seed=2, runs=1, of_seeds=0.15, level_a=1.6, level_b=1.3)
    assert 0.92 <= these <= 0.975
    assert whatever < 0.75  # other seeds give other encoders


def test_with_three_seeds_a_difference_is_covered_whatever_the_seed():
    whatever, these = covered(seed=3, runs=3, of_seeds=0.15, level_a=1.6, level_b=1.3)
    assert 0.93 <= whatever <= 0.985
    assert these >= whatever


def test_without_a_spread_of_seeds_three_of_them_cost_some_width():
    whatever, _ = covered(seed=4, runs=3, of_seeds=0.0, level_a=1.6, level_b=1.3)
    assert 0.95 <= whatever <= 1.0


def test_rows_that_overlap_may_differ_for_sure():
    """What both rows find hard drops out of their difference."""
    rng = np.random.default_rng(5)
    parts = difficulties(rng)
    a, b = (simulated(rng, level, 0.0, 1, *parts, shared=0.7) for level in (1.15, 1.0))
    of_a, of_b = (accuracy_over_seeds(each, GROUPS, "probe") for each in (a, b))
    assert of_a.low < of_b.high  # the single intervals overlap
    assert paired_difference(a[0], b[0], GROUPS)[1] > 0
