"""Right answers to `dim_step`."""

from dimlearn.check.exercises.dim_step import dim_step
from dimlearn.information.bounds import local_infonce
from dimlearn.startup import tf

sp = tf.nn.softplus


def two_tapes(images, prior, encoder, critic, discriminator, optimizer, other, beta, gamma):
    with tf.GradientTape() as tape:
        feature_map, code = encoder(images, training=True)
        squashed = tf.sigmoid(code)
        fooled = tf.reduce_mean(sp(-discriminator(squashed)))
        loss = gamma * fooled - beta * local_infonce(critic(feature_map, code))
    weights = [*critic.trainable_weights, *encoder.trainable_weights]
    gradients = tape.gradient(loss, weights)
    with tf.GradientTape() as tape:
        fake = tf.reduce_mean(sp(discriminator(tf.stop_gradient(squashed))))
        theirs = fake + tf.reduce_mean(sp(-discriminator(prior)))
    other.apply(tape.gradient(theirs, discriminator.trainable_weights),
                discriminator.trainable_weights)  # fmt: skip
    optimizer.apply(gradients, weights)
    return [loss, theirs]


def all_at_once(x, z, e, t, d, opt, opt_d, beta, gamma, sizes=None):
    n = tf.shape(x)[0]
    with tf.GradientTape(persistent=True) as tape:
        outputs = e(x, training=True)
        logits = d(tf.concat([z, tf.sigmoid(outputs[1])], axis=0))
        real, fake = logits[:n], logits[n:]
        loss = -beta * local_infonce(t(*outputs)) + gamma * tf.reduce_mean(sp(-fake))
        game = tf.reduce_mean(sp(-real)) + tf.reduce_mean(sp(fake))
    variables = e.trainable_variables, t.trainable_variables
    up, there = tape.gradient(loss, variables)
    found = tape.gradient(game, d.trainable_variables)
    opt.apply_gradients(zip(up + there, variables[0] + variables[1]))
    opt_d.apply_gradients(zip(found, d.trainable_variables))
    return tf.stack([loss, game])


def compiled(images, prior, encoder, critic, discriminator, optimizer, other, beta, gamma):
    if not optimizer.built:
        optimizer.build(encoder.trainable_variables + critic.trainable_variables)
        other.build(discriminator.trainable_variables)
    rest = encoder, critic, discriminator, optimizer, other, beta, gamma
    return tf.function(lambda x, z: dim_step(x, z, *rest))(images, prior)
