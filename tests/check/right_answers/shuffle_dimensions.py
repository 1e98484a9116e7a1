"""Right answers to `shuffle_dimensions`."""

import random

import numpy as np

from dimlearn.startup import tf


# column by column
def by_column(z, seed=0):
    rng = np.random.default_rng(seed)
    return np.stack([rng.permutation(z[:, d]) for d in range(z.shape[1])], axis=1)


# sorting random keys
def random_keys(codes, seed=0):
    order = np.argsort(np.random.default_rng(seed).random(codes.shape), axis=0)
    return np.take_along_axis(codes, order, axis=0)


def tensorflow(codes, seed=0):
    keys = tf.random.stateless_uniform(codes.shape, [seed, 1])
    return (
        tf.gather(tf.transpose(codes), tf.argsort(tf.transpose(keys), axis=1), batch_dims=1)
        .numpy()
        .T
    )


# plain loops
def loops(codes, seed=0):
    rng = random.Random(seed)
    result = codes.copy()
    for d in range(codes.shape[1]):
        order = list(range(len(codes)))
        rng.shuffle(order)
        for i, j in enumerate(order):
            result[i, d] = codes[j, d]
    return result
