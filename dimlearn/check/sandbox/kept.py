"""What a guarded run leaves as it was: each context manager saves something and restores it.

The process (streams, folder, environment, logging, warnings, limits), the names inside the modules
that a function could overwrite, NumPy's settings, the global random generators, and the states of
TensorFlow and Keras. Some of these have no public way to read them; where TensorFlow and Keras
keep them stands once, at the top.
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
from contextlib import contextmanager, suppress

import numpy as np

from dimlearn.deep_infomax import encoder, objectives
from dimlearn.evaluation import codes, intervals, probes
from dimlearn.information import bounds, diagnosis
from dimlearn.information import exact as information
from dimlearn.startup import keras, tf

REFERENCES = (
    bounds,
    codes,
    diagnosis,
    encoder,
    information,
    intervals,
    objectives,
    probes,
)

# Looked up and not imported, so that `startup` comes first.
tf_context = sys.modules["tensorflow.python.eager.context"]
tf_generators = sys.modules["tensorflow.python.ops.stateful_random_ops"]
keras_global_state = sys.modules["keras.src.backend.common.global_state"]


def _refuse(*_, **__):
    raise SystemExit("a function that is being checked must not end the process")


@contextmanager
def process_kept():
    """Streams, folder, environment, limits, logging, warnings, garbage collection."""
    streams = sys.stdin, sys.stdout, sys.stderr
    hooks = sys.excepthook, sys.displayhook, sys.gettrace(), sys.getprofile()
    argv, path = list(sys.argv), list(sys.path)
    limit, collecting = sys.getrecursionlimit(), gc.isenabled()
    environment, folder = dict(os.environ), None
    with suppress(OSError):  # it may have been deleted
        folder = os.getcwd()
    tensorflow_log = logging.getLogger("tensorflow")
    levels = logging.root.manager.disable, logging.root.level, tensorflow_log.level
    asked, exits = builtins.input, (os._exit, os.abort)
    try:
        sys.stdin = io.StringIO()
        builtins.input = _refuse_input
        os._exit = os.abort = _refuse
        tensorflow_log.setLevel(logging.CRITICAL + 1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
        builtins.input, (os._exit, os.abort) = asked, exits
        sys.excepthook, sys.displayhook = hooks[:2]
        sys.settrace(hooks[2])
        sys.setprofile(hooks[3])
        sys.argv[:], sys.path[:] = argv, path
        sys.setrecursionlimit(limit)
        (gc.enable if collecting else gc.disable)()
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        with suppress(OSError):
            if folder:
                os.chdir(folder)
        logging.disable(levels[0])
        logging.root.setLevel(levels[1])
        tensorflow_log.setLevel(levels[2])


def _refuse_input(*_):
    raise EOFError("a function that is being checked cannot ask for input")


@contextmanager
def stderr_of_the_process_held_back():
    """TensorFlow's C++ writes warnings with a clock in them past Python: they are dropped."""
    try:
        original = os.dup(2)
    except OSError:  # no standard error: nothing to hold back
        yield
        return
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(original, 2)
        os.close(original)


@contextmanager
def names_kept():
    """The names in the modules that everybody uses, and in those of the references."""
    modules = [
        *REFERENCES, builtins, math, random, os, time, np, np.random, np.linalg,
        tf, tf.math, tf.nn, tf.linalg, tf.random, keras, keras.ops, keras.layers, keras.losses,
    ]  # fmt: skip
    saved = [(module, dict(vars(module))) for module in modules]
    try:
        yield
    finally:
        for module, names in saved:
            now = vars(module)
            for name, value in names.items():
                if name not in now or now[name] is not value:
                    setattr(module, name, value)


@contextmanager
def numpy_kept():
    with np.errstate(all="ignore"), np.printoptions():
        yield


@contextmanager
def generators_kept():
    """The global random generators; during the run they start from a fixed state."""
    saved = generators()
    try:
        random.seed(0)
        np.random.seed(0)
        context = tf_context.context()
        context._seed, context._rng = 0, random.Random(0)
        yield
    finally:
        random.setstate(saved["Python"])
        np.random.set_state(saved["NumPy"])
        tf_context.context()._seed, rng_state = saved["TensorFlow"]
        if rng_state is not None:
            tf_context.context()._rng = random.Random()
            tf_context.context()._rng.setstate(rng_state)
        elif hasattr(tf_context.context(), "_rng"):
            del tf_context.context()._rng
        _, own, state = saved["TensorFlow's tf.random.Generator"]
        tf_generators.global_generator = own
        if own is not None:
            own.state.assign(state)
        generator, state = saved["Keras"]
        keras_global_state.set_global_attribute("global_seed_generator", generator)
        if generator is not None:
            generator.state.assign(state)


def generators():
    """The state of each global random generator, by the name of its library."""
    context = tf_context.context()
    own = tf_generators.global_generator
    keras_own = keras_global_state.get_global_attribute("global_seed_generator")
    return {
        "Python": random.getstate(),
        "NumPy": np.random.get_state(),
        "TensorFlow": (
            context._seed,
            context._rng.getstate() if hasattr(context, "_rng") else None,
        ),
        "TensorFlow's tf.random.Generator": ("", own, own and own.state.numpy()),
        "Keras": (keras_own, keras_own and keras_own.state.numpy()),
    }


def moved_generators(before, allowed=()):
    """The names of the global generators that are no longer as they were."""
    now = generators()
    return [
        name for name in before if name not in allowed and not _identical(before[name], now[name])
    ]


def _identical(a, b):
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_identical, a, b))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(a, b)
    return a is b or (isinstance(a, (int, float, str)) and a == b)


@contextmanager
def tensorflow_kept():
    context = tf_context.context()
    local = context._thread_local_data
    eager_functions = tf.config.functions_run_eagerly()
    mode, callbacks = local.is_eager, list(local.op_callbacks)
    settings = dict(vars(context))
    names = ("_soft_device_placement", "_log_device_placement", "_optimizer_jit",
             "_optimizer_experimental_options", "_device_policy")  # fmt: skip
    options = dict(settings["_optimizer_experimental_options"])
    try:
        yield
    finally:
        if tf.config.functions_run_eagerly() != eager_functions:
            tf.config.run_functions_eagerly(eager_functions)
        if list(local.op_callbacks) != callbacks:
            tf.debugging.disable_check_numerics()
            local.op_callbacks = callbacks
        local.is_eager = mode
        for name in names:
            if name in settings and getattr(context, name) is not settings[name]:
                setattr(context, name, settings[name])
        context._optimizer_experimental_options = options


@contextmanager
def keras_kept():
    """Keras' number type, policies and the counters of its layer names."""
    numbers = keras.config.floatx(), keras.config.epsilon(), keras.config.image_data_format()
    tracker = keras_global_state.GLOBAL_STATE_TRACKER
    saved = dict(vars(tracker))
    counters = saved.get("object_name_uids")
    counts = dict(counters) if counters is not None else None
    try:
        yield
    finally:
        vars(tracker).clear()
        vars(tracker).update(saved)
        if counters is not None:
            counters.clear()
            counters.update(counts)
        keras.config.set_floatx(numbers[0])
        keras.config.set_epsilon(numbers[1])
        keras.config.set_image_data_format(numbers[2])


def settings():
    """The settings of TensorFlow and Keras that an answer has no business with."""
    return {
        "tf.config.run_functions_eagerly": tf.config.functions_run_eagerly(),
        "tf.experimental.numpy's behaviour of tensors": hasattr(tf.Tensor, "mean"),
        "Keras' floatx": keras.config.floatx(),
        "Keras' dtype policy": keras.config.dtype_policy().name,
    }
