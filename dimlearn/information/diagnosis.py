"""What is in a representation? Dependence between the dimensions of a code. Lesson 10.

Two numbers about codes `[N, D]`, both in nats:

    neural dependency   KL(code || code with every dimension shuffled by itself), by a critic: NDM
                        of the DIM paper (section 4.1). 0 for independent dimensions
    MINE                I(X; Y) of images and their codes, by a critic trained as MINE

All critics are read on codes that they did not see. That is not how the paper did it: read on its
own training codes a critic finds dependence in pure noise.
"""

import math
from dataclasses import replace

import numpy as np
from scipy.special import logsumexp

from dimlearn.errors import InputError
from dimlearn.information.bounds import dv_bound, jsd, mine_bound
from dimlearn.information.critics import Perceptrons
from dimlearn.information.crossfit import split_folds
from dimlearn.information.estimators import Estimate
from dimlearn.information.mixture import choose_cap, mix, weigh
from dimlearn.information.samples import check_sample, own_rng, rank_gaussian
from dimlearn.information.training import CosineAdamW, CriticInTraining, ascend_to_best
from dimlearn.information.worlds import World
from dimlearn.startup import tf

MIN_CODES = 100
SHUFFLES = 20  # of the held-out codes, for the negatives of the read-out


def shuffle_dimensions(codes, seed=0):
    """The codes with every dimension shuffled by a permutation of its own: `[N, D] -> [N, D]`.

    Each column keeps its values and loses its company: rows become samples of the product of the
    marginals, the other side of the neural dependency measure (DIM section 4.1). A permutation
    that the columns share would only reorder the rows. The same for the same `seed`.
    """
    return np.random.default_rng(seed).permuted(np.asarray(codes), axis=0)


def neural_dependency(codes, folds=5, steps=1000, seed=0, say=None):
    """The neural dependency measure of codes `[N, D]`: an `Estimate` of their total correlation.

    A critic f tells codes from shuffled codes (a new shuffle for every batch); where it is right,
    f is the log density ratio, and `one_among_shuffles` of it bounds KL(code || shuffled code)
    from below. Each fold is read by a critic of the other folds, at its best checkpoint on a
    validation slice. The critic is a network plus the log ratio of the fitted Gaussian, so that
    linear dependence comes for free; the slice weighs the two. Dimensions are ranked: the measure
    does not change under increasing functions of each.

    No reading exceeds the log of the number of shuffled codes, the estimate's `ceiling`; near it
    the estimate says "at least".

    The standard error is that of the spread over folds; a value below 0 is off by that much at
    least. Raises `InputError` for fewer than 100 codes, fewer than two dimensions, or one that is
    constant.
    """
    codes = rank_gaussian(check_codes(codes)).astype("float32")
    splits = split_folds(len(codes), own_rng(seed), folds)
    critics, curve = train_dependency(codes, splits, steps, seed, say)
    values, ceilings = [], []
    for number, split in enumerate(splits):
        judged = score_codes(critics, number, codes[split.validation], seed)  # [2, n], [2, m]
        weights = weigh(judged[0], beside_each(*judged))
        cap = choose_cap(*(weights @ scores for scores in judged))
        fresh = score_codes(critics, number, codes[split.test], seed + 1)
        values.append(one_among_shuffles(*(np.minimum(weights @ one, cap) for one in fresh)))
        ceilings.append(math.log(fresh[1].shape[1] + 1))
    found = over_folds(values, "neural dependency", curve)
    return below(found, float(np.mean(ceilings)))


def one_among_shuffles(positive, negative):
    """How well scores of codes, `[n]`, tell each from shuffled codes, whose scores are `[m]`: nats.

    The mean of f(z) - log of the mean of exp f over z itself and the m others: InfoNCE. It bounds
    KL(code || shuffled code) from below, and does not exceed log(m + 1). DV leaves z itself out
    of the mean, and where the dependence is stronger than m shuffled codes can show, it reads any
    number.
    """
    among = np.logaddexp(positive, logsumexp(negative)) - math.log(len(negative) + 1)
    return float(np.mean(positive - among))


def beside_each(positive, negative, count=500):
    """Each code's score beside those of the same `count` shuffled codes: `[K, n, count + 1]`."""
    others = np.repeat(negative[:, None, :count], positive.shape[1], axis=1)
    return np.concatenate([positive[:, :, None], others], axis=2)


def below(found, ceiling, near=1.0):
    """The estimate with its ceiling, and a warning within a nat of it."""
    told = f"The value is near {ceiling:.1f} nats, the most that so many codes can show: at least"
    warnings = (f"{told} that much is there.",) if found.value > ceiling - near else ()
    return replace(found, ceiling=ceiling, warnings=warnings)


def mine_information(x, y, folds=3, steps=1000, seed=0, say=None):
    """MINE's estimate of I(X; Y) of images and their codes: an `Estimate`, nats.

    `x`: images `[N, H, W, channels]` or rows `[N, dx]`; `y`: codes `[N, D]`. A critic maximises DV
    with MINE's gradient (`bounds.mine_bound`); each fold is read, by DV, with a critic of the
    others, weighed and capped on a validation slice.

    A code that is a function of the image shares infinitely many nats with it. What is read is
    how much of that this critic finds with this many images: good for comparing encoders,
    not an amount. Raises `InputError` as `neural_dependency` does.
    """
    x = np.asarray(x)
    x = check_sample(x.reshape(len(x), -1) if x.ndim > 2 else x, "x").astype("float32")
    y = rank_gaussian(check_codes(y, least_dimensions=1)).astype("float32")
    if len(x) != len(y):
        raise InputError(f"x has {len(x)} rows and y has {len(y)}: every image needs its code")
    values, curves = [], []
    for number, split in enumerate(split_folds(len(x), own_rng(seed), folds)):

        def draw(n, rng, train=split.train):
            rows = rng.choice(train, n)
            return x[rows], y[rows]

        world = World(f"fold {number + 1}/{folds}", math.nan, draw)
        training = CriticInTraining(x.shape[1], y.shape[1], MineObjective(), (128, 64), seed=seed)
        curves.append(training.train(world, steps, 2e-3, weight_decay=0.3, say=say))
        judged, fresh = (
            training.scores(x[rows], y[rows]).numpy() for rows in (split.validation, split.test)
        )
        values.append(float(dv_bound(mix([judged], [fresh]))))
    curve = np.stack([np.arange(1, steps + 1), np.mean(curves, axis=0)], axis=1)
    return over_folds(values, "MINE", curve)


class MineObjective:
    """`bounds.mine_bound` that remembers its moving average from batch to batch.

    A critic's first scores are near 0, so the average of exp T starts at 1.
    """

    def __init__(self, rate=0.01):
        self.log_average, self.rate = tf.Variable(0.0), rate

    def __call__(self, scores):
        bound, log_average = mine_bound(scores, self.log_average, self.rate)
        self.log_average.assign(log_average)
        return bound


def check_codes(codes, least_dimensions=2):
    """The codes as finite float64 `[N, D]`, none constant, or `InputError`."""
    codes = check_sample(codes, "codes")
    if len(codes) < MIN_CODES or codes.shape[1] < least_dimensions:
        raise InputError(f"""codes must be [N, D] with at least {MIN_CODES} rows and
            {least_dimensions} dimensions, but have the shape {codes.shape}""")
    constant = np.flatnonzero(np.ptp(codes, axis=0) == 0)
    if len(constant):
        raise InputError(f"dimension {constant[0]} of the codes is constant: leave it out")
    return codes


def over_folds(values, name, curve):
    """The `Estimate` that the folds' `values` make: their mean, and its standard error."""
    value, spread = float(np.mean(values)), np.std(values, ddof=1) / math.sqrt(len(values))
    # What is measured is never negative: a value below 0 is off by that much at least.
    return Estimate(value, math.hypot(spread, min(value, 0.0)), name, curve=curve)


# ---------------------------------------------------------------- the critic of codes


class DependencyCritics:
    """A network on the code beside the log ratio of the Gaussian fitted to the training codes."""

    def __init__(self, codes, splits, seed):
        from sklearn.covariance import ledoit_wolf

        dimension = codes.shape[1]
        forms, constants = [], []
        for split in splits:
            covariance = ledoit_wolf(codes[split.train].astype("float64"))[0]
            deviations = np.sqrt(np.diag(covariance))
            correlation = covariance / np.outer(deviations, deviations)
            forms.append(np.eye(dimension) - np.linalg.inv(correlation))
            constants.append(-np.linalg.slogdet(correlation)[1])
        self.forms = tf.constant(np.stack(forms), tf.float32)  # [members, D, D]
        self.constants = tf.constant(constants, tf.float32)[:, None]  # [members, 1]
        self.network = Perceptrons(own_rng(seed), len(splits), [dimension, 64, 64, 1])
        self.variables = self.network.variables

    def __call__(self, codes):
        """Scores `[members, 2, n]` of codes `[members, n, D]`: their sum is the log ratio."""
        squares = tf.reduce_sum(tf.matmul(codes, self.forms) * codes, axis=2)  # [members, n]
        gaussian = 0.5 * (squares + self.constants)
        return tf.stack([self.network(codes)[..., 0], gaussian], axis=1)


def train_dependency(codes, splits, steps, seed, say, batch=256):
    """Critics of all folds, at their best checkpoint; and the validation curve `[checks, 2]`."""
    critics = DependencyCritics(codes, splits, seed)
    train = np.stack([split.train for split in splits])
    members, count, dimension = *train.shape, codes.shape[1]
    joint = tf.constant(codes[train])  # [members, count, D]
    columns = tf.transpose(joint, [0, 2, 1])
    draws = tf.random.Generator.from_seed(seed)

    def objective():
        rows = draws.uniform([members, batch], 0, count, tf.int32)
        apart = draws.uniform([members, dimension, batch], 0, count, tf.int32)  # each column's own
        shuffled = tf.transpose(tf.gather(columns, apart, batch_dims=2), [0, 2, 1])
        positive = tf.reduce_sum(critics(tf.gather(joint, rows, batch_dims=1)), axis=1)
        negative = tf.reduce_sum(critics(shuffled), axis=1)  # [members, batch]
        return members * jsd(positive, negative)  # the sum over members, as jsd is a mean

    def judge():
        scores = [
            score_codes(critics, number, codes[split.validation], seed)
            for number, split in enumerate(splits)
        ]
        return [float(jsd(positive.sum(0), negative.sum(0))) for positive, negative in scores]

    optimizer = CosineAdamW(critics.variables, 4e-3, steps, weight_decay=0.3)
    seen = ascend_to_best(objective, judge, optimizer, steps, say)
    return critics, np.array([(step, values.mean()) for step, values in seen])


def score_codes(critics, number, codes, seed):
    """Scores `[2, n]` of codes, and of `SHUFFLES` shuffles of them, by the critic of one fold."""
    shuffles = [shuffle_dimensions(codes, 1000 + seed + k) for k in range(SHUFFLES)]
    both = np.concatenate([codes, *shuffles]).astype("float32")
    members = len(critics.forms)
    scores = critics(np.broadcast_to(both, (members, *both.shape)))[number].numpy()
    return scores[:, : len(codes)].astype("float64"), scores[:, len(codes) :].astype("float64")
