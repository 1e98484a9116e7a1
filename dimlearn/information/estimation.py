"""Mutual information between two samples. Lessons 3 and 10.

    import dimlearn

    result = dimlearn.estimate_mi(x, y)     # arrays [n, dx], [n, dy]; row i belongs to row i
    print(result)                           # 1.003 +/- 0.021 nats (cross-fitted critics)
    result.value, result.standard_error, float(result), result.warnings

What there is (each with `estimate(x, y)` and `result(x, y)`, see `estimators`):

    Gaussian       right for Gaussians (or, on ranks, Gaussian copulas)
    Histogram      one column a side
    KSG            nearly exact in up to three dimensions, far too low in many
    CrossFitted    critics read on pairs that none of them saw, in any number of columns
    Recommended    the two above, as `estimate_mi` has them
"""

import math
from dataclasses import replace

import numpy as np

from dimlearn.errors import InputError, one_line
from dimlearn.information.estimators import (
    FEW_DIMENSIONS,
    KSG,
    Estimator,
    error_of_mean,
)
from dimlearn.information.few_columns import MOST_COLUMNS, agreed_columns
from dimlearn.information.labels import as_one_column, one_hot
from dimlearn.information.limits import hidden_by_columns, may_be_function
from dimlearn.information.samples import check_seed, own_rng, rank_uniform

CRITIC_KINDS = ("gaussian", "student", "kernel", "forest", "separable", "concat")
LED_ON = 1.2  # times what the second half of the pairs gained is left: more than of an error that
# falls as 1 / n (1.0), less than of one that falls as 1 / sqrt(n) (2.4)
LED_ON_ERROR = 0.4  # of it, and
CHANCE_ERROR = 0.6  # of the chance in what was gained: so errors scatter by about one bar
# (`tests/benchmarks/mi_benchmark.py bars`)


def estimate_mi(x, y, seed=0, groups=None, say=None):
    """Mutual information of two samples, an `Estimate` in nats.

    `x`: `[n, dx]` or `[n]`; `y`: `[n, dy]` or `[n]`; row i of `x` belongs to row i of `y`. `seed`
    draws the folds, the networks' first weights and their batches. `groups`: `[n]`, equal for rows
    that belong together, such as those of one patient. `say(text, passing=False)` is told what is
    going on; a passing text holds until the next.

    Raises `InputError`, in one sentence, for samples that cannot be used (`samples.check_pairs`).
    """
    return Recommended(seed, say).result(x, y, groups)


class CrossFitted(Estimator):
    """Critics scored on pairs that they never saw, read by DV, and led on to more pairs.

    `kinds`: which critics are mixed, of "gaussian", "student", "kernel", "forest", "separable" and
    "concat" (see `crossfit`). `steps`: training steps of the networks. Columns are always ranked.

    DV of a critic that saw none of the pairs is a lower bound but for chance (`readouts["DV"]`).
    How far below it lies is seen by fitting the critics of two folds a second time, to half of
    their pairs. A shortfall that falls as 1 / n, as that of a fitted Gaussian, is once more what
    the other half gained: a little more than that is added to the value. At most it is doubled:
    what is not seen at all is not made up.

    The standard error adds, in squares, the error of sampling, a part of what was led on and of the
    chance in it, and what could hide where columns rival rows (`limits`). Mutual information is
    never negative, so a value below 0 is off by that much at least: that is added too.
    """

    def __init__(self, kinds=CRITIC_KINDS, steps=1000, seed=0, say=None):
        unknown = sorted(set(kinds) - set(CRITIC_KINDS))
        if unknown or not kinds:
            raise InputError(f"kinds must be of {', '.join(CRITIC_KINDS)}, but are {kinds}")
        self.kinds, self.steps, self.seed, self.say = kinds, steps, check_seed(seed), say
        self.name = "cross-fitted " + (f"{kinds[0]} critic" if len(kinds) == 1 else "critics")

    def _measure(self, x, y, groups):
        from dimlearn.information.crossfit import cross_fit
        from dimlearn.information.readouts import influence, read_log_ratio

        x, y = one_hot(x), one_hot(y)
        hidden, told = hidden_by_columns(x, y)
        warnings = [told] if told else []
        x, y = rank_uniform(x), rank_uniform(y)
        folds, halves, curve = cross_fit(x, y, self.kinds, self.seed, self.steps, self.say, groups)
        readings = [read_log_ratio(fold.scores) for fold in folds]
        readouts = {name: float(np.mean([one[name] for one in readings])) for name in readings[0]}
        terms = np.empty(len(x))
        for fold in folds:
            terms[fold.rows] = influence(fold.scores)
        sampling, bound = error_of_mean(terms, groups), readouts["DV"]
        growth, chance = what_half_gained(folds, halves, groups)
        led_on = LED_ON * float(np.clip(growth, 0.0, max(bound, 0.0) / LED_ON))
        value = bound + led_on
        if led_on > max(0.05, 0.1 * value, 2 * sampling):
            warnings.append(
                one_line(f"""twice the pairs raised the value by {growth:.2f} nats: it is still
                    growing, read it as 'at least'""")
            )
        parts = sampling, LED_ON_ERROR * led_on, CHANCE_ERROR * chance, hidden, min(value, 0.0)
        more = {"curve": curve, "evaluation": folds[-1], "readouts": readouts}
        return value, float(np.linalg.norm(parts)), more | {"warnings": warnings}


def what_half_gained(folds, halves, groups=None):
    """By how much DV of the first folds exceeds that of critics of half the pairs: `(nats, error)`.

    Both are read on the same pairs, so that most of the chance in them is the same too.
    """
    from dimlearn.information.readouts import influence, read_log_ratio

    gains, changes, rows = [], [], np.concatenate([half.rows for half in halves])
    for fold, half in zip(folds, halves):
        gains.append(read_log_ratio(fold.scores)["DV"] - read_log_ratio(half.scores)["DV"])
        changes.append(influence(fold.scores) - influence(half.scores))
    together = None if groups is None else np.unique(groups[rows], return_inverse=True)[1]
    return float(np.mean(gains)), error_of_mean(np.concatenate(changes), together)


class Recommended(Estimator):
    """What `estimate_mi` does, as one object: nearest neighbours and critics.

    With up to three columns in all (a side of labels counts as one) the value is that of `KSG`;
    with more it is that of `CrossFitted`. The other of the two holds where it is larger by more
    than chance, for both fall short of dependence that they do not see and neither makes it up, and
    where that value is below 0. In four columns, and in those two to four of many that either half
    of the rows picks by itself, neighbours are as good as critics: there the larger value holds, if
    it shows something by itself. Where columns rival rows, nobody picks a few.
    """

    name = "recommended"

    def __init__(self, seed=0, say=None):
        self.seed, self.say = check_seed(seed), say

    def measure(self, x, y, groups=None, remarks=()):
        sides = as_one_column(x), as_one_column(y)
        dims = sum(side.shape[1] for side in sides)
        few, nearest = dims <= FEW_DIMENSIONS, KSG(seed=self.seed)
        told = may_be_function(x, y, self.seed)
        remarks = (*remarks, told) if told else remarks
        kinds = ("gaussian", "kernel") if few else CRITIC_KINDS
        critics = first = CrossFitted(kinds, seed=self.seed, say=self.say).measure(x, y, groups)
        readouts = {**critics.readouts, "cross-fitted critics": critics.value}
        if dims <= 2 * FEW_DIMENSIONS:
            neighbours = nearest.measure(x, y, groups)
            readouts["nearest neighbours"] = neighbours.value
            pair = (neighbours, critics) if few else (critics, neighbours)
            first = the_larger(*pair, len(x), by=0 if dims == MOST_COLUMNS else 2)
        picked = None
        if not few and not hidden_by_columns(*sides)[1]:
            picked = agreed_columns(*sides, own_rng(self.seed), groups)
        if picked and sum(map(len, picked)) < dims:
            of_x, of_y = (side[:, columns] for side, columns in zip(sides, picked))
            neighbours = nearest.measure(of_x, of_y, groups)
            readouts["nearest neighbours in few columns"] = neighbours.value
            if shows_more(neighbours, first, len(x)):
                first = replace(neighbours, estimator=of_columns(*picked))
        return replace(
            first,
            curve=critics.curve,
            evaluation=critics.evaluation,
            readouts=readouts,
            warnings=(*remarks, *first.warnings),
        )


def of_columns(of_x, of_y):
    """The name of KSG of some columns only."""
    x, y = (", ".join(map(str, columns)) for columns in (of_x, of_y))
    return f"KSG of columns {x} of x and {y} of y"


def the_larger(first, other, n, by):
    """Of two estimates of n pairs the first, or the other where it shows more, by so many standard
    errors; and where the first is below 0, with the larger error."""
    errors = first.standard_error, other.standard_error
    if shows_more(other, first, n, by):
        return other
    if first.value < min(0.0, other.value):
        return replace(other, standard_error=max(errors))
    return first


def shows_more(one, other, n, by=0):
    """Whether an estimate of n pairs is larger than another, by so many standard errors of both. It
    has to show something by itself: no chance, and no more than n pairs can vouch for."""
    errors = one.standard_error, other.standard_error
    larger = one.value > other.value + by * math.hypot(*errors)
    return larger and 2 * one.standard_error < one.value < math.log(n)
