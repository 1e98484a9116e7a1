"""The pictures of lesson 11 draw what they are given, and can be shown."""

import numpy as np

from dimlearn import pictures
from dimlearn.pictures import two_views

WORDS = "Some values, drawn for a test of the picture."


def test_a_board_writes_its_values_and_asks_where_there_is_none():
    figure = two_views.pair_boards({"one": [[1.0, 0.25], [0.5, np.nan]]})
    assert [text.get_text() for text in figure.axes[0].texts] == ["1.00", "0.25", "0.50", "?"]
    assert pictures.show(figure, WORDS).png
    unknown = two_views.pair_boards({"one": np.full((2, 2), np.nan)})
    assert len(unknown.axes) == 1 and pictures.show(unknown, WORDS)


def test_neighbours_stand_beside_their_query():
    images = np.linspace(0, 1, 6)[:, None, None, None] * np.ones((6, 8, 8, 1))
    found = {"a": np.array([[1, 2], [0, 2], [1, 3]]), "b": np.array([[4, 5], [3, 5], [0, 4]])}
    figure = two_views.neighbour_rows(images, [0, 2], found)
    shown = [axis.images[0].get_array()[0, 0] for axis in figure.axes]
    np.testing.assert_allclose(shown, [0, 1, 0.2, 0.4, 1, 0.8, 1, 0.4, 1, 0.2, 0.6, 1, 0, 0.8])
    titles = [axis.get_title() for axis in figure.axes]
    assert titles[:7] == ["query", "", "a", "", "", "b", ""] and not any(titles[7:])
    assert pictures.show(figure, WORDS)
    wide = two_views.neighbour_rows(images, [0], {"a": np.array([[1, 2, 3, 4, 5]])})
    assert [axis.get_title() for axis in wide.axes] == ["query", "", "", "", "a", "", ""]


def test_a_page_holds_its_pictures_and_escapes_its_words():
    picture = pictures.show(two_views.pair_boards({"one": np.eye(2)}), WORDS)
    text = two_views.page("a < b", "one & two", picture)
    assert "<h1>a &lt; b</h1><p>one &amp; two</p><img alt=" in text
    assert 'src="data:image/png;base64,' in text and "http" not in text
