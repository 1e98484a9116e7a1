"""The game of prior matching: who moves, where codes lie, what losses say. Lesson 7."""

import numpy as np
from matplotlib.patches import FancyBboxPatch

from dimlearn.pictures.lessons import canvas
from dimlearn.pictures.style import BLUE, GREEN, GREY, ORANGE, RED


def players(moves):
    """Whose gradient goes where in the step of one player, "encoder" or "discriminator"."""
    figure, axis = canvas(width=7.5, height=2.7)
    draw_box(axis, 1, 1, "encoder", BLUE, moves == "encoder")
    draw_box(axis, 3.6, 1, "sigmoid", GREY)
    draw_box(axis, 3.6, 3, "prior", GREEN)
    draw_box(axis, 6.6, 2, "discriminator", ORANGE, moves == "discriminator")
    for start, end in [((1.95, 1.1), (2.65, 1.1)), ((4.55, 1.2), (5.7, 1.8))]:
        draw_arrow(axis, start, end)
    draw_arrow(axis, (7.55, 2.1), (8.3, 2.1))
    {"encoder": encoders_step, "discriminator": discriminators_step}[moves](axis)
    axis.set(xlim=(-0.1, 11), ylim=(-0.4, 3.8), title=f"the {moves}'s step")
    axis.set_axis_off()
    return figure


def discriminators_step(axis):
    draw_arrow(axis, (4.55, 2.8), (5.7, 2.2))
    axis.text(8.4, 2.1, "discriminator loss", va="center", color=ORANGE)
    draw_arrow(axis, (9.6, 1.8), (7.4, 1.5), ORANGE, linewidth=3, bend=-0.3)
    axis.plot([5.0, 5.3], [1.75, 1.1], color=RED, linewidth=4)
    axis.text(5.2, 0.5, "stop: no gradient\nto the encoder", ha="center", va="top", color=RED)


def encoders_step(axis):
    axis.text(8.4, 2.1, "prior loss", va="center", color=BLUE)
    for start, end, bend in [((8.9, 1.8), (7.2, 1.45), -0.3), ((6.0, 1.45), (4.4, 0.5), -0.2),
                             ((2.8, 0.5), (1.7, 0.5), -0.3)]:  # fmt: skip
        draw_arrow(axis, start, end, BLUE, linewidth=3, bend=bend)
    axis.text(6.6, 2.9, "passes the gradient on,\ndoes not move", ha="center", color=ORANGE)


def draw_box(axis, x, y, text, color, moves=False):
    patch = FancyBboxPatch((x - 0.95, y - 0.4), 1.9, 0.8, boxstyle="round,pad=0.05", linewidth=2,
                           facecolor=color if moves else "white", edgecolor=color)  # fmt: skip
    axis.add_patch(patch)
    axis.text(x, y, text, ha="center", va="center", color="white" if moves else color)


def draw_arrow(axis, start, end, color=GREY, linewidth=1.5, bend=0.0):
    look = {"arrowstyle": "-|>", "color": color, "linewidth": linewidth}
    look["connectionstyle"] = f"arc3,rad={bend}"
    axis.annotate("", xy=end, xytext=start, arrowprops=look)


# ---------------------------------------------------------------- codes in the unit square


def draw_square(axis, points, title, color):
    """Points `[N, 2]` of the unit square."""
    axis.scatter(*points.T, s=4, color=color, linewidth=0)
    axis.set(title=title, xlabel="first number", ylabel="second number", aspect="equal")
    axis.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))


def squares(points_by_title, width=3.3):
    """A row of unit squares. `points_by_title`: `{title: points [N, 2]}`; the prior's is green."""
    figure, axes = canvas(len(points_by_title), width=width, height=width + 0.1, squeeze=False)
    for axis, (title, points) in zip(axes[0], points_by_title.items()):
        draw_square(axis, points, title, GREEN if "prior" in title else BLUE)
    return figure


def opinions(probabilities, points):
    """What a discriminator thinks of every place in the unit square, `[K, K]`, and codes in it."""
    figure, axis = canvas(width=4.6, height=3.6)
    heat = axis.imshow(probabilities, extent=(0, 1, 0, 1), origin="lower", cmap="PuOr_r",
                       vmin=0, vmax=1)  # fmt: skip
    draw_square(axis, points, "what the discriminator thinks", "black")
    figure.colorbar(heat, ax=axis).set_label("probability of being from the prior")
    return figure


def histograms(points_by_title):
    """How the two numbers of points `[N, 2]` are distributed; dashed: as the prior has them."""
    figure, axes = canvas(len(points_by_title), width=2.9, height=2.6, sharey=True, squeeze=False)
    for axis, (title, points) in zip(axes[0], points_by_title.items()):
        axis.hist(points, bins=10, range=(0, 1), color=[BLUE, ORANGE], label=["first", "second"])
        axis.axhline(len(points) / 10, color=GREEN, linestyle="--")
        axis.set(title=title, xlabel="squashed number", ylabel="codes")
    axis.legend(frameon=False, loc="upper center", ncols=2)
    return figure


# ---------------------------------------------------------------- losses and orbits


def two_losses(losses, title):
    """Both players' losses `[steps, 2]`, the encoder's first, beside those of an undecided
    discriminator."""
    figure, axis = canvas(width=5)
    axis.plot(losses[:, 0], color=BLUE, label="encoder (its loss of the game)")
    axis.plot(losses[:, 1], "--", color=ORANGE, label="discriminator")
    for name, value in {"log 2": np.log(2), "2 log 2": 2 * np.log(2)}.items():
        axis.axhline(value, color=GREY, linestyle=":")
        axis.text(1.01 * len(losses), value + 0.03, name, color=GREY)
    axis.set(xlabel="step", ylabel="loss in nats", title=title, ylim=(0, 2.5))
    axis.legend(frameon=False, loc="upper right")
    return figure


def orbit(places):
    """The way `[steps, 2]` of two players who have one number each; the first place is marked."""
    figure, axis = canvas(width=3.4, height=3.2)
    axis.plot(*places.T, ".-", color=BLUE, linewidth=1, markersize=3)
    axis.plot(*places[0], "o", color=ORANGE)
    axis.plot(0, 0, "x", color="black")
    axis.set(xlabel="a, the number of one player", ylabel="b, the other's", aspect="equal")
    return figure
