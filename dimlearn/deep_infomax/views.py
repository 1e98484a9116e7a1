"""Random pictures of an image: two views of the same thing. Lesson 11.

Deep InfoMax asks which feature map a code belongs to. When code and map come from one picture, ink
and place give the answer away. When they come from two different pictures of the same image, turned
and moved at random, only what stays the same in both helps: what the image shows (Bachman et al.
2019, AMDIM). What may change from picture to picture is knowledge that plain Deep InfoMax has not:
that a turned seven is a seven is said here, by whoever chooses the views.

A view is a Keras layer, or a function, from images `[N, H, W, channels]` to as many pictures of the
same shape. Each image gets a picture of its own, at each call another.
"""

import math

from dimlearn.errors import InputError
from dimlearn.startup import keras, tf

register = keras.saving.register_keras_serializable("dimlearn")


def resample(images, matrices, shifts):
    """Each image seen through an affine map of its own, by bilinear interpolation.

    `images`: `[N, H, W, channels]`; `matrices`: `[N, 2, 2]`; `shifts`: `[N, 2]`, in pixels. The
    pixel of the new picture at p, counted (x, y) from the centre, is what the image has at
    `matrix @ p + shift`; beyond its edge an image goes on as it ends.
    """
    height, width = images.shape[1:3]
    centre = tf.constant([(width - 1) / 2, (height - 1) / 2])
    offsets = centre + shifts - tf.linalg.matvec(matrices, centre)  # [N, 2]
    rows = tf.concat([matrices, offsets[..., None]], axis=2)  # [N, 2, 3]
    transforms = tf.pad(tf.reshape(rows, [-1, 6]), [[0, 0], [0, 2]])  # no perspective
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=transforms,
        output_shape=(height, width),
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )


def thicken(images, amounts):
    """Each image with what is bright in it wider, or narrower where its amount is below 0.

    `images`: `[N, H, W, channels]`; `amounts`: `[N]`, between -1 and 1: the part of the way from
    each pixel to the largest, or smallest, of its neighbours.
    """
    reach = 2 * max(1, round(min(images.shape[1:3]) / 28)) + 1  # a pixel each way for 28x28
    wider = tf.nn.max_pool2d(images, reach, 1, "SAME") - images
    narrower = -tf.nn.max_pool2d(-images, reach, 1, "SAME") - images
    amounts = amounts[:, None, None, None]
    return images + tf.maximum(amounts, 0) * wider + tf.maximum(-amounts, 0) * narrower


@register
class RandomViews(keras.layers.Layer):
    """What all views share: random numbers of their own, drawn in the graph.

    How many draws there were is a weight: a model that was saved goes on with the next ones, where
    a `keras.random.SeedGenerator` would begin anew.
    """

    def __init__(self, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.draws = self.add_weight((), "zeros", "int32", trainable=False, name="draws")

    def draw(self, images, low, high):
        """Uniform numbers between `low` and `high`, one for each image: `[N]`."""
        self.draws.assign_add(1)
        seed = (self.seed, self.draws.value)
        return tf.random.stateless_uniform(tf.shape(images)[:1], seed, low, high)

    def get_config(self):
        return {**super().get_config(), "seed": self.seed}


@register
class HandwritingViews(RandomViews):
    """An image turned, sheared, scaled and moved, in one resampling, by another pen.

    turn, shear: up to so many radians either way; scale: the logarithm of the size changes by up to
    so much; shift: up to such a part of the side, along each axis; pen: strokes are wider or
    narrower by up to such a part of a pixel's way (see `thicken`). All uniformly at random.
    """

    def __init__(self, turn=0.3, shear=0.3, scale=0.2, shift=0.107, pen=0.7, **kwargs):
        super().__init__(**kwargs)
        self.turn, self.shear, self.scale, self.shift = turn, shear, scale, shift
        self.pen = pen

    def call(self, images):
        pictures = self.moved(images)
        return thicken(pictures, self.draw(images, -self.pen, self.pen))

    def moved(self, images):
        angle = self.draw(images, -self.turn, self.turn)
        slant = tf.tan(self.draw(images, -self.shear, self.shear))
        size = tf.exp(self.draw(images, -self.scale, self.scale))
        cosine, sine = size * tf.cos(angle), size * tf.sin(angle)
        matrices = [[cosine, cosine * slant - sine], [sine, sine * slant + cosine]]
        side = min(images.shape[1:3])
        shifts = [self.draw(images, -self.shift, self.shift) * side for _ in "xy"]
        return resample(images, tf.transpose(matrices, [2, 0, 1]), tf.stack(shifts, axis=1))

    def get_config(self):
        names = ("turn", "shear", "scale", "shift", "pen")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@register
class PhotographViews(RandomViews):
    """A crop of an image brought back to its size, mirrored or not, in other colours.

    area: the smallest crop, as a part of the whole; colour: brightness, contrast and saturation
    change by up to so much, relatively; grey: how often all colour is taken out. One channel has
    brightness and contrast alone.
    """

    def __init__(self, area=0.3, colour=0.4, grey=0.2, **kwargs):
        super().__init__(**kwargs)
        self.area, self.colour, self.grey = area, colour, grey

    def call(self, images):
        return self.recolour(self.crop(images))

    def crop(self, images):
        """A random part of each image, mirrored in half of them, in one resampling."""
        area = self.draw(images, self.area, 1.0)
        ratio = tf.exp(self.draw(images, -0.5, 0.5) * math.log(4 / 3))  # of width to height
        parts = [tf.minimum(1.0, tf.sqrt(area * ratio)), tf.minimum(1.0, tf.sqrt(area / ratio))]
        shifts = [
            self.draw(images, -0.5, 0.5) * (1 - part) * side
            for part, side in zip(parts, (images.shape[2], images.shape[1]))
        ]
        mirror = tf.sign(self.draw(images, -1.0, 1.0))
        matrices = tf.linalg.diag(tf.stack([parts[0] * mirror, parts[1]], axis=1))  # [N, 2, 2]
        return resample(images, matrices, tf.stack(shifts, axis=1))

    def recolour(self, images):
        def factor():
            return self.draw(images, 1 - self.colour, 1 + self.colour)[:, None, None, None]

        images = images * factor()  # brightness
        mean = tf.reduce_mean(images, axis=[1, 2, 3], keepdims=True)
        images = mean + (images - mean) * factor()  # contrast
        if images.shape[-1] == 3:
            colourless = tf.reduce_mean(images, axis=3, keepdims=True)
            keeps = tf.cast(self.draw(images, 0.0, 1.0) >= self.grey, images.dtype)
            saturation = factor() * keeps[:, None, None, None]
            images = colourless + (images - colourless) * saturation
        return tf.clip_by_value(images, 0.0, 1.0)

    def get_config(self):
        own = {"area": self.area, "colour": self.colour, "grey": self.grey}
        return {**super().get_config(), **own}


VIEWS = {"handwriting": HandwritingViews, "photographs": PhotographViews}


def find_views(views, seed):
    """The layer or function that `views` names or is; None for none."""
    if views is None or callable(views):
        return views
    if views not in VIEWS:
        known = ", ".join(VIEWS)
        raise InputError(f"views must be one of {known}, a layer or a function, but is {views!r}")
    return VIEWS[views](seed=seed)


def two_views(views, images):
    """A picture of every image, then another picture of every image: `[2N, H, W, channels]`.

    Raises `InputError` when the views change the shape of the images.
    """
    pictures = tf.concat([views(images), views(images)], axis=0)
    if not pictures.shape[1:].is_compatible_with(images.shape[1:]):
        raise InputError(
            f"""views must keep the shape of an image, {tuple(images.shape[1:])}, but give
            {tuple(pictures.shape[1:])}"""
        )
    return pictures
