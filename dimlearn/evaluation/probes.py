"""Classifiers on frozen codes, with all labels and with few. Lesson 8.

A **probe** is a classifier that sees the codes and never the images. Probes are trained on the
codes of all training and validation images; before that, logistic regression chooses its
regularisation on the validation codes, the others have nothing to choose. The test codes are used
once, for the number that is reported.

    linear     logistic regression
    svm        linear support vector machine
    knn        5 nearest neighbours
    mlp200     a network with 200 hidden units and dropout (the paper's)
    mlp64      a network with two hidden layers of 64 units (the seminar project's)
    labels_K   logistic regression on K labelled examples a class
"""

import numpy as np

from dimlearn.errors import InputError
from dimlearn.evaluation.codes import encode

FEW_LABELS = (1, 5, 10, 100)
REGULARISATION = (0.01, 0.1, 1.0)
CHOSEN_ON = 5_000  # training codes that the choice among these is made with


# ---------------------------------------------------------------- all labels


def linear(codes):
    """Accuracy of logistic regression; its regularisation is chosen on the validation codes."""
    with one_thread():
        return chosen_on_validation(logistic_regression, codes)


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
    return network_accuracies(codes, seeds, units=(200,), dropout=0.1)


def mlp64(codes, seeds):
    """Accuracies of the seminar project's classifier, 64-64 units; `seeds` as in `mlp200`."""
    return network_accuracies(codes, seeds, units=(64, 64), dropout=0.0)


PROBES = {"linear": linear, "knn": knn}
SEEDED_PROBES = {"svm": svm, "mlp200": mlp200, "mlp64": mlp64}


# ---------------------------------------------------------------- few labels


def few_label_accuracy(codes, per_class, seed):
    """Accuracy of logistic regression on `per_class` labelled examples of every class.

    The seed draws them from the labelled codes. With so few labels there are none to spare for
    choosing the regularisation: it is 1 for all.
    """
    chosen = few_labels(codes.y, per_class, seed)
    with one_thread():
        classifier = logistic_regression(1.0).fit(codes.x[chosen], codes.y[chosen])
    return classifier.score(codes.x_test, codes.y_test)


def few_labels(labels, per_class, seed=0):
    """Indices `[K * per_class]` of `per_class` distinct examples of every class.

    The same for the same seed. Raises `ValueError` when a class has too few.
    """
    labels = np.asarray(labels)
    rng = np.random.default_rng(seed)
    chosen = []
    for label in np.unique(labels):
        examples = np.flatnonzero(labels == label)
        if len(examples) < per_class:
            raise InputError(f"class {label} has {len(examples)} examples, fewer than {per_class}")
        chosen.append(rng.permutation(examples)[:per_class])
    return np.concatenate(chosen)


# ---------------------------------------------------------------- how they are fitted


def one_thread():
    """Keeps linear algebra on one core: the products are small, and on a busy machine the threads
    wait for one another, 3 to 17 s for codes in place of 0.2."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


def logistic_regression(strength):
    """The linear probe's classifier; `strength` is scikit-learn's C: large regularises little."""
    from sklearn.linear_model import LogisticRegression

    # Newton's method finds the optimum for a code in half the time of scikit-learn's default solver
    # or less, and its accuracy is within 0.1 points of the exact optimum's. The default, stopped
    # earlier, is up to 0.8 off, in favour of whatever needs the least training
    # (`tests/benchmarks/probe_benchmark.py`).
    return LogisticRegression(
        C=strength, solver="newton-cg", tol=1e-4, max_iter=1000, warm_start=True
    )


def chosen_on_validation(new_classifier, codes):
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


def network_accuracies(codes, seeds, units, dropout):
    """Test accuracies of as many dense networks as there are seeds."""
    from dimlearn.evaluation.probe_networks import trained_networks

    classes, y = np.unique(codes.y, return_inverse=True)
    networks = trained_networks(codes.x, y, seeds, units, dropout)
    logits = encode(networks, codes.x_test).reshape(len(codes.y_test), len(seeds), -1)
    predicted = classes[np.argmax(logits, axis=2)]  # [N, networks]
    return [float(np.mean(answers == codes.y_test)) for answers in predicted.T]
