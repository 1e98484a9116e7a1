"""Pictures of mutual information and its estimates.

Each function returns the figure and its text alternative. Colours and markers as in
`dimlearn.pictures`. All values in nats.
"""

import numpy as np
from matplotlib.figure import Figure
from mi_staircase import TRACED

from dimlearn.errors import one_line
from dimlearn.pictures.comparison import panels
from dimlearn.pictures.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY

READOUT_STYLES = {  # colour, marker
    "DV": (BLUE, "o"),
    "NWJ": (RED, "s"),
    "SMILE-5": (GREEN, "^"),
    "SMILE-1": (SKY, "v"),
    "InfoNCE": (ORANGE, "D"),
    "mean positive score": (GREY, "P"),
    "NWJ, 1 + forgotten": (PURPLE, "X"),
}


def staircase(results, names=("DV", "NWJ", "SMILE-5", "InfoNCE"), window=200):
    """Truth, every batch's value, its moving average and the ceiling, over training.

    `results`: `{row title: mi_staircase.Staircase}`, such as Gaussian and cubed.
    """
    figure = Figure(figsize=(2.7 * len(names), 2.4 * len(results) + 0.5), layout="constrained")
    rows = figure.subplots(len(results), len(names), sharex=True, sharey=True, squeeze=False)
    told = []
    for axes, (title, climbed) in zip(rows, results.items()):
        steps = len(climbed.traces)
        truth = np.repeat(climbed.truth, steps // len(climbed.truth))
        for axis, name in zip(axes, names):
            color, marker = READOUT_STYLES[name]
            trace = climbed.traces[:, TRACED.index(name)]
            axis.plot(trace, color=color, alpha=0.25, linewidth=0.5, label="each batch")
            axis.plot(moving_average(trace, window), color=color, label=f"mean of {window}")
            axis.plot(truth, color=BLACK, linewidth=1, label="truth")
            if name == "InfoNCE":
                axis.axhline(climbed.ceiling, color=GREY, linestyle="--", label="log N")
            ends = (np.arange(len(climbed.truth)) + 1) * (steps // len(climbed.truth))
            fresh = np.array([one[name] for one in climbed.fresh])
            fresh[fresh < -1] = np.nan  # below the frame
            hollow = {"color": BLACK, "markerfacecolor": "white", "markersize": 5}
            label = f"{climbed.evaluated} fresh pairs"
            axis.plot(ends, fresh, marker, **hollow, label=label, clip_on=False)
            axis.set_title(f"{name}, {title}", fontsize=9)
            axis.spines[["top", "right"]].set_visible(False)
        axes[0].set_ylabel("nats")
        ends = ", ".join(f"{one['DV']:.2f}" for one in climbed.fresh)
        told.append(f"{title}: DV of fresh pairs {ends}")
    for axis in rows[-1]:
        axis.set_xlabel("training step")
    highest = max(climbed.truth.max() for climbed in results.values())
    rows[0][0].set_ylim(-1, 1.35 * highest)
    handles, labels = rows[0][-1].get_legend_handles_labels()
    if "InfoNCE" in names:
        handles, labels = rows[0][names.index("InfoNCE")].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=5, frameon=False, fontsize=8)
    levels = ", ".join(f"{level:g}" for level in climbed.truth)
    return (
        figure,
        f"Read-outs of one critic while the truth climbs {levels} nats. {'; '.join(told)}.",
    )


def moving_average(values, window):
    """The mean of the last `window` values (of fewer at the start), same length."""
    sums = np.cumsum(np.concatenate([[0.0], values]))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - window, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def exact_critic(read, names=None):
    """What each formula reads off the exact log density ratio: a violin for each level.

    `read`: what `mi_staircase.exact_critic` returns.
    """
    levels = list(read)
    names = names or list(READOUT_STYLES)
    figure, axes = panels(len(names), columns=4, width=2.6, sharex=True, sharey=True)
    for axis, name in zip(axes, names):
        (color, marker), values = READOUT_STYLES[name], [read[level][name] for level in levels]
        places = np.arange(len(levels))
        parts = axis.violinplot(values, places, widths=0.8, showextrema=False)
        for body in parts["bodies"]:
            body.set(facecolor=color, alpha=0.5)
        means = [batches.mean() for batches in values]
        axis.plot(places, means, marker, color=color, markersize=4, label="mean")
        axis.step(places, levels, where="mid", color=BLACK, linewidth=1, label="truth")
        axis.set_title(name, fontsize=9)
        axis.set_xticks(places, [f"{level:g}" for level in levels])
        axis.set_ylim(-1, 1.6 * max(levels))
        axis.spines[["top", "right"]].set_visible(False)
    for axis in axes[::4]:
        axis.set_ylabel("read-out of a batch, nats")
    for axis in axes[-4:]:
        axis.set_xlabel("truth, nats")
        axis.tick_params(labelbottom=True)
    axes[0].legend(frameon=False, fontsize=8, loc="upper left")
    at = levels[-1]
    told = ", ".join(f"{name} {read[at][name].mean():.2f}" for name in names)
    return figure, f"Read-outs of the exact critic; means at {at:g} nats: {told}."


def score_matrices(snapshots, titles):
    """Score matrices `[n, n]` as training proceeds: how the diagonal lights up."""
    figure, axes = panels(len(snapshots), columns=min(5, len(snapshots)), width=2.2, height=2.3)
    limit = np.quantile(np.abs(np.stack(snapshots)), 0.98)
    for axis, scores, title in zip(axes, snapshots, titles):
        image = axis.imshow(scores, cmap="PuOr_r", vmin=-limit, vmax=limit)
        axis.set_title(title, fontsize=9)
        axis.set(xticks=[], yticks=[], xlabel="y of pair j")
    axes[0].set_ylabel("x of pair i")
    figure.colorbar(image, ax=list(axes), label="score, nats", shrink=0.8)
    gaps = ", ".join(f"{title} {diagonal_lead(s):.1f}" for s, title in zip(snapshots, titles))
    return figure, one_line(f"""Score matrices of {len(snapshots[0])} pairs. By how much the
        diagonal's mean leads the rest's: {gaps} nats.""")


def diagonal_lead(scores):
    """Mean of the diagonal minus mean of the rest."""
    off = ~np.eye(len(scores), dtype=bool)
    return float(np.diag(scores).mean() - scores[off].mean())


def task_map(truths, values):
    """Tasks by estimators: the value in each cell, its error in colour.

    `truths`: `{task: nats}`; `values`: `{estimator: {task: nats or None}}`.
    """
    tasks, names = list(truths), list(values)
    errors = np.full((len(tasks), len(names)), np.nan)
    for column, name in enumerate(names):
        for row, task in enumerate(tasks):
            if values[name].get(task) is not None:
                errors[row, column] = values[name][task] - truths[task]
    figure = Figure(figsize=(1.0 * len(names) + 3.6, 0.42 * len(tasks) + 1.2), layout="constrained")
    axis = figure.subplots()
    image = axis.imshow(errors, cmap="PuOr", vmin=-0.6, vmax=0.6, aspect="auto")
    for row, task in enumerate(tasks):
        for column in range(len(names)):
            error = errors[row, column]
            text = "" if np.isnan(error) else f"{truths[task] + error:.2f}"
            color = "white" if abs(error) > 0.45 else BLACK
            axis.text(column, row, text, ha="center", va="center", fontsize=8, color=color)
    axis.set_xticks(range(len(names)), names, rotation=20, ha="right", fontsize=8)
    labels = [f"{task}  ({truths[task]:.2f})" for task in tasks]
    axis.set_yticks(range(len(tasks)), labels, fontsize=8)
    figure.colorbar(image, ax=axis, label="estimate minus truth, nats", extend="both")
    mean = np.nanmean(np.abs(errors), axis=0)
    told = ", ".join(f"{name} {error:.3f}" for name, error in zip(names, mean))
    return figure, f"Estimates by task (truth in brackets). Mean absolute error in nats: {told}."
