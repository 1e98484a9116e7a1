"""Occlusion: the code of an image with a square missing, the map of the whole. An extra term.

The local objective can be met by a code that lists what the map shows, place by place. When a part
of the image is hidden from the code and not from the map, the code has to say what was there: so
it is pushed towards what all parts of an image have in common (the paper, section 4.3, beside
"inpainting", Pathak et al. 2016).

As in the paper: a random part of the image is hidden where the code is computed, and the map is
that of the whole. Decided here: what is hidden is one square (of an image that is not square, a
rectangle like it) of a fixed size at a random place, and it is black. Whole images and those with a
square missing go through the encoder in one batch, as two views do.
"""

import math

from dimlearn.deep_infomax.views import RandomViews
from dimlearn.startup import keras, tf


@keras.saving.register_keras_serializable("dimlearn")
class Occlusion(RandomViews):
    """Each image `[N, H, W, channels]` with a random square of it black.

    `part`: how much of the image the square covers, between 0 and 1: its sides are the root of that
    times those of the image, in whole pixels.
    """

    def __init__(self, part=0.25, **kwargs):
        super().__init__(**kwargs)
        self.part = part

    def call(self, images):
        height, width = tf.shape(images)[1], tf.shape(images)[2]
        rows, columns = self.stretch(images, height), self.stretch(images, width)  # [N, H], [N, W]
        hidden = rows[:, :, None] & columns[:, None, :]  # [N, H, W]
        return tf.where(hidden[..., None], tf.zeros_like(images), images)

    def stretch(self, images, length):
        """Which pixels of a side are in a random stretch of it: `[N, length]` booleans."""
        covered = tf.cast(tf.round(math.sqrt(self.part) * tf.cast(length, "float32")), "int32")
        free = length - covered
        first = tf.cast(self.draw(images, 0.0, tf.cast(free + 1, "float32")), "int32")[:, None]
        pixels = tf.range(length) - tf.minimum(first, free)  # counted from where it begins
        return (pixels >= 0) & (pixels < covered)

    def get_config(self):
        return {**super().get_config(), "part": self.part}


def with_occluded(occlusion, pictures):
    """The pictures, then the same with a square of each missing: `[P, ...] -> [2P, ...]`."""
    return tf.concat([pictures, occlusion(pictures)], axis=0)


def whole_and_occluded(feature_map, code):
    """The maps of whole pictures and the codes of those with a square missing.

    Of maps `[2P, M, M', C]` and codes `[2P, D]` of the pictures of `with_occluded`, in their order.
    """
    return tf.split(feature_map, 2)[0], tf.split(code, 2)[1]
