"""The gradients of both players of the prior game."""

import functools

import numpy as np

from dimlearn.check import models, shared_numbers
from dimlearn.check.answers import NotAnAnswer, describe
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault, same
from dimlearn.check.sandbox.call import Call
from dimlearn.check.tapes import why_none
from dimlearn.deep_infomax.prior import discriminator_loss, prior_loss
from dimlearn.errors import one_line
from dimlearn.startup import tf

softplus = tf.nn.softplus

exercise = Exercise(
    meaning="""Two lists: the gradients of `prior_loss` for the encoder's `trainable_variables`, and
    of `discriminator_loss` for the discriminator's; the code goes through a sigmoid. Neither model
    is changed, and both are called without `training`.""",
    hints="""Two losses, two players. Which variables may each loss move, and which not?

    Record both losses under one `tf.GradientTape(persistent=True)`, or under two tapes. Each
    gradient is taken with respect to the variables of one player only: that alone keeps the other
    still.

    `_, code = encoder(images)`, `code_logits = discriminator(tf.sigmoid(code))`, `prior_logits =
    discriminator(prior)`; the losses are means of softplus: of `-code_logits` for the encoder, of
    `-prior_logits` and of `code_logits` for the discriminator. At the end
    `tape.gradient(encoder_loss, encoder.trainable_variables)`.""",
)

@exercise.solution("""Both losses use the same logits of the codes; what differs is the loss and the
    variables that its gradient is taken for. The encoder's gradient passes through the
    discriminator without moving it. The sigmoid brings the codes to where the prior lives, between
    0 and 1. A persistent tape can be asked twice.""")
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

def fool(real, fake):
    """`prior_loss`, with the arguments of `discriminator_loss`."""
    return prior_loss(fake)

def squashed(feature_map, code):
    return tf.sigmoid(code)

def game(first, second, encoder, discriminator, images, prior, seen=squashed):
    """The solution with other losses, of the logits `(real, fake)`, or other codes seen."""
    with tf.GradientTape(persistent=True) as tape:
        fake, real = discriminator(seen(*encoder(images))), discriminator(prior)
        first, second = first(real, fake), second(real, fake)
    return (
        tape.gradient(first, encoder.trainable_variables),
        tape.gradient(second, discriminator.trainable_variables),
    )

@exercise.mistake("""Your encoder follows the discriminator's loss: it helps to tell its codes
    from the prior, and is pushed *away* from it. The encoder minimises `prior_loss`.""")
def encoder_helps_discriminator(*args):
    return game(discriminator_loss, discriminator_loss, *args)

@exercise.mistake("""Your encoder follows the discriminator's loss with the sign changed,
    whose gradient vanishes where the discriminator is sure. Use `prior_loss`.""")
def saturating(*args):
    return game(lambda real, fake: -discriminator_loss(real, fake), discriminator_loss, *args)

@exercise.mistake("""The sigmoid is missing: the codes are compared with a prior on [0, 1)
    although they can be any number.""")
def not_squashed(*args):
    return game(fool, discriminator_loss, *args, seen=lambda feature_map, code: code)

@exercise.mistake("""Your discriminator learns to say yes to codes and no to samples of the prior:
    it should be the other way round.""")
def real_and_fake_exchanged(*args):
    return game(fool, lambda real, fake: discriminator_loss(fake, real), *args)

@exercise.mistake("""Your discriminator follows the encoder's loss: both players want the same,
    and there is no game. It minimises `discriminator_loss`.""")
def no_game(*args):
    return game(fool, fool, *args)

@exercise.mistake("""Your discriminator never learns what a sample of the prior looks like: that
    part of its loss is missing.""")
def prior_forgotten(*args):
    return game(fool, lambda real, fake: tf.reduce_mean(softplus(fake)), *args)

@exercise.mistake("""No gradient reaches the encoder: there is a `stop_gradient` on the code in the
    *encoder's* loss. It belongs, if anywhere, into the discriminator's.""")
def encoder_detached(*args):
    return game(fool, discriminator_loss, *args, seen=through(tf.stop_gradient))

@exercise.mistake("""No gradient reaches the encoder: between it and its loss the values leave
    TensorFlow, and nothing records how they came about. Stay with tensors, without NumPy.""")
def numpy_inside(*args):
    return game(fool, discriminator_loss, *args, seen=through(np.asarray))

@exercise.mistake("""No gradient reaches the encoder: a part of the way from it to its loss is not
    on the tape. Everything between the variables and the loss stands inside the `with` block.""")
def encoder_outside_the_tape(encoder, discriminator, images, prior):
    code = encoder(images)[1]
    both = game(fool, discriminator_loss, encoder, discriminator, images, prior)
    with tf.GradientTape() as tape:
        loss = prior_loss(discriminator(tf.sigmoid(code)))
    return tape.gradient(loss, encoder.trainable_variables), both[1]

@exercise.mistake("""The encoder has no part in its own loss, so there is no gradient. It is judged
    by what the discriminator says of its codes; which logits does your loss take?""")
def wrong_logits(*args):
    return game(lambda real, fake: prior_loss(real), discriminator_loss, *args)

@exercise.mistake("""Your function leaves a model changed: `trainable` is another than before. Whose
    variables a gradient is taken for is enough to keep the other still.""")
def model_switched_off(encoder, discriminator, images, prior):
    both = prior_gradients(encoder, discriminator, images, prior)
    discriminator.trainable = False
    return both

exercise.share(shared_numbers.seed_set)

def through(change):
    """The code through the sigmoid and a function that cuts the way."""
    return lambda feature_map, code: change(tf.sigmoid(code))

@exercise.mistake("""The lists are exchanged: the encoder's gradients come first.""")
def lists_exchanged(*args):
    return prior_gradients(*args)[::-1]

@exercise.mistake("""Both losses are added up, and each player gets the gradient of the sum.
    Each follows its own loss.""")
def losses_added(*args):
    def both(real, fake):
        return prior_loss(fake) + discriminator_loss(real, fake)

    return game(both, both, *args)

@exercise.mistake("""The loss is not averaged over the batch, so its gradient is N times too
    large.""")
def summed(encoder, discriminator, images, prior):
    both = prior_gradients(encoder, discriminator, images, prior)
    return tuple([len(images) * gradient for gradient in part] for part in both)

@exercise.mistake("""The feature map is taken for the code: the encoder returns `(feature_map,
    code)`, and the code is the second.""")
def first_output_taken(*args):
    def start_of_the_map(feature_map, code):
        flat = tf.reshape(feature_map, [len(feature_map), -1])
        return tf.sigmoid(flat[:, : code.shape[1]])

    return game(fool, discriminator_loss, *args, seen=start_of_the_map)

@exercise.mistake("""Your function trains: it applies the gradients. Asked are the gradients,
    and the models are to be left as they are.""")
def gradients_applied(encoder, discriminator, images, prior):
    both = prior_gradients(encoder, discriminator, images, prior)
    for model, gradients in zip((encoder, discriminator), both):
        for variable, gradient in zip(model.trainable_variables, gradients):
            variable.assign_sub(0.1 * gradient)
    return both

@exercise.mistake("""Your function changes the encoder: `training=True` moves the running averages
    of batch normalisation, so the codes move without any step. Call both models without
    `training`.""")
def training_mode(encoder, discriminator, images, prior):
    encoder(images, training=True)
    return prior_gradients(encoder, discriminator, images, prior)

@exercise.mistake("""The prior is squashed too: it lies between 0 and 1 already. Only the code
    goes through the sigmoid.""")
def prior_squashed(encoder, discriminator, images, prior):
    return prior_gradients(encoder, discriminator, images, tf.sigmoid(prior))

@exercise.mistake("""Your function returns the losses, not their gradients.""")
def losses_returned(encoder, discriminator, images, prior):
    fake, real = discriminator(tf.sigmoid(encoder(images)[1])), discriminator(prior)
    return prior_loss(fake), discriminator_loss(real, fake)

# ---------------------------------------------------------------- what is looked at

PLAYERS = "encoder", "discriminator"

def players(call, normalised, n, seed):
    """Encoder, discriminator, images and samples of the prior."""
    prior = np.random.default_rng(seed).random((n, models.CODE_DIM))
    return (
        models.for_trial(call, models.encoder, normalised, models.CODE_DIM, seed),
        models.for_trial(call, models.discriminator, models.CODE_DIM, seed + 1),
        tf.constant(models.images(n, seed)),
        tf.constant(prior, "float32"),
    )

@exercise.property("the gradients of a small batch")
def gradients(call):
    return look(call, 5, 0)

@exercise.property("the gradients of another batch and other models")
def gradients_once_more(call):
    return look(call, 3, 6)

@exercise.property("the running averages of batch normalisation stay")
def averages_stay(call):
    encoder, *others = players(call, True, 4, 9)
    averages = encoder.non_trainable_variables
    before = models.values(averages)
    call(encoder, *others)
    if not same(models.values(averages), before):
        text = """The gradients are right for an encoder without batch normalisation. In one that
            has it, the running mean and variance were changed; expected your function to leave
            them as they are."""
        return Fault("averages", text, "moved")

def look(call, n, seed):
    """The first thing that is wrong with both lists of gradients."""
    expected = right_gradients(n, seed)  # known before the learner's function runs
    args = encoder, discriminator, *_ = players(call, False, n, seed)
    weights, trained = encoder.weights + discriminator.weights, trainable(args)
    before = models.values(weights)
    result = call(*args)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        text = f"""Your function returned {describe(result)}; expected two lists,
            `(encoder_gradients, discriminator_gradients)`."""
        raise NotAnAnswer(one_line(text))
    facts, text = [], ""
    for who, found in zip(PLAYERS, result):
        if not isinstance(found, (tuple, list)):
            text = f"""The gradients of the {who} are {describe(found)}; expected a list, one for
                each of its `trainable_variables`."""
            return Fault("gradients", text, (who, "no list"))
        facts.append([None if g is None else tf.convert_to_tensor(g).numpy() for g in found])
    for who, seen, right in zip(PLAYERS, facts, expected):
        what = f"With {n} images the gradients of the {who}"
        missing = [place for place, gradient in enumerate(seen) if gradient is None]
        if missing and len(seen) == len(right):
            text = f"{what} hold None for {len(missing)} of {len(right)} variables."
            look = functools.partial(why, call, who, missing, n, seed, facts)
            return Fault("no gradient", text, look=look)
        text = text or words_for(what, seen, right)
    moved = not same(models.values(weights), before)
    if moved and not text:
        text = "Your function changed the weights of a model; expected them as they were."
    if text:
        return Fault("gradients", text, (*facts, moved))
    if trainable(args) != trained:
        text = "Not all variables that were trainable before are so afterwards; expected no change."
        return Fault("trainable", text, "")
    return None

def why(call, who, missing, n, seed, facts):
    """What keeps the gradients from these variables of a player: evidence and words."""
    args = players(call, False, n, seed)
    variables = args[PLAYERS.index(who)].trainable_variables
    kind, cause = why_none(call, args, [variables[place] for place in missing])
    return (who, len(missing), kind or facts), cause

def trainable(args):
    """How many variables of each model train."""
    return [len(model.trainable_variables) for model in args[:2]]

@functools.cache
def right_gradients(n, seed):
    """What the solution gives, computed once."""
    found = prior_gradients(*players(Call(prior_gradients), False, n, seed))
    return [[gradient.numpy() for gradient in part] for part in found]

def words_for(what, seen, expected):
    """What is wrong with the gradients of one player, or ""."""
    if len(seen) != len(expected):
        return f"{what} are {len(seen)}; expected {len(expected)}, one for each trainable variable."
    for index, (s, e) in enumerate(zip(seen, expected)):
        if s.shape != e.shape:
            return f"""{what} do not fit its variables: number {index} has the shape
                {list(s.shape)}; expected {list(e.shape)}."""
    seen, expected = (np.concatenate([np.ravel(g) for g in part]) for part in (seen, expected))
    if np.allclose(seen, expected, 2e-3, 1e-5):
        return ""
    if np.allclose(seen, -expected, 2e-3, 1e-5):
        return f"{what} have the wrong sign: they point away from where its loss falls."
    norms = [np.linalg.norm(part) for part in (seen, expected)]
    sizes = [f"{norm:.3g}" for norm in norms]
    if sizes[0] == sizes[1]:
        cosine = np.dot(seen, expected) / np.prod(norms)
        return f"""{what} are not those of its own loss: as long, but in another direction, with a
            cosine of {cosine:.3g} to the right ones."""
    return f"{what} are not those of its own loss: their norm is {sizes[0]}; expected {sizes[1]}."
