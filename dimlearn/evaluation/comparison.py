"""The classifiers side by side: encoders trained, frozen, probed and put into one table. Lesson 8.

Every row is a frozen encoder, a Keras model from images to a code:

    pixels      the image itself                        no training: a control
    random      the encoder with its first weights      no training: a control
    pca         64 principal components                 no labels, no network: a control
    supervised  the encoder trained with all labels     the ceiling
    standard    the seminar's 64-64 network on pixels, trained with all labels
    global, local, mixed, complete                      Deep InfoMax, without labels

All networks get the same budget: encoder, epochs, batches, optimizer. The rows are written to a
run folder as they are finished, so that an interrupted run can go on.
"""

import dataclasses
import gc
import json
import time
from dataclasses import dataclass, field

import numpy as np

from dimlearn.data.batches import full_batches
from dimlearn.data.images import load
from dimlearn.deep_infomax.encoder import build_encoder, layer_model
from dimlearn.deep_infomax.model import DISCRIMINATOR_RATE, DeepInfoMax
from dimlearn.deep_infomax.optimizer import FusedAdam
from dimlearn.errors import InputError
from dimlearn.evaluation import probes as evaluation
from dimlearn.evaluation.run_folder import open_folder
from dimlearn.files import write_json, written_whole
from dimlearn.startup import keras

# (alpha, beta, gamma) of the seminar project's four encoders.
WEIGHTS = {
    "global": (1.0, 0.0, 1.0),
    "local": (0.0, 1.0, 0.1),
    "mixed": (0.6, 0.4, 0.0),
    "complete": (0.6, 0.4, 0.2),
}
CONTROLS = ("pixels", "random", "pca", "supervised", "standard")
LABELLED_ROWS = ("supervised", "standard")
SEEDLESS_ROWS = ("pixels", "pca")  # the same with every pretraining seed
STEPS = 2_100  # the default budget, rounded to whole epochs
LAYERS = ("feature_map", "dense", "code")
LAYERS_ON = 5_000  # labelled images for the probes of the large feature maps


@dataclass(frozen=True)
class Settings:
    """Everything that decides the table, apart from the images."""

    data: str = "digits"
    weights: dict = field(default_factory=lambda: dict(WEIGHTS))
    rows: tuple = (*CONTROLS, *WEIGHTS)
    epochs: int | None = None
    batch_size: int = 128
    learning_rate: float = 4e-3
    decay: bool = False
    architecture: str = "light"
    code_dim: int = 64
    bound: str = "infonce_codes"
    critic: str = "dot"
    negatives: str = "all"
    prior: str = "uniform"
    seeds: int = 1
    probe_seeds: int = 3


# ---------------------------------------------------------------- the encoders


def train_encoder(name, dataset, settings, seed, callbacks=()):
    """The encoder of one row and its training history, `{term: [value of each epoch]}`.

    The seed decides the first weights, the order of the batches and the prior's samples; rows of
    the same seed start from the same encoder.
    """
    keras.utils.set_random_seed(seed)
    if name == "pixels":
        return pixel_encoder(dataset), {}
    if name == "pca":
        return pca_encoder(dataset, settings.code_dim), {}
    if name == "standard":
        return train_with_labels(plain_network(dataset), dataset, settings, callbacks)
    encoder = build_encoder(dataset.image_shape, settings.code_dim, settings.architecture)
    if name == "random":
        return encoder, {}
    if name == "supervised":
        return train_with_labels(encoder, dataset, settings, callbacks)
    model = new_model(encoder, name, settings, seed)
    model.compile(
        adam(settings.learning_rate, dataset, settings),
        adam(DISCRIMINATOR_RATE, dataset, settings),
        steps_per_execution=10,
    )
    history = model.fit(
        full_batches(dataset.train_tensor, settings.batch_size, shuffle=True),
        epochs=settings.epochs,
        callbacks=list(callbacks),
        verbose=0,
    )
    return encoder, history.history


def adam(learning_rate, dataset, settings):
    """Adam at a constant learning rate, or at one that falls to 0 along half a cosine."""
    if settings.decay:
        steps = settings.epochs * (len(dataset.x_train) // settings.batch_size)
        learning_rate = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    return FusedAdam(learning_rate)


def new_model(encoder, name, settings, seed):
    """The `DeepInfoMax` around an encoder that the settings ask for in one row."""
    return DeepInfoMax(
        encoder,
        *settings.weights[name],
        bound=settings.bound,
        critic=settings.critic,
        negatives=settings.negatives,
        prior=settings.prior,
        seed=seed,
    )


def pixel_encoder(dataset):
    """An encoder whose code is the image."""
    images = keras.Input(dataset.image_shape)
    return keras.Model(images, keras.layers.Flatten(name="code")(images))


def pca_encoder(dataset, code_dim):
    """Principal components of the training images, as an encoder with one linear layer."""
    from sklearn.decomposition import PCA

    flat = dataset.x_train.reshape(len(dataset.x_train), -1)
    pca = PCA(min(code_dim, *flat.shape), svd_solver="covariance_eigh").fit(flat)
    images = keras.Input(dataset.image_shape)
    project = keras.layers.Dense(pca.n_components_, name="code")
    encoder = keras.Model(images, project(keras.layers.Flatten()(images)))
    project.set_weights([pca.components_.T, -pca.mean_ @ pca.components_.T])
    return encoder


def plain_network(dataset):
    """The seminar project's standard classifier without its last layer: two layers of 64 units
    on the pixels. Its code is the second."""
    images = keras.Input(dataset.image_shape)
    hidden = keras.layers.Dense(64, activation="relu")(keras.layers.Flatten()(images))
    return keras.Model(images, keras.layers.Dense(64, activation="relu", name="code")(hidden))


def train_with_labels(encoder, dataset, settings, callbacks):
    """Train an encoder under a linear classifier of its code, by cross-entropy, with all labels."""
    logits = keras.layers.Dense(dataset.num_classes, name="logits")(
        encoder.get_layer("code").output
    )
    classifier = keras.Model(encoder.input, logits)
    classifier.compile(
        adam(settings.learning_rate, dataset, settings),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
        steps_per_execution=10,
    )
    history = classifier.fit(
        full_batches((dataset.train_tensor, dataset.y_train), settings.batch_size, shuffle=True),
        shuffle=False,  # the batches are shuffled already
        epochs=settings.epochs,
        callbacks=list(callbacks),
        verbose=0,
    )
    return encoder, history.history


# ---------------------------------------------------------------- the probes


def probe_encoder(encoder, dataset, probe_seeds, say):
    """Every probe's test accuracies on a frozen encoder: `{score: [accuracies]}`.

    A deterministic probe has one accuracy, a trained network or a draw of labels one for each of
    `probe_seeds` seeds. A draw of more labels than a class has is left out.
    """
    say("encoding the images", passing=True)
    codes = evaluation.frozen_codes(encoder, dataset)
    accuracies, seeds = {}, range(probe_seeds)
    for name, probe in evaluation.PROBES.items():
        say(f"probe {name}", passing=True)
        accuracies[name] = [probe(codes)]
    for name, probe in evaluation.SEEDED_PROBES.items():
        say(f"probe {name}", passing=True)
        accuracies[name] = probe(codes, seeds)
    fewest = np.unique(codes.y, return_counts=True)[1].min()
    for per_class in (count for count in evaluation.FEW_LABELS if count <= fewest):
        say(f"probe labels_{per_class}", passing=True)
        accuracies[f"labels_{per_class}"] = [
            evaluation.few_label_accuracy(codes, per_class, seed) for seed in seeds
        ]
    return accuracies


def probe_layers(encoder, dataset, probe_seeds, say):
    """The paper's non-linear probe on feature map, dense layer (where there is one) and code.

    `{layer: [accuracy of each probe seed]}`, trained on at most `LAYERS_ON` labelled images, a
    tenth of them from the validation set; empty for an encoder without a feature map.
    """
    accuracies = {}
    if len(encoder.outputs) < 2:
        return accuracies
    train, validation = LAYERS_ON * 9 // 10, LAYERS_ON // 10
    dataset = dataclasses.replace(
        dataset,
        x_train=dataset.x_train[:train],
        y_train=dataset.y_train[:train],
        x_validation=dataset.x_validation[:validation],
        y_validation=dataset.y_validation[:validation],
    )
    present = {layer.name for layer in encoder.layers}
    for layer in (layer for layer in LAYERS if layer in present):
        say(f"probe mlp200 on the {layer}", passing=True)
        codes = evaluation.frozen_codes(layer_model(encoder, layer), dataset)
        accuracies[layer] = evaluation.mlp200(codes, range(probe_seeds))
    return accuracies


# ---------------------------------------------------------------- the run


def compare(settings, folder, dataset=None, say=lambda text, passing=False: None, callbacks=()):
    """Train, freeze and probe every row, and keep all of it in the run folder.

    `settings`: a `Settings`; `folder`: where the results go, and where an interrupted run of the
    same settings goes on; `dataset`: a `Dataset` in place of the one that the settings name;
    `say(text, passing)`: is told of each step; `callbacks`: Keras callbacks for every training.

    Returns the list of finished parts, one for each row and seed (see `finish_part`).
    Raises `InputError` for settings that cannot be met, before anything is trained.
    """
    dataset = dataset or load(settings.data)
    settings = complete(settings, dataset)
    folder = open_folder(folder, settings, dataset)
    jobs = [
        (name, seed)
        for seed in range(settings.seeds)
        for name in settings.rows
        if seed == 0 or name not in SEEDLESS_ROWS
    ]
    parts = []
    for number, (name, seed) in enumerate(jobs, 1):
        say(f"[{number}/{len(jobs)}] {name}" + (f", seed {seed}" if settings.seeds > 1 else ""))
        parts.append(finish_part(name, seed, dataset, settings, folder, say, callbacks))
        gc.collect()  # Keras models are cycles: without this the next row is trained beside them
    return parts


def complete(settings, dataset):
    """The settings with the number of epochs filled in, checked against the data."""
    count = len(dataset.x_train)
    if not 2 <= settings.batch_size <= count:
        raise InputError(
            f"a batch needs at least 2 images and at most the {count} training images, "
            f"but --batch-size is {settings.batch_size}"
        )
    if not 0 < settings.learning_rate < float("inf"):
        raise InputError(f"--learning-rate must be above 0, but is {settings.learning_rate}")
    for name in ("seeds", "probe_seeds"):
        if getattr(settings, name) < 1:
            raise InputError(f"--{name.replace('_', '-')} must be at least 1")
    epochs = settings.epochs or max(1, round(STEPS * settings.batch_size / count))
    settings = dataclasses.replace(settings, epochs=epochs)
    for name in set(settings.rows) - set(CONTROLS):
        new_model(build_encoder(dataset.image_shape, settings.code_dim, settings.architecture),
                  name, settings, seed=0)  # fmt: skip
    return settings


def finish_part(name, seed, dataset, settings, folder, say, callbacks):
    """One row with one seed, as far as it is not in the folder already.

    Returns `{"name", "seed", "history", "seconds", "accuracies", "layers"}`: the history of the
    training, its seconds, and the accuracies of the probes on the code and on the layers.
    """
    encoder_file = folder / "encoders" / f"{name}-{seed}.keras"
    history_file = folder / "histories" / f"{name}-{seed}.json"
    scores_file = folder / "scores" / f"{name}-{seed}.json"
    if scores_file.exists():
        say(f"    finished before: taken from {folder}")
        return json.loads(scores_file.read_text())
    if encoder_file.exists() and history_file.exists():
        say(f"    trained before: taken from {folder}, not trained again")
        encoder = keras.saving.load_model(encoder_file, compile=False)
        part = json.loads(history_file.read_text())
    else:
        began = time.perf_counter()
        encoder, history = train_encoder(name, dataset, settings, seed, callbacks)
        seconds = time.perf_counter() - began
        part = {"name": name, "seed": seed, "history": history, "seconds": seconds}
        with written_whole(encoder_file) as path:
            encoder.save(path)
        write_json(history_file, part)
        if history:
            say(f"    trained for {len(history['loss'])} epochs in {seconds:.0f} s")
    part["accuracies"] = probe_encoder(encoder, dataset, settings.probe_seeds, say)
    part["layers"] = probe_layers(encoder, dataset, settings.probe_seeds, say)
    write_json(scores_file, part)
    say(f"    linear probe {part['accuracies']['linear'][0]:.3f}")
    return part
