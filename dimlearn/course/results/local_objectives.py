"""Lesson 6: four objectives from the same first weights, judged after a short training.

The images of the lesson, batches of 64, dot-product critics, Adam. Before an encoder is judged, its
batch normalisation settles; the encoder with its first weights is treated alike.
"""

import numpy as np

from dimlearn.data.images import load
from dimlearn.deep_infomax.encoder import build_encoder
from dimlearn.deep_infomax.model import DeepInfoMax
from dimlearn.deep_infomax.optimizer import FusedAdam
from dimlearn.deep_infomax.settling import settle
from dimlearn.evaluation.codes import frozen_codes
from dimlearn.evaluation.probes import PROBES, few_labels_correct
from dimlearn.startup import keras

IMAGES, BATCH, STEPS, RATE = 2560, 64, 150, 2e-3
OBJECTIVES = {
    "global JSD": {"alpha": 1, "beta": 0, "bound": "jsd"},
    "local JSD": {"bound": "jsd"},
    "InfoNCE over patches": {"bound": "infonce"},
    "InfoNCE over codes": {"bound": "infonce_codes"},
}


def run(seed):
    """For each objective its value on unseen images in nats, and the accuracies of probes."""
    images = load(limit=IMAGES)
    rows = [{"objective": "first weights", **worth(new_encoder(images, seed), images)}]
    for name, objective in OBJECTIVES.items():
        model = trained(new_encoder(images, seed), images, seed, **objective)
        value = held_out(model, images)
        rows.append({"objective": name, "held_out": value, **worth(model.encoder, images)})
    return rows


def new_encoder(images, seed):
    """The same first weights for the same seed."""
    keras.utils.set_random_seed(seed)
    return build_encoder(images.image_shape)


def trained(encoder, images, seed, **objective):
    """The model of an encoder after `STEPS` steps on random batches."""
    model = DeepInfoMax(encoder, **objective)
    model.compile(FusedAdam(RATE))
    rng = np.random.default_rng(seed)
    for _ in range(STEPS):
        chosen = rng.choice(len(images.x_train), BATCH, replace=False)
        model.train_on_batch(images.x_train[chosen])
    return model


def held_out(model, images, batches=8):
    """The mean of the objective over batches of validation images, with settled statistics."""
    settle(model.encoder, images.x_train)
    whole = np.split(images.x_validation[: batches * BATCH], batches)
    maps_and_codes = (model.encoder(batch, training=False) for batch in whole)
    return np.mean([-model.terms(*pair)["loss"] for pair in maps_and_codes])


def worth(encoder, images):
    """Test accuracies of the codes: all labels, neighbours, ten labels a class."""
    settle(encoder, images.x_train)
    codes = frozen_codes(encoder, images)
    all_labels = {name: correct(codes).mean() for name, correct in PROBES.items()}
    return {**all_labels, "ten_labels": few_labels_correct(codes, 10, range(5)).mean()}
