"""Lesson 10: pairs, critic and architecture varied one at a time, and what the codes are worth.

Images and budget of the lesson, a batch of 32, InfoNCE over codes. Two architectures: the
convolutions of the other lessons, and a dense layer whose feature map has the same shape, but each
location of which sees the whole image. An encoder with its first weights is treated alike.
"""

import numpy as np

from dimlearn.data.images import load
from dimlearn.deep_infomax.encoder import build_encoder
from dimlearn.deep_infomax.model import DeepInfoMax
from dimlearn.deep_infomax.optimizer import FusedAdam
from dimlearn.deep_infomax.settling import settle
from dimlearn.evaluation.codes import frozen_codes
from dimlearn.evaluation.probes import few_labels_correct, knn_correct, linear_correct
from dimlearn.evaluation.rows import rise_and_fall
from dimlearn.startup import keras

IMAGES, BATCH, STEPS, RATE = 3000, 32, 240, 3e-3
GLOBAL, LOCAL = {"alpha": 1, "beta": 0}, {"alpha": 0, "beta": 1}
DOT, CONCAT = {"critic": "dot"}, {"critic": "concat", "units": 64}


def dense_encoder(shape):
    """An encoder without convolutions: a map `[N, 5, 5, 32]`, each location of the whole image."""
    images = keras.Input(shape)
    x = keras.layers.Dense(5 * 5 * 32, use_bias=False)(keras.layers.Flatten()(images))
    x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    feature_map = keras.layers.Reshape((5, 5, 32))(x)
    code = keras.layers.Dense(64, name="code")(keras.layers.Rescaling(0.1)(x))
    return keras.Model(images, (feature_map, code))


CASES = [  # architecture, pairs, critic
    ("convolutions", "untrained", ""),
    ("convolutions", "local", "dot"),
    ("convolutions", "global", "dot"),
    ("convolutions", "local", "concat"),
    ("convolutions", "global", "concat"),
    ("dense", "untrained", ""),
    ("dense", "local", "dot"),
    ("dense", "global", "dot"),
]
ENCODERS = {"convolutions": build_encoder, "dense": dense_encoder}
OBJECTIVES, CRITICS = {"global": GLOBAL, "local": LOCAL}, {"dot": DOT, "concat": CONCAT}


def run(seed):
    """For each case its bound on unseen images, in nats, and the accuracies of three probes."""
    images, rows = load(limit=IMAGES), []
    for architecture, pairs, critic in CASES:
        keras.utils.set_random_seed(seed)
        encoder, bound = ENCODERS[architecture](images.image_shape), np.nan
        if critic:
            bound = trained(encoder, images, seed, **OBJECTIVES[pairs], **CRITICS[critic])
        case = {"architecture": architecture, "pairs": pairs, "critic": critic or "none"}
        rows.append({**case, "bound": bound, **worth(encoder, images)})
    return rows


def trained(encoder, images, seed, **settings):
    """Train the encoder; returns the bound on unseen images, of which 32 make a batch."""
    model = DeepInfoMax(encoder, bound="infonce_codes", **settings)
    model.compile(FusedAdam(rise_and_fall(RATE, STEPS)))
    rng = np.random.default_rng(seed)
    for _ in range(STEPS):
        chosen = rng.choice(len(images.x_train), BATCH, replace=False)
        model.train_on_batch(images.x_train[chosen])
    settle(encoder, images.x_train)
    batches = np.split(images.x_validation[: 16 * BATCH], 16)
    return np.mean([-model.terms(*encoder(batch, training=False))["loss"] for batch in batches])


def worth(encoder, images):
    """Test accuracies of the codes: all labels, neighbours, ten labels a class."""
    settle(encoder, images.x_train)
    codes = frozen_codes(encoder, images)
    ten = few_labels_correct(codes, 10, range(10)).mean()
    return {"linear": linear_correct(codes).mean(), "knn": knn_correct(codes).mean(), "ten": ten}
