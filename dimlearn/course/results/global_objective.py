"""Lesson 5: the global objective with two kinds of critic, and what the codes are worth.

The lesson's images, batches, critics and steps, with two encoders: lesson 4's, which has a hidden
layer before its code, and the library's light one, which has none. The rows of one seed and encoder
start from the same first weights. Before an encoder is judged its batch normalisation settles. The
first weights are judged twice, as built and settled, and beside them the pixels. Each probe judges
the codes as they are (every number standardised) and whitened.
"""

import math
from dataclasses import replace

import numpy as np

from dimlearn.data.images import load
from dimlearn.deep_infomax.encoder import build_encoder
from dimlearn.deep_infomax.settling import settle
from dimlearn.evaluation.codes import encode, frozen_codes, whiten
from dimlearn.evaluation.probes import few_labels_correct, knn, linear
from dimlearn.information.bounds import infonce_bound, jsd, jsd_bound, mismatch, pairwise_scores
from dimlearn.startup import keras, tf

IMAGES, BATCH, STEPS, RATE = 3000, 64, 120, 1e-3


def run(seed):
    """What each code is worth, and how many nats its critic reads on unseen images."""
    images = load(limit=IMAGES)
    rows = [{"encoder": "none", "code": "pixels", **worth(keras.layers.Flatten(), images)}]
    for name in ENCODERS:
        rows += [{"encoder": name, **row} for row in codes_of(name, images, seed)]
    return rows


def codes_of(name, images, seed):
    """The rows of one encoder: its first weights as built and settled, and after each training."""
    first = new_encoder(name, images, seed)
    rows = [{"code": "as built", **worth(first, images)}]
    settle(first, images.x_train)
    rows.append({"code": "settled", **worth(first, images)})
    for code, (new_critic, loss_between) in ROWS.items():
        encoder = new_encoder(name, images, seed)
        critic = new_critic(encoder)
        train(encoder, critic, loss_between, images, seed)
        settle(encoder, images.x_train)
        row = {"code": code, **worth(encoder, images)}
        rows.append({**row, "infonce": unseen(encoder, critic, images)})
    return rows


# ---------------------------------------------------------------- the encoders


def with_hidden_layer(input_shape, code_dim=64):
    """The encoder of lesson 4."""
    image = keras.Input(input_shape)
    x = image
    for filters in (32, 64):
        x = keras.layers.Conv2D(filters, 4, 2, padding="same", use_bias=False)(x)
        x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    hidden = keras.layers.Dense(128, activation="relu")(keras.layers.Flatten()(x))
    return keras.Model(image, (x, keras.layers.Dense(code_dim)(hidden)))


ENCODERS = {"hidden layer": with_hidden_layer, "light": build_encoder}


def new_encoder(name, images, seed):
    """The same first weights for the same seed."""
    keras.utils.set_random_seed(seed)
    return ENCODERS[name](images.image_shape)


# ---------------------------------------------------------------- the lesson's critics


class Concat(keras.Model):
    """A network of 256-256-1 on the flattened map and the code of one pair."""

    def __init__(self, encoder):
        super().__init__()
        self.first, self.second = (keras.layers.Dense(256, activation="relu") for _ in range(2))
        self.last = keras.layers.Dense(1)
        length = sum(math.prod(shape[1:]) for shape in encoder.output_shape)
        for layer, inputs in ((self.first, length), (self.second, 256), (self.last, 256)):
            layer.build((None, inputs))

    def matched(self, maps, codes):
        """Scores of every code with its own map and with another's: `[N, 1]` each."""
        rows = (tf.concat([each, codes], axis=1) for each in (maps, mismatch(maps)))
        return [self.last(self.second(self.first(one))) for one in rows]

    def scores(self, maps, codes):
        """Scores of every code with every map: `[N, N]`. A dense layer on a concatenation is the
        sum of one on each part, so nothing is tiled."""
        of_map, of_code = tf.split(self.first.kernel, [maps.shape[1], codes.shape[1]])
        code_part = codes @ of_code + self.first.bias  # [N, 256]
        hidden = tf.nn.relu(code_part[:, None] + maps @ of_map)  # [N, N, 256]
        return self.last(self.second(hidden))[..., 0]


class Dot(keras.Model):
    """The inner product of one layer of 128 units on either side, over the root of 128."""

    def __init__(self, encoder):
        super().__init__()
        self.map_side, self.code_side = (keras.layers.Dense(128) for _ in range(2))
        for layer, shape in zip((self.map_side, self.code_side), encoder.output_shape):
            layer.build((None, math.prod(shape[1:])))

    def matched(self, maps, codes):
        scores = self.scores(maps, codes)
        return tf.linalg.diag_part(scores), tf.linalg.diag_part(tf.roll(scores, 1, axis=1))

    def scores(self, maps, codes):
        return pairwise_scores(self.code_side(codes), self.map_side(maps)) / math.sqrt(128)


def one_negative(critic, maps, codes):
    """The JSD loss with another map for every code."""
    return -jsd(*critic.matched(maps, codes))


def all_negatives(critic, maps, codes):
    """The JSD loss with every other map for every code."""
    return -jsd_bound(critic.scores(maps, codes))


def nats(critic, maps, codes):
    return -infonce_bound(critic.scores(maps, codes))


ROWS = {
    "concat": (Concat, one_negative),
    "concat, all pairs": (Concat, all_negatives),
    "concat, InfoNCE": (Concat, nats),
    "dot product, one negative": (Dot, one_negative),
    "dot product, all pairs": (Dot, all_negatives),
    "dot product, InfoNCE": (Dot, nats),
}


# ---------------------------------------------------------------- training


def train(encoder, critic, loss_between, images, seed):
    """Steps of both together on random batches."""
    variables = encoder.trainable_variables + critic.trainable_variables
    optimizer = keras.optimizers.Adam(RATE)
    optimizer.build(variables)

    @tf.function
    def step(batch):
        with tf.GradientTape() as tape:
            loss = loss_between(critic, *flat(*encoder(batch, training=True)))
        optimizer.apply(tape.gradient(loss, variables), variables)

    rng = np.random.default_rng(seed)
    for _ in range(STEPS):
        step(images.x_train[rng.choice(len(images.x_train), BATCH, replace=False)])


def flat(feature_map, code):
    """`[N, M, M, C], [N, D] -> [N, M*M*C], [N, D]`."""
    return tf.reshape(feature_map, [len(code), math.prod(feature_map.shape[1:])]), code


# ---------------------------------------------------------------- judging


def worth(encoder, images):
    """The share of the variance in the codes' first direction and in their first two, and test
    accuracies as they are and whitened: all labels, neighbours, ten labels a class."""
    code = encode(encoder, images.x_train)
    variances = np.linalg.svd(code - code.mean(axis=0), compute_uv=False) ** 2
    shares = np.cumsum(variances / variances.sum())
    row = {"first": shares[0], "first_two": shares[1]}
    as_they_are = frozen_codes(encoder, images)
    for name, codes in {"": as_they_are, "_whitened": whitened(as_they_are)}.items():
        row[f"linear{name}"], row[f"knn{name}"] = linear(codes), knn(codes)
        row[f"ten_labels{name}"] = few_labels_correct(codes, 10, range(5)).mean()
    return row


def whitened(codes):
    """The same `Codes` by the map that whitens the training codes."""
    *labelled, x_test = whiten(codes.x_train, codes.x_validation, codes.x_test)
    return replace(codes, x=np.concatenate(labelled), x_test=x_test)


def unseen(encoder, critic, images, batches=6):
    """InfoNCE on validation images, the mean of several batches: nats, at most log 64."""
    parts = np.split(images.x_validation[: batches * BATCH], batches)
    pairs = (flat(*encoder(part, training=False)) for part in parts)
    return np.mean([infonce_bound(critic.scores(*pair)) for pair in pairs])
