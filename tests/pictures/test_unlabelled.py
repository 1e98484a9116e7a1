"""Figures of images without labels: what stands where, and in words."""

import numpy as np

from dimlearn.pictures import alike, in_their_places

IMAGES = np.random.default_rng(0).random((6, 8, 8, 3))


def test_alike_shows_each_image_beside_its_nearest():
    figure, alternative = alike(IMAGES[:2], IMAGES[[[2, 3], [4, 5]]])
    shown = [axis.images[0].get_array() for axis in figure.axes]
    np.testing.assert_array_equal(shown, IMAGES[[0, 2, 3, 1, 4, 5]])
    titles = [axis.get_title() for axis in figure.axes]
    assert titles == ["picture", "nearest 1", "nearest 2", "", "", ""]
    assert alternative.startswith("2 pictures in the left column; to the right of each the 2 ")


def test_images_are_drawn_in_their_places():
    places = np.array([[0, 0], [10, 0], [0, 20], [10, 20]])
    figure, alternative = in_their_places(IMAGES[:4], places, across=3)
    sheet = figure.axes[0].images[0].get_array()
    assert sheet.shape == (24, 24, 3) and (sheet[8:16] == 1).all() and (sheet[:, 8:16] == 1).all()
    corners = [sheet[y : y + 8, x : x + 8] for y in (0, 16) for x in (0, 16)]
    np.testing.assert_allclose(corners, IMAGES[:4], rtol=1e-6)
    assert "4 pictures" in alternative
    grey, _ = in_their_places(IMAGES[:4, ..., :1], np.zeros((4, 2)), across=2)  # all in one place
    sheet = grey.axes[0].images[0].get_array()
    np.testing.assert_allclose(sheet[:8, :8], np.repeat(IMAGES[3, ..., :1], 3, -1), rtol=1e-6)
