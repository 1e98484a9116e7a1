"""The side of the feature map after several convolutions."""

import math

import numpy as np

from dimlearn.check.exercise import Exercise
from dimlearn.deep_infomax import encoder
from dimlearn.startup import keras

exercise = Exercise(
    meaning="""The side of the map that a square image of side `input_size` becomes, after one
    convolution `(kernel, stride, padding)` after the other, by Keras' rules for "valid" and "same":
    a whole number.""",
    reference=encoder.feature_map_size,
    cases=lambda: [
        (28, [(5, 2, "valid")]),
        (28, [(5, 2, "same")]),
        (28, [(4, 2, "valid"), (4, 2, "valid")]),
        (32, [(4, 2, "same"), (4, 2, "same"), (4, 2, "same")]),
        (29, [(3, 2, "same"), (5, 1, "valid"), (4, 3, "same")]),
        (29, [(5, 3, "same")]),
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

@exercise.solution("""A window without padding starts at 0, stride, 2 stride, ... up to size -
    kernel: that many steps and one more place. With "same" padding a window starts at every
    stride-th pixel, so the kernel does not matter, and an incomplete step at the end still counts:
    rounded up. `-(-a // b)` rounds up with whole numbers alone. Each layer works on what the one
    before has left.""")
def feature_map_size(input_size, layers):
    """Side of the map after the layers `(kernel, stride, padding)`: a whole number."""
    size = input_size
    for kernel, stride, padding in layers:
        size = (size - kernel) // stride + 1 if padding == "valid" else -(-size // stride)
    return size

def without_padding(n, k, s):
    return (n - k) // s + 1

def with_padding(n, k, s):
    return -(-n // s)

def by_rules(size, layers, valid=without_padding, same=with_padding):
    """The size by another rule for one padding, a function of the size n, the kernel k and the
    stride s: what most mistakes get wrong."""
    for kernel, stride, padding in layers:
        size = (valid if padding == "valid" else same)(size, kernel, stride)
    return size

@exercise.mistake("""The one is missing for "valid": your function counts the steps of the
    window, and there is one more place than steps.""")
def one_forgotten(size, layers):
    return by_rules(size, layers, valid=lambda n, k, s: (n - k) // s)

@exercise.mistake("""Your function treats "same" like "valid". With "same" padding the
    kernel plays no part.""")
def padding_ignored(size, layers):
    return by_rules(size, layers, same=without_padding)

@exercise.mistake("""Your function treats "valid" like "same". Without padding the whole
    window has to fit.""")
def always_padded(size, layers):
    return by_rules(size, layers, valid=with_padding)

@exercise.mistake("""Your function takes each of the two paddings for the other. With which of them
    must the window not stick out?""")
def paddings_exchanged(size, layers):
    return by_rules(size, layers, with_padding, without_padding)

@exercise.mistake("""Your function rounds the wrong way for both paddings: a location too many for
    a window that sticks out at the end, without padding, and one too few for "same".""")
def roundings_exchanged(size, layers):
    up, down = lambda n, k, s: -(-(n - k) // s) + 1, lambda n, k, s: n // s
    return by_rules(size, layers, up, down)

@exercise.mistake("""Your function rounds down for "same". An incomplete step at the end
    still gives a location.""")
def same_rounded_down(size, layers):
    return by_rules(size, layers, same=lambda n, k, s: n // s)

@exercise.mistake("""Your function rounds up for "valid". A window that sticks out at the
    end is dropped.""")
def valid_rounded_up(size, layers):
    return by_rules(size, layers, valid=lambda n, k, s: math.ceil((n - k) / s) + 1)

@exercise.mistake("""The stride is ignored for "valid": windows start at every stride-th pixel
    only.""")
def stride_ignored(size, layers):
    return by_rules(size, layers, valid=lambda n, k, s: n - k + 1)

@exercise.mistake("""Only the last layer counts in your function: each layer starts from the
    input's size again. It works on what the layer before has left.""")
def last_layer_only(size, layers):
    return feature_map_size(size, layers[-1:])

@exercise.mistake("""Only the first layer counts: there is a `return` inside the loop, or no
    loop.""")
def first_layer_only(size, layers):
    return feature_map_size(size, layers[:1])

@exercise.mistake("""Your result is a decimal number: `/` gives a float, also where it comes
    out even. A size is a whole number, so divide and round without leaving them.""")
def float_result(size, layers):
    for kernel, stride, padding in layers:
        size = np.ceil((size - kernel + 1 if padding == "valid" else size) / stride)
    return size

@exercise.mistake("""Your function pads with `kernel // 2` on both sides, as other libraries
    do. With "same" in Keras the size that is left does not depend on the kernel.""")
def symmetric_padding(size, layers):
    return by_rules(size, layers, same=lambda n, k, s: (n + 2 * (k // 2) - k) // s + 1)

@exercise.mistake("""For "valid" your function adds the one before it divides. The first
    place is there whatever the stride: which of the two comes first?""")
def one_inside_the_division(size, layers):
    return by_rules(size, layers, valid=lambda n, k, s: (n - k + 1) // s)

@exercise.mistake("""For "same" your function gives a location too many where the size
    divides evenly by the stride. Only an incomplete step at the end gives one more.""")
def same_one_too_many(size, layers):
    return by_rules(size, layers, same=lambda n, k, s: n // s + 1)

@exercise.mistake("""For "same" your function leaves the size as it is. That holds for a
    stride of 1 only.""")
def same_keeps_the_size(size, layers):
    return by_rules(size, layers, same=lambda n, k, s: n)

@exercise.mistake("""For "same" your function rounds to the nearest whole number. An
    incomplete step at the end always gives one more location.""")
def same_rounded_to_nearest(size, layers):
    return by_rules(size, layers, same=lambda n, k, s: round(n / s))

@exercise.mistake("""For "valid" your result has a fraction: `/` does not round. A window
    that sticks out at the end is dropped.""")
def valid_not_rounded(size, layers):
    return by_rules(size, layers, lambda n, k, s: (n - k) / s + 1, lambda n, k, s: math.ceil(n / s))

@exercise.property("agrees with Keras")
def agrees_with_keras(call):
    """Held against Keras' own rule for the shape of a convolution's output."""
    rng = np.random.default_rng(3)
    for _ in range(6):
        kernel, stride = int(rng.integers(1, 6)), int(rng.integers(1, 4))
        padding, size = str(rng.choice(["valid", "same"])), int(rng.integers(8, 40))
        layer = keras.layers.Conv2D(1, kernel, stride, padding=padding)
        expected = layer.compute_output_shape((None, size, size, 1))[1]
        seen = call(size, [(kernel, stride, padding)])
        if seen != expected:
            return f"""`Conv2D(1, {kernel}, {stride}, padding={padding!r})` makes {expected} of
                {size} pixels in Keras; your function says {seen}."""
