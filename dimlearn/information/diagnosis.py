"""What is in a representation? Dependence between the dimensions of a code. Lesson 9.

Three numbers about codes `[N, D]`, all in nats:

    neural dependency   KL(code || code with every dimension shuffled by itself), by a critic: NDM
                        of the DIM paper (section 4.1). 0 for independent dimensions
    MINE                I(X; Y) of images and their codes, by a critic trained as MINE
    Gaussian total correlation, in `dimlearn.information`: what of the first is linear

All critics are read on codes that they did not see. That is not how the paper did it: read on its
own training codes a critic finds dependence in pure noise.
"""

import math

import numpy as np

from dimlearn.errors import InputError
from dimlearn.information.samples import check_sample, own_rng, rank_gaussian


def shuffle_dimensions(codes, seed=0):
    """The codes with every dimension shuffled by a permutation of its own: `[N, D] -> [N, D]`.

    Each column keeps its values and loses its company: rows become samples of the product of the
    marginals, the other side of the neural dependency measure (DIM section 4.1). A permutation
    that the columns share would only reorder the rows. The same for the same `seed`.
    """
    return np.random.default_rng(seed).permuted(np.asarray(codes), axis=0)


MIN_CODES = 100
SHUFFLES = 20  # of the held-out codes, for the negatives of the read-out


def neural_dependency(codes, folds=5, steps=1000, seed=0, say=None):
    """The neural dependency measure of codes `[N, D]`: an `Estimate` of their total correlation.

    A critic f tells codes from shuffled codes (a new shuffle for every batch); where it is right,
    f is the log density ratio, and DV of it bounds KL(code || shuffled code) from below. Each
    fold is read by a critic of the other folds, at its best checkpoint on a validation slice. The
    critic is a network plus the log ratio of the fitted Gaussian, so that linear dependence comes
    for free; the slice weighs the two. Dimensions are ranked: the measure does not change
    under increasing functions of each.

    The standard error is that of the spread over folds; a value below 0 is off by that much at
    least. Raises `InputError` for fewer than 100 codes, fewer than two dimensions, or one that is
    constant.
    """
    from dimlearn.information.crossfit import split_folds

    codes = rank_gaussian(check_codes(codes)).astype("float32")
    splits = split_folds(len(codes), own_rng(seed), folds)
    critic, curve = _train_dependency(codes, splits, steps, seed, say)
    values = []
    for number, split in enumerate(splits):
        judged = _score_dependency(critic, number, codes[split.validation], seed)
        weights = _weigh(*judged)
        positive, negative = (scores @ weights for scores in judged)
        caps = np.quantile(positive, (1.0, 0.99, 0.9))
        cap = max(caps, key=lambda cap: _capped_dv(positive, negative, cap))
        fresh = _score_dependency(critic, number, codes[split.test], seed + 1)
        values.append(_capped_dv(*(scores @ weights for scores in fresh), cap))
    return _over_folds(values, "neural dependency", curve)


def mine_information(x, y, folds=3, steps=1000, seed=0, say=None):
    """MINE's estimate of I(X; Y) of images and their codes: an `Estimate`, nats.

    `x`: images `[N, H, W, channels]` or rows `[N, dx]`; `y`: codes `[N, D]`. A critic maximises DV
    with MINE's gradient (`bounds.mine_bound`); each fold is read, by DV, with a critic of the
    others, weighed and capped on a validation slice.

    A code that is a function of the image shares infinitely many nats with it. What is read is
    how much of that this critic finds with this many images: good for comparing encoders,
    not an amount. Raises `InputError` as `neural_dependency` does.
    """
    from dimlearn.information.bounds import dv_bound
    from dimlearn.information.crossfit import mix, split_folds
    from dimlearn.information.training import CriticInTraining
    from dimlearn.information.worlds import World

    x = np.asarray(x)
    x = check_sample(x.reshape(len(x), -1) if x.ndim > 2 else x, "x").astype("float32")
    y = rank_gaussian(check_codes(y, least_dimensions=1)).astype("float32")
    if len(x) != len(y):
        raise InputError(f"x has {len(x)} rows and y has {len(y)}: every image needs its code")
    values, curves = [], []
    for number, split in enumerate(split_folds(len(x), own_rng(seed), folds)):
        rows = split.train
        draw = lambda n, rng, rows=rows: _rows_of(x, y, rng.choice(rows, n))  # noqa: E731
        world = World(f"fold {number + 1}/{folds}", math.nan, draw)
        training = CriticInTraining(x.shape[1], y.shape[1], MineObjective(), (128, 64), seed=seed)
        curves.append(training.train(world, steps, 2e-3, weight_decay=0.3, say=say)[:, 0])
        judged, test = (
            {"critic": training.scores(*_rows_of(x, y, own)).numpy()}
            for own in (split.validation, split.test)
        )
        values.append(float(dv_bound(mix(split.test, judged, test).scores)))
    curve = np.stack([np.arange(1, steps + 1), np.mean(curves, axis=0)], axis=1)
    return _over_folds(values, "MINE", curve)


class MineObjective:
    """`bounds.mine_bound` that remembers its moving average from batch to batch.

    A critic's first scores are near 0, so the average of exp T starts at 1.
    """

    def __init__(self, rate=0.01):
        from dimlearn.startup import tf

        self.log_average, self.rate = tf.Variable(0.0), rate

    def __call__(self, scores):
        from dimlearn.information.bounds import mine_bound

        bound, log_average = mine_bound(scores, self.log_average, self.rate)
        self.log_average.assign(log_average)
        return bound


def check_codes(codes, least_dimensions=2):
    """The codes as finite float64 `[N, D]`, none constant, or `InputError`."""
    codes = check_sample(codes, "codes")
    if len(codes) < MIN_CODES or codes.shape[1] < least_dimensions:
        raise InputError(
            f"codes must be [N, D] with at least {MIN_CODES} rows and {least_dimensions} "
            f"dimensions, but have the shape {codes.shape}"
        )
    constant = np.flatnonzero(np.ptp(codes, axis=0) == 0)
    if len(constant):
        raise InputError(f"dimension {constant[0]} of the codes is constant: leave it out")
    return codes


def _rows_of(x, y, rows):
    return x[rows], y[rows]


def _over_folds(values, name, curve):
    from dimlearn.information.estimation import Estimate

    value, spread = float(np.mean(values)), np.std(values, ddof=1) / math.sqrt(len(values))
    # What is measured is never negative: a value below 0 is off by that much at least.
    return Estimate(value, math.hypot(spread, min(value, 0.0)), name, curve=curve)


# ---------------------------------------------------------------- the critic of codes


class DependencyCritics:
    """A network on the code beside the log ratio of the Gaussian fitted to the training codes."""

    def __init__(self, codes, splits, seed):
        from sklearn.covariance import ledoit_wolf

        from dimlearn.information.critics import Perceptrons
        from dimlearn.startup import tf

        dimension = codes.shape[1]
        forms, constants = [], []
        for split in splits:
            covariance = ledoit_wolf(codes[split.train].astype("float64"))[0]
            deviations = np.sqrt(np.diag(covariance))
            correlation = covariance / np.outer(deviations, deviations)
            forms.append(np.eye(dimension) - np.linalg.inv(correlation))
            constants.append(-np.linalg.slogdet(correlation)[1])
        self.forms = tf.constant(np.stack(forms), tf.float32)
        self.constants = tf.constant(constants, tf.float32)[:, None]
        rng = own_rng(seed)
        self.network = Perceptrons(rng, len(splits), [dimension, 64, 64, 1])
        self.variables = self.network.variables

    def __call__(self, codes):
        """Scores `[members, n, 2]` of codes `[members, n, D]`: their sum is the log ratio."""
        from dimlearn.startup import tf

        gaussian = tf.reduce_sum(tf.matmul(codes, self.forms) * codes, axis=2) + self.constants
        return tf.stack([self.network(codes)[..., 0], 0.5 * gaussian], axis=2)


def _train_dependency(codes, splits, steps, seed, say, batch=256, every=100):
    """Critics of all folds, at their best validation checkpoint; and the validation curve."""
    from dimlearn.information.bounds import jsd
    from dimlearn.startup import keras, tf

    critics = DependencyCritics(codes, splits, seed)
    train = np.stack([split.train for split in splits])
    members, count, dimension = *train.shape, codes.shape[1]
    table = tf.constant(codes[train])  # [members, count, D]
    columns = tf.transpose(table, [0, 2, 1])
    optimizer = keras.optimizers.AdamW(
        keras.optimizers.schedules.CosineDecay(4e-3, steps), weight_decay=0.3
    )
    optimizer.build(critics.variables)
    draws = tf.random.Generator.from_seed(seed)

    @tf.function
    def train_some(repeats):
        for _ in tf.range(repeats):
            rows = draws.uniform([members, batch], 0, count, tf.int32)
            apart = draws.uniform([members, dimension, batch], 0, count, tf.int32)
            shuffled = tf.transpose(tf.gather(columns, apart, batch_dims=2), [0, 2, 1])
            with tf.GradientTape() as tape:
                positive = tf.reduce_sum(critics(tf.gather(table, rows, batch_dims=1)), axis=2)
                loss = -members * jsd(positive, tf.reduce_sum(critics(shuffled), axis=2))
            gradients = tape.gradient(loss, critics.variables)
            optimizer.apply_gradients(zip(gradients, critics.variables))

    best, kept, curve = np.full(members, -np.inf), None, []
    for begun in range(0, steps, every):
        step = min(begun + every, steps)
        train_some(tf.constant(step - begun))
        now = [variable.numpy() for variable in critics.variables]
        kept = kept or now
        for number, split in enumerate(splits):
            scores = _score_dependency(critics, number, codes[split.validation], seed)
            value = float(jsd(*(parts.sum(axis=1) for parts in scores)))
            curve.append((step, value))
            if value > best[number]:
                best[number] = value
                for place, weights in zip(kept, now):
                    place[number] = weights[number]
        if say:
            say(f"step {step}/{steps}", passing=True)
    for variable, weights in zip(critics.variables, kept):
        variable.assign(weights)
    return critics, np.array(curve).reshape(-1, members, 2).mean(axis=1)


def _score_dependency(critics, number, codes, seed):
    """Scores `[n, 2]` of codes, and of `SHUFFLES` shuffles of them, by the critic of one fold."""
    shuffles = [shuffle_dimensions(codes, 1000 + seed + k) for k in range(SHUFFLES)]
    both = np.concatenate([codes, *shuffles]).astype("float32")
    members = critics.forms.shape[0]
    scores = critics(np.broadcast_to(both, (members, *both.shape)))[number].numpy()
    return scores[: len(codes)].astype("float64"), scores[len(codes) :].astype("float64")


def _weigh(positive, negative):
    """Weights `[2]` of network and Gaussian with the highest DV value on validation codes.

    DV is concave in them. As in `crossfit.weigh`, a prior around 0 counts as much as one code.
    """
    from scipy.optimize import minimize

    from dimlearn.information.bounds import dv

    def loss(weights):
        value = float(dv(positive @ weights, negative @ weights))
        return weights @ weights / (2 * len(positive)) - value

    return minimize(loss, np.ones(2), method="Nelder-Mead").x


def _capped_dv(positive, negative, cap):
    from dimlearn.information.bounds import dv

    return float(dv(np.minimum(positive, cap), np.minimum(negative, cap)))
