"""Critics trained on fresh pairs of a world: the staircase, and what a critic shows of images.

A world that can be sampled without end has no training pairs to remember: every batch is new. So
one critic can be taken through rising levels of mutual information and read at each, on another
fresh sample. The critic is trained by the JSD objective, whose gradients stay small at any level,
and all read-outs (`dimlearn.information.readouts`) come from that one critic.
"""

from dataclasses import dataclass

import numpy as np

from dimlearn.information import Estimate, readouts, worlds
from dimlearn.information.bounds import dv_bound, infonce_bound, jsd_bound, nwj_bound, smile
from dimlearn.information.critics import both_sides
from dimlearn.information.mixture import mix
from dimlearn.information.samples import own_rng
from dimlearn.information.training import CriticInTraining
from dimlearn.startup import tf

LEVELS = (2.0, 4.0, 6.0, 8.0, 10.0)  # nats, the steps of the staircase
TRACED = ("DV", "NWJ", "SMILE-5", "InfoNCE")


def jsd_and_readouts(scores):
    """The JSD objective `[1]`, and the read-outs of `TRACED` `[4]`, which are not trained by."""
    read = dv_bound(scores), nwj_bound(1 + scores), smile(scores), infonce_bound(scores)
    return tf.stack([jsd_bound(scores), *map(tf.stop_gradient, read)])


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


def climb(levels=LEVELS, dim=20, cubed=False, steps=1000, evaluated=2048, seed=0):
    """Train one critic on Gaussians of rising mutual information and read it at every level.

    The world changes under the critic, which goes on with the weights it has; each level is given
    `steps` batches. The protocol of Poole et al. 2019 (Figure 2), but read on fresh pairs.
    Returns a `Staircase`.
    """
    training = CriticInTraining(dim, dim, jsd_and_readouts, seed=seed)
    traces, fresh = [], []
    for number, level in enumerate(levels):
        world = worlds.correlated_gaussians(level, dim, cubed)
        traces.append(training.train(world, steps, 3e-3 if number else 8e-3)[:, 1:])
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
        readings.append(readouts.read_log_ratio(training.scores(*pair).numpy()))
    return {name: float(np.median([one[name] for one in readings])) for name in readings[0]}


def light_up(level=6.0, steps=(0, 50, 200, 500, 1000), dim=20, pairs=16, seed=0):
    """Score matrices of the same fresh pairs after `steps` of training: `[pairs, pairs]` each.

    At first a critic tells no pair from another; then the diagonal lights up.
    """
    world, training = worlds.correlated_gaussians(level, dim), CriticInTraining(dim, dim, seed=seed)
    fresh, matrices = world.sample(pairs, seed=seed + 1000), []
    for before, after in zip((0, *steps), steps):
        if after > before:
            training.train(world, after - before, 3e-3)
        matrices.append(training.scores(*fresh).numpy())
    return matrices


def exact_critic(levels=(0.5, *LEVELS), dim=20, batch=128, batches=2000, seed=0):
    """What each formula reads off the *exact* log density ratio: no training, only the formula.

    Returns `{level: {name: values [batches]}}` in nats, among them SMILE-1 and the mistaken
    read-out of a JSD critic, NWJ without its 1 (see `dimlearn.information.readouts`).
    """
    read = {}
    for level in levels:
        world, values, rng = worlds.correlated_gaussians(level, dim), [], own_rng(seed)
        for _ in range(batches):
            scores = world.log_ratio(*world.draw(batch, rng))
            wrong = {"NWJ, 1 + forgotten": float(nwj_bound(scores))}
            smile_1 = {"SMILE-1": float(smile(scores, 1.0))}
            values.append(readouts.read_log_ratio(scores) | smile_1 | wrong)
        read[level] = {name: np.array([one[name] for one in values]) for name in values[0]}
    return read


def world_mi(train, validation, test, steps=1200, evaluated=2048, repeats=5, seed=0):
    """What a critic can show of a world of images: an `Estimate`, a lower bound but for chance.

    `train`, `validation`, `test`: the same world on different images (`worlds.same_class_images`).
    Trained by InfoNCE on both sides, weighed and capped on validation pairs, and read by DV on
    `repeats` samples of `evaluated` test pairs. The standard error is of their spread: it knows
    that pairs are drawn, not that test images are few.
    """
    x, y = train.sample(2)
    training = CriticInTraining(x.shape[1], y.shape[1], both_sides, (128, 64), seed=seed)
    training.train(train, steps, 4e-3, weight_decay=0.3)
    judged = training.scores(*validation.sample(1000, seed)).numpy()
    readings = []
    for repeat in range(repeats):
        fresh = training.scores(*test.sample(evaluated, seed + repeat)).numpy()
        readings.append(readouts.read_log_ratio(mix([judged], [fresh])))
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
