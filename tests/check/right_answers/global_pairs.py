"""Right answers to `global_pairs`."""

import numpy as np

from dimlearn.startup import keras, tf


def rolled_maps(maps, codes):
    n = tf.shape(maps)[0]
    size = maps.shape[1] * maps.shape[2] * maps.shape[3]
    own = tf.reshape(maps, [n, size])
    other = tf.reshape(tf.concat([maps[1:], maps[:1]], 0), [n, size])
    return tf.concat([own, codes], -1), tf.concat([other, codes], -1)


def with_keras(feature_map, code):
    ops = keras.ops
    features = ops.reshape(feature_map, (feature_map.shape[0], -1))
    return [
        ops.concatenate([features, code], axis=1),
        ops.concatenate([ops.roll(features, -1, axis=0), code], axis=1),
    ]


def flatten_layer(feature_map, code, shift=1):
    n = code.shape[0]
    features = keras.layers.Flatten()(feature_map)
    other = tf.gather(features, (np.arange(n) - shift) % n)
    return tf.concat((features, code), axis=1), tf.concat((other, code), axis=1)


def loops(feature_map, code):
    n = feature_map.shape[0]
    rows = [tf.reshape(feature_map[i], [-1]) for i in range(n)]
    positive = tf.stack([tf.concat([rows[i], code[i]], 0) for i in range(n)])
    negative = tf.stack([tf.concat([rows[(i + 1) % n], code[i]], 0) for i in range(n)])
    return positive, negative
