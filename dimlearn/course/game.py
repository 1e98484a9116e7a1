"""The game of lesson 07: encoder and critic on one side, a discriminator of codes on the other.

The step of all three is what a learner writes in lesson 08 (`dim_step`), so lesson 07 is given it.
"""

from dimlearn.deep_infomax.critics import DotProductCritic
from dimlearn.deep_infomax.prior import build_discriminator
from dimlearn.startup import keras, tf


def new_game(encoder, bound, encoder_loss, discriminator_loss, gamma, rate=2e-3):
    """A game around an encoder, with a new critic and a new discriminator: a compiled step.

    bound: of local scores `[N, N, L]`, to be raised; encoder_loss: of the codes' logits `[N, 1]`;
    discriminator_loss: of the prior's and the codes' logits; gamma: what the encoder's loss of the
    game weighs beside the bound.

    Returns `step(images, prior)`, which moves all three networks by Adam, once, and gives the
    losses of encoder and discriminator before that, a pair in nats.
    """
    code_dim = encoder.output_shape[1][-1]
    critic, discriminator = DotProductCritic(units=64), build_discriminator(code_dim)
    critic.build((None, None, encoder.output_shape[0][-1]), (None, code_dim))
    own = encoder.trainable_variables + critic.trainable_variables
    others = discriminator.trainable_variables
    own_optimizer, other_optimizer = keras.optimizers.Adam(rate), keras.optimizers.Adam(rate)

    @tf.function
    def step(images, prior):
        with tf.GradientTape(persistent=True) as tape:
            feature_map, code = encoder(images, training=True)
            features = tf.reshape(feature_map, [len(images), -1, feature_map.shape[-1]])
            logits = discriminator(tf.sigmoid(code))
            fool = encoder_loss(logits)
            tell_apart = discriminator_loss(discriminator(prior), logits)
            loss = gamma * fool - bound(critic(features, code))
        gradients, other_gradients = tape.gradient(loss, own), tape.gradient(tell_apart, others)
        own_optimizer.apply(gradients, own)
        other_optimizer.apply(other_gradients, others)
        return fool, tell_apart

    return step
