"""Curves: what is given is drawn, and told apart by more than colour."""

import numpy as np
import pytest

from dimlearn.pictures import curves, first_and_last, show

WORDS = "Two curves that cross, and a level."


def labels_of(axis):
    return [line.get_label() for line in axis.lines]


@pytest.mark.parametrize("count", [2, 100])
def test_curves_and_levels_are_told_apart_by_more_than_colour(count):
    x = np.arange(count)
    lines = {"mine": x, "yours": -x, "ours": 0 * x, "theirs": 2 * x, "hers": x + 1}
    (axis,) = curves(x, lines, "x", levels={"truth": 0.5, "log N": 2 * x}).axes
    (names,) = axis.figure.legends
    assert labels_of(axis) == [*lines, "truth", "log N"]
    curve = axis.lines[:5]
    assert len({line.get_color() for line in curve}) == 5
    looks = {(line.get_linestyle(), line.get_marker()) for line in curve[:3]}
    assert len(looks) == 3  # (of a dash pattern of its own, Matplotlib says "--")
    assert {line.get_marker() for line in curve} == ({""} if count > 50 else set("os^Dv"))
    assert [text.get_text() for text in names.texts] == labels_of(axis)
    assert show(axis.figure, WORDS)


@pytest.mark.parametrize("names", ["ab", ["one of twenty letters", "another of so many"] * 2])
def test_the_names_of_curves_cover_none_of_them(names):
    """Wherever the curves are: here in all corners."""
    lines = {f"{name} {k}": [k % 2, 0.5, 1 - k % 2] for k, name in enumerate(names)}
    figure = curves([1, 2, 3], lines, "x")
    figure.draw_without_rendering()
    (box,) = (legend.get_window_extent() for legend in figure.legends)
    assert not box.overlaps(figure.axes[0].get_window_extent())
    assert box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y0 >= 0


def test_a_level_is_a_number_or_a_value_for_each_place():
    (axis,) = curves(
        [1, 2, 3], {"DV": [1, 2, 3]}, "x", levels={"truth": [1, 2, 4], "log N": 5}
    ).axes
    assert list(axis.lines[1].get_ydata()) == [1, 2, 4]
    assert list(axis.lines[2].get_ydata()) == [5, 5, 5]
    assert axis.lines[1].get_color() != axis.lines[2].get_color()


def test_a_curve_may_have_a_band():
    lines = {"DV": (np.array([1, 2, 3]), [0, 1, 2], [2, 3, 4]), "NWJ": [0, 1, 2]}
    (axis,) = curves([1, 2, 3], lines, "step").axes
    (band,) = axis.collections
    assert band.get_paths()[0].get_extents().intervaly == pytest.approx([0, 4])
    assert labels_of(axis) == ["DV", "NWJ"] and axis.get_ylabel() == "nats"


def test_a_point_is_the_mean_of_every_few_values():
    (axis,) = curves(range(45), {"a": range(45), "b": [1.0] * 45}, "step", every=10).axes
    first, second = axis.lines
    assert first.get_xydata() == pytest.approx(
        np.repeat([[4.5], [14.5], [24.5], [34.5]], 2, axis=1)
    )
    assert list(second.get_ydata()) == [1.0] * 4


def test_few_places_on_a_log_axis_have_a_tick_each():
    (axis,) = curves([2, 4, 8], {"a": [1, 2, 3]}, "x", "y", xscale="log", ylim=(0, 4)).axes
    assert list(axis.get_xticks()) == [2, 4, 8] and axis.get_ylim() == (0, 4)
    assert [label.get_text() for label in axis.get_xticklabels()] == ["2", "4", "8"]
    assert not axis.figure.legends  # a single curve is named by its axis
    assert show(axis.figure, WORDS)


def test_steps_are_whole_numbers():
    (axis,) = curves(range(1, 4), {"a": [1, 2, 3]}, "epoch").axes
    assert all(tick == round(tick) for tick in axis.get_xticks())


def test_the_ends_in_words():
    assert (
        first_and_last({"a": [1, 2, 3], "b": [0.5, 0.25]})
        == "a from 1.00 to 3.00; b from 0.50 to 0.25"
    )
