"""A classifier behind a frozen encoder."""

from itertools import chain

import numpy as np

from dimlearn.check import models, shared_numbers
from dimlearn.check.answers import bracketed
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault, same
from dimlearn.check.looks import faults_of_a_model
from dimlearn.startup import keras, tf

layers = keras.layers

exercise = Exercise(
    meaning="""A `keras.Model` from images to logits: the encoder's code, two `Dense(64)` with ReLU,
    a linear `Dense(num_classes)`. Only these 6 variables train; the encoder, its batch
    normalisation included, does not move.""",
    hints="""What must not move: the encoder's weights, which an optimizer trains, and the
    statistics of its batch normalisation, which move by themselves in training. Which property of a
    model stops both?

    `encoder.trainable = False`. (Calling it with `training=False` freezes nothing: the outer
    model's flag is passed on.) Which of the encoder's outputs is the code?

    `_, code = encoder(images, training=False)` on `images = keras.Input(encoder.input_shape[1:])`,
    then the three dense layers and `keras.Model(images, logits)`.""",
)

@exercise.solution("""`trainable = False` takes the encoder's variables out of those that an
    optimizer moves, and in Keras it also keeps batch normalisation from updating its statistics,
    which no optimizer touches. `training=False` inside says what is meant, but does not freeze
    anything: a classifier that is called with `training=True` passes that on to the encoder. The
    logits are linear, for a loss with `from_logits=True`.""")
def frozen_classifier(encoder, num_classes):
    """A keras.Model from images to logits [N, num_classes] behind a frozen encoder."""
    encoder.trainable = False
    images = keras.Input(encoder.input_shape[1:])
    _, code = encoder(images, training=False)
    x = keras.layers.Dense(64, activation="relu")(code)
    x = keras.layers.Dense(64, activation="relu")(x)
    return keras.Model(images, keras.layers.Dense(num_classes)(x))

def classifier(encoder, num_classes, output=1, units=(64, 64), activation="relu", last=None):
    """The solution with parts exchanged, for the mistakes below."""
    encoder.trainable = False
    images = keras.Input(encoder.input_shape[1:])
    x = layers.Flatten()(encoder(images, training=False)[output])
    for count in units:
        x = layers.Dense(count, activation)(x)
    return keras.Model(images, layers.Dense(num_classes, last)(x))

@exercise.mistake("""The encoder is not frozen: its variables are among those that train. What is
    measured then is an encoder that goes on learning, not the code. Calling it as
    in use, not as in training, does not freeze it.""")
def not_frozen(encoder, num_classes):
    model = classifier(encoder, num_classes)
    encoder.trainable = True
    return model

@exercise.mistake("""The head is frozen too: nothing in your model would learn. Only the encoder
    has to stay still, not the whole model.""")
def head_frozen_too(encoder, num_classes):
    model = classifier(encoder, num_classes)
    model.trainable = False
    return model

@exercise.mistake("""The encoder's batch normalisation moves when the classifier is trained,
    although its weights are frozen: that layer is still trainable. Freeze the encoder as a
    whole.""")
def statistics_move(encoder, num_classes):
    model = classifier(encoder, num_classes)
    for layer in encoder.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = True
            layer.gamma.trainable = layer.beta.trainable = False
    return model

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
    head = [layers.Dense(64, "relu"), layers.Dense(64, "relu"), layers.Dense(num_classes)]
    return keras.Sequential([keras.Input(encoder.output_shape[1][1:]), *head])

@exercise.mistake("""Your model holds no weight of the encoder that was given. It has layers of the
    same shapes, with other weights: what the encoder has learnt is lost. Use the encoder itself.
""")
def fresh_copy(encoder, num_classes):
    return classifier(keras.models.clone_model(encoder), num_classes)

@exercise.mistake("""Your model holds no weight of the encoder that was given: the head sits on
    something else. It belongs on the code of that encoder.""")
def encoder_not_used(encoder, num_classes):
    images = keras.Input(encoder.input_shape[1:])
    other = layers.Dense(encoder.output_shape[1][-1], trainable=False)
    x = other(layers.Flatten()(images))
    for _ in range(2):
        x = layers.Dense(64, "relu")(x)
    return keras.Model(images, layers.Dense(num_classes)(x))

@exercise.mistake("""Your model has no variables before it is called the first time, so nobody can
    count what trains. Build it from `keras.Input`, or call it once before you return it.""")
def not_built(encoder, num_classes):
    class Classifier(keras.Model):
        def __init__(self):
            super().__init__()
            encoder.trainable = False
            self.encoder = encoder
            self.first, self.second = layers.Dense(64, "relu"), layers.Dense(64, "relu")
            self.logits = layers.Dense(num_classes)

        def call(self, images):
            code = self.encoder(images, training=False)[1]
            return self.logits(self.second(self.first(code)))

    return Classifier()

@exercise.mistake("""Your function changes the weights of the encoder that it was given. What they
    have learnt is what is to be measured: the encoder stays as it is.""")
def encoder_reset(encoder, num_classes):
    for weight in encoder.trainable_variables:
        weight.assign(0 * weight)
    return classifier(encoder, num_classes)

exercise.share(shared_numbers.seed_set, seed_set="""A seed is set inside: everything that draws
    afterwards draws the same numbers, and every classifier starts from the same head. Seeds are set
    outside.""")

@exercise.mistake("""The hidden layers are tanh units. Asked are ReLU units.""")
def tanh_units(encoder, num_classes):
    return classifier(encoder, num_classes, activation="tanh")

@exercise.property("logits behind a frozen encoder")
def frozen(call):
    encoder = models.for_trial(call, models.encoder, True, models.CODE_DIM, 5)
    images = models.images(7, 4)
    weights, outputs = models.values(encoder.weights), models.values(encoder(images))
    model = call(encoder, 5)
    faults = chain(
        faults_of_building(model, encoder, weights),
        faults_of_a_model(model, images, "For 7 images and 5 classes"),
        faults_of_training(model, encoder, images, weights),
        faults_of_the_logits(model, encoder, images),
        faults_of_the_encoder(encoder, images, outputs),
    )
    return next(faults, None)

def faults_of_building(model, encoder, weights):
    """Has it variables that can be counted, and is the encoder as it was?"""
    if isinstance(model, keras.Model) and not model.built:
        text = "Your model has no variables of its own before it is called; expected 6 that train."
        yield Fault("not built", text, "")
    if not same(models.values(encoder.weights), weights):
        text = "The encoder's weights are not what they were; expected your function to keep them."
        yield Fault("weights", text, "")

SHAPES = [(models.CODE_DIM, 64), (64,), (64, 64), (64,), (64, 5), (5,)]

def head_of(model, encoder):
    """The trainable variables that are not the encoder's: each kernel with its bias, from the code
    to the logits, however a model declares them."""
    of_encoder = {id(variable) for variable in encoder.weights}
    head = [v for v in model.trainable_variables if id(v) not in of_encoder]
    pairs = [head[place : place + 2] for place in range(0, len(head), 2)]
    if all(tuple(kernel.shape) in SHAPES for kernel, *_ in pairs):
        pairs.sort(key=lambda pair: SHAPES.index(tuple(pair[0].shape)))
    return [variable for pair in pairs for variable in pair]

def faults_of_training(model, encoder, images, weights):
    """Is the head all that trains, and does the encoder stay as it is?"""
    shape = np.asarray(model(images, training=False)).shape
    if shape != (7, 5):
        text = f"""For 7 images and 5 classes your model returned the shape {list(shape)}; expected
            [7, 5]."""
        yield Fault("shape", text, str(shape))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(images, training=True) ** 2)
    moved = not same(models.values(encoder.weights), weights)
    head, trained = head_of(model, encoder), len(model.trainable_variables)
    if trained > len(head):
        text = f"""{trained} variables of your model are trainable; expected 6, those of the head.
            {trained - len(head)} of them are the encoder's."""
        yield Fault("trainable", text, str(moved))
    if moved:
        text = """Calling your model with `training=True` moved the statistics of the encoder's
            batch normalisation; expected the encoder to stay as it is."""
        yield Fault("statistics", text, "")
    if not trained:
        text = "No variable of your model is trainable; expected 6, those of the head."
        yield Fault("nothing trains", text, "")
    shapes = [tuple(variable.shape) for variable in head]
    if shapes == SHAPES and any(gradient is None for gradient in tape.gradient(loss, head)):
        text = "The 6 trainable variables have the right shapes, but not all have a gradient."
        yield Fault("head", text, "idle")
    if shapes != SHAPES:
        text = f"""The trainable variables of your model have the shapes {list(map(list, shapes))};
            expected {list(map(list, SHAPES))}: two hidden layers of 64 units and the logits, on the
            code."""
        yield Fault("head", text, str(shapes))

def faults_of_the_logits(model, encoder, images):
    """Are they ReLU, ReLU, linear on the code? Seen with known weights in the head."""
    rng, head = np.random.default_rng(0), head_of(model, encoder)
    for variable in head:
        variable.assign(rng.normal(size=variable.shape) * 0.4)
    w1, b1, w2, b2, w3, b3 = models.values(head)
    code = np.asarray(encoder(images, training=False)[1])
    right = np.maximum(np.maximum(code @ w1 + b1, 0) @ w2 + b2, 0) @ w3 + b3
    for training in (False, True):
        seen = np.asarray(model(images, training=training))
        if not np.allclose(seen, right, rtol=1e-3, atol=1e-3):
            row = np.argmax(np.abs(seen - right).max(axis=1))
            text = f"""With known weights in its head and `training={training}` your model returned
                for image {row} the logits {bracketed(seen[row], 4)}; expected
                {bracketed(right[row], 4)}: ReLU, ReLU, linear, on the encoder's code."""
            yield Fault("logits", text, other_encoder(model, encoder, head) or seen)

def other_encoder(model, encoder, head):
    """What stands in the encoder's place, if it is neither the encoder nor a copy of it, or ""."""
    in_head = {id(variable) for variable in head}
    others = [variable for variable in model.weights if id(variable) not in in_head]
    if any(variable is weight for variable in others for weight in encoder.weights):
        return ""
    theirs, ours = models.values(others), models.values(encoder.weights)
    if [value.shape for value in theirs] != [value.shape for value in ours]:
        return "another network"
    return "" if same(theirs, ours) else "fresh"

def faults_of_the_encoder(encoder, images, before):
    """Does it still give its pair of outputs?"""
    outputs = encoder(images, training=False)
    if not isinstance(outputs, (tuple, list)) or not same(models.values(outputs), before):
        yield Fault("encoder", "The encoder does not give its pair of outputs any more.", "")
