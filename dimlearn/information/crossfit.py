"""Cross-fitting: every pair scored by critics that never saw it. Lesson 2.

A critic that is read on its own training pairs remembers them: on independent data it can claim
any number of nats. So the sample is cut into folds, and for each fold

1. critics of several kinds (`dimlearn.ratios`) are fitted to the other folds, the networks at
   the checkpoint that is best on a validation slice of those;
2. the same slice weighs their mixture and puts a cap on its scores;
3. the fold itself is scored once, at the very end.

Nothing is chosen on the pairs that give the value, and all pairs give it.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import logsumexp, softmax

from dimlearn.errors import InputError
from dimlearn.information.bounds import dv_bound
from dimlearn.information.critics import (
    ConcatCritics,
    GaussianCritic,
    KernelCritic,
    SeparableCritics,
)
from dimlearn.information.samples import own_rng
from dimlearn.startup import keras, tf

FOLDS = 5
HALVED = 2  # folds that are fitted a second time, to half of their training pairs
VALIDATION = 0.15  # of all pairs, taken from the training folds
WEIGHED = 300  # validation pairs that weigh the mixture
GAUSSIAN_DIMENSIONS = 300  # of x and y together; the matrices grow with their square
KERNEL_DIMENSIONS = 4  # beyond, kernels are empty or blunt
BANDWIDTHS = (0.01, 0.03, 0.1)  # in rank-uniform coordinates
NETWORKS = {"separable": SeparableCritics, "concat": ConcatCritics}
LIMIT = 50.0  # scores are log ratios: e^50 is certainty


@dataclass(frozen=True)
class Split:
    """Row numbers of a fold: the critics' `train`, the mixture's `validation`, and `test`."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    def halved(self):
        """The same with half of the training pairs, each twice: the same number of steps."""
        half = self.train[: len(self.train) // 2]
        return Split(np.resize(half, len(self.train)), self.validation, self.test)


@dataclass(frozen=True)
class Fold:
    """What a fold says: `rows [n]` of the sample, capped `scores [n, n]`, the mixture's weights."""

    rows: np.ndarray
    scores: np.ndarray
    weights: dict


def split_folds(n, rng, folds=FOLDS):
    """`folds` splits with test rows that make up 0 .. n-1 and training rows of one length."""
    rows = rng.permutation(n)
    parts = [rows[fold * n // folds : (fold + 1) * n // folds] for fold in range(folds)]
    count = max(4, round(VALIDATION * n))
    train_count = n - max(map(len, parts)) - count
    splits = []
    for fold, test in enumerate(parts):
        rest = rng.permutation(np.concatenate(parts[:fold] + parts[fold + 1 :]))
        splits.append(Split(rest[count : count + train_count], rest[:count], test))
    return splits


def cross_fit(x, y, kinds, seed, steps=1000, say=None):
    """Fit critics of `kinds` to a sample in rank-uniform coordinates and score each fold.

    `x`, `y`: `[n, dx]`, `[n, dy]` in (0, 1), see `pairs.rank_uniform`. `kinds`: of "gaussian",
    "kernel", "separable" and "concat". Returns `(folds, halves, curve)`: a `Fold` for each
    fold, a `Fold` for each of the first folds fitted to half of the training pairs, and the
    validation InfoNCE of the networks `[(step, nats)]` (empty without networks).
    """
    from scipy.special import ndtri

    gaussian = ndtri(x), ndtri(y)
    splits = split_folds(len(x), own_rng(seed))
    splits += [split.halved() for split in splits[:HALVED]]
    scored = {}
    curves = []
    for kind in (kind for kind in kinds if kind in NETWORKS):
        scored[kind], curve = train_networks(NETWORKS[kind], *gaussian, splits, seed, steps, say)
        curves.append(curve)
    folds = []
    for place, split in enumerate(splits):
        judged = split.validation[:WEIGHED]
        on_validation, on_test = {}, {}
        for kind, networks in scored.items():
            on_validation[kind], on_test[kind] = (
                networks(place, judged),
                networks(place, split.test),
            )
        for name, both in fit_in_one_go((x, y), gaussian, kinds, split, judged).items():
            on_validation[name], on_test[name] = both
        if not on_test:
            raise InputError(f"no critic of {', '.join(kinds)} is made for so many columns")
        folds.append(mix(split.test, on_validation, on_test))
    curve = np.mean(curves, axis=0) if curves else np.empty((0, 2))
    return folds[:FOLDS], folds[FOLDS:], curve


def fit_in_one_go(uniform, gaussian, kinds, split, judged):
    """Validation and test scores of the critics that need no training: `{name: (two matrices)}`.

    For the validation scores they are fitted to the training pairs, for the test scores to
    training and validation pairs: they have no checkpoint to choose and can use them all.
    """
    dims = uniform[0].shape[1] + uniform[1].shape[1]
    makers = {}
    if "gaussian" in kinds and dims <= GAUSSIAN_DIMENSIONS:
        makers["gaussian, shrunk"] = (partial(GaussianCritic, shrunk=True), gaussian)
        if len(split.train) > 4 * dims:  # half of them are pairs twice in a halved split
            makers["gaussian"] = (GaussianCritic, gaussian)
    if "kernel" in kinds and dims <= KERNEL_DIMENSIONS:
        for width in BANDWIDTHS:
            makers[f"kernel {width:g}"] = (partial(KernelCritic, bandwidth=width), uniform)
    scores = {}
    fitted = np.unique(split.train)
    for name, (maker, (x, y)) in makers.items():
        everything = np.concatenate([fitted, split.validation])
        scores[name] = (
            maker(x[fitted], y[fitted])(x[judged], y[judged]),
            maker(x[everything], y[everything])(x[split.test], y[split.test]),
        )
    return scores


# ---------------------------------------------------------------- networks


def both_infonce(scores):
    """InfoNCE of score matrices `[members, N, N]`, averaged over rows and columns: `[members]`."""
    own = tf.linalg.diag_part(scores)
    both = tf.reduce_logsumexp(scores, axis=1) + tf.reduce_logsumexp(scores, axis=2)
    log_n = tf.math.log(tf.cast(tf.shape(scores)[1], scores.dtype))
    return tf.reduce_mean(own - 0.5 * both, axis=1) + log_n


def train_networks(kind, x, y, splits, seed, steps, say, batch=128, every=100):
    """Networks for all splits at once, each at the checkpoint that is best on its validation slice.

    `kind`: a class of `NETWORKS`; `x`, `y`: all rows. Returns `(scores, curve)`: a function of
    (number of the split, row numbers `[k]`) that gives a score matrix `[k, k]`, and the mean
    validation InfoNCE `[(step, nats)]`.
    """
    train = tf.constant(np.stack([split.train for split in splits]))
    validation = tf.constant(np.stack([split.validation[:WEIGHED] for split in splits]))
    x, y = tf.constant(x, tf.float32), tf.constant(y, tf.float32)
    members, count = train.shape
    batch = min(batch if kind is SeparableCritics else batch // 2, count)
    critics = kind(own_rng(seed), members, x.shape[1], y.shape[1])
    rate = keras.optimizers.schedules.CosineDecay(4e-3, steps)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=0.3)
    optimizer.build(critics.variables)
    draws = tf.random.Generator.from_seed(seed)

    @tf.function
    def train_some(repeats):
        for _ in tf.range(repeats):
            chosen = draws.uniform([members, batch], 0, count, tf.int32)
            rows = tf.gather(train, chosen, batch_dims=1)
            with tf.GradientTape() as tape:
                value = both_infonce(critics(tf.gather(x, rows), tf.gather(y, rows)))
                loss = -tf.reduce_sum(value)  # no member sees another's gradient
            gradients = tape.gradient(loss, critics.variables)
            optimizer.apply_gradients(zip(gradients, critics.variables))

    @tf.function
    def judge():
        return both_infonce(critics(tf.gather(x, validation), tf.gather(y, validation)))

    best, kept, curve = np.full(members, -np.inf), None, []
    for begun in range(0, steps, every):
        step = min(begun + every, steps)
        train_some(tf.constant(step - begun))
        value, now = judge().numpy(), [variable.numpy() for variable in critics.variables]
        kept = kept or now
        better = value > best
        best[better] = value[better]
        for place, weights in zip(kept, now):
            place[better] = weights[better]
        curve.append((step, value[:FOLDS].mean()))
        if say:
            say(f"step {step}/{steps}: {curve[-1][1]:.3f} nats on validation pairs", passing=True)

    def scores(member, rows):
        one = kind(own_rng(seed), 1, x.shape[1], y.shape[1])
        for variable, weights in zip(one.variables, kept):
            variable.assign(weights[member : member + 1])
        return one(tf.gather(x, rows)[None], tf.gather(y, rows)[None])[0].numpy()

    return scores, np.array(curve)


# ---------------------------------------------------------------- the mixture


def mix(rows, on_validation, on_test):
    """The `Fold` of test rows: the mixture weighed and capped on validation scores."""
    stack, test = (
        np.clip(np.stack([scores[name] for name in on_validation]).astype("float64"), -LIMIT, LIMIT)
        for scores in (on_validation, on_test)
    )
    weights = weigh(stack)
    cap = choose_cap(np.tensordot(weights, stack, 1))
    mixed = np.minimum(np.tensordot(weights, test, 1), cap)
    return Fold(rows, mixed, dict(zip(on_validation, weights)))


def weigh(scores, rounds=20):
    """Weights `[K]` of the mixture of critics that has the highest InfoNCE on validation pairs.

    `scores`: `[K, m, m]`. InfoNCE, averaged over both sides, is concave in the weights; Newton's
    method finds its maximum. A Gaussian prior of deviation 1 around weight 0 counts as much as
    one pair: where pairs are few and show little, the mixture says little.
    """
    kinds, m, _ = scores.shape
    weights = np.full(kinds, 1 / kinds)
    own = np.einsum("kii->ki", scores).mean(axis=1)
    value = _penalised_infonce(weights, scores)
    for _ in range(rounds):
        mixed = np.tensordot(weights, scores, 1)
        slope, curvature = own - weights / m, np.eye(kinds) / m
        for axis in (0, 1):
            p = softmax(mixed, axis)
            weighted = scores * p
            mean = weighted.sum(axis=1 + axis)
            slope -= 0.5 * mean.mean(axis=1)
            second = np.tensordot(weighted, scores, axes=((1, 2), (1, 2)))
            curvature += 0.5 * (second - mean @ mean.T) / m
        move, length = np.linalg.solve(curvature, slope), 1.0
        while (reached := _penalised_infonce(weights + length * move, scores)) < value:
            length /= 2
            if length < 1e-3:
                return weights
        weights, gained, value = weights + length * move, reached - value, reached
        if gained < 1e-6:
            break
    return weights


def _penalised_infonce(weights, scores):
    mixed = np.tensordot(weights, scores, 1)
    both = 0.5 * (logsumexp(mixed, 0) + logsumexp(mixed, 1))
    return np.mean(np.diag(mixed) - both) - weights @ weights / (2 * len(mixed))


def choose_cap(scores, quantiles=(1.0, 0.99, 0.9, 0.7)):
    """The cap on scores with the highest DV value on validation pairs, among quantiles of the
    positive scores.

    One negative pair with a score that is far too high can take any value from DV. A capped critic
    is a critic too, so DV of it is still a lower bound.
    """
    caps = np.quantile(np.diag(scores), quantiles)
    return max(caps, key=lambda cap: float(dv_bound(np.minimum(scores, cap))))
