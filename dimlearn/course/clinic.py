"""The clinic of lesson 10: trainers of Deep InfoMax behind letters, each with one fault.

Closed to whoever has that lesson before them: it shows the symptoms first, and this code after a
guess. A trainer is a training step, which is the learner's own `dim_step`, and three parts: where
the batches come from, how the critic scores, and the optimizer. In a patient one of them is faulty.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.distance import pdist

from dimlearn.deep_infomax.critics import local_scores
from dimlearn.deep_infomax.encoder import build_encoder
from dimlearn.deep_infomax.optimizer import FusedAdam
from dimlearn.deep_infomax.settling import settle
from dimlearn.errors import InputError, one_line
from dimlearn.evaluation.rows import rise_and_fall
from dimlearn.startup import keras, tf

BATCH, STEPS, CODE, RATE = 64, 100, 64, 8e-3
BETA, GAMMA = 1.0, 0.1  # the weights of the paper's DIM(L)
__all__ = ["BATCH", "batches", "noises", "opened", "patient", "retrained", "suspects", "train"]


# ---------------------------------------------------------------- the healthy parts


def batches(images, rng):
    """Batches of `BATCH` images without end, in a new order at every round."""
    while True:
        order = rng.permutation(len(images.x_train))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            yield images.x_train[order[start : start + BATCH]]


def scores(features, code):
    """The critic's scores of features `[N, L, U]` and codes `[N, U]`: `[N, N, L]`."""
    return local_scores(features, code) / code.shape[1] ** 0.5


def optimizer():
    """Adam, at a rate that rises first and then falls to 0."""
    return FusedAdam(rise_and_fall(RATE, STEPS))


HEALTHY = {"batches": batches, "scores": scores, "optimizer": optimizer}


# ---------------------------------------------------------------- training


class Critic(keras.Model):
    """A critic: `(feature_map [N, M, M, C], code [N, D]) -> scores [N, N, L]`."""

    def __init__(self, scores, units=128):
        super().__init__()
        self.of_location, self.of_code = keras.layers.Dense(units), keras.layers.Dense(units)
        self.scores = scores

    def call(self, feature_map, code):
        locations = feature_map.shape[1] * feature_map.shape[2]
        features = tf.reshape(feature_map, [-1, locations, feature_map.shape[3]])
        return self.scores(self.of_location(features), self.of_code(code))


@dataclass
class Trained:
    """What a trainer leaves behind.

    encoder, critic: after the last step; the encoder's batch normalisation is settled.
    losses: of encoder and critic before each step, `[steps]`, nats.
    moved: how far the weights of the code's layer are from their first, in parts of their size.
    """

    encoder: keras.Model
    critic: keras.Model
    losses: np.ndarray
    moved: float


def train(images, step, seed, **parts):
    """Train an encoder by a step like `dim_step`; `parts` replace those of `HEALTHY`."""
    parts = {**HEALTHY, **parts}
    keras.utils.set_random_seed(seed)
    encoder, critic, judge = new_networks(images.image_shape, parts["scores"])
    one_step, theirs, optimizers = compiled(
        images.image_shape, step, parts["scores"], parts["optimizer"]
    )
    start_again(optimizers)
    copy_weights((encoder, critic, judge), theirs)
    source = first_batches(parts["batches"], images, np.random.default_rng(seed), STEPS)
    losses = [float(one_step(tf.constant(batch, tf.float32))) for batch in source]
    first = encoder.get_layer("code").kernel.numpy()
    copy_weights(theirs, (encoder, critic, judge))
    settle(encoder, images.x_train[:1000])
    moved = np.abs(encoder.get_layer("code").kernel.numpy() - first).mean() / np.abs(first).mean()
    return Trained(encoder, critic, np.array(losses), moved)


def first_batches(batches, images, rng, count):
    """The first `count` batches that a function makes; `InputError` if they end or do not fit."""
    made, expected = iter(batches(images, rng)), [BATCH, *images.image_shape]
    for number in range(count):
        batch = next(made, None)
        if batch is None:
            raise InputError(f"your batches ended after {number}; they must never end")
        if (shape := list(np.shape(batch))) != expected:
            raise InputError(f"your batch {number} has the shape {shape}; expected {expected}")
        yield batch


def new_networks(image_shape, scores):
    """Encoder, critic and discriminator with first weights."""
    encoder, critic = build_encoder(image_shape, CODE), Critic(scores)
    layers = [keras.Input((CODE,)), keras.layers.Dense(128, "relu"), keras.layers.Dense(1)]
    critic(*encoder(tf.zeros([2, *image_shape])))  # the first call makes the critic's weights
    return encoder, critic, keras.Sequential(layers)


@functools.cache
def compiled(image_shape, step, scores, optimizer):
    """A compiled step of a batch, and the networks and optimizers that it moves.

    To compile it takes as long as some forty steps, so trainers that differ in nothing but their
    batches share it: each copies its weights in, and what became of them out. It keeps what `step`
    called when it was compiled: a helper that is written anew wants its `step` defined anew.
    """
    networks = new_networks(image_shape, scores)
    optimizers = optimizer(), FusedAdam(1e-3)

    @tf.function
    def one_step(batch):
        prior = tf.random.uniform([BATCH, CODE])
        return step(batch, prior, *networks, *optimizers, BETA, GAMMA)[0]

    return one_step, networks, optimizers


def copy_weights(sources, targets):
    for source, target in zip(sources, targets):
        target.set_weights(source.get_weights())


def start_again(optimizers):
    """Forget the steps and the moments of past gradients."""
    for optimizer in optimizers:
        for variable in optimizer.variables:
            if variable.name != "learning_rate":
                variable.assign(tf.zeros_like(variable))


# ---------------------------------------------------------------- the patients


def batches_of_a(images, rng):
    """Batches without end."""
    while True:
        for start in range(0, 2 * BATCH, BATCH):
            yield images.x_train[start : start + BATCH]


def optimizer_of_b():
    """Adam, at a rate that rises first and then falls; no gradient is too large."""
    return FusedAdam(rise_and_fall(RATE, STEPS), clipvalue=1e-9)


def scores_of_c(features, code):
    """The critic's scores, at a temperature that makes it decide."""
    return local_scores(features, code) / 0.01


def batches_of_d(images, rng):
    """Batches of images with some noise, so that the encoder learns to see through it."""
    noise = 0.3 * rng.normal(size=(BATCH, *images.image_shape))
    for batch in batches(images, rng):
        yield batch + noise


def batches_of_e(images, rng):
    """Batches of images, prepared."""
    for batch in batches(images, rng):
        yield (batch - batch.mean(axis=0)) / (batch.std(axis=0) + 1e-3)


@dataclass
class Patient:
    """part: which of `HEALTHY` is faulty; fault: its function; suspect: the number of the fault;
    told: whether its code is shown, or the learner is to find out what it does."""

    part: str
    fault: Callable
    suspect: int
    told: bool = True


PATIENTS = {
    "A": Patient("batches", batches_of_a, 4),
    "B": Patient("optimizer", optimizer_of_b, 9),
    "C": Patient("scores", scores_of_c, 1),
    "D": Patient("batches", batches_of_d, 7),
    "E": Patient("batches", batches_of_e, 3, told=False),
}
SUSPECTS = {
    1: ("the critic's scores are too large", "The first loss is far above that of the others."),
    2: ("the learning rate is much too high", "The weights have moved far, and the reading is 0."),
    3: (
        "it trains on images on another scale than those that it is asked about later",
        "The loss is as good as the healthy trainer's, and both readings on plain images are poor.",
    ),
    4: (
        "it sees a few of the images only",
        "The reading on images that it has seen is far above the reading on unseen ones.",
    ),
    5: (
        "each batch holds images of one class",
        """The last losses are worse than the healthy trainer's: images of one class are hard to
        tell apart. The weights move all the same.""",
    ),
    6: (
        "codes are paired with the maps of other images",
        "The reading is 0, while the weights move like those of the healthy trainer.",
    ),
    7: (
        "something other than the image tells which code belongs to which map",
        """The loss is better than that of any other, near the least that there is, and on plain
        images nothing of it is left.""",
    ),
    8: (
        "every image stands in a batch several times",
        """The last losses are worse than the healthy trainer's, and the reading on images that
        stand there once is better than they are.""",
    ),
    9: (
        "next to nothing of the gradients reaches the weights",
        "The reading stays near 0, and so does the distance moved.",
    ),
}


def suspects():
    """The list of all faults that the lesson suspects, one a line."""
    return "\n".join(f"{number}  {name}" for number, (name, _) in SUSPECTS.items())


def patient(letter, images, step, seed):
    """What the trainer of this letter leaves behind."""
    sick = PATIENTS[letter]
    return train(images, step, seed, **{sick.part: sick.fault})


def opened(letter, diagnosis):
    """What becomes of a guess: the patient's code if it is right or given up (0), else a clue.

    diagnosis: a function that gives `{letter: number of a suspect}`.
    """
    try:
        guess = diagnosis().get(letter)
    except NotImplementedError:
        guess = None
    sick = PATIENTS[letter]
    if guess == 0 or guess == sick.suspect:
        word = "Right" if guess else "Given up"
        found = f"{word}. Patient {letter}: {SUSPECTS[sick.suspect][0]}."
        code = "Its code stays closed: what its batches show will tell you."
        return f"{found}\n\n{inspect.getsource(sick.fault) if sick.told else code}"
    if guess not in SUSPECTS:
        return f"Patient {letter}: to be guessed. Write the number of a suspect, 0 to give up."
    name, sign = SUSPECTS[guess]
    return one_line(f"Patient {letter}: not this. If {name}, you see this: {sign} Look again.")


def noises(batches, images, seed, count=2):
    """What a function adds to blank images, in batches that all hold the same `BATCH` of them."""
    blank = replace(images, x_train=np.zeros_like(images.x_train[:BATCH]))
    return np.concatenate([*first_batches(batches, blank, np.random.default_rng(seed), count)])


def most_alike(pictures):
    """How far the two most alike of pictures `[N, ...]` are apart: root of the mean square."""
    rows = pictures.reshape(len(pictures), -1)
    return pdist(rows).min() / rows.shape[1] ** 0.5


def shown_by(letter, images, seed):
    """A healthy batch, and what the trainer of this letter makes of the same images."""
    makers = batches, PATIENTS[letter].fault
    return [next(made(images, np.random.default_rng(seed))) for made in makers]


def retrained(letter, mended, images, step, seed):
    """A patient trained again with a mended part; with the healthy one while it is unwritten."""
    try:
        return train(images, step, seed, **{PATIENTS[letter].part: mended})
    except NotImplementedError:
        print(f"To do: the part of patient {letter}. It goes on with a healthy one.")
        return train(images, step, seed)
