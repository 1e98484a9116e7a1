"""The drawing of a training step: what has no weight is pale, and carries no gradient."""

import matplotlib.colors
import pytest

from dimlearn.pictures import training_step
from dimlearn.pictures.diagrams import ARROWS, BOXES, PALE
from dimlearn.pictures.style import ORANGE, PURPLE


def arrows(figure, color):
    wanted = matplotlib.colors.to_rgba(color)
    drawn = [patch for patch in figure.axes[0].patches if hasattr(patch, "get_arrowstyle")]
    return [arrow for arrow in drawn if arrow.get_edgecolor() == wanted]


def words(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_with_all_weights_everything_is_drawn():
    figure = training_step(0.6, 0.4, 0.2)
    assert not arrows(figure, PALE)
    assert len(arrows(figure, ORANGE)) == sum(gradient == "all" for _, _, gradient in ARROWS)
    assert len(arrows(figure, PURPLE)) == 1
    assert {"-\u03b1 = -0.6", "-\u03b2 = -0.4", "+\u03b3 = 0.2"} < set(words(figure))


@pytest.mark.parametrize(
    "name, part",
    [("alpha", "global critic"), ("beta", "local critic"), ("gamma", "discriminator")],
)
def test_a_weight_of_0_leaves_its_part_out(name, part):
    figure = training_step(**{name: 0.0})
    gone = {box for box, (_, _, _, weight) in BOXES.items() if weight == name}
    assert part in gone
    assert len(arrows(figure, PALE)) == sum(bool({a, b} & gone) for a, b, _ in ARROWS)
    assert not [one for one in words(figure) if "= -0" in one and one.endswith("-0")]


def test_values_are_written_into_what_is_used():
    told = words(training_step(0, 1, 0, {"local bound": -1.386, "global bound": 3.0, "loss": 1.5}))
    assert "local bound\n-1.39 nats" in told and "weighted\nloss 1.50 nats" in told
    assert not [one for one in told if "3.00" in one]
