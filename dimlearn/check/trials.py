"""What a check looks at: values, gradients, graphs, properties. Each finds a `Fault` or nothing.

A probe gets a `Call`, which runs the learner's function on fresh copies of the arguments and
notices what else it did: arguments changed, global generators moved, global settings switched.
"""

import contextlib
from dataclasses import dataclass

import numpy as np

from dimlearn.check.answers import (
    NotAnAnswer,
    as_parts,
    bracketed,
    describe,
    first_difference,
    shape_kind,
    shape_words,
)
from dimlearn.check.sandbox.call import LearnerError
from dimlearn.startup import tf


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
