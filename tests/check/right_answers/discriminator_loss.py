"""Right answers to `discriminator_loss`."""

from dimlearn.check.exercises.discriminator_loss import softplus
from dimlearn.startup import keras, tf


# cross-entropy
def cross_entropy(real, fake):
    entropy = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(entropy(tf.ones_like(real), real)) + tf.reduce_mean(
        entropy(tf.zeros_like(fake), fake)
    )


# Keras
def with_keras(prior_logits, code_logits):
    real, fake = keras.ops.log_sigmoid(prior_logits), keras.ops.log_sigmoid(-code_logits)
    return -keras.ops.mean(real) - keras.ops.mean(fake)


# a Keras loss
def keras_loss(prior_logits, code_logits):
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    labels = tf.concat([tf.ones_like(prior_logits), tf.zeros_like(code_logits)], 0)
    return 2 * loss(labels, tf.concat([prior_logits, code_logits], 0))


# plain loops
def loops(prior_logits, code_logits):
    real = sum(softplus(-prior_logits[i, 0]) for i in range(prior_logits.shape[0]))
    fake = sum(softplus(code_logits[i, 0]) for i in range(code_logits.shape[0]))
    return real / prior_logits.shape[0] + fake / code_logits.shape[0]
