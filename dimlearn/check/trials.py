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
    first_difference,
    number,
    shape_kind,
    shape_words,
    shown,
)
from dimlearn.check.faults import Fault, side_effect_fault
from dimlearn.check.gradients import GradientTrial, cause_in, exact
from dimlearn.check.sandbox import kept
from dimlearn.check.sandbox.call import LearnerError
from dimlearn.errors import one_line


def trials_of(exercise):
    """All trials of an exercise, the ordinary ones first. Without cases these are its properties.

    The gradient is looked at on the second case and on the first three extremes.
    """
    ordinary = [ValueTrial(exercise, case, True) for case in exercise.cases()]
    extreme = [ValueTrial(exercise, case, False) for case in exercise.extremes()]
    properties = [PromiseTrial(exercise, *promise) for promise in exercise.promises]
    properties += [PropertyTrial(exercise, *own, not ordinary) for own in exercise.properties]
    inner = []
    if exercise.differentiable:
        inner = [GradientTrial(ordinary[1]), *map(GradientTrial, extreme[:3])]
        inner.append(GraphTrial(ordinary[1]))
        if exercise.fitted:
            inner.append(FitTrial(ordinary[1]))
    return [*ordinary, *extreme, *properties, *inner]


def run_trial(trial, call):
    """The fault that a trial finds, or None; if all is right, what its calls did besides.

    Every trial begins with the generators at the same place: an answer of the catalogue that draws
    from them then draws what the learner's drew.
    """
    call.side_effects.clear()
    with kept.generators_kept():
        fault = fault_in(trial, call)
    if fault is None and call.side_effect:
        return side_effect_fault(call.side_effect, trial.exercise.parameters)
    return fault


def fault_in(trial, call):
    """The fault that a trial finds, or None. Whatever the function did is a fault of its own."""
    with contextlib.suppress(RecursionError):
        try:
            return trial.run(call)
        except LearnerError as raised:
            text = getattr(trial, "when_it_raises", "")
            evidence = type(raised.error).__name__
            if text and cause_in(raised.error):  # many errors, one mistake
                evidence = "leaves TensorFlow"
            called = isinstance(trial, ValueTrial | PropertyTrial)
            where = on_what(trial, call) if called else ""
            return Fault("raised", text, evidence, raised.error, where)
        except NotAnAnswer as no_answer:
            return Fault("type", str(no_answer), str(no_answer))
        except RecursionError:
            raise
        except Exception as error:  # an object that breaks when it is looked at
            name, what = type(error).__name__, what_came_back(call.returned)
            text = f"""Your function returned {what}; expected something else. (Looking at it raised
                {name}.)"""
            return Fault("type", text, f"unreadable: {name}")
    return Fault("type", "Your function returned something endless.", "endless")


def on_what(trial, call):
    """The input of the last call in words, or "" where it holds more than numbers and texts."""
    args, kwargs = call.asked
    plain = (np.ndarray, int, float, str, tuple, list)
    if not args or not all(isinstance(value, plain) for value in (*args, *kwargs.values())):
        return ""
    return f"The input was {named(trial.exercise, args, kwargs)}."


def named(exercise, args, kwargs):
    """Arguments in words: "scores of shape [5, 5], seed = 3"."""
    pairs = [*zip(exercise.parameters, args), *kwargs.items()]
    return ", ".join(f"{name} {told(value)}" for name, value in pairs)


# ---------------------------------------------------------------- the value


class ValueTrial:
    """The value on one input: type, shape, numbers, and nothing else touched."""

    def __init__(self, exercise, case, ordinary):
        self.exercise, self.ordinary = exercise, ordinary
        self.kwargs = case[-1] if isinstance(case[-1], dict) else {}
        self.args = case[:-1] if self.kwargs else case
        self.label = named(exercise, self.args, self.kwargs)

    @functools.cached_property
    def expected(self):
        args = [exact(argument, self.exercise.differentiable) for argument in self.args]
        result = self.exercise.reference(*args, **self.kwargs)
        return as_parts(result, self.exercise.returns)

    def run(self, call):
        expected = self.expected  # known before the learner's function runs
        result = call(*self.args, **self.kwargs)
        return self.compare(as_parts(result, self.exercise.returns), expected)

    def compare(self, parts, expected, kind="value", what="returned"):
        given, parts = parts, self.exercise.canonical(parts, *self.args)
        expected = self.exercise.canonical(expected, *self.args)
        names = self.exercise.returns or ("",)
        for name, raw, seen, right in zip(names, given, parts, expected):
            which = f" as `{name}`" if name else ""
            wrong = self.difference(seen, right)
            if wrong:
                text = f"For {self.label} your function {what}{which} {wrong}."
                if raw.shape == seen.shape and not np.allclose(raw, seen, equal_nan=True):
                    text = f"{text} {MADE_ALIKE}"
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


MADE_ALIKE = one_line("""(What the exercise leaves open, such as a rotation, was made alike before
    the two were compared: the number is from after that.)""")


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


# ---------------------------------------------------------------- the graph

NOT_IN_FIT = one_line("""The {} is right, and inside a `tf.function` of your own, too. But where a
    lesson trains by Keras' own `fit`, it fails: `tf.function` translates Python's `len`,
    `float`, `if` and loops for tensors, and `fit` takes them as they stand.""")


class GraphTrial:
    """The value inside `tf.function`, where tensors have shapes but no values."""

    ordinary = False
    when_it_raises = "The value is right, but inside `tf.function`, where training runs, it fails."

    def __init__(self, value_trial):
        self.value, self.exercise = value_trial, value_trial.exercise

    def run(self, call):
        value = self.value
        parts = as_parts(call.in_graph(*value.args), value.exercise.returns)
        return value.compare(parts, value.expected, "graph", "inside `tf.function` returned")


class FitTrial(GraphTrial):
    """The value where Keras' `fit` traces: nothing rewrites Python's `len` and `if` there."""

    when_it_raises = NOT_IN_FIT.format("value")

    def run(self, call):
        value = self.value
        parts = as_parts(call.in_graph(*value.args, autograph=False), value.exercise.returns)
        return value.compare(parts, value.expected, "graph", "inside Keras' `fit` returned")


# ---------------------------------------------------------------- properties


class PropertyTrial:
    """Something the mathematics promises: a function of the `Call` that returns None, words for
    what is broken, or a `Fault`."""

    def __init__(self, exercise, name, look, ordinary):
        self.exercise, self.name, self.look, self.ordinary = exercise, name, look, ordinary

    def run(self, call):
        found = self.look(call)
        return Fault(self.name, found, self.name) if isinstance(found, str) else found


class PromiseTrial(PropertyTrial):
    """A known value of one input, or two inputs with the same value. In words of its own: the
    message of a wrong value ends in the first promise that it breaks."""

    def __init__(self, exercise, words, args, same_as):
        super().__init__(exercise, words, self.find, False)
        self.args, self.same_as = args, same_as

    def find(self, call):
        seen = single(call(*self.args))
        if self.same_as:
            other = single(call(*self.same_as))
            if abs(seen - other) > 1e-3:
                return f"""{self.name}, but on one such pair of inputs your function gives
                    {number(seen)} and {number(other)}."""
            return None
        args = [exact(argument, False) for argument in self.args]
        expected = single(self.exercise.reference(*args))
        if not np.isclose(seen, expected, 1e-4, 1e-5):
            return f"{self.name}, but your function gives {number(seen)}."
        return None


def single(result):
    """The number that a function returned, or `NotAnAnswer`: what it returned instead."""
    array = as_parts(result, ())[0]
    if array.size != 1:
        raise NotAnAnswer(f"Your function returned {shape_kind(array)}; expected a single number.")
    return float(array.reshape(()))


def what_came_back(result):
    """A result that could not be used, in words."""
    try:
        return shown(as_parts(result, ())[0])
    except BaseException:  # an object that breaks when it is looked at
        return f"an object of type {type(result).__name__}"
