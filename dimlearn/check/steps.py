"""What a check sees in one optimisation step of some models: what moved, and what did not.

Every step is made with models of its own, and its whole outcome held against the solution's. An
exercise says with what it is played: a function `(call, frozen) -> Scene`.
"""

import functools
from collections import namedtuple
from dataclasses import dataclass

import numpy as np

from dimlearn.check.answers import NotAnAnswer, as_parts
from dimlearn.check.faults import Fault, same
from dimlearn.check.models import values
from dimlearn.check.sandbox.call import Call, LearnerError
from dimlearn.check.tapes import why_none
from dimlearn.check.trials import NOT_IN_FIT
from dimlearn.startup import keras, tf


class WatchedSGD(keras.optimizers.SGD):
    """Plain gradient descent that remembers how many variables it was given, and bears it when none
    of them has a gradient: what keeps it from them is found out afterwards. `misread`: what it got
    in place of pairs of a gradient and its variable, if it did."""

    listed, misread = 0, ""

    def apply_gradients(self, grads_and_vars):
        pairs = list(grads_and_vars)
        self.misread = no_pairs(pairs)
        return super().apply_gradients(pairs)

    def apply(self, grads, trainable_variables=None):
        self.misread = self.misread or no_pairs(list(zip(grads, trainable_variables or ())))
        if any(gradient is not None for gradient in grads):
            return super().apply(grads, trainable_variables)
        self.listed = len(trainable_variables)
        return self.iterations.assign_add(1)

    def build(self, variables):
        self.listed = len(variables)
        super().build(variables)


def no_pairs(pairs):
    """What is handed to an optimizer in place of pairs of a gradient and its variable, or ""."""
    for pair in pairs:
        parts = pair if isinstance(pair, tuple | list) else ()
        variables = [isinstance(part, keras.Variable) for part in parts]
        if any(isinstance(part, tuple | list) for part in parts) or (parts and all(variables)):
            return "lists"
        if parts and variables[0]:
            return "turned round"
    return ""


@dataclass
class Scene:
    """What a learner's step is given.

    args: the arguments, in the order of the exercise. movers: for each optimizer by its name, the
    models that it moves, by theirs. goal: what the step is a step on, in words. returns: what comes
    back, in words, and results: the names of several. frozen: the part that does not train when the
    scene is played frozen, in words; its variables come first among those that do not train.
    fitted: a lesson makes the step by Keras' `fit`.
    """

    args: tuple
    movers: dict
    goal: str
    returns: tuple
    frozen: str
    results: tuple = ()
    fitted: bool = False

    @property
    def optimizers(self):
        return [one for one in self.args if isinstance(one, keras.optimizers.Optimizer)]

    @property
    def models(self):
        return {name: model for movers in self.movers.values() for name, model in movers.items()}

    def not_training(self):
        return [v for model in self.models.values() for v in model.non_trainable_variables]


# The values of variables as arrays, `moved` by model; by optimizer: `listed`, how many variables
# it got, those without a gradient among them; `result`: what came back, as it is.
Outcome = namedtuple("Outcome", "returned moved still steps trainable listed settings result")


def eager(call):
    return lambda *args: call.run(call.function, args, {})


def outcome(run, scene):
    """What a step leaves behind."""
    trained = {name: model.trainable_variables for name, model in scene.models.items()}
    still, settings = scene.not_training(), [one.get_config() for one in scene.optimizers]
    result = run(*scene.args)
    try:
        returned = tuple(part.astype("float64") for part in as_parts(result, scene.results))
    except NotAnAnswer as error:
        expected = " and ".join(scene.returns)
        raise NotAnAnswer(f"{error} Expected {expected}, a scalar tensor.") from error
    now = [len(model.trainable_variables) for model in scene.models.values()]
    as_before = now == list(map(len, trained.values()))
    changed = [
        name
        for optimizer, before in zip(scene.optimizers, settings)
        for name, value in optimizer.get_config().items()
        if value != before[name]
    ]
    moved = tuple(map(values, trained.values()))
    steps = tuple(int(optimizer.iterations) for optimizer in scene.optimizers)
    listed = tuple(optimizer.listed for optimizer in scene.optimizers)
    return Outcome(returned, moved, values(still), steps, as_before, listed, changed, result)


@functools.cache
def start_and_end(solution, players, frozen=False):
    """The outcomes of a function that does nothing and of the solution."""
    idle = Call(lambda *args: np.zeros(2))  # what it returns is not looked at
    return [outcome(eager(call), players(call, frozen)) for call in (idle, Call(solution))]


def faults_of_a_step(call, solution, players):
    """All that is wrong with a step, held against the solution's, the most important first."""
    start, right = start_and_end(solution, players)  # known before the learner's function runs
    scene = players(call, False)
    try:
        seen = outcome(eager(call), scene)
    except LearnerError as raised:
        misread = next((one.misread for one in scene.optimizers if one.misread), "")
        if not misread:
            raise
        yield Fault("raised", "", f"pairs: {misread}", raised.error)
        return
    for look in faults_of_the_optimizers, faults_of_the_way, faults_of_the_rest:
        yield from look(scene, seen, right, start, lambda: (call, players(call, False)))
    if not call.side_effect:  # which is told first
        yield from faults_elsewhere(call, solution, players, right)


def faults_of_the_optimizers(scene, seen, right, start, again):
    """Did the given optimizers, with their settings, make the step?"""
    for what, part in zip(scene.returns, seen.returned):
        if part.shape != ():
            text = f"""Your function returned the shape {list(part.shape)}; expected a single
                number, {what}."""
            yield Fault("step", text, seen[:-1])
    moved = [flat(seen.moved) - flat(start.moved), flat(right.moved) - flat(start.moved)]
    if not any(seen.steps) and np.abs(moved[0]).max() > 1e-7:
        straight = np.dot(*moved) > 0.9999 * np.prod([np.linalg.norm(way) for way in moved])
        how = "straight down the gradient" if straight else "in another way"
        text = f"""The optimizer that your function was given has made no step, but variables have
            moved, {how}; expected that optimizer to move them."""
        yield Fault("other optimizer", text, how)
    if seen.settings:
        text = f"""After your step the `{seen.settings[0]}` of the optimizer is not what it was;
            expected its settings to stay."""
        yield Fault("settings", text, "")
    if max(seen.steps) > 1:
        text = f"""The optimizer that your function was given made {max(seen.steps)} steps; expected
            one."""
        yield Fault("steps", text, "")


def faults_of_the_way(scene, seen, right, start, again):
    """Did the variables of all models go the way that they should?"""
    for place, who in enumerate(scene.models):
        ways = [result.moved[place] for result in (seen, right, start)]
        if went_alike(*map(flat, ways)):
            continue
        text, look = words_for(who, scene.goal, *map(flat, ways)), None
        if any(seen.steps) and same(ways[0], ways[2], 0, 1e-7):
            look = functools.partial(why, who, seen, again)
        elif same(seen.still, start.still) and not same(right.still, start.still):
            text = STILL
        yield Fault("stays" if look else "step", text, seen[:-1], look=look)


def why(who, seen, again):
    """Why a model has not moved: evidence and words."""
    call, scene = again()
    for number, movers in zip(seen.listed, scene.movers.values()):
        others = [len(model.trainable_variables) for name, model in movers.items() if name != who]
        if who in movers and number == sum(others):
            return (who, "not listed"), ""
    kind, cause = why_none(call, scene.args, scene.models[who].trainable_variables)
    return ((who, kind) if kind else seen[:-1]), cause


def faults_of_the_rest(scene, seen, right, start, again):
    """Averages, what came back, number of steps, and what else a step leaves behind."""
    if not same(seen.still, right.still, 5e-3, 1e-4):
        moved = not same(seen.still, start.still)
        yield Fault("step", OTHER_AVERAGES if moved else STILL, seen[:-1])
    for what, part, expected in zip(scene.returns, seen.returned, right.returned):
        if not same(part, expected, 1e-3, 1e-4):
            text = f"Your function returned {what} {part:.4g}; expected {expected:.4g}."
            yield Fault("step", text, seen[:-1])
    if not all(seen.steps):
        yield Fault("step", "The optimizer that your function was given made no step.", seen[:-1])
    if not seen.trainable:
        text = "A model that was trainable before is not trainable afterwards."
        yield Fault("step", text, seen[:-1])
    results = seen.result if scene.results else [seen.result]
    for what, result in zip(scene.returns, results):
        if not isinstance(result, tf.Tensor):
            text = f"""Your function returned {what} as a {type(result).__name__}, with the right
                value; expected a scalar tensor."""
            yield Fault("number", text, "")


STILL = """The moving averages of the encoder's batch normalisation have not moved; expected the
encoder to be called as in training."""

OTHER_AVERAGES = """The moving averages of the encoder's batch normalisation are not what one
training pass makes of them."""


def faults_elsewhere(call, solution, players, right):
    """Does it leave alone what is frozen, and do the same in a graph?"""
    start, end = start_and_end(solution, players, frozen=True)
    scene = players(call, True)
    seen = outcome(eager(call), scene)
    where = f"With {scene.frozen} marked not trainable"
    if not same(seen.still[:2], start.still[:2]):
        text = f"{where}, it moved all the same; expected it to stay."
        yield Fault("frozen", text, "")
    if not same(seen[:4], end[:4], 5e-3, 1e-4):
        text = f"{where}, the other variables did not move as expected."
        yield Fault("not frozen", text, seen[:-1])
    yield from faults_in_a_graph(call, players, right)


def faults_in_a_graph(call, players, right):
    """Is it the same step inside `tf.function`, and inside Keras' `fit`?"""
    fails = "The step is right, but inside `tf.function`, where training runs, it fails."
    ways = {fails: call.in_graph}
    if players(call, False).fitted:
        ways[NOT_IN_FIT.format("step")] = functools.partial(call.in_graph, autograph=False)
    for text, way in ways.items():
        try:
            seen = outcome(way, players(call, False))
        except LearnerError as raised:
            yield Fault("raised", text, type(raised.error).__name__, raised.error)
            return
        if not same(seen[:4], right[:4], 5e-3, 1e-4):
            text = "The step is right, but inside `tf.function` it is another one."
            yield Fault("graph", text, "")
            return


def flat(variables):
    return np.concatenate([np.ravel(value) for value in tf.nest.flatten(variables)])


def went_alike(seen, right, start):
    """Whether variables went the right way, and as far, up to a hundredth of the step."""
    way = right - start
    return np.allclose(seen - start, way, 1e-2, 1e-2 * np.abs(way).max())


def words_for(who, goal, seen, right, start):
    """What is wrong with the way that the variables of a model went."""
    if not np.isfinite(seen).all():
        return f"After your step the {who}'s variables are not finite."
    if np.abs(seen - start).max() < 1e-7:
        return f"After your step the {who}'s variables are what they were; expected them to move."
    way = right - start
    ratio = np.dot(seen - start, way) / np.dot(way, way)
    if ratio < 0:
        return f"The {who} moved in the opposite direction; expected it to lower the loss."
    return f"""The {who} did not move as a step on {goal} moves it: along that step it went
        {ratio:.3g} times as far as expected."""
