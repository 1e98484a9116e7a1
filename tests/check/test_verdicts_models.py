"""Answers to the exercises with models, and what their checks say of them."""

import functools

import numpy as np
import pytest

from dimlearn import check
from dimlearn.check.exercises.build_encoder import encoder, parts
from dimlearn.check.exercises.frozen_classifier import classifier, frozen_classifier
from dimlearn.deep_infomax.prior import discriminator_loss, prior_loss
from dimlearn.information.bounds import infonce_bound, local_infonce, local_jsd
from dimlearn.startup import keras, tf

pytestmark = pytest.mark.slow

layers = keras.layers
WRONG, RIGHT = [], []


def wrong(exercise, mistake=None, says=(), silent=()):
    """Decorator: an answer that is wrong, the name of its mistake, words in and not in what is
    said about it."""
    return lambda function: WRONG.append((exercise, function, mistake, says, silent)) or function


def right(exercise):
    return lambda function: RIGHT.append((exercise, function)) or function


# ---------------------------------------------------------------- build_encoder


def with_head(*head):
    """The encoder whose code these layers make of the map."""
    return lambda shape, code_dim: encoder(
        *parts(shape), *[layer(code_dim) if layer is layers.Dense else layer() for layer in head]
    )


HEADS = {
    "code_squashed": [
        layers.Dense,
        layers.BatchNormalization,
        lambda: layers.Activation("sigmoid"),
    ],
    "code_with_tanh": [layers.Dense, lambda: layers.Activation("tanh")],
    "code_with_relu": [layers.Dense, layers.BatchNormalization, layers.ReLU],
    "code_with_dropout": [layers.Dense, lambda: layers.GaussianNoise(0.1)],
}
for name, head in HEADS.items():
    wrong("build_encoder", name, ["not"])(with_head(*head))


def wide(*head):
    """The encoder of lesson 4, whose numbers are small, with something behind its code."""

    def build(shape, code_dim):
        images = keras.Input(shape)
        x = layers.Conv2D(32, 4, 2, padding="same", use_bias=False)(images)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.Conv2D(64, 4, 2, padding="same", use_bias=False)(x)
        feature_map = layers.ReLU()(layers.BatchNormalization()(x))
        dense = layers.Dense(128, activation="relu"), layers.Dense(code_dim)
        return encoder(images, feature_map, *dense, *[one() for one in head])

    return build


ENDS = {"relu": "is ever negative", "softplus": "is ever negative",
        "sigmoid": "between 0 and 1", "hard_sigmoid": "between 0 and 1"}  # fmt: skip
for kind, says in ENDS.items():
    mistake = "code_with_relu" if "ever negative" in says else "code_squashed"
    wrong("build_encoder", mistake, [says])(wide(functools.partial(layers.Activation, kind)))
for normalisation in (layers.LayerNormalization, layers.UnitNormalization):
    wrong("build_encoder", "code_normalised", ["Expected nothing behind"])(
        with_head(layers.Dense, normalisation)
    )
wrong("build_encoder", None, ["not what the last dense layer gives"], ["normalis", "scaled"])(
    with_head(layers.Dense, lambda: layers.Rescaling(0.1))
)
plain = with_head(layers.Dense)


@wrong("build_encoder", "seed_set", ["NumPy"])
def seeds_numpy(shape, code_dim):
    np.random.seed(1)
    return plain(shape, code_dim)


@wrong("build_encoder", "seed_set", ["three"])
def seeds_all(shape, code_dim):
    keras.utils.set_random_seed(7)
    return plain(shape, code_dim)


@wrong("build_encoder", "same_weights", ["have the same weights"])
def constant_weights(shape, code_dim):
    images = keras.Input(shape)
    x = layers.Conv2D(4, 3, 2, "same", kernel_initializer=keras.initializers.Constant(0.1))(images)
    return encoder(images, x, layers.Dense(code_dim, kernel_initializer="ones"))


@wrong("build_encoder", "subclassed", ["functional", "encoder.outputs"])
class OwnCall(keras.Model):
    def __init__(self, shape, code_dim):
        super().__init__()
        self.convolution, self.dense = (
            layers.Conv2D(6, 4, 2, padding="same"),
            layers.Dense(code_dim),
        )

    def call(self, images):
        feature_map = self.convolution(images)
        return feature_map, self.dense(layers.Flatten()(feature_map))


@wrong("build_encoder", "layers_nested", ["BatchNormalization", "encoder.layers"])
def normalisation_nested(shape, code_dim):
    images, feature_map = parts(shape)
    head = [layers.Flatten(), layers.BatchNormalization(), layers.Dense(code_dim)]
    return keras.Model(images, (feature_map, keras.Sequential(head)(feature_map)))


@wrong("build_encoder", "outputs_by_name", ["dictionary"], ["one output", "1 output"])
def dictionary(shape, code_dim):
    model = plain(shape, code_dim)
    return keras.Model(model.inputs, {"a": model.outputs[0], "b": model.outputs[1]})


@wrong("build_encoder", "code_past_the_map", ["before the map"], ["nothing to share"])
def branches(shape, code_dim):
    images, x = parts(shape)
    code = layers.Dense(code_dim)(layers.Flatten()(x))
    return keras.Model(images, (layers.Conv2D(4, 2)(x), code))


@wrong("build_encoder", "map_detached", ["from the feature map", "gradient"])
def still_map(shape, code_dim):
    images, x = parts(shape)
    code = layers.Dense(code_dim)(layers.Flatten()(keras.ops.stop_gradient(x)))
    return keras.Model(images, (x, code))


@right("build_encoder")
def operations(shape, code_dim):
    images = keras.Input(shape)
    x = keras.ops.relu(layers.Conv2D(6, 4, 2, "same")(images))
    code = layers.Dense(code_dim)(keras.ops.reshape(x, (-1, int(np.prod(x.shape[1:])))))
    return keras.Model([images], [x, code])


# ---------------------------------------------------------------- train_step


def step(images, encoder, critic, optimizer, way=lambda outputs: outputs):
    with tf.GradientTape() as tape:
        loss = -local_jsd(critic(*way(encoder(images, training=True))))
    variables = encoder.trainable_variables + critic.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


@wrong("train_step", "number_returned", ["float"])
def as_float(*args):
    return float(step(*args))


@wrong("train_step", "number_returned", ["float32"])
def as_numpy(*args):
    return step(*args).numpy()


@wrong("train_step", "frozen_moved", ["marked not trainable"])
def all_weights(images, encoder, critic, optimizer):
    with tf.GradientTape() as tape:
        loss = -local_jsd(critic(*encoder(images, training=True)))
    variables = encoder.weights + critic.weights
    pairs = zip(tape.gradient(loss, variables), variables)
    optimizer.apply_gradients([pair for pair in pairs if pair[0] is not None])
    return loss


@wrong("train_step", "optimizer_changed", ["`learning_rate`"])
def slower(images, encoder, critic, optimizer):
    optimizer.learning_rate = 0.1 * optimizer.learning_rate
    return step(images, encoder, critic, optimizer)


@wrong("train_step", "optimizer_changed", ["`clipnorm`"])
def clipped(images, encoder, critic, optimizer):
    optimizer.clipnorm = 1.0
    return step(images, encoder, critic, optimizer)


@wrong("train_step", "optimizer_of_its_own", ["has made no step"])
def rmsprop(images, encoder, critic, optimizer):
    return step(images, encoder, critic, keras.optimizers.Adam(3e-3))


@wrong("train_step", "plain_descent", ["straight down the gradient"])
def by_hand(images, encoder, critic, optimizer):
    with tf.GradientTape() as tape:
        loss = -local_jsd(critic(*encoder(images, training=True)))
    variables = encoder.trainable_variables + critic.trainable_variables
    for variable, gradient in zip(variables, tape.gradient(loss, variables)):
        variable.assign_sub(optimizer.learning_rate * gradient)
    return loss


@wrong("train_step", "numpy_inside", ["`.numpy()` takes"], ["GradientTape"])
def outputs_in_numpy(*args):
    return step(*args, way=lambda outputs: [output.numpy() for output in outputs])


@wrong("train_step", "encoder_detached", ["`tf.stop_gradient` stands"], ["GradientTape"])
def outputs_stopped(*args):
    return step(*args, way=lambda outputs: [keras.ops.stop_gradient(one) for one in outputs])


@wrong("train_step", "seed_set", ["seeds"])
def seeded_step(*args):
    tf.random.set_seed(0)
    return step(*args)


@wrong("train_step", None, ["inside `tf.function`", "no attribute 'numpy'"])
def takes_a_number(*args):
    loss = step(*args)
    return loss if loss.numpy() < 9 else loss


@wrong("train_step", None, ["Keras' own `fit`", "`print(float(loss))`", "`tf.cast`"])
def prints_a_float(*args):  # AutoGraph has its own `float`, but `fit` does without AutoGraph
    loss = step(*args)
    print(float(loss))
    return loss


@wrong("train_step", None, ["Keras' own `fit`", "has no `len` of its own"])
def scales_by_a_length(images, *others):
    return step(images / len(images) * images.shape[0], *others)


@right("critic_step")  # which no lesson trains by `fit`
def measures_a_length(critic, optimizer, x, y):
    return up(lambda o, g, v: o.apply(g, v))(critic, optimizer, x[: len(x)], y)


@right("train_step")
def in_another_order(images, encoder, critic, optimizer):
    return step(tf.random.shuffle(images), encoder, critic, optimizer)


@right("train_step")
def two_tapes(images, encoder, critic, optimizer):
    with tf.GradientTape() as one, tf.GradientTape() as other:
        loss = -local_jsd(critic(*encoder(images, training=True)))
    ours, theirs = encoder.trainable_variables, critic.trainable_variables
    gradients = one.gradient(loss, ours) + other.gradient(loss, theirs)
    optimizer.apply_gradients(zip(gradients, ours + theirs))
    return loss


# ---------------------------------------------------------------- critic_step


def up(hand_over):
    """A step of the critic whose optimizer is handed its gradients by `hand_over(optimizer,
    gradients, variables)`."""

    def critic_step(critic, optimizer, x, y):
        with tf.GradientTape() as tape:
            loss = -infonce_bound(critic(x, y))
        variables = critic.trainable_variables
        hand_over(optimizer, tape.gradient(loss, variables), variables)
        return -loss

    return critic_step


WRONG += [
    ("critic_step", up(hand_over), mistake, [words], [])
    for hand_over, mistake, words in [
        (lambda o, g, v: o.apply_gradients([(g, v)]), "lists_for_pairs", "of all gradients and"),
        (lambda o, g, v: o.apply_gradients([g, v]), "lists_for_pairs", "of all gradients and"),
        (lambda o, g, v: o.apply([g], [v]), "lists_for_pairs", "of all gradients and"),
        (
            lambda o, g, v: o.apply_gradients(zip(v, g)),
            "pairs_turned_round",
            "gradient comes first",
        ),
        (lambda o, g, v: o.apply_gradients(g), None, "another number of parts"),
        (lambda o, g, v: o.no_such_method(g, v), None, "no attribute 'no_such_method'"),
    ]
]


@right("critic_step")
def pairs_as_lists(*args):
    return up(lambda o, g, v: o.apply_gradients([[a, b] for a, b in zip(g, v)]))(*args)


# ---------------------------------------------------------------- dim_step


def of_codes(real, fake):
    return prior_loss(fake)


def whole_step(images, prior, encoder, critic, discriminator, optimizer, other_optimizer,
               beta, gamma, way=tf.sigmoid, term=of_codes, also=()):  # fmt: skip
    """also: who else is in the first optimizer's list."""
    with tf.GradientTape(persistent=True) as tape:
        feature_map, code = encoder(images, training=True)
        fake, real = discriminator(way(code)), discriminator(prior)
        bound = local_infonce(critic(feature_map, code))
        loss, other = gamma * term(real, fake) - beta * bound, discriminator_loss(real, fake)
    models = encoder, critic, *(discriminator for _ in also)
    ours = [variable for model in models for variable in model.trainable_variables]
    optimizer.apply(tape.gradient(loss, ours), ours)
    theirs = discriminator.trainable_variables
    other_optimizer.apply(tape.gradient(other, theirs), theirs)
    return loss, other


@wrong("dim_step", "prior_detached", ["No gradient of the prior"], ["added"])
def code_stopped_for_both(*args):
    return whole_step(*args, way=lambda code: tf.sigmoid(tf.stop_gradient(code)))


@wrong("dim_step", "moved_by_both_losses", ["moved twice"])
def discriminator_listed_with_the_others(*args):
    return whole_step(*args, also=["discriminator"])


@wrong("dim_step", "turned_round", ["hardly any gradient"])
def minus_the_discriminators_loss(*args):
    return whole_step(*args, term=lambda real, fake: -discriminator_loss(real, fake))


@wrong("dim_step", None, ["Keras' own `fit`", "has no `len` of its own"])
def prior_cut_to_a_length(images, prior, *others):
    return whole_step(images, prior[: len(prior)], *others)


@wrong("dim_step", "one_loss_returned", ["returned a single tensor"], ["IndexError", "NoneType"])
def one_tensor(*args):
    return whole_step(*args)[0]


@right("dim_step")
def one_step_of_all(*args):
    return whole_step(*args)


# ---------------------------------------------------------------- prior_gradients


def game(encoder, discriminator, images, prior, squash=tf.sigmoid, fool=lambda real, fake: fake):
    with tf.GradientTape(persistent=True) as tape:
        fake, real = discriminator(squash(encoder(images)[1])), discriminator(prior)
        losses = prior_loss(fool(real, fake)), discriminator_loss(real, fake)
    both = zip(losses, (encoder, discriminator))
    return tuple(tape.gradient(loss, model.trainable_variables) for loss, model in both)


@wrong("prior_gradients", "numpy_inside", ["NumPy function"], ["stop_gradient"])
def numpy_sigmoid(*args):
    return game(*args, squash=lambda code: 1 / (1 + np.exp(-code)))


@wrong("prior_gradients", "numpy_inside", ["`.numpy()` takes"], ["stop_gradient"])
def code_in_numpy(*args):
    return game(*args, squash=lambda code: tf.sigmoid(code.numpy()))


@wrong("prior_gradients", "numpy_inside", ["`predict` gives"], ["stop_gradient"])
def predicted(encoder, discriminator, images, prior):
    class Predicting:
        trainable_variables = encoder.trainable_variables

        def __call__(self, images):
            return encoder.predict(images, verbose=0)

    return game(Predicting(), discriminator, images, prior)


@wrong("prior_gradients", "encoder_outside_the_tape", ["not recorded"], ["stop_gradient"])
def loss_behind_the_tape(encoder, discriminator, images, prior):
    with tf.GradientTape(persistent=True) as tape:
        fake, real = discriminator(tf.sigmoid(encoder(images)[1])), discriminator(prior)
        loss = discriminator_loss(real, fake)
    first = tape.gradient(prior_loss(fake), encoder.trainable_variables)
    return first, tape.gradient(loss, discriminator.trainable_variables)


@wrong("prior_gradients", "wrong_logits", ["does not depend"], ["stop_gradient"])
def logits_of_the_prior(*args):
    return game(*args, fool=lambda real, fake: real)


@wrong("prior_gradients", None, ["does not depend on them by any operation"], ["stop_gradient"])
def rounded(*args):
    return game(*args, squash=lambda code: tf.round(tf.sigmoid(code)))


@wrong("prior_gradients", None, ["None for 4 of 4"], ["stop_gradient", "stands outside"])
def none_at_all(*args):
    return [None] * 4, game(*args)[1]


@wrong("prior_gradients", "encoder_detached", ["without it the gradient arrives"])
def stopped(*args):
    return game(*args, squash=lambda code: keras.ops.stop_gradient(tf.sigmoid(code)))


@wrong("prior_gradients", "seed_set", ["TensorFlow"])
def seeded_game(*args):
    tf.random.set_seed(3)
    return game(*args)


@wrong("prior_gradients", "model_switched_off", ["trainable"], ["running mean"])
def switched_off(encoder, discriminator, images, prior):
    both = game(encoder, discriminator, images, prior)
    encoder.trainable = False
    return both


@right("prior_gradients")
def switched_and_back(encoder, discriminator, images, prior):
    discriminator.trainable = False
    first = game(encoder, discriminator, images, prior)[0]
    discriminator.trainable = True
    return first, game(encoder, discriminator, images, prior)[1]


@right("prior_gradients")
def draws(*args):
    np.random.rand()
    return game(*args)


# ---------------------------------------------------------------- frozen_classifier


@wrong("frozen_classifier", "encoder_not_used", ["no weight of the encoder"], ["copy", "fresh"])
def written_anew(encoder, num_classes):
    images = keras.Input(encoder.input_shape[1:])
    x = layers.Flatten()(layers.Conv2D(4, 4, 2, trainable=False)(images))
    x = layers.Dense(64, "relu")(layers.Dense(3, trainable=False)(x))
    return keras.Model(images, layers.Dense(num_classes)(layers.Dense(64, "relu")(x)))


@wrong("frozen_classifier", "without_relu", [], ["no weight of the encoder"])
def copied_without_relu(encoder, num_classes):
    copy = keras.models.clone_model(encoder)
    copy.set_weights(encoder.get_weights())
    return classifier(copy, num_classes, activation=None)


@wrong("frozen_classifier", "encoder_reset", ["not what they were"], ["Calling your model"])
def moves_the_averages(encoder, num_classes):
    encoder(np.ones((4, 8, 8, 1), "float32"), training=True)
    return classifier(encoder, num_classes)


@wrong("frozen_classifier", None, ["not all have a gradient"], ["have the shapes"])
def idle_layer(encoder, num_classes):
    encoder.trainable = False
    images = keras.Input(encoder.input_shape[1:])
    x = layers.Dense(64, "relu")(layers.Dense(64, "relu")(encoder(images)[1]))
    return keras.Model(images, layers.Dense(num_classes)(keras.ops.stop_gradient(x)))


@wrong("frozen_classifier", "seed_set", ["NumPy"])
def seeded_head(encoder, num_classes):
    np.random.seed(0)
    return frozen_classifier(encoder, num_classes)


@right("frozen_classifier")
def in_a_row(encoder, num_classes):
    encoder.trainable = False
    to_code = keras.Model(encoder.input, encoder.outputs[1])
    head = [layers.Dense(64, "relu"), layers.Dense(64, "relu"), layers.Dense(num_classes)]
    return keras.Sequential([keras.Input(encoder.input_shape[1:]), to_code, *head])


# ---------------------------------------------------------------- what the checks say


def told(exercise, function):
    return f"{exercise}: {getattr(function, '__name__', function)}"


@pytest.mark.parametrize(
    "exercise, function, mistake, says, silent", WRONG, ids=[told(*case[:2]) for case in WRONG]
)
def test_wrong_answers_hear_what_is_so(exercise, function, mistake, says, silent):
    feedback = getattr(check, exercise)(function)
    named = f"{exercise}.{mistake}" if mistake else None
    assert (feedback.status, feedback.mistake) == ("incorrect", named), feedback
    for words in says:
        assert words in feedback.message, feedback
    for words in silent:
        assert words not in feedback.message, feedback


@pytest.mark.parametrize("exercise, function", RIGHT, ids=[told(*case) for case in RIGHT])
def test_right_answers_are_right(exercise, function):
    feedback = getattr(check, exercise)(function)
    assert feedback.status == "correct", feedback
