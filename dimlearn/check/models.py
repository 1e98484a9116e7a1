"""Small Keras models with fixed weights for the exercises that are given models."""

import functools

import numpy as np

from dimlearn.errors import one_line
from dimlearn.startup import keras, tf

SIDE, CHANNELS, CODE_DIM = 8, 2, 3


def images(n, seed=0):
    """Images `[N, 8, 8, 1]` as float32, each with a bright patch of its own."""
    rng = np.random.default_rng([seed, n])
    return rng.uniform(0, 1, size=(n, SIDE, SIDE, 1)).astype("float32")


def encoder(normalised=True, code_dim=CODE_DIM, seed=0):
    """A convolution to `[N, 3, 3, 2]`, and a dense layer to the code `[N, code_dim]`."""
    inputs = keras.Input((SIDE, SIDE, 1))
    x = keras.layers.Conv2D(CHANNELS, 4, 2)(inputs)
    if normalised:
        x = keras.layers.BatchNormalization(momentum=0.8)(x)
    feature_map = keras.layers.Activation("tanh")(x)
    code = keras.layers.Dense(code_dim)(keras.layers.Flatten()(feature_map))
    return with_fixed_weights(keras.Model(inputs, (feature_map, code)), seed)


def discriminator(code_dim=CODE_DIM, seed=1):
    """Codes `[N, code_dim]` to logits `[N, 1]`."""
    inputs = keras.Input((code_dim,))
    x = keras.layers.Dense(4, activation="tanh")(inputs)
    return with_fixed_weights(keras.Model(inputs, keras.layers.Dense(1)(x)), seed)


class WrongArguments(ValueError):
    """A critic was called with something else than a feature map and a code."""


def map_before_code(feature_map, code):
    """Raise `WrongArguments`, in words, unless these are `[N, M, M, C]` and `[N, D]`."""
    ranks = len(feature_map.shape), len(code.shape)
    if ranks != (4, 2):
        words = f"""critic(feature_map, code) was given arguments with {ranks[0]} and {ranks[1]}
            axes; it takes a map of 4 axes and a code of 2"""
        raise WrongArguments(one_line(words))


class LocalCritic(keras.Model):
    """Feature maps `[N, M, M, C]` and codes `[N, D]` to scores `[N, N, L]`."""

    def __init__(self, channels=CHANNELS):
        super().__init__()
        self.side = keras.layers.Dense(channels)

    def call(self, feature_map, code):
        map_before_code(feature_map, code)
        n, channels = tf.shape(feature_map)[0], feature_map.shape[-1]
        features = tf.reshape(feature_map, [n, -1, channels])
        return tf.einsum("jlu,iu->ijl", features, self.side(code))


def critic(seed=2):
    model = LocalCritic()
    model.side.build((None, CODE_DIM))
    model.built = True
    return with_fixed_weights(model, seed)


class TrialCritic(keras.Model):
    """Two sides `[N, 4]` to scores `[N, N]`: products of what a layer for each makes of them."""

    def __init__(self):
        super().__init__()
        self.first, self.second = keras.layers.Dense(3, activation="tanh"), keras.layers.Dense(3)

    def call(self, x, y):
        return tf.matmul(self.first(x), self.second(y), transpose_b=True)


def pair_critic(seed=6):
    model = TrialCritic()
    for side in (model.first, model.second):
        side.build((None, 4))
    model.built = True
    return with_fixed_weights(model, seed)


class FixedCritic:
    """What stands in for a critic in an input: a function with fixed weights, which computes in the
    precision of what it is given."""

    def __init__(self, *shapes, seed=4):
        rng = np.random.default_rng([seed, *np.ravel(shapes)])
        self.weights = [rng.normal(size=shape) * 0.6 for shape in shapes]

    def weights_like(self, tensor):
        return [tf.cast(weight, tensor.dtype) for weight in self.weights]

    def __repr__(self):
        return "<a critic>"


class FixedConcatCritic(FixedCritic):
    """`[pairs, F] -> [pairs, 1]`."""

    def __init__(self, features):
        super().__init__((features, 3), (3, 1))

    def __call__(self, pairs):
        pairs = tf.convert_to_tensor(pairs)
        hidden, out = self.weights_like(pairs)
        return tf.matmul(tf.tanh(tf.matmul(pairs, hidden)), out)


class FixedLocalCritic(FixedCritic):
    """Feature maps `[N, M, M, C]` and codes `[N, D]` to scores `[N, N, L]`."""

    def __init__(self, channels, code_dim):
        super().__init__((channels, code_dim))

    def __call__(self, feature_map, code):
        feature_map, code = tf.convert_to_tensor(feature_map), tf.convert_to_tensor(code)
        map_before_code(feature_map, code)
        features = tf.reshape(feature_map, [feature_map.shape[0], -1, feature_map.shape[-1]])
        return tf.einsum("jlc,cd,id->ijl", features, *self.weights_like(code), code)


def with_fixed_weights(model, seed):
    """The model with weights from `seed`, statistics that are not those of a fresh layer too."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        value = rng.normal(size=weight.shape) * 0.7
        weight.assign(np.abs(value) + 0.5 if "variance" in weight.name else value)
    return model


def values(variables):
    """Copies of variables as arrays."""
    return tuple(np.asarray(variable).copy() for variable in variables)


def for_trial(call, build, *args):
    """`build(*args)`, new for a learner's function. The functions of the catalogue, which are ours,
    share a model, whose weights are put back: building one takes longer than judging it."""
    if call.guard is not None:
        return build(*args)
    model, weights = _shared(build, *args)
    model.trainable = True
    model.set_weights(weights)
    return model


@functools.cache
def _shared(build, *args):
    model = build(*args)
    return model, model.get_weights()
