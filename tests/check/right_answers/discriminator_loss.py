"""Right answers to `discriminator_loss`."""

from dimlearn.startup import keras, tf


def cross_entropy(real, fake):
    entropy = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = entropy(tf.ones_like(real), real), entropy(tf.zeros_like(fake), fake)
    return tf.reduce_mean(real) + tf.reduce_mean(fake)


def with_keras(prior_logits, code_logits):
    real, fake = keras.ops.log_sigmoid(prior_logits), keras.ops.log_sigmoid(-code_logits)
    return -keras.ops.mean(real) - keras.ops.mean(fake)


def keras_loss(prior_logits, code_logits):
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    labels = tf.concat([tf.ones_like(prior_logits), tf.zeros_like(code_logits)], 0)
    return 2 * loss(labels, tf.concat([prior_logits, code_logits], 0))


def loops(prior_logits, code_logits):
    softplus, n, m = tf.nn.softplus, prior_logits.shape[0], code_logits.shape[0]
    real = sum(softplus(-prior_logits[i, 0]) for i in range(n)) / n
    return real + sum(softplus(code_logits[i, 0]) for i in range(m)) / m
