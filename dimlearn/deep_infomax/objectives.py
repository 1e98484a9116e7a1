"""The objectives of Deep InfoMax: global, local, and the weighted sum. Lessons 5, 6 and 8.

Both information terms are bounds on the scores of a critic, and are maximised; the prior's loss
(`prior.py`) is minimised. `dim_loss` puts the three together.
"""

from dimlearn.errors import InputError
from dimlearn.information.bounds import BOUNDS, full_precision
from dimlearn.startup import tf


def global_objective(critic, bound, feature_map, code, negatives="all"):
    """A bound for the whole feature map and the code (DIM section 3.1): a scalar, nats.

    `feature_map`: `[N, M, M', C]`; `code`: `[N, D]`; `bound`: a function of scores `[N, N]`, or
    of positive and negative scores `[N]` when `negatives` is "one".
    """
    _, rows, columns, channels = feature_map.shape
    whole = [tf.shape(feature_map)[0], 1, rows * columns * channels]
    features = tf.reshape(feature_map, whole)  # [N, L, F] with L = 1
    if negatives == "one":
        positive, negative = map(full_precision, critic.matched(features, code))  # [N, 1] each
        return bound(positive[:, 0], negative[:, 0])
    return bound(full_precision(critic(features, code))[..., 0])  # of [N, N, 1]


def local_objective(critic, bound, feature_map, code, negatives="all"):
    """A bound for every location of the feature map and the code (DIM Eq. 6): a scalar, nats.

    `feature_map`: `[N, M, M', C]`; `code`: `[N, D]`; `bound`: a function of scores `[N, N, L]`,
    or of positive and negative scores `[N, L]` when `negatives` is "one".
    """
    _, rows, columns, channels = feature_map.shape
    count = -1 if None in (rows, columns) else rows * columns  # of an encoder for any size
    features = tf.reshape(feature_map, [tf.shape(feature_map)[0], count, channels])  # [N, L, F]
    if negatives == "one":
        return bound(*map(full_precision, critic.matched(features, code)))  # of [N, L] each
    return bound(full_precision(critic(features, code)))  # of [N, N, L]


def across_views(feature_map, code):
    """The pairs `(feature_map, code)` across two views (AMDIM, Bachman et al. 2019).

    Maps `[2N, M, M', C]` and codes `[2N, D]` of N pictures and of N other pictures of the same
    images. The code of each picture is paired with the map of the other, both ways.
    """
    map_a, map_b = tf.split(feature_map, 2)
    code_a, code_b = tf.split(code, 2)
    return [(map_b, code_a), (map_a, code_b)]


def mean_over_pairs(objective, pairs):
    """The mean of a function of `(feature_map, code)` over such pairs: a scalar."""
    return tf.add_n([objective(*pair) for pair in pairs]) / len(pairs)


def dim_loss(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    """`-alpha * global_mi - beta * local_mi + gamma * prior_loss` (DIM Eq. 8): nats.

    A loss, to be minimised. The two bounds are maximised and enter with a minus, the prior's loss
    is minimised already.
    """
    return -alpha * global_mi - beta * local_mi + gamma * prior_loss


# ---------------------------------------------------------------- which bound


def mean_over_locations(bound):
    """The local version of a bound on matrices, as DIM Eq. 6 has it.

    `bound`: a function of scores `[N, N]`. Returns the function of scores `[N, N, L]` that
    averages it over the locations.
    """

    def local_bound(scores):
        if scores.shape[2] is None:
            raise InputError("with an encoder for any size a bound of your own needs a local_bound")
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
