"""Critics: networks that score whether a code and a piece of feature map belong together.

Every critic sees features `[N, L, F]` and codes `[N, D]` and returns `scores[i, j, l]`, the score
of code `i` with the features of image `j` at location `l`. The local objective gives it the
feature map with its L = M*M locations (lesson 6); the global objective gives it the whole map as
the features of a single location, L = 1 (lesson 5).

The two kinds cost very different amounts. Concat (DIM appendix, "concat-and-convolve" on the map)
runs a network on every pair, N * N * L times. Encode-and-dot-product (the authors' code) runs one
network on every location and another on every code, N * L + N times, and multiplies.
"""

import math

from dimlearn.information.bounds import mismatch
from dimlearn.startup import keras, tf

layers = keras.layers
register = keras.saving.register_keras_serializable("dimlearn")


def local_scores(local_features, code_features):
    """Encode-and-dot-product: every code with every location of every image.

    `[N, L, U], [N, U] -> [N, N, L]`, `scores[i, j, l] = code_i . features_jl`.
    """
    local_features, code_features = map(tf.convert_to_tensor, (local_features, code_features))
    return tf.einsum("iu,jlu->ijl", code_features, local_features)


@register
class ConcatCritic(layers.Layer):
    """A network `units`-`units`-1 on the features with the code beside them.

    A dense layer on a concatenation is the sum of a dense layer on each part. So the first layer
    is computed once per location and once per code and added up for every pair: nothing is tiled.
    """

    def __init__(self, units=512, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.feature_part = layers.Dense(units, use_bias=False, name="feature_part")
        self.code_part = layers.Dense(units, name="code_part")
        self.tail = keras.Sequential(
            [layers.ReLU(), layers.Dense(units, activation="relu"), layers.Dense(1)], name="tail"
        )

    def build(self, features_shape, code_shape):
        self.feature_part.build(features_shape)
        self.code_part.build(code_shape)
        self.tail.build((None, None, self.units))

    def call(self, features, code):
        """Features `[N, L, F]`, codes `[N, D]` -> scores of all pairs `[N, N, L]`."""
        f = self.feature_part(features)  # [N, L, units]
        c = self.code_part(code)[:, None, None]  # [N, 1, 1, units]
        n, count = tf.shape(f)[0], tf.shape(f)[1]
        pairs = tf.reshape(f[None] + c, [n * n, count, self.units])  # of [N, N, L, units]
        return tf.reshape(self.tail(pairs), [n, n, count])

    def matched(self, features, code):
        """Scores `[N, L]` of every image with its own code, and with another image's code."""
        f = self.feature_part(features)  # [N, L, units]
        c = self.code_part(code)[:, None]  # [N, 1, units]
        return self.tail(f + c)[..., 0], self.tail(f + mismatch(c))[..., 0]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@register
class Projection(layers.Layer):
    """A dense network with one hidden layer, then layer normalisation: `[..., F] -> [..., units]`.

    `hidden`: the units of the hidden layer.
    `past`: whether the features go past the network as well, and are added to what it gives: as
    they are where there are `units` of them, as in residual networks, by a linear map elsewhere.
    `scaled`: whether the normalised numbers get a learned scale and shift.
    """

    def __init__(self, units, hidden, past=False, scaled=False, **kwargs):
        super().__init__(**kwargs)
        self.units, self.past, self.scaled = units, past, scaled
        self.hidden = layers.Dense(hidden, activation="relu", name="hidden")
        self.linear = layers.Dense(units, name="linear")
        self.norm = layers.LayerNormalization(center=scaled, scale=scaled, name="norm")

    def build(self, shape):
        self.hidden.build(shape)
        self.linear.build((*shape[:-1], self.hidden.units))
        self.norm.build((*shape[:-1], self.units))
        if self.past and shape[-1] != self.units:
            self.shortcut = layers.Dense(self.units, use_bias=False, name="shortcut")
            self.shortcut.build(shape)
        else:
            self.shortcut = layers.Identity(name="shortcut")

    def call(self, x):
        y = self.linear(self.hidden(x))
        return self.norm(y + self.shortcut(x) if self.past else y)

    def get_config(self):
        own = {"units": self.units, "hidden": self.hidden.units}
        return {**super().get_config(), **own, "past": self.past, "scaled": self.scaled}


@register
class DotProductCritic(layers.Layer):
    """The inner product of features and code, each projected to `units` numbers and layer-
    normalised, over the root of `units`.

    The authors normalise the feature side only and leave the product unscaled, which starts the
    JSD objective saturated. With both sides normalised and the root (Bachman et al. 2019, AMDIM)
    a score is the root of `units` times a correlation: of order one at first, whatever the size.
    A learned scale on one side serves the product; it stands on the code's, which is the small one.

    The two networks differ, as what they cost does. The features', paid at every location, has a
    hidden layer half as wide as the authors' and lets the features past it. The code's, paid once
    an image, is four times as wide and lets nothing past: what is in the code need not lie in
    straight lines to the features.
    """

    def __init__(self, units=128, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        lean, wide = max(1, units // 2), 4 * units
        self.feature_side = Projection(units, lean, past=True, name="feature_side")
        self.code_side = Projection(units, wide, scaled=True, name="code_side")

    def build(self, features_shape, code_shape):
        self.feature_side.build(features_shape)
        self.code_side.build(code_shape)

    def call(self, features, code):
        """Features `[N, L, F]`, codes `[N, D]` -> scores of all pairs `[N, N, L]`."""
        f = self.feature_side(features)  # [N, L, units]
        c = self.code_side(code)  # [N, units]
        return local_scores(f, c) / math.sqrt(self.units)

    def matched(self, features, code):
        """Scores `[N, L]` of every image with its own code, and with another image's code."""
        f = self.feature_side(features)  # [N, L, units]
        c = self.code_side(code)  # [N, units]
        positive = tf.einsum("ilu,iu->il", f, c)
        negative = tf.einsum("ilu,iu->il", f, mismatch(c))
        return positive / math.sqrt(self.units), negative / math.sqrt(self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


CRITICS = {"concat": ConcatCritic, "dot": DotProductCritic}
