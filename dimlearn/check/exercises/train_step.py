"""One optimisation step of the local objective."""

import numpy as np

from dimlearn.check import models, shared_numbers
from dimlearn.check.exercise import Exercise
from dimlearn.check.steps import Scene, WatchedSGD, faults_of_a_step
from dimlearn.information.bounds import local_infonce, local_jsd
from dimlearn.startup import keras, tf

exercise = Exercise(
    meaning="""One optimisation step of the local objective, `local_jsd` of the critic's scores: the
    trainable variables of encoder *and* critic move, and the encoder's batch normalisation is
    updated, as in training. Nothing else changes. Returns the loss before the step, a scalar
    tensor, also inside `tf.function`.""",
    hints="""Everything whose gradient you want has to be computed inside `with tf.GradientTape() as
    tape:`. What is the loss, if `local_jsd` is to be made large?

    Two models, one loss: collect the variables of both in one list. The encoder has batch
    normalisation, which behaves differently in training: say `training=True`.

    `loss = -local_jsd(critic(feature_map, code))` inside the tape, then `variables =
    encoder.trainable_variables + critic.trainable_variables`,
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
    minimises, and `local_jsd` is to be maximised.""")
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
    *inside* `with tf.GradientTape()`, and so has all that is made of it, the loss and its sign: the
    tape sees nothing else.""")
def encoder_outside_the_tape(images, encoder, critic, optimizer):
    feature_map, code = encoder(images, training=True)
    with tf.GradientTape() as tape:
        loss = -local_jsd(critic(feature_map, code))
    variables = encoder.trainable_variables + critic.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss

@exercise.mistake("""The batch normalisation is not updated: the encoder is not called as in
    training. Its moving averages would stay as they are at the start.""")
def training_flag_forgotten(*args):
    return step(*args, training=None)

@exercise.mistake("""The encoder is treated as the critic's opponent, as in an adversarial game:
    it moves against the critic. Both maximise the same number; only the prior of lesson 7 is a
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

@exercise.mistake("""Your function returns the loss *after* the step. The second pass through the
    encoder that this takes, as in training, also moves its moving averages once more; asked
    is the loss that the step started from.""")
def loss_after_the_step_in_training(images, encoder, critic, optimizer):
    train_step(images, encoder, critic, optimizer)
    return -local_jsd(critic(*encoder(images, training=True)))

@exercise.mistake("""Nothing moves: the optimizer was given no gradients.""")
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

@exercise.mistake("""Your function makes more than one step. Is the optimizer called in a loop, or
    once for each model, with the gradients of both?""")
def two_steps(*args):
    loss, _ = train_step(*args), train_step(*args)
    return loss

@exercise.mistake("""The optimizer that your function was given is left unused, and yet the models
    move, by another optimizer or another rule. An optimizer remembers its past steps, so a new one
    at every step has no momentum.""")
def optimizer_of_its_own(images, encoder, critic, optimizer):
    return train_step(images, encoder, critic, keras.optimizers.Adam(1e-2))

@exercise.mistake("""The models take a plain step down the gradient, past the optimizer that your
    function was given: it has done nothing. What it knows, such as momentum or the step of each
    variable, is lost. Hand the gradients to it.""")
def plain_descent(images, encoder, critic, optimizer):
    return train_step(images, encoder, critic, keras.optimizers.SGD(0.1))

@exercise.mistake("""Your function changes a setting of the optimizer. It was made with the settings
    that it is to have, and others may use it too: leave them as they are.""")
def optimizer_changed(images, encoder, critic, optimizer):
    optimizer.learning_rate = 1e-3
    return train_step(images, encoder, critic, optimizer)

@exercise.mistake("""A variable moves that was marked not trainable: a layer may be frozen on
    purpose. `variables` and `weights` hold those too; a model has another list for the rest.""")
def frozen_moved(images, encoder, critic, optimizer):
    with tf.GradientTape() as tape:
        loss = -local_jsd(critic(*encoder(images, training=True)))
    variables = encoder.variables + critic.variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss

@exercise.mistake("""What your function returns has left TensorFlow (by `.numpy()` or `float`, say).
    A training runs inside `tf.function`, where a tensor has no number yet: return the tensor.""")
def number_returned(*args):
    return train_step(*args).numpy()

@exercise.mistake("""The encoder does not move: between it and the loss the values leave TensorFlow,
    and no gradient finds the way back. Stay with tensors, without NumPy and `.numpy()`.""")
def numpy_inside(images, encoder, critic, optimizer):
    return through(np.asarray, images, encoder, critic, optimizer)

@exercise.mistake("""The encoder does not move: a `stop_gradient` keeps the gradient from it. Here
    both learn from the same loss.""")
def encoder_detached(images, encoder, critic, optimizer):
    return through(tf.stop_gradient, images, encoder, critic, optimizer)

exercise.share(
    shared_numbers.seed_set, shared_numbers.lists_for_pairs, shared_numbers.pairs_turned_round
)

def through(change, images, encoder, critic, optimizer):
    """The solution with both outputs of the encoder changed."""
    def changed(images, training):
        return [change(output) for output in encoder(images, training=training)]

    changed.trainable_variables = encoder.trainable_variables
    return train_step(images, changed, critic, optimizer)

@exercise.mistake("""Your loss is another bound, not `local_jsd`.""")
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

def players(call, frozen):
    """Images, encoder, critic and plain gradient descent."""
    encoder = models.for_trial(call, models.encoder, True, models.CODE_DIM, 3)
    encoder.layers[1].trainable = not frozen
    both = {"encoder": encoder, "critic": models.for_trial(call, models.critic)}
    return Scene(
        args=(tf.constant(models.images(6, 2)), *both.values(), WatchedSGD(0.5)),
        movers={"optimizer": both},
        goal="minus `local_jsd`",
        returns=("the loss",),
        frozen="the encoder's convolution",
        fitted=True,
    )

@exercise.property("one step")
def one_step(call):
    """The whole outcome of a step with plain gradient descent, held against the solution's."""
    return next(faults_of_a_step(call, train_step, players), None)
