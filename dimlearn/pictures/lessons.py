"""Pictures of the lessons: one look for all, and none without labels and a text alternative.

    figure, axis = canvas()
    axis.plot(p, entropies, color=BLUE)
    axis.set(xlabel="probability of heads", ylabel="entropy in nats")
    show(figure, "A hill: the entropy of a coin is highest for a fair one, 0 for a certain one.")

`show` is the last line of its cell. It refuses axes without labels and pictures without words, so
that a lesson that runs to its end has neither. No pyplot: a callback of a slider may run while a
cell does, and the two would share pyplot's current figure.
"""

import base64
import html
import io
import math

import numpy as np
from matplotlib.figure import Figure

from dimlearn.errors import InputError
from dimlearn.pictures.style import BLACK, BLUE


class Picture:
    """A figure as Jupyter shows it: a PNG with its text alternative, or in a terminal its words."""

    def __init__(self, png, alt):
        self.png, self.alt = png, alt

    def __repr__(self):
        return f"Picture: {self.alt}"

    def _repr_html_(self):
        data = base64.b64encode(self.png).decode("ascii")
        return f'<img alt="{html.escape(self.alt)}" src="data:image/png;base64,{data}">'


def canvas(columns=1, width=4.2, height=3.0, **kwargs):
    """A figure with one axis, or with a row of `columns` of them (then an array of axes).

    `width`, `height`: of each, in inches; `kwargs` go to `Figure.subplots` (`sharey=True`).
    """
    figure = Figure(figsize=(width * columns, height), layout="constrained")
    axes = figure.subplots(1, columns, **kwargs)
    for axis in figure.axes:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes


def show(figure, alt):
    """The picture of a figure, to end a cell with. `alt`: what it shows, in a sentence or two.

    Raises `InputError` for axes without labels (switch off those of an image) and for missing
    words.
    """
    if len(alt.split()) < 5:
        raise InputError(f"say in a sentence what the picture shows, not {alt!r}")
    for axis in figure.axes:
        if axis.axison and not (axis.get_xlabel() and axis.get_ylabel()):
            if axis.get_label() == "<colorbar>" and (axis.get_xlabel() or axis.get_ylabel()):
                continue
            raise InputError(f"label both axes of the picture {axis.get_title()!r}, with units")
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=100)
    return Picture(png.getvalue(), " ".join(alt.split()))


def scatters(pairs, xlabel="x", ylabel="y", points=1500):
    """A row of scatter plots. `pairs`: `{title: (x, y)}`, arrays `[N]`, thinned to `points`."""
    figure, axes = canvas(len(pairs), width=2.9, height=2.9, squeeze=False)
    for axis, (title, (x, y)) in zip(axes[0], pairs.items()):
        axis.scatter(x[:points], y[:points], s=4, color=BLUE, alpha=0.5, linewidth=0)
        axis.set(title=title, xlabel=xlabel, ylabel=ylabel)
        axis.set_aspect("equal", adjustable="datalim")
    return figure


def probability_tables(tables, xlabel="value of Y", ylabel="value of X"):
    """A row of probability tables as heat maps on one scale, each entry written in.

    `tables`: `{title: p [K1, K2]}`.
    """
    figure, axes = canvas(len(tables), width=3.1, height=2.9, squeeze=False)
    highest = max(table.max() for table in tables.values())
    for axis, (title, table) in zip(axes[0], tables.items()):
        axis.imshow(table, cmap="Blues", vmin=0, vmax=highest)
        for (row, column), p in np.ndenumerate(table):
            color = "white" if p > 0.6 * highest else BLACK
            axis.text(column, row, f"{p:.2f}", ha="center", va="center", color=color)
        axis.set(title=title, xlabel=xlabel, ylabel=ylabel)
        axis.set(xticks=range(table.shape[1]), yticks=range(table.shape[0]))
    return figure


def score_matrices(matrices, limit=None, xlabel="y of pair j", ylabel="x of pair i"):
    """A row of score matrices on one scale of colours: orange for high scores, purple for low ones.

    `matrices`: `{title: scores [N, M]}`. `limit`: the score where the colours end, nats; without
    it nearly all scores (98 in 100) lie inside.
    """
    matrices = {title: np.asarray(scores) for title, scores in matrices.items()}
    if limit is None:
        limit = np.quantile(np.abs(np.concatenate([m.ravel() for m in matrices.values()])), 0.98)
    figure, axes = canvas(len(matrices), width=2.3 + 1 / len(matrices), height=2.6, squeeze=False)
    for axis, (title, scores) in zip(axes[0], matrices.items()):
        image = axis.imshow(scores, cmap="PuOr_r", vmin=-limit, vmax=limit)
        axis.set_title(title, fontsize=10)
        axis.set(xlabel=xlabel, ylabel=ylabel, xticks=[], yticks=[])
    figure.colorbar(image, ax=list(axes[0]), label="score in nats", shrink=0.8, extend="both")
    return figure


def image_grid(images, titles=None, columns=10):
    """Images `[N, H, W, 1 or 3]` in [0, 1] in a grid without axes, each with its title."""
    rows = math.ceil(len(images) / columns)
    figure = Figure(figsize=(0.8 * columns, 0.95 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes:
        axis.set_axis_off()
    for index, (axis, image) in enumerate(zip(axes, images)):
        axis.imshow(image.squeeze(), cmap="gray", vmin=0, vmax=1)
        if titles is not None:
            axis.set_title(str(titles[index]), fontsize=9, pad=2)
    return figure


def accuracies(rows):
    """Accuracies as dots with their intervals, between ticks: a row of axes, one for each probe.

    `rows`: `{name: {probe: (accuracy, low, high)}}` in fractions, every name with the same probes,
    drawn from top to bottom. The first name is the black one.
    """
    probes = list(next(iter(rows.values())))
    figure, axes = canvas(len(probes), 2.7, 1.2 + 0.3 * len(rows), squeeze=False)
    for axis, probe in zip(axes[0], probes):
        for place, row in enumerate(rows.values()):
            accuracy, low, high = row[probe]
            color = BLUE if place else BLACK
            axis.plot([100 * low, 100 * high], [place, place], "|-", color=color, markersize=12)
            axis.plot(100 * accuracy, place, "o", color=color, markersize=4)
        axis.set(title=probe, xlabel="test accuracy in percent", ylabel="code", xlim=(0, 100))
        axis.set_yticks(range(len(rows)), list(rows))
        axis.set_ylim(len(rows) - 0.5, -0.5)
    return figure
