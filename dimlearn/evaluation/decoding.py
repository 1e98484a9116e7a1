"""Decoding: how much of an image can be drawn again from its frozen code. The paper's section 4.1.

A decoder is trained to give the image back from the code, by squared error, and what it gives for
test images is held against them by structural similarity (Wang et al. 2004): 1 for the same image,
near 0 for one that has nothing of it. The paper reports MS-SSIM, the same over five scales, each
half the size of the one before, and its window of 11 pixels does not fit the smallest of them where
an image has fewer than 176 pixels a side; this is SSIM, of one scale, and its numbers are not the
paper's.
"""

import math

import numpy as np

from dimlearn.data.batches import full_batches
from dimlearn.deep_infomax.optimizer import FusedAdam
from dimlearn.evaluation.codes import encode, standardize
from dimlearn.evaluation.rows import rise_and_fall
from dimlearn.startup import keras, tf

STEPS, RATE, BATCH = 500, 2e-3, 128
WINDOW = 11  # pixels, of SSIM


def decoded_similarity(encoder, dataset, seed):
    """The structural similarity of each test image to what a decoder makes of its code: `[N]`.

    `encoder`: frozen; `seed`: of the decoder's first weights and batches. It is trained on the
    training images.
    """
    codes = standardize(encode(encoder, dataset.x_train), encode(encoder, dataset.x_test))
    keras.utils.set_random_seed(seed)
    decoder = build_decoder(codes[0].shape[1], dataset.image_shape)
    decoder.compile(FusedAdam(rise_and_fall(RATE, STEPS)), "mse", steps_per_execution=10)
    given = codes[0], dataset.x_train
    batches = full_batches(given, min(BATCH, len(given[0])), shuffle=True, batches=STEPS)
    decoder.fit(batches, shuffle=False, verbose=0)  # they are shuffled
    return similarity(dataset.x_test, decoder.predict(codes[1], batch_size=500, verbose=0))


def build_decoder(code_dim, image_shape, filters=(64, 32)):
    """From a code to an image: `[N, D] -> [N, H, W, channels]`, in [0, 1]."""
    height, width, channels = image_shape
    rows, columns = math.ceil(height / 4), math.ceil(width / 4)
    layers = [
        keras.Input((code_dim,)),
        keras.layers.Dense(rows * columns * filters[0], activation="relu"),
        keras.layers.Reshape((rows, columns, filters[0])),
        keras.layers.Conv2DTranspose(filters[1], 4, 2, "same", activation="relu"),
        keras.layers.Conv2DTranspose(channels, 4, 2, "same", activation="sigmoid"),
        keras.layers.Cropping2D(((0, 4 * rows - height), (0, 4 * columns - width))),
    ]
    return keras.Sequential(layers, name="decoder")


def similarity(images, others):
    """The SSIM of each image `[N, H, W, channels]` in [0, 1] and its other one: `[N]`.

    The window is 11 pixels wide, or as wide as a smaller image.
    """
    window = min(WINDOW, *images.shape[1:3])
    pieces = (
        tf.image.ssim(images[start : start + 500], others[start : start + 500], 1.0, window)
        for start in range(0, len(images), 500)
    )
    return np.concatenate([piece.numpy() for piece in pieces])
