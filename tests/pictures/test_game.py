"""Pictures of the game of prior matching show who moves and where codes lie."""

import numpy as np
import pytest

from dimlearn.pictures import histograms, opinions, orbit, players, show, squares, two_losses
from dimlearn.pictures.style import BLUE, GREEN, ORANGE

POINTS = np.random.default_rng(0).random((50, 2))
WORDS = "A picture of the game of two players."


@pytest.mark.parametrize(("moves", "color"), [("encoder", BLUE), ("discriminator", ORANGE)])
def test_who_moves_is_filled_and_nobody_else(moves, color):
    from matplotlib.colors import to_hex

    figure = players(moves)
    filled = [to_hex(box.get_facecolor()).upper() for box in figure.axes[0].patches[:4]]
    assert filled.count("#FFFFFF") == 3 and color in filled
    words = {text.get_text() for text in figure.axes[0].texts}
    assert any("stop" in word for word in words) == (moves == "discriminator")
    assert show(figure, WORDS)


def test_points_lie_in_the_unit_square_and_the_prior_is_green():
    figure = squares({"codes": POINTS, "the prior": POINTS})
    for axis, color in zip(figure.axes, (BLUE, GREEN)):
        np.testing.assert_array_equal(axis.collections[0].get_offsets(), POINTS)
        assert axis.get_xlim() == (-0.02, 1.02) == axis.get_ylim()
        from matplotlib.colors import to_hex

        assert to_hex(axis.collections[0].get_facecolor()[0]).upper() == color
    assert show(figure, WORDS)


def test_opinions_are_probabilities():
    figure = opinions(np.linspace(0, 1, 9).reshape(3, 3), POINTS)
    assert figure.axes[0].images[0].get_clim() == (0, 1) and show(figure, WORDS)


def test_histograms_count_every_number():
    figure = histograms({"codes": POINTS})
    bars = figure.axes[0].patches
    assert sum(bar.get_height() for bar in bars) == 2 * len(POINTS)
    assert figure.axes[0].lines[0].get_ydata()[0] == len(POINTS) / 10 and show(figure, WORDS)


def test_losses_stand_beside_those_of_an_undecided_discriminator():
    figure = two_losses(np.ones((5, 2)), "a game")
    heights = [line.get_ydata()[0] for line in figure.axes[0].lines[2:]]
    assert heights == pytest.approx([np.log(2), 2 * np.log(2)]) and show(figure, WORDS)


def test_an_orbit_begins_at_its_mark():
    figure = orbit(np.array([[1.0, 0.0], [0.9, 0.1]]))
    way, mark, middle = figure.axes[0].lines
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (1.0, 0.0)
    assert (middle.get_xdata(), middle.get_ydata()) == ([0], [0]) and show(figure, WORDS)
