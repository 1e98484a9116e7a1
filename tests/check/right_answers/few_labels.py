"""Right answers to `few_labels`."""

import random

import numpy as np

from dimlearn.startup import tf


def one_permutation(y, k, seed=0):
    order = np.random.default_rng(seed).permutation(len(y))
    picks = [order[y[order] == label][:k] for label in set(y.tolist())]
    if any(len(pick) < k for pick in picks):
        raise ValueError("too few")
    return np.sort(np.concatenate(picks))


def plain_python(labels, per_class, seed=0):
    rng = random.Random(seed)
    places = {}
    for index, label in enumerate(labels.tolist()):
        places.setdefault(label, []).append(index)
    # random.sample raises ValueError by itself when there are too few.
    return [index for own in places.values() for index in rng.sample(own, per_class)]


def tensorflow(labels, per_class, seed=0):
    chosen = []
    for label in np.unique(labels):
        own = tf.where(tf.equal(labels, label))[:, 0]
        if own.shape[0] < per_class:
            raise ValueError(f"class {label}")
        order = tf.argsort(tf.random.stateless_uniform([own.shape[0]], [seed, int(label)]))
        chosen.append(tf.gather(own, order[:per_class]))
    return tf.concat(chosen, axis=0)


def with_sklearn(labels, per_class, seed=0):
    from sklearn.utils import resample

    chosen = []
    for label in np.unique(labels):
        (own,) = np.nonzero(labels == label)
        # It raises ValueError by itself, too.
        draw = resample(own, replace=False, n_samples=per_class, random_state=seed + int(label))
        chosen.append(draw)
    return np.hstack(chosen)
