"""Pictures of codes and trainers under examination: each function returns a `Picture`.

Losses are in nats, accuracies come in as fractions. Text alternatives are made of the numbers
drawn. Lessons 0 and 10.
"""

import numpy as np

from dimlearn.pictures.lessons import canvas, show
from dimlearn.pictures.style import BLUE, GREEN, GREY, ORANGE, PURPLE

LINES = (("P--", GREY), ("s:", PURPLE), ("^-.", ORANGE), ("o-", BLUE), ("D-", GREEN))


def spectra(shares):
    """The share of the variance in each principal direction, from the largest: `{name: [D]}`."""
    figure, axis = canvas(width=5)
    for (name, values), (style, color) in zip(shares.items(), LINES):
        places = range(1, len(values) + 1)
        axis.semilogy(places, values, style, color=color, label=name, markevery=8, markersize=4)
    axis.set(xlabel="direction of the code", ylabel="share of the variance", ylim=(1e-4, 1))
    axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    told = ", ".join(f"{name} {100 * values[0]:.0f} percent" for name, values in shares.items())
    return show(figure, f"Falling curves. The first direction has, of the variance: {told}.")


def losses_beside(healthy, others):
    """The losses of trainers `{name: [steps]}`, each beside those of a healthy one `[steps]`."""
    figure, axes = canvas(len(others), width=2.2, height=2.3, sharey=True, squeeze=False)
    for axis, (name, losses) in zip(axes[0], others.items()):
        axis.plot(healthy, "--", color=GREY, label="healthy")
        axis.plot(losses, color=BLUE, label="patient")
        axis.set_yscale("symlog", linthresh=2)
        axis.set(title=name, xlabel="step", ylabel="loss in nats")
    axes[0][0].legend(frameon=False, fontsize=8)
    told = "; ".join(f"{name} from {v[0]:.1f} to {v[-1]:.1f}" for name, v in others.items())
    ours = f"healthy from {healthy[0]:.1f} to {healthy[-1]:.1f}"
    return show(figure, f"Losses in nats over the steps, from first to last: {ours}; {told}.")


def by_seed(accuracies, xlabel):
    """A dot for the accuracy of each seed, and a bar for their mean: `{name: [seeds]}`."""
    figure, axis = canvas(width=5.5, height=0.9 + 0.4 * len(accuracies))
    for place, values in enumerate(accuracies.values()):
        axis.barh(place, 100 * np.mean(values), color=GREY, alpha=0.4)
        axis.plot(100 * np.array(values), [place] * len(values), "o", color=BLUE)
    axis.set_yticks(range(len(accuracies)), list(accuracies))
    axis.set(xlabel=xlabel, ylabel="what it was given", xlim=(0, 100))
    axis.set_ylim(len(accuracies) - 0.5, -0.5)
    told = ", ".join(f"{name} {100 * np.mean(v):.0f}" for name, v in accuracies.items())
    return show(figure, f"Bars of the mean {xlabel}, with a dot for each seed: {told}.")


def side_by_side(codes):
    """What several probes say of several codes, `{code: {probe: (accuracy, low, high)}}`: a column
    of dots with intervals for each probe."""
    probes = list(next(iter(codes.values())))
    figure, axes = canvas(len(probes), 3.2, 1 + 0.28 * len(codes), sharey=True, squeeze=False)
    for axis, probe in zip(axes[0], probes):
        for place, row in enumerate(codes.values()):
            accuracy, low, high = (100 * value for value in row[probe])
            axis.plot([low, high], [place, place], color=BLUE)
            axis.plot(accuracy, place, "o", color=BLUE)
        axis.set(xlabel="test accuracy in percent", ylabel="code", xlim=(20, 90))
        axis.set_title(probe, fontsize=10)
        axis.grid(axis="x", alpha=0.3)
    axes[0][0].set_yticks(range(len(codes)), list(codes))
    axes[0][0].set_ylim(len(codes) - 0.5, -0.5)
    told = "; ".join(
        f"{code} " + ", ".join(f"{100 * value[0]:.0f}" for value in row.values())
        for code, row in codes.items()
    )
    return show(figure, f"Dots of test accuracy in percent by {', '.join(probes)}. {told}.")
