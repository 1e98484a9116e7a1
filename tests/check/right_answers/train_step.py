"""Right answers to `train_step`."""

from dimlearn.check.exercises.train_step import train_step
from dimlearn.information.bounds import local_jsd
from dimlearn.startup import tf


def written_out(x, e, t, opt):
    with tf.GradientTape() as tape:
        scores = t(*e(x, training=True))
        eye = tf.eye(scores.shape[0], dtype=tf.bool)
        joint = tf.reduce_mean(tf.nn.softplus(-tf.boolean_mask(scores, eye)))
        loss = joint + tf.reduce_mean(tf.nn.softplus(tf.boolean_mask(scores, ~eye)))
    weights = [*e.trainable_weights, *t.trainable_weights]
    opt.apply(tape.gradient(loss, weights), weights)
    return loss


def critic_first(images, encoder, critic, optimizer, training=True):
    variables = critic.trainable_variables + encoder.trainable_variables
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([v.value for v in variables])
        outputs = encoder(images, training=training)
        loss = tf.negative(local_jsd(critic(outputs[0], outputs[1])))
    optimizer.apply_gradients(list(zip(tape.gradient(loss, variables), variables)))
    return loss


def compiled(images, encoder, critic, optimizer):
    if not optimizer.built:
        optimizer.build(encoder.trainable_variables + critic.trainable_variables)
    return tf.function(lambda x: train_step(x, encoder, critic, optimizer))(images)
