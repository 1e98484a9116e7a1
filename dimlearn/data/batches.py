"""Batches of arrays, all of them full: gathered in memory, or read from the disk as they come."""

import numpy as np

from dimlearn.startup import keras, tf


def full_batches(arrays, batch_size, shuffle, batches=None):
    """A `tf.data.Dataset` of batches gathered from arrays in memory, every batch full.

    `arrays`: one array or a tuple of them with the same length N. Of every epoch the last
    N mod `batch_size` examples are dropped, others each time when `shuffle` is true. `batches`: how
    many an epoch has, if not those of N examples; each example comes about equally often.
    """
    tensors = tf.nest.map_structure(tf.constant, arrays)
    count = len(tf.nest.flatten(tensors)[0])
    batches = count // batch_size if batches is None else batches
    drawn = count * max(1, -(-batches * batch_size // count))  # each example equally often
    order = tf.data.Dataset.range(drawn)
    if shuffle:
        order = order.shuffle(drawn, seed=int(keras.random.randint((), 0, 2**31 - 1)))
    order = order.batch(batch_size, drop_remainder=True).take(batches)

    def gather(index):
        return tf.nest.map_structure(lambda tensor: tf.gather(tensor, index % count), tensors)

    # While tf.data tunes itself, some epochs run their steps on one core of two, 26 ms a step in
    # place of 14 (`tests/benchmarks/speed_benchmark.py batches`; here 5 epochs of 12).
    options = tf.data.Options()
    options.autotune.enabled = False
    # Its rewriting of the graph copies the arrays, 161 MiB of MNIST.
    options.experimental_optimization.apply_default_optimizations = False
    # Of several machines each takes its part of every batch: there are no files to divide.
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    return order.map(gather).prefetch(2).with_options(options)


def streamed_batches(images, batch_size):
    """Shuffled full batches of images that may be a file on the disk, larger than memory.

    `images`: `[N, H, W, channels]`, uint8 or floats in [0, 1], such as
    `np.load(path, mmap_mode="r")`. Batches are float32 in [0, 1]. No more than a few are in memory;
    that of the file the system may drop at any time.
    """

    def read(index):
        return as_floats(images[np.sort(index)])  # sorted, so that the disk is read one way

    def batch(index):
        floats = tf.numpy_function(read, [index], tf.float32, stateful=False)
        return tf.ensure_shape(floats, (batch_size, *images.shape[1:]))

    order = tf.data.Dataset.range(len(images))
    order = order.shuffle(len(images), seed=int(keras.random.randint((), 0, 2**31 - 1)))
    return order.batch(batch_size, drop_remainder=True).map(batch).prefetch(2)


def as_floats(images):
    """Images, uint8 from 0 to 255 or floats in [0, 1], as float32 in [0, 1]."""
    if images.dtype == np.uint8:
        return images.astype("float32") / 255
    return images.astype("float32")
