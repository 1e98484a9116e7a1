"""Mutual information between two samples. Lessons 2 and 9.

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
from dimlearn.information.labels import as_one_column, one_hot
from dimlearn.information.limits import hidden_by_columns, may_be_function
from dimlearn.information.samples import check_seed, rank_uniform

CRITIC_KINDS = ("gaussian", "kernel", "forest", "separable", "concat")
LED_ON = 1.0  # times the gain of the second half of the pairs: what is left of an error that falls
# as 1 / n; and the share of it that may be wrong
LED_ON_ERROR = 0.7


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

    `kinds`: which critics are mixed, of "gaussian", "kernel", "separable" and "concat" (see
    `crossfit`). `steps`: training steps of the networks. Columns are always ranked.

    DV of a critic that saw none of the pairs is a lower bound but for chance (`readouts["DV"]`).
    How far below it lies is seen by fitting the critics of two folds a second time, to half of
    their pairs. A shortfall that falls as 1 / n, as that of a fitted Gaussian, is once more what
    the other half gained: that is added to the value (at most it is doubled: what is not seen at
    all is not made up), and most of it taken for its error too.

    The standard error adds that, in squares, to the error of sampling. Mutual information is never
    negative, so a value below 0 is off by that much at least: that is added too.
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
        limits = hidden_by_columns(x, y)
        x, y = rank_uniform(x), rank_uniform(y)
        folds, halves, curve = cross_fit(x, y, self.kinds, self.seed, self.steps, self.say, groups)
        readings = [read_log_ratio(fold.scores) for fold in folds]
        values = np.array([reading["DV"] for reading in readings])
        growth = values[: len(halves)].mean()
        growth -= np.mean([read_log_ratio(half.scores)["DV"] for half in halves])
        terms = np.empty(len(x))
        for fold in folds:
            terms[fold.rows] = influence(fold.scores)
        sampling = error_of_mean(terms, groups)
        led_on = LED_ON * np.clip(growth, 0.0, max(values.mean(), 0.0))
        value = float(values.mean() + led_on)
        hidden, told = limits
        warnings = [told] if told else []
        if led_on > max(0.05, 0.1 * value, 2 * sampling):
            warnings.append(
                one_line(f"""twice the pairs raised the value by {growth:.2f} nats: it is still
                    growing, read it as 'at least'""")
            )
        readouts = {
            name: float(np.mean([reading[name] for reading in readings])) for name in readings[0]
        }
        more = {
            "curve": curve,
            "evaluation": folds[-1],
            "readouts": readouts,
            "warnings": warnings,
        }
        parts = sampling, LED_ON_ERROR * led_on, hidden, min(value, 0.0)
        return value, float(np.linalg.norm(parts)), more


class Recommended(Estimator):
    """What `estimate_mi` does, as one object: nearest neighbours and critics.

    With up to three columns in all (a side of labels counts as one) the value is that of `KSG`;
    with more it is that of `CrossFitted`. The larger of the two holds where they are apart by more
    than chance: both fall short of dependence that they do not see, and neither makes it up.
    """

    name = "recommended"

    def __init__(self, seed=0, say=None):
        self.seed, self.say = check_seed(seed), say

    def measure(self, x, y, groups=None, remarks=()):
        dims = as_one_column(x).shape[1] + as_one_column(y).shape[1]
        few = dims <= FEW_DIMENSIONS
        kinds = ("gaussian", "kernel") if few else CRITIC_KINDS
        told = may_be_function(x, y, self.seed)
        remarks = (*remarks, told) if told else remarks
        critics = CrossFitted(kinds, seed=self.seed, say=self.say).measure(x, y, groups)
        if dims > 2 * FEW_DIMENSIONS:
            return replace(critics, warnings=(*remarks, *critics.warnings))
        nearest = KSG(seed=self.seed).measure(x, y, groups)
        first, other = (nearest, critics) if few else (critics, nearest)
        gap = 2 * math.hypot(first.standard_error, other.standard_error)
        found = other if other.value > first.value + gap else first
        readouts = {
            **critics.readouts,
            "cross-fitted critics": critics.value,
            "nearest neighbours": nearest.value,
        }
        return replace(
            found,
            curve=critics.curve,
            evaluation=critics.evaluation,
            readouts=readouts,
            warnings=(*remarks, *found.warnings),
        )
