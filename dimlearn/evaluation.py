"""What is a code worth? Classifiers on frozen codes, few labels, and intervals. Lesson 8.

A **probe** is a classifier that sees the codes and never the images. The encoder is frozen: it only
ever predicts, so neither its weights nor its batch-normalisation statistics can move. Probes are
trained on training codes, their regularisation is chosen on validation codes, and the test codes
are used once, for the number that is reported.

    linear   logistic regression                     knn     5 nearest neighbours
    svm      linear support vector machine           mlp200  200 units with dropout (the paper)
    mlp64    64-64 units (the seminar project)       labels_K  logistic regression on K labels a class
"""

import math
from dataclasses import dataclass

import numpy as np

from dimlearn.errors import InputError

FEW_LABELS = (1, 5, 10, 100)
REGULARISATION = (0.001, 0.01, 0.1, 1.0)


@dataclass
class Codes:
    """Standardised codes of the three parts of a data set, with their labels.

    `x_*`: float32 `[N, D]` with the training codes' mean 0 and standard deviation 1 per dimension.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    @property
    def all_labelled(self):
        """Training and validation codes together: what a probe is trained on in the end."""
        x = np.concatenate([self.x_train, self.x_validation])
        return x, np.concatenate([self.y_train, self.y_validation])


# ---------------------------------------------------------------- from images to codes


def encode(encoder, images, batch_size=500):
    """The code of each image from a frozen encoder, float32 `[N, D]`.

    `encoder`: a model whose last or only output is the code. It only predicts: batch
    normalisation uses its moving statistics, and nothing is updated.
    """
    outputs = encoder.predict(images, batch_size=batch_size, verbose=0)
    code = outputs[-1] if isinstance(outputs, (tuple, list)) else outputs
    return code.reshape(len(code), -1)


def frozen_codes(encoder, dataset, limit=None):
    """The standardised `Codes` of a data set, with at most `limit` training images."""
    parts = (dataset.x_train[:limit], dataset.x_validation, dataset.x_test)
    x_train, x_validation, x_test = standardize(*(encode(encoder, part) for part in parts))
    return Codes(
        x_train,
        dataset.y_train[:limit],
        x_validation,
        dataset.y_validation,
        x_test,
        dataset.y_test,
    )


def standardize(train, *others):
    """Each array with the *training* set's mean 0 and standard deviation 1 per feature.

    `[N, D]` arrays; the standard deviation divides by N. A feature that is constant in training
    (also when rounding leaves it a deviation such as 1e-17) becomes 0 there, never NaN.
    Returns a tuple of float32 arrays, one for each argument.
    """
    mean, deviation = train.mean(axis=0, dtype="float64"), train.std(axis=0, dtype="float64")
    constant = deviation <= 1e-10 * (1 + np.abs(mean))
    scale = np.where(constant, 1.0, deviation)
    return tuple(
        np.where(constant & (x == train[:1]), 0.0, (x - mean) / scale).astype("float32")
        for x in (train, *others)
    )


# ---------------------------------------------------------------- probes


def linear(codes):
    """Accuracy of logistic regression; its regularisation is chosen on the validation codes."""
    return _chosen_on_validation(_logistic_regression, codes)


def svm(codes):
    """Accuracy of a linear support vector machine (squared hinge loss, one against the rest)."""
    return _chosen_on_validation(_support_vector_machine, codes)


def knn(codes):
    """Accuracy of the vote of the 5 nearest training codes. It has nothing to train or choose."""
    from sklearn.neighbors import KNeighborsClassifier

    neighbours = KNeighborsClassifier(5, algorithm="brute", n_jobs=-1)
    return neighbours.fit(*codes.all_labelled).score(codes.x_test, codes.y_test)


def mlp200(codes, seeds):
    """Accuracies of the paper's non-linear probe, one for each seed: 200 units with dropout."""
    return _networks(codes, seeds, units=(200,), dropout=0.1)


def mlp64(codes, seeds):
    """Accuracies of the seminar project's classifier, one for each seed: 64-64 units."""
    return _networks(codes, seeds, units=(64, 64), dropout=0.0)


PROBES = {"linear": linear, "svm": svm, "knn": knn}
SEEDED_PROBES = {"mlp200": mlp200, "mlp64": mlp64}


def few_label_accuracy(codes, per_class, seed):
    """Accuracy of logistic regression on `per_class` labelled examples of every class.

    The seed draws them from the training codes. With so few labels there are none to spare for
    choosing the regularisation: it is 1 for all.
    """
    x, y = codes.all_labelled
    chosen = few_labels(y, per_class, seed)
    return _logistic_regression(1.0).fit(x[chosen], y[chosen]).score(codes.x_test, codes.y_test)


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


def _logistic_regression(strength):
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=1000, tol=1e-3)


def _chosen_on_validation(new_classifier, codes):
    """Test accuracy with the strength of regularisation that is best on the validation codes,
    trained once more on training and validation codes together."""
    accuracies = [
        new_classifier(strength)
        .fit(codes.x_train, codes.y_train)
        .score(codes.x_validation, codes.y_validation)
        for strength in REGULARISATION
    ]
    best = REGULARISATION[int(np.argmax(accuracies))]
    return new_classifier(best).fit(*codes.all_labelled).score(codes.x_test, codes.y_test)


def _networks(codes, seeds, units, dropout, epochs=20, batch_size=256):
    """Test accuracies of dense networks that differ in their seed: their first weights and dropout.

    The networks share nothing but the order of the batches, so they are trained side by side, as
    one model with one output for each. A fixed number of epochs: nothing is chosen.
    """
    from dimlearn.startup import keras

    keras.utils.set_random_seed(seeds[0])
    x, y = codes.all_labelled
    num_classes = int(y.max()) + 1
    inputs = keras.Input(x.shape[1:])
    logits = []
    for _ in seeds:
        hidden = inputs
        for count in units:
            hidden = keras.layers.Dense(count, activation="relu")(hidden)
        hidden = keras.layers.Dropout(dropout)(hidden)
        logits.append(keras.layers.Dense(num_classes)(hidden))
    networks = keras.Model(inputs, keras.ops.stack(logits, axis=1))
    networks.compile("adam", _summed_cross_entropy, jit_compile=False)
    y_each = np.repeat(y[:, None], len(seeds), axis=1)
    networks.fit(x, y_each, batch_size=batch_size, epochs=epochs, verbose=0)
    predicted = networks.predict(codes.x_test, batch_size=1000, verbose=0).argmax(axis=2)
    return [float(np.mean(own == codes.y_test)) for own in predicted.T]


def _summed_cross_entropy(labels, logits):
    """Cross-entropy `[N]` summed over networks side by side: each gets the gradient of its own."""
    from dimlearn.startup import keras

    each = keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    return keras.ops.sum(each, axis=1)


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
    return max(0.0, center - half), min(1.0, center + half)


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
