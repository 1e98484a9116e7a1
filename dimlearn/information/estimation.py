"""Mutual information between two samples. Lessons 3 and 10.

    import dimlearn

    result = dimlearn.estimate_mi(x, y)     # arrays [n, dx], [n, dy]; row i belongs to row i
    print(result)                           # 1.003 +/- 0.021 nats (cross-fitted critics)
    result.value, result.standard_error, float(result), result.warnings

Every estimator has one interface, that of the public benchmark of Czyz et al. 2023:
`estimate(x, y)` returns a number in nats, `result(x, y)` an `Estimate` that also says how sure it
is and how it came about. What they are:

    Gaussian       not a bound: right for Gaussians (or, on ranks, Gaussian copulas)
    Histogram      not a bound: one column a side
    KSG            not a bound: nearly exact in up to three dimensions, far too low in many
    CrossFitted    a lower bound (DV) in expectation, read on pairs that no critic saw

Mutual information does not change when a column is put through an increasing function. So all
of them first replace columns by their ranks, drawn out to a Gaussian (`ranks=False` leaves them).
"""

import math
from dataclasses import dataclass, field

import numpy as np

from dimlearn.errors import InputError, one_line
from dimlearn.information import classical
from dimlearn.information.samples import (
    check_pairs,
    own_rng,
    rank_gaussian,
    rank_uniform,
    thin,
    untie,
)

CRITIC_KINDS = ("gaussian", "kernel", "separable", "concat")
MAX_ROWS = 10_000  # more pairs cost time and memory with their square
FEW_DIMENSIONS = 3  # of x and y together: where nearest neighbours are nearly exact
LARGE = 5.0  # nats: from here on no sample of a usual size can vouch for a value
REMAINDER = 1 / (math.sqrt(2) - 1)  # 2.4: what is left of an error that falls as 1 / sqrt(n), in
# units of its last fall, from n / 2 to n


@dataclass(frozen=True)
class Estimate:
    """An estimate of mutual information; `float(estimate)` is its value.

    value: nats. A held-out bound of independent data scatters around 0, so it may be negative.
    standard_error: nats, of sampling and of what can be seen of the bias (each estimator says).
    estimator: its name. ceiling: the value it cannot exceed with this sample, or None.
    curve: `[checkpoints, 2]`, step and validation nats of the networks; empty without training.
    evaluation: `crossfit.Fold`, the last fold's pairs with their scores; None without a critic.
    readouts: `{name: nats}`, other ways to read the same critic, or estimates that it was held
        against.
    warnings: sentences on what to be careful about.
    """

    value: float
    standard_error: float
    estimator: str
    ceiling: float | None = None
    curve: np.ndarray = field(default_factory=lambda: np.empty((0, 2)), repr=False)
    evaluation: object = field(default=None, repr=False)
    readouts: dict = field(default_factory=dict, repr=False)
    warnings: tuple = ()

    def __float__(self):
        return self.value

    def __str__(self):
        return f"{self.value:.3f} +/- {self.standard_error:.3f} nats ({self.estimator})"


def estimate_mi(x, y, seed=0, say=None):
    """Mutual information of two samples, an `Estimate` in nats.

    `x`: `[n, dx]` or `[n]`; `y`: `[n, dy]` or `[n]`; row i of `x` belongs to row i of `y`. `seed`
    draws the folds, the networks' first weights and their batches. `say(text, passing=False)` is
    told what is going on; a passing text holds until the next.

    With up to three columns in all the value is that of `KSG`, and critics that need no training
    look whether they can prove more. With more columns it is that of `CrossFitted`. One setting for
    everything: the sample decides nothing but this.

    Raises `InputError`, in one sentence, for samples that cannot be used (`samples.check_pairs`).
    """
    x, y = check_pairs(x, y)
    if x.shape[1] + y.shape[1] > FEW_DIMENSIONS:
        return CrossFitted(seed=seed, say=say).result(x, y)
    held_out = CrossFitted(kinds=("gaussian", "kernel"), seed=seed, say=say).result(x, y)
    nearest = KSG(seed=seed).result(x, y)
    warnings = list(nearest.warnings)
    error = math.hypot(nearest.standard_error, held_out.standard_error)
    if held_out.value > nearest.value + 3 * error:
        warnings.append(
            one_line(f"""nearest neighbours read {nearest.value:.2f} nats, but critics prove
                {held_out.value:.2f} on pairs they never saw: the value is too low""")
        )
    elif nearest.value > 1.25 * held_out.value + 0.05 + 3 * error:
        warnings.append(
            one_line(f"""nearest neighbours read {nearest.value:.2f} nats, of which critics can
                prove only {held_out.value:.2f} on pairs they never saw""")
        )
    return Estimate(
        nearest.value,
        nearest.standard_error,
        nearest.estimator,
        nearest.ceiling,
        evaluation=held_out.evaluation,
        readouts=nearest.readouts | {"cross-fitted kernels, DV": held_out.value},
        warnings=tuple(warnings),
    )


# ---------------------------------------------------------------- the interface


class Estimator:
    """What all estimators share: checks, ranks, thinning, and `estimate(x, y) -> float`."""

    name = ""

    def __init__(self, ranks=True, seed=0):
        self.ranks, self.seed = ranks, seed

    def estimate(self, x, y):
        """Mutual information of `x [n, dx]` and `y [n, dy]`, a number in nats."""
        return float(self.result(x, y))

    def parameters(self):
        """The settings of this estimator, for records: `{name: value}`."""
        return {name: value for name, value in vars(self).items() if name not in ("name", "say")}

    def result(self, x, y):
        """The same with its standard error, as an `Estimate`. Raises `InputError`."""
        x, y = check_pairs(x, y)
        given = len(x)
        x, y = thin(x, y, MAX_ROWS, self.seed)
        value, error, more = self._measure(x, y)
        warnings = list(more.pop("warnings", ()))
        if given > MAX_ROWS:
            warnings.append(f"{MAX_ROWS} of the {given} pairs were used, drawn at random")
        ceiling = more.get("ceiling")
        if ceiling is not None and value > ceiling - min(1, ceiling / 2):
            warnings.append(
                one_line(f"""the value is near {ceiling:.1f} nats, the most that {self.name} can
                    show of {len(x)} pairs: read it as 'at least'""")
            )
        elif value > LARGE:
            warnings.append(
                one_line(f"""a value of {value:.1f} nats rests on pairs so rare that the sample
                    can hardly hold them: the error bar cannot vouch for it""")
            )
        return Estimate(value, error, self.name, warnings=tuple(warnings), **more)


class Gaussian(Estimator):
    """Mutual information of the Gaussian fitted to the sample (`classical.gaussian`).

    The standard error adds the known bias, dx dy / (2n), to that of sampling. Not a bound.
    """

    name = "Gaussian"

    def _measure(self, x, y):
        if self.ranks:
            x, y = rank_gaussian(x), rank_gaussian(y)
        correlations = classical.canonical_correlations(x, y)
        value = float(classical.gaussian_mi(correlations).sum())
        # The log density ratio has the variance sum rho_k^2, whatever the dimension.
        sampling = math.sqrt((correlations**2).sum() / len(x))
        bias = x.shape[1] * y.shape[1] / (2 * len(x))
        return value, math.hypot(sampling, bias), {}


class Histogram(Estimator):
    """Plug-in estimate of a histogram of two columns (`classical.histogram`). Not a bound.

    Its bins hold equal counts, so it does not change under ranks. The standard error adds the known
    bias of full cells, (bins - 1)^2 / (2n), and what halving the bins changes.
    """

    name = "histogram"

    def __init__(self, bins=None, seed=0):
        self.bins, self.seed = bins, seed

    def _measure(self, x, y):
        bins = self.bins or max(2, round(len(x) ** (1 / 3)))
        value = classical.histogram(x, y, bins)
        coarse = classical.histogram(x, y, max(2, bins // 2))
        bias = (bins - 1) ** 2 / (2 * len(x))
        return value, math.hypot(bias, value - coarse), {"ceiling": math.log(bins)}


class KSG(Estimator):
    """Nearest neighbours (Kraskov et al. 2004, first estimator). Not a bound.

    The standard error adds three things, in squares: the spread of the terms, what doubling the
    sample changed, and what tripling `k` changes. In many dimensions the estimator is far too low,
    and only the last of them hints at it.
    """

    name = "KSG"

    def __init__(self, k=3, ranks=True, seed=0):
        super().__init__(ranks, seed)
        self.k = k

    def _measure(self, x, y):
        rng = own_rng(self.seed)
        x, y = untie(x, rng), untie(y, rng)
        if self.ranks:
            x, y = rank_gaussian(x), rank_gaussian(y)
        n = len(x)
        terms = classical.ksg_terms(x, y, self.k)
        wide = classical.ksg(x, y, min(3 * self.k, n - 1))
        order = np.array_split(rng.permutation(n), 2)
        halves = [classical.ksg(x[half], y[half], self.k) for half in order]
        value = float(terms.mean())
        parts = (terms.std() / math.sqrt(n), value - np.mean(halves), value - wide)
        warnings, dims = [], x.shape[1] + y.shape[1]
        if dims > 2 * FEW_DIMENSIONS:
            warnings.append(f"nearest neighbours read far too little in {dims} dimensions")
        more = {"ceiling": classical.ksg_ceiling(n, self.k), "warnings": warnings}
        return value, float(np.linalg.norm(parts)), more


class CrossFitted(Estimator):
    """Critics scored on pairs that they never saw, read by DV: a lower bound in expectation.

    `kinds`: which critics are mixed, of "gaussian", "kernel" (in up to four dimensions),
    "separable" and "concat" (see `crossfit`). `steps`: training steps of the networks.
    Columns are always ranked.

    The standard error adds, in squares, the sampling error (the spread of the folds' values, or
    of the pairs' log ratios if that is more) and what is likely to be still missing: the critics
    of two folds are fitted a second time, to half of their pairs, and if the shortfall falls
    as 1 / sqrt(n), then 2.4 times the gain of the other half is left. Mutual information is never
    negative, so a value below 0 is off by that much at least: that is added too.
    """

    def __init__(self, kinds=("gaussian", "kernel", "separable"), steps=1000, seed=0, say=None):
        unknown = sorted(set(kinds) - set(CRITIC_KINDS))
        if unknown or not kinds:
            raise InputError(f"kinds must be of {', '.join(CRITIC_KINDS)}, but are {kinds}")
        self.kinds, self.steps, self.seed, self.say = kinds, steps, seed, say
        self.name = "cross-fitted " + (f"{kinds[0]} critic" if len(kinds) == 1 else "critics")

    def _measure(self, x, y):
        from dimlearn.information.crossfit import cross_fit
        from dimlearn.information.readouts import read_log_ratio

        x, y = rank_uniform(x), rank_uniform(y)
        folds, halves, curve = cross_fit(x, y, self.kinds, self.seed, self.steps, self.say)
        readings = [read_log_ratio(fold.scores) for fold in folds]
        values = np.array([reading["DV"] for reading in readings])
        value, growth = values.mean(), values[: len(halves)].mean()
        growth -= np.mean([read_log_ratio(half.scores)["DV"] for half in halves])
        missing = REMAINDER * max(growth, 0.0)
        positive = np.concatenate([np.diag(fold.scores) for fold in folds])
        spreads = values.std(ddof=1) / math.sqrt(len(values)), positive.std() / math.sqrt(len(x))
        sampling = max(spreads)
        warnings = []
        if missing > max(0.05, 0.05 * value, 2 * sampling):
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
        return float(value), math.hypot(sampling, missing, min(value, 0.0)), more
