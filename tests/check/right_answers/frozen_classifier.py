"""Right answers to `frozen_classifier`."""

from dimlearn.startup import keras

layers = keras.layers


def sequential_head(e, k):
    e.trainable = False
    head = keras.Sequential(
        [layers.Dense(64), layers.ReLU(), layers.Dense(64), layers.ReLU(), layers.Dense(k)]
    )
    images = keras.Input(shape=e.input_shape[1:])
    return keras.Model(inputs=images, outputs=head(e(images, training=False)[-1]))


def subclassed(encoder, num_classes, units=64):
    class Classifier(keras.Model):
        def __init__(self):
            super().__init__()
            encoder.trainable = False
            self.encoder = encoder
            self.logits = layers.Dense(num_classes)
            self.second = layers.Dense(units, "relu")
            self.first = layers.Dense(units, "relu")

        def call(self, images, training=False):
            code = self.encoder(images, training=False)[1]
            return self.logits(self.second(self.first(code)))

    model = Classifier()
    model(keras.Input(encoder.input_shape[1:]))
    return model


def from_outputs(encoder, num_classes):
    for layer in encoder.layers:
        layer.trainable = False
    x = encoder.outputs[1]
    for _ in range(2):
        x = layers.Activation("relu")(layers.Dense(64)(x))
    return keras.Model(encoder.inputs, layers.Dense(num_classes, activation=None)(x))


def copied(encoder, num_classes):
    copy = keras.models.clone_model(encoder)
    copy.set_weights(encoder.get_weights())
    return sequential_head(copy, num_classes)
