"""One paragraph on what a comparison shows, made from its differences in pairs."""

from dimlearn.errors import one_line

FURTHER = {  # probes that only the best is told of
    "labels_10": "on ten labels a class ",
    "knn": "with neighbours ",
    "knn_whitened": "with neighbours among whitened codes ",
}
VERDICTS = ("is ahead of", "is behind", "cannot be told apart from")


def conclusion(results):
    """The paragraph: how each encoder stands to the controls, and the best with other probes.

    Whether two rows differ is read off their paired difference alone: the intervals of two
    accuracies may overlap where the rows surely differ.
    """
    rows = {row["name"]: row for row in results["rows"]}
    encoders = [name for name, row in rows.items() if not (row["control"] or row["added"])]
    added = [name for name, row in rows.items() if row["added"]]
    ranked = sorted(encoders, key=lambda name: -rows[name]["scores"]["linear"]["mean"])
    if not encoders and not added:
        return "No encoder was trained by Deep InfoMax, so there is nothing to compare."
    said = [the_best(rows, ranked)] if ranked else []
    compared = [(name, "linear") for name in ranked + added]
    compared += [(name, probe) for probe in FURTHER for name in (ranked or added)[:1]]
    found = [differences_of(results, name, probe) for name, probe in compared]
    said += [stands(rows, *which, those) for which, those in zip(compared, found) if those]
    labels = [name for name, row in rows.items() if row["labels"]]
    if labels:
        said.append(f"{' and '.join(labels).capitalize()} saw every label before the probe.")
    if any(found):
        spread = next(filter(None, found))[0]["spread"]
        said.append(allowed_for(sum(map(len, found)), spread, results["settings"]["seeds"]))
    return " ".join(said)


def the_best(rows, ranked):
    """The name of the best Deep InfoMax code: a sentence."""
    best = f"{ranked[0]}, {told(rows, ranked[0], 'linear')}"
    if len(ranked) > 1:
        best += f" (the best of {len(ranked)} on these images, which flatters it a little)"
    return f"With a linear probe, the best Deep InfoMax code is {best}."


def told(rows, name, probe):
    return f"{100 * rows[name]['scores'][probe]['mean']:.1f} %"


def differences_of(results, name, probe):
    """The differences of one row to the controls, with one probe."""
    return [
        each for each in results["differences"] if (each["encoder"], each["score"]) == (name, probe)
    ]


def stands(rows, name, probe, differences):
    """How a row stands to the controls with a probe: a sentence."""
    verdicts = {verdict: [] for verdict in VERDICTS}
    for each in differences:
        mean, low, high = (100 * each[key] for key in ("mean", "low", "high"))
        theirs = f"{each['minus']} ({told(rows, each['minus'], probe)})"
        if low > 0:
            verdicts["is ahead of"].append(theirs)
        elif high < 0:
            verdicts["is behind"].append(theirs)
        else:
            difference = f"(difference {mean:+.1f}, interval {low:+.1f} to {high:+.1f})"
            verdicts["cannot be told apart from"].append(f"{each['minus']} {difference}")
    parts = [f"{words} {listed(names)}" for words, names in verdicts.items() if names]
    judged = {"linear": ""} | FURTHER
    subject = f"{judged[probe]}{name} ({told(rows, name, probe)})"
    return f"{subject[0].upper()}{subject[1:]} {'; it '.join(parts)}."


def listed(names):
    """Names as words: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def allowed_for(count, spread, seeds):
    """What the intervals of the differences hold and what they do not: some sentences."""
    said = one_line(f"""
        All this is read off {count} differences in pairs, each with an interval that misses one
        time in twenty; those of the linear probe are as wide as {spread} leave them.
    """)
    if seeds == 1:
        said += " With one pretraining they are about these encoders: another seed may differ."
    return said
