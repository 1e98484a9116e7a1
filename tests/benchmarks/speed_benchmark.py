"""How fast the training step is: a yardstick network through `DeepInfoMax.fit`, beside opponents.

    python tests/benchmarks/speed_benchmark.py step --bench FOLDER --batch 64
    python tests/benchmarks/speed_benchmark.py weights --batch 128
    python tests/benchmarks/speed_benchmark.py many

`step` joins the opponents of a folder of yardsticks that share a measuring module `common.py`
(one that offers `parser` and `main`): run by that folder's `compare.py`, all are measured in turns,
round by round. `weights` times full, global-only, local-only and prior-only steps in turns, beside
their floating-point operations. `many` trains ten encoders with ten weightings in one process
and prints the seconds of each, the traces and the memory.

The yardstick: 28x28x1 images; convolutions 64, 128, 256 (3x3, stride 2, same, batch norm, ReLU), map
7x7x128 after the second, code 64; critics of 512 units; discriminator 1000-200; (0.5, 1, 0.1); Adam.
"""

import argparse
import gc
import os
import resource
import statistics
import sys
import time

import numpy as np

WEIGHTS = (0.5, 1.0, 0.1)
ONLY = {"full": WEIGHTS, "global": (1.0, 0, 0), "local": (0, 1.0, 0), "prior": (0, 0, 1.0)}
BOUNDS = {"jsd": "jsd", "nce": "infonce_codes"}


def yardstick_encoder():
    from dimlearn.startup import keras

    images = x = keras.Input((28, 28, 1))
    for index, filters in enumerate((64, 128, 256)):
        x = keras.layers.Conv2D(filters, 3, 2, "same", use_bias=False)(x)
        x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
        if index == 1:
            feature_map = x
    code = keras.layers.Dense(64)(keras.layers.Flatten()(x))
    return keras.Model(images, (feature_map, code))


def yardstick_model(weights=WEIGHTS, critic="concat", loss="jsd", steps_per_execution=10):
    """A compiled `DeepInfoMax`: with concat critics one mismatched code for each image, with
    dot-product critics all pairs of the batch."""
    from dimlearn import DeepInfoMax
    from dimlearn.objectives import build_discriminator

    model = DeepInfoMax(
        yardstick_encoder(),
        *weights,
        bound=BOUNDS[loss],
        critic=critic,
        units=512,
        negatives="one" if critic == "concat" else "all",
    )
    if weights[2]:
        model.discriminator = build_discriminator(64, (1000, 200))
    model.compile("adam", "adam", steps_per_execution=steps_per_execution)
    return model


def images(count=20_000):
    return np.random.default_rng(0).random((count, 28, 28, 1), dtype="float32")


# ---------------------------------------------------------------- beside opponents


def step(arguments):
    """One bench script of the yardsticks' folder: `common.main` measures it."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--bench", required=True)
    folder, rest = options.parse_known_args(arguments)
    sys.path.insert(0, folder.bench)
    import common

    parser = common.parser(__doc__)
    parser.add_argument("--critic", choices=("concat", "dot"), default="concat")
    parser.add_argument("--loss", choices=tuple(BOUNDS), default="jsd")
    parser.add_argument("--unit", type=int, default=10, help="steps in one call of Python")
    sys.argv = [sys.argv[0], *rest]

    def build(options):
        os.environ["TF_NUM_INTRAOP_THREADS"] = str(options.threads)  # before TensorFlow starts
        os.environ["TF_NUM_INTEROP_THREADS"] = "2"
        pictures = np.load(common.MNIST)["x_train"][: options.train_n]
        pictures = (pictures / 255).astype("float32")[..., None]
        model = yardstick_model(WEIGHTS, options.critic, options.loss, options.unit)

        def step_n(n):
            history = model.fit(
                pictures, batch_size=options.batch, steps_per_epoch=n, epochs=1, verbose=0
            )
            return history.history["loss"][-1]

        flops = common.yard_flops(options.critic, True, options.batch)["total"]
        return {"step_n": step_n, "batch": options.batch, "unit": options.unit,
                "flops_img": 3 * flops, "variant": "DeepInfoMax.fit"}  # fmt: skip

    common.main("dimlearn", build, parser)


# ---------------------------------------------------------------- a weight of 0, many models


def weights(arguments):
    """Milliseconds of a step with all terms and with one, measured in turns."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--critic", choices=("concat", "dot"), default="concat")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args(arguments)
    pictures = images(40 * options.batch)
    models = {name: yardstick_model(own, options.critic) for name, own in ONLY.items()}
    seconds = {name: [] for name in models}
    for _ in range(1 + options.rounds):
        for name, model in models.items():
            began = time.perf_counter(), time.process_time()
            model.fit(pictures, batch_size=options.batch, verbose=0)
            spent = time.perf_counter() - began[0], time.process_time() - began[1]
            seconds[name].append(spent)
    print("term    best ms a step   processor ms (median)   trainable numbers")
    for name, rounds in seconds.items():
        wall, cpu = zip(*rounds[1:])
        trained = sum(int(np.prod(v.shape)) for v in models[name].trainable_variables)
        milliseconds = 1000 * min(wall) / 40, 1000 * statistics.median(cpu) / 40
        print(f"{name:7} {milliseconds[0]:12.1f} {milliseconds[1]:20.1f} {trained:24,}")


def many(arguments):
    """Ten encoders with ten weightings, one after the other in this process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=int, default=10)
    options = parser.parse_args(arguments)
    pictures = images(5120)
    print("model  alpha  beta  gamma  first epoch s  second epoch s  traces  resident MB")
    for number in range(options.models):
        own = (number % 3 / 2, (number % 4 + 1) / 4, number % 2 / 10)
        model = yardstick_model(own)
        seconds = []
        for _ in range(2):
            began = time.perf_counter()
            model.fit(pictures, verbose=0)
            seconds.append(time.perf_counter() - began)
        traces = model.train_function.experimental_get_tracing_count()
        print(f"{number:5} {own[0]:6.1f} {own[1]:5.2f} {own[2]:6.1f} {seconds[0]:14.1f} "
              f"{seconds[1]:15.1f} {traces:>7} {resident_megabytes():12.0f}", flush=True)  # fmt: skip
        del model
        gc.collect()


def resident_megabytes():
    try:
        with open("/proc/self/status") as status:
            line = next(line for line in status if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


PARTS = {"step": step, "weights": weights, "many": many}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in PARTS:
        sys.exit(__doc__)
    PARTS[sys.argv[1]](sys.argv[2:])
