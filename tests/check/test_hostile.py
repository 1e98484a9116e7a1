"""Whatever a function does: a check answers, never with `correct`, and leaves all as before."""

import builtins
import gc
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
import warnings

import numpy as np
import pytest
from marks import weekly

from dimlearn import bounds, check
from dimlearn.check.judge import WATCHED
from dimlearn.check.sandbox import guard
from dimlearn.check.sandbox.kept import numerics_checked
from dimlearn.check.syllabus import LESSON_OF
from dimlearn.deep_infomax import prior
from dimlearn.private_names import tensorflow_seed
from dimlearn.startup import keras, tf


class Angry:
    """Every look at it raises."""

    def __getattribute__(self, name):
        raise RuntimeError("don't look at me")

    def __eq__(self, other):
        raise RuntimeError

    def __bool__(self):
        raise RuntimeError

    def __repr__(self):
        raise RuntimeError

    def __len__(self):
        raise RuntimeError

    def __array__(self, *_, **__):
        raise RuntimeError

    def __iter__(self):
        raise RuntimeError

    __hash__ = None


class AngryArray(np.ndarray):
    def __array_finalize__(self, other):
        pass

    def __array_ufunc__(self, *args, **kwargs):
        raise RuntimeError("no arithmetic")

    def __array_function__(self, *args, **kwargs):
        raise RuntimeError("no functions")


class BadError(Exception):
    def __str__(self):
        raise RuntimeError("no text")


def does(statement):
    """A function that does something and returns nothing useful."""

    def hostile(*args, **kwargs):
        statement(*args)
        return None

    return hostile


def gives(value):
    def hostile(*args, **kwargs):
        return value()

    return hostile


def raises(error):
    def hostile(*args, **kwargs):
        raise error

    return hostile


def recursion(*args, **kwargs):
    return recursion(*args, **kwargs)


def own_list():
    x = []
    x.append(x)
    return x


def generator(*args, **kwargs):
    yield 1.0


async def coroutine(*args, **kwargs):
    return 1.0


def damage_arguments(*args, **kwargs):
    for argument in args:
        if isinstance(argument, np.ndarray) and argument.dtype.kind == "f":
            argument[...] = np.nan
        if isinstance(argument, list):
            argument.clear()
        if isinstance(argument, keras.Model):
            for weight in argument.weights:
                weight.assign(weight * 0 - 1)
    return args[0] if args else None


def catches_all(*args, **kwargs):
    try:
        recursion()
    except BaseException:
        return float("nan")


def swap_modules(*args, **kwargs):
    np.log = np.exp = tf.reduce_mean = tf.nn.softplus = None
    np.random.default_rng = time.sleep = builtins.sum = None
    bounds.jsd_bound = prior.prior_loss = lambda *a: 0.0
    return 0.0


def lose_streams(*args, **kwargs):
    sys.stdout = sys.stderr = sys.stdin = None


def noise(*args, **kwargs):
    print("x" * 100_000)
    warnings.warn("careful", stacklevel=1)
    logging.getLogger("tensorflow").error("log")
    os.write(2, b"past Python\n")
    return "noise"


def leave_a_tape_open(*args, **kwargs):
    tape = tf.GradientTape(persistent=True)
    tape.__enter__()
    tape.__exit__(None, None, None)
    return tape


HOSTILE = {
    "returns nothing": does(lambda *a: None or len(a)),
    "returns zero": gives(lambda: 0.0),
    "returns minus one": gives(lambda: -1),
    "returns NaN": gives(lambda: float("nan")),
    "returns infinity": gives(lambda: np.float32("inf")),
    "returns a text": gives(lambda: "0.5"),
    "returns bytes": gives(lambda: b"12"),
    "returns a complex number": gives(lambda: 1j),
    "returns True": gives(lambda: True),
    "returns a dictionary": gives(lambda: {"value": 1.0}),
    "returns an empty list": gives(list),
    "returns an empty array": gives(lambda: np.zeros((0,))),
    "returns a ragged list": gives(lambda: [[1.0], [1.0, 2.0]]),
    "returns a list of itself": gives(own_list),
    "returns an object array": gives(lambda: np.array([None, "x"], dtype=object)),
    "returns dates": gives(lambda: np.array(["2026-01-01"], dtype="datetime64")),
    "returns a huge list": gives(lambda: [0.0] * 20_000),
    "returns a function": gives(lambda: len),
    "returns a class": gives(lambda: float),
    "returns a module": gives(lambda: np),
    "returns a generator": generator,
    "returns a coroutine": coroutine,
    "returns an angry object": gives(Angry),
    "returns a tuple of angry objects": gives(lambda: (Angry(), Angry())),
    "returns an angry array": gives(lambda: np.ones((3, 3)).view(AngryArray)),
    "returns a sparse tensor": gives(lambda: tf.sparse.from_dense([[0.0, 1.0]])),
    "returns a ragged tensor": gives(lambda: tf.ragged.constant([[1.0], [1.0, 2.0]])),
    "returns a text tensor": gives(lambda: tf.constant("text")),
    "returns a Keras tensor": gives(lambda: keras.Input((3,))),
    "returns a variable": gives(lambda: tf.Variable([1.0, 2.0])),
    "returns its arguments": lambda *args, **kwargs: args,
    "raises ValueError": raises(ValueError("no")),
    "raises an error without a text": raises(BadError()),
    "raises SystemExit": raises(SystemExit(3)),
    "raises KeyboardInterrupt by itself": raises(KeyboardInterrupt()),
    "raises GeneratorExit": raises(GeneratorExit()),
    "raises StopIteration": raises(StopIteration(1)),
    "raises MemoryError": raises(MemoryError()),
    "raises a group": raises(ExceptionGroup("many", [ValueError(1), TypeError(2)])),
    "raises NotImplementedError of TensorFlow": lambda *a, **k: tf.function(np.sum)(tf.ones(3)),
    "takes no arguments": lambda: 1.0,
    "recurses without end": recursion,
    "catches everything": catches_all,
    "damages its arguments": damage_arguments,
    "leaves": does(lambda *a: sys.exit(1)),
    "ends the process": does(lambda *a: os._exit(1)),
    "asks for input": does(lambda *a: input("?")),
    "changes the folder": does(lambda *a: os.chdir("/")),
    "changes the environment": does(lambda *a: os.environ.update(DIMLEARN_TEST="1")),
    "prints and warns": noise,
    "loses the streams": lose_streams,
    "seeds NumPy": does(lambda *a: np.random.seed(5)),
    "seeds Python": does(lambda *a: random.seed(5)),
    "seeds TensorFlow": does(lambda *a: tf.random.set_seed(5)),
    "seeds Keras": does(lambda *a: keras.utils.set_random_seed(5)),
    "draws from everything": does(
        lambda *a: (np.random.rand(), random.random(), tf.random.uniform([1]),
                    keras.random.uniform([1]), tf.random.get_global_generator().uniform([1]))
    ),
    "switches TensorFlow to eager": does(lambda *a: tf.config.run_functions_eagerly(True)),
    "checks numerics": does(lambda *a: tf.debugging.enable_check_numerics()),
    "sets the optimizer's jit": does(lambda *a: tf.config.optimizer.set_jit(True)),
    "sets soft placement": does(lambda *a: tf.config.set_soft_device_placement(False)),
    "sets Keras to float64": does(lambda *a: keras.config.set_floatx("float64")),
    "sets a policy": does(lambda *a: keras.config.set_dtype_policy("mixed_bfloat16")),
    "clears the Keras session": does(lambda *a: keras.utils.clear_session(free_memory=False)),
    "makes NumPy raise": does(lambda *a: np.seterr(all="raise")),
    "sets how NumPy prints": does(lambda *a: np.set_printoptions(precision=1)),
    "sets the recursion limit": does(lambda *a: sys.setrecursionlimit(5000)),
    "sets a trace": does(lambda *a: sys.settrace(lambda *b: None)),
    "switches off garbage collection": does(lambda *a: gc.disable()),
    "ignores warnings": does(lambda *a: warnings.simplefilter("error")),
    "switches off logging": does(lambda *a: logging.disable(logging.CRITICAL)),
    "takes over Ctrl-C": does(lambda *a: signal.signal(signal.SIGINT, signal.SIG_IGN)),
    "exchanges functions of the libraries": swap_modules,
    "closes a tape": leave_a_tape_open,
}  # fmt: skip


def global_state():
    """What a check must leave alone, in a form that can be compared."""
    return {
        "python": random.getstate(),
        "numpy": tuple(map(str, np.random.get_state())),
        "tensorflow": tensorflow_seed(),
        "tf.random.Generator": tf.random.get_global_generator().state.numpy().tolist(),
        "eager": (tf.config.functions_run_eagerly(), tf.executing_eagerly()),
        "jit": tf.config.optimizer.get_jit(),
        "soft": tf.config.get_soft_device_placement(),
        "numerics": numerics_checked(),
        "floatx": (keras.config.floatx(), keras.config.epsilon(), keras.config.image_data_format()),
        "policy": keras.config.dtype_policy().name,
        "errors": tuple(np.geterr().items()),
        "prints": str(np.get_printoptions()),
        "streams": (sys.stdin, sys.stdout, sys.stderr),
        "process": (os.getcwd(), dict(os.environ), sys.getrecursionlimit(), sys.gettrace()),
        "collecting": gc.isenabled(),
        "warnings": list(warnings.filters),
        "logging": (logging.root.manager.disable, logging.getLogger("tensorflow").level),
        "ctrl-c": signal.getsignal(signal.SIGINT),
        "functions": (np.log, np.exp, tf.reduce_mean, tf.nn.softplus, time.sleep, builtins.sum,
                      builtins.input, os._exit, np.random.default_rng, bounds.jsd_bound,
                      prior.prior_loss),
        "clocks": clocks(),
    }  # fmt: skip


def clocks():
    """The threads that watch the time of a check: none is left when it has answered."""
    return [thread for thread in threading.enumerate() if thread.name == "dimlearn-check-clock"]


def test_there_are_enough_of_them():
    assert len(HOSTILE) >= 40


QUICK = ("entropy", "jsd_bound")  # of arrays, of tensors; and one of models, which takes longer
MODEL = pytest.param("build_encoder", marks=pytest.mark.slow)
OTHERS = weekly(*(name for name in LESSON_OF if name not in (*QUICK, "build_encoder")))


@pytest.mark.parametrize("name", [*QUICK, MODEL, *OTHERS])
def test_a_hostile_function(name):
    """All of them against one exercise; the state is compared after each."""
    exercise = getattr(check, name)
    keras.layers.Dense(1)  # Keras counts its layers from here on
    np.random.rand()
    before = global_state()
    for what, function in HOSTILE.items():
        feedback = exercise(function)
        assert feedback.status == "incorrect", f"{what}: {feedback!r}"
        assert not feedback and feedback.use is exercise.reference
        assert len(feedback.message) > 20 and "Traceback" not in feedback.message, what
        repr(feedback), feedback._repr_html_()
        if what == "raises KeyboardInterrupt by itself":
            assert "by itself" in feedback.message
        after = global_state()
        changed = [key for key in before if before[key] != after[key]]
        assert not changed, f"{what} changed {changed}"


def test_the_modules_of_all_references_are_watched():
    homes = {getattr(check, name).reference.__module__ for name in LESSON_OF}
    watched = {module.__name__ for module in WATCHED}
    assert {home for home in homes if not home.startswith("dimlearn.check.exercises.")} <= watched


@pytest.mark.slow
def test_right_answers_are_told_when_they_touch_what_is_not_theirs():
    from dimlearn.information import entropy
    from dimlearn.information.bounds import jsd_bound

    def switches(scores):
        tf.config.run_functions_eagerly(True)
        return jsd_bound(scores)

    def draws(scores):
        return jsd_bound(scores) + 0 * np.random.rand()

    def seeds(scores):
        np.random.seed(0)
        return jsd_bound(scores)

    seed = np.random.seed  # a name from before the check

    def exchanges(input_shape, code_dim):
        model = check.build_encoder.exercise.worked_solution(input_shape, code_dim)
        keras.layers.Conv2D = None
        return model

    def changes(p):
        value = entropy(p)
        p[...] = 0
        return value

    check.build_encoder(exchanges)
    assert check.build_encoder(check.build_encoder.exercise.worked_solution)
    assert "run_functions_eagerly" in check.jsd_bound(switches).message

    def counts(scores):
        counts.calls = getattr(counts, "calls", 0) + 1
        np.random.seed(counts.calls)
        return jsd_bound(scores)

    def later(scores):
        later.calls = getattr(later, "calls", 0) + 1
        if later.calls == 2:
            seed(3)
        return jsd_bound(scores)

    def draws_a_million(scores):
        return jsd_bound(scores) + 0 * (np.random.rand(200_000).sum() + random.random())

    def puts_back(scores):
        state = np.random.get_state()
        np.random.seed(0)
        np.random.set_state(state)
        return jsd_bound(scores)

    assert check.jsd_bound(draws)  # drawing is no fault, seeding is
    assert check.jsd_bound(draws_a_million) and check.jsd_bound(puts_back)
    for seeding in (seeds, counts, later):
        feedback = check.jsd_bound(seeding)
        assert "global random generator of NumPy" in feedback.message, feedback
        assert feedback.message.count("seed") == 2, "the same is said twice"
    assert "`p` is not what it was" in check.entropy(changes).message
    assert not tf.config.functions_run_eagerly()


def test_what_the_notebook_has_switched_on_stays_on():
    def switches_off(p):
        tf.debugging.disable_check_numerics()
        tf.config.set_soft_device_placement(True)

    soft = tf.config.get_soft_device_placement()
    tf.debugging.enable_check_numerics()
    tf.config.set_soft_device_placement(False)
    try:
        for function in (switches_off, check.entropy.exercise.worked_solution):
            check.entropy(function)
            assert numerics_checked() and not tf.config.get_soft_device_placement()
    finally:
        tf.debugging.disable_check_numerics()
        tf.config.set_soft_device_placement(soft)
    assert not numerics_checked()


# ---------------------------------------------------------------- time and Ctrl-C


def loop(*args, **kwargs):
    while True:
        pass


def stubborn_loop(*args, **kwargs):
    caught = 0
    while caught < 2:
        try:
            while True:
                pass
        except BaseException:
            caught += 1
    return 0.0


@pytest.mark.parametrize("function", [loop, stubborn_loop])
def test_an_endless_loop_ends(function, monkeypatch):
    before = global_state()
    with monkeypatch.context() as impatient:
        impatient.setattr(guard, "TIME_LIMIT", 0.3)
        feedback = check.entropy(function)
    assert feedback.status == "incorrect" and "did not come back within" in feedback.message
    assert global_state()["eager"] == before["eager"]
    assert check.entropy(check.entropy.exercise.worked_solution)


def test_time_that_others_take_is_not_the_functions(monkeypatch):
    """On a machine that does something else a right answer is slow by the clock, and right."""
    monkeypatch.setattr(guard, "TIME_LIMIT", 2)  # twelve are allowed by the clock
    calls = []

    def slow(p):
        calls.append(p)
        time.sleep(2.5 if len(calls) == 1 else 0)
        return check.entropy.reference(p)

    began = time.monotonic()
    assert check.entropy(slow)
    assert time.monotonic() - began > guard.TIME_LIMIT


def test_what_waits_for_ever_ends_too(monkeypatch):
    monkeypatch.setattr(guard, "TIME_LIMIT", 0.2)

    def waiting(p):
        while True:
            time.sleep(0.05)

    assert "within 1.2 seconds" in check.entropy(waiting).message


def test_the_clock_does_not_outlive_its_check(monkeypatch):
    """An answer that comes just as its time is up may be cut off while the clock is being stopped;
    the clock must not go on to interrupt whatever comes after."""
    monkeypatch.setattr(guard, "TIME_LIMIT", 0.2)
    stopped = threading.Event.set

    def cut_off(event):
        if threading.get_ident() == threading.main_thread().ident:
            raise guard.TimeIsUp
        stopped(event)

    with monkeypatch.context() as late:
        late.setattr(threading.Event, "set", cut_off)
        guard.Guard().run(lambda: None)
    for clock in clocks():
        clock.join(10)
    assert not clocks()


NUMPY_BEHAVIOUR = """
import tensorflow as tf
from dimlearn import bounds, check

def jsd_bound(scores):
    tf.experimental.numpy.experimental_enable_numpy_behavior()
    return bounds.jsd_bound(scores)

feedback = check.jsd_bound(jsd_bound)
assert feedback.status == "incorrect" and "tf.experimental.numpy" in feedback.message, feedback
"""


@pytest.mark.slow
def test_numpys_behaviour_is_not_for_an_answer_to_switch_on(tmp_path):
    """In a process of its own, since TensorFlow cannot switch it off again."""
    environment = {**os.environ, "DIMLEARN_PROGRESS": str(tmp_path / "progress.json")}
    subprocess.run([sys.executable, "-c", NUMPY_BEHAVIOUR], env=environment, check=True)


@pytest.fixture
def ctrl_c():
    """Ctrl-C interrupts, also when a shell runs the tests in the background, where it does not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_real_interrupt_interrupts(ctrl_c):
    def interrupted(p):
        signal.raise_signal(signal.SIGINT)
        time.sleep(5)
        return 0.0

    before = global_state()
    with pytest.raises(KeyboardInterrupt):
        check.entropy(interrupted)
    after = global_state()
    assert before["ctrl-c"] == after["ctrl-c"] and before["streams"] == after["streams"]


def test_a_real_interrupt_interrupts_even_if_it_is_caught(ctrl_c):
    def catches(p):
        try:
            signal.raise_signal(signal.SIGINT)
            time.sleep(5)
        except KeyboardInterrupt:
            return 0.0

    with pytest.raises(KeyboardInterrupt):
        check.entropy(catches)


def test_a_check_works_in_another_thread():
    answers = []
    solution = check.jsd_bound.exercise.worked_solution
    thread = threading.Thread(target=lambda: answers.append(repr(check.jsd_bound(solution))))
    thread.start()
    thread.join()
    assert answers[0].startswith("Correct"), answers[0]


EXCHANGED = """
from dimlearn import check

exchanged = []

def swap(*a):
    import numpy as np, tensorflow as tf
    from dimlearn import bounds
    np.log = tf.reduce_mean = tf.nn.softplus = None
    tf.config.run_functions_eagerly(True)
    bounds.jsd_bound = bounds.jsd = bounds.split_pairs = lambda *a: 0.0
    exchanged.append(True)
    return 0.0

for name in ("entropy", "jsd_bound", "global_loss"):
    judge = getattr(check, name)
    assert not judge(swap) and exchanged.pop()
    assert judge(judge.exercise.worked_solution), name
    for mistake in judge.exercise.mistakes:
        assert judge(mistake.wrong).mistake == mistake.identifier
"""


@pytest.mark.weekly
def test_exchanged_functions_do_not_poison_what_is_looked_up_later():
    """In a new process: the first call of all exchanges functions, before anything is cached."""
    run = subprocess.run([sys.executable, "-c", EXCHANGED], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-2000:]
