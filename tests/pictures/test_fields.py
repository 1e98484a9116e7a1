"""Pictures of windows and of what a location sees show the places that they are given."""

import numpy as np

from dimlearn.pictures import channels, framed, pixel_map, show, windows

WORDS = "A picture of places in an image."
IMAGE = np.random.default_rng(0).random((12, 12, 1))


def test_each_window_begins_where_it_is_said_to():
    pixels, *places = windows(7, 3, [0, 2, 4]).axes[0].collections
    assert len(pixels.get_paths()) == 7
    edges = [path.get_extents() for place in places for path in place.get_paths()]
    assert [(edge.x0, edge.x1) for edge in edges] == [(0, 3), (2, 5), (4, 7)]


def test_channels_stand_beside_their_image():
    feature_map = np.random.default_rng(1).random((3, 3, 8))
    figure = channels(IMAGE, feature_map, count=2)
    image, *shown = [axis.images[0].get_array() for axis in figure.axes]
    np.testing.assert_array_equal(image, IMAGE.squeeze())
    assert len(shown) == 2
    np.testing.assert_array_equal(shown[1], feature_map[..., 1])
    assert show(figure, WORDS)


def test_channels_that_find_nothing_in_an_image_are_left_out():
    feature_map = np.random.default_rng(1).random((3, 3, 5))
    feature_map[..., [0, 2]] = 0.0
    image, *shown = channels(IMAGE, feature_map, count=2).axes
    assert [axis.get_title() for axis in shown] == ["channel 1", "channel 3"]
    assert len(channels(IMAGE, feature_map).axes) == 1 + 3
    assert len(channels(IMAGE, 0 * feature_map).axes) == 1


def test_a_pixel_map_has_its_numbers_and_their_meaning():
    figure = pixel_map(IMAGE[..., 0], "size of the gradient")
    np.testing.assert_array_equal(figure.axes[0].images[0].get_array(), IMAGE[..., 0])
    assert figure.axes[1].get_ylabel() == "size of the gradient"
    assert show(figure, WORDS)


def test_the_frame_is_around_what_is_enlarged():
    figure = framed(IMAGE, top=2, left=5, side=4)
    whole, part = figure.axes
    (frame,) = whole.patches
    assert (frame.get_xy(), frame.get_width()) == ((4.5, 1.5), 4)
    np.testing.assert_array_equal(part.images[0].get_array(), IMAGE[2:6, 5:9, 0])
    assert show(figure, WORDS)
