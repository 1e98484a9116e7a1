"""One optimisation step of the local objective."""

import functools

import numpy as np

from dimlearn.check import models
from dimlearn.check.answers import NotAnAnswer, as_array
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault, same
from dimlearn.check.sandbox.call import Call
from dimlearn.deep_infomax import objectives
from dimlearn.information.bounds import local_jsd
from dimlearn.startup import keras, tf

exercise = Exercise(
    meaning="""One step that lowers `-local_jsd(critic(feature_map, code))`, for the trainable
    variables of encoder *and* critic, with `encoder(images, training=True)`; returns the loss
    before the step.""",
    reference=objectives.train_step,
    may_draw=("Python",),
    hints="""Everything whose gradient you want has to be computed inside `with tf.GradientTape() as
    tape:`. What is the loss, if `local_jsd` is to be made large?

    Two models, one loss: collect the variables of both in one list. The encoder has batch
    normalisation, which behaves differently in training: say `training=True`.

    `variables = encoder.trainable_variables + critic.trainable_variables`,
    `optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))`, `return loss`.""",
)


@exercise.solution("""
    Encoder and critic maximise the same number, so one loss and one step serve both. A loss is
    minimised, hence the minus. With `training=True` batch normalisation uses the statistics of
    this batch and updates its moving averages; without it these would stay at their first
    values, and the trained encoder would be used later with statistics of nothing.
""")
def train_step(images, encoder, critic, optimizer):
    """One step of the local objective for both models: the scalar loss before it."""
    with tf.GradientTape() as tape:
        feature_map, code = encoder(images, training=True)
        loss = -local_jsd(critic(feature_map, code))
    variables = encoder.trainable_variables + critic.trainable_variables
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables))
    return loss


def wrong_step(images, encoder, critic, optimizer, loss=None, training=True, of_both=(1, 1)):
    """The solution with parts exchanged, for the wrong answers below."""
    with tf.GradientTape() as tape:
        scores = critic(*encoder(images, training=training))
        value = (loss or (lambda s: -local_jsd(s)))(scores)
    variables = of_both[0] * encoder.trainable_variables + of_both[1] * critic.trainable_variables
    optimizer.apply(tape.gradient(value, variables), variables)
    return value


@exercise.mistake("""The sign is wrong: your step makes the information small. An optimizer
    minimises, so the loss is *minus* `local_jsd`.""")
def information_minimised(images, encoder, critic, optimizer):
    return wrong_step(images, encoder, critic, optimizer, local_jsd)


@exercise.mistake("""The critic does not move: its variables are not in the list that the
    optimizer gets. An untrained critic scores at random, and the encoder learns to please it.""")
def critic_forgotten(images, encoder, critic, optimizer):
    return wrong_step(images, encoder, critic, optimizer, of_both=(1, 0))


@exercise.mistake("""The encoder does not move: its variables are not in the list that the
    optimizer gets. Only the critic learns.""")
def encoder_forgotten(images, encoder, critic, optimizer):
    return wrong_step(images, encoder, critic, optimizer, of_both=(0, 1))


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
def training_flag_forgotten(images, encoder, critic, optimizer):
    return wrong_step(images, encoder, critic, optimizer, training=None)


@exercise.mistake("""The encoder is treated as the critic's opponent, as in an adversarial game:
    it moves against the critic. Both maximise the same number; only the prior of lesson 6 is a
    game.""")
def adversarial(images, encoder, critic, optimizer):
    with tf.GradientTape() as tape:
        loss = -local_jsd(critic(*encoder(images, training=True)))
    own, others = encoder.trainable_variables, critic.trainable_variables
    gradients = tape.gradient(loss, own + others)
    signs = [-1] * len(own) + [1] * len(others)
    optimizer.apply([s * g for s, g in zip(signs, gradients)], own + others)
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
def objective_returned(images, encoder, critic, optimizer):
    return -train_step(images, encoder, critic, optimizer)


@exercise.mistake("""The loss is not a scalar: your function returns one value for each pair or
    location.""")
def loss_not_reduced(images, encoder, critic, optimizer):
    scores = critic(*encoder(images, training=False))
    train_step(images, encoder, critic, optimizer)
    return tf.nn.softplus(-scores)


@exercise.mistake("""Your function makes two steps. Is `apply` called twice, once for each
    model, with the gradients of both?""")
def two_steps(images, encoder, critic, optimizer):
    loss = train_step(images, encoder, critic, optimizer)
    train_step(images, encoder, critic, optimizer)
    return loss


@exercise.mistake("""Your function makes an optimizer of its own, and leaves the one that it was
    given unused. An optimizer remembers its past steps, so a new one at every step has no
    momentum.""")
def optimizer_of_its_own(images, encoder, critic, optimizer):
    own = keras.optimizers.Adam(1e-2)
    return train_step(images, encoder, critic, own)


@exercise.mistake("""Your loss is another bound, not `-local_jsd`.""")
def other_bound(images, encoder, critic, optimizer):
    from dimlearn.information.bounds import local_infonce

    return wrong_step(images, encoder, critic, optimizer, lambda s: -local_infonce(s))


@exercise.mistake("""Your function steps along the gradient of the sum of the loss over images
    or locations: the step is too long by that count. `local_jsd` is a mean already.""")
def loss_summed(images, encoder, critic, optimizer):
    return wrong_step(
        images, encoder, critic, optimizer,
        lambda s: -local_jsd(s) * s.shape[0],
    )  # fmt: skip


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


@exercise.property("one step")
def one_step(call):
    """The whole outcome of a step with plain gradient descent, held against the reference's."""
    expected = right_outcome()
    seen, trainable, listed = outcome(call)
    evidence = (*seen, trainable, listed)
    loss, right_loss = seen[0], expected[0]
    parts = dict(zip(("encoder", "critic", "statistics", "steps"), zip(seen[1:], expected[1:])))
    start = dict(zip(("encoder", "critic", "statistics"), starting_point()))
    text = ""
    if loss.shape != ():
        text = (
            f"Your function returned the shape {list(loss.shape)}; expected a single number, "
            f"the loss."
        )
    for who in ("encoder", "critic"):
        mine, right = parts[who]
        if not text and not same(mine, right, 5e-3, 1e-4):
            text = words_for(who, mine, right, start[who])
    mine, right = parts["statistics"]
    if not text and not same(mine, right, 5e-3, 1e-4):
        still = same(mine, start["statistics"])
        text = "The moving averages of the encoder's batch normalisation " + (
            "have not moved: call `encoder(images, training=True)`."
            if still
            else "are not what one training pass makes of them."
        )
    if not text and not same(loss, right_loss, 1e-3, 1e-4):
        text = (
            f"Your function returned the loss {float(loss):.4g}; expected {float(right_loss):.4g}."
        )
    if not text and not same(*parts["steps"]):
        text = "The optimizer that your function was given has not made exactly one step."
    if not text and not trainable:
        text = "A model that was trainable before is not trainable afterwards."
    return Fault("step", text, evidence) if text else None


def words_for(who, seen, right, start):
    if same(seen, start, 0, 1e-7):
        return f"After your step the {who}'s variables are what they were; expected them to move."
    step = sum(float(np.sum((s - b) * (r - b))) for s, r, b in zip(seen, right, start))
    size = sum(float(np.sum((r - b) ** 2)) for r, b in zip(right, start))
    if step < 0:
        return f"The {who} moved in the opposite direction; expected it to lower the loss."
    ratio = step / size
    return (
        f"The {who} did not move as one step on `-local_jsd` moves it: along that step it went "
        f"{ratio:.3g} times as far as expected."
    )


@functools.cache
def right_outcome():
    return outcome(Call(exercise.reference))[0]


@functools.cache
def starting_point():
    encoder, critic = models.encoder(seed=3), models.critic()
    return tuple(
        models.values(variables)
        for variables in (
            encoder.trainable_variables,
            critic.trainable_variables,
            encoder.non_trainable_variables,
        )
    )


class WatchedSGD(keras.optimizers.SGD):
    """Plain gradient descent that remembers how many variables it was given."""

    listed = 0

    def build(self, variables):
        self.listed = len(variables)
        super().build(variables)


def outcome(call):
    """`(loss, encoder weights, critic weights, statistics, steps), still trainable, listed`

    `listed`: how many variables the optimizer got, those without a gradient among them.
    """
    encoder = models.for_trial(call, models.encoder, True, models.CODE_DIM, 3)
    critic, optimizer = models.for_trial(call, models.critic), WatchedSGD(0.5)
    mine, others = encoder.trainable_variables, critic.trainable_variables
    statistics = encoder.non_trainable_variables
    result = call(tf.constant(models.images(6, 2)), encoder, critic, optimizer)
    try:
        loss = as_array(result)
    except NotAnAnswer as error:
        raise NotAnAnswer(f"{error} Expected the loss, a single number.") from error
    seen = (
        np.asarray(loss, "float64"),
        models.values(mine),
        models.values(others),
        models.values(statistics),
        np.asarray(int(optimizer.iterations), "float64"),
    )
    trainable = len(encoder.trainable_variables) == len(mine) and encoder.trainable
    return seen, bool(trainable and critic.trainable), optimizer.listed
