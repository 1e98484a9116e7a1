"""How fast the training step is: a yardstick network through `DeepInfoMax.fit`, beside opponents.

    python tests/benchmarks/speed_benchmark.py step --bench FOLDER --batch 64
    python tests/benchmarks/speed_benchmark.py weights --batch 128
    python tests/benchmarks/speed_benchmark.py many
    python tests/benchmarks/speed_benchmark.py adam
    python tests/benchmarks/speed_benchmark.py batches
    python tests/benchmarks/speed_benchmark.py precision
    python tests/benchmarks/speed_benchmark.py xla

`step` joins the opponents of a folder of yardsticks that share a measuring module `common.py`
(one that offers `parser` and `main`): run by that folder's `compare.py`, all are measured in turns,
round by round. (`fit` sets itself up at every call; let a round last some seconds.) `weights` times
full, global-only, local-only and prior-only steps in turns, beside their floating-point operations.
`many` trains ten encoders with ten weightings in one process and prints the seconds of each, the
traces and the memory. `adam` times the fused update against Keras' own, `batches` the epochs with
and without tf.data's tuning of itself, `precision` the light model in float32 and in bfloat16,
`xla` models compiled by XLA and without it.

The yardstick: 28x28x1 images; convolutions 64, 128, 256 (3x3, stride 2, same, batch norm, ReLU),
map 7x7x128 after the second, code 64; critics of 512 units; discriminator 1000-200; weights
(0.5, 1, 0.1); Adam.
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
    dot-product critics all pairs of the batch. In the yardstick ("dot") the global critic stays
    concat with one mismatched code; "both_dot" has dot-product critics for both objectives."""
    from dimlearn import DeepInfoMax
    from dimlearn.deep_infomax import ConcatCritic, DotProductCritic, build_discriminator
    from dimlearn.deep_infomax.objectives import global_objective
    from dimlearn.information.bounds import jsd

    class LocalDot(DeepInfoMax):
        def terms(self, feature_map, code):
            alpha, self.alpha = self.alpha, 0.0
            terms = super().terms(feature_map, code)
            self.alpha = alpha
            bound = global_objective(self.global_critic, jsd, feature_map, code, "one")
            return {**terms, "loss": terms["loss"] - alpha * bound, "global_bound": bound}

    model = (LocalDot if critic == "dot" and weights[0] else DeepInfoMax)(
        yardstick_encoder(),
        *weights,
        bound=BOUNDS[loss],
        critic="concat" if critic == "concat" else "dot",
        units=512,
        negatives="one" if critic == "concat" else "all",
    )
    if critic != "concat" and weights[1]:
        model.local_critic = as_wide_within(DotProductCritic(512))
        model.local_critic.build((None, 7 * 7, 128), (None, 64))
    if critic == "both_dot" and weights[0]:
        model.global_critic = as_wide_within(DotProductCritic(512))
        model.global_critic.build((None, 1, 7 * 7 * 128), (None, 64))
    if isinstance(model, LocalDot):
        model.global_critic = ConcatCritic(512)
        model.global_critic.build((None, 1, 7 * 7 * 128), (None, 64))
    if weights[2]:
        model.discriminator = build_discriminator(64, (1000, 200))
    model.compile("adam", "adam", steps_per_execution=steps_per_execution)
    return model


def as_wide_within(critic):
    """The critic with hidden layers as wide as its projections, and a way past both networks, as
    the yardstick and its opponents have them."""
    from dimlearn.startup import keras

    for side in (critic.feature_side, critic.code_side):
        side.past = True
        side.hidden = keras.layers.Dense(critic.units, activation="relu")
    return critic


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
    parser.add_argument("--critic", choices=("concat", "dot", "both_dot"), default="concat")
    parser.add_argument("--loss", choices=tuple(BOUNDS), default="jsd")
    parser.add_argument("--unit", type=int, default=10, help="steps in one call of Python")
    sys.argv = [sys.argv[0], *rest]

    def build(options):
        os.environ["TF_NUM_INTRAOP_THREADS"] = str(options.threads)  # before TensorFlow starts
        os.environ["TF_NUM_INTEROP_THREADS"] = "2"
        from dimlearn.data import full_batches

        pictures = np.load(common.MNIST)["x_train"][: options.train_n]
        pictures = (pictures / 255).astype("float32")[..., None]
        model = yardstick_model(WEIGHTS, options.critic, options.loss, options.unit)
        batches = full_batches(pictures, options.batch, shuffle=True).repeat()

        def step_n(n):
            history = model.fit(batches, steps_per_epoch=n, epochs=1, verbose=0)
            return history.history["loss"][-1]

        flops = common.yard_flops(options.critic.replace("both_", ""), True, options.batch)["total"]
        told = {"variant": "DeepInfoMax.fit", "flops_img": 3 * flops}
        return {**told, "step_n": step_n, "batch": options.batch, "unit": options.unit}

    common.main("dimlearn", build, parser)


# ---------------------------------------------------------------- in turns, in this process


def epoch_clock():
    """A Keras callback that keeps `(wall seconds, processor seconds)` of every epoch."""
    from dimlearn.startup import keras

    class EpochClock(keras.callbacks.Callback):
        epochs = ()

        def on_epoch_begin(self, epoch, logs=None):
            self.began = time.perf_counter(), time.process_time()

        def on_epoch_end(self, epoch, logs=None):
            now = time.perf_counter(), time.process_time()
            self.epochs = (*self.epochs, tuple(b - a for a, b in zip(self.began, now)))

    return EpochClock()


def in_turns(models, batches, rounds, steps):
    """One epoch of each model in turn, after one that is not counted; prints milliseconds a step.

    `models`: `{name: compiled model}`; `batches`: `{name: tf.data.Dataset of `steps` batches}`.
    """
    clocks = {name: epoch_clock() for name in models}
    for _ in range(1 + rounds):
        for name, model in models.items():
            model.fit(batches[name], verbose=0, callbacks=[clocks[name]])
    print(f"{'':24} best ms a step   median   worst   processor ms   of the first")
    first = None
    for name, clock in clocks.items():
        wall, cpu = zip(*clock.epochs[1:])
        told = [1000 * each / steps for each in (min(wall), statistics.median(wall), max(wall))]
        processor = 1000 * statistics.median(cpu) / steps
        first = first or processor
        wall = "{:14.1f} {:8.1f} {:7.1f}".format(*told)
        print(f"{name:24} {wall} {processor:14.1f} {processor / first:14.2f}", flush=True)


def weights(arguments):
    """Milliseconds of a step with all terms and with one, measured in turns."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--critic", choices=("concat", "dot"), default="concat")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args(arguments)
    from dimlearn.data import full_batches

    models = {name: yardstick_model(own, options.critic) for name, own in ONLY.items()}
    batches = full_batches(images(20 * options.batch), options.batch, shuffle=True)
    in_turns(models, dict.fromkeys(models, batches), options.rounds, 20)
    for name, model in models.items():
        print(f"{name}: {sum(int(np.prod(v.shape)) for v in model.trainable_variables):,} numbers")


def light_model():
    """The model of `dimlearn compare`'s row `local`."""
    from dimlearn import DeepInfoMax, build_encoder

    model = DeepInfoMax(build_encoder((28, 28, 1)), 0, 1, 0.1, bound="infonce_codes")
    model.compile("adam", steps_per_execution=10)
    return model


def adam(arguments):
    """The fused update against Keras' own, in three models."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args(arguments)
    from dimlearn.data import full_batches
    from dimlearn.startup import keras

    makers = {
        "concat": lambda: yardstick_model(critic="concat"),
        "both_dot": lambda: yardstick_model(critic="both_dot"),
        "light": light_model,
    }
    for name, make in makers.items():
        models = {f"{name}, fused": make(), f"{name}, Keras": make()}
        plain = models[f"{name}, Keras"]
        plain.compile(keras.optimizers.Adam(), keras.optimizers.Adam(), steps_per_execution=10)
        batches = full_batches(images(30 * 64), 64, shuffle=True)
        in_turns(models, dict.fromkeys(models, batches), options.rounds, steps=30)


def precision(arguments):
    """The light model in float32 and in the precisions that mix it with 16 bits."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--policies", nargs="+", default=["mixed_bfloat16"])
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args(arguments)
    from dimlearn.data import full_batches
    from dimlearn.startup import keras

    models = {}
    for policy in ("float32", *options.policies):
        keras.config.set_dtype_policy(policy)
        models[policy] = light_model()
    batches = full_batches(images(20 * 128), 128, shuffle=True)
    in_turns(models, dict.fromkeys(models, batches), options.rounds, steps=20)


def xla(arguments):
    """The light model and two wide ones, compiled by XLA and without it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args(arguments)
    from dimlearn.data import full_batches

    makers = {
        "light": light_model,
        "concat": lambda: yardstick_model(critic="concat"),
        "both_dot": lambda: yardstick_model(critic="both_dot"),
    }
    for name, make in makers.items():
        models = {name: make(), f"{name}, XLA": make()}
        models[f"{name}, XLA"].compile(jit_compile=True, steps_per_execution=10)
        batches = full_batches(images(20 * 128), 128, shuffle=True)
        in_turns(models, dict.fromkeys(models, batches), options.rounds, steps=20)


def batches(arguments):
    """Epochs of one model on the same images, with tf.data's tuning of itself and without."""
    from dimlearn.data import full_batches
    from dimlearn.startup import tf

    models = {"as they are": light_model(), "tuning themselves": light_model()}
    pictures = tf.constant(images(100 * 128))
    tuned = tf.data.Dataset.range(100 * 128).shuffle(100 * 128, seed=1).batch(128, True)
    tuned = tuned.map(lambda index: tf.gather(pictures, index)).prefetch(2)  # tf.data's defaults
    chosen = {"as they are": full_batches(pictures, 128, shuffle=True), "tuning themselves": tuned}
    for name, model in models.items():  # in one call of `fit`: later epochs are the slow ones
        clock = epoch_clock()
        model.fit(chosen[name], epochs=13, verbose=0, callbacks=[clock])
        print(name, *(f"{10 * wall:.1f}" for wall, _ in clock.epochs[1:]), "ms a step")


# ---------------------------------------------------------------- many models


def many(arguments):
    """Ten encoders with ten weightings, one after the other in this process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=int, default=10)
    options = parser.parse_args(arguments)
    pictures = images(5120)
    print("model  alpha  beta  gamma  first epoch s  second epoch s  traces  resident MB")
    for number in range(options.models):
        own = (number % 3 / 2, (number % 4 + 1) / 4, number % 2 / 10)
        model, seconds, traces = yardstick_model(own), [], []
        model.train_step = counted(model.train_step, traces)
        for _ in range(2):
            began = time.perf_counter()
            model.fit(pictures, verbose=0)
            seconds.append(time.perf_counter() - began)
        told = f"{number:5} {own[0]:6.1f} {own[1]:5.2f} {own[2]:6.1f} {seconds[0]:14.1f}"
        print(
            f"{told} {seconds[1]:15.1f} {len(traces):>7} {resident_megabytes():12.0f}", flush=True
        )
        del model
        gc.collect()


def counted(step, traces):
    """A training step that leaves a mark in `traces` whenever it is traced."""

    def train_step(images):
        traces.append(images.shape)
        return step(images)

    return train_step


def resident_megabytes():
    try:
        with open("/proc/self/status", encoding="utf-8") as status:
            line = next(line for line in status if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


PARTS = {each.__name__: each for each in (step, weights, many, adam, batches, precision, xla)}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in PARTS:
        sys.exit(__doc__)
    PARTS[sys.argv[1]](sys.argv[2:])
