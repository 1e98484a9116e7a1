"""Critics trained on fresh pairs of a world, and the staircase that shows what they read. Lesson 2.

A world that can be sampled without end has no training pairs to remember: every batch is new. So
one critic can be taken through rising levels of mutual information and read at each, on another
fresh sample. The critic is trained by the JSD objective, whose gradients stay small at any level,
and all read-outs (`dimlearn.readouts`) come from that one critic.
"""

from dataclasses import dataclass

import numpy as np

from dimlearn.information.bounds import (
    dv_bound,
    infonce_bound,
    infonce_codes_bound,
    jsd_bound,
    nwj_bound,
    smile,
)
from dimlearn.information.critics import SeparableCritics
from dimlearn.information.crossfit import mix
from dimlearn.information.estimation import Estimate
from dimlearn.information.readouts import read_log_ratio
from dimlearn.information.samples import own_rng
from dimlearn.information.worlds import LEVELS, correlated_gaussians
from dimlearn.startup import keras, tf

TRACED = ("DV", "NWJ", "SMILE-5", "InfoNCE")
AT_ONCE = 50  # batches drawn, and steps taken, in one call


class CriticInTraining:
    """A separable critic that learns from fresh pairs of a world, maximising `bound`.

    `dx`, `dy`: the numbers of columns; `bound`: a function of scores `[N, N]`; `hidden`: the units
    of the hidden layers of both sides.
    """

    def __init__(self, dx, dy, bound=jsd_bound, hidden=(64,), batch=128, seed=0):
        self.bound, self.batch = bound, batch
        self.critics = SeparableCritics(own_rng(seed), 1, dx, dy, hidden)
        self.rng = own_rng(seed + 1)

    def scores(self, x, y):
        """The critic's score matrix of `x [n, dx]`, `y [n, dy]`, NumPy or tensors: `[n, n]`."""
        x, y = (tf.cast(tf.convert_to_tensor(side), tf.float32) for side in (x, y))
        return self.critics(x[None], y[None])[0]

    def train(self, world, steps, rate, weight_decay=0.0, say=None):
        """Maximise the bound for `steps` batches, the learning rate falling to 0 by a cosine.

        The critic ends with the moving average of its weights. Returns the read-outs of every
        training batch, float32 `[steps, 4]` in the order of `TRACED`, nats.
        """
        schedule = keras.optimizers.schedules.CosineDecay(rate, steps)
        optimizer = keras.optimizers.AdamW(
            schedule, weight_decay=weight_decay, use_ema=True, ema_momentum=0.99
        )
        optimizer.build(self.critics.variables)

        @tf.function
        def train_some(xs, ys):
            traces = tf.TensorArray(tf.float32, tf.shape(xs)[0])
            for step in tf.range(tf.shape(xs)[0]):
                with tf.GradientTape() as tape:
                    scores = self.scores(xs[step], ys[step])
                    loss = -self.bound(scores)
                gradients = tape.gradient(loss, self.critics.variables)
                optimizer.apply_gradients(zip(gradients, self.critics.variables))
                traces = traces.write(step, batch_values(scores))
            return traces.stack()

        traces = []
        for start in range(0, steps, AT_ONCE):
            count = min(AT_ONCE, steps - start)
            pairs = world.draw(count * self.batch, self.rng)
            pairs = [side.astype("float32").reshape(count, self.batch, -1) for side in pairs]
            traces.append(train_some(*map(tf.constant, pairs)).numpy())
            if say:
                say(f"{world.name}, step {start + count}/{steps}: "
                    f"DV {traces[-1][:, 0].mean():.2f} nats", passing=True)  # fmt: skip
        optimizer.finalize_variable_values(self.critics.variables)
        return np.concatenate(traces)


def batch_values(scores):
    """The read-outs of a batch's log density ratios, in the order of `TRACED`: `[4]`, nats."""
    return tf.stack([dv_bound(scores), nwj_bound(1 + scores), smile(scores), infonce_bound(scores)])


def both_sides(scores):
    """InfoNCE averaged over rows and columns: its critic has no free offset on either side."""
    return 0.5 * (infonce_bound(scores) + infonce_codes_bound(scores))


@dataclass
class Staircase:
    """A critic taken through levels of mutual information, in nats.

    `truth [levels]`; `traces [levels * steps, 4]`, every batch's read-outs in the order of
    `TRACED`; `fresh`, for each level `{name: nats}` read on `evaluated` fresh pairs (the median of
    five samples: a single NWJ value means little); `ceiling`: log N of the training batch.
    """

    truth: np.ndarray
    traces: np.ndarray
    fresh: list
    ceiling: float
    evaluated: int


def climb(levels=LEVELS, dim=20, cubed=False, steps=1000, evaluated=2048, seed=0, say=None):
    """Train one critic on Gaussians of rising mutual information and read it at every level.

    The world changes under the critic, which goes on with the weights it has; each level is given
    `steps` batches. The protocol of Poole et al. 2019 (Figure 2), but read on fresh pairs.
    Returns a `Staircase`.
    """
    training = CriticInTraining(dim, dim, seed=seed)
    traces, fresh = [], []
    for number, level in enumerate(levels):
        world = correlated_gaussians(level, dim, cubed)
        traces.append(training.train(world, steps, 3e-3 if number else 8e-3, say=say))
        fresh.append(read_fresh(training, world, evaluated, seed))
    return Staircase(
        truth=np.array(levels),
        traces=np.concatenate(traces),
        fresh=fresh,
        ceiling=float(np.log(training.batch)),
        evaluated=evaluated,
    )


def read_fresh(training, world, n, seed, repeats=5):
    """The median read-outs of a critic on `repeats` fresh samples of `n` pairs: `{name: nats}`."""
    readings = []
    for repeat in range(repeats):
        pair = world.sample(n, seed=1000 * (seed + 1) + repeat)
        readings.append(read_log_ratio(training.scores(*pair).numpy()))
    return {name: float(np.median([one[name] for one in readings])) for name in readings[0]}


def light_up(level=6.0, steps=(0, 50, 200, 500, 1000), dim=20, pairs=16, seed=0):
    """Score matrices of the same fresh pairs after `steps` of training: `[pairs, pairs]` each.

    At first a critic tells no pair from another; then the diagonal lights up.
    """
    world, training = correlated_gaussians(level, dim), CriticInTraining(dim, dim, seed=seed)
    fresh, matrices = world.sample(pairs, seed=seed + 1000), []
    for before, after in zip((0, *steps), steps):
        if after > before:
            training.train(world, after - before, 3e-3)
        matrices.append(training.scores(*fresh).numpy())
    return matrices


def exact_critic(levels=(0.5, *LEVELS), dim=20, batch=128, batches=2000, seed=0):
    """What each formula reads off the *exact* log density ratio: no training, only the formula.

    Returns `{level: {name: values [batches]}}` in nats, among them SMILE-1 and the mistaken
    read-out of a JSD critic, NWJ without its 1 (see `dimlearn.readouts`).
    """
    read = {}
    for level in levels:
        world, values, rng = correlated_gaussians(level, dim), [], own_rng(seed)
        for _ in range(batches):
            scores = world.log_ratio(*world.draw(batch, rng))
            wrong = {"NWJ, 1 + forgotten": float(nwj_bound(scores))}
            smile_1 = {"SMILE-1": float(smile(scores, 1.0))}
            values.append(read_log_ratio(scores) | smile_1 | wrong)
        read[level] = {name: np.array([one[name] for one in values]) for name in values[0]}
    return read


def world_mi(train, validation, test, steps=1200, evaluated=2048, repeats=5, seed=0, say=None):
    """What a critic can show of a world of images: an `Estimate`, a lower bound in expectation.

    `train`, `validation`, `test`: the same world on different images (`worlds.same_class_images`).
    Trained by InfoNCE on both sides, weighed and capped on validation pairs, and read by DV on
    `repeats` samples of `evaluated` test pairs. The standard error is of their spread: it knows
    that pairs are drawn, not that test images are few.
    """
    x, y = train.sample(2)
    training = CriticInTraining(x.shape[1], y.shape[1], both_sides, (128, 64), seed=seed)
    training.train(train, steps, 4e-3, weight_decay=0.3, say=say)
    judged = {"critic": training.scores(*validation.sample(1000, seed)).numpy()}
    readings = []
    for repeat in range(repeats):
        fresh = {"critic": training.scores(*test.sample(evaluated, seed + repeat)).numpy()}
        readings.append(read_log_ratio(mix(np.arange(evaluated), judged, fresh).scores))
    values = np.array([reading["DV"] for reading in readings])
    infonce = float(np.mean([reading["InfoNCE"] for reading in readings]))
    spread = values.std(ddof=1) / np.sqrt(repeats)
    bar = "what one critic shows, a lower bound: the error bar is of the draw of pairs alone"
    return Estimate(
        float(values.mean()),
        float(spread),
        "critic",
        readouts={"InfoNCE": infonce},
        warnings=(bar,),
    )
