"""Curves over one axis, for all lessons: losses over steps, bounds over the truth.

show(curves(steps, {"DV": values}, "training step", levels={"truth": 4}), "DV climbs to ...")
"""

import numpy as np

from dimlearn.pictures.lessons import canvas
from dimlearn.pictures.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, RED

STYLES = (
    (BLUE, "o", "-"),
    (ORANGE, "s", "--"),
    (GREEN, "^", "-."),
    (RED, "D", (0, (3, 1, 1, 1))),
    (PURPLE, "v", ":"),
)
MANY = 50  # points of a curve, whose marks would run into each other
LEVELS = (":", (0, (4, 2)), (0, (4, 2, 1, 2)))


def curves(x, lines, xlabel, ylabel="nats", levels=None, every=1, **settings):
    """Up to five curves over `x [n]`: a figure.

    lines: `{name: values [n]}`, or `{name: (values, low, high)}` for a curve with a band.
    levels: up to three things to hold them against, `{name: value or values [n]}`; the first is
    dotted and black, the others are dashed and grey.
    every: each point is the mean of so many values.
    settings: of the axis (`ylim=(-1, 5)`, `xscale="log"`).
    """
    figure, axis = canvas(width=5)
    if np.issubdtype(np.asarray(x).dtype, np.integer):  # steps, epochs, draws
        axis.xaxis.get_major_locator().set_params(integer=True)
    x = means(x, every)
    for (name, values), (color, marker, style) in zip(lines.items(), STYLES):
        if isinstance(values, tuple):
            values, low, high = values
            axis.fill_between(x, low, high, color=color, alpha=0.25, linewidth=0)
        look = {"marker": marker if len(x) <= MANY else "", "markersize": 4, "linewidth": 1.2}
        axis.plot(x, means(values, every), linestyle=style, color=color, label=name, **look)
    for (name, value), style in zip((levels or {}).items(), LEVELS):
        color = BLACK if style == LEVELS[0] else GREY
        level = np.broadcast_to(value, np.shape(x))
        axis.plot(x, level, linestyle=style, color=color, label=name, linewidth=1.8)
    axis.set(xlabel=xlabel, ylabel=ylabel, **settings)
    if settings.get("xscale") == "log" and len(x) <= 10:  # each of the places has a tick
        axis.set_xticks(x, [f"{place:g}" for place in x])
        axis.minorticks_off()
    if len(axis.lines) > 1:
        name_below(figure, axis)
    return figure


def name_below(figure, axis):
    """The names of the curves below the axis, where they cover none of them."""
    handles, names = axis.get_legend_handles_labels()
    longest = 0.7 + 0.09 * max(len(name) for name in names)  # inches, with its mark
    columns = min(len(names), max(1, int(figure.get_figwidth() / longest)))
    figure.legend(handles, names, loc="outside lower center", ncols=columns, frameon=False)
    figure.set_figheight(figure.get_figheight() + 0.22 * -(-len(names) // columns))


def means(values, every):
    """The mean of every so many values, the last few left out if they are fewer."""
    whole = np.asarray(values)[: len(values) // every * every]
    return whole if every == 1 else whole.reshape(-1, every).mean(axis=1)


def first_and_last(lines):
    """Where curves begin and end, in words."""
    ends = (f"{name} from {values[0]:.2f} to {values[-1]:.2f}" for name, values in lines.items())
    return "; ".join(ends)
