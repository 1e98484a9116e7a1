"""One step of a critic up the InfoNCE bound."""

import math

import numpy as np

from dimlearn.check import models, shared_numbers
from dimlearn.check.exercise import Exercise
from dimlearn.check.steps import Scene, WatchedSGD, faults_of_a_step
from dimlearn.information.bounds import dv_bound, infonce_bound
from dimlearn.startup import keras, tf

exercise = Exercise(
    meaning="""One step of ascent on `infonce_bound` of the critic's scores: the critic's trainable
    variables move so that the bound rises, and nothing else changes. `critic(x, y)` gives the
    scores `[N, N]`. Returns the bound before the step, a scalar tensor, also inside
    `tf.function`.""",
    hints="""The bound has to be computed where the tape sees it. And an optimizer walks downhill:
    down which number does it walk, if the bound is to rise?

    Inside `with tf.GradientTape() as tape:` the scores, the bound and what is to become small. Then
    the gradient of that for `critic.trainable_variables`, and one call of the optimizer. What comes
    back was computed before it.

    `loss = -NCE(critic(x, y))` on the tape; `variables = critic.trainable_variables`,
    `optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))`, `return -loss`.""",
)

@exercise.solution("""A lower bound that is climbed comes nearer to the information, and the critic
    that reaches it nearer to the log density ratio, up to a number for each row, which InfoNCE does
    not see. Optimizers descend, so the gradient is that of minus the bound. Its value is already
    there: computing it again after the step would cost a second pass, and say something about
    another critic.""")
def critic_step(critic, optimizer, x, y):
    """One step of ascent on InfoNCE; the bound before it, a scalar tensor."""
    with tf.GradientTape() as tape:
        loss = -infonce_bound(critic(x, y))
    variables = critic.trainable_variables
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables))
    return -loss

def step(critic, optimizer, x, y, bound=infonce_bound, all_variables=False):
    """The solution with another bound, or for all variables."""
    with tf.GradientTape() as tape:
        value = bound(critic(x, y))
        loss = -value
    variables = critic.variables if all_variables else critic.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return value

@exercise.mistake("""The sign is wrong: your step makes the bound small. An optimizer minimises what
    it is given the gradient of, and a bound is to be maximised.""")
def bound_lowered(*args):
    return -step(*args, bound=lambda scores: -infonce_bound(scores))

@exercise.mistake("""The critic goes up another bound.""")
def other_bound(*args):
    return step(*args, bound=dv_bound)

@exercise.mistake("""Your softmax runs down the columns: it asks which x belongs to a y. The rows
    belong to x, and each row is one question.""")
def columns_for_rows(*args):
    return step(*args, bound=lambda scores: infonce_bound(tf.transpose(scores)))

@exercise.mistake("""x and y are exchanged: the critic has a side for each, x is the first.""")
def sides_exchanged(critic, optimizer, x, y):
    return critic_step(critic, optimizer, y, x)

@exercise.mistake("""The critic does not move: no gradient reaches it. Its call has to stand
    *inside* `with tf.GradientTape()`, and so has all that is made of it, the bound and its sign:
    the tape sees nothing else.""")
def outside_the_tape(critic, optimizer, x, y):
    scores = critic(x, y)
    with tf.GradientTape() as tape:
        loss = -infonce_bound(scores)
    variables = critic.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return -loss

@exercise.mistake("""The critic does not move: between it and the bound the scores leave TensorFlow,
    and no gradient finds the way back. Stay with tensors, without NumPy and `.numpy()`.""")
def numpy_inside(critic, optimizer, x, y):
    with tf.GradientTape() as tape:
        loss = -infonce_bound(np.asarray(critic(x, y)))
    variables = critic.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return -loss

@exercise.mistake("""Nothing moves: the optimizer was given no gradients.""")
def not_applied(critic, optimizer, x, y):
    return infonce_bound(critic(x, y))

@exercise.mistake("""Your function returns the loss, minus the bound. The step is right; what comes
    back is to be the bound.""")
def loss_returned(*args):
    return -critic_step(*args)

@exercise.mistake("""Your function returns the bound *after* the step. It computes it once more,
    which costs a second pass; asked is the bound that the step started from.""")
def bound_after_the_step(critic, optimizer, x, y):
    critic_step(critic, optimizer, x, y)
    return infonce_bound(critic(x, y))

@exercise.mistake("""What comes back lacks the log N that makes guessing 0. The step is right: a
    constant has no gradient.""")
def log_n_forgotten(critic, optimizer, x, y):
    return critic_step(critic, optimizer, x, y) - math.log(len(x))

@exercise.mistake("""The bound is not one number: your function returns one value for each pair.""")
def not_reduced(critic, optimizer, x, y):
    scores = critic(x, y)
    critic_step(critic, optimizer, x, y)
    return tf.linalg.diag_part(tf.nn.log_softmax(scores, axis=1)) + math.log(len(x))

@exercise.mistake("""Your step goes along the sum over the pairs: it is too long by their number,
    and a larger batch would mean a larger step. The bound is a mean already.""")
def summed(critic, optimizer, x, y):
    n = len(x)
    return step(critic, optimizer, x, y, bound=lambda scores: n * infonce_bound(scores)) / n

@exercise.mistake("""Your function makes more than one step. Is the optimizer called in a loop, or
    once for each side of the critic?""")
def two_steps(*args):
    value, _ = critic_step(*args), critic_step(*args)
    return value

@exercise.mistake("""The optimizer that your function was given is left unused, and yet the critic
    moves, by another optimizer or another rule. An optimizer remembers its past steps, so a new one
    at every step has no momentum.""")
def optimizer_of_its_own(critic, optimizer, x, y):
    return critic_step(critic, keras.optimizers.Adam(1e-2), x, y)

@exercise.mistake("""The critic takes a plain step along the gradient, past the optimizer that your
    function was given. What that knows, such as momentum or the step of each variable, is lost.
    Hand the gradients to it.""")
def plain_ascent(critic, optimizer, x, y):
    return critic_step(critic, keras.optimizers.SGD(0.1), x, y)

@exercise.mistake("""Your function changes a setting of the optimizer. It was made with the settings
    that it is to have: leave them as they are.""")
def optimizer_changed(critic, optimizer, x, y):
    optimizer.learning_rate = 1e-3
    return critic_step(critic, optimizer, x, y)

@exercise.mistake("""A variable moves that was marked not trainable: a layer may be frozen on
    purpose. `variables` and `weights` hold those too; a model has another list for the rest.""")
def frozen_moved(*args):
    return step(*args, all_variables=True)

@exercise.mistake("""What your function returns has left TensorFlow (by `.numpy()` or `float`, say).
    A training runs inside `tf.function`, where a tensor has no number yet: return the tensor.""")
def number_returned(*args):
    return critic_step(*args).numpy()

@exercise.mistake("""Your function leaves the critic changed: `trainable` was switched off.""")
def model_switched_off(critic, optimizer, x, y):
    value = critic_step(critic, optimizer, x, y)
    critic.trainable = False
    return value

exercise.share(
    shared_numbers.seed_set, shared_numbers.lists_for_pairs, shared_numbers.pairs_turned_round
)

# ---------------------------------------------------------------- what is looked at

def players(call, frozen):
    """A critic of pairs, plain gradient descent, and two sides of a batch."""
    critic = models.for_trial(call, models.pair_critic)
    critic.first.trainable = not frozen
    x, y = np.random.default_rng(8).normal(size=(2, 6, 4))
    optimizer = WatchedSGD(0.5)
    return Scene(
        args=(critic, optimizer, tf.constant(x, "float32"), tf.constant(0.7 * x + y, "float32")),
        movers={"optimizer": {"critic": critic}},
        goal="minus `infonce_bound`",
        returns=("the bound",),
        frozen="a layer of the critic",
    )

@exercise.property("one step")
def one_step(call):
    """The whole outcome of a step with plain gradient descent, held against the solution's."""
    return next(faults_of_a_step(call, critic_step, players), None)
