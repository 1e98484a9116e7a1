"""What a training step costs on several devices, and what it costs to keep an epoch.

    python tests/benchmarks/replicas_benchmark.py step      a step on one device, and on two halves
    python tests/benchmarks/replicas_benchmark.py epoch     the state of a training, written whole

Processor time, of all threads: other programs on the machine do not count. The two devices are
halves of one CPU, so that what is computed twice is seen, and what waits for a network is not.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from dimlearn import DeepInfoMax, build_encoder, data
from dimlearn.deep_infomax import synchronise
from dimlearn.evaluation import Settings, all_rows
from dimlearn.evaluation.comparison import filled_in
from dimlearn.evaluation.kept_epochs import KeptEpochs
from dimlearn.evaluation.run_folder import open_folder
from dimlearn.startup import keras, tf


def step(batch_size=128, steps=60, rounds=5):
    """The local objective on images of 28x28: ms a step, the median of several rounds in turn."""
    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    images = np.random.default_rng(0).random((batch_size * steps, 28, 28, 1), dtype="float32")
    strategies = {
        "one device": tf.distribute.get_strategy(),
        "two devices": tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]),
    }
    models, times = {}, {name: [] for name in strategies}
    for name, strategy in strategies.items():
        with strategy.scope():
            models[name] = DeepInfoMax(synchronise(build_encoder((28, 28, 1), 64)), gamma=0.1)
            models[name].compile(keras.optimizers.Adam(1e-3))
        models[name].fit(images[: 2 * batch_size], batch_size=batch_size, verbose=0)
    for _ in range(rounds):
        for name, model in models.items():
            began = time.process_time()
            model.fit(images, batch_size=batch_size, verbose=0)
            times[name].append(1000 * (time.process_time() - began) / steps)
    for name, each in times.items():
        print(f"{name}: {np.median(each):.1f} ms a step, batches of {batch_size}")


def epoch():
    """An epoch of the row *complete* on the bundled digits, and what it costs to keep its state."""
    dataset = data.load("digits")
    settings = filled_in(Settings(rows=("complete",), epochs=3), dataset)
    times = []

    class Timed(KeptEpochs):
        def on_epoch_end(self, epoch, logs=None):
            began, clock = time.process_time(), time.perf_counter()
            super().on_epoch_end(epoch, logs)
            times.append((time.process_time() - began, time.perf_counter() - clock))

    with tempfile.TemporaryDirectory() as place:
        with open_folder(Path(place), settings, dataset, print) as folder:
            kept, began = Timed(folder, {"name": "complete", "seed": 0}), time.process_time()
            all_rows(settings)["complete"].train(dataset, settings, 0, [kept])
            total = (time.process_time() - began) / settings.epochs
        size = kept.file.stat().st_size / 1e6
    busy, waited = np.median(times, axis=0)
    print(f"an epoch: {total:.1f} s of processor time; to keep it: {1000 * busy:.0f} ms")
    print(f"{size:.1f} MB; {1000 * waited:.0f} ms until it was on the disk")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["step", "epoch"])
    globals()[parser.parse_args().what]()
