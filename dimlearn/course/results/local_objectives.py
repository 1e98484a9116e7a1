"""Lesson 6: four objectives from the same first weights, judged after a short training.

The images of the lesson, batches of 64, the library's dot-product critics, Adam. Two rows more have
the lesson's own critic, a dense layer on either side: its training, and the same with the objective
divided by the number of locations. Before an encoder is judged, its batch normalisation settles;
the encoder with its first weights is treated alike, and judged as it was built, too.
"""

import math

import numpy as np

from dimlearn.data.images import load
from dimlearn.deep_infomax.critics import local_scores
from dimlearn.deep_infomax.encoder import build_encoder
from dimlearn.deep_infomax.model import DeepInfoMax
from dimlearn.deep_infomax.optimizer import FusedAdam
from dimlearn.deep_infomax.settling import settle
from dimlearn.evaluation.codes import frozen_codes
from dimlearn.evaluation.probes import PROBES, few_labels_correct
from dimlearn.information.bounds import local_jsd
from dimlearn.startup import keras, tf

IMAGES, BATCH, STEPS, RATE = 2560, 64, 150, 2e-3
OBJECTIVES = {
    "global JSD": {"alpha": 1, "beta": 0, "bound": "jsd"},
    "local JSD": {"bound": "jsd"},
    "InfoNCE over patches": {"bound": "infonce"},
    "InfoNCE over codes": {"bound": "infonce_codes"},
}
LESSON = {"local JSD, your critic": 1, "divided twice": 25}  # by what the objective is divided


def run(seed):
    """For each objective its value on unseen images in nats, and the accuracies of probes."""
    images = load(limit=IMAGES)
    rows = first_weights(new_encoder(images, seed), images)
    for name, objective in OBJECTIVES.items():
        model = trained(new_encoder(images, seed), images, seed, **objective)
        value = held_out(model, images)
        rows.append({"objective": name, "held_out": value, **worth(model.encoder, images)})
    for name, divided_by in LESSON.items():
        encoder = new_encoder(images, seed)
        value = as_in_the_lesson(encoder, images, seed, divided_by)
        rows.append({"objective": name, "held_out": value, **worth(encoder, images)})
    return rows


def first_weights(encoder, images):
    """The two controls: an encoder that nobody trains, as built, and then settled."""
    as_built = {"objective": "first weights, as built", **worth(encoder, images)}
    settle(encoder, images.x_train)
    return [as_built, {"objective": "first weights, settled", **worth(encoder, images)}]


def new_encoder(images, seed):
    """The same first weights for the same seed."""
    keras.utils.set_random_seed(seed)
    return build_encoder(images.image_shape)


def trained(encoder, images, seed, **objective):
    """The model of an encoder after `STEPS` steps."""
    model = DeepInfoMax(encoder, **objective)
    model.compile(FusedAdam(RATE))
    for batch in random_batches(images, seed):
        model.train_on_batch(batch)
    return model


def random_batches(images, seed):
    rng = np.random.default_rng(seed)
    for _ in range(STEPS):
        yield images.x_train[rng.choice(len(images.x_train), BATCH, replace=False)]


def held_out(model, images):
    return mean_on_unseen(model.encoder, images, lambda *pair: -model.terms(*pair)["loss"])


def mean_on_unseen(encoder, images, objective, batches=8):
    """The mean of an objective over batches of validation images, with settled statistics."""
    settle(encoder, images.x_train)
    whole = np.split(images.x_validation[: batches * BATCH], batches)
    return np.mean([objective(*encoder(batch, training=False)) for batch in whole])


# ---------------------------------------------------------------- the lesson's own training


class Dot(keras.Model):
    """The inner product of one layer of 128 units on either side, over the root of 128."""

    def __init__(self, encoder):
        super().__init__()
        self.feature_side, self.code_side = (keras.layers.Dense(128) for _ in range(2))
        for layer, shape in zip((self.feature_side, self.code_side), encoder.output_shape):
            layer.build((None, shape[-1]))

    def call(self, feature_map, code):
        _, height, width, channels = feature_map.shape
        features = tf.reshape(feature_map, [-1, height * width, channels])
        return local_scores(self.feature_side(features), self.code_side(code)) / math.sqrt(128)


def as_in_the_lesson(encoder, images, seed, divided_by):
    """`STEPS` steps on local JSD as lesson 6 makes them; the objective on unseen images."""
    critic, optimizer = Dot(encoder), keras.optimizers.Adam(RATE)
    variables = encoder.trainable_variables + critic.trainable_variables
    optimizer.build(variables)

    @tf.function
    def step(batch):
        with tf.GradientTape() as tape:
            loss = -local_jsd(critic(*encoder(batch, training=True))) / divided_by
        optimizer.apply(tape.gradient(loss, variables), variables)

    for batch in random_batches(images, seed):
        step(batch)
    return mean_on_unseen(encoder, images, lambda *pair: local_jsd(critic(*pair)) / divided_by)


# ---------------------------------------------------------------- judging


def worth(encoder, images):
    """Test accuracies of the codes: all labels, neighbours, ten labels a class."""
    codes = frozen_codes(encoder, images)
    all_labels = {name: correct(codes).mean() for name, correct in PROBES.items()}
    return {**all_labels, "ten_labels": few_labels_correct(codes, 10, range(5)).mean()}
