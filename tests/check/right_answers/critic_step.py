"""Right answers to `critic_step`."""

import math

from dimlearn.check.exercises.critic_step import critic_step
from dimlearn.startup import keras, tf


def written_out(critic, optimizer, x, y):
    with tf.GradientTape() as tape:
        scores = critic(x, y)
        own = tf.linalg.diag_part(tf.nn.log_softmax(scores, axis=1))
        bound = tf.reduce_mean(own) + math.log(x.shape[0])
        loss = tf.negative(bound)
    gradients = tape.gradient(loss, critic.trainable_weights)
    optimizer.apply(gradients, critic.trainable_weights)
    return bound


def upwards(t, opt, a, b, training=None):
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([v.value for v in t.trainable_variables])
        scores = t(a, b)
        labels = tf.range(tf.shape(scores)[0])
        loss = keras.losses.sparse_categorical_crossentropy(labels, scores, from_logits=True)
        bound = tf.math.log(tf.cast(tf.shape(scores)[0], tf.float32)) - tf.reduce_mean(loss)
    downhill = [-g for g in tape.gradient(bound, t.trainable_variables)]
    opt.apply_gradients(list(zip(downhill, t.trainable_variables)))
    return bound


def compiled(critic, optimizer, x, y):
    if not optimizer.built:
        optimizer.build(critic.trainable_variables)
    return tf.function(lambda a, b: critic_step(critic, optimizer, a, b))(x, y)
