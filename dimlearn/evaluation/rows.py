"""The rows of the table: each is one way to come by an encoder. Lesson 9.

A row is a function `(dataset, settings, seed, callbacks) -> (encoder, history)`: a Keras model from
images to a code (or to a feature map and a code), and what its training told,
`{term: [value of each epoch]}`, empty where nothing is trained. All networks get the same budget:
encoder, epochs, batches, optimizer. A new row is one more such function.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dimlearn.data.batches import full_batches
from dimlearn.deep_infomax.encoder import build_encoder
from dimlearn.deep_infomax.model import DISCRIMINATOR_RATE, DeepInfoMax
from dimlearn.deep_infomax.optimizer import FusedAdam
from dimlearn.deep_infomax.settling import settle
from dimlearn.deep_infomax.views import find_views
from dimlearn.errors import InputError
from dimlearn.evaluation.encoder_file import load_encoder
from dimlearn.evaluation.kept_epochs import fit
from dimlearn.evaluation.probes import one_thread
from dimlearn.evaluation.settings import WEIGHTS
from dimlearn.startup import keras


@dataclass(frozen=True)
class Row:
    """A row of the table.

    name: as the table and the files call it.
    make: the function that gives its encoder and its history.
    control: it is there for Deep InfoMax to be held against.
    labels: it sees the labels before any probe does.
    seeded: another pretraining seed gives another encoder.
    last: its code is so long that the other rows are probed first.
    weights: (alpha, beta, gamma) of a row of Deep InfoMax.
    variant_of: the row that it is held against; it is made only when it is asked for by name.
    added: it is an encoder of yours, and nothing is known of what it saw.
    """

    name: str
    make: Callable
    control: bool = False
    labels: bool = False
    seeded: bool = True
    last: bool = False
    weights: tuple | None = None
    variant_of: str = ""
    added: bool = False

    def train(self, dataset, settings, seed, callbacks=()):
        """The row's encoder and its history.

        The seed decides the first weights, the order of the batches and the prior's samples; rows
        of the same seed start from the same encoder. The batch normalisation of every encoder,
        the random one's too, is settled on the training images: all rows are read alike.
        """
        keras.utils.set_random_seed(seed)
        encoder, history = self.make(dataset, settings, seed, callbacks)
        if not self.added:  # yours stays as it is
            settle(encoder, dataset.x_pretraining)
        return encoder, history


LOCAL = (0.0, 1.0, 0.0)  # the weights of the rows with views: the local objective by itself
ROWS = {}


def row(**properties):
    """Decorator: the function below makes a row of the table, which has the function's name."""

    def add(make):
        ROWS[make.__name__] = Row(make.__name__, make, **properties)
        return ROWS[make.__name__]

    return add


def all_rows(settings):
    """`{name: Row}` of every row there is with these settings, in the order of the table.

    Raises `InputError` for weights or an encoder of yours whose name is taken.
    """
    rows = dict(ROWS)
    for name, weights in settings.weights.items():
        if name in ROWS:
            raise InputError(f"{name} is a row with a meaning of its own: use another name")
        rows[name] = deep_infomax(name, weights)
    for name, path in settings.add.items():
        if name in rows:
            raise InputError(f"there is a row {name} already: give {path} another name")
        rows[name] = yours(name, path)
    for name in rows:  # they are names of files, and some disks do not tell "Local" from "local"
        if len([other for other in rows if other.casefold() == name.casefold()]) > 1:
            raise InputError(f"two rows are called {name}, but for capital letters")
    return rows


# ---------------------------------------------------------------- controls


@row(control=True, seeded=False, last=True)
def pixels(dataset, settings, seed, callbacks):
    """The image itself, as a code."""
    images = keras.Input(dataset.image_shape)
    return keras.Model(images, keras.layers.Flatten("channels_last", name="code")(images)), {}


@row(control=True)
def random(dataset, settings, seed, callbacks):
    """The encoder with its first weights: what the architecture gives by itself."""
    return new_encoder(dataset, settings), {}


@row(control=True, seeded=False)
def pca(dataset, settings, seed, callbacks):
    """Principal components of the training images, as an encoder with one linear layer."""
    from sklearn.decomposition import PCA

    flat = dataset.x_pretraining.reshape(dataset.pretraining_count, -1)
    components = min(settings.code_dim, *flat.shape)
    with one_thread():
        fitted = PCA(components, svd_solver="covariance_eigh").fit(flat)
    images = keras.Input(dataset.image_shape)
    project = keras.layers.Dense(components, name="code")
    encoder = keras.Model(images, project(keras.layers.Flatten("channels_last")(images)))
    project.set_weights([fitted.components_.T, -fitted.mean_ @ fitted.components_.T])
    return encoder, {}


@row(control=True, labels=True)
def supervised(dataset, settings, seed, callbacks):
    """The same encoder, trained with all labels: the ceiling."""
    return train_with_labels(new_encoder(dataset, settings), dataset, settings, callbacks)


@row(control=True, labels=True)
def standard(dataset, settings, seed, callbacks):
    """The seminar project's standard classifier, trained with all labels: two layers of 64 units on
    the pixels. Its code is the second."""
    images = keras.Input(dataset.image_shape)
    flat = keras.layers.Flatten("channels_last")(images)
    hidden = keras.layers.Dense(64, activation="relu")(flat)
    code = keras.layers.Dense(64, activation="relu", name="code")(hidden)
    return train_with_labels(keras.Model(images, code), dataset, settings, callbacks)


# ---------------------------------------------------------------- Deep InfoMax


def deep_infomax(name, weights):
    """The row of an encoder that Deep InfoMax trains without labels, with these weights."""

    def make(dataset, settings, seed, callbacks):
        encoder = new_encoder(dataset, settings)
        model = new_model(encoder, weights, settings, seed)
        return encoder, train_without_labels(model, dataset, settings, callbacks)

    return Row(name, make, weights=weights)


@row()
def views(dataset, settings, seed, callbacks):
    """Deep InfoMax across two random views of every image: it is told what may change from picture
    to picture of the same thing, which the other rows are not."""
    encoder = new_encoder(dataset, settings)
    model = new_model(encoder, LOCAL, settings, seed, views=settings.views)
    return encoder, train_without_labels(model, dataset, settings, callbacks)


@row(variant_of="views")
def augmented(dataset, settings, seed, callbacks):
    """The control of *views*: one random view of every image, code and map from the same picture.
    It sees as many different pictures, and no two that belong together."""
    encoder = new_encoder(dataset, settings)
    images = keras.Input(dataset.image_shape)
    of_pictures = keras.Model(images, encoder(find_views(settings.views, seed)(images)))
    model = new_model(of_pictures, LOCAL, settings, seed)
    return encoder, train_without_labels(model, dataset, settings, callbacks)


@row(variant_of="local")
def coordinates(dataset, settings, seed, callbacks):
    """*local*, and a network has to say where on the map a feature is."""
    return local_and(dataset, settings, seed, callbacks, coordinates=1.0)


@row(variant_of="local")
def offsets(dataset, settings, seed, callbacks):
    """*local*, and a network has to say how far apart two features are."""
    return local_and(dataset, settings, seed, callbacks, offsets=1.0)


@row(variant_of="local")
def occlusion(dataset, settings, seed, callbacks):
    """*local*, with a quarter of the image hidden from the code."""
    return local_and(dataset, settings, seed, callbacks, occlusion=0.25)


@row(variant_of="local")
def all_three(dataset, settings, seed, callbacks):
    """*local* with all that the paper's Table 4 adds."""
    extras = {"coordinates": 1.0, "offsets": 1.0, "occlusion": 0.25}
    return local_and(dataset, settings, seed, callbacks, **extras)


def local_and(dataset, settings, seed, callbacks, **extras):
    """The row *local* with more terms of `DeepInfoMax`."""
    encoder = new_encoder(dataset, settings)
    weights = settings.weights.get("local", WEIGHTS["local"])
    model = new_model(encoder, weights, settings, seed, **extras)
    return encoder, train_without_labels(model, dataset, settings, callbacks)


def new_model(encoder, weights, settings, seed, **extras):
    """The `DeepInfoMax` around an encoder that the settings ask for."""
    return DeepInfoMax(
        encoder,
        *weights,
        bound=settings.bound,
        critic=settings.critic,
        negatives=settings.negatives,
        prior=settings.prior,
        seed=seed,
        **extras,
    )


def train_without_labels(model, dataset, settings, callbacks):
    """Train a `DeepInfoMax` on the training images; returns the history of its terms."""
    model.compile(
        adam(settings.learning_rate, dataset, settings),
        adam(DISCRIMINATOR_RATE, dataset, settings),
        steps_per_execution=10,
    )
    batches = full_batches(dataset.train_tensor, settings.batch_size, shuffle=True)
    return fit(model, batches, settings.epochs, callbacks)


# ---------------------------------------------------------------- yours


def yours(name, path):
    """The row of a frozen encoder of yours, from a `.keras` file."""

    def make(dataset, settings, seed, callbacks):
        return load_encoder(path, dataset.x_train), {}

    return Row(name, make, seeded=False, added=True)


# ---------------------------------------------------------------- the same budget


def new_encoder(dataset, settings):
    """The untrained encoder of every row that has one."""
    return build_encoder(dataset.image_shape, settings.code_dim, settings.architecture)


def adam(learning_rate, dataset, settings):
    """The optimizer of every network."""
    steps = settings.epochs * (dataset.pretraining_count // settings.batch_size)
    schedule = rise_and_fall if settings.decay else rise
    return FusedAdam(schedule(learning_rate, steps))


def rise(learning_rate, steps):
    """A rate that rises from 0 in a straight line, in the first 32nd of the steps, and stays.

    Adam's first steps are as long as the rate, however small the gradient: so it begins small.
    """
    return keras.optimizers.schedules.PolynomialDecay(0.0, max(1, steps // 32), learning_rate)


def rise_and_fall(learning_rate, steps):
    """A rate that rises from 0 in a straight line, in the first eighth of the steps, then falls to
    0 along half a cosine (Loshchilov & Hutter 2017)."""
    rising = steps // 8
    return keras.optimizers.schedules.CosineDecay(
        0.0, max(1, steps - rising), warmup_target=learning_rate, warmup_steps=rising
    )


def train_with_labels(encoder, dataset, settings, callbacks):
    """Train an encoder under a linear classifier of its code, by cross-entropy, with all labels."""
    code = encoder.get_layer("code").output  # [N, D]
    logits = keras.layers.Dense(dataset.num_classes, name="logits")(code)
    classifier = keras.Model(encoder.input, logits)
    classifier.compile(
        adam(settings.learning_rate, dataset, settings),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
        steps_per_execution=10,
    )
    labelled = (dataset.train_tensor[: len(dataset.y_train)], dataset.y_train)
    each = dataset.pretraining_count // settings.batch_size  # as many batches as without labels
    batches = full_batches(labelled, settings.batch_size, shuffle=True, batches=each)
    return encoder, fit(classifier, batches, settings.epochs, callbacks, shuffle=False)
