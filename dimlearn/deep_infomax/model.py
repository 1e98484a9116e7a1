"""Deep InfoMax as a Keras model: the weighted loss and its training step. Lesson 7.

    encoder = build_encoder((28, 28, 1), code_dim=64)
    model = DeepInfoMax(encoder, alpha=0, beta=1, gamma=0.1)
    model.compile("adam")
    history = model.fit(images, epochs=10, batch_size=128)
    feature_maps, codes = encoder.predict(other_images)

Each model owns its step, its critics and its optimizers: any number of them can be trained in one
process, in any order.
"""

import math

from dimlearn.data.batches import full_batches
from dimlearn.data.images import check_images
from dimlearn.deep_infomax.critics import CRITICS
from dimlearn.deep_infomax.objectives import (
    across_views,
    dim_loss,
    find_bounds,
    global_objective,
    local_objective,
    mean_over_pairs,
)
from dimlearn.deep_infomax.optimizer import FusedAdam, find_optimizer
from dimlearn.deep_infomax.prior import (
    PRIORS,
    build_discriminator,
    discriminator_loss,
    prior_loss,
    prior_samples,
    squash,
)
from dimlearn.deep_infomax.views import find_views, two_views
from dimlearn.errors import InputError
from dimlearn.startup import keras, tf

NEGATIVES = ("all", "one")
DISCRIMINATOR_RATE = 3e-5  # of Adam


@keras.saving.register_keras_serializable("dimlearn")
class DeepInfoMax(keras.Model):
    """Trains an encoder without labels by the loss (DIM Eq. 8, a loss to be minimised)

        -alpha * global_bound - beta * local_bound + gamma * prior_loss.

    A term with weight 0 is left out: it has no critic and costs nothing.

    Arguments:
        encoder: a model from images to `(feature_map [N, M, M', C], code [N, D])`.
        alpha, beta, gamma: the weights, finite and not negative, not all 0. The paper's DIM(G)
            is (1, 0, 1), its DIM(L) is (0, 1, 0.1).
        bound: "jsd", "dv", "nwj", "infonce" or "infonce_codes" (a name of `bounds.BOUNDS`); or a
            function of a score matrix `[N, N]`. For the local objective a function is averaged
            over the locations (DIM Eq. 6), unless `local_bound`, a function of scores
            `[N, N, L]`, is given too.
        critic: "dot" or "concat"; `units`: its width (128 for "dot", 512 for "concat").
        negatives: "all" pairs of the batch, or "one" mismatched code for each image; functions
            then take positive and negative scores.
        prior: "uniform" (on the sigmoid of the code) or "gaussian" (on the code).
        views: None, or what makes a random picture of each image: "handwriting", "photographs"
            (`views.py`), a layer or a function of images. The code of one picture is then scored
            with the map of another picture of the same image, both ways (AMDIM, Bachman et al.
            2019). An epoch costs about twice as much: the encoder sees both.
        seed: of the prior's samples and of named views.

    Calling the model on images gives the codes. The history holds the mean of each term over the
    epoch in nats: `global_bound`, `local_bound`, `prior_loss`, `discriminator_loss` and their
    weighted `loss`. Only DV, NWJ and InfoNCE values are estimates of mutual information.

    Raises `InputError` for settings outside these.
    """

    def __init__(
        self,
        encoder,
        alpha=0.0,
        beta=1.0,
        gamma=0.0,
        bound="jsd",
        local_bound=None,
        critic="dot",
        units=None,
        negatives="all",
        prior="uniform",
        views=None,
        seed=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_weights(alpha, beta, gamma)
        check_choice("critic", critic, CRITICS)
        check_choice("negatives", negatives, NEGATIVES)
        check_choice("prior", prior, PRIORS)
        if len(encoder.outputs) != 2 or len(encoder.outputs[0].shape) != 4:
            raise InputError("the encoder must give a pair: feature map [N, M, M', C], code [N, D]")
        self.settings = {
            "alpha": alpha,
            "beta": beta,
            "gamma": gamma,
            "bound": bound,
            "local_bound": local_bound,
            "critic": critic,
            "units": units,
            "negatives": negatives,
            "prior": prior,
            "views": views,
            "seed": seed,
        }
        self.encoder = encoder
        self.alpha, self.beta, self.gamma = float(alpha), float(beta), float(gamma)
        self.negatives, self.prior, self.seed = negatives, prior, seed
        self.views = find_views(views, seed)
        self.bound, self.local_bound = find_bounds(bound, local_bound, negatives)
        self.add_networks(CRITICS[critic], {"units": units} if units else {})
        self.trackers = {name: keras.metrics.Mean(name) for name in self.term_names()}
        self.built = True

    def add_networks(self, new_critic, settings):
        """The critics and the discriminator of the terms that have a weight."""
        feature_map, code = self.encoder.outputs
        _, rows, columns, channels = feature_map.shape
        if self.alpha:
            self.global_critic = new_critic(**settings, name="global_critic")
            self.global_critic.build((None, 1, rows * columns * channels), code.shape)
        if self.beta:
            self.local_critic = new_critic(**settings, name="local_critic")
            self.local_critic.build((None, rows * columns, channels), code.shape)
        if self.gamma:
            self.discriminator = build_discriminator(code.shape[-1])
            self.draws = self.add_weight((), "zeros", "int32", trainable=False, name="draws")

    def term_names(self):
        names = ["loss"]
        names += ["global_bound"] if self.alpha else []
        names += ["local_bound"] if self.beta else []
        names += ["prior_loss", "discriminator_loss"] if self.gamma else []
        return names

    def call(self, images, training=False):
        return self.encoder(images, training=training)[1]

    # ------------------------------------------------------------ the objective and the step

    def pictures(self, images):
        """What the encoder sees of images: themselves, or two random pictures of each."""
        return images if self.views is None else two_views(self.views, images)

    def terms(self, feature_map, code):
        """The loss and the terms with a weight, as a dictionary of scalars in nats."""
        terms, pairs = {}, [(feature_map, code)]
        if self.views is not None:
            pairs = across_views(feature_map, code)
        if self.alpha:
            terms["global_bound"] = mean_over_pairs(
                global_objective, self.global_critic, self.bound, pairs, self.negatives
            )
        if self.beta:
            terms["local_bound"] = mean_over_pairs(
                local_objective, self.local_critic, self.local_bound, pairs, self.negatives
            )
        if self.gamma:
            terms["prior_loss"] = prior_loss(self.discriminator(squash(code, self.prior)))
        values = [terms.get(name, 0.0) for name in ("global_bound", "local_bound", "prior_loss")]
        return {"loss": dim_loss(*values, self.alpha, self.beta, self.gamma), **terms}

    def discriminator_loss(self, code):
        """The other side of the game, on codes without a way back to the encoder."""
        code = tf.stop_gradient(squash(code, self.prior))
        samples = prior_samples(tf.shape(code), self.prior, (self.seed, self.draws.value))
        return discriminator_loss(self.discriminator(samples), self.discriminator(code))

    def train_step(self, images):
        check_batch(images)
        with tf.GradientTape() as tape:
            feature_map, code = self.encoder(self.pictures(images), training=True)
            terms = self.terms(feature_map, code)
        variables = self.cooperating_variables()
        # Taken before the discriminator moves, applied with it held still: each player's
        # gradient is of its own loss, with respect to its own variables.
        gradients = tape.gradient(terms["loss"], variables)
        if self.gamma:
            self.draws.assign_add(1)
            with tf.GradientTape() as tape:
                terms["discriminator_loss"] = self.discriminator_loss(code)
            weights = self.discriminator.trainable_variables
            self.discriminator_optimizer.apply(
                tape.gradient(terms["discriminator_loss"], weights), weights
            )
        self.optimizer.apply(gradients, variables)
        return self.report(terms)

    def test_step(self, images):
        check_batch(images)
        feature_map, code = self.encoder(self.pictures(images), training=False)
        terms = self.terms(feature_map, code)
        if self.gamma:
            terms["discriminator_loss"] = self.discriminator_loss(code)
        return self.report(terms)

    def report(self, terms):
        for name, value in terms.items():
            self.trackers[name].update_state(value)
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def cooperating_variables(self):
        """The variables of the encoder and its critics, which maximise the same bounds."""
        variables = list(self.encoder.trainable_variables)
        if self.alpha:
            variables += self.global_critic.trainable_variables
        if self.beta:
            variables += self.local_critic.trainable_variables
        return variables

    @property
    def metrics(self):
        return list(self.trackers.values())

    # ------------------------------------------------------------ fitting

    def compile(self, optimizer="adam", discriminator_optimizer=None, jit_compile=False, **kwargs):
        """As `keras.Model.compile`, without a loss.

        "adam" is `FusedAdam()`: the arithmetic of Keras' Adam in one operation for each variable,
        and a model that nobody names any more is let go. The discriminator has an optimizer of its
        own, `FusedAdam(3e-5)` unless given: the game wants a slow discriminator, whatever the pace
        of the encoder. XLA is off unless asked for: on processors it takes seconds to compile and
        gives slower convolutions.
        """
        super().compile(optimizer=find_optimizer(optimizer), jit_compile=jit_compile, **kwargs)
        self.optimizer.build(self.cooperating_variables())
        if self.gamma:
            self.discriminator_optimizer = find_optimizer(
                discriminator_optimizer or FusedAdam(DISCRIMINATOR_RATE)
            )
            self.discriminator_optimizer.build(self.discriminator.trainable_variables)

    def fit(self, x, batch_size=128, validation_data=None, shuffle=True, **kwargs):
        """As `keras.Model.fit`, on images alone.

        `x`, `validation_data`: images `[N, H, W, channels]` in [0, 1], or a `tf.data.Dataset` of
        batches of them. Of an array, every epoch drops the N mod `batch_size` images that fill
        no batch, others each time: a small batch has other bounds than a large one.
        """
        x = self.batches(x, batch_size, shuffle)
        if validation_data is not None:
            validation_data = self.batches(validation_data, batch_size, False)
        return super().fit(x, validation_data=validation_data, shuffle=False, **kwargs)

    def evaluate(self, x, batch_size=128, **kwargs):
        """The mean of each term over images, as `fit` has them, without training."""
        return super().evaluate(self.batches(x, batch_size, False), **kwargs)

    def batches(self, images, batch_size, shuffle):
        """Batches of images that were checked; a `tf.data.Dataset` is left as it is."""
        if isinstance(images, tf.data.Dataset):
            return images
        images = check_images(images)
        shape, expected = images.shape[1:], self.encoder.input_shape[1:]
        if shape != expected:
            raise InputError(f"the encoder takes images of shape {expected}, but these are {shape}")
        count = len(images)
        if not 2 <= batch_size <= count:
            raise InputError(
                f"""a batch needs at least 2 images, for a negative pair, and at most the {count}
                that there are, but batch_size = {batch_size}"""
            )
        return full_batches(images, batch_size, shuffle)

    # ------------------------------------------------------------ saving

    def get_config(self):
        config = {**super().get_config(), **self.settings, "encoder": self.encoder}
        return {key: keras.saving.serialize_keras_object(value) for key, value in config.items()}

    @classmethod
    def from_config(cls, config):
        return cls(**{k: keras.saving.deserialize_keras_object(v) for k, v in config.items()})

    def get_compile_config(self):
        config = {"optimizer": self.optimizer}
        if self.gamma:
            config["discriminator_optimizer"] = self.discriminator_optimizer
        return {key: keras.saving.serialize_keras_object(value) for key, value in config.items()}

    def compile_from_config(self, config):
        self.compile(**{k: keras.saving.deserialize_keras_object(v) for k, v in config.items()})


def check_weights(alpha, beta, gamma):
    """Raise `InputError` unless the weights are finite, not negative and not all 0."""
    for name, weight in (("alpha", alpha), ("beta", beta), ("gamma", gamma)):
        try:
            good = math.isfinite(weight) and weight >= 0
        except TypeError:
            good = False
        if not good:
            raise InputError(f"{name} must be a finite number, 0 or more, but is {weight!r}")
    if not (alpha or beta or gamma):
        raise InputError("alpha, beta and gamma are all 0: there is nothing to train")


def check_choice(name, value, choices):
    if value not in choices:
        raise InputError(f"{name} must be one of {', '.join(choices)}, but is {value!r}")


def check_batch(images):
    """Negative pairs need a second image: a batch of one would train on NaN."""
    if images.shape[0] is not None and images.shape[0] < 2:
        raise InputError("a batch of one image has no negative pairs: batch at least 2 images")
    tf.debugging.assert_greater(tf.shape(images)[0], 1, "a batch of one has no negative pairs")
