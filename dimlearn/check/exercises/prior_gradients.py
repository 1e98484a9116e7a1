"""The gradients of both players of the prior game."""

import functools

import numpy as np

from dimlearn.check import models
from dimlearn.check.answers import NotAnAnswer, describe
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault, same
from dimlearn.deep_infomax import objectives
from dimlearn.startup import tf

softplus = tf.nn.softplus


exercise = Exercise(
    meaning="""Two lists: the gradients of `prior_loss` for the encoder's `trainable_variables`, and
    of `discriminator_loss` for the discriminator's; the code goes through a sigmoid.""",
    reference=objectives.prior_gradients,
    hints="""Two losses, two players. Which variables may each loss move, and which not?

    Record both losses under one `tf.GradientTape(persistent=True)`, or under two tapes. Each
    gradient is taken with respect to the variables of one player only: that alone keeps the other
    still.

    `_, code = encoder(images)`, `code_logits = discriminator(tf.sigmoid(code))`, `prior_logits =
    discriminator(prior)`, and at the end `tape.gradient(encoder_loss,
    encoder.trainable_variables)`.""",
)


@exercise.solution("""
    Both losses use the same logits of the codes; what differs is the loss and the variables that
    its gradient is taken for. The encoder's gradient passes through the discriminator without
    moving it. The sigmoid brings the codes to where the prior lives, between 0 and 1. A
    persistent tape can be asked twice.
""")
def prior_gradients(encoder, discriminator, images, prior):
    """(encoder_gradients, discriminator_gradients), beside the models' trainable_variables."""
    with tf.GradientTape(persistent=True) as tape:
        _, code = encoder(images)
        code_logits = discriminator(tf.sigmoid(code))
        prior_logits = discriminator(prior)
        encoder_loss = tf.reduce_mean(softplus(-code_logits))
        discriminator_loss = tf.reduce_mean(softplus(-prior_logits)) + tf.reduce_mean(
            softplus(code_logits)
        )
    return (
        tape.gradient(encoder_loss, encoder.trainable_variables),
        tape.gradient(discriminator_loss, discriminator.trainable_variables),
    )


def wrong(encoder, discriminator, images, prior, encoder_loss=None, discriminator_loss=None,
          squash=tf.sigmoid):  # fmt: skip
    """The solution with parts exchanged, for the wrong answers below."""
    with tf.GradientTape(persistent=True) as tape:
        code = squash(encoder(images)[1])
        fake, real = discriminator(code), discriminator(prior)
        first = (encoder_loss or (lambda real, fake: objectives.prior_loss(fake)))(real, fake)
        second = (discriminator_loss or objectives.discriminator_loss)(real, fake)
    return (
        tape.gradient(first, encoder.trainable_variables),
        tape.gradient(second, discriminator.trainable_variables),
    )


@exercise.mistake("""Your encoder follows the discriminator's loss: it helps to tell its codes
    from the prior, and is pushed *away* from it. This bug is reported again and
    again in re-implementations. The encoder minimises `prior_loss`.""")
def encoder_helps_discriminator(encoder, discriminator, images, prior):
    return wrong(encoder, discriminator, images, prior, objectives.discriminator_loss)


@exercise.mistake("""Your encoder follows the discriminator's loss with the sign changed: the
    saturating form, whose gradient vanishes where the discriminator is sure. Use `prior_loss`.""")
def saturating(encoder, discriminator, images, prior):
    return wrong(
        encoder, discriminator, images, prior, lambda r, f: -objectives.discriminator_loss(r, f)
    )


@exercise.mistake("""The sigmoid is missing: the codes are compared with a prior on [0, 1)
    although they can be any number. Squash them: `tf.sigmoid(code)`.""")
def not_squashed(encoder, discriminator, images, prior):
    return wrong(encoder, discriminator, images, prior, squash=tf.identity)


@exercise.mistake("""Your discriminator takes real for fake: the samples of the prior are what
    it should say yes to.""")
def real_and_fake_exchanged(encoder, discriminator, images, prior):
    return wrong(
        encoder, discriminator, images, prior,
        discriminator_loss=lambda r, f: objectives.discriminator_loss(f, r),
    )  # fmt: skip


@exercise.mistake("""Your discriminator follows the encoder's loss: both players want the same,
    and there is no game. It minimises `discriminator_loss`.""")
def no_game(encoder, discriminator, images, prior):
    return wrong(
        encoder, discriminator, images, prior,
        discriminator_loss=lambda r, f: objectives.prior_loss(f),
    )  # fmt: skip


@exercise.mistake("""Your discriminator never sees a sample of the prior: the part
    `softplus(-prior_logits)` of its loss is missing.""")
def prior_forgotten(encoder, discriminator, images, prior):
    return wrong(
        encoder, discriminator, images, prior,
        discriminator_loss=lambda r, f: tf.reduce_mean(softplus(f)),
    )  # fmt: skip


@exercise.mistake("""No gradient reaches the encoder: there is a `tf.stop_gradient` on the code
    in the *encoder's* loss. It belongs, if anywhere, into the discriminator's.""")
def encoder_detached(encoder, discriminator, images, prior):
    return wrong(
        encoder, discriminator, images, prior,
        squash=lambda code: tf.stop_gradient(tf.sigmoid(code)),
    )  # fmt: skip


@exercise.mistake("""The lists are exchanged: the encoder's gradients come first.""")
def lists_exchanged(encoder, discriminator, images, prior):
    return prior_gradients(encoder, discriminator, images, prior)[::-1]


@exercise.mistake("""Both losses are added up, and each player gets the gradient of the sum.
    Each follows its own loss: two calls of `tape.gradient`.""")
def losses_added(encoder, discriminator, images, prior):
    def both(real, fake):
        return objectives.prior_loss(fake) + objectives.discriminator_loss(real, fake)

    return wrong(encoder, discriminator, images, prior, both, both)


@exercise.mistake("""The loss is not averaged over the batch, so its gradient is N times too
    large.""")
def summed(encoder, discriminator, images, prior):
    first, second = prior_gradients(encoder, discriminator, images, prior)
    return [len(images) * g for g in first], [len(images) * g for g in second]


@exercise.mistake("""The feature map is taken for the code: the encoder returns `(feature_map,
    code)`, and the code is the second.""")
def first_output_taken(encoder, discriminator, images, prior):
    def flat_start(feature_map):
        return tf.sigmoid(tf.reshape(feature_map, [len(images), -1])[:, : prior.shape[1]])

    with tf.GradientTape(persistent=True) as tape:
        fake = discriminator(flat_start(encoder(images)[0]))
        first = objectives.prior_loss(fake)
        second = objectives.discriminator_loss(discriminator(prior), fake)
    return (
        tape.gradient(first, encoder.trainable_variables),
        tape.gradient(second, discriminator.trainable_variables),
    )


@exercise.mistake("""Your function trains: it applies the gradients. Asked are the gradients,
    and the models are to be left as they are.""")
def gradients_applied(encoder, discriminator, images, prior):
    first, second = prior_gradients(encoder, discriminator, images, prior)
    for variable, gradient in zip(encoder.trainable_variables, first):
        variable.assign_sub(0.1 * gradient)
    for variable, gradient in zip(discriminator.trainable_variables, second):
        variable.assign_sub(0.1 * gradient)
    return first, second


@exercise.mistake("""Your function changes the encoder: `training=True` moves the running averages
    of batch normalisation, so the codes move without any step. Call both models without
    `training`.""")
def training_mode(encoder, discriminator, images, prior):
    def in_training(images):
        return encoder(images, training=True)

    in_training.trainable_variables = encoder.trainable_variables
    return prior_gradients(in_training, discriminator, images, prior)


@exercise.mistake("""The prior is squashed too: it lies between 0 and 1 already. Only the code
    goes through the sigmoid.""")
def prior_squashed(encoder, discriminator, images, prior):
    return prior_gradients(encoder, discriminator, images, tf.sigmoid(prior))


@exercise.mistake("""Your function returns the losses, not their gradients.""")
def losses_returned(encoder, discriminator, images, prior):
    fake = discriminator(tf.sigmoid(encoder(images)[1]))
    return objectives.prior_loss(fake), objectives.discriminator_loss(discriminator(prior), fake)


@exercise.property("the gradients of a small batch")
def gradients(call):
    return look(call, 5, 0)


@exercise.property("the gradients of another batch and other models")
def gradients_once_more(call):
    return look(call, 3, 6)


@exercise.property("the running averages of batch normalisation stay")
def averages_stay(call):
    encoder = models.for_trial(call, models.encoder, True, models.CODE_DIM, 9)
    discriminator = models.for_trial(call, models.discriminator, models.CODE_DIM, 10)
    before = models.values(encoder.non_trainable_variables)
    call(encoder, discriminator, tf.constant(models.images(4, 9)), tf.constant(some_prior(4, 9)))
    if same(models.values(encoder.non_trainable_variables), before):
        return None
    text = (
        "The gradients are right for an encoder without batch normalisation. In one that has it, "
        "the running mean and variance were changed; expected your function to leave them as they "
        "are."
    )
    return Fault("averages", text, "moved")


def look(call, n, seed):
    encoder = models.for_trial(call, models.encoder, False, models.CODE_DIM, seed)
    discriminator = models.for_trial(call, models.discriminator, models.CODE_DIM, seed + 1)
    images, prior = tf.constant(models.images(n, seed)), tf.constant(some_prior(n, seed))
    before = models.values(encoder.weights + discriminator.weights)
    result = call(encoder, discriminator, images, prior)
    moved = not same(models.values(encoder.weights + discriminator.weights), before)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise NotAnAnswer(
            f"Your function returned {describe(result)}; expected two lists, "
            "`(encoder_gradients, discriminator_gradients)`."
        )
    facts, text = [], ""
    for who, seen, expected in zip(("encoder", "discriminator"), result, right_gradients(n, seed)):
        if not isinstance(seen, (tuple, list)):
            text = (
                f"The gradients of the {who} are {describe(seen)}; expected a list, one for "
                f"each of its "
                "`trainable_variables`."
            )
            return Fault("gradients", text, (who, "no list"))
        seen = [None if g is None else np.asarray(tf.convert_to_tensor(g)) for g in seen]
        facts.append(tuple("none" if g is None else g for g in seen))
        text = text or words_for(who, seen, expected, n)
    if moved and not text:
        text = (
            "Your function changed the weights of a model; expected it to leave them as they are."
        )
    return Fault("gradients", text, (*facts, moved)) if text else None


def some_prior(n, seed):
    return np.random.default_rng(seed).random((n, models.CODE_DIM)).astype("float32")


@functools.cache
def right_gradients(n, seed):
    encoder = models.encoder(normalised=False, seed=seed)
    discriminator = models.discriminator(seed=seed + 1)
    found = objectives.prior_gradients(
        encoder,
        discriminator,
        tf.constant(models.images(n, seed)),
        tf.constant(some_prior(n, seed)),
    )
    return [[gradient.numpy() for gradient in part] for part in found]


def words_for(who, seen, expected, n):
    """The first thing that is wrong with the gradients of one player, or ""."""
    what = f"With {n} images the gradients of the {who}"
    if len(seen) != len(expected):
        return f"{what} are {len(seen)}; expected {len(expected)}, one for each trainable variable."
    if any(g is None for g in seen):
        return (
            f"{what} hold None: its loss does not depend on its variables, as you wrote it. Was "
            f"the "
            "loss computed inside the `GradientTape`, and nothing detached?"
        )
    for index, (s, e) in enumerate(zip(seen, expected)):
        if s.shape != e.shape:
            return (
                f"{what} do not fit its variables: number {index} has the shape {list(s.shape)}; "
                f"expected {list(e.shape)}."
            )
    flat_seen = np.concatenate([np.ravel(s) for s in seen])
    flat = np.concatenate([np.ravel(e) for e in expected])
    if np.allclose(flat_seen, flat, 2e-3, 1e-5):
        return ""
    if np.allclose(flat_seen, -flat, 2e-3, 1e-5):
        return f"{what} have the wrong sign: they point away from where its loss falls."
    return (
        f"{what} are not those of its own loss: their norm is {np.linalg.norm(flat_seen):.3g}; "
        f"expected "
        f"{np.linalg.norm(flat):.3g}."
    )
