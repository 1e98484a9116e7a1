"""What a check sees in one optimisation step of two models: what moved, and what did not.

Every step is made with models of its own, and its whole outcome held against the solution's.
"""

import functools
from collections import namedtuple

import numpy as np

from dimlearn.check import models
from dimlearn.check.answers import NotAnAnswer, as_array
from dimlearn.check.faults import Fault, same
from dimlearn.check.sandbox.call import Call, LearnerError
from dimlearn.check.tapes import why_none
from dimlearn.startup import keras, tf


class WatchedSGD(keras.optimizers.SGD):
    """Plain gradient descent that remembers how many variables it was given."""

    listed = 0

    def build(self, variables):
        self.listed = len(variables)
        super().build(variables)


# The values of variables as arrays; `listed`: how many the optimizer got, those without a gradient
# among them; `result`: what came back, as it is.
Outcome = namedtuple("Outcome", "loss encoder critic still steps trainable listed settings result")


def players(call, frozen=False):
    """Images, encoder, critic and optimizer; `frozen`: the encoder's convolution does not train."""
    encoder = models.for_trial(call, models.encoder, True, models.CODE_DIM, 3)
    encoder.layers[1].trainable = not frozen
    critic = models.for_trial(call, models.critic)
    return tf.constant(models.images(6, 2)), encoder, critic, WatchedSGD(0.5)


def eager(call):
    return lambda *args: call.run(call.function, args, {})


def outcome(run, images, encoder, critic, optimizer):
    """What a step leaves behind."""
    trained = encoder.trainable_variables, critic.trainable_variables
    variables, settings = (*trained, encoder.non_trainable_variables), optimizer.get_config()
    result = run(images, encoder, critic, optimizer)
    try:
        loss = as_array(result).astype("float64")
    except NotAnAnswer as error:
        raise NotAnAnswer(f"{error} Expected the loss, a scalar tensor.") from error
    now = [len(model.trainable_variables) for model in (encoder, critic)]
    as_before = now == list(map(len, trained))
    changed = [name for name, value in optimizer.get_config().items() if value != settings[name]]
    steps = int(optimizer.iterations)
    values = map(models.values, variables)
    return Outcome(loss, *values, steps, as_before, optimizer.listed, changed, result)


@functools.cache
def start_and_end(solution, frozen=False):
    """The outcomes of a function that does nothing and of the solution."""
    both = Call(lambda *args: 0.0), Call(solution)
    return [outcome(eager(call), *players(call, frozen)) for call in both]


def faults_of_a_step(call, solution):
    """All that is wrong with a step, held against the solution's, the most important first."""
    start, right = start_and_end(solution)  # known before the learner's function runs
    seen = outcome(eager(call), *players(call))
    for look in faults_of_the_optimizer, faults_of_the_way, faults_of_the_rest:
        yield from look(call, seen, right, start)
    if not call.side_effect:  # which is told first
        yield from faults_elsewhere(call, solution, right)


def faults_of_the_optimizer(call, seen, right, start):
    """Did the given optimizer, with its settings, make the step?"""
    if seen.loss.shape != ():
        text = f"""Your function returned the shape {list(seen.loss.shape)}; expected a single
            number, the loss."""
        yield Fault("step", text, seen[:-1])
    moved = [flat(seen[1:3]) - flat(start[1:3]), flat(right[1:3]) - flat(start[1:3])]
    if seen.steps == 0 and np.abs(moved[0]).max() > 1e-7:
        straight = np.dot(*moved) > 0.9999 * np.prod([np.linalg.norm(way) for way in moved])
        how = "straight down the gradient" if straight else "in another way"
        text = f"""The optimizer that your function was given has made no step, but variables have
            moved, {how}; expected that optimizer to move them."""
        yield Fault("other optimizer", text, how)
    if seen.settings:
        text = f"""After your step the `{seen.settings[0]}` of the optimizer is not what it was;
            expected its settings to stay."""
        yield Fault("settings", text, "")
    if seen.steps > 1:
        text = f"The optimizer that your function was given made {seen.steps} steps; expected one."
        yield Fault("steps", text, "")


def faults_of_the_way(call, seen, right, start):
    """Did the variables of both models go the way that they should?"""
    for who, other in (("encoder", "critic"), ("critic", "encoder")):
        variables = [getattr(result, who) for result in (seen, right, start)]
        if went_alike(*map(flat, variables)):
            continue
        text, look = words_for(who, *map(flat, variables)), None
        if seen.steps and same(variables[0], variables[2], 0, 1e-7):
            listed = seen.listed != len(getattr(start, other))
            look = functools.partial(why, call, who, listed, seen[:-1])
        elif same(seen.still, start.still):
            text = STILL
        yield Fault("stays" if look else "step", text, seen[:-1], look=look)


def why(call, who, listed, seen):
    """Why a model has not moved: evidence and words."""
    if not listed:
        return (who, "not listed"), ""
    args = players(call)
    kind, cause = why_none(call, args, args[1 if who == "encoder" else 2].trainable_variables)
    return ((who, kind) if kind else seen), cause


def faults_of_the_rest(call, seen, right, start):
    """Averages, loss, number of steps, and what else a step leaves behind."""
    if not same(seen.still, right.still, 5e-3, 1e-4):
        moved = not same(seen.still, start.still)
        yield Fault("step", OTHER_AVERAGES if moved else STILL, seen[:-1])
    if not same(seen.loss, right.loss, 1e-3, 1e-4):
        text = f"Your function returned the loss {seen.loss:.4g}; expected {right.loss:.4g}."
        yield Fault("step", text, seen[:-1])
    if not seen.steps:
        yield Fault("step", "The optimizer that your function was given made no step.", seen[:-1])
    if not seen.trainable:
        text = "A model that was trainable before is not trainable afterwards."
        yield Fault("step", text, seen[:-1])
    if not isinstance(seen.result, tf.Tensor):
        text = f"""Your function returned the right loss as a {type(seen.result).__name__}; expected
            a scalar tensor."""
        yield Fault("number", text, "")


STILL = """The moving averages of the encoder's batch normalisation have not moved; expected the
encoder to be called as in training."""

OTHER_AVERAGES = """The moving averages of the encoder's batch normalisation are not what one
training pass makes of them."""


def faults_elsewhere(call, solution, right):
    """Does it leave alone what is frozen, and do the same in a graph?"""
    start, end = start_and_end(solution, frozen=True)
    seen = outcome(eager(call), *players(call, frozen=True))
    where = "With the encoder's convolution marked not trainable"
    if not same(seen.still[:2], start.still[:2]):
        text = f"{where}, it moved all the same; expected it to stay."
        yield Fault("frozen", text, "")
    if not same(seen[:4], end[:4], 5e-3, 1e-4):
        yield Fault("not frozen", f"{where}, the other variables did not move as expected.", "")
    try:
        seen = outcome(call.in_graph, *players(call))
    except LearnerError as raised:
        text = "The step is right, but inside `tf.function`, where training runs, it fails."
        yield Fault("raised", text, type(raised.error).__name__, raised.error)
    if not same(seen[:4], right[:4], 5e-3, 1e-4):
        yield Fault("graph", "The step is right, but inside `tf.function` it is another one.", "")


def flat(variables):
    return np.concatenate([np.ravel(value) for value in tf.nest.flatten(variables)])


def went_alike(seen, right, start):
    """Whether variables went the right way, and as far, up to a hundredth of the step."""
    way = right - start
    return np.allclose(seen - start, way, 1e-2, 1e-2 * np.abs(way).max())


def words_for(who, seen, right, start):
    """What is wrong with the way that the variables of a model went."""
    if not np.isfinite(seen).all():
        return f"After your step the {who}'s variables are not finite."
    if np.abs(seen - start).max() < 1e-7:
        return f"After your step the {who}'s variables are what they were; expected them to move."
    way = right - start
    ratio = np.dot(seen - start, way) / np.dot(way, way)
    if ratio < 0:
        return f"The {who} moved in the opposite direction; expected it to lower the loss."
    return f"""The {who} did not move as a step on minus `local_jsd` moves it: along that step it
        went {ratio:.3g} times as far as expected."""
