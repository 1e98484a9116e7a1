"""Encoders of all kinds, and settings: each works, or is told off in a sentence."""

import numpy as np
import pytest

from dimlearn import DeepInfoMax, InputError, build_encoder
from dimlearn.information.bounds import jsd_bound
from dimlearn.startup import keras, tf

IMAGES = np.random.default_rng(0).uniform(size=(24, 12, 12, 1)).astype("float32")
layers = keras.layers


class Subclassed(keras.Model):
    """What many write: layers made in `__init__`, called in `call`."""

    def __init__(self):
        super().__init__()
        self.convolution = layers.Conv2D(8, 4, 2, activation="relu", data_format="channels_last")
        self.normed, self.pooled = layers.BatchNormalization(), layers.GlobalAveragePooling2D()
        self.code = layers.Dense(6)

    def call(self, images, training=False):
        feature_map = self.normed(self.convolution(images), training=training)
        return feature_map, self.code(self.pooled(feature_map))


def functional(shape, outputs=tuple):
    images = keras.Input(shape)
    feature_map = layers.Conv2D(8, 4, 2, activation="relu")(images)
    code = layers.Dense(6)(layers.GlobalAveragePooling2D()(feature_map))
    return keras.Model(images, outputs((feature_map, code)))


def named(outputs):
    return dict(zip(("a_map", "code"), outputs))  # in the order in which Keras flattens them


@pytest.mark.parametrize("critic", ["dot", "concat"])
@pytest.mark.parametrize("negatives", ["all", "one"])
def test_an_encoder_for_any_size(tmp_path, critic, negatives):
    model = DeepInfoMax(functional((None, None, 1)), critic=critic, negatives=negatives, units=8)
    model.compile("adam")
    for images in (IMAGES, IMAGES[:, :, :10]):
        assert np.isfinite(model.fit(images, batch_size=12, verbose=0).history["loss"]).all()
        assert model.predict(images, verbose=0).shape == (24, 6)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(IMAGES), model(IMAGES))


def test_an_encoder_for_any_size_has_no_whole_map():
    with pytest.raises(InputError, match="alpha above 0 needs a feature map of a fixed size"):
        DeepInfoMax(functional((None, None, 1)), alpha=1)
    sizes = [IMAGES[:8], IMAGES[:8, :10]]
    mixed = tf.data.Dataset.from_generator(
        lambda: sizes, output_signature=tf.TensorSpec((None, None, None, 1), "float32")
    )
    model = DeepInfoMax(functional((None, None, 1)))
    model.compile("adam")
    assert np.isfinite(model.fit(mixed, verbose=0).history["loss"]).all()
    with pytest.raises(InputError, match="needs a local_bound"):
        model = DeepInfoMax(functional((None, None, 1)), bound=jsd_bound)
        model.compile("adam")
        model.fit(mixed, verbose=0)


def test_a_list_of_outputs_is_a_pair():
    model = DeepInfoMax(functional((12, 12, 1), list))
    model.compile("adam")
    assert np.isfinite(model.fit(IMAGES, batch_size=12, verbose=0).history["loss"]).all()


def test_a_subclassed_encoder_is_refused_and_trains_as_the_sentence_says():
    with pytest.raises(InputError, match=r"take keras.Model\(images, encoder\(images\)\)"):
        DeepInfoMax(Subclassed())
    images = keras.Input((12, 12, 1))
    model = DeepInfoMax(keras.Model(images, Subclassed()(images)))
    model.compile(keras.optimizers.SGD(0.1))
    before = [variable.numpy() for variable in model.encoder.variables]
    model.fit(IMAGES, batch_size=12, verbose=0)
    after = [variable.numpy() for variable in model.encoder.variables]
    assert not any(np.array_equal(a, b) for a, b in zip(before, after))


def pair_from_two_inputs():
    one, other = keras.Input((12, 12, 1)), keras.Input((12, 12, 1))
    encoder = build_encoder((12, 12, 1), 6)
    return keras.Model([one, other], encoder(layers.Add()([one, other])))


@pytest.mark.parametrize("encoder, words", [
    (lambda: functional((12, 12, 1), named), "must give a pair.* a dict with"),
    (lambda: keras.Sequential([layers.Flatten()]), "must be a functional"),
    (lambda: keras.Sequential([keras.Input((12, 12, 1)), layers.Flatten()]), "be a functional"),
    (pair_from_two_inputs, "must have one input"),
    (lambda: functional((12, 12, 1), lambda pair: pair[::-1]), "must give a pair"),
])  # fmt: skip
def test_encoders_that_give_no_pair(encoder, words):
    with pytest.raises(InputError, match=words):
        DeepInfoMax(encoder())


# ---------------------------------------------------------------- Keras' settings


@pytest.fixture
def channels_first():
    keras.config.set_image_data_format("channels_first")
    yield
    keras.config.set_image_data_format("channels_last")


def test_channels_come_last_whatever_keras_is_set_to(channels_first):
    encoder = build_encoder((14, 12, 3), code_dim=6)
    keras.config.set_image_data_format("channels_last")
    keras.utils.set_random_seed(0)
    twin = build_encoder((14, 12, 3), code_dim=6)
    encoder.set_weights(twin.get_weights())
    images = np.random.default_rng(0).uniform(size=(4, 14, 12, 3)).astype("float32")
    for own, other in zip(encoder(images), twin(images)):
        np.testing.assert_array_equal(own, other)


def test_an_encoder_with_channels_first_is_refused(channels_first):
    images = keras.Input((1, 12, 12))
    feature_map = layers.Conv2D(8, 4, 2, name="mine")(images)
    encoder = keras.Model(images, (feature_map, layers.GlobalAveragePooling2D()(feature_map)))
    with pytest.raises(InputError, match="layer mine has data_format channels_first"):
        DeepInfoMax(encoder)


# ---------------------------------------------------------------- NumPy's numbers


def test_numpys_numbers_are_numbers(tmp_path):
    shape = np.array([12, 12, 1])
    encoder = build_encoder(shape, code_dim=np.int64(6))
    model = DeepInfoMax(encoder, np.float32(0.5), np.float64(1), np.float32(0.1),
                        units=np.int32(8), seed=np.int64(3))  # fmt: skip
    model.compile("adam")
    model.fit(IMAGES, batch_size=np.int64(12), epochs=np.int64(2), verbose=0)
    assert model.predict(IMAGES, verbose=0).shape == (24, 6)
    model.save(tmp_path / "model.keras")
    assert keras.saving.load_model(tmp_path / "model.keras").settings == model.settings


@pytest.mark.parametrize("arguments, words", [
    (((12.0, 12, 1),), "height, width, channels"),
    ((12,), "height, width, channels"),
    (((None, None, 1),), "height, width, channels"),
    (((12, 12, 0),), "at least one channel"),
    (((12, 12, 1), 6.5), "code_dim must be a whole number"),
    (((12, 12, 1), 0), "code_dim must be at least 1"),
    (((12, 12, 1), "many"), "code_dim must be a whole number"),
])  # fmt: skip
def test_what_is_no_size(arguments, words):
    with pytest.raises(InputError, match=words):
        build_encoder(*arguments)
