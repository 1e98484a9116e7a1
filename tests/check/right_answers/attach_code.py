"""Right answers to `attach_code`."""

from dimlearn.startup import keras, tf


def broadcast(maps, codes):
    n, m, w = maps.shape[:3]
    codes = tf.reshape(codes, [n, 1, 1, -1])
    return tf.concat([maps, tf.broadcast_to(codes, [n, m, w, codes.shape[-1]])], 3)


def with_keras(feature_map, code):
    ops = keras.ops
    n, m = feature_map.shape[0], feature_map.shape[1]
    code = ops.repeat(ops.expand_dims(code, 1), m * m, axis=1)
    return ops.concatenate([feature_map, ops.reshape(code, (n, m, m, -1))], axis=-1)


def times_ones(feature_map, code, axis=-1):
    ones = tf.ones_like(feature_map[..., :1])
    return tf.concat([feature_map, ones * code[:, tf.newaxis, tf.newaxis]], axis=axis)


def loops(feature_map, code):
    n, m, _, _ = feature_map.shape
    rows = [
        tf.concat([feature_map[i, y, x], code[i]], 0)
        for i in range(n)
        for y in range(m)
        for x in range(m)
    ]
    return tf.reshape(tf.stack(rows), [n, m, m, -1])
