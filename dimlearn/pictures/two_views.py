"""Pictures of lesson 11: pairs of two views, neighbours, and the page of a report.

Each function but `page` returns a figure for `show`.
"""

import html

import numpy as np

from dimlearn.pictures.lessons import canvas, image_grid
from dimlearn.pictures.style import BLACK


def pair_boards(boards, label="InfoNCE in nats", xlabel="map of view", ylabel="code of view"):
    """A row of boards of 2x2, one number for each pair of a code (row) and a map (column).

    `boards`: `{title: values [2, 2]}`; NaN is drawn as a question mark. Blue above 0, red below.
    """
    figure, axes = canvas(len(boards), width=2.9, height=3.0, squeeze=False)
    highest = max(1e-9, *(np.abs(np.nan_to_num(values)).max() for values in boards.values()))
    for axis, (title, values) in zip(axes[0], boards.items()):
        values = np.asarray(values)
        image = axis.imshow(np.nan_to_num(values), cmap="RdBu", vmin=-highest, vmax=highest)
        for (row, column), value in np.ndenumerate(values):
            text = "?" if np.isnan(value) else f"{value:.2f}"
            color = "white" if abs(value) > highest / 2 else BLACK
            axis.text(column, row, text, ha="center", va="center", color=color, fontsize=13)
        axis.set(title=title, xlabel=xlabel, ylabel=ylabel)
        axis.set(xticks=(0, 1), xticklabels="ab", yticks=(0, 1), yticklabels="ab")
    if not all(np.isnan(values).all() for values in boards.values()):
        figure.colorbar(image, ax=list(axes[0]), label=label, shrink=0.8)
    return figure


def neighbour_rows(images, queries, found):
    """Queries, each in a row with its nearest images under several codes.

    `images`: `[N, H, W, 1 or 3]`; `queries`: indices of images; `found`: `{name: [N, K]}` indices.
    A gap parts the codes. The names stand above the middle neighbour of each.
    """
    count = next(iter(found.values())).shape[1]
    gap, rows = np.ones_like(images[0]), []  # white, as the page is
    titles = [""] * (len(queries) * (1 + (count + 1) * len(found)))
    titles[0] = "query"
    for place, name in enumerate(found):
        titles[2 + place * (count + 1) + (count - 1) // 2] = name
    for query in queries:
        rows.append(images[query])
        for table in found.values():
            rows += [gap, *images[table[query]]]
    return image_grid(np.array(rows), titles, columns=1 + (count + 1) * len(found))


def page(title, *parts):
    """A page of HTML that needs no other file. `parts`: texts, and pictures of `show`, in their
    order."""
    told = [f"<p>{html.escape(part)}</p>" if isinstance(part, str) else part._repr_html_()
            for part in parts]  # fmt: skip
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title>'
    return f'<!doctype html><html lang="en">{head}<h1>{html.escape(title)}</h1>{"".join(told)}'
