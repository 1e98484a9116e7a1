"""One line of progress for long work, in a terminal or in a log."""

import sys
import time

from dimlearn.startup import keras


class Progress:
    """Tells what is going on: `say(text)` for good, `say(text, passing=True)` until the next.

    On a terminal a passing line is overwritten by the next; in a log one is written at most every
    `every` seconds.
    """

    def __init__(self, stream=None, every=10.0):
        self.stream = stream or sys.stderr
        self.terminal = self.stream.isatty()
        self.every, self.began, self.last = every, time.monotonic(), float("-inf")

    def __call__(self, text, passing=False):
        now = time.monotonic()
        clock = f"{now - self.began:5.0f} s  "
        if self.terminal:
            self.stream.write(f"\r\x1b[K{clock}{text}" + ("" if passing else "\n"))
        elif not passing or now - self.last >= self.every:
            self.stream.write(f"{clock}{text}\n")
            self.last = now
        self.stream.flush()


class EpochLine(keras.callbacks.Callback):
    """Tells a `Progress` the epoch, batch and loss of a training, at most twice a second."""

    def __init__(self, say):
        super().__init__()
        self.say, self.last = say, 0.0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch + 1

    def on_train_batch_end(self, batch, logs=None):
        if time.monotonic() - self.last < 0.5:
            return
        self.last = time.monotonic()
        steps = f"{batch + 1}/{self.params['steps']}" if self.params.get("steps") else batch + 1
        loss = f", loss {float(logs['loss']):.3f}" if logs and "loss" in logs else ""
        self.say(
            f"    epoch {self.epoch}/{self.params['epochs']}, batch {steps}{loss}", passing=True
        )
