"""Right answers to `local_scores`."""

from dimlearn.startup import keras, tf


def matmul(features, codes):
    n, places, units = features.shape
    flat = tf.reshape(features, [n * places, units])
    return tf.reshape(tf.matmul(codes, flat, transpose_b=True), [n, n, places])


def with_keras(local_features, code_features):
    return keras.ops.einsum("iu,jlu->ijl", code_features, local_features)


def broadcasting(local_features, code_features, scale=1.0):
    product = code_features[:, None, None, :] * local_features[None]
    return scale * tf.reduce_sum(product, axis=3)


def tensordot(local_features, code_features):
    scores = tf.tensordot(local_features, code_features, axes=[[2], [1]])
    return tf.transpose(scores, [2, 0, 1])
