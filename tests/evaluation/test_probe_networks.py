"""Several dense networks in one model."""

import numpy as np

from dimlearn.evaluation import probe_networks
from dimlearn.startup import keras


def test_networks_side_by_side_are_trained_alone():
    """Two networks in one model: the gradient of one does not depend on the other."""
    logits = keras.ops.convert_to_tensor(np.random.default_rng(0).normal(size=(5, 2, 3)))
    labels = np.array([[0, 0], [1, 1], [2, 2], [0, 0], [1, 1]])
    both = probe_networks.summed_cross_entropy(labels, logits)
    first = probe_networks.summed_cross_entropy(labels[:, :1], logits[:, :1])
    second = probe_networks.summed_cross_entropy(labels[:, 1:], logits[:, 1:])
    np.testing.assert_allclose(both, first + second)


def test_networks_start_like_dense_layers_of_their_own_and_learn():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    x = rng.normal(size=(200, 6)).astype("float32")
    x[:, 0] += 4 * y
    _, first = probe_networks.untrained_networks(6, 2, (0, 1, 2), (16,), 0.0)
    kernel = first[0]
    assert kernel.shape == (3, 6, 16)  # three networks of 6 numbers and 16 units
    assert np.abs(kernel).max() <= np.sqrt(6 / (6 + 16)) and len(np.unique(kernel)) == kernel.size
    networks = probe_networks.trained_networks(x, y, (0, 1, 2), (16,), 0.0, batch_size=20)
    answers = np.argmax(networks(x), axis=2)
    assert (np.mean(answers == y[:, None], axis=0) > 0.9).all()
