"""Pictures of bounds: what they are given is what they draw, and `show` accepts them."""

import numpy as np
import pytest

from dimlearn import pictures
from dimlearn.pictures import estimation

WORDS = "A line that rises from the left to the right."
RNG = np.random.default_rng(0)


def labels_of(axis):
    return [line.get_label() for line in axis.lines]


def test_a_stack_is_a_row_of_tiles_with_a_bar_between_the_images():
    x, y = np.zeros((2, 5, 8, 6, 1))
    figure = estimation.pair_stacks((x, y), (x, y))
    assert len(figure.axes) == 10
    (tile,) = figure.axes[0].images
    assert tile.get_array().shape == (8, 14) and tile.get_array().sum() == 8 * 2
    assert pictures.show(figure, WORDS)


def test_hills_are_marked_at_the_mean_of_the_positive():
    figure = estimation.two_hills(np.array([1.0, 2.0, 6.0]), RNG.normal(size=50))
    assert figure.axes[0].lines[0].get_xdata()[0] == 3
    assert pictures.show(figure, WORDS)


def test_a_bar_for_each_candidate():
    figure = estimation.candidates([0.2, 0.5, 0.3], partner=1)
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    colors = {bar.get_facecolor() for bar in figure.axes[0].patches}
    assert heights == [0.2, 0.5, 0.3] and len(colors) == 2
    assert pictures.show(figure, WORDS)


def test_answers_say_what_their_colours_mean():
    figure = estimation.against_guessing({"a": RNG.normal(size=(4, 4))}, limit=2)
    assert figure.axes[0].images[0].get_clim() == (-2, 2)
    assert "log(N p)" in figure.axes[-1].get_ylabel()
    assert pictures.show(figure, WORDS)


def test_a_table_of_classes():
    figure = estimation.class_table(np.full((3, 3), 1 / 3), "linear")
    assert figure.axes[0].get_title() == "linear"
    assert pictures.show(figure, WORDS)


# ---------------------------------------------------------------- how estimates scatter


def test_a_cloud_for_each_bound_and_level():
    read = RNG.normal(size=(3, 10, 2))
    figure = estimation.clouds([2, 4, 6], read, ("DV", "NWJ"), ceiling=4.1)
    assert [axis.get_title() for axis in figure.axes] == ["DV", "NWJ"]
    for k, axis in enumerate(figure.axes):
        assert sorted(axis.lines[0].get_ydata()) == sorted(read[:, :, k].ravel())
        assert labels_of(axis) == ["batches", "truth", "log N"]
    assert pictures.show(figure, WORDS)


def test_a_value_far_below_does_not_press_the_clouds_together():
    read = RNG.uniform(size=(3, 10, 2))
    read[2, :3, 1] = -100
    figure = estimation.clouds([2, 4, 8], read, ("DV", "NWJ"), ceiling=4.1)
    assert all(axis.get_ylim()[0] == -2 for axis in figure.axes)
    assert [[text.get_text() for text in axis.texts] for axis in figure.axes] == [[], ["3 below"]]


def test_strips_have_their_means():
    read = RNG.normal(size=(20, 3))
    figure = estimation.strips(read, ("DV", "NWJ", "InfoNCE"), 4.0, 4.85, ylim=(-3, 18))
    (axis,) = figure.axes
    means = [line.get_ydata()[0] for line in axis.lines[1:6:2]]
    assert means == pytest.approx(read.mean(axis=0)) and axis.get_ylim() == (-3, 18)
    assert pictures.show(figure, WORDS)


def test_strips_count_what_is_outside_of_the_frame():
    read = np.array([[1.0, -50.0, 2.0], [2.0, -3950.0, 30.0], [3.0, 4.0, 3.0]])
    figure = estimation.strips(read, ("DV", "NWJ", "InfoNCE"), 4.0, 4.85, ylim=(-3, 18))
    told = {text.get_text(): text.get_position() for text in figure.axes[0].texts}
    assert told == {"2 below,\nmean -1,332": (1, -3), "1 above": (2, 18)}


def test_a_tail_says_how_often_an_estimate_is_so_low():
    figure = estimation.tails({"DV": np.array([-1.0, 0.5, 2.0, 8.0])})
    (line,) = figure.axes[0].lines
    assert list(line.get_xdata()) == [8.0, 2.0, 0.5]
    assert list(line.get_ydata()) == [0.25, 0.5, 0.75]
    assert pictures.show(figure, WORDS)
