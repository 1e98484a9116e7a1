"""One call of a learner's function, and everything else that it did."""

import copy
from contextlib import nullcontext

import numpy as np

from dimlearn.check.sandbox import kept
from dimlearn.startup import tf


class LearnerError(Exception):
    """The learner's function raised `error`."""

    def __init__(self, error):
        self.error = error


class Call:
    """Runs one function for one check.

    function: the learner's.
    tensors: hand arrays over as float32 tensors.
    guard: the guarded run around it, which knows of time and Ctrl-C.
    watched: modules, those of the references, whose names it must not exchange.
    """

    def __init__(self, function, tensors=False, guard=None, watched=()):
        self.function, self.tensors, self.guard = function, tensors, guard
        self.watched = watched
        self.side_effects, self.returned, self.asked = {}, None, ((), {})

    def __call__(self, *args, **kwargs):
        self.asked = args, kwargs
        handed = [self.hand_over(argument) for argument in args]
        self.returned = self.run(self.function, handed, kwargs)
        for position, (before, after) in enumerate(zip(args, handed)):
            if self.has_changed(before, after):
                self.note("argument", position)
        return self.returned

    def run(self, function, args, kwargs):
        """One call. What it does to the libraries is undone at once: what comes after it, the
        reference and the catalogue too, must not run on exchanged functions or settings."""
        generators, settings = kept.generators(), kept.settings()
        ours = self.guard is None  # a function of the catalogue, which exchanges no names
        names = nullcontext() if ours else kept.names_kept(self.watched)
        try:
            with kept.libraries_kept(), names:
                result = function(*args, **kwargs)
                left = kept.settings()
                if "generator" not in self.side_effects:
                    self.note("generator", kept.seeded_generator(generators))
        except BaseException as error:
            if self.guard:
                self.guard.reraise_if_not_the_learners(error)
            elif not isinstance(error, Exception):  # the time is up while one of ours runs
                raise
            raise LearnerError(error) from error
        if self.guard:
            self.guard.reraise_if_not_the_learners(None)
        switched = (name for name, value in left.items() if value != settings[name])
        self.note("setting", next(switched, None))
        return result

    def note(self, kind, which):
        """The first side effect of its kind, if there is one."""
        if which is not None:
            self.side_effects.setdefault(kind, which)

    @property
    def side_effect(self):
        """`("argument", position)`, `("setting", name)` or `("generator", library)` of what the
        calls of this trial have done besides, or None."""
        kinds = [kind for kind in ("argument", "setting", "generator") if kind in self.side_effects]
        return (kinds[0], self.side_effects[kinds[0]]) if kinds else None

    def has_changed(self, before, after):
        """Whether an argument was written into; a tensor cannot be."""
        if isinstance(before, np.ndarray) and not self.tensors:
            return before.shape != after.shape or not np.array_equal(before, after, equal_nan=True)
        return isinstance(before, (list, dict)) and before != after

    def hand_over(self, argument):
        """A fresh copy: a float32 tensor for arrays of an exercise that is trained through."""
        if isinstance(argument, np.ndarray):
            return as_tensor(argument) if self.tensors else argument.copy()
        return copy.deepcopy(argument) if isinstance(argument, (list, dict)) else argument

    def as_graph(self, *args):
        """The tensors that go into the function's graph and those that come out of it."""
        handed = [self.hand_over(argument) for argument in args]
        traced = tf.function(self.function)
        graph = self.run(lambda: traced.get_concrete_function(*handed).graph, [], {})
        return graph.inputs, graph.outputs

    def in_graph(self, *args, autograph=True):
        """The result of the function inside `tf.function`, with all shapes known.

        autograph: whether Python's `len`, `if` and loops are rewritten for tensors. Keras' `fit`
        does not.
        """
        function = self.function

        def step(*tensors):
            return function(*tensors)

        with kept.setting_kept(tf.config.functions_run_eagerly, tf.config.run_functions_eagerly):
            tf.config.run_functions_eagerly(False)
            compiled = tf.function(step, autograph=autograph)
            return self.run(compiled, [self.hand_over(argument) for argument in args], {})


def as_tensor(array):
    return tf.constant(array, "float32" if array.dtype.kind == "f" else None)
