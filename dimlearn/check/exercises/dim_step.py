"""One whole step of Deep InfoMax: encoder, critic and discriminator."""

import numpy as np

from dimlearn.check import models, shared_numbers
from dimlearn.check.exercise import Exercise
from dimlearn.check.steps import Scene, WatchedSGD, faults_of_a_step
from dimlearn.deep_infomax.prior import discriminator_loss, prior_loss
from dimlearn.information.bounds import local_infonce, local_jsd
from dimlearn.startup import tf

exercise = Exercise(
    meaning="""One whole step. Encoder and critic move together, down `beta` times minus
    `local_infonce` of the critic's scores plus `gamma` times the `prior_loss` of what the
    discriminator says of the squashed codes. The discriminator moves by itself, with its own
    optimizer, down its `discriminator_loss` on the same codes, and that loss moves nobody else. One
    pass through the encoder, as in training; all gradients are of the weights before the step.
    Returns `(loss, discriminator_loss)` before it, scalar tensors, also inside `tf.function`.""",
    hints="""Two losses, two sets of variables, one batch of codes. Which models belong to which
    loss, and what must have been computed before the first variable moves?

    Everything up to both losses stands on one `tf.GradientTape(persistent=True)`, or the two parts
    on a tape each. Then both lists of gradients, and only then both optimizers. Each gradient is
    taken for some variables and no others: for whose? And `gamma` belongs to one term only.

    On the tape: `feature_map, code = encoder(images, training=True)`, `codes = tf.sigmoid(code)`,
    `logits = discriminator(codes)`, `loss = -beta * local_infonce(critic(feature_map, code)) +
    gamma * prior_loss(logits)`, `other = discriminator_loss(discriminator(prior), logits)`. The
    gradients: of `loss` for the variables of encoder and critic, of `other` for those of the
    discriminator.""",
)

@exercise.solution("""Encoder and critic raise the same bound, so they share loss and optimizer.
    The prior is a game: the encoder's loss passes *through* the discriminator without moving it,
    the discriminator's loss starts at the codes and stays there. Whose variables a gradient is
    taken for is all that it takes. Both gradients are computed before anything moves: each player
    answers what the other has done, not what it is about to do.""")
def dim_step(
    images, prior, encoder, critic, discriminator, optimizer, discriminator_optimizer, beta, gamma
):
    """One step of all three: (loss, discriminator_loss) before it."""
    with tf.GradientTape(persistent=True) as tape:
        feature_map, code = encoder(images, training=True)
        logits = discriminator(tf.sigmoid(code))
        bound = local_infonce(critic(feature_map, code))
        loss = -beta * bound + gamma * prior_loss(logits)
        other = discriminator_loss(discriminator(prior), logits)
    ours = encoder.trainable_variables + critic.trainable_variables
    theirs = discriminator.trainable_variables
    gradients, other_gradients = tape.gradient(loss, ours), tape.gradient(other, theirs)
    optimizer.apply_gradients(zip(gradients, ours))
    discriminator_optimizer.apply_gradients(zip(other_gradients, theirs))
    return loss, other

def step(*args, bound=local_infonce, fool=prior_loss, other=discriminator_loss, seen=tf.sigmoid,
         training=True, ours=("encoder", "critic"), theirs=("discriminator",), whole=None):
    """The solution with one of its parts exchanged: what most mistakes get wrong.

    fool, other: of the logits of codes, and of (prior, codes); seen: what the discriminator sees of
    the code; ours, theirs: the models of each optimizer; whole: what they go down, of both losses.
    """
    images, prior, encoder, critic, discriminator, optimizer, other_optimizer, beta, gamma = args
    named = {"encoder": encoder, "critic": critic, "discriminator": discriminator}
    with tf.GradientTape(persistent=True) as tape:
        feature_map, code = encoder(images, training=training)
        codes, real = discriminator(seen(code)), discriminator(prior)
        loss = -beta * bound(critic(feature_map, code)) + gamma * fool(codes)
        their_loss = other(real, codes)
        goals = whole(loss, their_loss) if whole else (loss, their_loss)
    for down, names, moving in zip(goals, (ours, theirs), (optimizer, other_optimizer)):
        variables = [v for name in names for v in named[name].trainable_variables]
        if variables:
            moving.apply(tape.gradient(down, variables), variables)
    return loss, their_loss

@exercise.mistake("""The sign of the bound is wrong: your step makes the information small. An
    optimizer minimises, and the bound is to become large.""")
def information_minimised(*args):
    return step(*args, bound=lambda scores: -local_infonce(scores))

@exercise.mistake("""The sign of the prior's term is wrong: the encoder moves away from the prior.
    `prior_loss` is a loss already.""")
def prior_loss_maximised(*args):
    return step(*args, fool=lambda codes: -prior_loss(codes))

@exercise.mistake("""The encoder's term of the prior is the discriminator's loss with its sign
    changed. Its gradient vanishes where the discriminator is sure. Asked is `prior_loss`.""")
def saturating(*args):
    return step(*args, fool=lambda codes: -tf.reduce_mean(tf.nn.softplus(codes)))

def with_the_whole_loss(args, sign):
    """The step with the discriminator's whole loss, or minus it, as the encoder's term."""
    real = args[4](args[1])
    return step(*args, fool=lambda codes: sign * discriminator_loss(real, codes))

@exercise.mistake("""The encoder's term of the prior is minus the discriminator's loss, that on the
    prior's samples with it. Where the discriminator is sure, such a loss has hardly any gradient.
    Asked is `prior_loss`.""")
def turned_round(*args):
    return with_the_whole_loss(args, -1)

@exercise.mistake("""Encoder and discriminator go down the same loss, the discriminator's: the
    encoder helps to tell its codes from the prior, and moves *away* from it. Which answer does the
    encoder want?""")
def encoder_helps_discriminator(*args):
    return with_the_whole_loss(args, 1)

@exercise.mistake("""The discriminator sees the code as it is. The prior lies between 0 and 1, and
    so must what is held against it.""")
def not_squashed(*args):
    return step(*args, seen=tf.identity)

@exercise.mistake("""Your discriminator learns to say yes to codes and no to samples of the prior.
    It should be the other way round.""")
def real_and_fake_exchanged(*args):
    return step(*args, other=lambda real, codes: discriminator_loss(codes, real))

@exercise.mistake("""The critic does not move: its variables are not in the list that the optimizer
    gets. An untrained critic scores at random, and the encoder learns to please it.""")
def critic_forgotten(*args):
    return step(*args, ours=["encoder"])

@exercise.mistake("""The encoder does not move: the optimizer's list lacks its variables.""")
def encoder_forgotten(*args):
    return step(*args, ours=["critic"])

@exercise.mistake("""The discriminator does not move. It has a loss and an optimizer of its own.""")
def discriminator_forgotten(*args):
    return step(*args, theirs=[])

@exercise.mistake("""The discriminator is moved down the encoder's loss as well: it is made to like
    the codes, and there is no game. The encoder's loss passes through it; only whose variables the
    gradient is taken for keeps it still.""")
def discriminator_pleases_the_encoder(*args):
    return step(*args, whole=lambda loss, other: (loss, loss))

@exercise.mistake("""Both losses are added up, and encoder and critic go down the sum: they help the
    discriminator to tell codes from the prior. There must be no way from its loss back to the
    encoder.""")
def losses_added(*args):
    return step(*args, whole=lambda loss, other: (loss + other, other))

@exercise.mistake("""All three networks go down the sum of both losses. What the encoder wants of
    the codes and what the discriminator wants of them are opposites, and in a sum they work against
    each other. Each loss has its own players.""")
def everybody_down_the_sum(*args):
    return step(*args, whole=lambda loss, other: [loss + other] * 2)

@exercise.mistake("""No gradient of the prior reaches the encoder: the way between its codes and its
    loss is cut, and only the bound moves it. The encoder is to be spared by the *discriminator's*
    loss, and for that it is enough whose variables a gradient is taken for.""")
def prior_detached(*args):
    return step(*args, seen=lambda code: tf.stop_gradient(tf.sigmoid(code)))

@exercise.mistake("""The encoder's term of the prior is computed from samples of the prior, on which
    it has no influence. It is judged by what the discriminator says of its codes.""")
def wrong_logits(*args):
    of_the_prior = args[4](args[1])
    return step(*args, fool=lambda codes: prior_loss(of_the_prior))

@exercise.mistake("""The discriminator is moved twice: down its own loss, and down that of encoder
    and critic, which makes it like the codes. Its variables are in the list of the first optimizer,
    too. The encoder's gradient passes through it without moving it.""")
def moved_by_both_losses(*args):
    return step(*args, ours=("encoder", "critic", "discriminator"))

@exercise.mistake("""One list holds the variables of all three networks, and all go down the loss of
    encoder and critic. The discriminator learns to like the codes, where it should learn to tell
    them from the prior: it has a loss and an optimizer of its own.""")
def one_list_for_all(*args):
    return step(*args, ours=("encoder", "critic", "discriminator"), theirs=[])

@exercise.mistake("""The discriminator moves first, and the encoder's gradient is taken through the
    moved one. All gradients are of the weights before the step: compute both, then move.""")
def discriminator_first(images, prior, encoder, critic, discriminator, optimizer,
                        discriminator_optimizer, beta, gamma):
    with tf.GradientTape() as ours:
        feature_map, code = encoder(images, training=True)
        with tf.GradientTape() as theirs:
            other = discriminator_loss(discriminator(prior), discriminator(tf.sigmoid(code)))
        variables = discriminator.trainable_variables
        discriminator_optimizer.apply(theirs.gradient(other, variables), variables)
        fooled = prior_loss(discriminator(tf.sigmoid(code)))
        loss = -beta * local_infonce(critic(feature_map, code)) + gamma * fooled
    variables = encoder.trainable_variables + critic.trainable_variables
    optimizer.apply(ours.gradient(loss, variables), variables)
    return loss, other

def in_two_passes(args, move_first):
    """The discriminator's loss on codes of a second pass, before or after the others have moved."""
    images, prior, encoder, critic, discriminator, optimizer, other_optimizer, beta, gamma = args
    with tf.GradientTape() as tape:
        feature_map, code = encoder(images, training=True)
        fooled = prior_loss(discriminator(tf.sigmoid(code)))
        loss = -beta * local_infonce(critic(feature_map, code)) + gamma * fooled
    ours = encoder.trainable_variables + critic.trainable_variables
    gradients = tape.gradient(loss, ours)
    if move_first:
        optimizer.apply(gradients, ours)
    with tf.GradientTape() as tape:
        code = encoder(images, training=True)[1]
        other = discriminator_loss(discriminator(prior), discriminator(tf.sigmoid(code)))
    theirs = discriminator.trainable_variables
    other_optimizer.apply(tape.gradient(other, theirs), theirs)
    if not move_first:
        optimizer.apply(gradients, ours)
    return loss, other

@exercise.mistake("""The encoder has moved before the discriminator is shown its codes: they are
    of other weights, from a second pass. All gradients are of the weights before the step.""")
def encoder_first(*args):
    return in_two_passes(args, move_first=True)

@exercise.mistake("""There are two passes through the encoder, and so its batch normalisation is
    updated twice. The codes of the first serve both losses.""")
def two_passes(*args):
    return in_two_passes(args, move_first=False)

@exercise.mistake("""The batch normalisation is not updated: the encoder is not called as in
    training. Its moving averages would stay as they are at the start.""")
def training_flag_forgotten(*args):
    return step(*args, training=None)

@exercise.mistake("""`beta` and `gamma` are exchanged: beta weighs the bound, gamma the prior.""")
def weights_exchanged(*args):
    return dim_step(*args[:-2], args[-1], args[-2])

@exercise.mistake("""`gamma` is forgotten: the prior counts in full.""")
def gamma_forgotten(*args):
    return dim_step(*args[:-1], 1.0)

@exercise.mistake("""`beta` is forgotten: the bound counts in full.""")
def beta_forgotten(*args):
    return dim_step(*args[:-2], 1.0, args[-1])

@exercise.mistake("""`gamma` weighs the discriminator's loss, too. It says how much the *encoder*
    cares; the discriminator plays its game in full.""")
def gamma_for_the_discriminator(*args):
    return step(*args, other=lambda real, codes: args[-1] * discriminator_loss(real, codes))

@exercise.mistake("""The prior's term is missing in the loss of the encoder.""")
def prior_term_forgotten(*args):
    return step(*args, fool=lambda codes: 0.0 * prior_loss(codes))

@exercise.mistake("""The two optimizers are exchanged: each has its own pace, and remembers the past
    of its own variables.""")
def optimizers_exchanged(*args):
    return dim_step(*args[:5], args[6], args[5], *args[7:])

@exercise.mistake("""The losses come back exchanged: that of encoder and critic is the first.""")
def losses_exchanged(*args):
    return dim_step(*args)[::-1]

@exercise.mistake("""Only one loss comes back. Return both: `(loss, discriminator_loss)`.""")
def one_loss_returned(*args):
    return dim_step(*args)[0]

@exercise.mistake("""Your bound is another one, not `local_infonce`.""")
def other_bound(*args):
    return step(*args, bound=local_jsd)

@exercise.mistake("""Nothing moves: the optimizers were given no gradients.""")
def not_applied(*args):
    return step(*args, ours=[], theirs=[])

@exercise.mistake("""What your function returns has left TensorFlow (by `.numpy()` or `float`, say).
    A training runs inside `tf.function`, where a tensor has no number yet: return the tensors.""")
def numbers_returned(*args):
    return tuple(loss.numpy() for loss in dim_step(*args))

exercise.share(
    shared_numbers.seed_set, shared_numbers.lists_for_pairs, shared_numbers.pairs_turned_round
)

# ---------------------------------------------------------------- what is looked at

def players(call, frozen, beta=0.05, gamma=5.0):
    """Images, samples of the prior, three models, two optimizers, and weights with which the prior
    moves the encoder about a quarter as far as the bound does."""
    encoder = models.for_trial(call, models.encoder, True, models.CODE_DIM, 3)
    encoder.layers[1].trainable = not frozen
    both = {"encoder": encoder, "critic": models.for_trial(call, models.critic)}
    discriminator = models.for_trial(call, models.discriminator)
    prior = np.random.default_rng(4).random((6, models.CODE_DIM))
    optimizers = WatchedSGD(0.5), WatchedSGD(0.3)
    return Scene(
        args=(tf.constant(models.images(6, 2)), tf.constant(prior, "float32"), *both.values(),
              discriminator, *optimizers, beta, gamma),
        movers={"optimizer": both, "other": {"discriminator": discriminator}},
        goal="its loss",
        returns=("the loss", "the discriminator's loss"),
        results=("loss", "discriminator_loss"),
        frozen="the encoder's convolution",
        fitted=True,
    )

@exercise.property("one step")
def one_step(call):
    """The whole outcome of a step with plain gradient descent, held against the solution's."""
    return next(faults_of_a_step(call, dim_step, players), None)
