"""What a check looks at: values, gradients, graphs, properties. Each finds a `Fault` or nothing.

A probe gets a `Call`, which runs the learner's function on fresh copies of the arguments and
notices what else it did: arguments changed, global generators moved, global settings switched.
"""

import contextlib
import copy
from dataclasses import dataclass

import numpy as np

from dimlearn.check import guard
from dimlearn.startup import keras, tf


@dataclass
class Fault:
    """What a probe found wrong.

    kind: "raised", "type", "shape", "value", "side effect", "gradient", "graph" or a name that an
    exercise chooses. text: the words for it. evidence: what tells this wrong answer from others
    (arrays, strings, nested tuples of them); two functions make the same mistake when kind and
    evidence agree.
    """

    kind: str
    text: str
    evidence: object = None
    error: BaseException | None = None

    def same_as(self, other):
        return other is not None and self.kind == other.kind and same(self.evidence, other.evidence)


def same(a, b, rtol=1e-3, atol=1e-5):
    """Whether two pieces of evidence agree: arrays up to rounding, NaN equal to NaN."""
    if isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)):
        return len(a) == len(b) and all(same(x, y, rtol, atol) for x, y in zip(a, b))
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and np.allclose(a, b, rtol, atol, equal_nan=True)
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return False
    return type(a) is type(b) and a == b


class LearnerError(Exception):
    """The learner's function raised `error`."""

    def __init__(self, error):
        self.error = error


class NotAnAnswer(Exception):
    """What the function returned cannot be read as numbers; the text says what it is."""


class Call:
    """Runs one function for one check.

    `function`: the learner's; `tensors`: hand arrays over as float32 tensors; `current_guard`:
    knows of time and Ctrl-C; `may_draw`: generators that it may move (a new Keras layer draws from
    Python's).
    """

    def __init__(self, function, tensors=False, current_guard=None, may_draw=()):
        self.function, self.tensors = function, tensors
        self.guard, self.may_draw = current_guard, may_draw
        self.side_effect = None

    def __call__(self, *args, **kwargs):
        handed = [self.hand_over(argument) for argument in args]
        generators, settings = guard.generators(), guard.settings()
        result = self.run(self.function, handed, kwargs)
        self.side_effect = self.find_side_effect(args, handed, generators, settings)
        return result

    def run(self, function, args, kwargs):
        """One call. What it does to the libraries is undone at once: what comes after it, the
        reference and the catalogue too, must not run on exchanged functions or settings."""
        try:
            with (
                np.errstate(all="ignore"), guard.names_kept(), guard.keras_kept(),
                guard.tensorflow_kept(),
            ):  # fmt: skip
                try:
                    result = function(*args, **kwargs)
                finally:
                    self.settings_left = guard.settings()
        except BaseException as error:
            if self.guard:
                self.guard.reraise_if_not_the_learners(error)
            raise LearnerError(error) from error
        if self.guard:
            self.guard.reraise_if_not_the_learners(None)
        return result

    def hand_over(self, argument):
        """A fresh copy: a float32 tensor for arrays of an exercise that is trained through."""
        if isinstance(argument, np.ndarray):
            return as_tensor(argument) if self.tensors else argument.copy()
        return copy.deepcopy(argument) if isinstance(argument, (list, dict)) else argument

    def find_side_effect(self, args, handed, generators, settings):
        for position, (before, after) in enumerate(zip(args, handed)):
            if isinstance(before, np.ndarray) and not self.tensors:
                if before.shape != after.shape or not np.array_equal(before, after, equal_nan=True):
                    return "argument", position
            elif isinstance(before, (list, dict)) and before != after:
                return "argument", position
        for name, value in self.settings_left.items():
            if value != settings[name]:
                return "setting", name
        for name in guard.moved_generators(generators, self.may_draw):
            return "generator", name
        return None

    def in_graph(self, *args):
        """The result of the function inside `tf.function`, with all shapes known."""
        self.side_effect = None
        was_eager = tf.config.functions_run_eagerly()
        tf.config.run_functions_eagerly(False)
        function = self.function

        def step(*tensors):
            return function(*tensors)

        try:
            return self.run(tf.function(step), [self.hand_over(argument) for argument in args], {})
        finally:
            tf.config.run_functions_eagerly(was_eager)


def as_tensor(array):
    return tf.constant(array, "float32" if array.dtype.kind == "f" else None)


# ---------------------------------------------------------------- reading a result


def as_parts(result, names):
    """The arrays of a result: one, or one for each of `names`. Raises `NotAnAnswer`."""
    if len(names) < 2:
        return (as_array(result),)
    if isinstance(result, (tf.Tensor, np.ndarray)) and result.shape and result.shape[0] is not None:
        result = tuple(result)
    if not isinstance(result, (tuple, list)) or len(result) != len(names):
        what = f"{len(result)} things" if isinstance(result, (tuple, list)) else describe(result)
        wanted = ", ".join(names)
        raise NotAnAnswer(
            f"Your function returned {what}; expected {len(names)}, as a tuple: `({wanted})`."
        )
    return tuple(map(as_array, result))


def as_array(value):
    """A NumPy array of numbers. Raises `NotAnAnswer` for everything else."""
    if isinstance(value, (tf.Tensor, tf.Variable, keras.Variable)):
        try:
            array = np.asarray(value.numpy())
        except (AttributeError, NotImplementedError) as error:
            raise NotAnAnswer(
                "Your function returned a symbolic tensor, one without a value: it seems to come "
                "out of another function's graph. Return what is computed from the arguments."
            ) from error
    elif type(value) is np.ndarray or isinstance(value, (np.ndarray, np.generic)):
        array = np.array(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        array = np.array(float(value) if isinstance(value, float) else int(value))
    elif isinstance(value, (list, tuple)) and value:
        rows = [as_array(item) for item in value]
        if any(row.shape != rows[0].shape for row in rows):
            raise NotAnAnswer(f"Your function returned {describe(value)} of unequal lengths.")
        array = np.stack(rows)
    else:
        raise NotAnAnswer(f"Your function returned {describe(value)}.")
    if array.dtype.kind not in "fiu":
        array_kind = array.dtype.name
        if array.dtype.name == "bfloat16":
            return array.astype("float32")
        raise NotAnAnswer(f"Your function returned numbers of type {array_kind}.")
    return array


def describe(value):
    """A value in words, without trusting any of its methods."""
    kind = type(value)
    name = kind.__name__ if isinstance(kind.__name__, str) else "an object"
    if isinstance(value, np.generic):
        return "a NumPy number"
    known = {
        "NoneType": "nothing (None)",
        "generator": "a generator: it says `yield` where it should say `return`",
        "coroutine": "a coroutine: write `def`, not `async def`",
        "function": "a function: perhaps it was not called, for want of brackets",
        "method": "a method: perhaps it was not called, for want of brackets",
        "builtin_function_or_method": "a function that was not called, for want of brackets",
        "str": "a text",
        "bool": "True or False",
        "complex": "a complex number",
        "tuple": "a tuple",
        "list": "a list",
        "dict": "a dictionary",
        "ellipsis": "`...`, which still stands for what is to be written",
        "KerasTensor": "a KerasTensor, which stands for a layer's future output",
    }
    return known.get(name, f"an object of type {name}")


# ---------------------------------------------------------------- words for values


def number(value):
    """A number in at most five figures."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, int):
        return str(value)
    return f"{value:.5g}"


def shown(array):
    """A small array in full, a large one by its shape."""
    array = np.asarray(array)
    if array.ndim == 0:
        return number(array)
    if array.size <= 9:
        return bracketed(array)
    return f"an array {shape_words(array.shape)}"


def bracketed(array):
    if array.ndim == 0:
        return number(array)
    return "[" + ", ".join(map(bracketed, array)) + "]"


def shape_words(shape):
    return "[" + ", ".join(map(str, shape)) + "]"


def first_difference(seen, expected, close):
    """ "2.1 where 0.3 was expected", at the first entry that differs."""
    if seen.ndim == 0:
        return f"{number(seen)}; expected {number(expected)}"
    if seen.size <= 6:
        return f"{bracketed(seen)}; expected {bracketed(expected)}"
    at = tuple(np.argwhere(~close)[0])
    return f"{number(seen[at])} at index {shape_words(at)}; expected {number(expected[at])} there"


# ---------------------------------------------------------------- the probes


class ValueProbe:
    """The value on one input: type, shape, numbers, and nothing else touched."""

    def __init__(self, exercise, args, kwargs=None, ordinary=True):
        self.exercise, self.args, self.kwargs = exercise, args, kwargs or {}
        self.ordinary = ordinary
        self.label = self.describe_input()

    def describe_input(self):
        names = self.exercise.parameters
        pieces = []
        for name, argument in [*zip(names, self.args), *self.kwargs.items()]:
            if isinstance(argument, np.ndarray):
                whole = argument.size <= 9
                pieces.append(
                    f"{name} = {bracketed(argument)}"
                    if whole
                    else f"{name} of shape {shape_words(argument.shape)}"
                )
            else:
                pieces.append(f"{name} = {argument!r}")
        return ", ".join(pieces)

    def expected(self):
        if not hasattr(self, "_expected"):
            args = [exact(argument, self.exercise.differentiable) for argument in self.args]
            result = self.exercise.reference(*args, **self.kwargs)
            self._expected = as_parts(result, self.exercise.returns)
        return self._expected

    def tolerance(self):
        """float32 keeps seven figures of the largest number that it meets."""
        largest = [np.abs(a[np.isfinite(a)]).max() for a in self.args
                   if isinstance(a, np.ndarray) and a.dtype.kind == "f" and a.size]  # fmt: skip
        return 1e-4, 1e-5 * (1 + min(max(largest, default=0.0), 1e3))

    def run(self, call):
        self.expected()  # known before the learner's function runs
        result = call(*self.args, **self.kwargs)
        parts = as_parts(result, self.exercise.returns)
        return self.compare(parts) or self.side_effect(call)

    def compare(self, parts, kind="value", what="returned"):
        parts = self.exercise.canonical(parts, *self.args)
        expected = self.exercise.canonical(self.expected(), *self.args)
        rtol, atol = self.tolerance()
        for name, seen, right in zip(self.exercise.returns or ("",), parts, expected):
            which = f" as `{name}`" if name else ""
            if seen.shape != right.shape:
                text = (
                    f"For {self.label} your function {what}{which} {shape_kind(seen)}; expected "
                    f"{shape_kind(right)}."
                )
                return Fault("shape" if kind == "value" else kind, text, parts)
            close = np.isclose(seen, right, rtol, atol, equal_nan=True)
            if not close.all():
                difference = first_difference(seen, right, close)
                text = f"For {self.label} your function {what}{which} {difference}."
                return Fault(kind, text, parts)
            if right.dtype.kind in "iu" and seen.dtype.kind == "f":
                text = (
                    f"For {self.label} your function {what}{which} {seen.dtype} numbers; expected "
                    "whole numbers (int). `//` divides whole numbers without leaving them."
                )
                return Fault("type", text, "float for int")
            if right.dtype.kind == "f" and seen.dtype.kind in "iu" and seen.ndim:
                text = f"Your function {what}{which} whole numbers ({seen.dtype}); expected floats."
                return Fault("type", text, "int for float")
        return None

    def side_effect(self, call):
        if call.side_effect is None:
            return None
        return side_effect_fault(call.side_effect, self.exercise.parameters)


def exact(argument, as_float32):
    """The numbers that the learner's function meets, in double precision."""
    if isinstance(argument, np.ndarray) and argument.dtype.kind == "f":
        return argument.astype("float32" if as_float32 else "float64").astype("float64")
    return argument


def shape_kind(array):
    return "a single number" if array.ndim == 0 else f"the shape {shape_words(array.shape)}"


def side_effect_fault(effect, parameters):
    kind, which = effect
    if kind == "argument":
        name = parameters[which] if which < len(parameters) else f"argument {which + 1}"
        text = (
            f"The result is right, but `{name}` is not what it was: your function changes its "
            f"argument, and whoever called it finds other data afterwards. Work on a copy, or "
            f"build "
            f"a new array instead of writing `{name}[...] = ...`."
        )
    elif kind == "generator":
        text = (
            f"The global random generator of {which} is not where it was: your function seeds it "
            "or draws from it, and so changes the numbers of everything that runs afterwards. Make "
            "a generator of its own: `rng = np.random.default_rng(seed)`."
        )
    else:
        text = (
            f"Your function switches a global setting: {which}. Everything that runs afterwards "
            "would be affected. Leave it as it is."
        )
    return Fault("side effect", text, effect)


class GradientProbe:
    """The gradient with respect to every array that goes in."""

    ordinary = False

    def __init__(self, value_probe):
        self.value = value_probe
        self.exercise = value_probe.exercise

    def gradients(self, function, args):
        weights = np.random.default_rng(5)
        with tf.GradientTape() as tape:
            inputs = [a for a in args if isinstance(a, tf.Tensor)]
            tape.watch(inputs)
            result = function(*args)
            names = self.exercise.returns
            parts = dict(zip(names, result)) if len(names) > 1 else {"": result}
            total = 0.0
            for part in [parts[name] for name in self.exercise.gradient_of or ("",)]:
                if not isinstance(part, tf.Tensor):
                    return describe(part) if not isinstance(part, np.ndarray) else "a NumPy array"
                if not part.dtype.is_floating:
                    return f"a tensor of {part.dtype.name}"
                # Another weight for each entry: a gradient of the plain sum hides permutations.
                weight = tf.constant(weights.uniform(0.5, 1.5, part.shape), part.dtype)
                total += tf.reduce_sum(tf.cast(weight * part, inputs[0].dtype))
        return tape.gradient(total, inputs)

    def expected(self):
        if not hasattr(self, "_expected"):
            args = [exact(a, True) for a in self.value.args]
            args = [tf.constant(a) if isinstance(a, np.ndarray) else a for a in args]
            found = self.gradients(self.exercise.reference, args)
            self._expected = [g.numpy() for g in found]
        return self._expected

    def run(self, call):
        self.expected()
        args = [call.hand_over(argument) for argument in self.value.args]
        function = call.function
        found = call.run(lambda: self.gradients(function, args), [], {})
        label = self.value.label
        if isinstance(found, str):
            text = (
                f"The value is right, but your function returned {found}, and no gradient comes "
                "back through that: the encoder would never learn. Compute it from the tensors "
                "with `tf` or `keras.ops` alone, without `.numpy()`, `float()` or `np`."
            )
            return Fault("gradient", text, "not a tensor")
        names = [
            name for name, a in zip(self.exercise.parameters, args) if isinstance(a, tf.Tensor)
        ]
        for name, seen, right in zip(names, found, self.expected()):
            if seen is None:
                text = (
                    f"The value is right, but no gradient reaches `{name}`: the way from it to the "
                    "result is cut. Look for `tf.stop_gradient`, `.numpy()`, `tf.constant`, "
                    "`tf.Variable` or rounding."
                )
                return Fault("gradient", text, ("none", name))
            seen = tf.convert_to_tensor(seen).numpy()
            close = np.isclose(seen, right, 2e-3, 1e-3 * max(np.abs(right).max(), 1e-3))
            if not close.all():
                difference = first_difference(seen, right, close)
                problem = "is not finite" if not np.isfinite(seen).all() else "is wrong"
                text = (
                    f"The value is right, but its gradient {problem}. For {label} the gradient "
                    f"with respect to `{name}` is {difference}."
                )
                return Fault("gradient", text, (name, seen))
        return None


class GraphProbe:
    """The value inside `tf.function`, where tensors have shapes but no values."""

    ordinary = False
    when_it_raises = "The value is right, but inside `tf.function`, where training runs, it fails."

    def __init__(self, value_probe):
        self.value = value_probe

    def run(self, call):
        result = call.in_graph(*self.value.args)
        parts = as_parts(result, self.value.exercise.returns)
        return self.value.compare(parts, kind="graph", what="inside `tf.function` returned")


class PropertyProbe:
    """Something the mathematics promises: a function of the `Call` that returns None, words for
    what is broken, or a `Fault`."""

    def __init__(self, name, look, ordinary):
        self.name, self.look, self.ordinary = name, look, ordinary

    def run(self, call):
        found = self.look(call)
        return Fault(self.name, found, self.name) if isinstance(found, str) else found


def run_probe(probe, call):
    """The fault that a probe finds, or None. Whatever the function did is a fault of its own."""
    with contextlib.suppress(RecursionError):
        try:
            return probe.run(call)
        except LearnerError as raised:
            text = getattr(probe, "when_it_raises", "")
            return Fault("raised", text, type(raised.error).__name__, raised.error)
        except NotAnAnswer as no_answer:
            return Fault("type", str(no_answer), str(no_answer))
        except RecursionError:
            raise
        except Exception as error:  # an object that breaks when it is looked at
            name = type(error).__name__
            text = f"What your function returned cannot be read ({name} while looking at it)."
            return Fault("type", text, f"unreadable: {name}")
    return Fault("type", "Your function returned something endless.", "endless")
