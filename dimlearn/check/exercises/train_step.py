"""One optimisation step of the local objective."""

import functools
from collections import namedtuple

import numpy as np

from dimlearn.check import models
from dimlearn.check.answers import NotAnAnswer, as_array
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault, same
from dimlearn.check.sandbox.call import Call
from dimlearn.information.bounds import local_infonce, local_jsd
from dimlearn.startup import keras, tf

exercise = Exercise(
    meaning="""One step that lowers `-local_jsd(critic(feature_map, code))`, for the trainable
    variables of encoder *and* critic, with `encoder(images, training=True)`; returns the loss
    before the step.""",
    may_draw=("Python",),
    hints="""Everything whose gradient you want has to be computed inside `with tf.GradientTape() as
    tape:`. What is the loss, if `local_jsd` is to be made large?

    Two models, one loss: collect the variables of both in one list. The encoder has batch
    normalisation, which behaves differently in training: say `training=True`.

    `variables = encoder.trainable_variables + critic.trainable_variables`,
    `optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))`, `return loss`.""",
)

@exercise.solution("""Encoder and critic maximise the same number, so one loss and one step serve
    both. A loss is minimised, hence the minus. With `training=True` batch normalisation uses the
    statistics of this batch and updates its moving averages; without it these would stay at their
    first values, and the trained encoder would be used later with statistics of nothing.""")
def train_step(images, encoder, critic, optimizer):
    """One step of the local objective for both models: the scalar loss before it."""
    with tf.GradientTape() as tape:
        feature_map, code = encoder(images, training=True)
        loss = -local_jsd(critic(feature_map, code))
    variables = encoder.trainable_variables + critic.trainable_variables
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables))
    return loss

def step(images, encoder, critic, optimizer, bound=local_jsd, training=True, moving=None):
    """The solution with another bound, or without one of the models."""
    with tf.GradientTape() as tape:
        loss = -bound(critic(*encoder(images, training=training)))
    variables = [v for model in moving or (encoder, critic) for v in model.trainable_variables]
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss

@exercise.mistake("""The sign is wrong: your step makes the information small. An optimizer
    minimises, so the loss is *minus* `local_jsd`.""")
def information_minimised(*args):
    return step(*args, bound=lambda scores: -local_jsd(scores))

@exercise.mistake("""The critic does not move: its variables are not in the list that the
    optimizer gets. An untrained critic scores at random, and the encoder learns to please it.""")
def critic_forgotten(images, encoder, critic, optimizer):
    return step(images, encoder, critic, optimizer, moving=[encoder])

@exercise.mistake("""The encoder does not move: its variables are not in the list that the
    optimizer gets. Only the critic learns.""")
def encoder_forgotten(images, encoder, critic, optimizer):
    return step(images, encoder, critic, optimizer, moving=[critic])

@exercise.mistake("""The encoder does not move: no gradient reaches it. Its call has to stand
    *inside* `with tf.GradientTape()`, or the tape does not see how the loss came from it.""")
def encoder_outside_the_tape(images, encoder, critic, optimizer):
    feature_map, code = encoder(images, training=True)
    with tf.GradientTape() as tape:
        loss = -local_jsd(critic(feature_map, code))
    variables = encoder.trainable_variables + critic.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss

@exercise.mistake("""The batch normalisation is not updated: the encoder is called without
    `training=True`. Its moving averages would stay as they are at the start.""")
def training_flag_forgotten(*args):
    return step(*args, training=None)

@exercise.mistake("""The encoder is treated as the critic's opponent, as in an adversarial game:
    it moves against the critic. Both maximise the same number; only the prior of lesson 6 is a
    game.""")
def adversarial(images, encoder, critic, optimizer):
    with tf.GradientTape() as tape:
        loss = -local_jsd(critic(*encoder(images, training=True)))
    ours, theirs = encoder.trainable_variables, critic.trainable_variables
    up, down = tape.gradient(loss, (ours, theirs))
    optimizer.apply([-gradient for gradient in up] + down, ours + theirs)
    return loss

@exercise.mistake("""Your function returns the loss *after* the step. It computes it once more,
    which costs a second pass through the encoder; asked is the loss that the step started from.
""")
def loss_after_the_step(images, encoder, critic, optimizer):
    train_step(images, encoder, critic, optimizer)
    return -local_jsd(critic(*encoder(images, training=False)))

@exercise.mistake("""Nothing moves: the gradients are computed but not given to the optimizer.""")
def not_applied(images, encoder, critic, optimizer):
    return -local_jsd(critic(*encoder(images, training=True)))

@exercise.mistake("""Your function returns the objective, not the loss: the sign of what it
    returns is wrong, though the step is right.""")
def objective_returned(*args):
    return -train_step(*args)

@exercise.mistake("""The loss is not a scalar: your function returns one value for each pair or
    location.""")
def loss_not_reduced(images, encoder, critic, optimizer):
    scores = critic(*encoder(images, training=False))
    train_step(images, encoder, critic, optimizer)
    return tf.nn.softplus(-scores)

@exercise.mistake("""Your function makes two steps. Is `apply` called twice, once for each
    model, with the gradients of both?""")
def two_steps(*args):
    loss, _ = train_step(*args), train_step(*args)
    return loss

@exercise.mistake("""Your function makes an optimizer of its own, and leaves the one that it was
    given unused. An optimizer remembers its past steps, so a new one at every step has no
    momentum.""")
def optimizer_of_its_own(images, encoder, critic, optimizer):
    return train_step(images, encoder, critic, keras.optimizers.Adam(1e-2))

@exercise.mistake("""Your loss is another bound, not `-local_jsd`.""")
def other_bound(*args):
    return step(*args, bound=local_infonce)

@exercise.mistake("""Your function steps along the gradient of the sum of the loss over images
    or locations: the step is too long by that count. `local_jsd` is a mean already.""")
def loss_summed(*args):
    return step(*args, bound=lambda scores: local_jsd(scores) * len(scores))

@exercise.mistake("""The variables that are not trainable get a gradient step too: `variables`
    holds the moving averages of batch normalisation. Use `trainable_variables`.""")
def averages_trained(images, encoder, critic, optimizer):
    loss = train_step(images, encoder, critic, optimizer)
    for variable in encoder.non_trainable_variables:
        variable.assign(variable * 0.9)
    return loss

@exercise.mistake("""Your function leaves a model changed: `trainable` was switched off. What is
    not to move simply stays out of the list of variables.""")
def model_switched_off(images, encoder, critic, optimizer):
    loss = train_step(images, encoder, critic, optimizer)
    encoder.trainable = False
    return loss

# ---------------------------------------------------------------- what is looked at

class WatchedSGD(keras.optimizers.SGD):
    """Plain gradient descent that remembers how many variables it was given."""

    listed = 0

    def build(self, variables):
        self.listed = len(variables)
        super().build(variables)

# The values of variables as arrays; `listed`: how many the optimizer got, those without a gradient
# among them.
Outcome = namedtuple("Outcome", "loss encoder critic statistics steps trainable listed")

def outcome(call):
    """What a step leaves behind."""
    encoder = models.for_trial(call, models.encoder, True, models.CODE_DIM, 3)
    critic, optimizer = models.for_trial(call, models.critic), WatchedSGD(0.5)
    trained = encoder.trainable_variables, critic.trainable_variables
    variables = *trained, encoder.non_trainable_variables
    result = call(tf.constant(models.images(6, 2)), encoder, critic, optimizer)
    try:
        loss = as_array(result).astype("float64")
    except NotAnAnswer as error:
        raise NotAnAnswer(f"{error} Expected the loss, a single number.") from error
    still = [len(model.trainable_variables) for model in (encoder, critic)]
    trainable = still == list(map(len, trained))
    steps = int(optimizer.iterations)
    return Outcome(loss, *map(models.values, variables), steps, trainable, optimizer.listed)

@functools.cache
def start_and_end():
    """The outcomes of a function that does nothing and of the solution."""
    return outcome(Call(lambda *args: 0.0)), outcome(Call(train_step))

@exercise.property("one step")
def one_step(call):
    """The whole outcome of a step with plain gradient descent, held against the solution's."""
    start, right = start_and_end()  # known before the learner's function runs
    seen = outcome(call)
    text = next(faults_of(seen, right, start), "")
    return Fault("step", text, seen) if text else None

def faults_of(seen, right, start):
    """Words for all that is wrong with a step, the most important first."""
    if seen.loss.shape != ():
        yield f"""Your function returned the shape {list(seen.loss.shape)}; expected a single
            number, the loss."""
    for who in ("encoder", "critic"):
        variables = [getattr(result, who) for result in (seen, right, start)]
        if not same(*variables[:2], 5e-3, 1e-4):
            yield words_for(who, *variables)
    if not same(seen.statistics, right.statistics, 5e-3, 1e-4):
        what = "The moving averages of the encoder's batch normalisation"
        if same(seen.statistics, start.statistics):
            yield f"{what} have not moved: call `encoder(images, training=True)`."
        yield f"{what} are not what one training pass makes of them."
    if not same(seen.loss, right.loss, 1e-3, 1e-4):
        yield f"Your function returned the loss {seen.loss:.4g}; expected {right.loss:.4g}."
    if seen.steps != right.steps:
        yield "The optimizer that your function was given has not made exactly one step."
    if not seen.trainable:
        yield "A model that was trainable before is not trainable afterwards."

def words_for(who, seen, right, start):
    """What is wrong with the way that the variables of a model went."""
    if same(seen, start, 0, 1e-7):
        return f"After your step the {who}'s variables are what they were; expected them to move."
    seen, right, start = (np.concatenate([np.ravel(v) for v in x]) for x in (seen, right, start))
    way = right - start
    ratio = np.dot(seen - start, way) / np.dot(way, way)
    if ratio < 0:
        return f"The {who} moved in the opposite direction; expected it to lower the loss."
    return f"""The {who} did not move as one step on `-local_jsd` moves it: along that step it went
        {ratio:.3g} times as far as expected."""
