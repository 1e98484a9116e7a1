"""Runs too long for a lesson, recorded: small tables that lessons read and do not wait for.

A recorded run is a module `dimlearn/course/results/NAME.py` with a function `run(seed)`: a list of
rows, dictionaries of numbers and names. `dimlearn build --results NAME` runs it with five seeds and
writes `lessons/results/NAME.csv`, which begins with that command. A lesson reads it:

    from dimlearn.course import recorded

    table = recorded.read("explosion")                         # a DataFrame, with the column `seed`
    recorded.summary(table, by=["bound", "nats"], of="mean")   # mean, low, high over the seeds
"""

import importlib
import pkgutil

from dimlearn.course import results
from dimlearn.course.work import lessons_folder
from dimlearn.errors import InputError
from dimlearn.files import write_text

SEEDS = range(5)  # one seed is an anecdote


def known():
    """The names of all recorded runs, in their order."""
    return sorted(module.name for module in pkgutil.iter_modules(results.__path__))


def table_of(name, folder=None):
    """The path of a recorded table. Raises `InputError` for a name that is not known."""
    if name not in known():
        raise InputError(f"there is no recorded run {name!r}: choose one of {', '.join(known())}")
    return (folder or lessons_folder() / "results") / f"{name}.csv"


def record(name, folder=None, seeds=SEEDS, say=print):
    """Run a recorded run anew, with one seed after another; the path of the table written."""
    import pandas

    path, rows = table_of(name, folder), []
    run = importlib.import_module(f"{results.__name__}.{name}").run
    for seed in seeds:
        say(f"running {name} with seed {seed}")
        rows += [{"seed": seed, **row} for row in run(seed)]
    table = pandas.DataFrame(rows).to_csv(index=False, float_format="%.6g", lineterminator="\n")
    path.parent.mkdir(exist_ok=True)
    write_text(path, f"# dimlearn build --results {name}\n{table}")
    return path


def read(name, folder=None):
    """The table of a recorded run, a row for each seed and case. Raises `InputError` when it has
    not been recorded."""
    import pandas

    path = table_of(name, folder)
    if not path.exists():
        raise InputError(f"{path.name} is not there: `dimlearn build --results {name}` makes it")
    return pandas.read_csv(path, comment="#")


def summary(table, by, of):
    """Mean of a column over the seeds, and its 95 % interval (Student's), for each case.

    by: the column or columns that name a case; of: the column. Returns a DataFrame with these
    columns and `mean`, `low`, `high`.
    """
    from scipy.stats import t

    cases = table.groupby(by)[of].agg(["mean", "std", "count"]).reset_index()
    half = t.ppf(0.975, cases["count"] - 1) * cases["std"] / cases["count"] ** 0.5
    cases = cases.assign(low=cases["mean"] - half, high=cases["mean"] + half)
    return cases.drop(columns=["std", "count"])
