"""Right answers to `concat_scores`."""

from dimlearn.startup import keras, tf


def a_row_at_a_time(critic, maps, codes):
    maps = tf.reshape(maps, [len(maps), -1])
    rows = []
    for code in tf.unstack(codes):
        same = tf.broadcast_to(code, [maps.shape[0], code.shape[0]])
        rows.append(critic(tf.concat([maps, same], axis=-1))[:, 0])
    return tf.stack(rows)


def with_indices(critic, feature_map, code, flat=True):
    n = code.shape[0]
    i, j = tf.meshgrid(tf.range(n), tf.range(n), indexing="ij")
    maps = tf.gather(tf.reshape(feature_map, [n, -1]), tf.reshape(j, [-1]))
    pairs = tf.concat([maps, tf.gather(code, tf.reshape(i, [-1]))], axis=1)
    return tf.reshape(critic(pairs), [n, n])


def with_keras(critic, feature_map, code):
    ops, n = keras.ops, code.shape[0]
    maps = ops.broadcast_to(
        ops.reshape(feature_map, (1, n, -1)), (n, n, feature_map[0].shape.num_elements())
    )
    codes = ops.broadcast_to(code[:, None], (n, n, code.shape[1]))
    pairs = ops.reshape(ops.concatenate([maps, codes], axis=2), (n * n, -1))
    return ops.reshape(critic(pairs), (n, n))


def pair_by_pair(critic, feature_map, code):
    n = code.shape[0]
    maps = tf.reshape(feature_map, [n, -1])
    rows = [[critic(tf.concat([maps[j], code[i]], 0)[None])[0, 0] for j in range(n)]
            for i in range(n)]  # fmt: skip
    return tf.stack([tf.stack(row) for row in rows])
