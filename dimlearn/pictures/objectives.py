"""Pictures of the global and the local objective: who is paired with whom, and what came of it.

Each function returns a figure, for `show`. Lessons 5 and 6.
"""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dimlearn.pictures.lessons import canvas
from dimlearn.pictures.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE

UNUSED = "#dddddd"
STYLES = ((BLUE, "o-"), (ORANGE, "s--"), (PURPLE, "^:"), (GREEN, "D-."))  # colour, marker, line

# ---------------------------------------------------------------- images and what a location sees


def fields(image, side, jump, framed):
    """An image, and beside it what every location of its feature map sees, each in its place.

    image: `[H, W, channels]`; side, jump: of a field and from one to the next, in pixels; framed:
    the `(row, column)` of up to four locations whose fields are framed in both.
    """
    size = (image.shape[0] - side) // jump + 1
    gap = side + 1
    mosaic = np.ones([size * gap, size * gap, image.shape[-1]])
    for row, column in np.ndindex(size, size):
        patch = image[row * jump :][:side, column * jump :][:, :side]
        mosaic[row * gap :][:side, column * gap :][:, :side] = patch
    figure, axes = canvas(2, width=3.4, height=3.4)
    titles = ("the image", "what each location sees")
    for axis, picture, distance, title in zip(axes, (image, mosaic), (jump, gap), titles):
        axis.imshow(picture.squeeze(), cmap="gray", vmin=0, vmax=1)
        for (row, column), (color, _) in zip(framed, STYLES):
            corner = (column * distance - 0.5, row * distance - 0.5)
            axis.add_patch(Rectangle(corner, side, side, fill=False, color=color, linewidth=3))
        axis.set(title=title)
        axis.set_axis_off()
    return figure


def heat_maps(images, values, side, jump, columns, label, signed=False):
    """Images in rows of `columns`, each with a value for every location laid over it.

    images: `[N, H, W, channels]`; values: `[N, L]`, each drawn in the middle of the field that its
    location sees; the strokes are lines. label: what the values are. signed: colours for values
    of both signs (blue above 0, red below) in place of one colour from 0 on.
    """
    size, places = images.shape[1], round(values.shape[1] ** 0.5)
    step, rows = size + 2, -(-len(images) // columns)
    figure, axis = canvas(width=1.35 * columns + 1.2, height=1.4 * rows)
    highest = np.abs(values).max()
    colors, lowest = ("RdBu", -highest) if signed else ("Blues", 0)
    for k, (image, its) in enumerate(zip(images, values)):
        x, y = k % columns * step, k // columns * step
        axis.add_patch(Rectangle((x, y), size, size, fill=False, color=GREY))
        left, top, width = x + (side - jump) / 2, y + (side - jump) / 2, places * jump
        extent = (left, left + width, top + width, top)
        field = its.reshape(places, places)
        heat = axis.imshow(field, cmap=colors, vmin=lowest, vmax=highest, extent=extent)
        pixels = np.arange(size) + 0.5
        strokes = image.mean(axis=-1)
        axis.contour(x + pixels, y + pixels, strokes, [0.4], colors=BLACK, linewidths=1)
    axis.set(xlim=(-1, columns * step), ylim=(rows * step, -1))
    axis.set_axis_off()
    figure.colorbar(heat, ax=axis, shrink=0.8).set_label(label)
    return figure


# ---------------------------------------------------------------- who is paired with whom


def images_and_codes(images, codes, others):
    """Codes `[N, D]` as squares of grey fields, each below an image `[N, H, W, channels]`: its own,
    and once more the image `others[i]`."""
    n, side = len(images), int(np.ceil(codes.shape[1] ** 0.5))
    fields = np.full([n, side * side], codes.max())
    fields[:, : codes.shape[1]] = codes
    figure = Figure(figsize=(0.85 * n, 4.2), layout="constrained")
    axes = figure.subplots(4, n, squeeze=False)
    rows = [("its own", images), ("", fields), ("another's", images[others]), ("", fields)]
    for row, (title, each) in zip(axes, rows):
        for axis, one in zip(row, each):
            axis.set_axis_off()
            axis.set_title(title, fontsize=9, pad=2)
            picture = one.squeeze() if one.ndim > 1 else one.reshape(side, side)
            limits = (0, 1) if one.ndim > 1 else (codes.min(), codes.max())
            axis.imshow(picture, cmap="gray", vmin=limits[0], vmax=limits[1])
    return figure


def one_pair_or_many(size):
    """A feature map of `size` x `size` locations and a code: one pair, or one for each location."""
    figure, axes = canvas(2, width=4.2, height=2.8)
    middle, away = (size - 1) / 2, size + 2.6
    for axis, title in zip(axes, ("global: one pair", "local: a pair for each location")):
        for row, column in np.ndindex(size, size):
            axis.add_patch(Rectangle((column - 0.45, row - 0.45), 0.9, 0.9, color=UNUSED))
        axis.add_patch(Rectangle((away, -0.5), 0.6, size, color=BLUE))
        axis.text(away + 0.3, size, "code", ha="center", va="center", color=BLUE)
        axis.set(xlim=(-0.6, size + 4), ylim=(size + 0.4, -0.6), title=title)
        axis.set_axis_off()
    frame = Rectangle((-0.5, -0.5), size, size, fill=False, color=ORANGE, linewidth=3)
    axes[0].add_patch(frame)
    axes[0].plot([size - 0.5, away], [middle, middle], color=ORANGE, linewidth=3)
    for row, column in np.ndindex(size, size):
        line = ([column, away], [row, middle])  # all meet the whole code
        axes[1].plot(*line, "o-", color=ORANGE, markersize=3, linewidth=0.8)
    return figure


def pair_kinds(kinds, title):
    """Scores `[N, N, L]` as little squares: a block for each code and image.

    kinds: 1 for positive (blue), -1 for negative (orange), 0 for not asked about (grey).
    """
    n, places = len(kinds), round(kinds.shape[2] ** 0.5)
    figure, axis = canvas(width=4.4, height=3.6)
    colors = {1: BLUE, -1: ORANGE, 0: UNUSED}
    for i, j, place in np.ndindex(kinds.shape):
        x, y = j + 0.85 * (place % places) / places, i + 0.85 * (place // places) / places
        width = (0.78 if kinds[i, j, place] > 0 else 0.6) / places  # positive ones are larger
        square = Rectangle((x, y), width, width, color=colors[kinds[i, j, place]], linewidth=0)
        axis.add_patch(square)
    axis.set(xlim=(-0.1, n), ylim=(n, -0.1), aspect="equal", title=title)
    axis.set(xlabel="image j and its locations l", ylabel="code i")
    axis.set_xticks(np.arange(n) + 0.4, range(n))
    axis.set_yticks(np.arange(n) + 0.4, range(n))
    return figure


# ---------------------------------------------------------------- rows


def rows_over_seeds(rows, titles, xlabel="test accuracy in percent", live=None):
    """Accuracies of several seeds: a grey mark for each above their mean with its interval.

    rows: `{name: {probe: (each [seeds], low, high)}}` in fractions, drawn from top to bottom, a
    column of axes for each probe; titles: `{probe: title}`; live: `(name, {probe: accuracy})`, a
    run to be marked by an open diamond below, in the axes of the probes that judged it.
    """
    width, height = min(3.0, 10 / len(titles)), 0.9 + 0.4 * len(rows)
    figure, axes = canvas(len(titles), width, height, squeeze=False, sharey=True)
    for axis, (probe, title) in zip(axes[0], titles.items()):
        for place, row in enumerate(rows.values()):
            each, low, high = row[probe]
            above = np.full(len(each), place - 0.25)  # where neither dot nor diamond hides them
            ticks = {"color": GREY, "markersize": 7, "label": "one seed"}
            axis.plot(100 * np.asarray(each), above, "|", **ticks)
            bar = {"color": BLUE, "linewidth": 2, "label": "95 % interval of the mean"}
            axis.plot([100 * low, 100 * high], [place, place], **bar)
            axis.plot(100 * np.mean(each), place, "o", color=BLUE, label="mean")
        if live:
            name, accuracies = live
            value, below = accuracies.get(probe, np.nan), list(rows).index(name) + 0.25
            diamond = {"color": ORANGE, "fillstyle": "none", "markersize": 5, "label": "this run"}
            axis.plot(100 * value, below, "D", **diamond)
        axis.set(title=title, xlabel=xlabel, ylabel="code")
        axis.set_yticks(range(len(rows)), list(rows))
        axis.set_ylim(len(rows) - 0.5, -0.5)
    handles, names = axes[0][0].get_legend_handles_labels()
    once = dict(zip(names, handles))  # not once for each row
    figure.legend(once.values(), once, loc="outside lower center", ncols=len(once), frameon=False)
    return figure


# ---------------------------------------------------------------- what critics and codes say


def score_heaps(heaps, lowest=-9, highest=9):
    """Histograms of scores: `{title: (own [N], another's [N])}`, what lies outside at the edge."""
    figure, axes = canvas(len(heaps), width=3.4, squeeze=False, sharey=True)
    for axis, (title, kinds) in zip(axes[0], heaps.items()):
        inside, bounds = np.clip(np.transpose(kinds), lowest, highest), (lowest, highest)
        axis.hist(inside, 36, range=bounds, color=[BLUE, ORANGE], label=["own", "another's"])
        axis.set(title=title, xlabel="score of an unseen pair", ylabel="pairs")
        if np.min(kinds) < lowest or np.max(kinds) > highest:
            axis.set_xlabel("score (what lies outside: in the last bars)")
    axes[0][-1].legend(frameon=False)
    return figure


def digits_along(along, place, classes, title, xlabel, ylabel):
    """Images as points `(along, place)`, each drawn as the digit of its class."""
    figure, axis = canvas(width=4.6)
    for label in np.unique(classes):
        of_it, mark = classes == label, f"${label}$"
        axis.scatter(along[of_it], place[of_it], s=22, marker=mark, color=BLUE, linewidth=0.3)
    axis.set(title=title, xlabel=xlabel, ylabel=ylabel)
    return figure
