"""Lesson 3: how far three bounds scatter from batch to batch, with the perfect critic.

Gaussians, batches of 8 pairs. Little information and many batches, so that batches turn up that
300 draws hold none of.
"""

import numpy as np

from dimlearn.information.bounds import dv_bound, infonce_bound, nwj_bound
from dimlearn.information.worlds import correlated_gaussians
from dimlearn.startup import tf

AMOUNTS, PAIRS, BATCHES = (1, 2, 3, 4), 8, 20_000
BOUNDS = {"DV": dv_bound, "NWJ": lambda scores: nwj_bound(1 + scores), "InfoNCE": infonce_bound}


def run(seed):
    """For each bound and amount of information in nats: mean, standard deviation, lowest value."""
    rng, rows = np.random.default_rng(seed), []
    for nats in AMOUNTS:
        world = correlated_gaussians(nats, dim=20)
        scores = [world.log_ratio(*world.draw(PAIRS, rng)) for _ in range(BATCHES)]
        values = read_all(tf.constant(np.array(scores, "float32"))).numpy()  # [batches, bounds]
        for bound, read in zip(BOUNDS, values.T):
            seen = {"mean": read.mean(), "deviation": read.std(), "lowest": read.min()}
            rows.append({"bound": bound, "nats": nats, "batches": BATCHES, **seen})
    return rows


@tf.function
def read_all(scores):
    """All bounds on each of many score matrices: `[R, N, N] -> [R, 3]`."""
    return tf.map_fn(lambda one: tf.stack([bound(one) for bound in BOUNDS.values()]), scores)
