"""Right answers to `prior_gradients`."""

from dimlearn.check.exercises.prior_gradients import prior_gradients
from dimlearn.deep_infomax.prior import discriminator_loss, prior_loss
from dimlearn.startup import keras, tf

softplus = tf.nn.softplus


def two_tapes(e, d, x, v):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(softplus(-d(tf.nn.sigmoid(e(x)[1]))))
    first = tape.gradient(loss, e.trainable_variables)
    with tf.GradientTape() as tape:
        code = tf.stop_gradient(tf.nn.sigmoid(e(x)[1]))
        loss = tf.reduce_mean(softplus(-d(v))) + tf.reduce_mean(softplus(d(code)))
    return first, tape.gradient(loss, d.trainable_variables)


def keras_losses(encoder, discriminator, images, prior):
    entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    with tf.GradientTape() as first, tf.GradientTape() as second:
        fake = discriminator(keras.ops.sigmoid(encoder(images)[1]))
        real = discriminator(prior)
        for_encoder = entropy(keras.ops.ones_like(fake), fake)
        for_discriminator = entropy(keras.ops.ones_like(real), real) + entropy(
            keras.ops.zeros_like(fake), fake
        )
    return [
        first.gradient(for_encoder, encoder.trainable_variables),
        second.gradient(for_discriminator, discriminator.trainable_variables),
    ]


def both_batches_at_once(encoder, discriminator, images, prior, squash=tf.sigmoid):
    n = len(prior)
    with tf.GradientTape(persistent=True) as tape:
        code = squash(encoder(images)[1])
        logits = discriminator(tf.concat([prior, code], axis=0))
        for_encoder = prior_loss(logits[n:])
        for_discriminator = discriminator_loss(logits[:n], logits[n:])
    g = tape.gradient(for_encoder, encoder.trainable_weights)
    return g, tape.gradient(for_discriminator, discriminator.trainable_weights)


def compiled(encoder, discriminator, images, prior):
    return tf.function(prior_gradients)(encoder, discriminator, images, prior)
