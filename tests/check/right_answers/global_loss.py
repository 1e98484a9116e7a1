"""Right answers to `global_loss`."""

from dimlearn.check.exercises.global_loss import softplus
from dimlearn.startup import keras, tf


# cross-entropy
def cross_entropy(p, q):
    entropy = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(entropy(tf.ones_like(p), p)) + tf.reduce_mean(
        entropy(tf.zeros_like(q), q)
    )


# Keras
def with_keras(positive_scores, negative_scores):
    mean = keras.ops.mean
    return -(
        mean(keras.ops.log_sigmoid(positive_scores)) + mean(keras.ops.log_sigmoid(-negative_scores))
    )


# a Keras loss
def keras_loss(positive, negative):
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return loss(tf.ones_like(positive), positive) + loss(tf.zeros_like(negative), negative)


# plain loops
def loops(positive_scores, negative_scores):
    n = positive_scores.shape[0]
    total = 0.0
    for i in range(n):
        total += softplus(-positive_scores[i, 0]) + softplus(negative_scores[i, 0])
    return total / n
