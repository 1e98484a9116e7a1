"""A training that goes on after its last whole epoch, when it was interrupted.

    kept = KeptEpochs(folder, part)
    history = fit(model, batches, epochs, callbacks=[kept])

After every epoch the run folder holds all that training moves: weights, the moments of the
optimizers, how many random numbers were drawn, and what was told so far. A training that is begun
again, with the same seed, on the same batches, takes it up, and ends in the same weights, to the
bit, as one that nobody interrupted. (`keras.callbacks.BackupAndRestore` keeps neither the history
nor the order of the batches, nor a second optimizer.)
"""

import json
import time

import numpy as np

from dimlearn.files import written_whole
from dimlearn.startup import keras, tf

ORDERS = 2  # that Keras' `fit` draws of shuffled batches for an epoch: one it reads, one it drops


def fit(model, batches, epochs, callbacks, **options):
    """`model.fit` on a `tf.data.Dataset`; returns the history `{term: [value of each epoch]}`.

    Where one of the callbacks is a `KeptEpochs`, it goes on after the last epoch that was kept, and
    the history is that of all epochs.
    """
    kept = next((one for one in callbacks if isinstance(one, KeptEpochs)), None)
    first = kept.take_up(model) if kept else 0
    for _ in range(ORDERS * first):
        iter(batches)  # the order of each epoch's batches is drawn when it begins
    told = model.fit(
        batches,
        initial_epoch=first,
        epochs=epochs,
        callbacks=list(callbacks),
        verbose=0,
        **options,
    )
    return kept.history if kept else told.history


class KeptEpochs(keras.callbacks.Callback):
    """Keeps the state of a part's training in its run folder after every epoch.

    folder: a `RunFolder`; part: the row and the seed that are trained.
    `history`: `{term: [value of each epoch]}` so far; `seconds`: what they took.
    """

    def __init__(self, folder, part):
        super().__init__()
        self.folder, self.file = folder, folder.unfinished(part)
        versions = {"keras": keras.__version__, "tensorflow": tf.__version__}
        self.belongs_to = {"run": folder.run, **part, **versions}
        self.history, self.seconds = {}, 0.0

    def take_up(self, model):
        """Bring a compiled model to the state in the file: how many epochs that is, 0 of none.

        What cannot be used is set aside, and the model stays as it is.
        """
        if not self.file.exists():
            return 0
        try:
            values, notes = self.read(model)
        except Exception as error:  # what is damaged fails in many ways, each with its own type
            self.folder.unusable(error, self.file)
            return 0
        for variable, value in zip(state(model), values):
            variable.assign(value)
        self.history, self.seconds = notes["history"], notes["seconds"]
        self.folder.say(f"    goes on after epoch {notes['epochs']}")
        return notes["epochs"]

    def read(self, model):
        """The arrays of `state(model)` in the file, and its notes. Raises an error of any type when
        it is not the state of this training."""
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        with np.load(self.file, allow_pickle=False) as arrays:
            notes = json.loads(str(arrays["notes"]))
            values = [arrays[f"{number}"] for number in range(len(state(model)))]
        if notes["belongs_to"] != self.belongs_to:
            raise ValueError("it belongs to another training")
        told = [len(values) for values in notes["history"].values()]
        if not told or set(told) != {notes["epochs"]}:
            raise ValueError("it does not tell of each epoch")
        kinds = [(tuple(variable.shape), str(variable.dtype)) for variable in state(model)]
        if kinds != [(value.shape, str(value.dtype)) for value in values]:
            raise ValueError("it is the state of another model")
        return values, notes | {"epochs": told[0], "seconds": float(notes["seconds"])}

    def on_train_begin(self, logs=None):
        self.began = time.perf_counter() - self.seconds

    def on_epoch_end(self, epoch, logs=None):
        for term, value in logs.items():
            self.history.setdefault(term, []).append(float(value))
        self.seconds = time.perf_counter() - self.began
        notes = {"belongs_to": self.belongs_to, "epochs": epoch + 1,
                 "history": self.history, "seconds": self.seconds}  # fmt: skip
        arrays = {f"{number}": value.numpy() for number, value in enumerate(state(self.model))}
        with written_whole(self.file) as half:
            np.savez(half, notes=np.array(json.dumps(notes)), **arrays)


def state(model):
    """All variables that training moves, of the model and of its optimizers, without the metrics,
    which every epoch begins anew."""
    told = {id(variable) for variable in model.metrics_variables}
    optimizers = [model.optimizer, getattr(model, "discriminator_optimizer", None)]
    moved = [v for v in model.variables if id(v) not in told]
    return [*moved, *(v for one in optimizers if one for v in one.variables)]
