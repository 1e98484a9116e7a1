"""Figures of images without labels. Each function returns the figure and its text alternative."""

import numpy as np
from matplotlib.figure import Figure

from dimlearn.errors import one_line
from dimlearn.pictures.comparison import draw_image
from dimlearn.pictures.style import BLACK


def alike(queries, found):
    """Images, each beside those whose codes are nearest to its own.

    `queries`: `[Q, H, W, channels]` in [0, 1]; `found`: `[Q, K, H, W, channels]`, the nearest
    first.
    """
    count, columns = found.shape[:2]
    figure = Figure(figsize=(0.9 * (columns + 1), 0.9 * count + 0.4), layout="constrained")
    axes = figure.subplots(count, columns + 1, squeeze=False)
    titles = ["picture", *(f"nearest {number + 1}" for number in range(columns))]
    for row, (query, nearest) in enumerate(zip(queries, found)):
        for axis, image, title in zip(axes[row], [query, *nearest], titles):
            draw_image(axis, image, title if row == 0 else "", BLACK)
    return figure, one_line(f"""
        {count} pictures in the left column; to the right of each the {columns} whose codes are
        nearest to its own.
    """)


def in_their_places(images, places, across=26):
    """Images drawn where their codes lie in a plane.

    `images`: `[N, H, W, channels]` in [0, 1]; `places`: `[N, 2]`; `across`: how many of them would
    fit side by side.
    """
    if images.shape[-1] != 3:  # not in colour: the mean of the channels, in grey
        images = np.repeat(images.mean(axis=-1, keepdims=True), 3, axis=-1)
    height, width = images.shape[1:3]
    low, high = places.min(axis=0), places.max(axis=0)
    room = (across - 1) * np.array([width, height])
    corners = ((places - low) / np.maximum(high - low, 1e-12) * room).astype(int)  # [N, 2]
    sheet = np.ones((across * height, across * width, 3), "float32")
    for image, (x, y) in zip(images, corners):
        sheet[y : y + height, x : x + width] = image
    figure = Figure(figsize=(8, 8 * height / width), layout="constrained")
    axis = figure.subplots()
    axis.imshow(sheet)
    axis.set_axis_off()
    return figure, one_line(f"""
        {len(images)} pictures, each drawn where a t-SNE map puts its code: pictures with similar
        codes stand together.
    """)
