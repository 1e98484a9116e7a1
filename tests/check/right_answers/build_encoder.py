"""Right answers to `build_encoder`."""

from dimlearn.startup import keras

layers = keras.layers


def functional_subclass(input_shape, code_dim):
    class Encoder(keras.Model):
        def __init__(self):
            images = keras.Input(input_shape)
            feature_map = layers.Conv2D(8, 3, 2, activation="relu", padding="same")(images)
            hidden = layers.Dense(code_dim, activation="relu")(layers.Flatten()(feature_map))
            super().__init__(images, (feature_map, layers.Dense(code_dim, "linear")(hidden)))

    return Encoder()


def head_in_a_model(shape, d, width=6):
    to_code = keras.Sequential([layers.GlobalAveragePooling2D(), layers.Dense(d, use_bias=False)])
    images = keras.Input(shape)
    x = layers.Conv2D(width, 3, activation="relu")(images)
    feature_map = layers.MaxPooling2D(2)(x)
    return keras.Model([images], [feature_map, to_code(feature_map)])


def convolutions_behind(input_shape, code_dim):
    images = layers.Input(shape=input_shape)
    feature_map = layers.SeparableConv2D(5, 3, strides=2, padding="same")(images)
    x = layers.Conv2D(4, 2, activation="relu")(layers.LeakyReLU()(feature_map))
    x = layers.Dropout(0.1)(layers.Flatten()(x))
    return keras.Model(inputs=images, outputs=(feature_map, layers.Dense(code_dim)(x)))
