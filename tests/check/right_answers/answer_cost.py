"""Right answers to `answer_cost`."""

from dimlearn.startup import keras, tf


def one_sign(logits, yes):
    sign = -1.0 if yes else 1.0
    return tf.reduce_mean(tf.math.softplus(sign * logits))


def two_branches(logits, yes=True):
    if yes:
        return -tf.reduce_mean(tf.math.log_sigmoid(logits))
    return -tf.reduce_mean(tf.math.log_sigmoid(-logits))


def cross_entropy(answers, is_yes):
    labels = tf.ones_like(answers) if is_yes else tf.zeros_like(answers)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, answers))


def with_keras(logits, yes):
    return keras.ops.mean(keras.ops.softplus(keras.ops.where(yes, -logits, logits)))


def a_yes_and_the_logit(logits, yes):
    cost = tf.reduce_mean(tf.nn.softplus(-logits))
    return cost if yes else cost + tf.reduce_mean(logits)  # sp(t) = sp(-t) + t


def loops(logits, yes):
    every = tf.unstack(tf.reshape(logits, [-1]))
    costs = [tf.nn.softplus(-one if yes else one) for one in every]
    return tf.add_n(costs) / len(costs)
