"""Encoders: any size, the authors' maps, and the rule that decides about padding."""

import numpy as np
import pytest

from dimlearn import InputError, build_encoder
from dimlearn.deep_infomax import layer_model
from dimlearn.deep_infomax.encoder import feature_map_size
from dimlearn.startup import keras


@pytest.mark.parametrize("architecture", ["light", "dim28", "dim32"])
@pytest.mark.parametrize("shape", [(8, 8, 1), (9, 9, 3), (13, 14, 1), (28, 28, 1), (32, 32, 3)])
def test_encoders_for_any_size(architecture, shape):
    encoder = build_encoder(shape, code_dim=5, architecture=architecture)
    feature_map, code = encoder(np.zeros((2, *shape), "float32"))
    assert len(feature_map.shape) == 4 and min(feature_map.shape[1:3]) > 1
    assert code.shape == (2, 5)


def test_the_authors_feature_maps():
    shapes = {
        name: build_encoder(shape, architecture=name).outputs[0].shape[1:]
        for name, shape in (("dim28", (28, 28, 1)), ("dim32", (32, 32, 3)))
    }
    assert shapes == {"dim28": (7, 7, 128), "dim32": (8, 8, 128)}


def test_the_code_is_linear_and_comes_from_the_map():
    images = np.random.default_rng(0).uniform(size=(4, 12, 12, 1)).astype("float32")
    encoder = build_encoder((12, 12, 1), code_dim=6)
    feature_map, code = encoder(images)
    assert feature_map.shape[1] > 1 and code.shape == (4, 6)
    assert encoder.get_layer("code").activation is keras.activations.linear
    np.testing.assert_array_equal(layer_model(encoder, "feature_map")(images), feature_map)
    rest = keras.Model(encoder.get_layer("feature_map").output, encoder.outputs[1])
    np.testing.assert_array_equal(rest(feature_map), code)


def test_small_images_are_padded():
    """Unpadded, 13 pixels would leave a single location."""
    sides = {side: build_encoder((side, 30, 1)).outputs[0].shape[1] for side in (8, 13, 14, 28)}
    assert sides == {8: 2, 13: 4, 14: 2, 28: 5}


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_the_size_of_the_map_is_keras(padding):
    for size, kernel, stride in [(28, 5, 2), (29, 4, 3), (8, 8, 1), (17, 2, 5)]:
        layer = keras.layers.Conv2D(1, kernel, stride, padding)
        expected = layer.compute_output_shape((None, size, size, 1))[1]
        assert feature_map_size(size, [(kernel, stride, padding)]) == expected


def test_what_does_not_fit_leaves_nothing():
    assert feature_map_size(8, [(4, 2, "valid"), (4, 2, "valid")]) == 0
    assert feature_map_size(3, [(9, 1, "valid"), (3, 2, "same"), (1, 1, "valid")]) == 0
    with pytest.raises(InputError, match="padding must be"):
        feature_map_size(8, [(4, 2, "full")])


@pytest.mark.parametrize("shape, words", [((7, 9, 1), "8x8"), ((28, 28), "height, width")])
def test_bad_shapes(shape, words):
    with pytest.raises(InputError, match=words):
        build_encoder(shape)
