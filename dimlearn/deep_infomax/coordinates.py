"""Coordinate prediction: where is this feature, and how far apart are these two? Two extra terms.

A feature map has rows and columns, and the local objective does not look at them: move the
locations about and it stays as it is. The paper (section 4.3) adds two tasks that do look. From the
code `y` of an image and features `c` of its map a small network p says where these are,

    coordinates   E[-log p(i, j | y, c_ij)]                       absolute coordinate prediction
    offsets       E[-log p(i - i', j - j' | y, c_ij, c_i'j')]     relative coordinate prediction

and encoder and network both minimise the cross-entropy: neither plays against the other. Whoever
knows nothing pays the log of the number of answers.

As in the paper and its authors' code are the two losses, that every location of a map is asked
about, and that row and column are answered apart, so that their cross-entropies add up. Decided
here: two hidden layers of 128 units, and that offsets go from one random place of an image to all
of its places, since an image has L * L pairs of them.
"""

from dimlearn.errors import InputError
from dimlearn.information.bounds import full_precision
from dimlearn.startup import keras, tf


def build_coordinate_network(map_shape, code_dim, units=(128, 128)):
    """From features and code to logits of row and column: `[N, L, C + D] -> [N, L, M + M']`.

    `map_shape`: (M, M', C); `code_dim`: D. Raises `InputError` for a map of a single location.
    """
    rows, columns, channels = check_map(map_shape)
    return perceptron(channels + code_dim, units, rows + columns, "coordinate_network")


def build_offset_network(map_shape, code_dim, units=(128, 128)):
    """From the features of two places and the code to logits of how far apart they are, in rows
    and in columns: `[N, L, 2 C + D] -> [N, L, (2 M - 1) + (2 M' - 1)]`. The rest as above."""
    rows, columns, channels = check_map(map_shape)
    answers = (2 * rows - 1) + (2 * columns - 1)  # 1 - M ... M - 1, and the same of columns
    return perceptron(2 * channels + code_dim, units, answers, "offset_network")


def check_map(shape):
    if shape[0] * shape[1] == 1:
        raise InputError("the feature map has a single location: there is no place to tell")
    return shape


def perceptron(inputs, units, outputs, name):
    hidden = [keras.layers.Dense(count, activation="relu") for count in units]
    return keras.Sequential(
        [keras.Input((None, inputs)), *hidden, keras.layers.Dense(outputs)], name=name
    )


# ---------------------------------------------------------------- the losses


def coordinate_loss(network, feature_map, code):
    """The cross-entropy of saying which location a feature is from: a scalar, nats.

    `feature_map`: `[N, M, M', C]`; `code`: `[N, D]`. An even guess costs log M + log M'.
    """
    features, row, column = locations(feature_map)
    logits = network(beside(features, code))  # [N, L, M + M']
    return cross_entropy(logits, row, column, feature_map.shape[1])


def offset_loss(network, feature_map, code, seed):
    """The cross-entropy of saying how far each location is from a random one: a scalar, nats.

    `seed`: a pair of integers, which decides about the random location of each image. An even guess
    costs log(2 M - 1) + log(2 M' - 1).
    """
    _, rows, columns, _ = feature_map.shape
    features, row, column = locations(feature_map)
    chosen = random_locations(feature_map, seed)  # [N]
    of_chosen = tf.gather(features, chosen, batch_dims=1)  # [N, C]
    logits = network(beside(features, of_chosen, code))  # [N, L, (2 M - 1) + (2 M' - 1)]
    down = row - tf.gather(row, chosen)[:, None]  # [N, L], from 1 - M to M - 1
    right = column - tf.gather(column, chosen)[:, None]
    return cross_entropy(logits, down + rows - 1, right + columns - 1, 2 * rows - 1)


def random_locations(feature_map, seed):
    """The number of a random location of each map, `[N]`: the same for the same `seed`, a pair."""
    _, rows, columns, _ = feature_map.shape
    images = tf.shape(feature_map)[:1]
    return tf.random.stateless_uniform(images, seed, 0, rows * columns, tf.int32)


# ---------------------------------------------------------------- their parts


def locations(feature_map):
    """The features of all locations `[N, L, C]`, with the row and the column of each, `[L]`."""
    _, rows, columns, channels = feature_map.shape
    number = tf.range(rows * columns)
    features = tf.reshape(feature_map, [-1, rows * columns, channels])
    return features, number // columns, number % columns


def beside(features, *vectors):
    """Features `[N, L, C]`, each with the vectors `[N, D]` of its image beside it."""
    count = features.shape[1]
    tiled = [tf.repeat(vector[:, None], count, axis=1) for vector in vectors]  # [N, L, D]
    return tf.concat([features, *tiled], axis=2)


def cross_entropy(logits, row, column, rows):
    """Of logits `[N, L, rows + columns]`, the first `rows` of which are about the row: a scalar.

    `row`, `column`: the right answers, counted from 0, `[N, L]` or `[L]`.
    """
    logits = full_precision(logits)
    found = 0.0
    for answers, right in ((logits[..., :rows], row), (logits[..., rows:], column)):
        right = tf.broadcast_to(right, tf.shape(answers)[:2])
        found += tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(right, answers))
    return found
