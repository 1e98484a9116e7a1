"""Why a model's variables get no gradient of a learner's loss: found out by experiment.

The function is run once more under a tape that sees all it does, then without what it may have cut
the way with. Where a gradient arrives then, the cause is known; where none does, none is named.
"""

from contextlib import suppress
from unittest.mock import patch

import numpy as np

from dimlearn.check.gradients import cause_in
from dimlearn.check.sandbox.call import LearnerError
from dimlearn.startup import keras, tf


def why_none(call, args, variables):
    """`(kind, sentence)`: what keeps the gradient from these variables, or `("", "")`."""
    with suppress(LearnerError):  # a function that can run only once keeps its secret
        return cause_of_none(call, args, variables)
    return "", ""


def cause_of_none(call, args, variables):
    losses, arrives = losses_without(call, args, variables)
    if not losses:  # no tape was asked, or it answered
        return "", ""
    if arrives:
        return "outside", OUTSIDE
    for kind, sentence, replaced in cuts():
        with replaced:
            if losses_without(call, args, variables)[1]:
                return kind, sentence
    if not losses_follow(call, args, variables, losses):
        return "independent", INDEPENDENT
    try:
        call.run(tf.function(lambda: call.function(*args)), [], {})
    except LearnerError as raised:
        sentence = cause_in(raised.error)
        return ("left", sentence) if sentence else ("", "")
    return "", INDEPENDENT


def losses_follow(call, args, variables, losses):
    """Whether these losses are others when the variables are."""
    for variable in variables:
        variable.assign(1.5 * variable + 0.1)
    others, _ = losses_without(call, args, variables)
    return len(losses) != len(others) or not all(map(np.allclose, losses, others))


def cuts():
    """What cuts the way, each with something that does the same and does not cut it."""

    def call_instead(model, images, *args, **kwargs):
        return model(images)

    yield "stopped", STOPPED, patch.object(tf, "stop_gradient", tf.identity)
    yield "stopped", STOPPED, patch.object(keras.ops, "stop_gradient", tf.identity)
    yield "left", PREDICT, patch.object(keras.Model, "predict", call_instead)


def losses_without(call, args, variables):
    """The losses whose gradient for these variables a tape is asked, in vain; and whether there is
    one, of that tape or of one around the whole function."""
    losses, answers = [], []
    ours = {id(kind) for variable in variables for kind in (variable, variable.value)}

    class Noted(tf.GradientTape):
        def gradient(self, target, sources, *args, **kwargs):
            found = super().gradient(target, sources, *args, **kwargs)
            pairs = zip(tf.nest.flatten(sources), tf.nest.flatten(found))
            asked = [gradient for source, gradient in pairs if id(source) in ours]
            if any(gradient is None for gradient in asked):
                losses.append(target)
            answers.extend(asked)
            return found

    with tf.GradientTape(persistent=True) as around, patch.object(tf, "GradientTape", Noted):
        call.run(call.function, args, {})
    for loss in losses:
        answers.extend(around.gradient(loss, variables))
    return losses, any(gradient is not None for gradient in answers)


OUTSIDE = """The loss does depend on them, but the tape that is asked has not recorded the way: part
of it stands outside `with tf.GradientTape()`."""

STOPPED = "`tf.stop_gradient` stands on the way: without it the gradient arrives."

PREDICT = """`predict` gives NumPy arrays, which keep no record for the gradient: a model is called
where something is to be trained."""

INDEPENDENT = """The loss whose gradient it is does not depend on them by any operation that has
one."""
