"""Prior matching (DIM Eq. 7): the discriminator, what it is shown, and a loss for each. Lesson 7.

The two information terms are cooperative: encoder and critic both maximise them. The prior is a
game. The discriminator learns to tell codes from samples of the prior, the encoder to give codes
that it takes for samples; so each of the two has a loss of its own.
"""

from dimlearn.information.bounds import answer_cost
from dimlearn.startup import keras, tf

PRIORS = ("uniform", "gaussian")


def build_discriminator(code_dim, units=(256, 128)):
    """The prior discriminator: `[N, D] -> [N, 1]` logits. The paper's has 1000-200 units."""
    layers = [keras.layers.Dense(count, activation="relu") for count in units]
    return keras.Sequential(
        [keras.Input((code_dim,)), *layers, keras.layers.Dense(1)], name="discriminator"
    )


# ---------------------------------------------------------------- what it is shown


def squash(code, prior):
    """The code as the discriminator sees it: through a sigmoid for a uniform prior, else as is."""
    return tf.sigmoid(code) if prior == "uniform" else code


def prior_samples(shape, prior, seed):
    """Samples of U[0, 1) or of a standard Gaussian, inside a graph: the same for the same `seed`,
    a pair of integers."""
    draw = tf.random.stateless_uniform if prior == "uniform" else tf.random.stateless_normal
    return draw(shape, seed)


# ---------------------------------------------------------------- the losses


def discriminator_loss(prior_logits, code_logits):
    """What the discriminator minimises: a scalar, nats.

    Logits `[N, 1]`: `mean sp(-prior_logits) + mean sp(code_logits)`, the cross-entropy of telling
    samples of the prior (real) from codes (fake). At zero logits 2 log 2.
    """
    return answer_cost(prior_logits, yes=True) + answer_cost(code_logits, yes=False)


def prior_loss(code_logits):
    """What the encoder minimises to look like the prior: a scalar, nats.

    Logits `[N, 1]`: `mean sp(-code_logits)`, the non-saturating form of Goodfellow et al. 2014: its
    gradient is strongest where the discriminator is sure of its case. At zero logits log 2.
    """
    return answer_cost(code_logits, yes=True)
