"""What is a code worth? Classifiers on frozen codes, few labels, and intervals. Lesson 8.

A **probe** is a classifier that sees the codes and never the images. The encoder is frozen: it only
ever predicts, so neither its weights nor its batch-normalisation statistics can move. Probes are
trained on the codes of all training and validation images; before that, logistic regression chooses
its regularisation on the validation codes, the others have nothing to choose. The test codes are
used once, for the number that is reported.

    linear     logistic regression
    svm        linear support vector machine
    knn        5 nearest neighbours
    mlp200     a network with 200 hidden units and dropout (the paper's)
    mlp64      a network with two hidden layers of 64 units (the seminar project's)
    labels_K   logistic regression on K labelled examples a class
"""

import math
from dataclasses import dataclass

import numpy as np

from dimlearn.errors import InputError

FEW_LABELS = (1, 5, 10, 100)
REGULARISATION = (0.01, 0.1, 1.0)
CHOSEN_ON = 5_000  # training codes that the choice among these is made with


@dataclass
class Codes:
    """Standardised codes of a data set, with their labels.

    `x`, `x_test`: float32 `[N, D]` with the training codes' mean 0 and standard deviation 1 per
    dimension. `x` holds every labelled code that a probe may be trained on: first the `training`
    codes of the training images, then those of the validation images.
    """

    x: np.ndarray
    y: np.ndarray
    training: int
    x_test: np.ndarray
    y_test: np.ndarray

    @property
    def x_train(self):
        return self.x[: self.training]

    @property
    def y_train(self):
        return self.y[: self.training]

    @property
    def x_validation(self):
        return self.x[self.training :]

    @property
    def y_validation(self):
        return self.y[self.training :]


# ---------------------------------------------------------------- from images to codes


def encode(encoder, images, batch_size=500):
    """The code of each image from a frozen encoder, float32 `[N, D]`.

    `encoder`: a model whose last or only output is the code. It only predicts: batch
    normalisation uses its moving statistics, and nothing is updated.
    """
    from dimlearn.startup import tf

    def predict(batch):
        outputs = encoder(batch, training=False)
        return outputs[-1] if isinstance(outputs, (tuple, list)) else outputs

    if len(images) > 10 * batch_size:  # compiled it takes half the time, once it is compiled
        predict = tf.function(predict)
    codes = None
    for start in range(0, len(images), batch_size):
        batch = np.asarray(predict(images[start : start + batch_size]))
        batch = batch.reshape(len(batch), -1)
        if codes is None:
            codes = np.empty((len(images), batch.shape[1]), "float32")
        codes[start : start + len(batch)] = batch
    return codes


def frozen_codes(encoder, dataset):
    """The standardised `Codes` of a data set. Raises `InputError` when one is not finite."""
    images = (dataset.x_train, dataset.x_validation)
    x, training = np.concatenate([encode(encoder, part) for part in images]), len(images[0])
    x_test = encode(encoder, dataset.x_test)
    if not (np.isfinite(x.sum(dtype="float64")) and np.isfinite(x_test.sum(dtype="float64"))):
        raise InputError("the encoder's codes are not finite: its training diverged")
    statistics = _statistics(x[:training])
    for codes in (x, x_test):  # in place: the codes of MNIST's pixels would fill the memory
        _standardize(codes, statistics, out=codes)
    labels = np.concatenate([dataset.y_train, dataset.y_validation])
    return Codes(x, labels, training, x_test, dataset.y_test)


def frozen_classifier(encoder, num_classes):
    """The seminar project's classifier behind a frozen encoder: images to logits.

    The encoder's code `[N, D]`, two hidden layers of 64 ReLU units and a linear output
    `[N, num_classes]`, as a `keras.Model` to be trained with a loss from logits. Only these three
    layers' 6 variables train. The encoder is marked as not trainable, which also keeps the
    statistics of its batch normalisation still (a `training=False` inside would not: Keras 3 lets
    the `training` that the outer model is called with override it). Its weights and its pair of
    outputs are left as they are.
    """
    from dimlearn.startup import keras

    encoder.trainable = False
    images = keras.Input(encoder.input_shape[1:], name="images")
    _, x = encoder(images, training=False)
    for units in (64, 64):
        x = keras.layers.Dense(units, activation="relu")(x)
    return keras.Model(images, keras.layers.Dense(num_classes, name="logits")(x))


def standardize(train, *others):
    """Each array with the *training* set's mean 0 and standard deviation 1 per feature.

    `[N, D]` arrays; the standard deviation divides by N. A feature that is constant in training
    (also when rounding leaves it a deviation such as 1e-17) becomes 0 there, never NaN.
    Returns a tuple of float32 arrays, one for each argument.
    """
    statistics = _statistics(train)
    return tuple(
        _standardize(x, statistics, out=np.empty(x.shape, "float32")) for x in (train, *others)
    )


def _statistics(train):
    """`(mean [D], scale [D], constant [D], value [D])` of training codes: which features are
    constant there, and at what value. All in float64, some rows at a time."""
    mean = train.mean(axis=0, dtype="float64")
    pieces = np.array_split(train, 1 + len(train) // 1000)
    deviation = np.sqrt(sum(np.square(rows - mean).sum(axis=0) for rows in pieces) / len(train))
    constant = deviation <= 1e-10 * (1 + np.abs(mean))
    return mean, np.where(constant, 1.0, deviation), constant, train[0].copy()


def _standardize(x, statistics, out):
    mean, scale, constant, value = statistics
    still = constant & (x == value)
    np.subtract(x, mean, out=out, casting="same_kind")
    np.divide(out, scale, out=out, casting="same_kind")
    out[still] = 0.0
    return out


# ---------------------------------------------------------------- probes


def linear(codes):
    """Accuracy of logistic regression; its regularisation is chosen on the validation codes."""
    with _one_thread():
        return _chosen_on_validation(_logistic_regression, codes)


def knn(codes):
    """Accuracy of the vote of the 5 nearest training codes. It has nothing to train or choose."""
    from sklearn.neighbors import KNeighborsClassifier

    neighbours = KNeighborsClassifier(5, algorithm="brute", n_jobs=-1)
    return neighbours.fit(codes.x, codes.y).score(codes.x_test, codes.y_test)


def svm(codes, seeds):
    """Accuracies of a linear support vector machine (hinge loss, one against the rest), one for
    each seed of its stochastic gradient descent: 10 averaged passes over the training codes."""
    from sklearn.linear_model import SGDClassifier

    machines = [
        SGDClassifier("hinge", max_iter=10, tol=None, average=True, n_jobs=-1, random_state=seed)
        for seed in seeds
    ]
    x, y = codes.x, codes.y
    return [machine.fit(x, y).score(codes.x_test, codes.y_test) for machine in machines]


def mlp200(codes, seeds):
    """Accuracies of the paper's non-linear probe, 200 units with dropout: of as many networks as
    there are seeds. They are trained together, and the first seed decides about all of them."""
    return _network_accuracies(codes, seeds, units=(200,), dropout=0.1)


def mlp64(codes, seeds):
    """Accuracies of the seminar project's classifier, 64-64 units; `seeds` as in `mlp200`."""
    return _network_accuracies(codes, seeds, units=(64, 64), dropout=0.0)


PROBES = {"linear": linear, "knn": knn}
SEEDED_PROBES = {"svm": svm, "mlp200": mlp200, "mlp64": mlp64}


def few_label_accuracy(codes, per_class, seed):
    """Accuracy of logistic regression on `per_class` labelled examples of every class.

    The seed draws them from the labelled codes. With so few labels there are none to spare for
    choosing the regularisation: it is 1 for all.
    """
    x, y = codes.x, codes.y
    chosen = few_labels(y, per_class, seed)
    with _one_thread():
        classifier = _logistic_regression(1.0).fit(x[chosen], y[chosen])
    return classifier.score(codes.x_test, codes.y_test)


def few_labels(labels, per_class, seed=0):
    """Indices `[K * per_class]` of `per_class` distinct examples of every class.

    The same for the same seed. Raises `ValueError` when a class has too few.
    """
    labels = np.asarray(labels)
    rng = np.random.default_rng(seed)
    chosen = []
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        if len(own) < per_class:
            raise InputError(f"class {label} has {len(own)} examples, fewer than {per_class}")
        chosen.append(rng.permutation(own)[:per_class])
    return np.concatenate(chosen)


def _one_thread():
    """Keeps linear algebra on one core: the products are small, and on a busy machine the threads
    wait for one another, 3 to 17 s for codes in place of 0.2."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


def _logistic_regression(strength):
    from sklearn.linear_model import LogisticRegression

    # Newton's method finds the optimum for a code in half the time of scikit-learn's default solver
    # or less, and its accuracy is within 0.1 points of the exact optimum's. The default, stopped
    # earlier, is up to 0.8 off, in favour of whatever needs the least training
    # (`tests/benchmarks/probe_benchmark.py`).
    return LogisticRegression(
        C=strength, solver="newton-cg", tol=1e-4, max_iter=1000, warm_start=True
    )


def _chosen_on_validation(new_classifier, codes):
    """Test accuracy with the strength of regularisation that is best on the validation codes of a
    classifier of `CHOSEN_ON` training codes, trained on all training and validation codes then.

    `C` weighs the sum over the examples against a prior that stays the same, so what is right for
    a part is right for all. The part has every class.
    """
    first_of_each_class = np.unique(codes.y_train, return_index=True)[1]
    part = np.union1d(np.arange(min(CHOSEN_ON, codes.training)), first_of_each_class)
    x, y = codes.x_train[part], codes.y_train[part]
    classifier, accuracies = new_classifier(REGULARISATION[0]), []
    for strength in REGULARISATION:  # each starts from the one before: the optimum is the same
        classifier.set_params(C=strength).fit(x, y)
        accuracies.append(classifier.score(codes.x_validation, codes.y_validation))
    best = REGULARISATION[int(np.argmax(accuracies))]
    classifier.set_params(C=best).fit(codes.x, codes.y)
    return classifier.score(codes.x_test, codes.y_test)


def _network_accuracies(codes, seeds, **architecture):
    """Test accuracies of as many dense networks as there are seeds."""
    from dimlearn.evaluation.probe_networks import trained_networks

    networks = trained_networks(codes.x, codes.y, seeds, **architecture)
    logits = encode(networks, codes.x_test).reshape(len(codes.y_test), len(seeds), -1)
    predicted = np.argmax(logits, axis=2)
    return [float(np.mean(own == codes.y_test)) for own in predicted.T]


# ---------------------------------------------------------------- intervals


@dataclass
class Score:
    """An accuracy with its 95 % interval: fractions of the test set.

    `seeds`: how many runs `mean` averages; `spread`: what the interval allows for.
    """

    mean: float
    low: float
    high: float
    seeds: int
    spread: str


def accuracy_interval(correct, total):
    """`(low, high)` of the 95 % Wilson score interval of an accuracy (Wilson 1927).

    `correct` of `total` independent cases were right; `correct` may be a fraction of a case.
    """
    z = 1.959963984540054  # the normal distribution has 95 % of its mass within z
    p = correct / total
    center = (p + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z / (1 + z**2 / total) * math.sqrt(p * (1 - p) / total + z**2 / (4 * total**2))
    return max(0.0, min(p, center - half)), min(1.0, max(p, center + half))


def score(accuracies, test_originals, runs):
    """The `Score` of accuracies from runs that differ in their seed.

    `accuracies`: one for each run; `test_originals`: the number of independent test cases;
    `runs`: what the seed decides, such as "pretraining". The interval adds two spreads as
    independent ones (MOVER, Zou & Donner 2008): the Wilson interval for the choice of test images,
    and, of several runs, Student's interval for the choice of seeds.
    """
    from scipy.stats import t

    count, mean = len(accuracies), float(np.mean(accuracies))
    low, high = accuracy_interval(mean * test_originals, test_originals)
    spread = f"{test_originals} test images"
    if count > 1:
        half = t.ppf(0.975, count - 1) * np.std(accuracies, ddof=1) / math.sqrt(count)
        low = max(0.0, mean - math.hypot(mean - low, half))
        high = min(1.0, mean + math.hypot(high - mean, half))
        spread += f", {count} {runs} seeds"
    return Score(mean, float(low), float(high), count, spread)
