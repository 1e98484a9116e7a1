"""Right answers to `sample_prior`."""

import random

import numpy as np

from dimlearn.startup import keras, tf


def tensorflow(n, dim, seed=None):
    if seed is None:
        generator = tf.random.Generator.from_non_deterministic_state()
    else:
        generator = tf.random.Generator.from_seed(seed)
    return generator.uniform([n, dim])


def stateless(n, dim, seed=None):
    seed = int(np.random.SeedSequence().generate_state(1)[0]) >> 1 if seed is None else seed
    return tf.random.stateless_uniform([n, dim], seed=[seed, 17])


def with_keras(n, dim, seed=None):
    seed = random.Random().randrange(2**31) if seed is None else seed
    return keras.random.uniform((n, dim), seed=seed)


def plain_python(n, dim, seed=None):
    rng = random.Random(seed)
    return np.array([[rng.random() for _ in range(dim)] for _ in range(n)])


def numpy_uniform(n, dim, seed=None, low=0.0, high=1.0):
    return np.random.Generator(np.random.PCG64(seed)).uniform(low, high, size=(n, dim))
