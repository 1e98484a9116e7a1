"""Coordinate prediction: what is asked, what an even guess costs, and who learns from it."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from dimlearn import DeepInfoMax, InputError, build_encoder
from dimlearn.deep_infomax.coordinates import (
    build_coordinate_network,
    build_offset_network,
    coordinate_loss,
    cross_entropy,
    offset_loss,
    random_locations,
)

RNG = np.random.default_rng(0)
IMAGES = RNG.random((24, 14, 12, 1)).astype("float32")
MAPS = RNG.normal(size=(6, 2, 3, 5)).astype("float32")  # [N, M, M', C]
CODES = RNG.normal(size=(6, 4)).astype("float32")  # [N, D]
SEED = (3, 0)
LOSSES = {"coordinates": "coordinate_loss", "offsets": "offset_loss"}


class Asked:
    """In place of a network: keeps what it is asked, and gives the logits that it was told to."""

    def __init__(self, logits):
        self.logits = logits

    def __call__(self, inputs):
        self.inputs = inputs.numpy()
        return tf.broadcast_to(self.logits, (*inputs.shape[:2], len(self.logits)))


def new_model(**settings):
    keras.utils.set_random_seed(3)
    model = DeepInfoMax(build_encoder((14, 12, 1), code_dim=6), **settings)
    model.compile(keras.optimizers.Adam(3e-3))
    return model


# ---------------------------------------------------------------- the losses


def test_an_even_guess_costs_the_log_of_the_number_of_answers():
    assert float(coordinate_loss(Asked([0.0] * 5), MAPS, CODES)) == pytest.approx(math.log(2 * 3))
    assert float(offset_loss(Asked([0.0] * 8), MAPS, CODES, SEED)) == pytest.approx(math.log(3 * 5))


def test_each_location_is_asked_about_with_its_features_and_the_code_of_its_image():
    network = Asked([0.0] * 5)
    coordinate_loss(network, tf.constant(MAPS), tf.constant(CODES))
    assert network.inputs.shape == (6, 6, 5 + 4)
    for image, row, column in ((0, 0, 0), (2, 1, 0), (5, 0, 2)):
        asked = network.inputs[image, 3 * row + column]
        np.testing.assert_array_equal(asked, [*MAPS[image, row, column], *CODES[image]])


def test_whoever_knows_the_answer_pays_nothing():
    """Maps whose features say where they are, and a network that reads them."""
    row, column = np.meshgrid(range(2), range(3), indexing="ij")
    told = np.concatenate([np.eye(2)[row], np.eye(3)[column]], axis=2)  # [2, 3, 5]
    maps, codes = tf.constant(np.tile(told, (6, 1, 1, 1)), "float32"), tf.constant(CODES)

    def reads(inputs):
        return 100 * inputs[..., :5]

    assert float(coordinate_loss(reads, maps, codes)) < 1e-6
    assert float(coordinate_loss(lambda inputs: -reads(inputs), maps, codes)) > 100

    def subtracts(inputs):  # one-hot of what the chosen place lacks to each place, and back
        here, chosen = inputs[..., :5], inputs[..., 5:10]
        places = tf.constant([[0, 1, 0, 0, 0], [0, 0, 0, 1, 2]], "float32")
        down, right = tf.unstack(tf.tensordot(here - chosen, places, [[2], [1]]), axis=-1)
        answers = [
            tf.one_hot(tf.cast(down, "int32") + 1, 3),
            tf.one_hot(tf.cast(right, "int32") + 2, 5),
        ]
        return 100 * tf.concat(answers, axis=-1)

    assert float(offset_loss(subtracts, maps, codes, SEED)) < 1e-6


def test_offsets_are_within_their_range_and_all_of_it_is_asked_for(monkeypatch):
    asked = []

    def noting(logits, row, column, rows):
        asked.append((logits.shape, row.numpy(), column.numpy(), rows))
        return cross_entropy(logits, row, column, rows)

    monkeypatch.setattr("dimlearn.deep_infomax.coordinates.cross_entropy", noting)
    maps, codes = np.tile(MAPS, (20, 1, 1, 1)), np.tile(CODES, (20, 1))
    offset_loss(Asked([0.0] * 8), tf.constant(maps), tf.constant(codes), SEED)
    ((shape, row, column, rows),) = asked
    assert shape == (120, 6, 3 + 5) and rows == 3
    assert np.unique(row).tolist() == [0, 1, 2]
    assert np.unique(column).tolist() == [0, 1, 2, 3, 4]


def test_an_offset_is_from_the_chosen_location_of_the_same_image():
    network = Asked([0.0] * 8)
    offset_loss(network, tf.constant(MAPS), tf.constant(CODES), SEED)
    chosen = random_locations(tf.constant(MAPS), SEED).numpy()
    flat = MAPS.reshape(6, 6, 5)
    for image, location in ((0, 0), (3, 5)):
        expected = [*flat[image, location], *flat[image, chosen[image]], *CODES[image]]
        np.testing.assert_array_equal(network.inputs[image, location], expected)


def test_random_locations_are_any_of_the_map_and_those_of_their_seed():
    maps = tf.zeros((400, 2, 3, 1))
    locations = random_locations(maps, SEED).numpy()
    assert np.unique(locations).tolist() == [0, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(random_locations(maps, SEED), locations)
    assert (random_locations(maps, (3, 1)).numpy() != locations).mean() > 0.5


def test_the_networks_have_an_answer_for_every_place():
    assert build_coordinate_network((2, 3, 5), 4).output_shape == (None, None, 2 + 3)
    assert build_offset_network((2, 3, 5), 4).output_shape == (None, None, 3 + 5)
    assert build_offset_network((2, 3, 5), 4).input_shape == (None, None, 5 + 5 + 4)
    for build in (build_coordinate_network, build_offset_network):
        with pytest.raises(InputError, match="single location"):
            build((1, 1, 5), 4)


# ---------------------------------------------------------------- in the model


@pytest.mark.parametrize("term", LOSSES)
def test_the_gradient_reaches_encoder_and_network(term):
    """By its own term alone; and no term without its weight."""
    model = new_model(beta=0, **{term: 2.0})
    with tf.GradientTape() as tape:
        terms = model.terms(*model.encoded(tf.constant(IMAGES), training=True))
    assert terms.keys() == {"loss", LOSSES[term]}
    assert float(terms["loss"]) == pytest.approx(2 * float(terms[LOSSES[term]]), rel=1e-6)
    variables = model.cooperating_variables()
    gradients = tape.gradient(terms["loss"], variables)
    assert len(variables) == len(model.encoder.trainable_variables) + 6
    for variable, gradient in zip(variables, gradients):
        assert gradient is not None and np.abs(gradient).max() > 0, variable.path


@pytest.mark.parametrize("term", LOSSES)
def test_what_is_asked_is_learned(term):
    model = new_model(**{term: 1.0})
    history = model.fit(IMAGES, batch_size=12, epochs=12, verbose=0).history
    assert history.keys() == {"loss", "local_bound", LOSSES[term]}
    assert history[LOSSES[term]][-1] < history[LOSSES[term]][0]
    for each in zip(history["loss"], history["local_bound"], history[LOSSES[term]]):
        assert each[0] == pytest.approx(each[2] - each[1], abs=1e-4)


@pytest.mark.weekly
def test_one_seed_gives_one_training_and_it_goes_on_when_it_was_saved(tmp_path):
    def trained(seed, epochs):
        model = new_model(coordinates=0.5, offsets=0.5, gamma=0.1, views="handwriting", seed=seed)
        told = model.fit(IMAGES, batch_size=8, epochs=epochs, shuffle=False, verbose=0)
        return model, told.history

    model, history = trained(0, 2)
    assert trained(0, 2)[1] == history
    assert trained(1, 2)[1]["offset_loss"] != history["offset_loss"]
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.settings == model.settings
    losses = [
        each.fit(IMAGES, batch_size=8, shuffle=False, verbose=0).history for each in (model, loaded)
    ]
    assert losses[0] == losses[1]


@pytest.mark.parametrize("settings, words", [
    ({"coordinates": -1}, "coordinates must be a finite number"),
    ({"offsets": "some"}, "offsets must be a finite number"),
    ({"beta": 0}, "alpha, beta, gamma, coordinates and offsets are all 0"),
])  # fmt: skip
def test_weights_that_are_none(settings, words):
    with pytest.raises(InputError, match=words):
        new_model(**settings)


def test_an_encoder_for_any_size_has_no_coordinates():
    images = keras.Input((None, None, 1))
    feature_map = keras.layers.Conv2D(8, 4, 2)(images)
    code = keras.layers.Dense(6)(keras.layers.GlobalAveragePooling2D()(feature_map))
    encoder = keras.Model(images, (feature_map, code))
    for term in LOSSES:
        with pytest.raises(InputError, match=f"{term} above 0 needs a feature map of a fixed"):
            DeepInfoMax(encoder, **{term: 1})
