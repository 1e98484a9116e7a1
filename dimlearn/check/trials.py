"""What a check looks at: values, gradients, graphs, properties. Each finds a `Fault` or nothing.

A trial gets a `Call`, which runs the learner's function on fresh copies of the arguments and
notices what else it did: arguments changed, global generators moved, global settings switched.
"""

import contextlib
import functools

import numpy as np

from dimlearn.check.answers import (
    NotAnAnswer,
    as_parts,
    bracketed,
    describe,
    first_difference,
    number,
    shape_kind,
    shape_words,
)
from dimlearn.check.faults import Fault, side_effect_fault
from dimlearn.check.sandbox.call import LearnerError
from dimlearn.startup import tf


def trials_of(exercise):
    """All trials of an exercise, the ordinary ones first. Without cases these are its properties.

    The gradient is looked at on the second case and on the first three extremes.
    """
    ordinary = [ValueTrial(exercise, case, True) for case in exercise.cases()]
    extreme = [ValueTrial(exercise, case, False) for case in exercise.extremes()]
    properties = [PromiseTrial(exercise, *promise) for promise in exercise.promises]
    properties += [PropertyTrial(name, look, not ordinary) for name, look in exercise.properties]
    inner = []
    if exercise.differentiable:
        inner = [GradientTrial(ordinary[1]), *map(GradientTrial, extreme[:3])]
        inner.append(GraphTrial(ordinary[1]))
    return [*ordinary, *extreme, *properties, *inner]


def run_trial(trial, call):
    """The fault that a trial finds, or None. Whatever the function did is a fault of its own."""
    with contextlib.suppress(RecursionError):
        try:
            return trial.run(call)
        except LearnerError as raised:
            text = getattr(trial, "when_it_raises", "")
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


# ---------------------------------------------------------------- the value


class ValueTrial:
    """The value on one input: type, shape, numbers, and nothing else touched."""

    def __init__(self, exercise, case, ordinary):
        self.exercise, self.ordinary = exercise, ordinary
        self.kwargs = case[-1] if isinstance(case[-1], dict) else {}
        self.args = case[:-1] if self.kwargs else case
        named = [*zip(exercise.parameters, self.args), *self.kwargs.items()]
        self.label = ", ".join(f"{name} {told(argument)}" for name, argument in named)

    @functools.cached_property
    def expected(self):
        args = [exact(argument, self.exercise.differentiable) for argument in self.args]
        result = self.exercise.reference(*args, **self.kwargs)
        return as_parts(result, self.exercise.returns)

    def run(self, call):
        expected = self.expected  # known before the learner's function runs
        result = call(*self.args, **self.kwargs)
        fault = self.compare(as_parts(result, self.exercise.returns), expected)
        if fault is None and call.side_effect:
            fault = side_effect_fault(call.side_effect, self.exercise.parameters)
        return fault

    def compare(self, parts, expected, kind="value", what="returned"):
        parts = self.exercise.canonical(parts, *self.args)
        expected = self.exercise.canonical(expected, *self.args)
        for name, seen, right in zip(self.exercise.returns or ("",), parts, expected):
            which = f" as `{name}`" if name else ""
            wrong = self.difference(seen, right)
            if wrong:
                text = f"For {self.label} your function {what}{which} {wrong}."
                shape = kind == "value" and seen.shape != right.shape
                return Fault("shape" if shape else kind, text, parts)
            wrong = number_type(seen, right)
            if wrong:
                text = f"For {self.label} your function {what}{which} {wrong}"
                return Fault("type", text, f"not {right.dtype.kind}")
        return None

    def difference(self, seen, right):
        """How a result differs from the right one, in words, or ""."""
        if seen.shape != right.shape:
            return f"{shape_kind(seen)}; expected {shape_kind(right)}"
        # float32 keeps seven figures of the largest number that it meets.
        largest = max((largest_of(argument) for argument in self.args), default=0.0)
        close = np.isclose(seen, right, 1e-4, 1e-5 * (1 + min(largest, 1e3)), equal_nan=True)
        return "" if close.all() else first_difference(seen, right, close)


def told(argument):
    """An argument in words: "= [1, 2]" or "of shape [5, 5]"."""
    if not isinstance(argument, np.ndarray):
        return f"= {argument!r}"
    if argument.size <= 9:
        return f"= {bracketed(argument)}"
    return f"of shape {shape_words(argument.shape)}"


def largest_of(argument):
    if not isinstance(argument, np.ndarray) or argument.dtype.kind != "f" or not argument.size:
        return 0.0
    return np.abs(argument[np.isfinite(argument)]).max()


def exact(argument, as_float32):
    """The numbers that the learner's function meets, in double precision."""
    if isinstance(argument, np.ndarray) and argument.dtype.kind == "f":
        return argument.astype("float32" if as_float32 else "float64").astype("float64")
    return argument


def number_type(seen, right):
    """What is wrong with the kind of numbers, in words, or ""."""
    if right.dtype.kind in "iu" and seen.dtype.kind == "f":
        return (
            f"{seen.dtype} numbers; expected whole numbers (int). "
            "`//` divides whole numbers without leaving them."
        )
    if right.dtype.kind == "f" and seen.dtype.kind in "iu" and seen.ndim:
        return f"whole numbers ({seen.dtype}); expected floats."
    return ""


# ---------------------------------------------------------------- gradient and graph


class GradientTrial:
    """The gradient with respect to every array that goes in."""

    ordinary = False

    def __init__(self, value_trial):
        self.value, self.exercise = value_trial, value_trial.exercise

    def gradients(self, function, args):
        """The gradients of a weighted sum of the results, or words for a result without one."""
        weights = np.random.default_rng(5)
        inputs = [a for a in args if isinstance(a, tf.Tensor)]
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            result = function(*args)
            names = self.exercise.returns
            parts = dict(zip(names, result)) if len(names) > 1 else {"": result}
            total = 0.0
            for part in [parts[name] for name in self.exercise.gradient_of or ("",)]:
                if not isinstance(part, tf.Tensor):
                    return "a NumPy array" if isinstance(part, np.ndarray) else describe(part)
                if not part.dtype.is_floating:
                    return f"a tensor of {part.dtype.name}"
                # Another weight for each entry: a gradient of the plain sum hides permutations.
                weight = tf.constant(weights.uniform(0.5, 1.5, part.shape), part.dtype)
                total += tf.reduce_sum(tf.cast(weight * part, inputs[0].dtype))
        return tape.gradient(total, inputs)

    @functools.cached_property
    def expected(self):
        args = [exact(argument, True) for argument in self.value.args]
        args = [tf.constant(a) if isinstance(a, np.ndarray) else a for a in args]
        return [gradient.numpy() for gradient in self.gradients(self.exercise.reference, args)]

    def run(self, call):
        expected = self.expected
        args = [call.hand_over(argument) for argument in self.value.args]
        function = call.function
        found = call.run(lambda: self.gradients(function, args), [], {})
        if isinstance(found, str):
            return Fault("gradient", NOT_A_TENSOR.format(what=found), "not a tensor")
        named = zip(self.exercise.parameters, args)
        names = [name for name, argument in named if isinstance(argument, tf.Tensor)]
        for name, seen, right in zip(names, found, expected):
            if seen is None:
                return Fault("gradient", NO_WAY_BACK.format(name=name), ("none", name))
            seen = tf.convert_to_tensor(seen).numpy()
            close = np.isclose(seen, right, 2e-3, 1e-3 * max(np.abs(right).max(), 1e-3))
            if not close.all():
                text = self.words_for(name, seen, first_difference(seen, right, close))
                return Fault("gradient", text, (name, seen))
        return None

    def words_for(self, name, seen, difference):
        problem = "is wrong" if np.isfinite(seen).all() else "is not finite"
        return f"""The value is right, but its gradient {problem}. For {self.value.label} the
            gradient with respect to `{name}` is {difference}."""


NOT_A_TENSOR = """The value is right, but your function returned {what}, and no gradient comes back
through that: the encoder would never learn. Compute it from the tensors with `tf` or `keras.ops`
alone, without `.numpy()`, `float()` or `np`."""

NO_WAY_BACK = """The value is right, but no gradient reaches `{name}`: the way from it to the result
is cut. Look for `tf.stop_gradient`, `.numpy()`, `tf.constant`, `tf.Variable` or rounding."""


class GraphTrial:
    """The value inside `tf.function`, where tensors have shapes but no values."""

    ordinary = False
    when_it_raises = "The value is right, but inside `tf.function`, where training runs, it fails."

    def __init__(self, value_trial):
        self.value = value_trial

    def run(self, call):
        value = self.value
        parts = as_parts(call.in_graph(*value.args), value.exercise.returns)
        return value.compare(parts, value.expected, "graph", "inside `tf.function` returned")


# ---------------------------------------------------------------- properties


class PropertyTrial:
    """Something the mathematics promises: a function of the `Call` that returns None, words for
    what is broken, or a `Fault`."""

    def __init__(self, name, look, ordinary):
        self.name, self.look, self.ordinary = name, look, ordinary

    def run(self, call):
        found = self.look(call)
        return Fault(self.name, found, self.name) if isinstance(found, str) else found


class PromiseTrial(PropertyTrial):
    """A known value of one input, or two inputs with the same value. In words of its own: the
    message of a wrong value ends in the first promise that it breaks."""

    def __init__(self, exercise, words, args, same_as):
        super().__init__(words, self.find, False)
        self.exercise, self.args, self.same_as = exercise, args, same_as

    def find(self, call):
        seen = single(call(*self.args))
        if self.same_as:
            other = single(call(*self.same_as))
            if abs(seen - other) > 1e-3:
                return f"{self.name}, but here it makes {number(seen)} into {number(other)}."
            return None
        expected = float(
            self.exercise.reference(*(exact(argument, False) for argument in self.args))
        )
        if not np.isclose(seen, expected, 1e-4, 1e-5):
            return f"{self.name}, but your function gives {number(seen)}."
        return None


def single(result):
    """The number that a function returned, or `NotAnAnswer`: what it returned instead."""
    array = as_parts(result, ())[0]
    if array.size != 1:
        raise NotAnAnswer(f"Your function returned {shape_kind(array)}; expected a single number.")
    return float(array.reshape(()))
