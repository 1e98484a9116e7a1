"""Several estimators of the mutual information of one file, and what their differences mean.

What `dimlearn estimate` prints.
"""

import math

from dimlearn.errors import InputError, one_line
from dimlearn.information.columns import read_sides
from dimlearn.information.estimation import CrossFitted, Recommended
from dimlearn.information.estimators import KSG, LARGE, Gaussian, Histogram, prepare
from dimlearn.information.samples import check_pairs

QUICK = {"gaussian": Gaussian, "histogram": Histogram, "ksg": KSG}
NAMES = ("default", "gaussian", "histogram", "ksg", "separable", "concat")
REASONS = {  # for which an estimator may disagree with another
    "gaussian": "the dependence is not that of a Gaussian, or columns are many and pairs few",
    "histogram": "its bins are too coarse or too empty for this dependence",
    "ksg": "nearest neighbours are far too low in many dimensions",
    "separable": "networks alone need more pairs, or the other is too high",
    "concat": "networks alone need more pairs, or the other is too high",
}


def estimate_file(path, x=None, y=None, names=None, seed=0, say=None, header=None, together=None):
    """The report on two groups of columns of a file, as text. Raises `InputError`.

    `x`, `y`, `header`, `together`: as `columns.read_sides` takes them; `names`: of `NAMES`, all
    that fit but "concat" by default. `say(text, passing=False)` is told what the slow estimators
    are doing.
    """
    for name in names or ():
        if name not in NAMES:
            raise InputError(f"there is no estimator {name!r}: choose among {', '.join(NAMES)}")
    sides = read_sides(path, x, y, seed=seed, header=header, together=together)
    x, y = check_pairs(sides.x, sides.y)
    drawn = ", drawn at random from a longer file" if sides.cut else ""
    head = f"{len(x)} pairs{drawn}, {x.shape[1]} and {y.shape[1]} columns"
    if sides.together is not None:
        head += f", {len(set(sides.together.tolist()))} groups"
    one_by_one = x.shape[1] == y.shape[1] == 1
    names = names or [
        name for name in NAMES if name != "concat" and (one_by_one or name != "histogram")
    ]
    x, y, groups, remarks = prepare(x, y, sides.together, seed)
    results = {}
    for name in names:
        if say and name not in QUICK:
            say(f"{name} ...")
        results[name] = estimator(name, seed, say).measure(x, y, groups)
    lines = [
        f"{head}; nats",
        "",
        f"{'estimator':32} {'value':>7}   {'error bar':>9}   {'at most':>7}",
    ]
    for name, result in results.items():
        ceiling = "" if result.ceiling is None else f"{result.ceiling:.1f}"
        label = f"{name} ({result.estimator})" if name == "default" else name
        lines.append(
            f"{label:32} {result.value:7.3f}   {result.standard_error:9.3f}   {ceiling:>7}"
        )
    remarks = [*remarks, *remarks_on(results)]
    return "\n".join([*lines, "", *(f"- {remark}" for remark in remarks)]).rstrip()


def estimator(name, seed=0, say=None):
    """The estimator that `name` stands for."""
    if name in QUICK:
        return QUICK[name](seed=seed)
    return Recommended(seed, say) if name == "default" else CrossFitted((name,), 1000, seed, say)


def remarks_on(results):
    """Sentences: each estimator's warnings, where they disagree, and what large values mean."""
    remarks = [f"{name}: {text}" for name, found in results.items() for text in found.warnings]
    names = list(results)
    for name in names[1:]:
        first, other = results[names[0]], results[name]
        gap = abs(first.value - other.value)
        if gap > 0.05 + 3 * math.hypot(first.standard_error, other.standard_error):
            why = REASONS.get(name, "one of them is off")
            remarks.append(f"{names[0]} and {name} disagree by {gap:.2f} nats: {why}")
    if any(found.value > LARGE for found in results.values()):
        remarks.append(
            one_line("""no lower bound that n pairs give for every distribution, with high
                confidence, exceeds about log n nats (McAllester & Stratos 2020): what is more
                rests on what an estimator takes for granted""")
        )
    return remarks
