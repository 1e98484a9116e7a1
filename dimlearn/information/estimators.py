"""The interface of all estimators, and those that need no training. Lesson 2.

Every estimator has one interface, that of the public benchmark of Czyz et al. 2023:
`estimate(x, y)` returns a number in nats, `result(x, y)` an `Estimate` that also says how sure it
is and how it came about.

Mutual information does not change when a column is put through an increasing function. So all
of them first replace columns by their ranks, drawn out to a Gaussian (`ranks=False` leaves them).
"""

import math
from dataclasses import dataclass, field

import numpy as np

from dimlearn.errors import InputError, one_line
from dimlearn.information import classical
from dimlearn.information.labels import without_ties
from dimlearn.information.rows_alike import check_groups, find_rows_alike
from dimlearn.information.samples import (
    MIN_ROWS,
    check_pairs,
    check_seed,
    own_rng,
    rank_gaussian,
    thin,
)

MAX_ROWS = 10_000  # more pairs cost time and memory with their square
FEW_DIMENSIONS = 3  # of x and y together: where nearest neighbours are nearly exact
LED_ON = 1 / (math.sqrt(3) - 1)  # 1.4: an error that grows as sqrt(k), by its growth from k to 3 k
CUTS = 6  # of a sample into thirds, for KSG's error bar
LARGE = 5.0  # nats: from here on no sample of a usual size can vouch for a value


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


# ---------------------------------------------------------------- the interface


class Estimator:
    """What all estimators share: checks, rows that are alike, and `estimate(x, y) -> float`."""

    name = ""

    def __init__(self, ranks=True, seed=0):
        self.ranks, self.seed = ranks, check_seed(seed)

    def estimate(self, x, y):
        """Mutual information of `x [n, dx]` and `y [n, dy]`, a number in nats."""
        return float(self.result(x, y))

    def parameters(self):
        """The settings of this estimator, for records: `{name: value}`."""
        return {name: value for name, value in vars(self).items() if name not in ("name", "say")}

    def result(self, x, y, groups=None):
        """The same with its standard error, as an `Estimate`. Raises `InputError`.

        `groups`: `[n]`, equal for rows that belong together; see `rows_alike`.
        """
        return self.measure(*prepare(x, y, groups, self.seed))

    def measure(self, x, y, groups=None, remarks=()):
        """`result` of a sample that was prepared (`prepare`)."""
        value, error, more = self._measure(x, y, groups)
        warnings = [*remarks, *more.pop("warnings", ())]
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


def prepare(x, y, groups, seed):
    """A sample that can be measured, `(x [n, dx], y [n, dy], groups [n] or None, remarks)`.

    Checked, thinned to `MAX_ROWS`, and without the copies among its rows. Raises `InputError`.
    """
    x, y = check_pairs(x, y)
    groups = groups if groups is None else check_groups(groups, len(x))
    given, remarks = len(x), []
    rows = thin([*x.T, *y.T], MAX_ROWS, seed)
    if len(rows) < given:
        x, y, groups = x[rows], y[rows], groups if groups is None else groups[rows]
        remarks.append(f"{MAX_ROWS} of the {given} pairs were used, drawn at random")
    found = find_rows_alike(x, y, groups)
    if len(found.kept) < MIN_ROWS:
        raise InputError(f"""only {len(found.kept)} of the {given} rows are no copies of others: at
            least {MIN_ROWS} are needed""")
    x, y = check_pairs(x[found.kept], y[found.kept])  # no column is constant now
    return x, y, found.groups, (*remarks, *found.remarks)


def error_of_mean(terms, groups=None):
    """The standard error of the mean of `terms [n]`, of which those of one group go together."""
    n, apart = len(terms), terms - terms.mean()
    if groups is None:
        return float(np.sqrt((apart**2).sum() / (n - 1) / n))
    sums = np.bincount(groups, apart)
    return float(np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)) / n)


def how_many(rows, groups=None):
    """The number of rows that stand for themselves: of groups, where there are any."""
    return len(rows) if groups is None else int(groups.max()) + 1


# ---------------------------------------------------------------- without training


class Gaussian(Estimator):
    """Mutual information of the Gaussian fitted to the sample (`classical.gaussian`).

    The standard error adds the known bias, dx dy / (2n), to that of sampling. Not a bound.
    """

    name = "Gaussian"

    def _measure(self, x, y, groups):
        if self.ranks:
            x, y = rank_gaussian(x), rank_gaussian(y)
        correlations = classical.canonical_correlations(x, y)
        value = float(classical.gaussian_mi(correlations).sum())
        # The log density ratio has the variance sum rho_k^2, whatever the dimension.
        n = how_many(x, groups)
        sampling = math.sqrt((correlations**2).sum() / n)
        bias = x.shape[1] * y.shape[1] / (2 * n)
        return value, math.hypot(sampling, bias), {}


class Histogram(Estimator):
    """Plug-in estimate of a histogram of two columns (`classical.histogram`). Not a bound.

    Its bins hold equal counts, so it does not change under ranks. The standard error adds the known
    bias of full cells, (bins - 1)^2 / (2n), and what halving the bins changes.
    """

    name = "histogram"

    def __init__(self, bins=None, seed=0):
        self.bins, self.seed = bins, check_seed(seed)

    def _measure(self, x, y, groups):
        bins = self.bins or max(2, round(len(x) ** (1 / 3)))
        value = classical.histogram(x, y, bins)
        coarse = classical.histogram(x, y, max(2, bins // 2))
        bias = (bins - 1) ** 2 / (2 * how_many(x, groups))
        return value, math.hypot(bias, value - coarse), {"ceiling": math.log(bins)}


class KSG(Estimator):
    """Nearest neighbours (Kraskov et al. 2004, first estimator), led on to no distance.

    Neighbours that are too far reach over what they should resolve, edges most of all, and the
    farther the more. Where `k` neighbours read more than 3 `k`, beyond chance, the value is led on
    to none, as an error that grows as their distance in a plane, sqrt(k). Not a bound: in many
    dimensions the estimator is far too low, and its standard error hardly hints at it.

    The standard error is that of the same reading of thirds of the rows, cut anew `CUTS` times: its
    terms share neighbours, so their own spread is too small. Added in squares: half of what
    was led on, what all rows read beyond the thirds and chance, and, as mutual information is never
    negative, a value below 0, which is off by that much at least. Of `groups` it is the spread of
    the terms, a group's together.
    """

    name = "KSG"

    def __init__(self, k=3, ranks=True, seed=0):
        super().__init__(ranks, seed)
        self.k = k

    def _measure(self, x, y, groups):
        if not 1 <= self.k < len(x) / 4:
            raise InputError(f"""KSG needs 1 <= k and four times more rows than neighbours, but
                k = {self.k} and {len(x)} rows""")
        rng = own_rng(self.seed)
        x, y = (without_ties(side, rng) for side in (x, y))
        if self.ranks:
            x, y = rank_gaussian(x), rank_gaussian(y)
        dims = x.shape[1] + y.shape[1]
        terms, wide, led_on = read_neighbours(x, y, self.k, groups)
        ceiling = classical.ksg_ceiling(len(x), self.k)
        value, warnings = min(float(terms.mean()) + led_on, ceiling), []
        sampling, growth = error_of_mean(terms, groups), 0.0
        if groups is None:
            thirds = self._read_thirds(x, y, rng)
            sampling = math.sqrt(thirds.var(axis=1, ddof=1).mean() / 3)
            growth = math.sqrt(max(0.0, (value - thirds.mean()) ** 2 - sampling**2))
        parts = sampling, led_on / 2, growth, min(value, 0.0)
        if dims > 2 * FEW_DIMENSIONS:
            warnings.append(f"nearest neighbours read far too little in {dims} dimensions")
        more = {
            "ceiling": ceiling,
            "readouts": {f"{self.k} neighbours": float(terms.mean())}
            | {f"{3 * self.k} neighbours": float(wide.mean())},
            "warnings": warnings,
        }
        return value, float(np.linalg.norm(parts)), more

    def _read_thirds(self, x, y, rng):
        """The values of thirds of the rows, `[CUTS, 3]`."""
        values = []
        for rows in (rng.permutation(len(x)) for _ in range(CUTS)):
            for third in np.array_split(rows, 3):
                terms, _, led_on = read_neighbours(x[third], y[third], self.k)
                values.append(terms.mean() + led_on)
        return np.reshape(values, (CUTS, 3))


def read_neighbours(x, y, k, groups=None):
    """The `[n]` terms of k and of 3 k neighbours, and by how much the first are led on, in nats."""
    wider = min(3 * k, len(x) - 1)
    terms, wide = (classical.ksg_terms(x, y, count, groups=groups) for count in (k, wider))
    change, chance = float((terms - wide).mean()), error_of_mean(terms - wide)
    grows = change > 2 * chance and groups is None and wider == 3 * k
    return terms, wide, LED_ON * change * (1 - (2 * chance / change) ** 2) if grows else 0.0
