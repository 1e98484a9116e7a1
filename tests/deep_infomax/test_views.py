"""Random pictures of an image, and Deep InfoMax across two of them."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from marks import weekly

from dimlearn import DeepInfoMax, InputError, build_encoder
from dimlearn.deep_infomax import HandwritingViews, PhotographViews
from dimlearn.deep_infomax.objectives import across_views
from dimlearn.deep_infomax.views import resample, thicken, two_views

GREY = np.random.default_rng(0).random((6, 12, 12, 1)).astype("float32")
COLOUR = np.random.default_rng(1).random((6, 12, 12, 3)).astype("float32")
IDENTITY = np.tile(np.eye(2, dtype="float32"), (6, 1, 1))
NO_SHIFT = np.zeros((6, 2), "float32")


# ---------------------------------------------------------------- the resampling


def test_the_identity_leaves_images_as_they_are():
    np.testing.assert_allclose(resample(GREY, IDENTITY, NO_SHIFT), GREY, atol=1e-6)


def test_a_quarter_turn_is_that_of_numpy():
    quarter = np.tile(np.array([[0, -1], [1, 0]], "float32"), (6, 1, 1))
    turned = resample(GREY, quarter, NO_SHIFT)
    np.testing.assert_allclose(turned, np.rot90(GREY, axes=(1, 2)), atol=1e-5)


def test_a_shift_moves_whole_pixels_and_goes_on_at_the_edge_as_the_image_ends():
    shifts = np.tile(np.array([[2, 1]], "float32"), (6, 1))  # x, y
    moved = resample(GREY, IDENTITY, shifts).numpy()
    np.testing.assert_allclose(moved[:, :-1, :-2], GREY[:, 1:, 2:], atol=1e-5)
    np.testing.assert_allclose(moved[:, :-1, -1], GREY[:, 1:, -1], atol=1e-5)


def test_images_that_are_not_square_are_turned_about_their_centre():
    half = np.tile(-np.eye(2, dtype="float32"), (6, 1, 1))
    wide = GREY[:, :8]
    np.testing.assert_allclose(resample(wide, half, NO_SHIFT), wide[:, ::-1, ::-1], atol=1e-5)


def test_a_stroke_becomes_wider_or_narrower_by_a_pixel_each_way():
    stroke = np.zeros((3, 28, 28, 1), "float32")
    stroke[:, 5:23, 12:15] = 1.0  # three pixels wide
    wider, as_it_is, narrower = thicken(stroke, tf.constant([1.0, 0.0, -1.0])).numpy()[..., 0]
    assert wider[14].sum() == 5 and as_it_is[14].sum() == 3 and narrower[14].sum() == 1
    half = thicken(stroke[:1], tf.constant([0.5])).numpy()[0, 14, :, 0]
    assert half[10:17].tolist() == [0, 0.5, 1, 1, 1, 0.5, 0]
    large = np.zeros((1, 56, 56, 1), "float32")
    large[:, 20:36, 20:26] = 1.0
    assert thicken(large, tf.constant([1.0])).numpy()[0, 28].sum() == 10


# ---------------------------------------------------------------- the layers


@pytest.mark.parametrize(
    "views, images", [(HandwritingViews, GREY), (PhotographViews, COLOUR), (PhotographViews, GREY)]
)
def test_every_image_and_every_call_gets_a_picture_of_its_own(views, images):
    same = np.tile(images[:1], (6, 1, 1, 1))
    layer = views(seed=3)
    first, second = layer(same).numpy(), layer(same).numpy()
    assert first.shape == same.shape and first.min() >= 0 and first.max() <= 1
    assert len(np.unique(first.reshape(6, -1), axis=0)) == 6
    assert not np.allclose(first, second)
    np.testing.assert_array_equal(views(seed=3)(same), first)
    assert not np.allclose(views(seed=4)(same), first)


@pytest.mark.parametrize("views", [HandwritingViews, PhotographViews])
def test_a_graph_draws_anew_at_every_call(views):
    draw = tf.function(views())
    assert not np.allclose(draw(COLOUR), draw(COLOUR))


def test_handwriting_without_any_change_is_the_image():
    layer = HandwritingViews(turn=0, shear=0, scale=0, shift=0, pen=0)
    np.testing.assert_allclose(layer(GREY), GREY, atol=1e-5)


@pytest.mark.parametrize(
    "settings, bound",
    [({"shift": 0.25}, 3.0), ({"scale": 0.5}, 0.5), ({"turn": 0.4}, 0.4), ({"shear": 0.4}, 0.4)],
)
def test_each_setting_of_handwriting_changes_what_it_says_and_no_more(settings, bound):
    """A ramp in x and one in y show the affine map: read back, it has the setting's size."""
    y, x = np.mgrid[:33, :33].astype("float32")
    ramps = np.tile(np.stack([x, y], axis=-1), (400, 1, 1, 1))
    layer = HandwritingViews(
        **{"turn": 0, "shear": 0, "scale": 0, "shift": 0, "pen": 0, **settings}
    )
    seen = layer(ramps).numpy()
    centre = seen[:, 16, 16]  # [N, 2] the place that the centre shows
    matrix = np.stack([seen[:, 16, 17] - centre, seen[:, 17, 16] - centre], axis=-1)  # [N, 2, 2]
    size = np.log(np.abs(np.linalg.det(matrix))) / 2
    turn = np.arctan2(matrix[:, 1, 0], matrix[:, 0, 0])
    slant = np.einsum("ni,ni->n", matrix[:, :, 0], matrix[:, :, 1]) / np.exp(2 * size)
    found = {
        "shift": np.abs(centre - 16).max(axis=1) / 33 * 12,
        "scale": np.abs(size),
        "turn": np.abs(turn),
        "shear": np.abs(np.arctan(slant)),
    }
    for name, values in found.items():
        limit = bound if name in settings else 1e-4
        assert values.max() <= limit * 1.001 + 1e-4, name
        if name in settings:
            assert values.max() > 0.9 * limit


def test_grey_photographs_have_no_colour_left():
    pictures = PhotographViews(colour=0, grey=1.0)(COLOUR).numpy()
    np.testing.assert_allclose(pictures[..., 0], pictures[..., 2], atol=1e-5)
    coloured = PhotographViews(colour=0, grey=0.0)(COLOUR).numpy()
    assert np.abs(coloured[..., 0] - coloured[..., 2]).max() > 0.1


def test_half_of_all_photographs_are_mirrored_and_all_lie_within_the_image():
    ramp = np.tile(np.linspace(0, 1, 32, dtype="float32")[None, None, :, None], (400, 32, 1, 1))
    pictures = PhotographViews(area=0.3, colour=0, grey=0)(ramp).numpy()[..., 0]
    slopes = pictures[:, 16, 20] - pictures[:, 16, 12]
    assert 0.4 < np.mean(slopes < 0) < 0.6
    # Eight pixels of a crop with a part p of the width show 8 p / 31 of the ramp.
    parts = np.abs(slopes) * 31 / 8
    assert parts.min() ** 2 > 0.3 * 0.75 and parts.max() <= 1.001
    inside = (pictures > 1e-4) & (pictures < 1 - 1e-4)
    assert inside[:, :, 1:-1].all()  # beyond the edge a ramp would stay 0 or 1


def test_the_colours_of_a_photograph_change_within_their_bounds():
    flat = np.full((200, 8, 8, 1), 0.3, "float32")  # contrast and crop change nothing
    pictures = PhotographViews(colour=0.4)(flat).numpy()
    brightness = pictures.mean(axis=(1, 2, 3)) / 0.3
    assert 0.6 - 1e-3 <= brightness.min() < 0.62 and 1.38 < brightness.max() <= 1.4 + 1e-3


# ---------------------------------------------------------------- the objective


def test_codes_are_paired_with_the_maps_of_the_other_picture():
    maps, codes = tf.range(6)[:, None], 10 * tf.range(6)[:, None]
    (map_b, code_a), (map_a, code_b) = across_views(maps, codes)
    assert map_b[:, 0].numpy().tolist() == [3, 4, 5] and code_a[:, 0].numpy().tolist() == [
        0,
        10,
        20,
    ]
    assert map_a[:, 0].numpy().tolist() == [0, 1, 2] and code_b[:, 0].numpy().tolist() == [
        30,
        40,
        50,
    ]


@pytest.mark.parametrize("weights", [(0, 1, 0), (1, 0, 0), (0.5, 0.5, 0.3)])
def test_views_that_change_nothing_give_the_loss_of_one_picture(weights):
    keras.utils.set_random_seed(0)
    encoder = build_encoder((12, 12, 1), 8)
    plain = DeepInfoMax(encoder, *weights)
    across = DeepInfoMax(encoder, *weights, views=lambda images: images)
    across.set_weights(plain.get_weights())
    terms = {}
    for model in (plain, across):
        terms[model] = model.terms(*encoder(model.pictures(tf.constant(GREY)), training=True))
    for name, value in terms[plain].items():
        np.testing.assert_allclose(terms[across][name], value, rtol=1e-5)


def test_the_encoder_is_called_once_on_both_pictures():
    seen = []

    def views(images):
        seen.append(images.shape)
        return images

    encoder = build_encoder((12, 12, 1), 8)
    model = DeepInfoMax(encoder, views=views)
    assert model.pictures(tf.constant(GREY)).shape == (12, 12, 12, 1)
    assert len(seen) == 2
    np.testing.assert_array_equal(model(GREY), encoder(GREY)[1])  # a code is that of the image


def test_views_that_change_the_shape_are_refused():
    with pytest.raises(InputError, match="keep the shape"):
        two_views(lambda images: images[:, :8], tf.constant(GREY))
    with pytest.raises(InputError, match="handwriting, photographs"):
        DeepInfoMax(build_encoder((12, 12, 1), 8), views="paintings")


@pytest.mark.slow
@pytest.mark.parametrize("views", ["handwriting", *weekly(HandwritingViews(turn=0.1, seed=5))])
def test_a_model_with_views_is_saved_and_goes_on_as_it_would_have(tmp_path, views):
    keras.utils.set_random_seed(0)
    model = DeepInfoMax(build_encoder((12, 12, 1), 8), gamma=0.1, views=views)
    model.compile()
    model.fit(GREY, batch_size=3, epochs=1, shuffle=False, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded.views) is HandwritingViews
    assert (loaded.views.turn, loaded.views.seed) == (model.views.turn, model.views.seed)
    losses = [
        m.fit(GREY, batch_size=3, epochs=1, shuffle=False, verbose=0).history["loss"]
        for m in (model, loaded)
    ]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-6)


@pytest.mark.slow
def test_one_seed_gives_one_training():
    def train(seed):
        keras.utils.set_random_seed(7)
        model = DeepInfoMax(build_encoder((12, 12, 1), 8), views="handwriting", seed=seed)
        model.compile()
        return model.fit(GREY, batch_size=3, epochs=2, verbose=0).history["loss"]

    assert train(0) == train(0)
    assert train(0) != train(1)
