"""Convolutional encoders: from an image to a local feature map and a global code. Lesson 4.

An encoder `E` is a plain functional `keras.Model` that takes images `[N, H, W, channels]`, floats
in [0, 1], and returns the pair

    feature_map  [N, M, M', C]   what each neighbourhood of the image looks like
    code         [N, D]          what the whole image is: raw and linear, no activation on it

with the code computed from the feature map: in the authors' encoders through a dense layer, in the
light one directly. The layers `feature_map`, `dense` and `code` are the three that the paper's
tables evaluate (conv, fc, Y).
"""

import operator

from dimlearn.deep_infomax.checks import whole_number
from dimlearn.errors import InputError
from dimlearn.startup import keras

# Each architecture: convolutions as (filters, kernel, stride), the index of the one whose output
# is the feature map, and the units of the dense layer. "dim28" and "dim32" are the authors' (DIM,
# appendix and code) for 28x28 and 32x32 images. The light one has no dense layer: after a short
# training a linear probe found more in its code without one, on the digits and on MNIST.
ARCHITECTURES = {
    "light": ([(32, 4, 2), (128, 4, 2)], 1, None),
    "dim28": ([(64, 5, 2), (128, 5, 2)], 1, 1024),
    "dim32": ([(64, 4, 2), (128, 4, 2), (256, 4, 2)], 1, 1024),
}


def build_encoder(input_shape, code_dim=64, architecture="light"):
    """A convolutional encoder for images of at least 8x8 pixels.

    `input_shape`: (H, W, channels); `code_dim`: D; `architecture`: "light" (the default, for any
    size), "dim28" or "dim32" (the authors', padded, so that each stride of 2 halves the side).
    Batch normalisation and ReLU follow every layer but the code. Channels come last, whatever
    Keras' `image_data_format` says.

    Returns a `keras.Model` from images to `(feature_map, code)`. Being plain Keras, it takes all
    numbers as they are, and its file cannot know better: hand it floats in [0, 1], as
    `check_images` makes them of uint8. (`DeepInfoMax` and `encode` do that themselves.)
    Raises `InputError` for an unknown architecture or a shape it cannot encode.
    """
    if architecture not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise InputError(f"unknown architecture {architecture!r}: choose one of {known}")
    input_shape = check_input_shape(input_shape)
    code_dim = whole_number("code_dim", code_dim)
    convolutions, map_index, dense_units = ARCHITECTURES[architecture]
    # Unpadded convolutions make the light map small (28x28 to 5x5) and keep every location whole.
    # Where they would leave a single location, or none, the image is padded.
    unpadded = [(kernel, stride, "valid") for _, kernel, stride in convolutions]
    several = feature_map_size(min(input_shape[:2]), unpadded) > 1
    padding = "valid" if architecture == "light" and several else "same"

    images = keras.Input(input_shape, name="images")
    x = images
    for index, (filters, kernel, stride) in enumerate(convolutions):
        layout = {"padding": padding, "data_format": "channels_last"}
        x = keras.layers.Conv2D(
            filters, kernel, stride, **layout, use_bias=False, name=f"conv{index + 1}"
        )(x)
        x = keras.layers.BatchNormalization(name=f"conv{index + 1}_norm")(x)
        name = "feature_map" if index == map_index else f"conv{index + 1}_relu"
        x = keras.layers.ReLU(name=name)(x)
        if index == map_index:
            feature_map = x  # [N, M, M', C]
    x = keras.layers.Flatten("channels_last", name="flatten")(x)
    if dense_units:
        x = keras.layers.Dense(dense_units, use_bias=False, name="dense_linear")(x)
        x = keras.layers.BatchNormalization(name="dense_norm")(x)
        x = keras.layers.ReLU(name="dense")(x)
    else:
        # Thousands of numbers add up to a code: at a tenth of their size it begins small, and a
        # step of Adam moves it a tenth as far.
        x = keras.layers.Rescaling(0.1, name="scaled")(x)
    code = keras.layers.Dense(code_dim, name="code")(x)  # [N, D]
    return keras.Model(images, (feature_map, code), name="encoder")


def check_input_shape(input_shape):
    """The shape as `(H, W, channels)` of plain integers, or an `InputError`; H and W at least 8."""
    try:
        height, width, channels = map(operator.index, input_shape)
    except (TypeError, ValueError):
        raise InputError(
            f"input_shape must be (height, width, channels), but is {input_shape!r}"
        ) from None
    if channels < 1:
        raise InputError(f"images need at least one channel, but input_shape is {input_shape!r}")
    if min(height, width) < 8:
        raise InputError(f"images must be at least 8x8 pixels, but are {height}x{width}")
    return height, width, channels


def feature_map_size(input_size, layers):
    """The side of the feature map after convolutions on a square image; 0 where none fits.

    `input_size`: side of the image in pixels; `layers`: a list of `(kernel, stride, padding)` with
    padding "valid" or "same", by Keras' rules: "valid" keeps the windows that fit, and
    "same" pads so that a stride of 1 keeps the size:

        valid    floor((size - kernel) / stride) + 1
        same     ceil(size / stride)

    Raises `InputError` for another padding.
    """
    size = input_size
    for kernel, stride, padding in layers:
        if padding not in ("valid", "same"):
            raise InputError(f'padding must be "valid" or "same", but is {padding!r}')
        size = (size - kernel) // stride + 1 if padding == "valid" else -(-size // stride)
    return max(size, 0)


def layer_model(encoder, name):
    """One layer of an encoder as a model from images to its output; it shares the weights.

    `name`: "feature_map" `[N, M, M', C]`, "dense" `[N, units]` (not of a light encoder) or "code"
    `[N, D]`.
    """
    return keras.Model(encoder.input, encoder.get_layer(name).output)
