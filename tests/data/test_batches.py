"""Batches of arrays, in memory and from the disk."""

import numpy as np

from dimlearn.data import full_batches
from dimlearn.data.batches import streamed_batches
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


def test_more_batches_than_the_examples_fill():
    """As many as other images have: each example comes about equally often."""
    seen = sum((sum(epoch, []) for epoch in epochs(full_batches(NUMBERS, 4, True, batches=9))), [])
    counts = np.bincount(seen)
    assert len(seen) == 2 * 36 and counts.min() >= 6 and counts.max() <= 8
    few = epochs(full_batches(NUMBERS[:3], 8, shuffle=True, batches=2))
    assert [len(batch) for batch in few[0]] == [8, 8] and set(few[0][0]) == {0, 1, 2}
    keras.utils.set_random_seed(0)
    usual = epochs(full_batches(NUMBERS, 4, shuffle=True))
    keras.utils.set_random_seed(0)
    assert epochs(full_batches(NUMBERS, 4, shuffle=True, batches=2)) == usual


def test_images_are_streamed_from_a_file(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (10, 4, 4, 1)).astype("uint8")
    np.save(tmp_path / "images.npy", images)
    stored = np.load(tmp_path / "images.npy", mmap_mode="r")
    known = {image.tobytes() for image in images.astype("float32") / 255}
    orders = []
    for seed in (3, 3, 4):
        keras.utils.set_random_seed(seed)
        batches = list(streamed_batches(stored, 4))
        assert [batch.shape for batch in batches] == [(4, 4, 4, 1)] * 2
        seen = [image.tobytes() for batch in batches for image in batch.numpy()]
        assert len(set(seen)) == 8 and set(seen) <= known
        orders.append(seen)
    assert orders[0] == orders[1] != orders[2]
    floats = images / 255
    np.testing.assert_allclose(next(iter(streamed_batches(floats, 10))).numpy().sum(), floats.sum(),
                               rtol=1e-5)  # fmt: skip
