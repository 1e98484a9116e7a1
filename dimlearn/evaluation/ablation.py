"""Ablations: one thing of Deep InfoMax is changed, everything else stays, and its code is judged.

Each value of what is changed is a run of the comparison in a folder of its own. So an ablation that
was interrupted goes on where it was, and what several of them share is trained once. All runs have
the images, the epochs, the learning rate and the seeds in common.
"""

import dataclasses

import pandas as pd

from dimlearn.errors import InputError
from dimlearn.evaluation.comparison import compare, filled_in, silent
from dimlearn.evaluation.intervals import difference_over_seeds
from dimlearn.evaluation.report import runs, with_intervals
from dimlearn.evaluation.run_folder import in_use, tidy
from dimlearn.evaluation.settings import ABLATIONS
from dimlearn.files import write_text, written_whole
from dimlearn.pictures.comparison import ablation as picture

PROBES = ("linear", "knn", "labels_10")


def ablate(names, settings, folder, dataset, say=silent):
    """Run the ablations of these names, keys of `ABLATIONS`; returns a `DataFrame`.

    `settings`: a `Settings`, of everything that an ablation does not change; `folder`: where the
    runs go, `ablations.csv`, and a figure for each ablation. The table has a line for each
    ablation, value and probe: the mean accuracy with its interval, and the same of its paired
    difference to the value that the settings have. Raises `InputError` as `comparison.compare`.
    """
    check_names(names)
    settings = filled_in(settings, dataset)  # the epochs: as many for all
    plans = {name: variants(name, settings) for name in names}
    for plan in plans.values():
        for asked in plan.values():
            filled_in(asked, dataset)  # what cannot be met is found before anything is trained
    tables = []
    with in_use(folder):
        drawn = [f"{name}.png" for name in names]
        tidy(folder, say, rooms=(), names=["ablations.csv", *drawn], known=["*/settings.json"])
        for name, plan in plans.items():
            parts = {}
            for value, asked in plan.items():
                say(f"{name}: {value}")
                parts[value] = compare(asked, folder / place_of(asked, settings), dataset, say)
            tables.append(judged(name, parts, reference(plan, settings), dataset.test_groups))
            draw(name, tables[-1], folder)
        table = pd.concat(tables)
        write_text(folder / "ablations.csv", table.to_csv(index=False))
    return table


def check_names(names):
    """Raise `InputError` unless they are ablations."""
    for name in names:
        if name not in ABLATIONS:
            raise InputError(f"there is no ablation {name!r}: choose among {', '.join(ABLATIONS)}")


def variants(name, settings):
    """`{value: Settings}` of an ablation, in its order."""
    return {
        value: dataclasses.replace(settings, **{"rows": ("local",)} | changes)
        for value, changes in ABLATIONS[name].items()
    }


def reference(plan, settings):
    """The value that changes nothing but the row, or else the first."""
    of_rows = [dataclasses.replace(settings, rows=asked.rows) for asked in plan.values()]
    same = [value for value, asked, own in zip(plan, plan.values(), of_rows) if asked == own]
    return [*same, *plan][0]


def place_of(asked, settings):
    """The name of a run's folder: its row, and what is not as in the settings."""
    changed = [
        f"{field.name}_{getattr(asked, field.name)}"
        for field in dataclasses.fields(asked)
        if field.name != "rows" and getattr(asked, field.name) != getattr(settings, field.name)
    ]
    return "-".join([*asked.rows, *changed])


def judged(name, parts, compared_with, groups):
    """The table of one ablation. `parts`: `{value: finished parts}`; all differences are to the
    value `compared_with`."""
    lines = []
    correct = {value: [part["correct"] for part in seeds] for value, seeds in parts.items()}
    for value, seeds in correct.items():
        scores = with_intervals(seeds, groups)
        for probe in (probe for probe in PROBES if probe in scores):
            pair = ([each[probe] for each in of] for of in (seeds, correct[compared_with]))
            (ours, theirs), kind = runs(probe, *pair)
            gap = difference_over_seeds(ours, theirs, groups, kind)
            line = {"ablation": name, "value": value, "score": probe} | scores[probe]
            line |= {"minus": compared_with, "difference": gap.mean}
            lines.append(line | {"difference_low": gap.low, "difference_high": gap.high})
    return pd.DataFrame(lines)


def draw(name, table, folder):
    figure, alternative = picture(name, table)
    with written_whole(folder / f"{name}.png") as half:
        figure.savefig(half, dpi=130, format="png", metadata={"Description": alternative})


def as_markdown(table):
    """The table for people: accuracies in percent, and the difference of the linear probe."""
    texts = []
    for name, of_one in table.groupby("ablation", sort=False):
        probes = [probe for probe in PROBES if (of_one["score"] == probe).any()]
        minus = of_one["minus"].iloc[0]
        titles = [name, *probes, f"linear minus {minus}"]
        lines = [titles, ["---"] * len(titles)]
        for value, of_value in of_one.groupby("value", sort=False):
            of_value = of_value.set_index("score")
            cells = [in_percent(*of_value.loc[probe, ["mean", "low", "high"]]) for probe in probes]
            gap = of_value.loc["linear", ["difference", "difference_low", "difference_high"]]
            lines.append([value, *cells, "" if value == minus else in_percent(*gap, sign="+")])
        texts.append("\n".join(f"| {' | '.join(line)} |" for line in lines))
    return "\n\n".join(texts)


def in_percent(mean, low, high, sign=""):
    return f"{100 * mean:{sign}.1f} ({100 * low:{sign}.1f} to {100 * high:{sign}.1f})"
