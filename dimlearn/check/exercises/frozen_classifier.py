"""A classifier behind a frozen encoder."""

import numpy as np

from dimlearn.check import models
from dimlearn.check.answers import describe
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault, same, side_effect_fault
from dimlearn.evaluation import probes as evaluation
from dimlearn.startup import keras, tf

layers = keras.layers


exercise = Exercise(
    meaning="""A `keras.Model` from images to logits: the encoder's code, two `Dense(64)` with ReLU,
    a linear `Dense(num_classes)`. Only these 6 variables train; the encoder, its batch
    normalisation included, does not move.""",
    reference=evaluation.frozen_classifier,
    may_draw=("Python", "Keras"),
    hints="""What must not move: the encoder's weights, which an optimizer trains, and the
    statistics of its batch normalisation, which move by themselves in training. Which property of a
    model stops both?

    `encoder.trainable = False`. (Calling it with `training=False` freezes nothing: the outer
    model's flag is passed on.) Which of the encoder's outputs is the code?

    `_, code = encoder(images, training=False)` on `images = keras.Input(encoder.input_shape[1:])`,
    then the three dense layers and `keras.Model(images, logits)`.""",
)


@exercise.solution("""
    `trainable = False` takes the encoder's variables out of those that an optimizer moves, and
    in Keras it also keeps batch normalisation from updating its statistics, which no optimizer
    touches. `training=False` inside says what is meant, but does not freeze anything: a
    classifier that is called with `training=True` passes that on to the encoder. The logits are
    linear, for a loss with `from_logits=True`.
""")
def frozen_classifier(encoder, num_classes):
    """A keras.Model from images to logits [N, num_classes] behind a frozen encoder."""
    encoder.trainable = False
    images = keras.Input(encoder.input_shape[1:])
    _, code = encoder(images, training=False)
    x = keras.layers.Dense(64, activation="relu")(code)
    x = keras.layers.Dense(64, activation="relu")(x)
    return keras.Model(images, keras.layers.Dense(num_classes)(x))


def head(code, num_classes, units=(64, 64), activation="relu", last=None):
    for count in units:
        code = layers.Dense(count, activation=activation)(code)
    return layers.Dense(num_classes, activation=last)(code)


def classifier(encoder, num_classes, trainable=False, training=False, output=1, **kwargs):
    """The solution with parts exchanged, for the wrong answers below."""
    encoder.trainable = trainable
    images = keras.Input(encoder.input_shape[1:])
    x = encoder(images, training=training)[output]
    if output == 0:
        x = layers.Flatten()(x)
    return keras.Model(images, head(x, num_classes, **kwargs))


@exercise.mistake("""The encoder is not frozen: its variables are among those that train. What
    is measured then is fine-tuning, not the code: `encoder.trainable = False`. Calling it with
    `training=False` does not freeze it.""")
def not_frozen(encoder, num_classes):
    return classifier(encoder, num_classes, trainable=True)


@exercise.mistake("""The head is frozen too: nothing in your model would learn. Only the encoder
    has to stay still: `encoder.trainable = False`, not the whole model's.""")
def head_frozen_too(encoder, num_classes):
    model = classifier(encoder, num_classes)
    model.trainable = False
    return model


@exercise.mistake(
    """The encoder's batch normalisation moves when the classifier is trained, although its
    weights are frozen: that layer is still trainable. Freeze the encoder as a whole:
    `encoder.trainable = False`."""
)
def statistics_move(encoder, num_classes):
    for layer in encoder.layers:
        if not isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
        else:
            layer.gamma.trainable = layer.beta.trainable = False
    images = keras.Input(encoder.input_shape[1:])
    return keras.Model(images, head(encoder(images, training=True)[1], num_classes))


@exercise.mistake("""The head sits on the feature map. Asked is a classifier on the code, the
    second output.""")
def on_the_feature_map(encoder, num_classes):
    return classifier(encoder, num_classes, output=0)


@exercise.mistake("""The last layer has a softmax. The model returns logits, for a loss with
    `from_logits=True`; a second softmax in the loss would flatten the gradient.""")
def softmax_at_the_end(encoder, num_classes):
    return classifier(encoder, num_classes, last="softmax")


@exercise.mistake("""The last layer has a ReLU: no logit is ever negative. It is linear.""")
def relu_at_the_end(encoder, num_classes):
    return classifier(encoder, num_classes, last="relu")


@exercise.mistake("""The hidden layers have no activation: three linear layers are one linear
    layer. They are ReLU units.""")
def without_relu(encoder, num_classes):
    return classifier(encoder, num_classes, activation=None)


@exercise.mistake("""There is one hidden layer. Asked are two of 64 units.""")
def one_hidden_layer(encoder, num_classes):
    return classifier(encoder, num_classes, units=(64,))


@exercise.mistake("""There is no hidden layer: that is the linear probe. Asked are two of 64
    units.""")
def no_hidden_layer(encoder, num_classes):
    return classifier(encoder, num_classes, units=())


@exercise.mistake("""The hidden layers have another number of units than 64.""")
def other_width(encoder, num_classes):
    return classifier(encoder, num_classes, units=(128, 128))


@exercise.mistake("""`num_classes` is not used: your model always has ten logits.""")
def always_ten_classes(encoder, num_classes):
    return classifier(encoder, 10)


@exercise.mistake("""The model starts from codes, not from images: the encoder is not in it.""")
def starts_from_codes(encoder, num_classes):
    encoder.trainable = False
    codes = keras.Input(encoder.output_shape[1][1:])
    return keras.Model(codes, head(codes, num_classes))


@exercise.mistake("""The encoder is not the one that was given, but a copy with fresh weights:
    what it has learnt is lost. Use the encoder itself.""")
def fresh_copy(encoder, num_classes):
    copy = keras.models.clone_model(encoder)
    return classifier(copy, num_classes)


@exercise.mistake("""The hidden layers are tanh units. Asked are ReLU units.""")
def tanh_units(encoder, num_classes):
    return classifier(encoder, num_classes, activation="tanh")


@exercise.property("logits behind a frozen encoder")
def frozen(call):
    encoder = models.for_trial(call, models.encoder, True, models.CODE_DIM, 5)
    for layer in encoder.layers:
        layer.trainable = True
    weights, images = models.values(encoder.weights), models.images(7, 4)
    outputs_before = models.values(encoder(images, training=False))
    model = call(encoder, 5)
    if call.side_effect:
        return side_effect_fault(call.side_effect, exercise.parameters)
    if not isinstance(model, keras.Model):
        text = f"Your function returned {describe(model)}; expected a `keras.Model`."
        return Fault("no model", text, describe(model))
    try:
        logits = np.asarray(model(images, training=False))
    except Exception as error:  # a model that cannot take images
        text = f"Your model does not take images: calling it raised {type(error).__name__}."
        return Fault("call", text, type(error).__name__)
    if logits.shape != (7, 5):
        text = (
            f"For 7 images and 5 classes your model returned the shape {list(logits.shape)}; "
            f"expected [7, 5]."
        )
        return Fault("shape", text, str(logits.shape))
    trained = len(model.trainable_variables)
    with tf.GradientTape() as tape:
        tape.watch([v.value for v in encoder.weights])
        loss = tf.reduce_sum(model(images, training=True) ** 2)
    head = in_order(
        [v for v in model.trainable_variables if all(v is not w for w in encoder.weights)]
    )
    own = tape.gradient(loss, [v.value for v in head]) if head else []
    moved = not same(models.values(encoder.weights), weights)
    if trained > len(head):
        text = (
            f"{trained} variables of your model are trainable; expected 6, those of the head. "
            f"{trained - len(head)} of them are the encoder's."
        )
        return Fault("trainable", text, str(moved))
    if moved:
        text = (
            "Calling your model with `training=True` moved the statistics of the encoder's batch "
            "normalisation; expected the encoder to stay as it is."
        )
        return Fault("statistics", text, "")
    if not trained:
        text = "No variable of your model is trainable; expected 6, those of the head."
        return Fault("nothing trains", text, "")
    widths = [tuple(v.shape) for v in head]
    if any(g is None for g in own) or trained != 6 or widths != right_widths():
        text = (
            f"The trainable variables of your model have the shapes {list(map(list, widths))}; "
            f"expected "
            f"{list(map(list, right_widths()))}: two hidden layers of 64 units and the logits, "
            f"on the code."
        )
        return Fault("head", text, str(widths))
    return head_faults(model, encoder, head, images) or still_a_pair(
        encoder, images, outputs_before
    )


def in_order(head):
    """Kernels, each with its bias, from the code to the logits, however a model declares them."""
    kernels = [shape for shape in right_widths() if len(shape) == 2]
    pairs = [head[place : place + 2] for place in range(0, len(head), 2)]
    if all(tuple(pair[0].shape) in kernels for pair in pairs):
        pairs.sort(key=lambda pair: kernels.index(tuple(pair[0].shape)))
    return [variable for pair in pairs for variable in pair]


def right_widths():
    return [(models.CODE_DIM, 64), (64,), (64, 64), (64,), (64, 5), (5,)]


def head_faults(model, encoder, head, images):
    """The logits held against ReLU, ReLU, linear on the code, with weights of our own."""
    rng = np.random.default_rng(0)
    for variable in head:
        variable.assign(rng.normal(size=variable.shape) * 0.4)
    w1, b1, w2, b2, w3, b3 = models.values(head)
    code = np.asarray(encoder(images, training=False)[1])
    hidden = np.maximum(np.maximum(code @ w1 + b1, 0) @ w2 + b2, 0)
    right = hidden @ w3 + b3
    for training in (False, True):
        seen = np.asarray(model(images, training=training))
        if not np.allclose(seen, right, rtol=1e-3, atol=1e-3):
            text = (
                f"With known weights in its head and `training={training}` your model returned "
                f"{seen[0, 0]:.4g} as the first logit; expected {right[0, 0]:.4g}: ReLU, ReLU, "
                f"linear, on "
                "the encoder's code."
            )
            kind = "fresh" if not uses(model, encoder) else "logits"
            return Fault("logits", text, (kind, seen) if kind == "logits" else kind)
    return None


def uses(model, encoder):
    """Whether the model holds the encoder's own weights."""
    return any(v is w for v in model.weights for w in encoder.weights)


def still_a_pair(encoder, images, before):
    outputs = encoder(images, training=False)
    if not isinstance(outputs, (tuple, list)) or not same(models.values(outputs), before):
        return Fault("encoder", "The encoder does not give its pair of outputs any more.", "")
    return None
