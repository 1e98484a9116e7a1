"""Batches of arrays in memory."""

import numpy as np

from dimlearn.data import full_batches
from dimlearn.startup import keras

NUMBERS = np.arange(10)


def epochs(batches, count=2):
    return [[batch.numpy().tolist() for batch in batches] for _ in range(count)]


def test_every_batch_is_full_and_in_order():
    first, second = epochs(full_batches(NUMBERS, 4, shuffle=False))
    assert first == second == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_shuffled_epochs_differ_and_drop_others():
    keras.utils.set_random_seed(0)
    seen = epochs(full_batches(NUMBERS, 4, shuffle=True), 20)
    assert len({str(epoch) for epoch in seen}) == 20
    assert all(len(set(sum(epoch, []))) == 8 for epoch in seen)  # nothing twice
    assert set().union(*(set(NUMBERS) - set(sum(epoch, [])) for epoch in seen)) == set(range(10))


def test_the_seed_decides_the_order():
    orders = []
    for seed in (3, 3, 4):
        keras.utils.set_random_seed(seed)
        orders.append(epochs(full_batches(NUMBERS, 5, shuffle=True)))
    assert orders[0] == orders[1] != orders[2]


def test_several_arrays_stay_side_by_side():
    for x, y in full_batches((NUMBERS[:, None] / 10, NUMBERS), 3, shuffle=True):
        assert x.shape == (3, 1) and y.shape == (3,)
        np.testing.assert_array_equal(np.round(x[:, 0] * 10), y)
