"""One door for images: every way into a model, whatever Keras' own models take."""

import numpy as np
import pytest
from marks import weekly

from dimlearn import DeepInfoMax, InputError, build_encoder
from dimlearn.startup import keras, tf

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 12, 12, 1), dtype=np.uint8)
IMAGES = PIXELS.astype("float32") / 255
LABELS = np.arange(24) % 3
ZERO_ONE = (PIXELS > 127).astype("uint8")


def new_model(**settings):
    keras.utils.set_random_seed(3)
    model = DeepInfoMax(build_encoder((12, 12, 1), code_dim=6), **settings)
    model.compile(keras.optimizers.SGD(0.05))
    return model


@pytest.fixture(scope="module")
def model():
    """One that is only looked at."""
    return new_model()


class Batches(keras.utils.PyDataset):
    """Three batches of eight images with their labels."""

    def __init__(self, images):
        super().__init__()
        self.images = images

    def __len__(self):
        return 3

    def __getitem__(self, index):
        rows = slice(8 * index, 8 * index + 8)
        return self.images[rows], LABELS[rows]


def in_dataset(*arrays, size=8):
    arrays = arrays[0] if len(arrays) == 1 else arrays
    return tf.data.Dataset.from_tensor_slices(arrays).batch(size)


def in_generator(images):
    return ((images[rows : rows + 8], LABELS[rows : rows + 8]) for rows in range(0, 24, 8))


def bare(images):
    return (images[rows : rows + 8] for rows in range(0, 24, 8))


# ---------------------------------------------------------------- uint8 is 0 to 255, everywhere


CALLS = {
    "call": lambda model, images: model(images),
    "call on a tensor": lambda model, images: model(tf.constant(images)),
    "call without channels": lambda model, images: model(images[..., 0]),
    "compiled": lambda model, images: tf.function(lambda batch: model(batch))(tf.constant(images)),
    "predict": lambda model, images: model.predict(images, verbose=0),
    "predict tensor": lambda model, images: model.predict(tf.constant(images), 8, 0),
    "predict batches": lambda model, images: model.predict(in_dataset(images), verbose=0),
    "predict pairs": lambda model, images: model.predict(in_dataset(images, LABELS), verbose=0),
    "predict generator": lambda model, images: model.predict(bare(images), verbose=0),
    "predict on batch": lambda model, images: model.predict_on_batch(images),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_codes_of_uint8_are_codes_of_floats(model, call):
    expected = model.encoder(IMAGES, training=False)[1]
    np.testing.assert_allclose(call(model, IMAGES), expected, atol=1e-5)
    np.testing.assert_allclose(call(model, PIXELS), expected, atol=1e-5)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_images_of_0_and_1_as_uint8_are_refused(model, call):
    with pytest.raises(Exception, match="1 as the largest: images of 0 and 1 must come as floats"):
        call(model, ZERO_ONE)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    "images", [255 * IMAGES, IMAGES - 1, np.where(IMAGES > 0.9, np.nan, IMAGES)]
)
def test_floats_outside_0_and_1_are_refused(model, call, images):
    with pytest.raises(Exception, match=r"lie in \[0, 1\]|NaN"):
        call(model, images)


def test_what_can_be_told_before_the_graph_is_one_sentence(model):
    for images in (255 * IMAGES, ZERO_ONE, IMAGES.astype(int), IMAGES[:, :8], {"image": IMAGES}):
        for call in (model, model.predict, model.fit, model.evaluate):
            with pytest.raises(InputError) as refused:
                call(images)
            assert "\n" not in str(refused.value)


def test_what_only_the_graph_can_tell_is_one_sentence_too(model):
    for images in (255 * IMAGES, ZERO_ONE):
        for call in (model.predict, model.fit, model.evaluate):
            with pytest.raises(InputError) as refused:
                call(in_dataset(images), verbose=0)
            assert "\n" not in str(refused.value)


def test_an_array_is_told_from_the_size_of_a_batch(model):
    for call in (model.fit, model.evaluate):
        with pytest.raises(InputError, match="y must hold a label"):
            call(IMAGES, 8)


def test_the_history_of_a_source_of_unknown_length(model):
    """Keras begins a step for which there are no images: it counts for nothing."""
    dataset = in_dataset(IMAGES)
    unknown = dataset.filter(lambda batch: True)
    expected = model.evaluate(dataset, verbose=0)
    assert model.evaluate(unknown, verbose=0) == pytest.approx(expected, abs=1e-5)


def test_a_black_image_is_black_either_way(model):
    black = np.zeros_like(PIXELS)
    np.testing.assert_array_equal(model(black), model(black.astype("float32")))


def test_the_gradient_with_respect_to_the_image_is_there(model):
    images = tf.constant(IMAGES)
    with tf.GradientTape() as tape:
        tape.watch(images)
        total = tf.reduce_sum(model(images))
    assert np.abs(tape.gradient(total, images)).max() > 0


FEEDS = {
    "array": lambda images: {"x": images, "batch_size": 8},
    "array and labels": lambda images: {"x": images, "y": LABELS, "batch_size": 8},
    "dataset": lambda images: {"x": in_dataset(images)},
    "dataset of pairs": lambda images: {"x": in_dataset(images, LABELS)},
    "generator": lambda images: {"x": in_generator(images)},
    "bare generator": lambda images: {"x": bare(images)},
    "PyDataset": lambda images: {"x": Batches(images)},
}


@pytest.fixture(scope="module")
def trained():
    """The model after an epoch of the floats, in their order, and what was said of it."""
    model = new_model()
    return model, model.fit(in_dataset(IMAGES), verbose=0).history


DAILY = ("dataset of pairs", "generator")
each_feed = pytest.mark.parametrize(
    "name", [*DAILY, *weekly(*(name for name in FEEDS if name not in DAILY))]
)


@each_feed
def test_every_feed_trains_on_the_same_images(trained, name):
    model, (expected, history) = new_model(), trained
    told = model.fit(**FEEDS[name](PIXELS), shuffle=False, verbose=0).history
    for own, other in zip(model.variables, expected.variables):
        np.testing.assert_allclose(own, other, atol=1e-6)
    assert told["loss"] == pytest.approx(history["loss"], abs=1e-5)


@each_feed
def test_every_feed_is_evaluated_and_validates(name):
    model, feed = new_model(), FEEDS[name]
    expected = model.evaluate(in_dataset(IMAGES), verbose=0, return_dict=True)
    given = feed(PIXELS)
    assert model.evaluate(**given, verbose=0, return_dict=True) == pytest.approx(expected, abs=1e-5)
    given = feed(PIXELS)
    validation = (given["x"], given["y"]) if "y" in given else given["x"]
    watched = {"validation_data": validation, "validation_batch_size": 8}
    history = model.fit(IMAGES, batch_size=24, **watched, verbose=0).history
    expected = model.evaluate(in_dataset(IMAGES), verbose=0, return_dict=True)
    assert history["val_loss"] == pytest.approx([expected["loss"]], abs=1e-5)


def test_single_batches_as_keras_has_them():
    model = new_model()
    loss, bound = model.test_on_batch(PIXELS[:8])
    expected = model.evaluate(IMAGES[:8], batch_size=8, verbose=0)
    assert [loss, bound] == pytest.approx(expected, abs=1e-5)
    before = model.encoder.trainable_variables[0].numpy()
    model.train_on_batch(PIXELS[:8], LABELS[:8])
    assert not np.array_equal(before, model.encoder.trainable_variables[0])


@pytest.mark.slow
def test_a_part_of_an_array_validates():
    """The last images, as in Keras."""
    one, other = new_model(), new_model()
    split = one.fit(IMAGES, batch_size=8, validation_split=0.34, shuffle=False, verbose=0)
    given = other.fit(
        IMAGES[:15],
        batch_size=8,
        validation_data=(IMAGES[15:], LABELS[15:]),
        shuffle=False,
        verbose=0,
    )
    assert split.history == given.history and "val_loss" in split.history


def test_an_epoch_of_as_many_steps_as_are_asked_for():
    model = new_model()
    model.fit(IMAGES, batch_size=8, steps_per_epoch=7, epochs=2, verbose=0)
    assert int(model.optimizer.iterations) == 14


@pytest.mark.slow
def test_a_pydataset_is_shuffled_as_asked():
    orders = []

    class Watched(Batches):
        def __getitem__(self, index):
            orders[-1].append(index)
            return super().__getitem__(index)

    for shuffle in (False, True):
        keras.utils.set_random_seed(1)
        orders.append([])
        new_model().fit(Watched(IMAGES), shuffle=shuffle, epochs=4, verbose=0)
    unshuffled, shuffled = (order[-12:] for order in orders)  # after the look that Keras takes
    assert unshuffled == [0, 1, 2] * 4
    assert sorted(shuffled) == sorted(unshuffled) and shuffled != unshuffled


@pytest.mark.parametrize("given, words", [
    ({"sample_weight": np.ones(24)}, "sample_weight has no use"),
    ({"class_weight": {0: 2.0}}, "class_weight has no use"),
    ({"validation_data": (IMAGES, LABELS, np.ones(24))}, "sample_weight has no use"),
    ({"validation_data": IMAGES[:5]}, "validation_batch_size = 8"),
    ({"validation_data": IMAGES, "validation_batch_size": 30}, "validation_batch_size = 30"),
    ({"validation_data": 255 * IMAGES}, "divide pixels by 255"),
    ({"validation_split": 0.99}, "validation_split = 0.99 leaves nothing"),
    ({"x": in_dataset(IMAGES), "validation_split": 0.5}, "validation_split is for arrays"),
    ({"x": None}, "must have the shape"),
    ({"y": 8}, "y must hold a label for each of the 24 images"),
    ({"y": LABELS[1:]}, "y must hold a label for each of the 24 images"),
    ({"x": in_dataset(IMAGES), "y": LABELS}, "y goes with an array"),
    ({"batch_size": 8.5}, "batch_size must be a whole number"),
    ({"batch_size": 0}, "batch_size must be at least 1"),
    ({"x": in_dataset(IMAGES, LABELS, np.ones(24))}, "sample_weight has no use"),
    ({"x": in_dataset({"image": IMAGES, "label": LABELS})}, "are dictionaries"),
    ({"x": in_dataset(IMAGES.astype(int))}, "but are int64"),
    ({"x": tf.data.Dataset.from_tensor_slices(IMAGES)}, r"these are \(12, 1, 1\)"),
    ({"x": in_dataset(IMAGES[:, :8])}, r"these are \(8, 12, 1\)"),
    ({"x": in_dataset(255 * IMAGES)}, "divide pixels by 255"),
    ({"x": in_dataset(ZERO_ONE)}, "must come as floats"),
    ({"x": in_dataset(IMAGES, size=1)}, "batch of one"),
])  # fmt: skip
def test_what_does_not_feed_is_named(given, words):
    with pytest.raises(InputError, match=words):
        new_model().fit(**{"x": IMAGES, "batch_size": 8, "verbose": 0} | given)
