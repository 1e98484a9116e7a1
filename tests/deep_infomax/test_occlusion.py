"""Occlusion: how much is hidden, and that the code sees less than the map."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dimlearn import DeepInfoMax, InputError, build_encoder
from dimlearn.deep_infomax.occlusion import Occlusion

BRIGHT = np.ones((200, 28, 28, 1), "float32")
IMAGES = np.random.default_rng(0).uniform(0.1, 1, (24, 14, 12, 1)).astype("float32")


def new_model(**settings):
    keras.utils.set_random_seed(3)
    model = DeepInfoMax(build_encoder((14, 12, 1), code_dim=6), **settings)
    model.compile(keras.optimizers.SGD(0.05))
    return model


# ---------------------------------------------------------------- the layer


@pytest.mark.parametrize("part, side", [(0.25, 14), (0.1, 9), (0.5, 20), (0.9, 27)])
def test_a_square_of_the_right_share_is_hidden(part, side):
    hidden = Occlusion(part)(BRIGHT).numpy()[..., 0] == 0
    assert (hidden.sum(axis=(1, 2)) == side**2).all()
    assert hidden.mean() == pytest.approx(part, abs=0.04)
    rows, columns = hidden.any(axis=2).sum(axis=1), hidden.any(axis=1).sum(axis=1)
    assert (rows == side).all() and (columns == side).all()  # one square, wholly in the image


def test_of_an_image_that_is_not_square_it_is_a_rectangle_like_it():
    hidden = Occlusion(0.25)(np.ones((50, 20, 12, 3), "float32")).numpy() == 0
    assert (hidden.any(axis=(2, 3)).sum(axis=1) == 10).all()
    assert (hidden.any(axis=(1, 3)).sum(axis=1) == 6).all()
    np.testing.assert_array_equal(hidden.all(axis=3), hidden.any(axis=3))  # every channel of it


def test_what_is_not_hidden_stays_as_it_is():
    seen = Occlusion(0.25)(IMAGES).numpy()
    np.testing.assert_array_equal(seen, np.where(seen == 0, 0, IMAGES))


def test_the_square_is_anywhere_and_another_at_every_call():
    layer = Occlusion(0.25, seed=3)
    first, second = layer(BRIGHT).numpy(), layer(BRIGHT).numpy()
    corners = {tuple(np.argwhere(image[..., 0] == 0)[0]) for image in first}
    rows, columns = zip(*corners)
    assert min(rows) == min(columns) == 0 and max(rows) == max(columns) == 28 - 14
    assert len(corners) > 100 and not np.array_equal(first, second)
    np.testing.assert_array_equal(Occlusion(0.25, seed=3)(BRIGHT), first)
    draw = tf.function(Occlusion(0.25))
    assert not np.array_equal(draw(BRIGHT), draw(BRIGHT))


def test_images_of_any_size_in_a_graph():
    layer = Occlusion(0.25)
    hide = tf.function(lambda x: layer(x), [tf.TensorSpec((None, None, None, 1))])
    for shape in ((3, 8, 12, 1), (5, 16, 6, 1)):
        assert (hide(np.ones(shape, "float32")).numpy() == 0).mean() == pytest.approx(0.25)


def test_a_part_of_nothing_and_what_is_no_part():
    assert new_model().occlusion is None
    found = new_model(occlusion=np.float32(0.5), seed=1)
    assert (found.occlusion.part, found.occlusion.seed) == (0.5, 1)
    assert type(found.settings["occlusion"]) is float
    for part in (1, -0.1, float("nan"), "half"):
        with pytest.raises(InputError, match="occlusion must be at least 0 and below 1"):
            DeepInfoMax(build_encoder((12, 12, 1), 6), occlusion=part)


# ---------------------------------------------------------------- in the model


def test_the_map_is_of_the_whole_image_and_the_code_of_what_is_left():
    """A model that is told to hide what the test hides."""
    model = new_model(occlusion=0.25)
    hidden = Occlusion(0.25, seed=9)(IMAGES)
    model.occlusion = lambda images: hidden
    feature_map, code = model.encoded(tf.constant(IMAGES), training=False)
    np.testing.assert_allclose(feature_map, model.encoder(IMAGES)[0], atol=1e-5)
    np.testing.assert_allclose(code, model.encoder(hidden)[1], atol=1e-5)
    np.testing.assert_allclose(model(IMAGES), model.encoder(IMAGES)[1], atol=1e-6)


def test_hiding_nothing_gives_the_loss_without_occlusion():
    plain, hiding = new_model(alpha=0.5, gamma=0.1), new_model(alpha=0.5, gamma=0.1, occlusion=0.2)
    hiding.occlusion = lambda pictures: pictures
    images = tf.constant(IMAGES)
    for name, value in plain.terms(*plain.encoded(images, training=True)).items():
        other = hiding.terms(*hiding.encoded(images, training=True))[name]
        np.testing.assert_allclose(other, value, rtol=1e-4)


def test_of_views_each_picture_is_hidden_in_part_and_paired_with_the_other_whole_one():
    """Views that tell two pictures apart, and an encoder whose map and code are the picture."""
    images = keras.Input((12, 12, 1))
    encoder = keras.Model(images, (images * 1.0, keras.layers.Flatten()(images)))
    count = iter(range(10))
    model = DeepInfoMax(encoder, views=lambda x: x * 0 + 0.1 * (1 + next(count)), occlusion=0.25)
    feature_map, code = model.encoded(tf.ones((4, 12, 12, 1)), training=False)
    brightest = tf.reduce_max(feature_map, axis=[1, 2, 3]), tf.reduce_max(code, axis=1)
    for one in brightest:
        np.testing.assert_allclose(one, [0.1] * 4 + [0.2] * 4, atol=1e-6)
    assert (feature_map.numpy() > 0).all()
    assert (code.numpy() == 0).mean() == pytest.approx(0.25)


@pytest.mark.parametrize("settings", [{}, {"views": "handwriting", "gamma": 0.1}])
def test_every_weight_of_the_encoder_is_trained(settings):
    model = new_model(occlusion=0.25, **settings)
    before = [variable.numpy() for variable in model.encoder.trainable_variables]
    history = model.fit(IMAGES, batch_size=8, epochs=1, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    for old, new in zip(before, model.encoder.trainable_variables):
        assert not np.array_equal(old, new), new.path


@pytest.mark.slow
def test_one_seed_gives_one_training_and_it_goes_on_when_it_was_saved(tmp_path):
    def trained(seed):
        model = new_model(occlusion=0.3, coordinates=1.0, seed=seed)
        told = model.fit(IMAGES, batch_size=8, epochs=2, shuffle=False, verbose=0)
        return model, told.history

    model, history = trained(0)
    assert trained(0)[1] == history and trained(1)[1] != history
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.settings == model.settings and loaded.occlusion.part == 0.3
    losses = [
        each.fit(IMAGES, batch_size=8, shuffle=False, verbose=0).history for each in (model, loaded)
    ]
    assert losses[0] == losses[1]
