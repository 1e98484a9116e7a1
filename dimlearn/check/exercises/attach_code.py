"""The code beside the features of every location."""

from dimlearn.check import shared
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import maps_and_codes
from dimlearn.startup import tf

exercise = Exercise(
    meaning="""The code of image i stands behind the C channels at every location of image i's map:
    `[N, M, M, C], [N, D] -> [N, M, M, C + D]`.""",
    cases=lambda: maps_and_codes((2, 2, 1, 3), (3, 2, 4, 2), (5, 3, 2, 4), (4, 4, 2, 4)),
    extremes=lambda: maps_and_codes((6, 3, 1, 3), (2, 3, 6, 8), (3, 2, 2, 1)),
    differentiable=True,
    shapes={"feature_map": "NMMC"},
    hints="""The code has no height and no width. Give it two axes of length 1, between N and D, and
    repeat it along them.

    `code[:, None, None, :]` has the shape `[N, 1, 1, D]`. `tf.tile` or `tf.broadcast_to` makes it
    `[N, M, M, D]`.

    `tf.concat([feature_map, tf.tile(code[:, None, None, :], [1, m, m, 1])], axis=-1)`.""",
)

@exercise.solution("""Concatenation needs equal shapes on all axes but one, so the code is repeated
    at every location first. It goes behind the channels, the last axis. A 1x1 convolution on the
    result then is a small network that sees, at each location, its features and the code of the
    whole image.""")
def attach_code(feature_map, code):
    """The code at every location: [N, M, M, C], [N, D] -> [N, M, M, C + D]."""
    m = feature_map.shape[1]
    everywhere = tf.tile(code[:, None, None, :], [1, m, m, 1])
    return tf.concat([feature_map, everywhere], axis=-1)

@exercise.mistake("""The code comes first. The features of the location come first, then the
    code: the last axis is C + D in this order.""")
def code_first(feature_map, code):
    m = feature_map.shape[1]
    return tf.concat([tf.tile(code[:, None, None], [1, m, m, 1]), feature_map], axis=-1)

@exercise.mistake("""Image i gets the code of another image: those are negative pairs. Each map
    goes with its own code.""")
def mismatched(feature_map, code):
    return attach_code(feature_map, tf.roll(code, 1, axis=0))

@exercise.mistake("""The codes are mixed up among locations: a location gets the code of another
    image. Repeating rows and reshaping put them in another order than the locations have; give the
    code its two axes first.""")
def tiled_in_wrong_order(feature_map, code):
    n, m, _, _ = feature_map.shape
    codes = tf.reshape(tf.tile(code, [m * m, 1]), [n, m, m, -1])
    return tf.concat([feature_map, codes], axis=-1)

@exercise.mistake("""Each number of a code is repeated by itself before the reshape, so that a
    location gets one number again and again, not the whole code. Give the code its two new axes
    first.""")
def numbers_repeated(feature_map, code):
    n, m, _, _ = feature_map.shape
    codes = tf.reshape(tf.repeat(code, m * m, axis=1), [n, m, m, -1])
    return tf.concat([feature_map, codes], axis=-1)

@exercise.mistake("""All images get the code of the first. Each goes with its own.""")
def first_code_for_all(feature_map, code):
    return attach_code(feature_map, tf.ones_like(code) * code[0])

@exercise.mistake("""Your function attaches the code at one location and zeros elsewhere. Every
    location is scored, so every one needs the code.""")
def first_location_only(feature_map, code):
    m = feature_map.shape[1]
    first = tf.pad(code[:, None, None], [[0, 0], [0, m - 1], [0, m - 1], [0, 0]])
    return tf.concat([feature_map, first], axis=-1)

@exercise.mistake("""Your function adds the code instead of putting it beside the features. The
    last axis has C + D channels.""")
def summed(feature_map, code):
    return feature_map + tf.reduce_sum(code, axis=1)[:, None, None, None]

@exercise.mistake("""Your map is flat: the locations are one axis `[N, L, C + D]`. A 1x1
    convolution wants them as they are, `[N, M, M, C + D]`.""")
def locations_flattened(feature_map, code):
    n, m, _, _ = feature_map.shape
    return tf.reshape(attach_code(feature_map, code), [n, m * m, -1])

@exercise.mistake("""Your function returns the repeated code alone, without the features.""")
def code_alone(feature_map, code):
    m = feature_map.shape[1]
    return tf.tile(code[:, None, None], [1, m, m, 1])

@exercise.mistake("""Every image gets the mean code of the batch. Each goes with its own.""")
def mean_code(feature_map, code):
    return attach_code(feature_map, tf.ones_like(code) * tf.reduce_mean(code, axis=0))

@exercise.mistake("""Rows and columns of the map are exchanged in your result.""")
def transposed_map(feature_map, code):
    return tf.transpose(attach_code(feature_map, code), [0, 2, 1, 3])

@exercise.mistake("""No gradient reaches the code: the encoder's last layers would not learn from
    the local objective.""")
def code_without_gradient(feature_map, code):
    return attach_code(feature_map, tf.stop_gradient(code))

@exercise.mistake("""No gradient reaches the map: the encoder's convolutions would not learn from
    the features, only from the code.""")
def map_without_gradient(feature_map, code):
    return attach_code(tf.stop_gradient(feature_map), code)

@exercise.mistake("""The code is attached twice, before the features and behind them.""")
def attached_twice(feature_map, code):
    m = feature_map.shape[1]
    codes = tf.tile(code[:, None, None], [1, m, m, 1])
    return tf.concat([codes, feature_map, codes], axis=-1)

exercise.share(shared.numpy_inside, shared.numpy_on_the_way, shared.last_argument_in_numpy)
