"""Right answers to `nearest_others`."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from dimlearn.startup import tf


def loops(codes, count):
    found = []
    for i, own in enumerate(codes):
        others = [j for j in range(len(codes)) if j != i]
        others.sort(key=lambda j: np.linalg.norm(codes[j] - own))
        found.append(others[:count])
    return np.array(found)


def scikit_learn(codes, count):
    return NearestNeighbors(n_neighbors=count).fit(codes).kneighbors(return_distance=False)


def products(z, k):
    lengths = np.sum(z**2, axis=1)
    far = lengths[:, None] + lengths - 2 * z @ z.T
    return np.argsort(far + np.diag(np.full(len(z), 1e9)), axis=1)[:, :k]


def tensorflow(codes, count):
    distances = tf.norm(tf.constant(codes)[:, None] - codes, axis=2)
    distances = tf.linalg.set_diag(distances, tf.fill([len(codes)], tf.float64.max))
    return tf.math.top_k(-distances, count).indices
