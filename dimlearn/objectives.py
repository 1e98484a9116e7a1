"""The three objectives of Deep InfoMax: global, local and prior matching. Lessons 4, 5 and 6.

The two information terms are cooperative: encoder and critic both maximise them. Only the prior
is a game, and it needs two losses, one for each player.
"""

from dimlearn.bounds import BOUNDS
from dimlearn.errors import InputError
from dimlearn.startup import keras, tf

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


def sample_prior(shape, prior, seed):
    """Independent samples of U[0, 1) or of a standard Gaussian: the same for the same `seed`, a
    pair of integers."""
    draw = tf.random.stateless_uniform if prior == "uniform" else tf.random.stateless_normal
    return draw(shape, seed)


def build_discriminator(code_dim, units=(256, 128)):
    """The prior discriminator: `[N, D] -> [N, 1]` logits. The paper's has 1000-200 units."""
    layers = [keras.layers.Dense(count, activation="relu") for count in units]
    return keras.Sequential(
        [keras.Input((code_dim,)), *layers, keras.layers.Dense(1)], name="discriminator"
    )
