"""What a checked function leaves as it was: each context manager keeps one thing.

The process (input, folder, environment, limits, logging, warnings), the names inside the modules
that a function could overwrite, the settings of NumPy, TensorFlow and Keras, and the global random
generators: what a learner's function may well touch, and no more.
"""

import builtins
import gc
import io
import logging
import math
import os
import random
import sys
import time
import warnings
from contextlib import ExitStack, contextmanager, suppress
from unittest.mock import patch

import numpy as np

from dimlearn import private_names
from dimlearn.startup import keras, tf

# Every learner's function has these at hand.
LIBRARIES = (
    *(builtins, math, random, os, time, np, np.random, np.linalg),
    *(tf, tf.math, tf.nn, tf.linalg, tf.random),
    *(keras, keras.ops, keras.layers, keras.losses),
)


def everything_kept():
    """All that a whole check leaves as it was, but for the names inside modules."""
    return together(process_kept(), c_errors_dropped(), libraries_kept(), generators_kept())


@contextmanager
def together(*managers):
    """Several context managers as one."""
    with ExitStack() as stack:
        for manager in managers:
            stack.enter_context(manager)
        yield


@contextmanager
def setting_kept(read, write):
    """One setting: what `read()` gives now is written back if it is another afterwards."""
    before = read()
    try:
        yield
    finally:
        if read() != before:
            write(before)


# ---------------------------------------------------------------- the process


def process_kept():
    """Nothing is read from the keyboard, nothing is warned of, and the process does not end."""
    return together(
        patch.object(sys, "stdin", io.StringIO()),
        patch.object(builtins, "input", _refuse_input),
        patch.object(os, "_exit", _refuse_exit),
        patch.object(logging.getLogger("tensorflow"), "disabled", True),
        patch.dict(os.environ),
        warnings.catch_warnings(action="ignore"),
        setting_kept(lambda: logging.root.manager.disable, logging.disable),
        setting_kept(sys.getrecursionlimit, sys.setrecursionlimit),
        setting_kept(sys.gettrace, sys.settrace),
        setting_kept(gc.isenabled, lambda on: gc.enable() if on else gc.disable()),
        setting_kept(_folder, _set_folder),
    )


def _refuse_input(*_):
    raise EOFError("a function that is being checked cannot ask for input")


def _refuse_exit(*_):
    raise SystemExit("a function that is being checked must not end the process")


def _folder():
    with suppress(OSError):  # it may have been deleted
        return os.getcwd()


def _set_folder(folder):
    with suppress(OSError):
        os.chdir(folder or ".")


@contextmanager
def c_errors_dropped():
    """TensorFlow's C++ writes warnings with a clock in them past Python: they are dropped."""
    try:
        original = os.dup(2)
    except OSError:  # no standard error: nothing to hold back
        yield
        return
    try:
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(original, 2)
        os.close(original)


# ---------------------------------------------------------------- the libraries


@contextmanager
def names_kept(modules):
    """The names in the modules that everybody uses, and in `modules`, those of the references."""
    before = [(module, dict(vars(module))) for module in (*LIBRARIES, *modules)]
    try:
        yield
    finally:
        for module, names in before:
            now = vars(module)
            for name, value in names.items():
                if name not in now or now[name] is not value:
                    setattr(module, name, value)


def libraries_kept():
    """The settings of NumPy, TensorFlow and Keras. NumPy does not warn meanwhile."""
    return together(
        np.errstate(all="ignore"),
        np.printoptions(),
        setting_kept(tf.config.functions_run_eagerly, tf.config.run_functions_eagerly),
        setting_kept(tf.config.get_soft_device_placement, tf.config.set_soft_device_placement),
        setting_kept(tf.config.optimizer.get_jit, tf.config.optimizer.set_jit),
        setting_kept(numerics_checked, _check_numerics),
        private_names.keras_state_kept(),
        setting_kept(keras.config.floatx, keras.config.set_floatx),
        setting_kept(keras.config.epsilon, keras.config.set_epsilon),
        setting_kept(keras.config.image_data_format, keras.config.set_image_data_format),
    )


def numerics_checked():
    """Whether TensorFlow raises at a NaN, as it does after `tf.debugging.enable_check_numerics`."""
    try:
        tf.math.log(tf.constant(-1.0))
    except tf.errors.InvalidArgumentError:
        return True
    return False


def _check_numerics(on):
    (tf.debugging.enable_check_numerics if on else tf.debugging.disable_check_numerics)()


def settings():
    """The settings of TensorFlow and Keras that an answer has no business with."""
    return {
        "tf.config.run_functions_eagerly": tf.config.functions_run_eagerly(),
        "tf.experimental.numpy's behaviour of tensors": hasattr(tf.Tensor, "mean"),
        "Keras' floatx": keras.config.floatx(),
        "Keras' dtype policy": keras.config.dtype_policy().name,
    }


# ---------------------------------------------------------------- the global random generators


@contextmanager
def generators_kept(start=2718):
    """The global random generators; meanwhile they start from a fixed state, one that no learner
    would seed by chance."""
    before = generators()
    try:
        random.seed(start)
        np.random.seed(start)
        private_names.set_tensorflow_seed(start, random.Random(start).getstate())
        yield
    finally:
        random.setstate(before["Python"])
        np.random.set_state(before["NumPy"])
        private_names.set_tensorflow_seed(*before["TensorFlow"])
        tf.random.set_global_generator(before["TensorFlow's tf.random.Generator"][0])
        for generator, state in (before["TensorFlow's tf.random.Generator"], before["Keras"]):
            if generator is not None:
                generator.state.assign(state)


def generators():
    """The state of each global random generator, by the name of its library."""
    kind, key, *position = np.random.get_state()
    tensorflow_own = None
    with suppress(RuntimeError):  # with deterministic operations there is none until one is set
        tensorflow_own = tf.random.get_global_generator()
    return {
        "Python": random.getstate(),
        "NumPy": (kind, key.tolist(), *position),
        "TensorFlow": private_names.tensorflow_seed(),
        "TensorFlow's tf.random.Generator": _with_state(tensorflow_own),
        "Keras": _with_state(private_names.keras_seed_generator()),
    }


def _with_state(generator):
    return generator, None if generator is None else generator.state.numpy().tolist()


def seeded_generator(before):
    """The name of a global generator that was seeded since `before`, a result of `generators`, or
    None.

    Drawing from one is no fault. A generator that was only drawn from has gone on from where it
    stood; a seed has put it elsewhere, wherever it stood.
    """
    now = generators()
    moved = (library for library in GOES_ON if now[library] != before[library])
    return next((one for one in moved if not GOES_ON[one](before[one], now[one])), None)


BLOCK = 624  # numbers of 32 bits, after which a Mersenne twister makes a new state
MOST = 1000  # blocks: more than half a million numbers


def _python_goes_on(before, now):
    twister = random.Random()
    twister.setstate(before)
    for _ in range(MOST):
        if twister.getstate()[1][:BLOCK] == now[1][:BLOCK]:  # without the place in the block
            return True
        twister.getrandbits(32 * BLOCK)
    return False


def _numpy_goes_on(before, now):
    twister, key = np.random.RandomState(), np.array(now[1], "uint32")
    twister.set_state(before)
    for _ in range(MOST):
        if np.array_equal(twister.get_state()[1], key):
            return True
        twister.bytes(4 * BLOCK)
    return False


def _tensorflow_goes_on(before, now):
    return before[0] == now[0]  # the seed; `set_seed` gives another


def _own_goes_on(before, now):
    return before[1] is None or before[1][2:] == now[1][2:]  # the key, behind a counter


def _keras_goes_on(before, now):
    return before[1] is None or before[1][0] == now[1][0]  # the seed, in front of one


GOES_ON = {  # the quickest first
    "TensorFlow": _tensorflow_goes_on,
    "TensorFlow's tf.random.Generator": _own_goes_on,
    "Keras": _keras_goes_on,
    "NumPy": _numpy_goes_on,
    "Python": _python_goes_on,
}
