"""The gradient of an answer, and why there is none.

NumPy inside a gradient is the commonest slip of all, and TensorFlow is silent about it: the value
is right, and nothing is learnt. So where a gradient is missing or wrong, the function is looked at
once more, as a graph: there NumPy and `.numpy()` have no value to take and raise, and whatever else
stops a gradient is an operation that can be seen.
"""

import functools

import numpy as np

from dimlearn.check.answers import describe, first_difference
from dimlearn.check.faults import Fault
from dimlearn.check.sandbox.call import LearnerError
from dimlearn.errors import one_line
from dimlearn.startup import tf


def exact(argument, as_float32):
    """The numbers that the learner's function meets, in double precision."""
    if isinstance(argument, np.ndarray) and argument.dtype.kind == "f":
        return argument.astype("float32" if as_float32 else "float64").astype("float64")
    return argument


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
            if seen is None and not right.any():
                continue  # left out, which means the same
            if seen is None:
                cause = why_it_is_cut(call, self.value.args) or NO_OPERATION
                text = NO_WAY_BACK.format(name=name, cause=cause)
                return Fault("gradient", text, ("none", name))
            seen = tf.convert_to_tensor(seen).numpy()
            close = np.isclose(seen, right, 2e-3, 1e-3 * max(np.abs(right).max(), 1e-3))
            if not close.all():
                text = self.words_for(call, name, seen, first_difference(seen, right, close))
                return Fault("gradient", text, (name, seen))
        return None

    def words_for(self, call, name, seen, difference):
        problem = "is wrong" if np.isfinite(seen).all() else "is not finite"
        cause = why_it_is_cut(call, self.value.args) if problem == "is wrong" else ""
        return f"""The value is right, but its gradient {problem}. {cause} For {self.value.label}
            the gradient with respect to `{name}` is {difference}."""


NOT_A_TENSOR = """The value is right, but your function returned {what}, and no gradient comes back
through that: the encoder would never learn. Compute it from the tensors with `tf` or `keras.ops`
alone, without `.numpy()`, `float()` or `np`."""

NO_WAY_BACK = """The value is right, but no gradient reaches `{name}`: the way from it to the result
is cut. {cause}"""

NO_OPERATION = "The result does not depend on it by any operation that has a gradient."


# ---------------------------------------------------------------- why there is none


def why_it_is_cut(call, args):
    """What stops the gradient of a function, in a sentence: what was seen, and no guess. Or ""."""
    try:
        inputs, outputs = call.as_graph(*args)
    except LearnerError as raised:
        return cause_in(raised.error)
    kinds = {operation.type for operation in on_the_way(inputs, outputs)}
    for sentence, stops in STOPS:
        if kinds & stops:
            return sentence
    return ""


def cause_in(error):
    """What the error of a function inside `tf.function` says about the way that a tensor left, or
    "" for any other error."""
    words = f"{type(error).__name__}: {error}"
    for sentence, patterns in ERRORS:
        if any(pattern in words for pattern in patterns):
            return sentence
    return ""


NUMPY = """A NumPy function is given a tensor on the way, and NumPy keeps no record for the
gradient: take TensorFlow's function of the same kind."""

ERRORS = [
    (
        "`.numpy()` takes a tensor out of TensorFlow on the way, and the gradient is lost.",
        ["no attribute 'numpy'", "numpy() is only available"],
    ),
    (one_line(NUMPY), ["to a numpy array", "NumPy call, which is not supported"]),
    (
        "`float`, or a function of `math`, takes a number out of TensorFlow on the way.",
        [
            "not 'SymbolicTensor'",
            "not SymbolicTensor",
            "not 'Tensor'",
            "not Tensor",
            "float() argument must be",
        ],
    ),
    (
        "`tf.constant` makes a new tensor on the way, one without a past.",
        ["Expected any non-tensor type"],
    ),
    (
        "`tf.Variable` makes a copy on the way, one without a past.",
        ["UnliftableError", "tf.Variable", "create variables", "creating variables"],
    ),
]

STOPS = [
    ("`tf.stop_gradient` stands on the way.", {"StopGradient"}),
    ("Rounding stands on the way, and it has no gradient.", {"Round", "Rint", "Floor", "Ceil"}),
    ("Only the sign is taken on the way, and it has no gradient.", {"Sign"}),
    ("Indices are taken on the way (`argmax`), and they have no gradient.", {"ArgMax", "ArgMin"}),
    ("Numbers become whole ones on the way, and those have no gradient.", {"Cast"}),
]


def on_the_way(inputs, outputs):
    """The operations of a graph between inputs and outputs, as far as real numbers lead."""
    before, waiting = set(), [tensor.op for tensor in outputs]
    while waiting:
        operation = waiting.pop()
        if operation not in before:
            before.add(operation)
            waiting += [tensor.op for tensor in operation.inputs]
    passed, waiting = set(), list(inputs)
    while waiting:
        for operation in waiting.pop().consumers():
            if operation in before and operation not in passed:
                passed.add(operation)
                waiting += [tensor for tensor in operation.outputs if tensor.dtype.is_floating]
    return {operation for operation in passed if not is_conversion_between_floats(operation)}


def is_conversion_between_floats(operation):
    return operation.type == "Cast" and operation.outputs[0].dtype.is_floating
