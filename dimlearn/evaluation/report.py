"""From the finished parts of a comparison to its table, its conclusion and its files."""

import csv
import dataclasses
import io
import platform
from importlib.metadata import version

import numpy as np

from dimlearn import __version__
from dimlearn.evaluation.comparison import (
    CONTROLS,
    LABELLED_ROWS,
    LAYERS,
    LAYERS_ON,
)
from dimlearn.evaluation.probes import (
    FEW_LABELS,
    Score,
    encode,
    score,
    standardize,
)
from dimlearn.files import write_json, write_text, written_whole
from dimlearn.startup import keras

PROBE_COLUMNS = ("linear", "svm", "knn", "mlp200", "mlp64")
LABEL_COLUMNS = tuple(f"labels_{count}" for count in FEW_LABELS)
SHOWN, SEARCHED = 500, 5000  # test images in the projection, training images among neighbours
PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn")


def summarise(parts, settings, dataset):
    """The results of a comparison, ready for JSON.

    `parts`: what `comparison.compare` returns. In the results, `rows` has for each row its `name`,
    `scores` and `layers` (`{"mean", "low", "high", "seeds", "spread"}` each, as fractions of the
    test set), whether it saw `labels` before the probe, and its training `seconds` and `history`,
    one for each pretraining seed.
    """
    names = list(dict.fromkeys(part["name"] for part in parts))
    rows = []
    for name in names:
        own = [part for part in parts if part["name"] == name]
        rows.append(
            {
                "name": name,
                "labels": name in LABELLED_ROWS,
                "weights": settings.weights.get(name),
                "scores": over_seeds([part["accuracies"] for part in own], dataset),
                "layers": over_seeds([part["layers"] for part in own], dataset),
                "seconds": [part["seconds"] for part in own],
                "history": [part["history"] for part in own],
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
            "image_shape": list(dataset.image_shape),
        },
        "versions": {"dimlearn": __version__, "python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
        "machine": f"{platform.system()} {platform.machine()}",
    }


def over_seeds(runs, dataset):
    """Scores of several pretraining seeds: `[{score: [accuracy of each probe seed]}]` to
    `{score: Score as a dictionary}`.

    Of one pretraining seed the interval shows the spread of the probe seeds, of several that of
    the pretraining seeds, each averaged over its probe seeds.
    """
    scores = {}
    for name in runs[0]:
        if len(runs) == 1:
            accuracies, kind = runs[0][name], "label draw" if "labels" in name else "probe"
        else:
            accuracies, kind = [float(np.mean(run[name])) for run in runs], "pretraining"
        scores[name] = dataclasses.asdict(score(accuracies, dataset.test_originals, kind))
    return scores


# ---------------------------------------------------------------- tables


def tables(results):
    """The tables as Markdown: probes with all labels, with few labels, and on the layers."""
    rows = results["rows"]
    parts = [
        "Test accuracy in percent of frozen codes, all labels (95 % interval):",
        markdown(rows, "scores", PROBE_COLUMNS),
        "With few labels a class, logistic regression:",
        markdown(rows, "scores", LABEL_COLUMNS),
    ]
    layered = [row for row in rows if row["layers"]]
    if layered:
        parts += [
            f"Of the layers, the 200-unit probe on {LAYERS_ON:,} labelled images at most:",
            markdown(layered, "layers", LAYERS),
        ]
    return "\n\n".join(parts)


def markdown(rows, kind, columns):
    """A Markdown table of `columns` of each row's `kind` of scores, aligned for a terminal."""
    columns = [column for column in columns if any(column in row[kind] for row in rows)]
    cells = [["encoder", *columns]]
    for row in rows:
        found = [row[kind].get(column) for column in columns]
        cells.append([row["name"], *("" if own is None else percent(own) for own in found)])
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns) + 1)]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths)) + " |" for line in cells]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def percent(own):
    return f"{100 * own['mean']:.1f} ({100 * own['low']:.1f} to {100 * own['high']:.1f})"


def as_csv(results):
    """One line for each row and score, as text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    fields = [field.name for field in dataclasses.fields(Score)]
    writer.writerow(["encoder", "measured_on", "score", *fields])
    for row in results["rows"]:
        for name, own in row["scores"].items():
            writer.writerow([row["name"], "code", name, *(own[field] for field in fields)])
        for layer, own in row["layers"].items():
            writer.writerow(
                [row["name"], f"layer {layer}", "mlp200", *(own[field] for field in fields)]
            )
    return text.getvalue()


# ---------------------------------------------------------------- what it shows


def conclusion(results):
    """One paragraph on what the table shows, made from its numbers."""
    rows = {row["name"]: row["scores"] for row in results["rows"]}
    encoders = [name for name in rows if name not in CONTROLS]
    controls = [name for name in ("pixels", "random", "pca") if name in rows]
    if not encoders:
        return "No encoder was trained by Deep InfoMax, so there is nothing to compare."
    ranked = sorted(encoders, key=lambda name: -rows[name]["linear"]["mean"])
    best = ranked[0]
    said = [f"With a linear probe, the best Deep InfoMax code is {best}: {told(rows[best])}."]
    if controls:
        said.append("Controls: " + ", ".join(f"{c} {told(rows[c])}" for c in controls) + ".")
        said += [against_controls(rows, name, controls) for name in ranked]
    for name in (name for name in LABELLED_ROWS if name in rows):
        said.append(
            f"{name.capitalize()}, trained with every label, reaches {told(rows[name])}: "
            f"{versus(rows[best]['linear'], rows[name]['linear'])} by {best}."
        )
    few = [name for name in (best, *controls) if "labels_10" in rows[name]]
    if best in few:
        compared = ", ".join(f"{name} {told(rows[name], 'labels_10')}" for name in few)
        said.append(f"On ten labels a class: {compared}.")
    kinds = rows[best]["linear"]["spread"]
    said.append(
        f"Intervals of the linear probe allow for {kinds}; rows share the test images, so "
        "differences between rows are surer than the intervals suggest."
    )
    return " ".join(said)


def told(scores, name="linear"):
    return f"{100 * scores[name]['mean']:.1f} %"


def against_controls(rows, name, controls):
    """How an encoder's linear probe stands to the label-free controls: a sentence."""
    verdicts = {"ahead": [], "level": [], "behind": []}
    for control in controls:
        ours, theirs = rows[name]["linear"], rows[control]["linear"]
        verdict = "level"
        if ours["low"] > theirs["high"]:
            verdict = "ahead"
        elif ours["high"] < theirs["low"]:
            verdict = "behind"
        verdicts[verdict].append(control)
    words = {
        "ahead": "is ahead of",
        "level": "cannot be told apart from",
        "behind": "falls behind",
    }
    stands = [f"{words[v]} {' and '.join(own)}" for v, own in verdicts.items() if own]
    return f"{name.capitalize()} ({told(rows[name])}) {', and '.join(stands)}."


def versus(ours, ceiling):
    if ours["low"] > ceiling["high"]:
        return "surpassed"
    return "matched within the interval" if ours["high"] >= ceiling["low"] else "not reached"


# ---------------------------------------------------------------- files


def write_tables(results, folder):
    """Write `results.json`, `table.md` and `table.csv` to the run folder."""
    write_json(folder / "results.json", results)
    write_text(folder / "table.md", tables(results) + "\n")
    write_text(folder / "table.csv", as_csv(results))


def write_report(results, folder, dataset, say):
    """Write the figures and `report.md`, which shows them, to the run folder."""
    figures = draw(results, folder, dataset, say)
    pictures = []
    for name, (figure, alternative) in figures.items():
        path = folder / "figures" / f"{name}.png"
        with written_whole(path) as half:
            figure.savefig(half, dpi=130, format="png", metadata={"Description": alternative})
        pictures.append(f"![{alternative}](figures/{name}.png)")
    settings = "\n".join(f"- {key}: {value}" for key, value in results["settings"].items())
    document = [
        f"# Deep InfoMax on {results['data']['name']}",
        conclusion(results),
        tables(results),
        *pictures,
        f"Settings:\n\n{settings}",
    ]
    write_text(folder / "report.md", "\n\n".join(document) + "\n")


def draw(results, folder, dataset, say):
    """The figures of a comparison, `{name: (figure, text alternative)}`."""
    from dimlearn.pictures import comparison as plots

    rows = results["rows"]
    say("figures: projecting the codes", passing=True)
    rng = np.random.default_rng(0)
    shown = rng.permutation(len(dataset.x_test))[:SHOWN]
    searched = rng.permutation(len(dataset.x_train))[:SEARCHED]
    by_row = {}
    for row in rows:
        path = folder / "encoders" / f"{row['name']}-0.keras"
        encoder = keras.saving.load_model(path, compile=False)
        by_row[row["name"]] = standardize(
            encode(encoder, dataset.x_train[searched]), encode(encoder, dataset.x_test[shown])
        )
    test_codes = {name: codes for name, (_, codes) in by_row.items()}
    figures = {"accuracy": plots.accuracies(rows), "few_labels": plots.few_labels(rows)}
    if len(shown) > plots.FEWEST_TO_PROJECT:
        figures["projection"] = plots.projection(test_codes, dataset.y_test[shown])
    if any(row["history"][0] for row in rows):
        figures["loss_curves"] = plots.loss_curves(rows)
    queries = first_of_each_class(dataset.y_test[shown])
    found = {
        name: nearest(*by_row[name], queries)
        for name in ("pixels", "random", "local", "supervised")
        if name in by_row
    } or {name: nearest(*codes, queries) for name, codes in by_row.items()}
    figures["neighbours"] = plots.neighbours(
        dataset.x_test[shown][queries],
        dataset.y_test[shown][queries],
        found,
        dataset.x_train[searched],
        dataset.y_train[searched],
    )
    return figures


def first_of_each_class(labels, most=10):
    return np.sort(np.unique(labels, return_index=True)[1][:most])


def nearest(train_codes, test_codes, queries, count=4):
    """Indices `[queries, count]` of the training codes nearest to the queries' codes."""
    from sklearn.neighbors import NearestNeighbors

    finder = NearestNeighbors(n_neighbors=min(count, len(train_codes))).fit(train_codes)
    return finder.kneighbors(test_codes[queries], return_distance=False)
