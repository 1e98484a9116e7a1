"""Deep InfoMax as a Keras model: the weighted loss and its training step. Lesson 8.

    encoder = build_encoder((28, 28, 1), code_dim=64)
    model = DeepInfoMax(encoder, alpha=0, beta=1, gamma=0.1)
    model.compile("adam")
    history = model.fit(images, epochs=10, batch_size=128)
    feature_maps, codes = encoder.predict(other_images)

Each model owns its step, critics and optimizers: any number can be trained in one process. Made in
the scope of a strategy of `tf.distribute`, one is trained on several devices (`replicas.py`).
"""

from functools import partial

from dimlearn.deep_infomax import feeding
from dimlearn.deep_infomax.checks import check_encoder, check_settings
from dimlearn.deep_infomax.coordinates import (
    build_coordinate_network,
    build_offset_network,
    coordinate_loss,
    offset_loss,
)
from dimlearn.deep_infomax.critics import CRITICS
from dimlearn.deep_infomax.image_model import ImageModel
from dimlearn.deep_infomax.objectives import (
    across_views,
    dim_loss,
    find_bounds,
    global_objective,
    local_objective,
    mean_over_pairs,
)
from dimlearn.deep_infomax.occlusion import Occlusion, whole_and_occluded, with_occluded
from dimlearn.deep_infomax.optimizer import FusedAdam, find_optimizer
from dimlearn.deep_infomax.precision import precision, scaled_like
from dimlearn.deep_infomax.prior import (
    build_discriminator,
    discriminator_loss,
    prior_loss,
    prior_samples,
    squash,
)
from dimlearn.deep_infomax.replicas import gathered, pictures_of_all, reported, share
from dimlearn.deep_infomax.views import find_views, two_views
from dimlearn.startup import keras, tf

DISCRIMINATOR_RATE = 3e-5  # of Adam


@keras.saving.register_keras_serializable("dimlearn")
class DeepInfoMax(ImageModel):
    """Trains an encoder without labels by the loss (DIM Eq. 8, a loss to be minimised)

        -alpha * global_bound - beta * local_bound + gamma * prior_loss

    and, where they are asked for, `+ coordinates * coordinate_loss + offsets * offset_loss`. A term
    with weight 0 is left out: it has no network and costs nothing.

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
        coordinates, offsets: the weights of saying where on the map a feature is, and how far apart
            two are (`coordinates.py`; the paper's Table 4).
        occlusion: how much of an image is hidden where its code is computed (`occlusion.py`; Table
            4 as well); 0: nothing. Of views, each picture is hidden in part.
        seed: of the prior's samples, of named views and of what is hidden or asked for.

    Calling the model on images, uint8 or floats in [0, 1], gives the codes. The history holds the
    mean of each term over the epoch in nats: `global_bound`, `local_bound`, `prior_loss`,
    `discriminator_loss`, `coordinate_loss`, `offset_loss` and their weighted `loss`. Only DV, NWJ
    and InfoNCE values are estimates of mutual information.

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
        coordinates=0.0,
        offsets=0.0,
        occlusion=0.0,
        seed=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.settings = settings = check_settings(
            alpha=alpha,
            beta=beta,
            gamma=gamma,
            bound=bound,
            local_bound=local_bound,
            critic=critic,
            units=units,
            negatives=negatives,
            prior=prior,
            views=views,
            coordinates=coordinates,
            offsets=offsets,
            occlusion=occlusion,
            seed=seed,
        )
        check_encoder(encoder, settings)
        self.encoder = encoder
        self.alpha, self.beta, self.gamma = settings["alpha"], settings["beta"], settings["gamma"]
        self.coordinates, self.offsets = settings["coordinates"], settings["offsets"]
        self.negatives, self.prior, self.seed = negatives, prior, settings["seed"]
        self.views = find_views(views, self.seed)
        self.occlusion = Occlusion(settings["occlusion"], seed=self.seed) if occlusion else None
        self.bound, self.local_bound = find_bounds(bound, local_bound, negatives)
        with precision(self.dtype_policy):
            self.add_networks(CRITICS[critic], {"units": settings["units"]} if units else {})
        self.trackers = {name: keras.metrics.Mean(name) for name in self.term_names()}
        self.built = True

    def add_networks(self, new_critic, settings):
        """The networks of the terms that have a weight: critics, discriminator and the others."""
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
        if self.coordinates:
            self.coordinate_network = build_coordinate_network(feature_map.shape[1:], code.shape[1])
        if self.offsets:
            self.offset_network = build_offset_network(feature_map.shape[1:], code.shape[1])
        if self.gamma or self.offsets:
            self.draws = self.add_weight((), "zeros", "int32", trainable=False, name="draws")

    def term_names(self):
        names = ["loss", "global_bound", "local_bound", "prior_loss", "discriminator_loss"]
        names += ["coordinate_loss", "offset_loss"]
        weights = [1, self.alpha, self.beta, self.gamma, self.gamma, self.coordinates, self.offsets]
        return [name for name, weight in zip(names, weights) if weight]

    # ------------------------------------------------------------ the objective and the step

    def pictures(self, images):
        """What the encoder sees: the images, or two random pictures of each; and, where there is
        occlusion, the same with a part of each hidden."""
        pictures = two_views(self.views, images) if self.views else images
        return with_occluded(self.occlusion, pictures) if self.occlusion else pictures

    def encoded(self, images, training):
        """Feature maps and codes of the whole batch, of all replicas, as the terms pair them."""
        views = 2 if self.views else 1
        parts = 2 * views if self.occlusion else views
        pictures = pictures_of_all(self.pictures, images, parts) if parts > 1 else images
        outputs = self.encoder(pictures, training=training)
        if self.occlusion:
            outputs = whole_and_occluded(*outputs)
        return [gathered(output, views) for output in outputs]

    def terms(self, feature_map, code):
        """The loss and the terms with a weight, as a dictionary of scalars in nats."""
        pairs = across_views(feature_map, code) if self.views else [(feature_map, code)]
        terms = {
            name: mean_over_pairs(objective, pairs) for name, objective in self.objectives().items()
        }
        if self.gamma:
            terms["prior_loss"] = prior_loss(self.discriminator(squash(code, self.prior)))
        values = [terms.get(name, 0.0) for name in ("global_bound", "local_bound", "prior_loss")]
        loss = dim_loss(*values, self.alpha, self.beta, self.gamma)
        loss += self.coordinates * terms.get("coordinate_loss", 0.0)
        loss += self.offsets * terms.get("offset_loss", 0.0)
        return {"loss": loss, **terms}

    def objectives(self):
        """The terms of a feature map and a code that have a weight, functions of the two."""
        found = {}
        if self.alpha:
            found["global_bound"] = partial(global_objective, self.global_critic, self.bound)
        if self.beta:
            found["local_bound"] = partial(local_objective, self.local_critic, self.local_bound)
        found = {name: partial(one, negatives=self.negatives) for name, one in found.items()}
        if self.coordinates:
            found["coordinate_loss"] = partial(coordinate_loss, self.coordinate_network)
        if self.offsets:
            seed = (self.seed, self.draws.value)
            found["offset_loss"] = partial(offset_loss, self.offset_network, seed=seed)
        return found

    def discriminator_loss(self, code):
        """The other side of the game, on codes without a way back to the encoder."""
        code = tf.stop_gradient(squash(code, self.prior))
        samples = prior_samples(tf.shape(code), self.prior, (self.seed, self.draws.value))
        return discriminator_loss(self.discriminator(samples), self.discriminator(code))

    def train_step(self, data):
        images = feeding.images_of(self.encoder, data)
        if self.gamma or self.offsets:
            self.draws.assign_add(1)
        with tf.GradientTape() as tape:
            feature_map, code = self.encoded(images, training=True)
            terms = self.terms(feature_map, code)
            loss = self.optimizer.scale_loss(share(terms["loss"]))  # in mixed precision; else as is
        variables = self.cooperating_variables()
        # Taken before the discriminator moves: each player's gradient is of its own loss.
        gradients = tape.gradient(loss, variables)
        if self.gamma:
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
        """The variables of all networks but the discriminator, which lower the same loss."""
        networks = [self.encoder]
        networks += [self.global_critic] if self.alpha else []
        networks += [self.local_critic] if self.beta else []
        networks += [self.coordinate_network] if self.coordinates else []
        networks += [self.offset_network] if self.offsets else []
        return [variable for network in networks for variable in network.trainable_variables]

    @property
    def metrics(self):
        return list(self.trackers.values())

    # ------------------------------------------------------------ its optimizers

    def compile(self, optimizer="adam", discriminator_optimizer=None, jit_compile=False, **kwargs):
        """As `keras.Model.compile`, without a loss.

        "adam" is `FusedAdam()`, whose model is let go when nobody names it any more. The
        discriminator has an optimizer of its own, `FusedAdam(3e-5)` unless given: the game wants a
        slow discriminator, whatever the pace of the encoder. In mixed float16 each scales its loss.
        XLA is off unless asked for. It compiles for seconds, does not know the operation that
        draws *views*, and what it brings hangs on the network: a step of the light encoder becomes
        quicker, one of a wide encoder slower (`tests/benchmarks/speed_benchmark.py xla`).
        """
        super().compile(optimizer=find_optimizer(optimizer), jit_compile=jit_compile, **kwargs)
        self.optimizer.build(self.cooperating_variables())
        if self.gamma:
            other = find_optimizer(discriminator_optimizer or FusedAdam(DISCRIMINATOR_RATE))
            self.discriminator_optimizer = scaled_like(self.optimizer, other)
            self.discriminator_optimizer.build(self.discriminator.trainable_variables)
