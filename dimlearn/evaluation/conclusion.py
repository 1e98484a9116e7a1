"""One paragraph on what a comparison shows, made from its numbers."""

from dimlearn.errors import one_line
from dimlearn.evaluation.rows import all_rows
from dimlearn.evaluation.settings import Settings


def conclusion(results):
    """The paragraph: the best Deep InfoMax code, the controls, the rows with labels, few labels."""
    accuracies = {row["name"]: row["scores"] for row in results["rows"]}
    rows = all_rows(Settings(**results["settings"]))
    encoders = [name for name in accuracies if not rows[name].control]
    present = [row for name, row in rows.items() if row.control and name in accuracies]
    controls = [row.name for row in present if not row.labels]
    if not encoders:
        return "No encoder was trained by Deep InfoMax, so there is nothing to compare."
    ranked = sorted(encoders, key=lambda name: -accuracies[name]["linear"]["mean"])
    best = ranked[0]
    said = [f"With a linear probe, the best Deep InfoMax code is {best}: {told(accuracies[best])}."]
    if controls:
        said.append("Controls: " + ", ".join(f"{c} {told(accuracies[c])}" for c in controls) + ".")
        said += [against_controls(accuracies, name, controls) for name in ranked]
    said += [against_labels(accuracies, best, row.name) for row in present if row.labels]
    few = [name for name in (best, *controls) if "labels_10" in accuracies[name]]
    if best in few:
        compared = ", ".join(f"{name} {told(accuracies[name], 'labels_10')}" for name in few)
        said.append(f"On ten labels a class: {compared}.")
    said.append(allowed_for(accuracies[best]["linear"]["spread"]))
    return " ".join(said)


def told(of_row, probe="linear"):
    return f"{100 * of_row[probe]['mean']:.1f} %"


def against_controls(accuracies, name, controls):
    """How an encoder's linear probe stands to the label-free controls: a sentence."""
    verdicts = {"is ahead of": [], "cannot be told apart from": [], "falls behind": []}
    ours = accuracies[name]["linear"]
    for control in controls:
        theirs = accuracies[control]["linear"]
        if ours["low"] > theirs["high"]:
            verdicts["is ahead of"].append(control)
        elif ours["high"] < theirs["low"]:
            verdicts["falls behind"].append(control)
        else:
            verdicts["cannot be told apart from"].append(control)
    stands = [f"{words} {' and '.join(names)}" for words, names in verdicts.items() if names]
    return f"{name.capitalize()} ({told(accuracies[name])}) {', and '.join(stands)}."


def against_labels(accuracies, best, name):
    """How the best encoder's linear probe stands to a row that saw the labels: a sentence."""
    ours, ceiling = accuracies[best]["linear"], accuracies[name]["linear"]
    if ours["low"] > ceiling["high"]:
        verdict = "surpassed"
    elif ours["high"] >= ceiling["low"]:
        verdict = "matched within the interval"
    else:
        verdict = "not reached"
    reached = told(accuracies[name])
    return f"{name.capitalize()}, trained with every label, reaches {reached}: {verdict} by {best}."


def allowed_for(spread):
    """What the intervals hold and what they do not: a sentence."""
    return one_line(f"""
        Intervals of the linear probe allow for {spread}; rows share the test images, so differences
        between rows are surer than the intervals suggest.
    """)
