"""What a learner's encoder has inside: which layer gives the code, and what stands around it.

Looked at from outside, by calling the model with other weights, since a model may be written in
any style.
"""

from contextlib import contextmanager

import numpy as np

from dimlearn.startup import keras, tf


def dense_layers(model, code_dim):
    """The dense layers that may make the code: those of its width."""
    return [
        layer
        for layer in layers_in(model)
        if isinstance(layer, keras.layers.Dense) and layer.units == code_dim and layer.built
    ]


def layers_in(model):
    """A model and all layers in it, however deep, in lists and dictionaries too, each once."""
    seen, ahead = {}, [model]
    while ahead:
        one = ahead.pop(0)
        if id(one) not in seen and isinstance(one, (keras.layers.Layer, dict, list, tuple)):
            seen[id(one)] = one
            inner = vars(one) if isinstance(one, keras.layers.Layer) else one
            ahead[:0] = inner.values() if isinstance(inner, dict) else inner
    return [one for one in seen.values() if isinstance(one, keras.layers.Layer)]


def what_is_behind(model, images, dense):
    """ "" if the code is this dense layer's own output, in training too, and twice as large with
    twice its weights; else what seems to stand behind it."""
    before = dense.get_weights()

    def code(scale, training=False):
        dense.set_weights([scale * (weight + 0.1) for weight in before])
        return np.asarray(model(images, training=training)[1], "float64")

    two, minus, plus = (code(scale) for scale in (2.0, -30.0, 30.0))
    with outputs_of(dense) as given:
        one, trained = code(1.0), code(1.0, True)  # this last: it moves a normalisation's averages
    dense.set_weights(before)
    size = np.abs(one).max() + 1e-6
    linear = np.allclose(two, 2 * one, atol=2e-3 * size)
    if linear and np.allclose(minus, -30 * one, atol=5e-2 * size):
        if given and np.allclose(trained, given[-1], atol=1e-3 * size):
            return ""
        if not given or not np.allclose(one, given[0], atol=2e-3 * size):
            return "more"
        return "normalised" if moved_together(trained, given[-1]) else "noisy"
    if np.allclose(minus.sum(axis=1), 1, atol=1e-3):
        return "softmax"
    return bounds_of(one, minus, plus)


def bounds_of(one, minus, plus):
    """What keeps a code from going as far as weights of 30 times the size, or minus 30, say."""
    low, high = (end([end(each) for each in (one, minus, plus)]) for end in (np.min, np.max))
    if low >= 0:  # what is squashed stays below 1, and grows no further when it is near it
        return "squashed" if high <= 1.001 and high < 10 * one.max() else "relu"
    if max(-low, high) <= 1.001 and np.median(np.abs(minus)) > 0.9:
        return "between -1 and 1"
    return "normalised" if np.abs(minus).max() < 3 * np.abs(one).max() else "other"


def moved_together(code, given):
    """Whether all columns, or all rows, were only shifted and scaled, as normalisation does."""
    code, given = np.asarray(code), np.asarray(given)
    return any(
        all(np.corrcoef(a, b)[0, 1] > 0.999 for a, b in zip(*both))
        for both in ((code, given), (code.T, given.T))
    )


@contextmanager
def outputs_of(layer):
    """What a layer gives while it is called within."""
    given, call = [], layer.call

    def noted(*args, **kwargs):
        given.append(call(*args, **kwargs))
        return given[-1]

    layer.call = noted
    try:
        yield given
    finally:
        del layer.call


def hidden_layers(model):
    """The convolutions and batch normalisations in a model that are not among its own layers."""
    own, kinds = set(map(id, model.layers)), (keras.layers.Conv2D, keras.layers.BatchNormalization)
    return [one for one in layers_in(model) if isinstance(one, kinds) and id(one) not in own]


def code_sees_more_than_map(model):
    """Whether the code of a functional model needs more than the map."""
    try:
        keras.Model(*model.outputs)
    except ValueError:  # there is a way from the images to the code that avoids the map
        return True
    return False


def code_comes_from_map(model, images):
    """Whether the weights that make the map also move the code."""
    with tf.GradientTape(persistent=True) as tape:
        outputs = model(images)
        of_map, of_code = tf.reduce_sum(outputs[0] ** 2), tf.reduce_sum(outputs[1] ** 2)
    variables = model.trainable_variables
    makes_map = [g is not None for g in tape.gradient(of_map, variables)]
    makes_code = [g is not None for g in tape.gradient(of_code, variables)]
    return all(c for m, c in zip(makes_map, makes_code) if m)
