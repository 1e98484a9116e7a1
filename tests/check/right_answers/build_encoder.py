"""Right answers to `build_encoder`."""

from dimlearn.startup import keras

layers = keras.layers


def subclassed(input_shape, code_dim):
    class Encoder(keras.Model):
        def __init__(self):
            super().__init__()
            self.code = layers.Dense(code_dim, activation="linear")
            self.hidden = layers.Dense(code_dim, activation="relu")
            self.convolution = layers.Conv2D(8, 3, 2, activation="relu", padding="same")
            self.flatten = layers.Flatten()

        def call(self, images, training=False):
            feature_map = self.convolution(images)
            return feature_map, self.code(self.hidden(self.flatten(feature_map)))

    return Encoder()


def two_models(shape, d, width=6):
    to_map = keras.Sequential(
        [keras.Input(shape), layers.Conv2D(width, 3, activation="relu"), layers.MaxPooling2D(2)]
    )
    to_code = keras.Sequential([layers.GlobalAveragePooling2D(), layers.Dense(d, use_bias=False)])
    images = keras.Input(shape)
    feature_map = to_map(images)
    return keras.Model(images, [feature_map, to_code(feature_map)])


def convolutions_behind(input_shape, code_dim):
    images = layers.Input(shape=input_shape)
    feature_map = layers.SeparableConv2D(5, 3, strides=2, padding="same")(images)
    x = layers.Conv2D(4, 2, activation="relu")(layers.LeakyReLU()(feature_map))
    x = layers.Dropout(0.1)(layers.Flatten()(x))
    return keras.Model(inputs=images, outputs=(feature_map, layers.Dense(code_dim)(x)))
