"""Right answers to `mismatch`."""

import numpy as np

from dimlearn.startup import keras, tf


def with_gather(x):
    n = x.shape[0]
    if n < 2:
        raise ValueError(f"{n} items cannot be mismatched")
    return tf.gather(x, [(i + 1) % n for i in range(n)])


def with_keras(features, shift=-1):
    if features.shape[0] < 2:
        raise ValueError
    return keras.ops.roll(features, shift, axis=0)


def random_derangement(features):
    n = len(features)
    if n < 2:
        raise ValueError("at least two")
    rng = np.random.default_rng()
    while True:
        order = rng.permutation(n)
        if not np.any(order == np.arange(n)):
            return features[order]


def random_cycle(features):
    if len(features) <= 1:
        raise ValueError("at least two")
    order = np.random.default_rng(3).permutation(len(features))
    result = np.empty_like(features)
    result[order] = features[np.roll(order, 1)]
    return result


def concatenated(features):
    if len(features) < 2:
        raise ValueError("at least two")
    return np.concatenate([features[1:], features[:1]])


def global_derangement(features):
    if len(features) < 2:
        raise ValueError("at least two")
    order = np.arange(len(features))
    while (order == np.arange(len(features))).any():
        order = np.random.permutation(len(features))
    return features[order]
