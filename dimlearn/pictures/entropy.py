"""Entropy and information as lengths and areas. Lesson 1."""

import numpy as np

from dimlearn.pictures.lessons import canvas, probability_tables
from dimlearn.pictures.style import BLUE, GREEN, ORANGE, SKY


def forecasts(truth, belief, names):
    """Two probability tables `[K]` side by side, a pair of bars for each outcome."""
    figure, axis = canvas()
    places = np.arange(len(names))
    axis.bar(places - 0.2, truth, 0.4, color=BLUE, label="truth p")
    axis.bar(places + 0.2, belief, 0.4, color=ORANGE, hatch="//", label="belief q")
    axis.set_xticks(places, names)
    axis.set(xlabel="outcome", ylabel="probability")
    axis.legend(frameon=False)
    return figure


def surprise_areas(truth, belief, names):
    """The surprise of a belief `[K]` where the truth `[K]` happens, an outcome a block.

    A block is as wide as the outcome is frequent, p, and as high as it surprises. Filled, up to
    -log p: surprise that nobody can avoid, of area H(p). Framed, up to -log q: that of the belief.
    """
    figure, axis = canvas(width=5)
    left = np.cumsum(truth) - truth
    axis.bar(left, -np.log(truth), truth, align="edge", color=SKY, label="up to -log p")
    axis.bar(left, -np.log(belief), truth, align="edge", fill=False, edgecolor=ORANGE, hatch="//",
             linewidth=2, label="up to -log q")  # fmt: skip
    axis.set_xticks(left + truth / 2, names)
    axis.set(xlabel="outcome, as wide as its probability p", ylabel="surprise in nats")
    axis.legend(frameon=False)
    return figure


def beside_independence(joint):
    """A joint table `[K1, K2]` beside that of two independent variables with its marginals."""
    independent = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    return probability_tables({"what is": joint, "if independent": independent})


def entropy_bars(h_x, h_y, h_xy):
    """Entropies in nats as lengths: H(X) from the left, H(Y) from the right, H(X, Y) below them.

    Where the upper two overlap is what both hold: H(X) + H(Y) - H(X, Y).
    """
    figure, axis = canvas(width=5, height=2.2)
    axis.barh(2, h_x, left=0, height=0.6, color=BLUE)
    axis.barh(1, h_y, left=h_xy - h_y, height=0.6, color=ORANGE, hatch="//")
    axis.barh(0, h_xy, height=0.6, color=GREEN, hatch="..")
    for edge in (h_xy - h_y, h_x):
        axis.axvline(edge, color="black", linestyle=":")
    axis.set_yticks([2, 1, 0], ["H(X)", "H(Y)", "H(X, Y)"])
    axis.set(xlabel="nats", ylabel="entropy")
    return figure
