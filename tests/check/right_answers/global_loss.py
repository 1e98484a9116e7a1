"""Right answers to `global_loss`."""

from dimlearn.startup import keras, tf


def cross_entropy(p, q):
    entropy = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = entropy(tf.ones_like(p), p), entropy(tf.zeros_like(q), q)
    return tf.reduce_mean(real) + tf.reduce_mean(fake)


def with_keras(positive_scores, negative_scores):
    log_sigmoid, mean = keras.ops.log_sigmoid, keras.ops.mean
    return -(mean(log_sigmoid(positive_scores)) + mean(log_sigmoid(-negative_scores)))


def keras_loss(positive, negative):
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return loss(tf.ones_like(positive), positive) + loss(tf.zeros_like(negative), negative)


def loops(positive_scores, negative_scores):
    softplus, n, total = tf.nn.softplus, positive_scores.shape[0], 0.0
    for i in range(n):
        total += softplus(-positive_scores[i, 0]) + softplus(negative_scores[i, 0])
    return total / n
