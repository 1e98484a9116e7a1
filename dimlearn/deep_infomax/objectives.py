"""The objectives of Deep InfoMax: global, local, prior matching, and their sum. Lessons 4 to 7.

The two information terms are cooperative: encoder and critic both maximise them. Only the prior
is a game, and it needs two losses, one for each player.
"""

import numpy as np

from dimlearn.errors import InputError
from dimlearn.information.bounds import BOUNDS, jsd, local_jsd, mismatch
from dimlearn.startup import keras, tf

# ---------------------------------------------------------------- pairs and their scores


def global_pairs(feature_map, code):
    """The pairs that a global concat critic sees (DIM appendix): `(positive, negative)`.

    `feature_map`: `[N, M, M', C]`; `code`: `[N, D]`. Both results are `[N, M*M'*C + D]`: the
    flattened map, then the code. In a negative pair the row keeps its code and gets the map of
    another image. Raises `ValueError` for N < 2.
    """
    feature_map, code = tf.convert_to_tensor(feature_map), tf.convert_to_tensor(code)
    features = tf.reshape(feature_map, [tf.shape(code)[0], feature_map.shape[1:].num_elements()])
    positive = tf.concat([features, code], axis=1)
    return positive, tf.concat([mismatch(features), code], axis=1)


def global_loss(positive_scores, negative_scores):
    """The negative of the JSD objective (DIM Eq. 4) of scores `[N, 1]`: a scalar, nats.

    `mean sp(-positive) + mean sp(negative)`, the cross-entropy of telling the two kinds of pairs
    apart. To be minimised; at zero scores 2 log 2.
    """
    return -jsd(positive_scores, negative_scores)


def attach_code(feature_map, code):
    """The code beside the features of every location, the input of concat-and-convolve.

    `[N, M, M', C], [N, D] -> [N, M, M', C + D]`: the code of image `i` on image `i`'s map.
    """
    feature_map, code = tf.convert_to_tensor(feature_map), tf.convert_to_tensor(code)
    _, rows, columns, _ = feature_map.shape
    everywhere = tf.tile(code[:, None, None, :], [1, rows, columns, 1])
    return tf.concat([feature_map, everywhere], axis=3)


def local_scores(local_features, code_features):
    """Encode-and-dot-product: every code with every location of every image.

    `[N, L, U], [N, U] -> [N, N, L]`, `scores[i, j, l] = code_i . features_jl`.
    """
    return tf.einsum(
        "iu,jlu->ijl", tf.convert_to_tensor(code_features), tf.convert_to_tensor(local_features)
    )


# ---------------------------------------------------------------- mutual information


def global_objective(critic, bound, feature_map, code, negatives="all"):
    """A bound for the whole feature map and the code (DIM section 3.1): a scalar, nats.

    `feature_map`: `[N, M, M', C]`; `code`: `[N, D]`; `bound`: a function of scores `[N, N]`, or
    of positive and negative scores `[N]` when `negatives` is "one".
    """
    n, size = tf.shape(feature_map)[0], feature_map.shape[1:].num_elements()
    features = tf.reshape(feature_map, [n, 1, size])
    if negatives == "one":
        positive, negative = critic.matched(features, code)
        return bound(positive[:, 0], negative[:, 0])
    return bound(critic(features, code)[..., 0])


def local_objective(critic, bound, feature_map, code, negatives="all"):
    """A bound for every location of the feature map and the code (DIM Eq. 6): a scalar, nats.

    `feature_map`: `[N, M, M', C]`; `code`: `[N, D]`; `bound`: a function of scores `[N, N, L]`,
    or of positive and negative scores `[N, L]` when `negatives` is "one".
    """
    n, channels = tf.shape(feature_map)[0], feature_map.shape[-1]
    features = tf.reshape(feature_map, [n, feature_map.shape[1] * feature_map.shape[2], channels])
    if negatives == "one":
        return bound(*critic.matched(features, code))
    return bound(critic(features, code))


def mean_over_locations(bound):
    """The local version of a bound on matrices, as DIM Eq. 6 has it.

    `bound`: a function of scores `[N, N]`. Returns the function of scores `[N, N, L]` that
    averages it over the locations.
    """

    def local_bound(scores):
        return tf.reduce_mean([bound(matrix) for matrix in tf.unstack(scores, axis=2)])

    return local_bound


def find_bounds(bound, local_bound, negatives):
    """The functions `(global, local)` that a name of `BOUNDS` or the user's own functions mean."""
    if isinstance(bound, str):
        if bound not in BOUNDS:
            raise InputError(f"unknown bound {bound!r}: choose one of {', '.join(BOUNDS)}")
        on_matrix, on_tensor, on_pairs = BOUNDS[bound]
        if negatives == "one":
            return on_pairs, local_bound or on_pairs
        return on_matrix, local_bound or on_tensor
    if not callable(bound):
        raise InputError(f"bound must be a name or a function, but is {bound!r}")
    if negatives == "one":
        return bound, local_bound or bound
    return bound, local_bound or mean_over_locations(bound)


# ---------------------------------------------------------------- prior matching (DIM Eq. 7)


def discriminator_loss(prior_logits, code_logits):
    """What the discriminator minimises: a scalar, nats.

    Logits `[N, 1]`: `mean sp(-prior_logits) + mean sp(code_logits)`, the cross-entropy of telling
    samples of the prior (real) from codes (fake). At zero logits 2 log 2.
    """
    prior_logits, code_logits = map(tf.convert_to_tensor, (prior_logits, code_logits))
    return tf.reduce_mean(tf.nn.softplus(-prior_logits)) + tf.reduce_mean(
        tf.nn.softplus(code_logits)
    )


def prior_loss(code_logits):
    """What the encoder minimises to look like the prior: a scalar, nats.

    `mean sp(-code_logits)`, the non-saturating form of Goodfellow et al. 2014: its gradient is
    strongest where the discriminator is sure of its case. At zero logits log 2.
    """
    return tf.reduce_mean(tf.nn.softplus(-tf.convert_to_tensor(code_logits)))


def squash(code, prior):
    """The code as the discriminator sees it: through a sigmoid for a uniform prior, else as is."""
    return tf.sigmoid(code) if prior == "uniform" else code


def sample_prior(n, dim, seed=None):
    """Independent samples of the uniform prior U[0, 1): float32 `[n, dim]`, a NumPy array.

    The same for the same `seed`, a new sample at every call without one. No global generator is
    touched.
    """
    return np.random.default_rng(seed).random((n, dim), dtype="float32")


def stateless_prior(shape, prior, seed):
    """Samples of U[0, 1) or of a standard Gaussian, inside a graph: the same for the same `seed`,
    a pair of integers."""
    draw = tf.random.stateless_uniform if prior == "uniform" else tf.random.stateless_normal
    return draw(shape, seed)


def prior_gradients(encoder, discriminator, images, prior):
    """The gradients of both players of the prior game, each of its own loss.

    `encoder(images)` is the pair `(feature_map, code)`; `prior`: samples of U[0, 1) `[N, D]`;
    `discriminator` gives logits `[N, 1]` for those and for the code behind a sigmoid.
    Returns `(encoder_gradients, discriminator_gradients)`, lists beside the models'
    `trainable_variables`: of `prior_loss` and of `discriminator_loss`. Nothing is updated.
    """
    with tf.GradientTape(persistent=True) as tape:
        _, code = encoder(images)
        code_logits = discriminator(tf.sigmoid(code))
        for_encoder = prior_loss(code_logits)
        for_discriminator = discriminator_loss(discriminator(prior), code_logits)
    return (
        tape.gradient(for_encoder, encoder.trainable_variables),
        tape.gradient(for_discriminator, discriminator.trainable_variables),
    )


def build_discriminator(code_dim, units=(256, 128)):
    """The prior discriminator: `[N, D] -> [N, 1]` logits. The paper's has 1000-200 units."""
    layers = [keras.layers.Dense(count, activation="relu") for count in units]
    return keras.Sequential(
        [keras.Input((code_dim,)), *layers, keras.layers.Dense(1)], name="discriminator"
    )


# ---------------------------------------------------------------- the weighted loss (DIM Eq. 8)


def dim_loss(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    """`-alpha * global_mi - beta * local_mi + gamma * prior_loss`: a loss to be minimised, nats.

    The two bounds are maximised and enter with a minus, the prior's loss is minimised already.
    """
    return -alpha * global_mi - beta * local_mi + gamma * prior_loss


def train_step(images, encoder, critic, optimizer):
    """One step of the local objective for encoder and critic together: the loss before it, nats.

    `encoder(images, training=True)` is the pair `(feature_map, code)` and updates its batch
    normalisation; `critic(feature_map, code)` gives scores `[N, N, L]`. The loss is `-local_jsd`,
    and the trainable variables of both models move, for both maximise the same number.
    """
    with tf.GradientTape() as tape:
        feature_map, code = encoder(images, training=True)
        loss = -local_jsd(critic(feature_map, code))
    variables = [*encoder.trainable_variables, *critic.trainable_variables]
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
