"""Where windows fit, and what one location of a feature map sees. Lesson 4."""

import numpy as np
from matplotlib.patches import Rectangle

from dimlearn.pictures.lessons import canvas
from dimlearn.pictures.style import BLUE, GREY, ORANGE


def windows(size, kernel, starts):
    """A row of `size` pixels, and above it a window of `kernel` pixels at each of its starts."""
    figure, axis = canvas(width=6, height=2.4)
    axis.broken_barh([(pixel + 0.05, 0.9) for pixel in range(size)], (-0.4, 0.8), color=GREY)
    for number, start in enumerate(starts, start=1):
        axis.broken_barh([(start, kernel)], (number - 0.3, 0.6), color=BLUE)
    axis.set(xlabel="pixel", ylabel="place of the window", yticks=range(1, len(starts) + 1))
    return figure


def channels(image, feature_map, count=5):
    """An image `[H, W, 1 or 3]` and the first channels of its map `[M, M', C]`, each by itself. A
    channel that finds nothing in the image is left out."""
    answering = np.flatnonzero(feature_map.max(axis=(0, 1)) > 0)[:count]
    figure, axes = canvas(len(answering) + 1, width=1.5, height=1.6, squeeze=False)
    axes = axes[0]
    axes[0].imshow(image.squeeze(), cmap="gray")
    axes[0].set_title("image", fontsize=9)
    for channel, axis in zip(answering, axes[1:]):
        axis.imshow(feature_map[..., channel], cmap="Blues")
        axis.set_title(f"channel {channel}", fontsize=9)
    for axis in axes:
        axis.set_axis_off()
    return figure


def pixel_map(values, meaning):
    """A number for each pixel, `[H, W]`, in shades of blue; `meaning`: what it says, with unit."""
    figure, axis = canvas(width=3.8, height=3.2)
    figure.colorbar(axis.imshow(values, cmap="Blues"), label=meaning)
    axis.set(xlabel="column of the pixel", ylabel="row of the pixel")
    return figure


def framed(image, top, left, side):
    """An image with a frame around the square that begins at `top`, `left`, and that square."""
    figure, (whole, part) = canvas(2, width=2.6, height=2.8)
    whole.imshow(image.squeeze(), cmap="gray")
    corner = (left - 0.5, top - 0.5)
    whole.add_patch(Rectangle(corner, side, side, fill=False, color=ORANGE, linewidth=2))
    square = image[top : top + side, left : left + side]
    part.imshow(square.squeeze(), cmap="gray", vmin=0, vmax=1)
    for axis, title in ((whole, "where it looks"), (part, "what it sees")):
        axis.set_title(title, fontsize=10)
        axis.set_axis_off()
    return figure
