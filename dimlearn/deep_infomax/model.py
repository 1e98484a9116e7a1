"""Deep InfoMax as a Keras model: the weighted loss and its training step. Lesson 8.

    encoder = build_encoder((28, 28, 1), code_dim=64)
    model = DeepInfoMax(encoder, alpha=0, beta=1, gamma=0.1)
    model.compile("adam")
    history = model.fit(images, epochs=10, batch_size=128)
    feature_maps, codes = encoder.predict(other_images)

Each model owns its step, critics and optimizers: any number can be trained in one process. Made in
the scope of a strategy of `tf.distribute`, one is trained on several devices (`replicas.py`).
"""

import functools
import operator

from dimlearn.deep_infomax import feeding
from dimlearn.deep_infomax.checks import check_choice, check_encoder, check_weights, whole_number
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
from dimlearn.deep_infomax.precision import precision, scaled_like
from dimlearn.deep_infomax.prior import (
    PRIORS,
    build_discriminator,
    discriminator_loss,
    prior_loss,
    prior_samples,
    squash,
)
from dimlearn.deep_infomax.replicas import gathered, reported, share, views_of_all
from dimlearn.deep_infomax.views import find_views
from dimlearn.files import saved_whole
from dimlearn.startup import keras, tf

serialize = keras.saving.serialize_keras_object
NEGATIVES = ("all", "one")
DISCRIMINATOR_RATE = 3e-5  # of Adam


@keras.saving.register_keras_serializable("dimlearn")
class DeepInfoMax(keras.Model):
    """Trains an encoder without labels by the loss (DIM Eq. 8, a loss to be minimised)

        -alpha * global_bound - beta * local_bound + gamma * prior_loss.

    A term with weight 0 is left out: it has no critic and costs nothing.

    Arguments:
        encoder: a functional model from images to `(feature_map [N, M, M', C], code [N, D])`, of
            `build_encoder` or your own; with `alpha` 0 also one for images of any size.
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
            (`views.py`), a layer or a function of images. The code of one picture is scored with
            the map of another of the same image, both ways (AMDIM, Bachman et al. 2019).
        seed: of the prior's samples and of named views.

    Calling the model on images, uint8 or floats in [0, 1], gives the codes. The history holds the
    mean of each term over the epoch in nats: `global_bound`, `local_bound`, `prior_loss`,
    `discriminator_loss` and their weighted `loss`. Only DV, NWJ and InfoNCE values are estimates
    of mutual information.

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
        alpha, beta, gamma = check_weights(alpha, beta, gamma)
        check_choice("critic", critic, CRITICS)
        check_choice("negatives", negatives, NEGATIVES)
        check_choice("prior", prior, PRIORS)
        check_encoder(encoder, whole_map=alpha > 0)
        units, seed = whole_number("units", units) if units else None, operator.index(seed)
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
        self.alpha, self.beta, self.gamma = alpha, beta, gamma
        self.negatives, self.prior, self.seed = negatives, prior, seed
        self.views = find_views(views, seed)
        self.bound, self.local_bound = find_bounds(bound, local_bound, negatives)
        with precision(self.dtype_policy):
            self.add_networks(CRITICS[critic], {"units": units} if units else {})
        self.trackers = {name: keras.metrics.Mean(name) for name in self.term_names()}
        self.built = True

    def add_networks(self, new_critic, settings):
        """The critics and the discriminator of the terms that have a weight."""
        feature_map, code = self.encoder.outputs
        _, rows, columns, channels = feature_map.shape
        count = None if None in (rows, columns) else rows * columns
        if self.alpha:
            self.global_critic = new_critic(**settings, name="global_critic")
            self.global_critic.build((None, 1, count * channels), code.shape)
        if self.beta:
            self.local_critic = new_critic(**settings, name="local_critic")
            self.local_critic.build((None, count, channels), code.shape)
        if self.gamma:
            self.discriminator = build_discriminator(code.shape[-1])
            self.draws = self.add_weight((), "zeros", "int32", trainable=False, name="draws")

    def term_names(self):
        names = ["loss", "global_bound", "local_bound", "prior_loss", "discriminator_loss"]
        weights = [1, self.alpha, self.beta, self.gamma, self.gamma]
        return [name for name, weight in zip(names, weights) if weight]

    def __call__(self, images, *args, **kwargs):
        return super().__call__(feeding.image_tensor(self.encoder, images), *args, **kwargs)

    def call(self, images, training=False):
        return self.encoder(images, training=training)[1]

    # ------------------------------------------------------------ the objective and the step

    def pictures(self, images):
        """What the encoder sees: the images, or two random pictures of each."""
        return views_of_all(self.views, images) if self.views else images

    def encoded(self, images, training):
        """Feature maps and codes of the whole batch, of all replicas."""
        outputs = self.encoder(self.pictures(images), training=training)
        return [gathered(output, 2 if self.views else 1) for output in outputs]

    def terms(self, feature_map, code):
        """The loss and the terms with a weight, as a dictionary of scalars in nats."""
        pairs = across_views(feature_map, code) if self.views else [(feature_map, code)]
        mean = functools.partial(mean_over_pairs, pairs=pairs, negatives=self.negatives)
        terms = {}
        if self.alpha:
            terms["global_bound"] = mean(global_objective, self.global_critic, self.bound)
        if self.beta:
            terms["local_bound"] = mean(local_objective, self.local_critic, self.local_bound)
        if self.gamma:
            terms["prior_loss"] = prior_loss(self.discriminator(squash(code, self.prior)))
        values = [terms.get(name, 0.0) for name in ("global_bound", "local_bound", "prior_loss")]
        return {"loss": dim_loss(*values, self.alpha, self.beta, self.gamma), **terms}

    def discriminator_loss(self, code):
        """The other side of the game, on codes without a way back to the encoder."""
        code = tf.stop_gradient(squash(code, self.prior))
        samples = prior_samples(tf.shape(code), self.prior, (self.seed, self.draws.value))
        return discriminator_loss(self.discriminator(samples), self.discriminator(code))

    def train_step(self, data):
        images = feeding.images_of(self.encoder, data)
        with tf.GradientTape() as tape:
            feature_map, code = self.encoded(images, training=True)
            terms = self.terms(feature_map, code)
            loss = self.optimizer.scale_loss(share(terms["loss"]))  # in mixed precision; else as is
        variables = self.cooperating_variables()
        # Taken before the discriminator moves: each player's gradient is of its own loss.
        gradients = tape.gradient(loss, variables)
        if self.gamma:
            self.draws.assign_add(1)
            with tf.GradientTape() as tape:
                terms["discriminator_loss"] = self.discriminator_loss(code)
                loss = self.discriminator_optimizer.scale_loss(share(terms["discriminator_loss"]))
            weights = self.discriminator.trainable_variables
            self.discriminator_optimizer.apply(tape.gradient(loss, weights), weights)
        self.optimizer.apply(gradients, variables)
        return self.report(terms)

    def test_step(self, data):
        images = feeding.images_of(self.encoder, data)
        feature_map, code = self.encoded(images, training=False)
        terms = self.terms(feature_map, code)
        if self.gamma:
            terms["discriminator_loss"] = self.discriminator_loss(code)
        return self.report(terms)

    def report(self, terms):
        # Of a source that does not know its length Keras begins one step too many, which ends where
        # there are no images: nothing may be counted before that.
        with tf.control_dependencies(list(terms.values())):
            for name, value in terms.items():
                self.trackers[name].update_state(value)
        return reported({name: tracker.result() for name, tracker in self.trackers.items()})

    def cooperating_variables(self):
        """The variables of the encoder and its critics, which maximise the same bounds."""
        networks = [self.encoder]
        networks += [self.global_critic] if self.alpha else []
        networks += [self.local_critic] if self.beta else []
        return [variable for network in networks for variable in network.trainable_variables]

    @property
    def metrics(self):
        return list(self.trackers.values())

    # ------------------------------------------------------------ fitting

    def compile(self, optimizer="adam", discriminator_optimizer=None, jit_compile=False, **kwargs):
        """As `keras.Model.compile`, without a loss.

        "adam" is `FusedAdam()`, whose model is let go when nobody names it any more. The
        discriminator has an optimizer of its own, `FusedAdam(3e-5)` unless given: the game wants a
        slow discriminator, whatever the pace of the encoder. In mixed float16 each scales its loss.
        XLA is off unless asked for: it takes seconds to compile and gives slower convolutions.
        """
        super().compile(optimizer=find_optimizer(optimizer), jit_compile=jit_compile, **kwargs)
        self.optimizer.build(self.cooperating_variables())
        if self.gamma:
            other = find_optimizer(discriminator_optimizer or FusedAdam(DISCRIMINATOR_RATE))
            self.discriminator_optimizer = scaled_like(self.optimizer, other)
            self.discriminator_optimizer.build(self.discriminator.trainable_variables)

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
        if config and self.gamma:
            config["discriminator_optimizer"] = serialize(self.discriminator_optimizer)
        return config

    def compile_from_config(self, config):
        self.compile(**{k: keras.saving.deserialize_keras_object(v) for k, v in config.items()})
