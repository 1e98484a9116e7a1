"""From the finished parts of a comparison to its results and the files that show them."""

import dataclasses
import itertools
import platform
from importlib.metadata import version

import numpy as np

from dimlearn import __version__
from dimlearn.evaluation.conclusion import conclusion
from dimlearn.evaluation.figures import draw
from dimlearn.evaluation.intervals import (
    accuracy_over_seeds,
    difference_over_seeds,
    estimate_over_seeds,
    similarity_over_seeds,
)
from dimlearn.evaluation.measures import TUNED
from dimlearn.evaluation.rows import all_rows
from dimlearn.evaluation.tables import PAIRED_PROBES, as_csv, as_markdown, differences_as_markdown
from dimlearn.files import write_json, write_text, written_whole

PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn")


def summarise(parts, settings, dataset):
    """The results of a comparison, ready for JSON.

    `parts`: what `comparison.compare` returns. In the results, `rows` has for each row its `name`,
    `scores` (of the probes on the code), `layers` and `measures` (an `Interval` as a dictionary
    each), whether it is a `control`, saw `labels` before the probe or was `added`, and its training
    `seconds` and `history`, one for each pretraining seed; `differences` has what `differences` and
    `tuning_gains` return.
    """
    known, rows, groups = all_rows(settings), [], dataset.test_groups
    parts_of = {
        name: [part for part in parts if part["name"] == name]
        for name in settings.rows or dict.fromkeys(part["name"] for part in parts)
    }
    for name, seeds in parts_of.items():
        rows.append(
            {
                "name": name,
                "control": known[name].control,
                "labels": known[name].labels,
                "added": known[name].added,
                "weights": known[name].weights,
                "scores": with_intervals([part["correct"] for part in seeds], groups),
                "layers": with_intervals([part["layers"] for part in seeds], groups),
                "measures": measured([part.get("measures", {}) for part in seeds], groups),
                "seconds": [part["seconds"] for part in seeds],
                "history": [part["history"] for part in seeds],
            }
        )
    return {
        "rows": rows,
        "differences": [*differences(parts_of, known, groups), *tuning_gains(parts_of, groups)],
        "settings": dataclasses.asdict(settings),
        "data": {
            "name": dataset.name,
            "source": dataset.source,
            "train": len(dataset.x_train),
            "unlabelled": dataset.pretraining_count - len(dataset.x_train),
            "validation": len(dataset.x_validation),
            "test": len(dataset.x_test),
            "test_originals": dataset.test_originals,
            "class_names": dataset.class_names,
            "image_shape": list(dataset.image_shape),
        },
        "versions": {"dimlearn": __version__, "python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
        "machine": f"{platform.system()} {platform.machine()}",
    }


def with_intervals(seeds, groups):
    """From `[{probe: [probe seeds, N] right answers}]`, one for each pretraining seed, to `{probe:
    accuracy}`, an `Interval` as a dictionary each; of layers in place of probes the same."""
    found = {}
    for probe in seeds[0]:
        (correct,), kind = runs(probe, [each[probe] for each in seeds])
        found[probe] = dataclasses.asdict(accuracy_over_seeds(correct, groups, kind))
    return found


def differences(parts_of, known, groups):
    """The accuracy of each row minus that of each control, and of the row that it is a variant of,
    `[{"encoder", "minus", "score", ...}]`.

    `parts_of`: `{row: [its finished parts]}`; `known`: `{row: Row}`. "score" is the probe, one of
    `PAIRED_PROBES`; the other keys are those of an `Interval`. Rows of one seed are compared
    with each other: they start from the same encoder, and draw the same labels.
    """
    found = []
    for name, minus in itertools.product(parts_of, parts_of):
        if name == minus or not (known[minus].control or known[name].variant_of == minus):
            continue
        both = [[part["correct"] for part in parts_of[row]] for row in (name, minus)]
        for probe in (probe for probe in PAIRED_PROBES if probe in both[0][0]):
            (ours, theirs), kind = runs(probe, *([each[probe] for each in row] for row in both))
            interval = difference_over_seeds(ours, theirs, groups, kind)
            key = {"encoder": name, "minus": minus, "score": probe}
            found.append(key | dataclasses.asdict(interval))
    return found


def measured(seeds, groups):
    """From `[{measure: array}]`, one for each pretraining seed, to `{measure: Interval}`, each as a
    dictionary: of those that were measured with every seed."""
    found, kind = {}, "pretraining"
    for name in (name for name in seeds[0] if all(name in each for each in seeds)):
        values = np.stack([each[name] for each in seeds])  # [seeds, N], or [seeds, 2]
        if values.dtype == bool:
            interval = accuracy_over_seeds(values, groups, kind)
        elif name == "ssim":
            interval = similarity_over_seeds(values, groups, kind)
        else:
            interval = estimate_over_seeds(*values.T, kind)
        found[name] = dataclasses.asdict(interval)
    return found


def tuning_gains(parts_of, groups):
    """How much more accurate each fine-tuned encoder is than the same network from its first
    weights, the row *random*: in the form of `differences`."""
    found, first = [], [part.get("measures", {}) for part in parts_of.get("random", ())]
    for name, parts in parts_of.items():
        own = [part.get("measures", {}) for part in parts]
        for score in TUNED:
            if name == "random" or not first or not all(score in each for each in own + first):
                continue
            pair = (np.stack([each[score] for each in seeds]) for seeds in (own, first))
            interval = difference_over_seeds(*pair, groups, "pretraining")
            key = {"encoder": name, "minus": "random", "score": score, "measured_on": "network"}
            found.append(key | dataclasses.asdict(interval))
    return found


def runs(probe, *rows):
    """The runs whose spread an interval shows, `[runs, N]` for each row, and what they are runs of.

    `rows`: for each row `[[probe seeds, N]]`, one for each pretraining seed. Where no row has
    several pretrainings, the runs are probe seeds or draws of labels; else they are pretrainings,
    each the mean of its probe seeds.
    """
    if all(len(seeds) == 1 for seeds in rows):
        return [seeds[0] for seeds in rows], "label draw" if "labels" in probe else "probe"
    return [np.stack([each.mean(axis=0) for each in seeds]) for seeds in rows], "pretraining"


def write_tables(results, folder):
    """Write `results.json`, `table.md` and `table.csv` to the run folder."""
    write_json(folder / "results.json", results)
    write_text(folder / "table.md", as_markdown(results) + "\n")
    write_text(folder / "table.csv", as_csv(results))


def write_report(results, folder, dataset, say):
    """Write the figures and `report.md`, which shows them, to the run folder."""
    figures = draw(results, folder, dataset, say)
    pictures = []
    for name, (figure, alternative) in figures.items():
        with written_whole(folder / "figures" / f"{name}.png") as half:
            figure.savefig(half, dpi=130, format="png", metadata={"Description": alternative})
        pictures.append(f"![{alternative}](figures/{name}.png)")
    settings = "\n".join(f"- {key}: {value}" for key, value in results["settings"].items())
    document = [
        f"# Deep InfoMax on {results['data']['name']}",
        conclusion(results),
        as_markdown(results),
        differences_as_markdown(results),
        *pictures,
        f"Settings:\n\n{settings}",
    ]
    write_text(folder / "report.md", "\n\n".join(filter(None, document)) + "\n")
