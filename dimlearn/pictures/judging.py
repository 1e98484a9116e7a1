"""Pictures of trainings and of judged encoders, finished: each function returns a `Picture`.

Losses are in nats, shares in percent. Text alternatives are made of the numbers drawn. Lesson 8.
"""

import numpy as np

from dimlearn.pictures.lessons import canvas, show
from dimlearn.pictures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED

LINES = (("o-", BLUE), ("s--", ORANGE), ("^-.", GREEN), ("D:", RED), ("v-", PURPLE), ("P--", GREY))


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
