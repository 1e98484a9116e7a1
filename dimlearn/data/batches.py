"""Batches of arrays in memory, all of them full."""

from dimlearn.startup import keras, tf


def full_batches(arrays, batch_size, shuffle):
    """A `tf.data.Dataset` of batches gathered from arrays in memory, every batch full.

    `arrays`: one array or a tuple of them with the same length N. Of every epoch the last
    N mod `batch_size` examples are dropped, others each time when `shuffle` is true.
    """
    tensors = tf.nest.map_structure(tf.constant, arrays)
    count = len(tf.nest.flatten(tensors)[0])
    order = tf.data.Dataset.range(count)
    if shuffle:
        order = order.shuffle(count, seed=int(keras.random.randint((), 0, 2**31 - 1)))
    order = order.batch(batch_size, drop_remainder=True)
    batches = order.map(
        lambda index: tf.nest.map_structure(lambda tensor: tf.gather(tensor, index), tensors)
    )
    # While tf.data tunes itself, some epochs run their steps on one core of two, 26 ms a step in
    # place of 14 (`tests/benchmarks/speed_benchmark.py batches`; here 5 epochs of 12).
    options = tf.data.Options()
    options.autotune.enabled = False
    # Its rewriting of the graph copies the arrays, 161 MiB of MNIST.
    options.experimental_optimization.apply_default_optimizations = False
    # Of several machines each takes its part of every batch: there are no files to divide.
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    return batches.prefetch(2).with_options(options)
