"""What a Deep InfoMax model is fed: images, from whatever Keras' own models take.

There is one door for them. An array goes through `check_images` and is cut into full batches; of a
`tf.data.Dataset`, a generator or a `keras.utils.PyDataset` each batch goes through `images_of`, in
the compiled step. Either way images end as floats in [0, 1], uint8 is 0 to 255, and what is no
image gets a sentence. Labels that come with the images are left out: nothing here looks at them.
"""

import types

import numpy as np

from dimlearn.data.batches import full_batches
from dimlearn.data.images import ZERO_TO_ONE, check_images
from dimlearn.deep_infomax.checks import whole_number
from dimlearn.errors import InputError
from dimlearn.startup import keras, tf

BATCH_SIZE = 128
TOO_FEW = "a batch of one image has no negative pairs: batch at least 2 images"
OUTSIDE = "images must lie in [0, 1]: divide pixels by 255, or pass them as uint8"
BLACK = f"images {ZERO_TO_ONE}"

# ---------------------------------------------------------------- before the step


def for_fit(
    encoder,
    x,
    y=None,
    batch_size=None,
    validation_data=None,
    validation_split=0.0,
    validation_batch_size=None,
    steps_per_epoch=None,
    shuffle=True,
    sample_weight=None,
    class_weight=None,
    **others,
):
    """The arguments of `DeepInfoMax.fit` as `keras.Model.fit` understands them, a dictionary."""
    check_labels_beside(x, y)
    refuse_weights(sample_weight=sample_weight, class_weight=class_weight)
    if validation_split and validation_data is None:
        x, validation_data = split(x, validation_split)
    if validation_data is not None:
        validation_data = batches(
            encoder,
            images_alone(validation_data),
            batch_size if validation_batch_size is None else validation_batch_size,
            named="validation_batch_size",
        )
    x = batches(encoder, x, batch_size, shuffle, forever=steps_per_epoch is not None)
    return {
        "x": x,
        "validation_data": validation_data,
        "steps_per_epoch": steps_per_epoch,
        "shuffle": shuffle and isinstance(x, keras.utils.PyDataset),  # the rest is shuffled, or not
        **others,
    }


def batches(encoder, x, batch_size=None, shuffle=False, y=None, named="batch_size", forever=False):
    """Full batches of the images of an array; anything else is taken to come in batches.

    `y`: labels, which are left out; `named`: what the caller calls the size of a batch; `forever`:
    whether to begin anew at the end.
    """
    check_labels_beside(x, y)
    images = images_in(encoder, x)
    if not is_array(x):
        return images
    batch_size = whole_number(named, BATCH_SIZE if batch_size is None else batch_size)
    if not 2 <= batch_size <= len(images):
        raise InputError(f"""a batch needs at least 2 images, for a negative pair, and at most the
            {len(images)} that there are, but {named} = {batch_size}""")
    full = full_batches(images, batch_size, shuffle)
    return full.repeat() if forever else full


def images_in(encoder, x):
    """The images of an array as the encoder takes them; anything else as Keras takes it."""
    if isinstance(x, types.GeneratorType):  # of tuples, for Keras
        return (batch if isinstance(batch, tuple) else (batch,) for batch in x)
    if not is_array(x):
        return x
    images = check_images(x)
    check_shape(images, encoder)
    return images


def check_labels_beside(x, y):
    """Raise `InputError` unless `y` is nothing, or labels of the images of an array."""
    if y is None:
        return
    if not is_array(x):
        raise InputError("y goes with an array: other sources give pairs of images and labels")
    if np.ndim(y) == 0 or len(y) != len(x):
        raise InputError(f"y must hold a label for each of the {len(x)} images, or be left out")


def split(x, fraction):
    """The first and the last images of an array: to train on, and a fraction to validate on."""
    if not is_array(x):
        raise InputError("validation_split is for arrays: give validation_data with other images")
    count = int(len(x) * (1 - fraction))
    if not 0 < count < len(x):
        raise InputError(f"validation_split = {fraction} leaves nothing on one side of {len(x)}")
    return x[:count], x[count:]


def images_alone(data):
    """The images of what may be a pair of images and labels."""
    if isinstance(data, (tuple, list)) and len(data) <= 3:
        images, _, weights = keras.utils.unpack_x_y_sample_weight(data)
        refuse_weights(sample_weight=weights)
        return images
    return data


def refuse_weights(**weights):
    for name, given in weights.items():
        if given is not None:
            raise InputError(f"{name} has no use here: every image of a batch counts the same")


def is_array(x):
    return x is None or isinstance(x, (list, tuple)) or hasattr(x, "__array__")


# ---------------------------------------------------------------- in the step


def images_of(encoder, data):
    """The images of a batch that Keras hands to a step, alone or with labels, for the encoder.

    Raises `InputError` for a batch of one: it has no negative pairs, and would train on NaN.
    """
    images, _, weights = keras.utils.unpack_x_y_sample_weight(data)
    refuse_weights(sample_weight=weights)
    images = image_tensor(encoder, images)
    if images.shape[0] is not None and images.shape[0] < 2:
        raise InputError(TOO_FEW)
    tf.debugging.Assert(tf.shape(images)[0] > 1, [TOO_FEW])
    return images


def image_tensor(encoder, images):
    """Images as floats in [0, 1] `[N, H, W, channels]`, as the encoder takes them; in a graph too.

    uint8 is 0 to 255. Raises `InputError` for what is no set of images. In a graph only the pixels
    can tell some of it, when it runs: then it is TensorFlow's error (see `told`).
    """
    if keras.utils.is_keras_tensor(images):
        return images
    if not tf.is_tensor(images):
        if isinstance(images, dict):
            raise InputError("batches must be images or (images, labels), but are dictionaries")
        images = tf.constant(check_images(images))
    elif tf.executing_eagerly():
        check_images(images.numpy())
    if images.dtype == tf.uint8:
        tf.debugging.Assert(tf.reduce_max(images) != 1, [BLACK])
        images = tf.cast(images, keras.config.floatx()) / 255
    elif images.dtype.is_floating:
        inside = tf.reduce_all((images >= 0) & (images <= 1))  # not of NaN
        tf.debugging.Assert(inside, [OUTSIDE])
    else:
        raise InputError(f"images must be uint8 or floats in [0, 1], but are {images.dtype.name}")
    images = images[..., None] if images.shape.rank == 3 else images
    check_shape(images, encoder)
    return images


def told(run, *args, **kwargs):
    """What `run` gives; where its graph refuses the pixels, the sentence as an `InputError`."""
    try:
        return run(*args, **kwargs)
    except tf.errors.InvalidArgumentError as error:
        for sentence in (TOO_FEW, OUTSIDE, BLACK):
            if sentence in error.message:
                raise InputError(sentence) from None
        raise


def check_shape(images, encoder):
    """Raise `InputError` unless the images have the height, width and channels of the encoder."""
    shape, expected = tuple(images.shape[1:]), encoder.inputs[0].shape[1:]
    if not tf.TensorShape(expected).is_compatible_with(shape):
        raise InputError(f"the encoder takes images of shape {expected}, but these are {shape}")
