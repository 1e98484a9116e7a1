"""The one loop that trains critics: what it climbs, what it keeps, and what it lets go."""

import gc
import weakref

import numpy as np
import pytest

from dimlearn.information import readouts, worlds
from dimlearn.information.bounds import infonce_bound
from dimlearn.information.training import CosineAdamW, CriticInTraining, ascend, ascend_to_best
from dimlearn.startup import keras, tf


def hill():
    """Variables, and an objective with its top at (1, -2), 5."""
    a, b = tf.Variable([3.0, 3.0]), tf.Variable(0.0)
    return [a, b], lambda: -tf.reduce_sum((a - [1.0, -2.0]) ** 2) - (b - 5.0) ** 2


def test_it_climbs_to_the_top():
    variables, objective = hill()
    reached = list(ascend(objective, CosineAdamW(variables, 0.3, 250), 250))
    assert [step for step, _ in reached] == [100, 200, 250]
    values = np.concatenate([values for _, values in reached])
    assert values.shape == (250,) and values[0] == -4 - 25 - 25
    assert values[-1] == pytest.approx(0, abs=1e-3)
    np.testing.assert_allclose(variables[0].numpy(), [1, -2], atol=0.03)


def test_batches_come_in_order_and_several_values_are_summed():
    weights, rows = tf.Variable([1.0, 1.0]), np.arange(14, dtype="float32").reshape(7, 2)
    drawn = []

    def batches(count):
        drawn.append(count)
        return [rows[sum(drawn) - count : sum(drawn)]]

    optimizer = CosineAdamW([weights], 1e-6, 7)
    ascent = ascend(lambda row: weights * row, optimizer, 7, every=3, batches=batches)
    values = np.concatenate([values for _, values in ascent])
    np.testing.assert_allclose(values, rows, rtol=1e-4)
    assert drawn == [3, 3, 1] and (weights.numpy() > 1).all()


def test_each_member_ends_with_its_best_weights():
    heights = tf.Variable(np.zeros((3, 2), "float32"))  # three members, each climbs for ever
    checks = iter([[1.0, 0.0, 2.0], [3.0, 1.0, 1.0], [2.0, 2.0, 0.0]])
    seen, told = [], []

    def judge():
        seen.append(heights.numpy())
        return next(checks)

    found = ascend_to_best(
        lambda: tf.reduce_sum(heights, axis=1),
        judge,
        CosineAdamW([heights], 0.1, 300),
        300,
        say=lambda text, passing=False: told.append((text, passing)),
    )
    expected = np.stack([seen[1][0], seen[2][1], seen[0][2]])
    np.testing.assert_array_equal(heights.numpy(), expected)
    assert seen[0].max() < seen[1].max() < seen[2].max()
    assert [step for step, _ in found] == [100, 200, 300] and found[1][1].tolist() == [3, 1, 1]
    assert told[0] == ("step 100/300: 1.000 nats on validation pairs", True) and len(told) == 3


def test_the_arithmetic_is_that_of_keras():
    ours, objective = hill()
    theirs, same = hill()
    optimizer = CosineAdamW(ours, 0.1, 40, weight_decay=0.3, averaged=True)
    list(ascend(objective, optimizer, 40))
    schedule = keras.optimizers.schedules.CosineDecay(0.1, 40)
    adamw = keras.optimizers.AdamW(schedule, weight_decay=0.3, use_ema=True, ema_momentum=0.99)
    for _ in range(40):
        with tf.GradientTape() as tape:
            loss = -same()
        adamw.apply_gradients(zip(tape.gradient(loss, theirs), theirs))
    for one, other in zip(ours, theirs):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-5)
    optimizer.settle()
    adamw.finalize_variable_values(theirs)
    for one, other in zip(ours, theirs):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-5)


def test_no_graph_outlives_its_training():
    """With the `apply_gradients` of Keras 3.15 on TensorFlow 2.21 all of them did."""
    graphs = []

    def train():
        variables, objective = hill()

        def watched():
            graphs.append(weakref.ref(tf.compat.v1.get_default_graph()))
            return objective()

        list(ascend(watched, CosineAdamW(variables, 0.1, 20, averaged=True), 20))

    train()
    gc.collect()
    assert graphs and all(graph() is None for graph in graphs)


def test_a_critic_learns_from_fresh_pairs():
    world, told = worlds.correlated_gaussians(2.0, dim=5), []
    training = CriticInTraining(5, 5, infonce_bound)
    values = training.train(world, 120, 8e-3, say=lambda *text, **how: told.append((*text, how)))
    assert values.shape == (120,) and values[-20:].mean() > values[:20].mean() + 0.5
    assert told[-1][0].startswith(f"{world.name}, step 120/120: ") and told[-1][1]["passing"]
    read = readouts.read_log_ratio(training.scores(*world.sample(1000, seed=1)).numpy())
    assert 1.3 < read["InfoNCE"] < 2.1
