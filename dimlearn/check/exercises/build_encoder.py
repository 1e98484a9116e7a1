"""A convolutional encoder from images to a feature map and a code."""

import numpy as np

from dimlearn.check.answers import describe
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault, side_effect_fault
from dimlearn.check.inside import (
    code_comes_from_map,
    code_sees_more_than_map,
    dense_layers,
    what_is_behind,
)
from dimlearn.deep_infomax import encoder as encoders
from dimlearn.startup import keras

layers = keras.layers


exercise = Exercise(
    meaning="""A `keras.Model` from images `[N, H, W, channels]` to the pair `(feature_map [N, M, M,
    C], code [N, code_dim])`: M above 1, the code computed from the map, its last layer dense and
    linear, for any square image of 8x8 or larger.""",
    reference=encoders.build_encoder,
    may_draw=("Python", "Keras"),
    hints="""Draw the way of an image: some convolutions, then the feature map. How does the code
    come from the map, and which two outputs has the model?

    Start with `images = keras.Input(input_shape)`. Two convolutions with stride 2 and
    `padding="same"` make a quarter of the side, so that 8x8 still leaves 2x2. `Flatten` the map, a
    `Dense` layer or two, the last of them without activation.

    `return keras.Model(images, (feature_map, code))` with `code =
    keras.layers.Dense(code_dim)(...)`.""",
)


@exercise.solution("""
    Two convolutions of stride 2, padded so that small images keep a map. Batch normalisation and
    ReLU follow every layer but the last: the code is linear, any number, so that what follows (a
    critic, a classifier, a sigmoid for the prior) can use it as it needs. The model has two
    outputs, because the objectives compare them.
""")
def build_encoder(input_shape, code_dim):
    """A keras.Model from images to (feature_map [N, M, M, C], code [N, code_dim])."""
    images = keras.Input(input_shape)
    x = keras.layers.Conv2D(16, 4, 2, padding="same", use_bias=False)(images)
    x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    x = keras.layers.Conv2D(32, 4, 2, padding="same", use_bias=False)(x)
    feature_map = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    x = keras.layers.Dense(64, activation="relu")(keras.layers.Flatten()(feature_map))
    code = keras.layers.Dense(code_dim)(x)
    return keras.Model(images, (feature_map, code))


def parts(input_shape, filters=6):
    """An input and a map, for the wrong answers below."""
    images = keras.Input(input_shape)
    return images, layers.Conv2D(filters, 4, 2, padding="same", activation="relu")(images)


@exercise.mistake("""The outputs are exchanged: `(feature_map, code)` is the order, the map
    first.""")
def outputs_exchanged(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    return keras.Model(images, (layers.Dense(code_dim)(layers.Flatten()(feature_map)), feature_map))


@exercise.mistake("""The model has one output, the code. The local objective needs the feature
    map as well: `keras.Model(images, (feature_map, code))`.""")
def code_only(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    return keras.Model(images, layers.Dense(code_dim)(layers.Flatten()(feature_map)))


@exercise.mistake("""The code has an activation: no entry is ever negative (ReLU). Its last
    layer is linear: `Dense(code_dim)`.""")
def code_with_relu(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    code = layers.Dense(code_dim, activation="relu")(layers.Flatten()(feature_map))
    return keras.Model(images, (feature_map, code))


@exercise.mistake("""The code goes through a sigmoid (or tanh). It is linear here; the sigmoid
    comes with the prior, in lesson 6, and classifiers want the raw code: `Dense(code_dim)`.""")
def code_squashed(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    code = layers.Dense(code_dim, activation="sigmoid")(layers.Flatten()(feature_map))
    return keras.Model(images, (feature_map, code))


@exercise.mistake("""The code is normalised by a softmax: its entries sum to 1, as
    probabilities. A code is no classification: `Dense(code_dim)` without activation.""")
def code_with_softmax(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    code = layers.Dense(code_dim, activation="softmax")(layers.Flatten()(feature_map))
    return keras.Model(images, (feature_map, code))


@exercise.mistake("""Batch or layer normalisation follows the code. The last layer is dense and
    nothing comes after it.""")
def code_normalised(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    code = layers.BatchNormalization()(layers.Dense(code_dim)(layers.Flatten()(feature_map)))
    return keras.Model(images, (feature_map, code))


@exercise.mistake("""Dropout or noise follows the code and disturbs it while training. The last
    layer is dense and nothing comes after it; dropout may stand before it.""")
def code_with_dropout(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    code = layers.Dropout(0.5)(layers.Dense(code_dim)(layers.Flatten()(feature_map)))
    return keras.Model(images, (feature_map, code))


@exercise.mistake("""Something goes to the code past the feature map: the image beside it, or a
    layer before it, such as the one in front of its activation. The only way leads through the
    map.""")
def code_from_map_and_image(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    both = layers.Concatenate()([layers.Flatten()(feature_map), layers.Flatten()(images)])
    return keras.Model(images, (feature_map, layers.Dense(code_dim)(both)))


@exercise.mistake("""The code is computed from the image, past the feature map: the two have
    nothing to share. The way to the code leads through the map.""")
def code_past_the_map(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    return keras.Model(images, (feature_map, layers.Dense(code_dim)(layers.Flatten()(images))))


@exercise.mistake("""The map is flat: `[N, M*M*C]`, or has no height and width. It keeps its
    locations: take it before `Flatten`.""")
def map_flattened(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    flat = layers.Flatten()(feature_map)
    return keras.Model(images, (flat, layers.Dense(code_dim)(flat)))


@exercise.mistake("""Nothing is left of a small image: the map has a single location, M = 1.
    Fewer strides, smaller kernels or `padding="same"` keep M above 1 for 8x8 images.""")
def one_location(input_shape, code_dim):
    images, x = parts(input_shape)
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    return keras.Model(images, (x, layers.Dense(code_dim)(layers.Flatten()(x))))


@exercise.mistake("""Of an 8x8 image only a single location is left in your map, though larger
    images keep more. Fewer strides, smaller kernels or `padding="same"` keep M above 1.""")
def one_location_when_small(input_shape, code_dim):
    images, x = parts(input_shape)
    x = layers.Conv2D(6, 4, 2, activation="relu")(x)
    return keras.Model(images, (x, layers.Dense(code_dim)(layers.Flatten()(x))))


@exercise.mistake("""Unpadded convolutions with stride 2 do not fit an 8x8 image: the second
    finds less than its kernel. Use `padding="same"`, smaller kernels or fewer strides for small
    images.""")
def too_deep_for_small_images(input_shape, code_dim):
    images = keras.Input(input_shape)
    x = layers.Conv2D(6, 5, 2, activation="relu")(images)
    x = layers.Conv2D(6, 5, 2, activation="relu")(x)
    return keras.Model(images, (x, layers.Dense(code_dim)(layers.Flatten()(x))))


@exercise.mistake("""`code_dim` is not used: the code has another length.""")
def code_dim_ignored(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    return keras.Model(images, (feature_map, layers.Dense(64)(layers.Flatten()(feature_map))))


@exercise.mistake("""`input_shape` is not used: your model takes images of one size only.""")
def input_shape_ignored(input_shape, code_dim):
    images, feature_map = parts((28, 28, 1))
    return keras.Model(images, (feature_map, layers.Dense(code_dim)(layers.Flatten()(feature_map))))


@exercise.mistake("""Your function returns tensors, not a model: wrap them in
    `keras.Model(images, (feature_map, code))`.""")
def no_model(input_shape, code_dim):
    _, feature_map = parts(input_shape)
    return feature_map, layers.Dense(code_dim)(layers.Flatten()(feature_map))


@exercise.mistake("""The image itself is returned as the feature map: nothing is learnt on the
    way to it.""")
def image_as_map(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    return keras.Model(images, (images, layers.Dense(code_dim)(layers.Flatten()(images))))


@exercise.property("images of 8x8 with one channel")
def small_images(call):
    return look(call, (8, 8, 1), 7)


@exercise.property("images of 13x13 with three channels")
def odd_images(call):
    return look(call, (13, 13, 3), 4)


@exercise.property("images of 28x28 with one channel")
def mnist_sized(call):
    return look(call, (28, 28, 1), 5, shapes_only=True)


def look(call, shape, code_dim, shapes_only=False):
    """The first thing that is wrong with the model for one shape of images."""
    what = f"For images {list(shape)} and code_dim = {code_dim}"
    model = call(shape, code_dim)
    if call.side_effect:
        return side_effect_fault(call.side_effect, exercise.parameters)
    if not isinstance(model, keras.Model):
        text = f"{what} your function returned {describe(model)}; expected a `keras.Model`."
        return Fault("no model", text, describe(model))
    images = np.random.default_rng(0).uniform(0, 1, (6, *shape)).astype("float32")
    try:
        outputs = model(images)
    except Exception as error:  # a model that cannot take the images that it was built for
        name = type(error).__name__
        text = f"{what} your model does not take such images: calling it raised {name}."
        return Fault("call", text, name)
    if not isinstance(outputs, (tuple, list)) or len(outputs) != 2:
        count = len(outputs) if isinstance(outputs, (tuple, list)) else 1
        text = f"{what} your model has {count} output(s); expected two, `(feature_map, code)`."
        return Fault("outputs", text, str(count))
    feature_map, code = outputs
    for kind, fault in shape_faults(what, feature_map, code, code_dim):
        return Fault(kind, fault, str(tuple(code.shape)) if kind != "one location" else "")
    if feature_map.shape[1:] == shape and np.allclose(feature_map, images):
        text = (
            f"{what} your feature map is the image itself; expected what convolutions make of it."
        )
        return Fault("no convolution", text, "")
    if not model.trainable_variables:
        return Fault("nothing to train", f"{what} your model has no trainable variables.", "")
    return None if shapes_only else code_faults(what, model, images, feature_map, code)


def shape_faults(what, feature_map, code, code_dim):
    seen = f"{what} your feature map has the shape {list(feature_map.shape)}"
    if len(feature_map.shape) == 2 and len(code.shape) == 4:
        yield "exchanged", f"{what} the first output is the code; expected the feature map first."
    if len(feature_map.shape) != 4:
        yield "flat map", f"{seen}; expected [N, M, M, C]."
    elif feature_map.shape[1] != feature_map.shape[2]:
        yield "not square", f"{seen}; expected a square."
    elif feature_map.shape[1] < 2:
        yield "one location", f"{what} your feature map has one location; expected M above 1."
    if len(feature_map.shape) == 4 and tuple(code.shape) != (6, code_dim):
        text = f"{what} your code has the shape {list(code.shape)}; expected [N, {code_dim}]."
        yield "code shape", text


def code_faults(what, model, images, feature_map, code):
    """Is the code linear in its last weights, free of normalisation, and computed from the map?"""
    candidates = dense_layers(model, code.shape[-1])
    if not candidates:
        return Fault("no dense", f"{what} no dense layer of your model gives the code.", "")
    kinds = [what_is_behind(model, images, dense) for dense in candidates]
    kind = kinds[-1] if all(kinds) else ""
    if kind in ("normalised", "noisy"):
        text = (
            f"{what} something stands behind the last dense layer of your model: while training, "
            "the code is not what that layer gives. Expected `Dense(code_dim)` and nothing after."
        )
        return Fault("not linear", text, kind)
    if kind:
        text = (
            f"{what} your code is not linear: with the weights of its last dense layer twice as "
            "large, it is not twice as large. Expected `Dense(code_dim)` with no activation and no "
            "normalisation behind it."
        )
        return Fault("not linear", text, kind)
    if not code_comes_from_map(model, images):
        text = (
            f"{what} your code does not depend on the layers that make the feature map; "
            "expected it to be computed from the map."
        )
        return Fault("past the map", text, "")
    if code_sees_more_than_map(model):
        text = f"{what} your code does not come from the feature map alone."
        return Fault("past the map", text, "beside it")
    return None
