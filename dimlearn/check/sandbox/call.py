"""One call of a learner's function, and everything else that it did."""

import copy

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
    may_draw: global generators that it may move (a new Keras layer draws from Python's).
    watched: modules, those of the references, whose names it must not exchange.
    """

    def __init__(self, function, tensors=False, guard=None, may_draw=(), watched=()):
        self.function, self.tensors, self.guard = function, tensors, guard
        self.may_draw, self.watched = may_draw, watched
        self.side_effect = None

    def __call__(self, *args, **kwargs):
        handed = [self.hand_over(argument) for argument in args]
        generators, settings = kept.generators(), kept.settings()
        result = self.run(self.function, handed, kwargs)
        self.side_effect = self.find_side_effect(args, handed, generators, settings)
        return result

    def run(self, function, args, kwargs):
        """One call. What it does to the libraries is undone at once: what comes after it, the
        reference and the catalogue too, must not run on exchanged functions or settings."""
        try:
            with kept.libraries_kept(), kept.names_kept(self.watched):
                try:
                    result = function(*args, **kwargs)
                finally:
                    self.settings_left = kept.settings()
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
        """`("argument", position)`, `("setting", name)`, `("generator", library)` or None."""
        for position, (before, after) in enumerate(zip(args, handed)):
            if isinstance(before, np.ndarray) and not self.tensors:
                if before.shape != after.shape or not np.array_equal(before, after, equal_nan=True):
                    return "argument", position
            elif isinstance(before, (list, dict)) and before != after:
                return "argument", position
        for name, value in self.settings_left.items():
            if value != settings[name]:
                return "setting", name
        for library in kept.moved_generators(generators, self.may_draw):
            return "generator", library
        return None

    def in_graph(self, *args):
        """The result of the function inside `tf.function`, with all shapes known."""
        self.side_effect = None
        function = self.function

        def step(*tensors):
            return function(*tensors)

        with kept.setting_kept(tf.config.functions_run_eagerly, tf.config.run_functions_eagerly):
            tf.config.run_functions_eagerly(False)
            return self.run(tf.function(step), [self.hand_over(argument) for argument in args], {})


def as_tensor(array):
    return tf.constant(array, "float32" if array.dtype.kind == "f" else None)
