"""The side of the feature map after several convolutions."""

import math

import numpy as np

from dimlearn.check.exercise import Exercise
from dimlearn.deep_infomax import encoder

exercise = Exercise(
    meaning="""Layer by layer: "valid" leaves `(size - kernel) // stride + 1`, "same" leaves the
    size over the stride, rounded up. A whole number.""",
    reference=encoder.feature_map_size,
    cases=lambda: [
        (28, [(5, 2, "valid")]),
        (28, [(5, 2, "same")]),
        (28, [(4, 2, "valid"), (4, 2, "valid")]),
        (32, [(4, 2, "same"), (4, 2, "same"), (4, 2, "same")]),
        (29, [(3, 2, "same"), (5, 1, "valid"), (4, 3, "same")]),
        (64, [(7, 3, "valid"), (3, 1, "same"), (2, 2, "valid")]),
    ],
    extremes=lambda: [
        (8, []),
        (9, [(1, 1, "valid"), (1, 4, "valid")]),
        (17, [(1, 2, "same"), (3, 5, "same")]),
        (5, [(5, 3, "valid")]),
        (224, [(11, 4, "valid"), (3, 2, "valid"), (5, 1, "same"), (3, 2, "valid")]),
    ],
    hints="""Take one layer first. How many places are there for a window of `kernel` pixels, moved
    `stride` at a time, when it must not stick out ("valid")?

    "valid": the first window is at 0, the last one starts at `size - kernel` or before. "same" pads
    so that a window starts at every `stride`-th pixel: how many are these?

    A loop over the layers: `size = (size - kernel) // stride + 1` for "valid", `size = -(-size //
    stride)` for "same", which rounds up.""",
)


@exercise.solution("""
    A window without padding starts at 0, stride, 2 stride, ... up to size - kernel: that many
    steps and one more place. With "same" padding a window starts at every stride-th pixel, so
    the kernel does not matter, and an incomplete step at the end still counts: rounded up. `-(-a
    // b)` rounds up with whole numbers alone. Each layer works on what the one before has left.
""")
def feature_map_size(input_size, layers):
    """Side of the map after the layers `(kernel, stride, padding)`: a whole number."""
    size = input_size
    for kernel, stride, padding in layers:
        size = (size - kernel) // stride + 1 if padding == "valid" else -(-size // stride)
    return size


@exercise.mistake("""The one is missing for "valid": `(size - kernel) // stride` counts the
    steps, and there is one more place than steps.""")
def one_forgotten(input_size, layers):
    size = input_size
    for kernel, stride, padding in layers:
        size = (size - kernel) // stride if padding == "valid" else -(-size // stride)
    return size


@exercise.mistake("""Your function treats "same" like "valid". With "same" padding the kernel
    plays no part: the size is divided by the stride and rounded up.""")
def padding_ignored(input_size, layers):
    size = input_size
    for kernel, stride, _ in layers:
        size = (size - kernel) // stride + 1
    return size


@exercise.mistake("""Your function treats "valid" like "same". Without padding the window has to
    fit: `(size - kernel) // stride + 1`.""")
def always_padded(input_size, layers):
    size = input_size
    for _, stride, _ in layers:
        size = -(-size // stride)
    return size


@exercise.mistake("""Your function rounds down for "same". An incomplete step at the end still
    gives a location: `math.ceil(size / stride)`.""")
def same_rounded_down(input_size, layers):
    size = input_size
    for kernel, stride, padding in layers:
        size = (size - kernel) // stride + 1 if padding == "valid" else size // stride
    return size


@exercise.mistake("""Your function rounds up for "valid". A window that sticks out at the end is
    dropped: `//`, rounded down.""")
def valid_rounded_up(input_size, layers):
    size = input_size
    for kernel, stride, padding in layers:
        if padding == "valid":
            size = math.ceil((size - kernel) / stride) + 1
        else:
            size = math.ceil(size / stride)
    return size


@exercise.mistake("""The stride is ignored for "valid": windows start at every stride-th pixel
    only.""")
def stride_ignored(input_size, layers):
    size = input_size
    for kernel, stride, padding in layers:
        size = size - kernel + 1 if padding == "valid" else -(-size // stride)
    return size


@exercise.mistake("""Only the last layer counts in your function: each layer starts from the
    input's size again. It works on what the layer before has left.""")
def last_layer_only(input_size, layers):
    size = input_size
    for kernel, stride, padding in layers:
        if padding == "valid":
            size = (input_size - kernel) // stride + 1
        else:
            size = -(-input_size // stride)
    return size


@exercise.mistake("""Only the first layer counts: there is a `return` inside the loop, or no
    loop.""")
def first_layer_only(input_size, layers):
    for kernel, stride, padding in layers:
        return (
            (input_size - kernel) // stride + 1 if padding == "valid" else -(-input_size // stride)
        )
    return input_size


@exercise.mistake("""Your result is a decimal number: `/` gives a float, also where it comes out
    even. A size is a whole number: divide with `//`, or round with `math.floor` and
    `math.ceil`.""")
def float_result(input_size, layers):
    size = input_size
    for kernel, stride, padding in layers:
        size = (
            np.floor((size - kernel) / stride) + 1 if padding == "valid" else np.ceil(size / stride)
        )
    return size


@exercise.mistake("""Your function uses the formula with symmetric padding of kernel // 2 on
    both sides, as in other libraries. Keras' "same" is the size over the stride, rounded up,
    whatever the kernel.""")
def symmetric_padding(input_size, layers):
    size = input_size
    for kernel, stride, padding in layers:
        border = 0 if padding == "valid" else kernel // 2
        size = (size + 2 * border - kernel) // stride + 1
    return size


@exercise.property("agrees with Keras")
def agrees_with_keras(call):
    """Held against Keras' own rule for the shape of a convolution's output."""
    from dimlearn.startup import keras

    rng = np.random.default_rng(3)
    for _ in range(6):
        kernel, stride = int(rng.integers(1, 6)), int(rng.integers(1, 4))
        padding, size = str(rng.choice(["valid", "same"])), int(rng.integers(8, 40))
        layer = keras.layers.Conv2D(1, kernel, stride, padding=padding)
        expected = layer.compute_output_shape((None, size, size, 1))[1]
        seen = call(size, [(kernel, stride, padding)])
        if seen != expected:
            return (
                f"`Conv2D(1, {kernel}, {stride}, padding={padding!r})` makes {expected} of {size} "
                f"pixels in Keras; your function says {seen}."
            )
    return None
