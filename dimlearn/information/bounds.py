"""Bounds on mutual information, from the scores that a critic gives to pairs. Lessons 2, 3.

A critic `T` scores every pair of a batch: `scores[i, j] = T(code of image i, features of image j)`.
The diagonal holds the positive pairs, samples of the joint distribution J; the rest holds the
negative pairs, samples of the product M of the marginals. Scores may have more axes behind the
first two: `scores[i, j, l]` scores code `i` against location `l` of image `j`.

All values are in nats, and all functions are to be maximised. They take NumPy arrays or tensors,
float32 or float64, can be differentiated, work inside `tf.function`, and stay finite where the
mathematics does (scores of plus and minus 1000). Scores of 16 bits, as mixed precision has them,
are read as float32. With sp = softplus:

    DV        E_J[T] - log E_M[exp T]             Donsker & Varadhan 1983, DIM Eq. 2
    NWJ       E_J[T] - E_M[exp(T - 1)]            Nguyen, Wainwright & Jordan 2010
    JSD       E_J[-sp(-T)] - E_M[sp(T)]           Nowozin et al. 2016, DIM Eq. 4
    InfoNCE   E_J[T - log mean_j exp T(., j)]     van den Oord et al. 2018, DIM Eq. 5 plus log N

With the expectations of J and M themselves, DV, NWJ and InfoNCE are lower bounds on the mutual
information. Of a batch, NWJ and InfoNCE still are on average; over the locations of a map InfoNCE
is one in the direction of the codes only (`local_infonce`). DV, and MINE's form of it further down,
is not: the log of a mean over few pairs is too small on average, the value too high. The JSD
objective is no bound: its optimum is 2 JSD(J || M) - 2 log 2. SMILE is not either: it can exceed
the mutual information. What a critic trained by JSD says about it is in
`dimlearn.information.readouts`.
"""

import math

from dimlearn.startup import keras, tf

# ---------------------------------------------------------------- scores


def full_precision(scores):
    """Scores as a tensor to compute a bound from: of 16 bits as float32, others as they are.

    A bound sums over the pairs of a batch and takes exponentials. float16 ends at 65504, which a
    batch of 256 exceeds by the number of its pairs, and bfloat16 keeps less than three figures.
    """
    scores = tf.convert_to_tensor(scores)
    return tf.cast(scores, tf.float32) if scores.dtype.size == 2 else scores


# ---------------------------------------------------------------- pairs of a batch. Lessons 2, 5


def pairwise_scores(u, v):
    """The inner product of every row of `u` with every row of `v`: a score matrix.

    `[N, U], [N, U] -> [N, N]`, `scores[i, j] = u_i . v_j`: the dot-product critic of code `i` and
    the features of image `j`, both embedded in U dimensions. Axes before these two are a batch of
    such matrices: `[..., N, U], [..., M, U] -> [..., N, M]`.
    """
    return tf.matmul(tf.convert_to_tensor(u), tf.convert_to_tensor(v), transpose_b=True)


def split_pairs(scores):
    """Positive and negative scores of a score tensor.

    `scores`: `[N, N]` or `[N, N, L]`. Returns `(positive, negative)` of shapes `[N]`, `[N (N-1)]`
    or `[N, L]`, `[N (N-1), L]`. Raises `ValueError` for N < 2: there is no negative pair.
    """
    scores = full_precision(scores)
    if scores.shape[0] is not None and scores.shape[0] < 2:
        raise ValueError(f"a negative pair needs 2 items, but N = {scores.shape[0]}")
    diagonal = tf.eye(tf.shape(scores)[0]) > 0  # [N, N]
    positive = tf.gather_nd(scores, tf.where(diagonal))  # [N] or [N, L]
    negative = tf.gather_nd(scores, tf.where(~diagonal))  # [N (N-1)] or [N (N-1), L]
    return positive, negative


def mismatch(features):
    """The same items in an order that leaves no item in its place (a derangement).

    `features`: `[N, ...] -> [N, ...]`, every item moved one place on. In a shuffled batch the
    neighbour is a random other image. Raises `ValueError` for N < 2.
    """
    if features.shape[0] is not None and features.shape[0] < 2:
        raise ValueError(f"mismatch needs at least 2 items, but N = {features.shape[0]}")
    return tf.roll(features, shift=1, axis=0)


def log_mean_exp(x, axis=None):
    """`log(mean(exp(x)))` over an axis of `x`, or over all its entries, without overflow."""
    x = full_precision(x)
    return tf.reduce_logsumexp(x, axis) - log_size(x, axis)


def log_size(x, axis=None):
    """The log of the number of entries of `x`, or of those along an axis, in the type of `x`."""
    size = tf.size(x) if axis is None else tf.shape(x)[axis]
    return tf.math.log(tf.cast(size, x.dtype))


# ---------------------------------------------------------------- bounds on positive and negative


def dv(positive, negative):
    """Donsker-Varadhan (DIM Eq. 2) of positive and negative scores of any shape: a scalar, nats."""
    return tf.reduce_mean(full_precision(positive)) - log_mean_exp(negative)


def nwj(positive, negative):
    """Nguyen-Wainwright-Jordan, the f-GAN bound on the KL divergence: a scalar, nats."""
    return tf.reduce_mean(full_precision(positive)) - tf.exp(log_mean_exp(negative) - 1.0)


def answer_cost(logits, yes):
    """What answers cost on average, given as logits of any shape: a scalar, nats.

    Minus the mean log-probability of the right answer: `mean sp(-logits)` where the right answer to
    all of them is yes, `mean sp(logits)` where it is no. A logit of 0 costs log 2.
    """
    logits = full_precision(logits)
    return tf.reduce_mean(tf.nn.softplus(-logits if yes else logits))


def jsd(positive, negative):
    """Jensen-Shannon objective (DIM Eq. 4), without a shift by log 2: a scalar, nats."""
    return -answer_cost(positive, yes=True) - answer_cost(negative, yes=False)


def infonce(positive, negative):
    """InfoNCE with a single negative for each positive, `[N, ...]` each: a scalar, at most log 2.

    With one negative InfoNCE can tell at most log 2 nats; it wants the whole batch, as
    `infonce_bound` has it.
    """
    log_softmax = -tf.nn.softplus(full_precision(negative) - full_precision(positive))
    return tf.reduce_mean(log_softmax) + math.log(2.0)


# ---------------------------------------------------------------- bounds on a score matrix


def dv_bound(scores):
    """Donsker-Varadhan bound of a score matrix `[N, N]` (DIM Eq. 2): a scalar, nats.

    Adding a constant to all scores changes nothing.
    """
    return dv(*split_pairs(scores))


def nwj_bound(scores):
    """Nguyen-Wainwright-Jordan bound of a score matrix `[N, N]`: a scalar, nats.

    Its optimal critic is 1 + log dJ/dM. Overflows for off-diagonal scores above +80, as the
    mathematics does.
    """
    return nwj(*split_pairs(scores))


def jsd_bound(scores):
    """Jensen-Shannon objective of a score matrix `[N, N]` (DIM Eq. 4): a scalar, nats.

    All-zero scores give -2 log 2; the supremum is 0. Its optimal critic is log dJ/dM.
    """
    return jsd(*split_pairs(scores))


def infonce_bound(scores):
    """InfoNCE of a score matrix `[N, N]` (DIM Eq. 5 plus log N): a scalar, nats, at most log N.

    Each row is a classification: which of the N items belongs to code `i`? Adding a constant to
    a row changes nothing.
    """
    scores = full_precision(scores)
    positive = tf.linalg.diag_part(scores)  # [N]
    candidates = tf.reduce_logsumexp(scores, axis=1)  # [N]: over the items j of each row
    return tf.reduce_mean(positive - candidates) + log_size(scores, axis=1)


def infonce_codes_bound(scores):
    """InfoNCE in the other direction, of a score matrix `[N, N]`: a scalar, nats, at most log N.

    Each column is a classification: which of the N codes belongs to item `j`? Adding a constant
    to a column changes nothing. MI is symmetric, so this bounds the same quantity.
    """
    return infonce_bound(tf.transpose(scores))


# ---------------------------------------------------------------- more on a score matrix. Lesson 3


def smile(scores, tau=5.0):
    """SMILE (Song & Ermon 2020, Eq. 10) of a score matrix `[N, N]`: a scalar, nats. Not a bound.

    DV with the negative scores clipped to [-tau, tau], which limits its variance. What is clipped
    away from above is no longer subtracted: where that outweighs what clipping from below adds, as
    it does at large values, even the log density ratio itself reads above the mutual information.
    It is for reading a critic that was trained with `jsd_bound`.
    """
    positive, negative = split_pairs(scores)  # [N], [N (N-1)]
    return tf.reduce_mean(positive) - log_mean_exp(tf.clip_by_value(negative, -tau, tau))


def mine_bound(scores, log_average=None, rate=0.01):
    """DV with MINE's gradient (Belghazi et al. 2018, section 3.2): `(bound, log_average)`.

    The log of a batch mean is a biased estimate of the log of the mean, and so is its gradient.
    MINE divides the gradient of E_M[exp T] by a moving average over the batches instead. The
    bound's *value* is that of `dv_bound`, its bias included; only the gradient is corrected.

    `scores`: `[N, N]`; `log_average`: what the last call returned, None at the first (an average
    that starts at 1 would take a hundred steps to forget it). Kept as a log, it cannot overflow.
    """
    positive, negative = split_pairs(scores)  # [N], [N (N-1)]
    log_mean = log_mean_exp(negative)
    if log_average is None:
        log_average = log_mean
    else:
        old, new = log_average + math.log(1 - rate), log_mean + math.log(rate)
        log_average = keras.ops.logaddexp(old, new)
    log_average = tf.stop_gradient(log_average)
    corrected = tf.exp(log_mean - log_average)  # at most 1 / rate; its gradient is what we want
    partition = tf.stop_gradient(log_mean - corrected) + corrected
    return tf.reduce_mean(positive) - partition, log_average


# ---------------------------------------------------------------- the local objective. Lesson 6


def local_jsd(scores):
    """Local JSD objective of scores `[N, N, L]` (DIM Eq. 6 with Eq. 4): a scalar, nats.

    Positives are averaged over images and locations, negatives over pairs and locations. The
    mean being linear, this is also the mean over locations of `jsd_bound`.
    """
    return jsd(*split_pairs(scores))


def local_nwj(scores):
    """Local NWJ bound of scores `[N, N, L]` (DIM Eq. 6), the mean over locations: nats."""
    return nwj(*split_pairs(scores))


def local_dv(scores):
    """Local DV bound of scores `[N, N, L]` (DIM Eq. 6), the mean over locations: nats."""
    positive, negative = split_pairs(scores)  # [N, L], [N (N-1), L]
    return tf.reduce_mean(positive) - tf.reduce_mean(log_mean_exp(negative, axis=0))


def local_infonce(scores):
    """Local InfoNCE of scores `[N, N, L]`: a scalar, nats, at most log(1 + (N-1) L).

    For code `i` and location `l` of its own image: the log-softmax of `scores[i, i, l]` against
    itself and every location of every other image (other locations of the same image are not
    negatives), averaged over `i` and `l`, plus log(1 + (N-1) L). As in the authors' code.

    No lower bound on mutual information: the L locations of an image are one draw and not L. Where
    an image is a coin, all its locations show it and the code is it, the perfect critic reads
    log(1 + L) / 2 on average for N = 2. `local_infonce_codes` has independent candidates.
    """
    scores = full_precision(scores)
    n, _, locations = tf.unstack(tf.shape(scores))
    positive, negative = split_pairs(scores)  # [N, L], [N (N-1), L]
    others = tf.reduce_logsumexp(tf.reshape(negative, [n, -1]), axis=1, keepdims=True)  # [N, 1]
    log_softmax = -tf.nn.softplus(others - positive)  # [N, L]
    count = tf.cast(1 + (n - 1) * locations, scores.dtype)
    return tf.reduce_mean(log_softmax) + tf.math.log(count)


def local_infonce_codes(scores):
    """Local InfoNCE in the other direction, of scores `[N, N, L]`: a scalar, nats, at most log N.

    For image `j` and location `l` of it: the log-softmax of `scores[j, j, l]` over the codes of
    all images, averaged over `j` and `l`, plus log N. A patch that fits many images, such as an
    empty one, gives an even softmax here; in `local_infonce` all its copies compete as negatives.
    """
    scores = full_precision(scores)
    positive, _ = split_pairs(scores)  # [N, L]
    candidates = tf.reduce_logsumexp(scores, axis=0)  # [N, L]: over the codes i
    return tf.reduce_mean(positive - candidates) + log_size(scores, axis=0)


# What the word in `DeepInfoMax(bound="jsd")` stands for: on a matrix, on a local tensor, and on
# one negative for each positive.
BOUNDS = {
    "jsd": (jsd_bound, local_jsd, jsd),
    "dv": (dv_bound, local_dv, dv),
    "nwj": (nwj_bound, local_nwj, nwj),
    "infonce": (infonce_bound, local_infonce, infonce),
    "infonce_codes": (infonce_codes_bound, local_infonce_codes, infonce),
}
