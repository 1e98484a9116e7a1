"""The Keras side of Deep InfoMax: what a model around an encoder is fed, and how it is saved.

Nothing here knows of an objective. Keras' own methods are there under their names; each says what
it does beside that.
"""

from dimlearn.deep_infomax import feeding
from dimlearn.files import saved_whole
from dimlearn.startup import keras

serialize = keras.saving.serialize_keras_object


class ImageModel(keras.Model):
    """A Keras model around an `encoder` of images; calling it on images gives their codes.

    It has `settings`, the arguments of its class by name but for the encoder, and may have a
    `discriminator_optimizer` beside the optimizer that Keras knows.
    """

    def __call__(self, images, *args, **kwargs):
        return super().__call__(feeding.image_tensor(self.encoder, images), *args, **kwargs)

    def call(self, images, training=False):
        return self.encoder(images, training=training)[1]

    def fit(self, x=None, y=None, batch_size=None, epochs=1, **kwargs):
        """As `keras.Model.fit`, on images alone: labels that come with them are left out.

        `x`, `validation_data`: images `[N, H, W, channels]`, uint8 or floats in [0, 1], or batches
        of them from a `tf.data.Dataset`, a generator or a `keras.utils.PyDataset`. `batch_size`: of
        arrays, 128 unless given. Of an array, every epoch drops the N mod `batch_size` images that
        fill no batch, others each time: a small batch has other bounds than a large one.
        """
        feed = feeding.for_fit(self.encoder, x, y, batch_size, **kwargs)
        return feeding.told(super().fit, epochs=epochs, **feed)

    def evaluate(self, x=None, y=None, batch_size=None, **kwargs):
        """The mean of each term over images, as `fit` has them, without training."""
        images = feeding.batches(self.encoder, x, batch_size, y=y)
        return feeding.told(super().evaluate, images, **kwargs)

    def predict(self, x, *args, **kwargs):
        """The codes `[N, D]` of images as `fit` has them."""
        return feeding.told(super().predict, feeding.images_in(self.encoder, x), *args, **kwargs)

    # ------------------------------------------------------------ saving

    def save(self, filepath, overwrite=True, **kwargs):
        """As `keras.Model.save`, but a file gives way only to one that is whole."""
        with saved_whole(filepath, ".keras", overwrite) as place:
            super().save(place, overwrite, **kwargs)

    def save_weights(self, filepath, overwrite=True, max_shard_size=None):
        """As `keras.Model.save_weights`, but a file gives way only to one that is whole."""
        with saved_whole(filepath, ".weights.h5", overwrite and not max_shard_size) as place:
            super().save_weights(place, overwrite, max_shard_size)

    def export(self, filepath, format="tf_saved_model", verbose=None, input_signature=None, **kw):
        """As `keras.Model.export`: what is exported gives the codes of floats in [0, 1]."""
        (images,) = self.encoder.inputs
        signature = input_signature or [keras.InputSpec(images.dtype, images.shape)]
        super().export(filepath, format, verbose, signature, **kw)

    def get_config(self):
        config = {**super().get_config(), **self.settings, "encoder": self.encoder}
        return {key: serialize(value) for key, value in config.items()}

    @classmethod
    def from_config(cls, config):
        return cls(**{k: keras.saving.deserialize_keras_object(v) for k, v in config.items()})

    def get_compile_config(self):
        config = super().get_compile_config()  # empty for a model that was never compiled
        other = getattr(self, "discriminator_optimizer", None)
        if config and other:
            config["discriminator_optimizer"] = serialize(other)
        return config

    def compile_from_config(self, config):
        self.compile(**{k: keras.saving.deserialize_keras_object(v) for k, v in config.items()})
