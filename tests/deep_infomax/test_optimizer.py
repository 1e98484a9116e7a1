"""The fused update: Keras' Adam, in one operation for each variable."""

import numpy as np
import pytest

from dimlearn.deep_infomax import FusedAdam
from dimlearn.startup import keras, tf


@pytest.mark.parametrize("settings", [{}, {"amsgrad": True}, {"global_clipnorm": 0.1}])
def test_the_fused_adam_is_adam(settings):
    paths = []
    for kind in (FusedAdam, keras.optimizers.Adam):
        rng = np.random.default_rng(1)
        variables = [
            keras.Variable(rng.normal(size=shape), dtype="float32") for shape in ((4, 3), (5,))
        ]
        falling = keras.optimizers.schedules.CosineDecay(0.05, 30)
        optimizer = kind(falling, **settings)
        for _ in range(30):
            gradients = [tf.constant(rng.normal(size=v.shape), "float32") for v in variables]
            optimizer.apply(gradients, variables)
        paths.append([v.numpy() for v in variables])
    for fused, plain in zip(*paths):
        np.testing.assert_allclose(fused, plain, atol=1e-5)  # of moves of about 1


def test_in_another_order_and_with_a_part_of_the_variables():
    """The moments belong to their variables, whatever order these come in."""
    paths = []
    for kind in (FusedAdam, keras.optimizers.Adam):
        a, b = (keras.Variable(np.full(3, value), dtype="float32") for value in (1.0, 2.0))
        optimizer = kind(0.1)
        optimizer.build([a, b])
        one, two = tf.constant([1.0, -2.0, 3.0]), tf.constant([-1.0, 0.5, 4.0])
        for grads, variables in (([one, two], [a, b]), ([two, one], [b, a]), ([one], [b])):
            optimizer.apply(grads, variables)
        paths.append([a.numpy(), b.numpy()])
    np.testing.assert_allclose(*paths, atol=1e-5)


def test_with_a_scaled_loss_it_is_adam_too():
    """In a branch of the graph, where a step with an infinite gradient is left out."""
    paths = []
    for kind in (FusedAdam, keras.optimizers.Adam):
        variable = keras.Variable(np.ones(3), dtype="float32")
        optimizer = keras.optimizers.LossScaleOptimizer(kind(0.1), initial_scale=64.0)
        optimizer.build([variable])
        step = tf.function(lambda gradient: optimizer.apply([gradient], [variable]))  # noqa: B023
        for gradient in ([1.0, -2.0, 3.0], [np.inf, 0.0, 0.0], [0.5, 0.0, -9.0]):
            step(tf.constant(gradient))
        assert int(optimizer.iterations) == 2 and float(optimizer.dynamic_scale) == 32
        paths.append(variable.numpy())
    np.testing.assert_allclose(*paths, atol=1e-5)


def test_variables_of_float64():
    variable = keras.Variable(np.ones(3), dtype="float64")
    FusedAdam(0.1).apply([tf.constant([1.0, -1.0, 0.0], "float64")], [variable])
    np.testing.assert_allclose(variable, [0.9, 1.1, 1.0], atol=1e-6)


def test_what_is_saved_of_it_is_what_is_saved_of_adam():
    variables = [keras.Variable(np.ones(2), dtype="float32", name="weights")]
    fused, plain = FusedAdam(0.1), keras.optimizers.Adam(0.1)
    for optimizer in (fused, plain):
        optimizer.build(variables)
    assert [each.name for each in fused.variables] == [each.name for each in plain.variables]
    loaded = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(fused))
    assert type(loaded) is FusedAdam and loaded.get_config() == fused.get_config()
