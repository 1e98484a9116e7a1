"""Right answers to `mutual_information`."""

import math

from dimlearn.information import entropy
from dimlearn.startup import keras, tf


def three_entropies(joint):
    return entropy(joint.sum(axis=0)) + entropy(joint.sum(axis=1)) - entropy(joint)


def loops(joint):
    rows, columns = len(joint), len(joint[0])
    total = 0.0
    for i in range(rows):
        for j in range(columns):
            if joint[i, j] > 0:
                p_x = sum(joint[i, k] for k in range(columns))
                p_y = sum(joint[k, j] for k in range(rows))
                total += joint[i, j] * math.log(joint[i, j] / (p_x * p_y))
    return total


def tensorflow(joint):
    p_x, p_y = tf.reduce_sum(joint, 1, keepdims=True), tf.reduce_sum(joint, 0, keepdims=True)
    return tf.reduce_sum(tf.math.xlogy(joint, joint) - tf.math.xlogy(joint, p_x * p_y))


def with_keras(joint):
    product = keras.ops.outer(keras.ops.sum(joint, axis=1), keras.ops.sum(joint, axis=0))
    ratio = keras.ops.where(joint > 0, joint / keras.ops.where(product > 0, product, 1.0), 1.0)
    return keras.ops.sum(joint * keras.ops.log(ratio))
