"""The weighted loss of Deep InfoMax, the paper's Eq. 8."""

import numpy as np

from dimlearn.check import shared
from dimlearn.check.exercise import Exercise
from dimlearn.deep_infomax import objectives


def cases(*numbers):
    """Each of them `(global_mi, local_mi, prior_loss, alpha, beta, gamma)`."""
    return [(*map(np.array, case[:3]), *case[3:]) for case in numbers]

exercise = Exercise(
    meaning="""The weighted loss of Deep InfoMax, one number to be minimised: both bounds are to
    become large and the loss of the prior small. `alpha` weighs the global bound, `beta` the local
    one, `gamma` the loss of the prior.""",
    reference=objectives.dim_loss,
    cases=lambda: cases(
        (2.5, 1.5, 0.7, 0.5, 1.0, 0.1),
        (-1.2, -0.9, 0.6, 0.6, 0.4, 0.2),
        (0.3, -1.1, 1.9, 1.0, 2.0, 3.0),
        (1.7, 2.3, 3.1, 0.7, 0.3, 0.9),
    ),
    extremes=lambda: cases(
        (2.5, 1.5, 0.7, 1.0, 0.0, 1.0),
        (2.5, 1.5, 0.7, 0.0, 1.0, 0.0),
        (-1000.5, 800.25, 20.5, 0.5, 0.25, 2.0),
    ),
    differentiable=True,
    hints="""An optimizer makes its loss small. Which of the three should become large?

    What is to become large enters with a minus. The prior's loss is a loss already.

    `return -alpha * global_mi - beta * local_mi + gamma * prior_loss`.""",
)

@exercise.solution("""Both bounds are to be maximised, so they enter with a minus; the prior's loss
    is minimised as it is. The weights choose the method: DIM(G) is (1, 0, 1), DIM(L) is (0, 1,
    0.1).""")
def dim_loss(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    """The weighted loss in nats: a scalar to be minimised."""
    return -alpha * global_mi - beta * local_mi + gamma * prior_loss

exercise.share(
    shared.sign_flipped,
    sign_flipped="""Your function gives minus the loss, what is to be maximised. An optimizer
    minimises.""",
)

@exercise.mistake("""All signs are plus: an optimizer would make the information *small*. The
    bounds are to be maximised, so they enter the loss with a minus.""")
def information_minimised(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return alpha * global_mi + beta * local_mi + gamma * prior_loss

@exercise.mistake("""The prior's loss has a minus: the encoder would move away from the prior.
    It is a loss already, and enters with a plus.""")
def prior_loss_maximised(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return -alpha * global_mi - beta * local_mi - gamma * prior_loss

@exercise.mistake("""alpha and beta are exchanged: alpha weighs the global bound, beta the local
    one.""")
def alpha_and_beta_exchanged(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return -beta * global_mi - alpha * local_mi + gamma * prior_loss

@exercise.mistake("""The weights are ignored: all terms count the same.""")
def weights_ignored(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return -global_mi - local_mi + prior_loss

@exercise.mistake("""The prior's loss is missing. It has a part in the loss, with a weight of its
    own.""")
def prior_forgotten(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return -alpha * global_mi - beta * local_mi

@exercise.mistake("""The sign of the global bound is missing: only the local one is maximised.""")
def global_minimised(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return alpha * global_mi - beta * local_mi + gamma * prior_loss

@exercise.mistake("""The sign of the local bound is wrong: only the global one is maximised.""")
def local_minimised(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return -alpha * global_mi + beta * local_mi + gamma * prior_loss

@exercise.mistake("""Your function divides by the sum of the weights. The weights are taken as
    they are.""")
def normalised(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    loss = -alpha * global_mi - beta * local_mi + gamma * prior_loss
    return loss / (alpha + beta + gamma)

@exercise.mistake("""gamma weighs everything in your function: brackets are in the wrong place.
    It belongs to the prior's loss alone.""")
def gamma_for_all(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return gamma * (-alpha * global_mi - beta * local_mi + prior_loss)

@exercise.mistake("""The weights are 1 minus the given ones for one of the terms: global and
    local are not shares of one. beta is a weight of its own.""")
def shares_of_one(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return -alpha * global_mi - (1 - alpha) * local_mi + gamma * prior_loss

@exercise.mistake("""gamma is forgotten: the prior's loss counts in full, whatever its weight.""")
def gamma_forgotten(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return -alpha * global_mi - beta * local_mi + prior_loss

@exercise.mistake("""beta is forgotten: the local bound counts in full, whatever its weight.""")
def beta_forgotten(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return -alpha * global_mi - local_mi + gamma * prior_loss

@exercise.mistake("""alpha is forgotten: the global bound counts in full, whatever its weight.""")
def alpha_forgotten(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return -global_mi - beta * local_mi + gamma * prior_loss

@exercise.mistake("""beta and gamma are exchanged: beta weighs the local bound, gamma the prior's
    loss.""")
def beta_and_gamma_exchanged(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return -alpha * global_mi - gamma * local_mi + beta * prior_loss

@exercise.mistake("""The three terms are averaged. The loss is their sum.""")
def averaged(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return dim_loss(global_mi, local_mi, prior_loss, alpha, beta, gamma) / 3

@exercise.mistake("""The absolute value of the loss is taken. A loss may be negative: here the more
    so, the more information there is, and its absolute value would make that small.""")
def absolute_value(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return abs(dim_loss(global_mi, local_mi, prior_loss, alpha, beta, gamma))

@exercise.mistake("""The bounds enter with their absolute values. A bound may be negative, and must
    then count as a bad one.""")
def absolute_bounds(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return dim_loss(abs(global_mi), abs(local_mi), prior_loss, alpha, beta, gamma)

exercise.share(shared.numpy_on_the_way)

@exercise.mistake("""The loss is halved. The three terms are added, each with its weight and nothing
    else.""")
def halved(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return dim_loss(global_mi, local_mi, prior_loss, alpha, beta, gamma) / 2

@exercise.mistake("""Your function leaves TensorFlow and does not come back: the value is right, but
    no record is kept outside, and so no gradient comes back through it.""")
def taken_out_of_tensorflow(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return -alpha * float(global_mi) - beta * float(local_mi) + gamma * float(prior_loss)
