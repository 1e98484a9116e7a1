"""The classifiers side by side: encoders trained, frozen, probed and put into one table. Lesson 9.

Every row is a frozen encoder; `rows` says how each comes about. What is finished, each epoch of a
training, each encoder and each answer of a probe, is written to a run folder at once, so that an
interrupted run can go on.
"""

import dataclasses
import gc
import signal
import threading
import time

import numpy as np

from dimlearn.data.images import load
from dimlearn.deep_infomax.encoder import layer_model
from dimlearn.deep_infomax.views import find_views
from dimlearn.errors import InputError
from dimlearn.evaluation.codes import frozen_codes
from dimlearn.evaluation.encoder_file import load_encoder
from dimlearn.evaluation.kept_epochs import KeptEpochs
from dimlearn.evaluation.layers import fewer_images, layers_of
from dimlearn.evaluation.measures import finish_measures
from dimlearn.evaluation.probes import (
    FEW_LABELS,
    PROBES,
    SEEDED_PROBES,
    few_labels_correct,
    mlp200_correct,
)
from dimlearn.evaluation.rows import all_rows, new_encoder, new_model
from dimlearn.evaluation.run_folder import open_folder
from dimlearn.evaluation.settings import EPOCHS, STEPS
from dimlearn.startup import keras


def silent(*what, **how):
    """What is told of a comparison that nobody listens to: nothing."""


def compare(settings, folder, dataset=None, say=silent, probed=silent):
    """Train, freeze and probe every row, and keep all of it in the run folder.

    `settings`: a `Settings`; `folder`: where the results go, and where an interrupted run of the
    same settings goes on; `dataset`: a `Dataset` in place of the one that the settings name;
    `say(text, passing)`: is told of each step, `passing` what the next one may replace;
    `probed(part)`: is given each part as soon as the quick probes of its code have answered. Rows
    whose probes take long come last, so that the first is there soon.

    Returns the list of finished parts, one for each row and seed (see `finish_part`).
    Raises `InputError` for settings that cannot be met, before anything is trained.
    """
    dataset = dataset or load(settings.data)
    settings = filled_in(settings, dataset)
    rows = all_rows(settings)
    jobs = [
        (row, seed)
        for seed in range(settings.seeds)
        for row in sorted((rows[name] for name in settings.rows), key=lambda row: row.last)
        if seed == 0 or row.seeded
    ]
    parts = []
    with open_folder(folder, settings, dataset, say) as folder:
        for number, (row, seed) in enumerate(jobs, 1):
            of_seed = f", seed {seed}" if settings.seeds > 1 else ""
            say(f"[{number}/{len(jobs)}] {row.name}{of_seed}")
            part = finish_part(row, seed, dataset, settings, folder, say, probed)
            if settings.full:
                few = fewer_images(dataset, settings.layer_images)
                part["measures"] = finish_measures(row, part, dataset, few, folder, say)
            parts.append(part)
            collect_garbage()  # Keras models are cycles: else the next row is trained beside them
    return parts


def collect_garbage():
    """Remove what nobody holds any more. An interrupt that comes meanwhile would be raised in a
    finalizer, where Python only tells of it and goes on: so it is raised afterwards."""
    came, before = [], {}
    if threading.current_thread() is threading.main_thread():  # another cannot be interrupted
        for number in filter(signal.getsignal, (signal.SIGINT, signal.SIGTERM)):
            before[number] = signal.signal(number, lambda number, frame: came.append(number))
    try:
        gc.collect()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for number in came:
        signal.raise_signal(number)


def filled_in(settings, dataset):
    """The settings with the rows and the number of epochs filled in, checked against the data.

    Raises `InputError` for what cannot be met.
    """
    count = dataset.pretraining_count
    if not 2 <= settings.batch_size <= count:
        raise InputError(f"""
            a batch needs at least 2 images and at most the {count} training images, but
            {settings.batch_size} are asked for
        """)
    if not 0 < settings.learning_rate < float("inf"):
        raise InputError(f"--learning-rate must be above 0, but is {settings.learning_rate}")
    for name, least in {"seeds": 1, "probe_seeds": 1, "layer_images": 20}.items():
        if getattr(settings, name) < least:
            raise InputError(f"--{name.replace('_', '-')} must be at least {least}")
    rows = all_rows(settings)
    by_default = [name for name, row in rows.items() if not row.variant_of]
    control = ["random"] if settings.full else []  # for what is fine-tuned
    asked = tuple(dict.fromkeys([*(settings.rows or by_default), *settings.add, *control]))
    for name in asked:
        if name not in rows:
            raise InputError(f"there is no row {name!r}: choose among {', '.join(rows)}")
        if rows[name].weights is not None:  # a bound or a critic that there is not is found here
            new_model(new_encoder(dataset, settings), rows[name].weights, settings, seed=0)
        if rows[name].added:  # and so is a file that is no encoder of these images
            load_encoder(settings.add[name], dataset.x_train)
    epochs = settings.epochs or max(EPOCHS, round(STEPS * settings.batch_size / count))
    views = settings.views or ("handwriting" if dataset.image_shape[2] == 1 else "photographs")
    find_views(views, seed=0)  # views that there are not are found here, too
    return dataclasses.replace(settings, rows=asked, epochs=epochs, views=views)


def finish_part(row, seed, dataset, settings, folder, say, probed):
    """One row with one seed, as far as it is not in the folder already, a `RunFolder`.

    Returns `{"name", "seed", "history", "seconds", "correct", "layers", "belongs_to"}`: the history
    of the training, its seconds, which test images the probes get right, on the code
    (`probe_encoder`) and on the layers (`probe_layers`), and hashes of run and encoder.
    """
    part = {"name": row.name, "seed": seed}
    before = folder.read_encoder(part)
    if before and before["probed"]:
        say(f"    finished before: taken from {folder.folder}")
        probed(before)
        return before
    encoder = folder.load_encoder(before) if before else None
    if encoder:
        say(f"    trained before: taken from {folder.folder}, not trained again")
        part = before
    else:
        encoder, part = train_part(row, part, dataset, settings, folder, say)

    def keep(probed=False):
        folder.write_correct(part, probed)

    def tell(quick):
        probed(part | {"correct": quick})

    seeds = settings.probe_seeds
    probe_encoder(encoder, dataset, seeds, say, tell, part["correct"], keep)
    few = fewer_images(dataset, settings.layer_images)
    probe_layers(encoder, few, say, part["layers"], keep)
    keep(probed=True)
    return part


def train_part(row, part, dataset, settings, folder, say):
    """The encoder of one row with one seed, and the part with what its training told; both are in
    the folder then. Interrupted, it goes on after the last whole epoch."""
    began, kept = time.perf_counter(), KeptEpochs(folder, part)
    encoder, history = row.train(dataset, settings, part["seed"], [EpochLine(say), kept])
    seconds = kept.seconds if history else time.perf_counter() - began
    part = part | {"history": history, "seconds": seconds, "correct": {}, "layers": {}}
    folder.write_encoder(part, encoder)
    if history:
        say(f"    trained for {len(history['loss'])} epochs in {seconds:.0f} s")
    return encoder, part


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


def probe_encoder(encoder, dataset, probe_seeds, say, told, correct=None, keep=silent):
    """What every probe gets right on a frozen encoder: `{probe: [seeds, N] booleans}`.

    A deterministic probe has one seed, trained networks and draws of labels have `probe_seeds`. A
    draw of more labels than a class has is left out. `told` is given the same of the quick probes,
    before the others are trained. `correct`: what was answered before, to which the rest is added;
    `keep()` is called after each answer.
    """
    say("encoding the images", passing=True)
    codes = frozen_codes(encoder, dataset)
    correct, seeds = {} if correct is None else correct, range(probe_seeds)

    def ask(name, probe, *given):
        if name not in correct:
            say(f"probe {name}", passing=True)
            correct[name] = np.atleast_2d(probe(codes, *given))  # [seeds, N]
            keep()

    for name, probe in PROBES.items():
        ask(name, probe)
    fewest = np.unique(codes.y, return_counts=True)[1].min()
    for per_class in (count for count in FEW_LABELS if count <= fewest):
        ask(f"labels_{per_class}", few_labels_correct, per_class, seeds)
    told(dict(correct))
    for name, probe in SEEDED_PROBES.items():
        ask(name, probe, seeds)
    return correct


def probe_layers(encoder, dataset, say, correct=None, keep=silent):
    """The paper's non-linear probe on feature map, dense layer (where there is one) and code.

    `{layer: [1, N] booleans}`, what one network gets right; empty for an encoder without a feature
    map. `correct` and `keep` as in `probe_encoder`.
    """
    correct = {} if correct is None else correct
    for layer in (layer for layer in layers_of(encoder) if layer not in correct):
        say(f"probe mlp200 on the {layer}", passing=True)
        codes = frozen_codes(layer_model(encoder, layer), dataset)
        correct[layer] = mlp200_correct(codes, [0])
        keep()
    return correct
