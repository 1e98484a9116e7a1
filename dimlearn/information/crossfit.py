"""Cross-fitting: every pair scored by critics that never saw it. Lesson 3.

A critic that is read on its own training pairs remembers them: on independent data it can claim
any number of nats. So the sample is cut into folds, and for each fold

1. critics of several kinds (`dimlearn.information.critics`) are fitted to the other folds, the
   networks at the checkpoint that is best on a validation slice of those;
2. the same slice weighs their mixture and puts a cap on its scores (`mixture`);
3. the fold itself is scored once, at the very end.

Nothing is chosen on the pairs that give the value, and all pairs give it.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from dimlearn.errors import InputError
from dimlearn.information.critics import (
    ConcatCritics,
    GaussianCritic,
    KernelCritic,
    SeparableCritics,
    StudentCritic,
)
from dimlearn.information.few_columns import MOST_COLUMNS, pick_columns
from dimlearn.information.forests import FOREST_COLUMNS, ForestCritic
from dimlearn.information.mixture import mix
from dimlearn.information.samples import own_rng
from dimlearn.information.training import CosineAdamW, ascend_to_best
from dimlearn.startup import tf

FOLDS = 5
HALVED = 2  # folds that are fitted a second time, to half of their training pairs
VALIDATION = 0.15  # of all pairs, taken from the training folds
WEIGHED = 600  # validation pairs that weigh the mixture
GAUSSIAN_DIMENSIONS = 300  # of x and y together; the matrices grow with their square
FREEDOMS = (3, 10)  # of Student copulas: very heavy tails, heavy ones
BANDWIDTHS = (0.01, 0.03, 0.1)  # in rank-uniform coordinates
BLOCK = 200  # rows scored at once against all others, to save memory
NETWORKS = {"separable": SeparableCritics, "concat": ConcatCritics}


@dataclass(frozen=True)
class Split:
    """Row numbers of a fold: the critics' `train`, the mixture's `validation`, and `test`."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    def halved(self):
        """The same with half of the pairs to learn from; in training each twice, as many steps."""
        half, judged = (rows[: len(rows) // 2] for rows in (self.train, self.validation))
        return Split(np.resize(half, len(self.train)), judged, self.test)


@dataclass(frozen=True)
class Fold:
    """A fold's `rows [n]` of the sample and the scores `[n, n]` of their pairs, log ratios in nats.

    `scores[i, j]` is for `x[rows[i]]` with `y[rows[j]]`, by a critic that saw neither.
    """

    rows: np.ndarray
    scores: np.ndarray


def split_folds(n, rng, folds=FOLDS, groups=None):
    """`folds` splits with test rows that make up 0 .. n-1 and training rows of one length.

    Rows of one of the `groups [n]` (0, 1, ...) are all of them in one part of each split.
    """
    groups = np.arange(n) if groups is None else groups

    def shuffled(rows):
        return rows[np.argsort(rng.permutation(groups.max() + 1)[groups[rows]], kind="stable")]

    def cut(rows, places):  # each moved on to where the next group begins
        begins = np.append(np.flatnonzero(np.diff(groups[rows], prepend=-1)), len(rows))
        return np.split(rows, begins[np.searchsorted(begins, places)])

    parts = cut(shuffled(np.arange(n)), [fold * n // folds for fold in range(1, folds)])
    if min(map(len, parts)) == 0:
        raise InputError("the groups are too unequal: most rows belong to a few of them")
    count, splits = max(4, round(VALIDATION * n)), []
    for fold, test in enumerate(parts):
        rest = shuffled(np.concatenate(parts[:fold] + parts[fold + 1 :]))
        validation, train = cut(rest, [count])
        splits.append(Split(train, validation, test))
    shortest = min(len(split.train) for split in splits)
    return [Split(split.train[:shortest], split.validation, split.test) for split in splits]


def cross_fit(x, y, kinds, seed, steps=1000, say=None, groups=None):
    """Fit critics of `kinds` to a sample in rank-uniform coordinates and score each fold.

    `x`, `y`: `[n, dx]`, `[n, dy]` in (0, 1), see `samples.rank_uniform`. `kinds`: of "gaussian",
    "student", "kernel", "forest", "separable" and "concat". `groups`: as in `split_folds`.
    Returns `(folds, halves, curve)`: a `Fold` for each fold, a `Fold` for each of the first folds
    fitted to half of the training pairs, and the validation InfoNCE of the networks
    `[(step, nats)]` (empty without networks).
    """
    from scipy.special import ndtri

    gaussian = ndtri(x), ndtri(y)
    splits = split_folds(len(x), own_rng(seed), groups=groups)
    splits += [split.halved() for split in splits[:HALVED]]
    networks, curves = [], []
    for kind in (NETWORKS[kind] for kind in kinds if kind in NETWORKS):
        scores, curve = train_networks(kind, *gaussian, splits, seed, steps, say)
        networks.append(scores)
        curves.append(curve)
    folds = []
    for number, split in enumerate(splits):
        judged = split.validation[:WEIGHED]
        scored = [(scores(number, judged), scores(number, split.test)) for scores in networks]
        scored += fit_in_one_go((x, y), gaussian, kinds, split, judged)
        scored += grow_forests(x, y, split, judged) if "forest" in kinds else []
        if not scored:
            few = "few" if kinds == ("forest",) else "many"
            raise InputError(f"no critic of {', '.join(kinds)} is made for so {few} columns")
        folds.append(Fold(split.test, mix(*zip(*scored))))
    curve = np.mean(curves, axis=0) if curves else np.empty((0, 2))
    return folds[:FOLDS], folds[FOLDS:], curve


def fit_in_one_go(uniform, gaussian, kinds, split, judged):
    """Scores of validation and test pairs by critics that need no training: pairs of matrices.

    For the validation scores they are fitted to the training pairs, for the test scores to
    training and validation pairs: they have no checkpoint to choose and can use them all.
    """
    dims = uniform[0].shape[1] + uniform[1].shape[1]
    fitted = np.unique(split.train)
    critics = []
    if "gaussian" in kinds and dims <= GAUSSIAN_DIMENSIONS:
        critics.append((partial(GaussianCritic, shrunk=True), gaussian))
        if len(fitted) > 2 * dims:
            critics.append((GaussianCritic, gaussian))
    if "student" in kinds and 2 * dims < len(fitted) and dims <= GAUSSIAN_DIMENSIONS:
        critics += [(partial(StudentCritic, freedom=freedom), uniform) for freedom in FREEDOMS]
    if "kernel" in kinds:
        of_x, of_y = pick_columns(uniform[0][fitted], uniform[1][fitted])
        few = uniform[0][:, of_x], uniform[1][:, of_y]
        if dims <= MOST_COLUMNS:
            critics += [(partial(KernelCritic, bandwidth=width), uniform) for width in BANDWIDTHS]
        if len(of_x) + len(of_y) < dims:
            critics += [(partial(KernelCritic, bandwidth=width), few) for width in BANDWIDTHS]
    everything = np.concatenate([fitted, split.validation])
    return [
        (
            critic(x[fitted], y[fitted])(x[judged], y[judged]),
            critic(x[everything], y[everything])(x[split.test], y[split.test]),
        )
        for critic, (x, y) in critics
    ]


def grow_forests(x, y, split, judged):
    """Scores of validation and test pairs by forests, where a side has few columns to predict."""
    fitted, scored = np.unique(split.train), []
    for turned, one, other in ((False, x, y), (True, y, x)):
        if one.shape[1] > 1 and other.shape[1] <= FOREST_COLUMNS:
            critic = ForestCritic(one[fitted], other[fitted])
            pair = [critic(one[rows], other[rows]) for rows in (judged, split.test)]
            scored.append(tuple(scores.T for scores in pair) if turned else tuple(pair))
    return scored


# ---------------------------------------------------------------- networks


def train_networks(kind, x, y, splits, seed, steps, say, batch=128):
    """Networks for all splits at once, each at the checkpoint that is best on its validation slice.

    `kind`: a class of `NETWORKS`; `x`, `y`: all rows. Returns `(scores, curve)`: a function of
    (number of the split, row numbers `[k]`) that gives a score matrix `[k, k]`, and the mean
    validation InfoNCE `[(step, nats)]`.
    """
    train = tf.constant(np.stack([split.train for split in splits]))  # [members, count]
    judged = min(WEIGHED, min(len(split.validation) for split in splits))
    validation = tf.constant(np.stack([split.validation[:judged] for split in splits]))
    x, y = tf.constant(x, tf.float32), tf.constant(y, tf.float32)
    members, count = train.shape
    batch = min(batch, count)
    critics = kind(own_rng(seed), members, x.shape[1], y.shape[1])
    draws = tf.random.Generator.from_seed(seed)

    def infonce(rows):
        return critics.infonce(tf.gather(x, rows), tf.gather(y, rows))  # [members]

    def objective():  # summed over members, none of whom sees another's gradient
        chosen = draws.uniform([members, batch], 0, count, tf.int32)
        return infonce(tf.gather(train, chosen, batch_dims=1))

    judge = tf.function(lambda: infonce(validation))
    optimizer = CosineAdamW(critics.variables, 4e-3, steps, weight_decay=0.3)
    seen = ascend_to_best(objective, judge, optimizer, steps, say)

    def scores(member, rows):
        one = kind(own_rng(seed), 1, x.shape[1], y.shape[1])
        for variable, all_members in zip(one.variables, critics.variables):
            variable.assign(all_members[member : member + 1])
        right = tf.gather(y, rows)[None]
        blocks = (rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK))
        return np.concatenate([one(tf.gather(x, block)[None], right)[0] for block in blocks])

    return scores, np.array([(step, values[:FOLDS].mean()) for step, values in seen])
