"""The tables of a comparison: one for people, in Markdown, and one for programs, in CSV."""

import pandas as pd

from dimlearn.errors import one_line
from dimlearn.evaluation.layers import LAYERS
from dimlearn.evaluation.measures import TUNED
from dimlearn.evaluation.probes import FEW_LABELS

PROBE_COLUMNS = ("linear", "svm", "knn", "knn_whitened", "mlp200", "mlp64")
LABEL_COLUMNS = tuple(f"labels_{count}" for count in FEW_LABELS)
PAIRED_PROBES = ("linear", "knn", "knn_whitened", "labels_10")
OF_CODE = ("ssim", "ndm", "mine")
TUNED_CAPTION = one_line("""
    The encoder trained on with so many labels a class, all its weights: test accuracy in percent.
    *random* is the same network from its first weights, with as many steps:
""")
OF_CODE_CAPTION = one_line("""
    Of the code: how like the test images are those that a decoder draws from it (SSIM, 1 for the
    same; of one scale, so not the paper's MS-SSIM), the dependence of its numbers (NDM; so many
    test images show no more than the log of four times their number, and a value near that means
    at least so much) and MINE's estimate of I(X; Y), both in nats and read on images that their
    critics did not see:
""")
# More controls would not fit on a page; the last two have a column beside their variants only.
PAIRED_WITH = ("random", "pixels", "supervised", "local", "views")


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


def measures_table(results):
    """The same of every measure of `--full`; its `measured_on` is "code", "network" or a layer."""
    lines = []
    for row in results["rows"]:
        for score, found in row.get("measures", {}).items():
            place = "network" if score in TUNED else "code"
            if score.startswith("svm_"):
                place, score = f"layer {score.removeprefix('svm_')}", "linear_svm"
            lines.append({"encoder": row["name"], "measured_on": place, "score": score, **found})
    return pd.DataFrame(lines)


def as_csv(results):
    """The table of every accuracy, every measure and every difference, as text.

    A difference has the name of the row that is subtracted in the column `minus`.
    """
    tables = (accuracy_table(results), measures_table(results))
    lines = [each | {"minus": ""} for table in tables for each in table.to_dict("records")]
    lines += [{"measured_on": "code"} | each for each in results["differences"]]
    columns = ["encoder", "minus", "measured_on", "score", "mean", "low", "high", "seeds", "spread"]
    return pd.DataFrame(lines, columns=columns).to_csv(index=False, lineterminator="\n")


def as_markdown(results):
    """The tables as Markdown: probes with all labels, with few labels, and on the layers."""
    accuracies = in_cells(accuracy_table(results), percent)
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
            f"Of the layers, one 200-unit probe on {on_images(results)}:",
            markdown(layers.rename(columns=lambda column: column.removeprefix("layer "))),
        ]
    return "\n\n".join([*parts, *measures_as_markdown(results)])


def on_images(results):
    return f"{results['settings']['layer_images']:,} labelled images at most"


def measures_as_markdown(results):
    """The captions and tables of `--full`, a list; empty where nothing of it was measured."""
    found = measures_table(results)
    if found.empty:
        return []
    tuned, svm = (found[found.measured_on == "network"], found[found.score == "linear_svm"])
    of_code = found[found.score.isin(OF_CODE)]
    parts = []
    if len(tuned):
        parts += [TUNED_CAPTION, markdown(wide(in_cells(tuned, percent), "score", TUNED))]
    if len(svm):
        columns = [f"layer {layer}" for layer in LAYERS]
        layers = wide(in_cells(svm, percent), "measured_on", columns)
        layers = layers.rename(columns=lambda column: column.removeprefix("layer "))
        caption = f"A linear SVM on each layer, on {on_images(results)}, in percent:"
        parts += [caption, markdown(layers)]
    return [*parts, OF_CODE_CAPTION, markdown(wide(in_cells(of_code, plain), "score", OF_CODE))]


def in_cells(table, form):
    """The table with a column `cell`: mean and interval in words, by `form`."""
    numbers = table[["mean", "low", "high"]].to_numpy()
    return table.assign(cell=[form(mean, low, high) for mean, low, high in numbers])


def percent(mean, low, high):
    return f"{100 * mean:.1f} ({100 * low:.1f} to {100 * high:.1f})"


def plain(mean, low, high):
    return f"{mean:.2f} ({low:.2f} to {high:.2f})"


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
    for probe in (*PAIRED_PROBES, *TUNED):
        of_probe = [each for each in results["differences"] if each["score"] == probe]
        shown = pd.DataFrame([each for each in of_probe if each["minus"] in PAIRED_WITH])
        if len(shown):
            shown["cell"] = [
                f"{100 * mean:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"
                for mean, low, high in shown[["mean", "low", "high"]].to_numpy()
            ]
            shown["minus"] = "minus " + shown["minus"]
            table = wide(shown, "minus", [f"minus {name}" for name in PAIRED_WITH])
            kind = "Fine-tuned," if probe in TUNED else "With the probe"
            parts += [f"{kind} {probe}:", markdown(table)]
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
