"""The figures of a comparison. Each function returns the figure and its text alternative.

`rows`: one dictionary for each row of the table, with its `name`; `scores`, for each probe its
accuracy as `{"mean", "low", "high"}`, fractions; whether it saw `labels`; and `history`, for each
seed what its training told, `{term: [value of each epoch]}`.
"""

import math

import numpy as np
from matplotlib.figure import Figure

from dimlearn.errors import one_line
from dimlearn.pictures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    OTHER_STYLE,
    PURPLE,
    RED,
    ROW_STYLES,
    SKY,
    TERM_STYLES,
)


def panels(count, columns, width=3.0, height=2.4, **kwargs):
    """A figure with `count` panels in rows of `columns`; returns it and the flat list of axes."""
    rows = math.ceil(count / columns)
    figure = Figure(figsize=(width * columns, height * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **kwargs).ravel()
    for axis in axes[count:]:
        axis.set_visible(False)
    return figure, axes[:count]


def in_percent(accuracies):
    """Means and ends of intervals, three arrays in percent."""
    return 100 * np.array([[each["mean"], each["low"], each["high"]] for each in accuracies]).T


def means_told(rows, probe):
    """The means of those rows that the probe was tried on, in percent, as words."""
    tried = [row for row in rows if probe in row["scores"]]
    return ", ".join(f"{row['name']} {100 * row['scores'][probe]['mean']:.1f}" for row in tried)


def loss_curves(rows):
    """The terms of every training over its epochs (first pretraining seed)."""
    trained = [row for row in rows if row["history"][0]]
    figure, axes = panels(len(trained), columns=3)
    lines = {}
    for axis, row in zip(axes, trained):
        history = row["history"][0]
        for term in (term for term in TERM_STYLES if term in history):
            color, style = TERM_STYLES[term]
            epochs = range(1, len(history[term]) + 1)
            (lines[term],) = axis.plot(epochs, history[term], style, color=color, marker=".")
        axis.set(title=row["name"], xlabel="epoch", ylabel="nats")
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.spines[["top", "right"]].set_visible(False)
    figure.legend(lines.values(), lines, loc="outside upper center", ncols=5, frameon=False)
    ends = "; ".join(f"{row['name']}: loss {row['history'][0]['loss'][-1]:.2f}" for row in trained)
    return figure, f"Training curves of each encoder, in nats over epochs. Last values: {ends}."


def accuracies(rows, probes=("linear", "knn", "mlp200")):
    """Accuracy of three probes on every row's code, with intervals."""
    figure = Figure(figsize=(7, 0.45 * len(rows) + 1.2), layout="constrained")
    axis = figure.subplots()
    styles = zip(probes, (BLUE, ORANGE, GREEN), ("o", "s", "^"))
    for offset, (probe, color, marker) in enumerate(styles):
        mean, low, high = in_percent(row["scores"][probe] for row in rows)
        axis.errorbar(
            mean,
            np.arange(len(rows)) + 0.22 * (offset - 1),
            xerr=[mean - low, high - mean],
            fmt=marker,
            color=color,
            markersize=5,
            capsize=2,
            label=probe,
        )
    axis.set_yticks(range(len(rows)), [row["name"] for row in rows])
    axis.invert_yaxis()
    axis.set_xlabel("test accuracy in percent, with 95 % interval")
    axis.grid(axis="x", alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1))
    means = means_told(rows, probes[0])
    return figure, f"Test accuracy of frozen codes; {probes[0]} probe, in percent: {means}."


def few_labels(rows, counts=(1, 5, 10, 100)):
    """Accuracy over the number of labels a class, one line for each row."""
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axis = figure.subplots()
    for row in rows:
        known = [count for count in counts if f"labels_{count}" in row["scores"]]
        color, marker, line = ROW_STYLES.get(row["name"], OTHER_STYLE)
        mean, low, high = in_percent(row["scores"][f"labels_{count}"] for count in known)
        label = row["name"] + (" (saw all labels)" if row["labels"] else "")
        axis.plot(known, mean, line, color=color, marker=marker, markersize=5, label=label)
        axis.fill_between(known, low, high, color=color, alpha=0.08, linewidth=0)
    axis.set_xscale("log")
    axis.set_xticks(counts, [str(count) for count in counts])
    axis.minorticks_off()
    axis.set(xlabel="labels a class", ylabel="test accuracy in percent")
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    tens = means_told(rows, "labels_10")
    return figure, f"Test accuracy over labels a class; at ten labels, in percent: {tens}."


CLASS_COLORS = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY, BLACK, "#B8A000", "#7B3F00")


def projection(places_by_row, labels, class_names):
    """Codes of test images in the plane, a panel for each row.

    `places_by_row`: `{name: [N, 2]}`, by t-SNE; `labels`: `[N]`, numbers of the `class_names`.
    """
    figure, axes = panels(len(places_by_row), columns=3, height=2.7)
    for axis, (name, places) in zip(axes, places_by_row.items()):
        for label in np.unique(labels):
            x, y = places[labels == label].T
            color = CLASS_COLORS[label % len(CLASS_COLORS)]
            style = {"marker": f"${label}$", "linewidth": 0.3, "color": color}
            axis.scatter(x, y, s=14, **style, label=class_names[label].replace("$", r"\$"))
        axis.set(title=name, xticks=[], yticks=[], xlabel="t-SNE 1", ylabel="t-SNE 2")
    named = any(name != str(label) for label, name in enumerate(class_names))
    if named:
        handles, names = axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=5, frameon=False)
    numbers = ", ".join(f"{label} {name}" for label, name in enumerate(class_names))
    return figure, one_line(f"""
        t-SNE maps of {len(labels)} test codes of {", ".join(places_by_row)}; each point is drawn as
        its class number{f" ({numbers})" if named else ""}. Codes that separate the classes show
        islands of one number.
    """)


def neighbours(images, labels, found_by_row, train_images, train_labels):
    """Query images and their nearest training images under every row's code.

    `images`, `labels`: the queries and the names of their classes, of which 8 letters are shown;
    `found_by_row`: `{name: indices [queries, K]}` into the training images.
    """
    count = next(iter(found_by_row.values())).shape[1]
    widths = [1, *[count] * len(found_by_row)]
    figure = Figure(figsize=(0.6 * sum(widths), 0.7 * len(images) + 0.4))
    blocks = figure.subfigures(1, len(widths), width_ratios=widths)
    hits = dict.fromkeys(found_by_row, 0)
    for block, name in zip(blocks, ["query", *found_by_row]):
        block.suptitle(name, fontsize=9, y=0.995)
        columns = 1 if name == "query" else count
        axes = block.subplots(len(images), columns, squeeze=False)
        block.subplots_adjust(left=0.06, right=0.94, top=0.93, bottom=0.01, wspace=0.1, hspace=0.45)
        for query, label in enumerate(labels):
            if name == "query":
                draw_image(axes[query][0], images[query], f"{label!s:.8}", BLACK)
                continue
            for axis, index in zip(axes[query], found_by_row[name][query]):
                right = train_labels[index] == label
                hits[name] += int(right)
                mark = f"{train_labels[index]!s:.8}" + ("" if right else " ×")
                draw_image(axis, train_images[index], mark, BLUE if right else RED)
    total = len(images) * count
    told = ", ".join(f"{name} {correct} of {total}" for name, correct in hits.items())
    return figure, one_line(f"""
        {len(images)} test images, each with its {count} nearest training images; × marks one of
        another class. Of the right class: {told}.
    """)


def draw_image(axis, image, title, color):
    if image.shape[-1] != 3:  # not a photograph: the mean of its channels, in grey
        image = image.mean(axis=-1)
    axis.imshow(image, cmap="gray", vmin=0, vmax=1)
    axis.set_title(title, fontsize=7, color=color, pad=2, parse_math=False)
    axis.set_axis_off()


def ablation(name, table):
    """The accuracy of each probe over the values of what an ablation changes, with intervals.

    `table`: a `DataFrame` with the columns `value`, `score`, and `mean`, `low`, `high`, fractions.
    """
    probes, values = table["score"].unique(), list(table["value"].unique())
    figure, axes = panels(len(probes), columns=3, width=2.6)
    long = max(len(str(value)) for value in values) > 5  # names that would run into each other
    turned = {"rotation": 30, "ha": "right", "rotation_mode": "anchor"} if long else {}
    told = []
    for axis, probe in zip(axes, probes):
        of_probe = table[table["score"] == probe]
        mean, low, high = 100 * of_probe[["mean", "low", "high"]].to_numpy().T
        spread = np.clip([mean - low, high - mean], 0, None)
        axis.errorbar(range(len(values)), mean, spread, fmt="o", color=BLUE, capsize=3)
        axis.set_xticks(range(len(values)), values, **turned)
        axis.set(title=probe, xlabel=name, ylabel="accuracy in percent")
        axis.margins(x=0.2)
        axis.spines[["top", "right"]].set_visible(False)
        each = ", ".join(f"{value} {place:.1f}" for value, place in zip(values, mean))
        told.append(f"{probe}: {each}")
    return figure, f"Test accuracy in percent over {name}, with intervals. {'; '.join(told)}."
