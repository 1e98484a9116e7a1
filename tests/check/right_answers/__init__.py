"""Right answers in other styles, a module for each exercise: every public function is one.

They are what learners may write: NumPy, plain loops, Keras, other names for the arguments.
"""

import importlib
import inspect


def right_answers(name):
    """The right answers to an exercise, `{style: function}`."""
    module = importlib.import_module(f"{__name__}.{name}")
    return {
        style: function
        for style, function in vars(module).items()
        if not style.startswith("_") and inspect.getmodule(function) is module
    }
