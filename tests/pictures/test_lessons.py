"""Pictures of the lessons have labels and words, or are refused."""

import numpy as np
import pytest

from dimlearn import InputError, pictures
from dimlearn.pictures.style import BLACK, BLUE

WORDS = "A line that rises from the left to the right."


def labelled(**kwargs):
    figure, axis = pictures.canvas()
    axis.plot([0, 1], [0, 1])
    axis.set(**kwargs)
    return figure


def test_a_picture_is_an_image_with_its_words():
    picture = pictures.show(
        labelled(xlabel="x", ylabel="y in nats"), 'Rises "from" 0 & to 1 <here>.'
    )
    html = picture._repr_html_()
    assert html.startswith(
        '<img alt="Rises &quot;from&quot; 0 &amp; to 1 &lt;here&gt;." src="data:'
    )
    assert picture.png.startswith(b"\x89PNG")
    assert repr(picture) == 'Picture: Rises "from" 0 & to 1 <here>.'


@pytest.mark.parametrize("labels", [{}, {"xlabel": "x"}, {"ylabel": "y"}])
def test_axes_without_labels_are_refused(labels):
    with pytest.raises(InputError, match="label both axes"):
        pictures.show(labelled(**labels), WORDS)


@pytest.mark.parametrize("alt", ["", "figure", "a plot of x"])
def test_words_that_say_nothing_are_refused(alt):
    with pytest.raises(InputError, match="what the picture shows"):
        pictures.show(labelled(xlabel="x", ylabel="y"), alt)


def test_images_need_no_axes():
    images = np.random.default_rng(0).random((12, 8, 8, 1))
    figure = pictures.image_grid(images, range(12), columns=5)
    assert len(figure.axes) == 15 and not any(axis.axison for axis in figure.axes)
    assert [axis.get_title() for axis in figure.axes[:3]] == ["0", "1", "2"]
    assert pictures.show(figure, WORDS).png


def test_tables_share_a_scale_and_write_their_entries():
    p, q = np.array([[0.5, 0.25], [0.25, 0.0]]), np.full((2, 2), 0.25)
    figure = pictures.probability_tables({"p": p, "q": q})
    assert {axis.images[0].get_clim() for axis in figure.axes} == {(0, 0.5)}
    assert [text.get_text() for text in figure.axes[0].texts] == ["0.50", "0.25", "0.25", "0.00"]
    assert pictures.show(figure, WORDS)


def test_scatters_draw_the_first_points():
    x = np.arange(9.0)
    figure = pictures.scatters({"a": (x, x), "b": (x, -x)}, points=4)
    offsets = [axis.collections[0].get_offsets() for axis in figure.axes]
    np.testing.assert_array_equal(offsets[1], np.stack([x[:4], -x[:4]], axis=1))
    assert pictures.show(figure, WORDS)


def test_score_matrices_share_a_scale_that_ignores_the_farthest_scores():
    scores = np.zeros((10, 10))
    scores[0, 0] = 1000.0
    figure = pictures.score_matrices({"before": scores - 1, "after": scores + 2})
    before, after = (axis.images[0] for axis in figure.axes[:2])
    assert before.get_clim() == after.get_clim() == (-2, 2)
    assert before.get_array()[3, 4] == -1 and after.get_array()[3, 4] == 2
    assert pictures.show(figure, WORDS)
    assert pictures.score_matrices({"one": scores}, limit=5).axes[0].images[0].get_clim() == (-5, 5)


def test_accuracies_are_dots_in_percent_with_their_intervals_the_first_name_on_top():
    rows = {
        "pixels": {"linear": (0.5, 0.4, 0.7), "knn": (0.25, 0.2, 0.3)},
        "random": {"linear": (0.75, 0.6, 0.8), "knn": (1.0, 0.9, 1.0)},
    }
    figure = pictures.accuracies(rows)
    assert [axis.get_title() for axis in figure.axes] == ["linear", "knn"]
    for axis, probe in zip(figure.axes, ("linear", "knn")):
        assert [label.get_text() for label in axis.get_yticklabels()] == ["pixels", "random"]
        assert axis.get_ylim() == (1.5, -0.5)
        drawn = [(list(line.get_xdata()), line.get_color()) for line in axis.lines]
        wanted = []
        for row, color in zip(rows.values(), (BLACK, BLUE)):
            accuracy, low, high = (100 * share for share in row[probe])
            wanted += [([low, high], color), ([accuracy], color)]
        assert drawn == wanted
    assert pictures.show(figure, WORDS).png
