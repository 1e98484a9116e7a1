"""The classifiers side by side: encoders trained, frozen, probed and put into one table. Lesson 8.

Every row is a frozen encoder; `rows` says how each comes about. What is finished, each encoder and
each row's accuracies, is written to a run folder at once, so that an interrupted run can go on.
"""

import dataclasses
import gc
import json
import time

import numpy as np

from dimlearn.data.images import load
from dimlearn.deep_infomax.encoder import layer_model
from dimlearn.deep_infomax.views import find_views
from dimlearn.errors import InputError
from dimlearn.evaluation.codes import frozen_codes
from dimlearn.evaluation.probes import (
    FEW_LABELS,
    PROBES,
    SEEDED_PROBES,
    few_label_accuracy,
    mlp200,
)
from dimlearn.evaluation.rows import all_rows, new_encoder, new_model
from dimlearn.evaluation.run_folder import open_folder
from dimlearn.evaluation.settings import STEPS
from dimlearn.files import write_json, written_whole
from dimlearn.startup import keras

LAYERS = ("feature_map", "dense", "code")
LAYERS_ON = 5_000  # labelled images for the probes of the large feature maps


def compare(settings, folder, dataset=None, say=lambda text, passing=False: None):
    """Train, freeze and probe every row, and keep all of it in the run folder.

    `settings`: a `Settings`; `folder`: where the results go, and where an interrupted run of the
    same settings goes on; `dataset`: a `Dataset` in place of the one that the settings name;
    `say(text, passing)`: is told of each step, `passing` what the next one may replace.

    Returns the list of finished parts, one for each row and seed (see `finish_part`).
    Raises `InputError` for settings that cannot be met, before anything is trained.
    """
    dataset = dataset or load(settings.data)
    settings = filled_in(settings, dataset)
    folder = open_folder(folder, settings, dataset)
    rows = all_rows(settings)
    jobs = [
        (rows[name], seed)
        for seed in range(settings.seeds)
        for name in settings.rows
        if seed == 0 or rows[name].seeded
    ]
    parts = []
    for number, (row, seed) in enumerate(jobs, 1):
        of_seed = f", seed {seed}" if settings.seeds > 1 else ""
        say(f"[{number}/{len(jobs)}] {row.name}{of_seed}")
        parts.append(finish_part(row, seed, dataset, settings, folder, say))
        gc.collect()  # Keras models are cycles: without this the next row is trained beside them
    return parts


def filled_in(settings, dataset):
    """The settings with the rows and the number of epochs filled in, checked against the data.

    Raises `InputError` for what cannot be met.
    """
    count = len(dataset.x_train)
    if not 2 <= settings.batch_size <= count:
        raise InputError(f"""
            a batch needs at least 2 images and at most the {count} training images, but
            --batch-size is {settings.batch_size}
        """)
    if not 0 < settings.learning_rate < float("inf"):
        raise InputError(f"--learning-rate must be above 0, but is {settings.learning_rate}")
    for name in ("seeds", "probe_seeds"):
        if getattr(settings, name) < 1:
            raise InputError(f"--{name.replace('_', '-')} must be at least 1")
    rows = all_rows(settings)
    by_default = [name for name, row in rows.items() if not row.on_request]
    asked = tuple(dict.fromkeys(settings.rows or by_default))
    for name in asked:
        if name not in rows:
            raise InputError(f"there is no row {name!r}: choose among {', '.join(rows)}")
        if rows[name].weights is not None:  # a bound or a critic that there is not is found here
            new_model(new_encoder(dataset, settings), rows[name].weights, settings, seed=0)
    epochs = settings.epochs or max(1, round(STEPS * settings.batch_size / count))
    views = settings.views or ("handwriting" if dataset.image_shape[2] == 1 else "photographs")
    find_views(views, seed=0)  # views that there are not are found here, too
    return dataclasses.replace(settings, rows=asked, epochs=epochs, views=views)


def finish_part(row, seed, dataset, settings, folder, say):
    """One row with one seed, as far as it is not in the folder already.

    Returns `{"name", "seed", "history", "seconds", "accuracies", "layers"}`: the history of the
    training, its seconds, and the accuracies of the probes on the code and on the layers.
    """
    encoder_file = folder / "encoders" / f"{row.name}-{seed}.keras"
    history_file = folder / "histories" / f"{row.name}-{seed}.json"
    accuracies_file = folder / "scores" / f"{row.name}-{seed}.json"
    if accuracies_file.exists():
        say(f"    finished before: taken from {folder}")
        return json.loads(accuracies_file.read_text())
    if encoder_file.exists() and history_file.exists():
        say(f"    trained before: taken from {folder}, not trained again")
        encoder = keras.saving.load_model(encoder_file, compile=False)
        part = json.loads(history_file.read_text())
    else:
        began = time.perf_counter()
        encoder, history = row.train(dataset, settings, seed, callbacks=[EpochLine(say)])
        seconds = time.perf_counter() - began
        part = {"name": row.name, "seed": seed, "history": history, "seconds": seconds}
        with written_whole(encoder_file) as half:
            encoder.save(half)
        write_json(history_file, part)
        if history:
            say(f"    trained for {len(history['loss'])} epochs in {seconds:.0f} s")
    part["accuracies"] = probe_encoder(encoder, dataset, settings.probe_seeds, say)
    part["layers"] = probe_layers(encoder, dataset, settings.probe_seeds, say)
    write_json(accuracies_file, part)
    say(f"    linear probe {part['accuracies']['linear'][0]:.3f}")
    return part


class EpochLine(keras.callbacks.Callback):
    """Says the epoch, batch and loss of a training in passing, at most twice a second."""

    def __init__(self, say):
        super().__init__()
        self.say, self.last = say, float("-inf")

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch + 1

    def on_train_batch_end(self, batch, logs=None):
        now = time.monotonic()
        if now - self.last < 0.5:
            return
        self.last = now
        steps = batch + 1  # with several steps in one execution Keras counts past the last one
        if self.params.get("steps"):
            steps = f"{min(steps, self.params['steps'])}/{self.params['steps']}"
        loss = f", loss {float(logs['loss']):.3f}" if logs and "loss" in logs else ""
        text = f"    epoch {self.epoch}/{self.params['epochs']}, batch {steps}{loss}"
        self.say(text, passing=True)


# ---------------------------------------------------------------- the probes of one encoder


def probe_encoder(encoder, dataset, probe_seeds, say):
    """Every probe's test accuracies on a frozen encoder: `{probe: [accuracies]}`.

    A deterministic probe has one accuracy, a trained network or a draw of labels one for each of
    `probe_seeds` seeds. A draw of more labels than a class has is left out.
    """
    say("encoding the images", passing=True)
    codes = frozen_codes(encoder, dataset)
    accuracies, seeds = {}, range(probe_seeds)
    for name, probe in PROBES.items():
        say(f"probe {name}", passing=True)
        accuracies[name] = [probe(codes)]
    for name, probe in SEEDED_PROBES.items():
        say(f"probe {name}", passing=True)
        accuracies[name] = probe(codes, seeds)
    fewest = np.unique(codes.y, return_counts=True)[1].min()
    for per_class in (count for count in FEW_LABELS if count <= fewest):
        name = f"labels_{per_class}"
        say(f"probe {name}", passing=True)
        accuracies[name] = [few_label_accuracy(codes, per_class, seed) for seed in seeds]
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
        codes = frozen_codes(layer_model(encoder, layer), dataset)
        accuracies[layer] = mlp200(codes, range(probe_seeds))
    return accuracies
