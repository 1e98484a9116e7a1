"""Pictures of bounds and their estimates: what lessons 2 and 3 draw.

Every function takes numbers and returns a figure, which `pictures.show` shows with its words. The
truth is always a dotted black line, a ceiling a dashed grey one.
"""

import numpy as np

from dimlearn.pictures.lessons import canvas, image_grid, score_matrices
from dimlearn.pictures.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE

LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (PURPLE, (0, (3, 1, 1, 1))))
DOTTED, DASHED = (0, (1, 1.5)), (0, (4, 2))

# ---------------------------------------------------------------- pairs and their scores


def pair_stacks(*stacks):
    """Pairs of images as tiles, x on the left and y on the right, a row for each stack.

    `stacks`: `(x, y)` each, images `[n, H, W, channels]` in [0, 1], with the same n.
    """
    tiles = [
        np.concatenate([x, np.ones_like(x[:, :, :2]), y], axis=2)  # a white bar between the two
        for x, y in stacks
    ]
    figure = image_grid(np.concatenate(tiles), columns=len(tiles[0]))
    figure.set_size_inches(len(tiles[0]), 0.8 * len(tiles))
    return figure


def two_hills(positive, negative):
    """How the scores of positive and of negative pairs are spread, in nats."""
    figure, axis = canvas(width=5)
    axis.hist(negative, 60, density=True, color=GREY, alpha=0.6, label="negative pairs")
    axis.hist(positive, 30, density=True, color=ORANGE, alpha=0.8, label="positive pairs")
    mean = np.mean(positive)
    axis.axvline(mean, color=BLACK, linestyle="--", label="mean of the positive")
    axis.set(xlabel="score in nats", ylabel="share of the pairs per nat")
    axis.legend(frameon=False, loc="upper left")
    return figure


def candidates(probabilities, partner=0):
    """The probabilities that a row of scores gives to its candidates; the partner is orange."""
    figure, axis = canvas(width=4.6)
    colors = [ORANGE if j == partner else GREY for j in range(len(probabilities))]
    bars = axis.bar(range(len(probabilities)), probabilities, color=colors)
    axis.bar_label(bars, fmt="%.2f", padding=2)
    axis.set(xlabel=f"candidate j ({partner} is the partner)", ylabel="probability", ylim=(0, 1.1))
    return figure


def against_guessing(matrices, limit=3.0):
    """Like `score_matrices`, of `log(N p)`: by how many nats each answer is likelier than 1/N."""
    figure = score_matrices(matrices, limit)
    figure.axes[-1].set_ylabel("log(N p) in nats")
    return figure


def class_table(table, title=""):
    """Probabilities `[K, K]` of the candidates' classes, a row for each class of x."""
    figure, axis = canvas(width=3.6)
    shown = axis.imshow(table, cmap="Blues", vmin=0, vmax=0.8)
    axis.set(xlabel="class of the candidate y", ylabel="class of x", title=title)
    figure.colorbar(shown, ax=axis, label="probability", extend="max")
    return figure


# ---------------------------------------------------------------- how estimates scatter


def clouds(levels, read, names, ceiling):
    """A panel of dots for each bound: its values of many batches over the true information.

    `levels`: the truths `[k]`; `read`: `[k, batches, bounds]`. The dots of one level are spread
    sideways, only so that they do not hide each other. The frame ends a little below 0: how many
    values are lower is written at its edge.
    """
    figure, axes = canvas(len(names), width=3.0, sharey=True)
    batches = read.shape[1]
    width = 0.3 * np.min(np.diff(levels))
    places = np.repeat(levels, batches) + np.tile(np.linspace(-width, width, batches), len(levels))
    for axis, name, values, (color, _) in zip(axes, names, np.moveaxis(read, 2, 0), LINES):
        axis.plot(places, values.ravel(), ".", color=color, markersize=2, label="batches")
        axis.plot(levels, levels, linestyle=DOTTED, color=BLACK, label="truth", linewidth=2)
        axis.axhline(ceiling, color=GREY, linestyle=DASHED, label="log N")
        axis.set(title=name, xlabel="truth in nats", ylabel="nats", xticks=levels)
        axis.set_ylim(low := -max(levels) / 4, None)
        if lower := np.count_nonzero(values < low):
            axis.text(levels[-1], low, f"{lower} below", ha="right", va="bottom", fontsize=8)
    axes[-1].legend(frameon=False, loc="lower right")
    return figure


def strips(read, names, truth, ceiling, **settings):
    """The values of some batches `[batches, bounds]`, a strip of dots and a mean for each bound.

    How many are outside of `ylim`, if any, is written at the edge, and the mean when it is, too.
    """
    figure, axis = canvas(width=5)
    aside = np.linspace(-0.2, 0.2, len(read))
    for k, (values, (color, _)) in enumerate(zip(read.T, LINES)):
        axis.plot(k + aside, values, ".", color=color)
        axis.plot([k - 0.3, k + 0.3], [values.mean()] * 2, color=BLACK)
    axis.axhline(truth, color=BLACK, linestyle=DOTTED, label="truth", linewidth=2)
    axis.axhline(ceiling, color=GREY, linestyle=DASHED, label="log N")
    axis.set_xticks(range(len(names)), names)
    axis.set(xlabel=f"{len(read)} batches each; bar: their mean", ylabel="nats", **settings)
    axis.set_xlim(-0.5, len(names) + 0.2)
    axis.legend(frameon=False, loc="lower right")
    low, high = axis.get_ylim()
    for k, values in enumerate(read.T):
        mean = values.mean()
        told = "" if low <= mean <= high else f",\nmean {mean:,.0f}"
        for edge, side, out in ((low, "below", values < low), (high, "above", values > high)):
            if out.any():
                away = told if (mean < low) == (side == "below") else ""
                align = "bottom" if side == "below" else "top"
                axis.text(k, edge, f"{out.sum()} {side}{away}", ha="center", va=align, fontsize=8)
    return figure


def tails(shortfalls):
    """How often an estimate falls short of the truth by how much, on two log axes.

    `shortfalls`: `{label: truth minus estimate [batches]}`; those above the truth are not drawn.
    """
    figure, axis = canvas(width=5)
    for (label, values), (color, style) in zip(shortfalls.items(), LINES):
        below = np.sort(values[values > 0])[::-1]
        shares = np.arange(1, len(below) + 1) / len(values)
        axis.plot(below, shares, color=color, linestyle=style, label=label)
    axis.set(xscale="log", yscale="log", xlim=(0.1, None))
    axis.set(xlabel="nats below the truth, or more", ylabel="share of the batches")
    axis.legend(frameon=False, loc="lower left")
    return figure
