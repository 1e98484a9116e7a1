"""The tables of a comparison: one for people, in Markdown, and one for programs, in CSV."""

import pandas as pd

from dimlearn.errors import one_line
from dimlearn.evaluation.comparison import LAYERS, LAYERS_ON
from dimlearn.evaluation.probes import FEW_LABELS

PROBE_COLUMNS = ("linear", "svm", "knn", "knn_whitened", "mlp200", "mlp64")
LABEL_COLUMNS = tuple(f"labels_{count}" for count in FEW_LABELS)
PAIRED_PROBES = ("linear", "knn", "knn_whitened", "labels_10")
PAIRED_WITH = ("random", "pixels", "supervised")  # more controls would not fit on a page


def accuracy_table(results):
    """Every accuracy of the results in a line of its own: a `DataFrame`.

    Its columns: `encoder`, the row's name; `measured_on`, "code" or "layer NAME"; `score`, the
    probe; then what an `Interval` holds.
    """
    lines = []
    for row in results["rows"]:
        measured = [("code", probe, found) for probe, found in row["scores"].items()]
        measured += [(f"layer {layer}", "mlp200", found) for layer, found in row["layers"].items()]
        for place, probe, found in measured:
            lines.append({"encoder": row["name"], "measured_on": place, "score": probe, **found})
    return pd.DataFrame(lines)


def as_csv(results):
    """The table of every accuracy and every difference, as text.

    A difference has the name of the row that is subtracted in the column `minus`.
    """
    lines = accuracy_table(results).assign(minus="").to_dict("records")
    lines += [each | {"measured_on": "code"} for each in results["differences"]]
    columns = ["encoder", "minus", "measured_on", "score", "mean", "low", "high", "seeds", "spread"]
    return pd.DataFrame(lines, columns=columns).to_csv(index=False, lineterminator="\n")


def as_markdown(results):
    """The tables as Markdown: probes with all labels, with few labels, and on the layers."""
    accuracies = accuracy_table(results)
    accuracies["cell"] = [
        f"{100 * mean:.1f} ({100 * low:.1f} to {100 * high:.1f})"
        for mean, low, high in accuracies[["mean", "low", "high"]].to_numpy()
    ]
    on_code = accuracies[accuracies.measured_on == "code"]
    parts = [
        "Test accuracy in percent of frozen codes, all labels (95 % interval):",
        markdown(wide(on_code, "score", PROBE_COLUMNS)),
        "With few labels a class, logistic regression:",
        markdown(wide(on_code, "score", LABEL_COLUMNS)),
    ]
    on_layers = accuracies[accuracies.measured_on != "code"]
    if len(on_layers):
        columns = [f"layer {layer}" for layer in LAYERS]
        layers = wide(on_layers, "measured_on", columns)
        parts += [
            f"Of the layers, one 200-unit probe on {LAYERS_ON:,} labelled images at most:",
            markdown(layers.rename(columns=lambda column: column.removeprefix("layer "))),
        ]
    return "\n\n".join(parts)


def differences_as_markdown(results):
    """The chapter of the differences in pairs: of each probe a table, a line for each row.

    Empty where there is none of the rows that others are compared with.
    """
    parts = [
        "## Differences in pairs",
        one_line("""
            How many points a row is more accurate than another (95 % interval), both judged on the
            same test images, the seeds of one with the same seeds of the other. Where 0 is
            outside the interval, the rows differ, whether or not the intervals of their own
            accuracies overlap.
        """),
    ]
    for probe in PAIRED_PROBES:
        of_probe = [each for each in results["differences"] if each["score"] == probe]
        shown = pd.DataFrame([each for each in of_probe if each["minus"] in PAIRED_WITH])
        if len(shown):
            shown["cell"] = [
                f"{100 * mean:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"
                for mean, low, high in shown[["mean", "low", "high"]].to_numpy()
            ]
            shown["minus"] = "minus " + shown["minus"]
            table = wide(shown, "minus", [f"minus {name}" for name in PAIRED_WITH])
            parts += [f"With the probe {probe}:", markdown(table)]
    return "\n\n".join(parts) if len(parts) > 2 else ""


def wide(accuracies, kind, columns):
    """A line for each encoder, and those of the columns that there are, named by `kind`."""
    cells = accuracies.pivot(index="encoder", columns=kind, values="cell").fillna("")
    present = [column for column in columns if column in cells]
    return cells.loc[accuracies.encoder.unique(), present].reset_index()


def markdown(table):
    """A `DataFrame` of texts as Markdown, aligned for a terminal.

    pandas' own `to_markdown` wants one more package, and leaves two spaces more in narrow columns.
    """
    lines = [list(table), *table.values.tolist()]
    widths = [max(map(len, column)) for column in zip(*lines)]
    rows = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([rows[0], rule, *rows[1:]])
