"""One call of a learner's function, and everything else that it did."""

import copy
from contextlib import suppress

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
        self.side_effect, self.returned, self.asked = None, None, ((), {})

    def __call__(self, *args, **kwargs):
        self.asked = args, kwargs
        handed = [self.hand_over(argument) for argument in args]
        generators, settings = kept.generators(), kept.settings()
        self.returned = self.run(self.function, handed, kwargs)
        self.side_effect = self.find_side_effect(args, handed, settings)
        if not self.side_effect and kept.moved_generators(generators):
            self.side_effect = self.find_seeding(args, kwargs)
        return self.returned

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

    def find_side_effect(self, args, handed, settings):
        """`("argument", position)`, `("setting", name)` or None."""
        for position, (before, after) in enumerate(zip(args, handed)):
            if isinstance(before, np.ndarray) and not self.tensors:
                if before.shape != after.shape or not np.array_equal(before, after, equal_nan=True):
                    return "argument", position
            elif isinstance(before, (list, dict)) and before != after:
                return "argument", position
        for name, value in self.settings_left.items():
            if value != settings[name]:
                return "setting", name
        return None

    def find_seeding(self, args, kwargs):
        """`("generator", library)` of a global generator that was seeded, or None.

        Drawing from one is no fault: where it stands then depends on where it stood. After seeding
        it stands at the same place wherever it began, so the function is run from another one.
        """
        first = kept.generators()
        with kept.generators_kept(start=1618), suppress(LearnerError):
            before = kept.generators()
            self.run(self.function, [self.hand_over(argument) for argument in args], kwargs)
            moved = kept.moved_generators(before)
            now = kept.generators()
            for library in moved:
                if kept.stands_alike(now[library], first[library]):
                    return "generator", library
        return None

    def as_graph(self, *args):
        """The tensors that go into the function's graph and those that come out of it."""
        handed = [self.hand_over(argument) for argument in args]
        traced = tf.function(self.function)
        graph = self.run(lambda: traced.get_concrete_function(*handed).graph, [], {})
        return graph.inputs, graph.outputs

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
