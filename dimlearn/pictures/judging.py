"""Pictures of judged encoders, finished: each function returns a `Picture`.

Accuracies and their differences come in as fractions and are drawn in percent and in points. Text
alternatives are made of the numbers drawn. Lessons 8, 9, 11.
"""

import numpy as np

from dimlearn.pictures.lessons import canvas, show
from dimlearn.pictures.style import BLACK, BLUE, GREY, ORANGE, RED


def bars(accuracies, xlabel="test accuracy in percent", controls=()):
    """Bars of accuracies `{name: fraction}`, from top to bottom; the `controls` are grey."""
    figure, axis = canvas(width=5.5, height=0.9 + 0.32 * len(accuracies))
    colors = [GREY if name in controls else BLUE for name in accuracies]
    drawn = axis.barh(list(accuracies), [100 * a for a in accuracies.values()], color=colors)
    axis.bar_label(drawn, fmt="%.1f", padding=3)
    axis.invert_yaxis()
    axis.set(xlabel=xlabel, ylabel="classifier", xlim=(0, 112))
    told = ", ".join(f"{name} {100 * a:.1f}" for name, a in accuracies.items())
    return show(figure, f"Bars of {xlabel}: {told}.")


def intervals(rows, xlabel, zero=False):
    """Values with their intervals, `{name: (value, low, high)}` in fractions, from top to bottom.

    All three stand above the mark as numbers: whether an interval reaches 0 may be a matter of less
    than a line's width. zero: with a line at 0, for differences.
    """
    figure, axis = canvas(width=6, height=1 + 0.38 * len(rows))
    for place, (value, low, high) in enumerate(rows.values()):
        axis.plot([100 * low, 100 * high], [place, place], color=BLUE, linewidth=2)
        axis.plot(100 * value, place, "o", color=BLACK, markersize=4)
        numbers = f"{100 * value:.1f} ({100 * low:.1f} to {100 * high:.1f})"
        above = {"textcoords": "offset points", "ha": "center", "fontsize": 9}
        above["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0}
        axis.annotate(numbers, (50 * (low + high), place), (0, 6), **above)
    if zero:
        axis.axvline(0, color=GREY, linestyle="--", linewidth=1)
    axis.margins(x=0.2)  # room for the numbers
    ylabel = "difference" if zero else "row"
    axis.set(xlabel=xlabel, ylabel=ylabel, ylim=(len(rows) - 0.5, -0.8))
    axis.set_yticks(range(len(rows)), list(rows))
    told = "; ".join(
        f"{name} {100 * value:.1f}, from {100 * low:.1f} to {100 * high:.1f}"
        for name, (value, low, high) in rows.items()
    )
    return show(figure, f"Intervals of the {xlabel}: {told}.")


def squashed(codes):
    """Histograms of the entries of codes `{title: [N, D]}` behind a sigmoid, and the even prior."""
    figure, axes = canvas(len(codes), width=2.6, height=2.5, sharey=True, squeeze=False)
    told = []
    for axis, (title, code) in zip(axes[0], codes.items()):
        entries = 1 / (1 + np.exp(-np.asarray(code, "float64").ravel()))
        axis.hist(entries, bins=20, range=(0, 1), density=True, color=BLUE)
        axis.axhline(1, color=ORANGE, linestyle="--", label="the prior")
        ends = np.mean((entries < 0.05) | (entries > 0.95))
        axis.set_title(f"{title}: {100 * ends:.1f} % at the ends", fontsize=10)
        axis.set(xlabel="sigmoid of an entry", ylabel="density")
        told.append(f"{title} {100 * ends:.1f} percent in the outer twentieths")
    axes[0][0].legend(frameon=False, fontsize=8)
    return show(figure, f"Histograms of codes' entries behind a sigmoid: {'; '.join(told)}.")


def choices(pairs, candidates):
    """What was chosen, on the images that chose it and on others: `pairs` `[parts, 2]`, fractions,
    a line for each part of the images, their mean in red."""
    figure, axis = canvas(width=4.8)
    pairs = 100 * np.asarray(pairs)
    axis.plot([0, 1], pairs.T, "o-", color=GREY, alpha=0.6)
    axis.plot([0, 1], pairs.mean(axis=0), "D-", color=RED, linewidth=2, label="mean")
    axis.set_xticks([0, 1], ["images that chose it", "other images"])
    axis.set(xlabel=f"best of {candidates}, judged on", ylabel="test accuracy in percent")
    axis.set_xlim(-0.3, 1.3)
    axis.legend(frameon=False)
    first, second = pairs.mean(axis=0)
    words = f"""{len(pairs)} lines, one for each part of the test images. On average the best of
    {candidates} has {first:.1f} percent where it was chosen, {second:.1f} elsewhere."""
    return show(figure, words)
