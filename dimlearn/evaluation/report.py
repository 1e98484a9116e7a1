"""From the finished parts of a comparison to its results and the files that show them."""

import dataclasses
import platform
from importlib.metadata import version

import numpy as np

from dimlearn import __version__
from dimlearn.evaluation.conclusion import conclusion
from dimlearn.evaluation.figures import draw
from dimlearn.evaluation.intervals import accuracy_over_seeds
from dimlearn.evaluation.rows import all_rows
from dimlearn.evaluation.tables import as_csv, as_markdown
from dimlearn.files import write_json, write_text, written_whole

PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn")


def summarise(parts, settings, dataset):
    """The results of a comparison, ready for JSON.

    `parts`: what `comparison.compare` returns. In the results, `rows` has for each row its `name`,
    `scores` (of the probes on the code) and `layers` (an `Accuracy` as a dictionary each), whether
    it saw `labels` before the probe, and its training `seconds` and `history`, one for each
    pretraining seed.
    """
    known, rows = all_rows(settings), []
    for name in dict.fromkeys(part["name"] for part in parts):
        seeds = [part for part in parts if part["name"] == name]
        rows.append(
            {
                "name": name,
                "labels": known[name].labels,
                "weights": known[name].weights,
                "scores": with_intervals([part["accuracies"] for part in seeds], dataset),
                "layers": with_intervals([part["layers"] for part in seeds], dataset),
                "seconds": [part["seconds"] for part in seeds],
                "history": [part["history"] for part in seeds],
            }
        )
    return {
        "rows": rows,
        "settings": dataclasses.asdict(settings),
        "data": {
            "name": dataset.name,
            "source": dataset.source,
            "train": len(dataset.x_train),
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


def with_intervals(runs, dataset):
    """From `[{probe: [accuracy of each probe seed]}]`, one for each pretraining seed, to
    `{probe: Accuracy as a dictionary}`; of layers in place of probes the same.

    Of one pretraining seed the interval shows the spread of the probe seeds, of several that of
    the pretraining seeds, each averaged over its probe seeds.
    """
    found = {}
    for name in runs[0]:
        if len(runs) == 1:
            accuracies, kind = runs[0][name], "label draw" if "labels" in name else "probe"
        else:
            accuracies, kind = [float(np.mean(run[name])) for run in runs], "pretraining"
        accuracy = accuracy_over_seeds(accuracies, dataset.test_originals, kind)
        found[name] = dataclasses.asdict(accuracy)
    return found


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
        *pictures,
        f"Settings:\n\n{settings}",
    ]
    write_text(folder / "report.md", "\n\n".join(document) + "\n")
