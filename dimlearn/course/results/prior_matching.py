"""Lesson 07: what a prior does to 64 numbers, with a slow and with a fast discriminator.

Images and budget of the lesson: two epochs of 3,072 digits in batches of 32, InfoNCE over codes,
Adam with a thousandth. Games differ in the weight of the prior and in the discriminator's rate.
"""

import numpy as np

from dimlearn.data.images import load
from dimlearn.deep_infomax.encoder import build_encoder
from dimlearn.deep_infomax.model import DISCRIMINATOR_RATE, DeepInfoMax
from dimlearn.deep_infomax.settling import settle
from dimlearn.evaluation.codes import encode, frozen_codes
from dimlearn.evaluation.probes import linear
from dimlearn.startup import keras, tf

IMAGES, LABELLED, EPOCHS, BATCH, RATE, FAST = 3072, 2000, 2, 32, 1e-3, 1e-3
GAMES = {  # gamma, the discriminator's rate
    "no game": (0, DISCRIMINATOR_RATE),
    "gamma 0.1, slow": (0.1, DISCRIMINATOR_RATE),
    "gamma 0.3, slow": (0.3, DISCRIMINATOR_RATE),
    "gamma 0.1, fast": (0.1, FAST),
}


def run(seed):
    """For each game: a linear probe's accuracy, the last bound in nats, how often the mean of a
    number changed sides, the gap to uniform, mean size and offset of the raw numbers."""
    return [{"game": game, **judged(*settings, seed)} for game, settings in GAMES.items()]


def judged(gamma, discriminator_rate, seed):
    """What one game comes to, from the same first weights and with the same batches as all."""
    images = load(limit=IMAGES)
    keras.utils.set_random_seed(seed)
    encoder = build_encoder(images.image_shape, 64)
    model = DeepInfoMax(encoder, beta=1, gamma=gamma, bound="infonce_codes", seed=seed)
    opponent = keras.optimizers.Adam(discriminator_rate)
    model.compile(keras.optimizers.Adam(RATE), discriminator_optimizer=opponent)
    means = Means(encoder, images.x_train[:500])
    training = {"epochs": EPOCHS, "batch_size": BATCH, "verbose": 0, "callbacks": [means]}
    told = model.fit(images.x_train, **training).history
    settle(encoder, images.x_train[:1000])
    accuracy = linear(frozen_codes(encoder, load(limit=LABELLED)))
    codes = encode(encoder, images.x_validation[:1000])
    return {
        "accuracy": accuracy,
        "bound": told["local_bound"][-1],
        "turns": turns(np.array(means.seen)),
        **shape_of(codes),
    }


class Means(keras.callbacks.Callback):
    """Keeps the mean of each number of the codes, seen every few batches as a training sees it.

    That moves the averages of batch normalisation, but no weight and no batch of the training.
    """

    def __init__(self, encoder, images, every=4):
        super().__init__()
        self.encoder, self.images, self.every, self.seen = encoder, images, every, []

    def on_train_batch_end(self, batch, logs=None):
        if batch % self.every == 0:
            _, codes = self.encoder(self.images, training=True)
            self.seen.append(codes.numpy().mean(axis=0))


def turns(means, beyond=0.3):
    """How often a number changed sides, of means `[times, numbers]`: from below -`beyond` to above
    `beyond`, or back. The mean over the numbers."""
    sides = [np.sign(of_one[np.abs(of_one) > beyond]) for of_one in means.T]
    return float(np.mean([np.sum(np.diff(side) != 0) for side in sides]))


def shape_of(codes):
    """Where raw codes `[N, D]` lie, each a mean over the numbers."""
    squashed = np.sort(tf.sigmoid(codes), axis=0)
    share = np.arange(1, len(codes) + 1)[:, None] / len(codes)
    return {
        "gap": np.abs(share - squashed).max(axis=0).mean(),
        "size": np.abs(codes).mean(),
        "offset": np.abs(codes.mean(axis=0)).mean(),
    }
