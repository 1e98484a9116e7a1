"""Lesson 11: what a code is worth after the training of the lesson, and what it says of the view.

3,000 of the bundled digits at half their size, 400 steps of 64 images, two random pictures of each.
`crossed` and `own` differ in nothing but the pairing of codes and maps; `random` is the encoder
with its first weights. Of each, frozen, it is also asked what a new critic answers across views,
and what the probes read where the view is equally loud in all codes.
"""

import numpy as np
from scipy.linalg import eigh
from scipy.optimize import brentq

from dimlearn.check.exercises.two_view_loss import two_view_loss
from dimlearn.data.images import load
from dimlearn.deep_infomax.critics import local_scores
from dimlearn.deep_infomax.encoder import build_encoder
from dimlearn.deep_infomax.optimizer import FusedAdam
from dimlearn.deep_infomax.settling import settle
from dimlearn.deep_infomax.views import HandwritingViews
from dimlearn.evaluation.codes import encode, standardize
from dimlearn.evaluation.probes import few_labels, logistic_regression, one_thread
from dimlearn.evaluation.rows import rise_and_fall
from dimlearn.startup import keras, tf

IMAGES, STEPS, BATCH, RATE, UNITS = 3_000, 400, 64, 8e-3, 128
DRAWS = range(3)  # of ten labels a class
LOUDNESS = {"quiet": 0.4, "loud": 0.7}  # the share of the variance of codes that is the view's


def own_view_loss(map_a, code_a, map_b, code_b, critic):
    """The control: each code with the map of its own view."""
    return two_view_loss(map_b, code_a, map_a, code_b, critic)


LOSSES = {"random": None, "own": own_view_loss, "crossed": two_view_loss}


def run(seed):
    """For each training: accuracies of two probes, the share of the codes' variance that is the
    view's, the share of the variance of place and ink that is read off the codes, the accuracies at
    each loudness of the view, and the nats across views of a new critic."""
    images, found = load("digits", limit=IMAGES), []
    x_train, x_test = halved(images.x_train), halved(images.x_test[:2160])
    labels = images.y_train, images.y_test[:2160]
    for name, loss_of in LOSSES.items():
        keras.utils.set_random_seed(seed)
        encoder = build_encoder(x_train.shape[1:], code_dim=64)
        if loss_of:
            train(encoder, loss_of, x_train, seed)
        settle(encoder, x_train)
        train_codes, codes = standardize(encode(encoder, x_train), encode(encoder, x_test))
        row = {"training": name} | probed(train_codes, codes, *labels, seed)
        row["moved"] = moved_by_views(encoder, x_test[:200], seed)
        asked = standardize(place_and_ink(x_train), place_and_ink(x_test))
        row["place_and_ink"] = readable(train_codes, codes, *asked)
        shares, directions = view_shares(encoder, x_train[:600], seed)
        for case, loudness in LOUDNESS.items():
            weighed = directions * weights(shares, loudness)
            right = probed(*scaled(train_codes @ weighed, codes @ weighed), *labels, seed)
            row |= {f"{probe}_{case}": share for probe, share in right.items()}
        encoder.trainable = False
        critic = train(encoder, two_view_loss, x_train, seed)
        row["new_critic"] = across(encoder, critic, halved(images.x_validation), seed)
        found.append(row)
    return found


def halved(images):
    """Images `[N, H, W, channels]`, each two by two pixels their mean."""
    count, height, width, channels = images.shape
    return images.reshape(count, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))


def train(encoder, loss_of, images, seed):
    """Train an encoder, with the critic of the lesson, on two views of every image: the critic.
    Of a frozen encoder the critic alone is trained."""
    views, sides = HandwritingViews(seed=seed), [side(), side()]
    _, rows, columns, channels = encoder.outputs[0].shape

    def scores(feature_map, code):
        features = tf.reshape(feature_map, [-1, rows * columns, channels])
        return local_scores(sides[0](features), sides[1](code)) / UNITS**0.5

    scores(*encoder(images[:2]))  # the first call makes the weights
    variables = [v for model in (encoder, *sides) for v in model.trainable_variables]
    optimizer = FusedAdam(rise_and_fall(RATE, STEPS))
    optimizer.build(variables)

    @tf.function
    def step(batch):
        with tf.GradientTape() as tape:
            map_a, code_a = encoder(views(batch), training=True)
            map_b, code_b = encoder(views(batch), training=True)
            loss = loss_of(map_a, code_a, map_b, code_b, scores)
        optimizer.apply(tape.gradient(loss, variables), variables)

    batches = tf.data.Dataset.from_tensor_slices(images).shuffle(len(images), seed=seed)
    for batch in batches.repeat().batch(BATCH, drop_remainder=True).take(STEPS):
        step(batch)
    return scores


def side():
    return keras.Sequential([keras.layers.Dense(UNITS), keras.layers.LayerNormalization()])


def across(encoder, scores, images, seed):
    """What encoder and critic answer across views of images that neither was trained on: nats."""
    views, losses = HandwritingViews(seed=seed + 200), []
    for batch in np.split(images[: len(images) // BATCH * BATCH], len(images) // BATCH):
        pairs = [encoder(views(batch)) for _ in "ab"]
        losses.append(two_view_loss(*pairs[0], *pairs[1], scores))
    return -np.mean(losses)


def view_shares(encoder, images, seed, times=8):
    """Uncorrelated directions of the codes, standardised, of views of images, and of the variance
    in each, which is 1, the share that is the view's: shares `[D]`, directions `[D, D]`."""
    views = HandwritingViews(seed=seed + 300)
    seen = np.stack([encode(encoder, views(images)) for _ in range(times)])  # [times, N, D]
    seen = seen / encode(encoder, images).std(axis=0).clip(1e-6)
    every = np.cov(seen.reshape(-1, seen.shape[-1]), rowvar=False)
    inner = (seen - seen.mean(axis=0)).reshape(-1, seen.shape[-1])
    return eigh(inner.T @ inner / len(inner), every + 1e-6 * np.eye(len(every)))


def weights(shares, loudness):
    """Weights of directions under which the view has the share `loudness` of all variance."""

    def surplus(power):
        squares = (1 - shares) ** (2 * power)
        return squares @ shares / squares.sum() - loudness

    return (1 - shares) ** brentq(surplus, -20, 20)


def scaled(train_codes, codes):
    """Both centred, and in all as large as standardised codes; the weights stay as they are."""
    size = np.sqrt(train_codes.var(axis=0).mean())
    return [(each - train_codes.mean(axis=0)) / size for each in (train_codes, codes)]


def probed(x, x_test, y, y_test, seed):
    """The accuracies of the linear probe with all labels, and with ten a class over some draws."""
    few = [few_labels(y, 10, 100 * seed + draw) for draw in DRAWS]
    linear, *of_ten = (accuracy(x[c], y[c], x_test, y_test) for c in (slice(None), *few))
    return {"linear": linear, "ten_labels": np.mean(of_ten)}


def accuracy(x, y, x_test, y_test):
    """The test accuracy of the lesson's linear probe."""
    with one_thread():
        return logistic_regression(x, 0.1).fit(x, y).score(x_test, y_test)


def moved_by_views(encoder, images, seed, times=8):
    """The share of the codes' variance that is due to the view: from 0 to 1."""
    views = HandwritingViews(seed=seed + 100)
    codes = np.stack([encode(encoder, views(images)) for _ in range(times)])  # [times, N, D]
    codes = codes / codes.std(axis=(0, 1))
    return codes.var(axis=0).mean()


def place_and_ink(images):
    """Of each image the column and row of the middle of its ink, and the ink: `[N, 3]`."""
    ink = images.sum(axis=(1, 2, 3))
    across = images.sum(axis=(1, 3)) @ np.arange(images.shape[2]) / ink
    down = images.sum(axis=(2, 3)) @ np.arange(images.shape[1]) / ink
    return np.stack([across, down, ink], axis=1)


def readable(train_codes, codes, known, asked):
    """The share of the test variance of `asked` `[N, K]` that a linear regression explains."""
    from sklearn.linear_model import Ridge

    with one_thread():
        found = Ridge().fit(train_codes, known).predict(codes)
    return np.mean(1 - np.square(asked - found).mean(axis=0) / asked.var(axis=0))
