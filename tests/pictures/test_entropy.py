"""Entropies as lengths and areas: the geometry says what the numbers say."""

import numpy as np
import pytest

from dimlearn.pictures import (
    beside_independence,
    entropy_bars,
    forecasts,
    show,
    surprise_areas,
)

TRUTH, BELIEF = np.array([0.7, 0.2, 0.1]), np.array([0.3, 0.3, 0.4])
NAMES, WORDS = ["sun", "rain", "snow"], "Blocks as wide as they are frequent."


def test_the_areas_are_the_mean_surprises():
    figure = surprise_areas(TRUTH, BELIEF, NAMES)
    areas = [block.get_width() * block.get_height() for block in figure.axes[0].patches]
    assert sum(areas[:3]) == pytest.approx(-(TRUTH * np.log(TRUTH)).sum())
    assert sum(areas[3:]) == pytest.approx(-(TRUTH * np.log(BELIEF)).sum())
    assert show(figure, WORDS)


def test_the_overlap_of_the_bars_is_the_information():
    figure = entropy_bars(1.1, 0.9, 1.5)
    x, y, both = figure.axes[0].patches
    assert both.get_width() == 1.5 and y.get_x() + y.get_width() == pytest.approx(1.5)
    assert x.get_x() + x.get_width() - y.get_x() == pytest.approx(1.1 + 0.9 - 1.5)
    assert show(figure, WORDS)


def test_forecasts_have_a_bar_for_each_outcome_and_table():
    heights = [bar.get_height() for bar in forecasts(TRUTH, BELIEF, NAMES).axes[0].patches]
    assert heights == [*TRUTH, *BELIEF]


def test_the_independent_table_has_the_same_marginals_and_no_information():
    joint = np.array([[0.3, 0.1, 0.0], [0.1, 0.2, 0.3]])
    figure = beside_independence(joint)
    what_is, independent = (np.asarray(axis.images[0].get_array()) for axis in figure.axes)
    assert np.array_equal(what_is, joint)
    for axis in (0, 1):
        assert independent.sum(axis) == pytest.approx(joint.sum(axis))
    assert np.linalg.matrix_rank(independent) == 1
    assert show(figure, WORDS)
