"""What the pictures of the two objectives draw, and that `show` takes them."""

import matplotlib.colors
import numpy as np
import pytest

from dimlearn.pictures import show
from dimlearn.pictures.objectives import (
    UNUSED,
    digits_along,
    fields,
    heat_maps,
    images_and_codes,
    one_pair_or_many,
    pair_kinds,
    rows_over_seeds,
    score_heaps,
)
from dimlearn.pictures.style import BLUE, ORANGE

IMAGES = np.random.default_rng(0).random((3, 28, 28, 1)).astype("float32")
WORDS = "A picture that is drawn in a test."


def colors_of(figure):
    return [matplotlib.colors.to_hex(patch.get_facecolor()) for patch in figure.axes[0].patches]


def test_a_field_in_the_mosaic_is_what_the_image_has_there():
    figure = fields(IMAGES[0], side=10, jump=4, framed=[(0, 0), (2, 3)])
    mosaic = figure.axes[1].images[0].get_array()
    assert mosaic.shape == (55, 55)  # 5 x 5 fields, each 11 with its gap
    assert np.array_equal(mosaic[22:32, 33:43], IMAGES[0, 8:18, 12:22, 0])
    assert all(len(axis.patches) == 2 for axis in figure.axes)
    assert show(figure, WORDS)


def test_every_location_has_a_line_of_its_own():
    figure = one_pair_or_many(5)
    assert len(figure.axes[0].lines) == 1 and len(figure.axes[1].lines) == 25
    assert len({tuple(line.get_xydata()[1]) for line in figure.axes[1].lines}) == 1  # one code
    assert show(figure, WORDS)


def test_each_pair_has_the_colour_of_its_kind():
    kinds = np.zeros([2, 2, 9], int)
    kinds[0, 0], kinds[0, 1, :4] = 1, -1
    figure = pair_kinds(kinds, "a title")
    counts = [colors_of(figure).count(color.lower()) for color in (BLUE, ORANGE, UNUSED)]
    assert counts == [9, 4, 23]
    assert show(figure, WORDS)


@pytest.mark.parametrize("images", [IMAGES, IMAGES.repeat(3, axis=-1)])
@pytest.mark.parametrize("signed", [False, True])
def test_a_value_lies_where_its_location_sees(images, signed):
    values = np.linspace(-1, 2, 75).reshape(3, 25)
    figure = heat_maps(images, values, side=10, jump=4, columns=2, label="score", signed=signed)
    heats = figure.axes[0].images
    assert [heat.get_extent() for heat in heats] == [
        [3, 23, 23, 3], [33, 53, 23, 3], [3, 23, 53, 33]
    ]  # fmt: skip
    assert np.array_equal(heats[1].get_array(), values[1].reshape(5, 5))
    assert heats[0].get_clim() == ((-2, 2) if signed else (0, 2))
    assert show(figure, WORDS)


def test_rows_hold_every_seed_and_their_mean():
    row = {"linear": ([0.5, 0.7], 0.45, 0.75)}
    figure = rows_over_seeds({"first": row, "second": row}, {"linear": "all labels"},
                             live=("second", {"linear": 0.6}))  # fmt: skip
    axis = figure.axes[0]
    drawn = [list(line.get_xdata()) for line in axis.lines]
    assert np.allclose(np.concatenate(drawn[:3]), [50, 70, 45, 75, 60])
    assert axis.lines[-1].get_xdata()[0] == 60 and 1 < axis.lines[-1].get_ydata()[0] < 1.5
    assert all(-0.5 < y < 0 for y in axis.lines[0].get_ydata())  # nothing hides the seeds
    assert [label.get_text() for label in axis.get_yticklabels()] == ["first", "second"]
    told = [text.get_text() for text in figure.legends[0].get_texts()]
    assert told == ["one seed", "95 % interval of the mean", "mean", "this run"]
    assert show(figure, WORDS)


def test_every_code_stands_below_its_own_image_and_below_another():
    codes = np.random.default_rng(1).normal(size=(3, 7))
    figure = images_and_codes(IMAGES, codes, others=[2, 0, 1])
    drawn = [axis.images[0].get_array() for axis in figure.axes]
    assert np.array_equal(drawn[0], IMAGES[0].squeeze()) and np.array_equal(drawn[9], drawn[3])
    assert np.array_equal(drawn[4].ravel()[:7], codes[1])
    assert np.array_equal(drawn[6], drawn[2])  # image 2 above the code of image 0
    assert show(figure, WORDS)


def test_scores_beyond_the_edge_lie_at_it():
    heaps = {"before": ([0.0, 1.0, 2.0], [0.5, 0.5, -50.0]), "after": ([15.0] * 3, [-8.0] * 3)}
    figure = score_heaps(heaps)
    heights = [[patch.get_height() for patch in axis.patches] for axis in figure.axes]
    assert [sum(each) for each in heights] == [6, 6]
    assert heights[0][36] == 1 and heights[1][35] == 3  # the lowest of the others, the highest own
    assert show(figure, WORDS)


def test_each_image_is_drawn_as_its_digit():
    figure = digits_along(np.arange(3), np.arange(3.0), np.array([4, 7, 4]), "a title", "x", "y")
    assert [len(dots.get_offsets()) for dots in figure.axes[0].collections] == [2, 1]
    assert show(figure, WORDS)
