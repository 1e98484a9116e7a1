"""Pictures of trainings and of judged encoders, finished: each function returns a `Picture`.

Accuracies come in as fractions and are drawn in percent, losses in nats. Text alternatives are made
of the numbers drawn. Lessons 8, 9.
"""

import numpy as np

from dimlearn.pictures.lessons import canvas, show
from dimlearn.pictures.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, RED

LINES = (("o-", BLUE), ("s--", ORANGE), ("^-.", GREEN), ("D:", RED), ("v-", PURPLE), ("P--", GREY))
ACCURACY = "test accuracy in percent"


def bars(accuracies, xlabel=ACCURACY, ylabel="classifier behind", controls=()):
    """Horizontal bars of accuracies `{name: fraction}`; the `controls` among them are grey."""
    figure, axis = canvas(width=5.5, height=0.9 + 0.32 * len(accuracies))
    colors = [GREY if name in controls else BLUE for name in accuracies]
    drawn = axis.barh(list(accuracies), [100 * a for a in accuracies.values()], color=colors)
    axis.bar_label(drawn, fmt="%.1f", padding=3)
    axis.invert_yaxis()
    axis.set(xlabel=xlabel, ylabel=ylabel, xlim=(0, 112))
    told = ", ".join(f"{name} {100 * a:.1f}" for name, a in accuracies.items())
    return show(figure, f"Bars of {xlabel}: {told}.")


def intervals(found, xlabel, ylabel="frozen encoder", mine=(), zero=False):
    """Dots with their intervals, `{name: (middle, low, high)}` in fractions, from top to bottom.

    `mine`: the names drawn in blue; `zero`: draw a line at 0, for differences.
    """
    figure, axis = canvas(width=6, height=1 + 0.38 * len(found))
    for place, (name, (middle, low, high)) in enumerate(found.items()):
        color = BLUE if name in mine else BLACK
        axis.plot([100 * low, 100 * high], [place, place], color=color, linewidth=2)
        axis.plot(100 * middle, place, "D" if name in mine else "o", color=color)
        axis.annotate(
            f"{100 * middle:.1f}", (100 * middle, place), (0, 6), ha="center",
            textcoords="offset points", fontsize=9,
        )  # fmt: skip
    axis.set_yticks(range(len(found)), list(found))
    axis.set_ylim(len(found) - 0.4, -0.8)
    axis.set(xlabel=xlabel, ylabel=ylabel)
    if zero:
        axis.axvline(0, color=GREY, linestyle="--")
    told = ", ".join(
        f"{name} {100 * middle:.1f} ({100 * low:.1f} to {100 * high:.1f})"
        for name, (middle, low, high) in found.items()
    )
    return show(figure, f"{xlabel}, with intervals: {told}.")


def curves(lines, ylabel, xlabel="epoch", level=None):
    """Lines over 1, 2, 3 ...: `{name: values}`. `level`: `(name, value)` of a dashed line."""
    figure, axis = canvas(width=5)
    for (name, values), (style, color) in zip(lines.items(), LINES):
        axis.plot(range(1, len(values) + 1), values, style, color=color, label=name)
    if level:
        axis.axhline(level[1], color=GREY, linestyle="--", label=level[0])
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.set(xlabel=xlabel, ylabel=ylabel)
    axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    told = "; ".join(
        f"{name} {values[0]:.2f} to {values[-1]:.2f}" for name, values in lines.items()
    )
    more = f"; dashed {level[0]} {level[1]:.2f}" if level else ""
    return show(figure, f"Lines of {ylabel} over {xlabel}, from first to last: {told}{more}.")


def squashed(codes):
    """Histograms of the entries of codes `{title: [N, D]}` behind a sigmoid, and the even prior."""
    figure, axes = canvas(len(codes), width=2.6, height=2.5, sharey=True, squeeze=False)
    told = []
    for axis, (title, code) in zip(axes[0], codes.items()):
        entries = 1 / (1 + np.exp(-np.asarray(code, "float64").ravel()))
        axis.hist(entries, bins=20, range=(0, 1), density=True, color=BLUE)
        axis.axhline(1, color=ORANGE, linestyle="--", label="the prior")
        ends = np.mean((entries < 0.05) | (entries > 0.95))
        axis.set_title(f"{title}: {100 * ends:.0f} % at the ends", fontsize=10)
        axis.set(xlabel="sigmoid of an entry", ylabel="density")
        told.append(f"{title} {100 * ends:.0f} percent in the outer twentieths")
    axes[0][0].legend(frameon=False, fontsize=8)
    return show(figure, f"Histograms of codes' entries behind a sigmoid: {'; '.join(told)}.")


def over_seeds(runs, xlabel, live=None, ylabel="encoder"):
    """A dot for each seed and a bar at their mean: `{name: [fraction of each seed]}`.

    `live`: `{name: fraction}`, what has just been measured, as a diamond.
    """
    figure, axis = canvas(width=6, height=1 + 0.36 * len(runs))
    for place, (name, values) in enumerate(runs.items()):
        values = 100 * np.asarray(values)
        axis.plot(values, [place] * len(values), "o", color=GREY, alpha=0.7)
        axis.plot(values.mean(), place, "|", color=BLACK, markersize=16, markeredgewidth=2)
        if live and name in live:
            axis.plot(100 * live[name], place, "D", color=BLUE, markersize=7)
    axis.set_yticks(range(len(runs)), list(runs))
    axis.set_ylim(len(runs) - 0.5, -0.5)
    axis.set(xlabel=xlabel, ylabel=ylabel)
    told = "; ".join(f"{name} {100 * min(v):.0f} to {100 * max(v):.0f}" for name, v in runs.items())
    return show(figure, f"{xlabel}, a dot for each seed, lowest to highest: {told}.")


def choices(pairs, candidates):
    """What was chosen, on the images that chose it and on others: `pairs` `[parts, 2]`, fractions,
    a line for each part of the images, their mean in red."""
    figure, axis = canvas(width=4.8)
    pairs = 100 * np.asarray(pairs)
    axis.plot([0, 1], pairs.T, "o-", color=GREY, alpha=0.6)
    axis.plot([0, 1], pairs.mean(axis=0), "D-", color=RED, linewidth=2, label="mean")
    axis.set_xticks([0, 1], ["images that chose it", "other images"])
    axis.set(xlabel=f"best of {candidates}, judged on", ylabel=ACCURACY, xlim=(-0.3, 1.3))
    axis.legend(frameon=False)
    first, second = pairs.mean(axis=0)
    words = f"""{len(pairs)} lines, one for each part of the test images. On average the best of
    {candidates} has {first:.1f} percent where it was chosen, {second:.1f} elsewhere."""
    return show(figure, words)
