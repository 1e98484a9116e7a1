"""A convolutional encoder from images to a feature map and a code."""

from itertools import chain

import numpy as np

from dimlearn.check import shared_numbers
from dimlearn.check.exercise import Exercise
from dimlearn.check.looks import (
    faults_of_a_model,
    faults_of_its_layers,
    faults_of_outputs,
    faults_of_the_code,
    faults_of_two,
)
from dimlearn.deep_infomax import encoder as encoders
from dimlearn.startup import keras

layers = keras.layers

exercise = Exercise(
    meaning="""A `keras.Model` from images `[N, H, W, channels]` to the pair `(feature_map [N, M, M,
    C], code [N, code_dim])`: M above 1, the code computed from the map, its last layer dense and
    linear, for any square image of 8x8 or larger. Other random weights at every call: no seed.""",
    reference=encoders.build_encoder,
    hints="""Draw the way of an image: some convolutions, then the feature map. How does the code
    come from the map, and which two outputs has the model?

    Start with `images = keras.Input(input_shape)`. Two convolutions with stride 2 and
    `padding="same"` make a quarter of the side, so that 8x8 still leaves 2x2. `Flatten` the map, a
    `Dense` layer or two, the last of them without activation.

    `return keras.Model(images, (feature_map, code))` with `code =
    keras.layers.Dense(code_dim)(...)`.""",
)

@exercise.solution("""Two convolutions of stride 2, padded so that small images keep a map. Batch
    normalisation and ReLU follow every layer but the last: the code is linear, any number, so that
    what follows (a critic, a classifier) can use it as it needs. The model
    has two outputs, because the objectives compare them.""")
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

def parts(input_shape):
    """An input and a map, for the mistakes below."""
    images = keras.Input(input_shape)
    return images, layers.Conv2D(6, 4, 2, padding="same", activation="relu")(images)

def encoder(images, feature_map, *head, source=None):
    """The model whose code these layers make of the flattened map, or of another source."""
    code = layers.Flatten()(feature_map if source is None else source)
    for layer in head:
        code = layer(code)
    return keras.Model(images, (feature_map, code))

@exercise.mistake("""The outputs are exchanged: `(feature_map, code)` is the order, the map
    first.""")
def outputs_exchanged(input_shape, code_dim):
    model = encoder(*parts(input_shape), layers.Dense(code_dim))
    feature_map, code = model.outputs
    return keras.Model(model.inputs, (code, feature_map))

@exercise.mistake("""The model has one output. The objectives compare a code with a feature map, so
    it returns both.""")
def code_only(input_shape, code_dim):
    model = encoder(*parts(input_shape), layers.Dense(code_dim))
    return keras.Model(model.inputs, model.outputs[1])

@exercise.mistake("""The code has an activation: no entry is ever negative, as behind a ReLU. Its
    last layer is linear.""")
def code_with_relu(input_shape, code_dim):
    return encoder(*parts(input_shape), layers.Dense(code_dim, "relu"))

@exercise.mistake("""The code stays between 0 and 1, as behind a `sigmoid`. It is linear here: what
    wants it between 0 and 1 comes in lesson 7 and does that itself, and classifiers want the raw
    code.""")
def code_squashed(input_shape, code_dim):
    return encoder(*parts(input_shape), layers.Dense(code_dim, "sigmoid"))

@exercise.mistake("""The code stays between -1 and 1, as behind a tanh. Its last layer is linear:
    how large an entry is belongs to what it says.""")
def code_with_tanh(input_shape, code_dim):
    return encoder(*parts(input_shape), layers.Dense(code_dim), layers.Activation("tanh"))

@exercise.mistake("""The entries of the code sum to 1, as probabilities behind a softmax do. A code
    is no classification: its last layer has no activation.""")
def code_with_softmax(input_shape, code_dim):
    return encoder(*parts(input_shape), layers.Dense(code_dim, "softmax"))

@exercise.mistake("""A normalisation follows the code: it comes to another size than its last dense
    layer gives. That layer is the last, and nothing comes after it.""")
def code_normalised(input_shape, code_dim):
    return encoder(*parts(input_shape), layers.Dense(code_dim), layers.BatchNormalization())

@exercise.mistake("""Dropout or noise follows the code and disturbs it while training. The last
    layer is dense and nothing comes after it; dropout may stand before it.""")
def code_with_dropout(input_shape, code_dim):
    return encoder(*parts(input_shape), layers.Dense(code_dim), layers.Dropout(0.5))

@exercise.mistake("""Something goes to the code past the feature map: the image beside it, or a
    layer before it, such as the one in front of its activation. The only way leads through the
    map.""")
def code_from_map_and_image(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    both = layers.Concatenate()([layers.Flatten()(feature_map), layers.Flatten()(images)])
    return encoder(images, feature_map, layers.Dense(code_dim), source=both)

@exercise.mistake("""The code is computed past the feature map, from the image or from a layer
    before the map. The way to the code leads through the map.""")
def code_past_the_map(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    return encoder(images, feature_map, layers.Dense(code_dim), source=images)

@exercise.mistake("""The gradient of the code stops at the map: the convolutions would learn nothing
    from it. Look for `stop_gradient` between the two.""")
def map_detached(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    still = keras.ops.stop_gradient(feature_map)
    return encoder(images, feature_map, layers.Dense(code_dim), source=still)

@exercise.mistake("""The map is flat: `[N, M*M*C]`, or has no height and width. It keeps its
    locations: take it before `Flatten`.""")
def map_flattened(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    return encoder(images, layers.Flatten()(feature_map), layers.Dense(code_dim))

@exercise.mistake("""Nothing is left of a small image: the map has a single location, M = 1.
    Fewer strides, smaller kernels or `padding="same"` keep M above 1 for 8x8 images.""")
def one_location(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    pooled = layers.GlobalAveragePooling2D(keepdims=True)(feature_map)
    return encoder(images, pooled, layers.Dense(code_dim))

@exercise.mistake("""Of an 8x8 image only a single location is left in your map, though larger
    images keep more. Fewer strides, smaller kernels or `padding="same"` keep M above 1.""")
def one_location_when_small(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    unpadded = layers.Conv2D(6, 4, 2, activation="relu")(feature_map)
    return encoder(images, unpadded, layers.Dense(code_dim))

@exercise.mistake("""Unpadded convolutions with stride 2 do not fit an 8x8 image: the second
    finds less than its kernel. Other padding, smaller kernels or fewer strides help with small
    images.""")
def too_deep_for_small_images(input_shape, code_dim):
    images = keras.Input(input_shape)
    x = layers.Conv2D(6, 5, 2, activation="relu")(images)
    x = layers.Conv2D(6, 5, 2, activation="relu")(x)
    return encoder(images, x, layers.Dense(code_dim))

@exercise.mistake("""`code_dim` is not used: the code has another length.""")
def code_dim_ignored(input_shape, code_dim):
    return encoder(*parts(input_shape), layers.Dense(64))

@exercise.mistake("""`input_shape` is not used: your model takes images of one size only.""")
def input_shape_ignored(input_shape, code_dim):
    return encoder(*parts((28, 28, 1)), layers.Dense(code_dim))

@exercise.mistake("""Your function returns tensors, not a model. `keras.Model` makes one of where
    they begin and where they end.""")
def no_model(input_shape, code_dim):
    _, feature_map = parts(input_shape)
    return feature_map, layers.Dense(code_dim)(layers.Flatten()(feature_map))

@exercise.mistake("""The image itself is returned as the feature map: nothing is learnt on the
    way to it.""")
def image_as_map(input_shape, code_dim):
    images = keras.Input(input_shape)
    return encoder(images, images, layers.Dense(code_dim))

@exercise.mistake("""The model returns a dictionary. Later cells take the pair apart: return the map
    and the code side by side, in that order.""")
def outputs_by_name(input_shape, code_dim):
    model = encoder(*parts(input_shape), layers.Dense(code_dim))
    return keras.Model(model.inputs, dict(zip(("feature_map", "code"), model.outputs)))

@exercise.mistake("""The code has no dense layer of its own, such as when it is an average of a map
    over its locations. Its last layer is dense, with `code_dim` units.""")
def code_without_dense(input_shape, code_dim):
    images, feature_map = parts(input_shape)
    averages = layers.GlobalAveragePooling2D()(layers.Conv2D(code_dim, 1)(feature_map))
    return keras.Model(images, (feature_map, averages))

exercise.share(shared_numbers.seed_set, seed_set="""A seed is set inside. Whoever builds three
    encoders to compare them gets one encoder three times, and every cell afterwards draws the same
    numbers. Seeds are set outside.""")

@exercise.mistake("""Every encoder that your function builds starts from the same weights. Look for
    a seed, or a constant, in an initializer: weights are random, and others at every call.""")
def same_weights(input_shape, code_dim):
    images = keras.Input(input_shape)
    fixed = keras.initializers.GlorotUniform(seed=0)
    x = layers.Conv2D(6, 4, 2, "same", activation="relu", kernel_initializer=fixed)(images)
    return encoder(images, x, layers.Dense(code_dim, kernel_initializer=fixed))

@exercise.mistake("""Your model is a class with a `call` of its own. That is good Keras, but later
    cells look into the encoder (`encoder.input`, `encoder.outputs`, `encoder.layers`), which only a
    functional model allows: from `keras.Input` through the layers to `keras.Model`.""")
def subclassed(input_shape, code_dim):
    class Encoder(keras.Model):
        def __init__(self):
            super().__init__()
            self.convolution = layers.Conv2D(6, 4, 2, padding="same", activation="relu")
            self.dense = layers.Dense(code_dim)

        def call(self, images):
            feature_map = self.convolution(images)
            return feature_map, self.dense(layers.Flatten()(feature_map))

    return Encoder()

@exercise.mistake("""Convolutions or batch normalisations stand in a model, or in a layer of your
    own, inside your model. Later cells look for them in `encoder.layers` and would not find them:
    call each of them on what the one before gives.""")
def layers_nested(input_shape, code_dim):
    images = keras.Input(input_shape)
    convolutions = keras.Sequential([layers.Conv2D(6, 4, 2, padding="same", activation="relu")])
    return encoder(images, convolutions(images), layers.Dense(code_dim))

# ---------------------------------------------------------------- what is looked at

@exercise.property("images of 8x8 with one channel")
def small_images(call):
    return look(call, (8, 8, 1), 7, first=True)

@exercise.property("images of 13x13 with three channels")
def odd_images(call):
    return look(call, (13, 13, 3), 4)

@exercise.property("images of 28x28 with one channel")
def mnist_sized(call):
    return look(call, (28, 28, 1), 5)

def look(call, shape, code_dim, first=False):
    """The first thing that is wrong with the model for one shape of images."""
    where = f"For images {list(shape)} and code_dim = {code_dim}"
    images = np.random.default_rng(0).uniform(0, 1, (6, *shape)).astype("float32")
    model = call(shape, code_dim)
    faults = chain(
        faults_of_a_model(model, images, where),
        faults_of_outputs(model, images, code_dim, where),
        faults_of_its_layers(model, where),
        faults_of_the_code(model, images, where),
    )
    fault = next(faults, None)
    if first and fault is None and not call.side_effect:  # a seed makes them alike, and is told
        fault = next(faults_of_two(model, call(shape, code_dim), where), None)
    return fault
