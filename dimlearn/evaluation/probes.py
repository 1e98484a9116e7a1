"""Classifiers on frozen codes, with all labels and with few. Lesson 9.

A **probe** is a classifier that sees the codes and never the images. Probes are trained on the
codes of all training and validation images; before that, logistic regression chooses its
regularisation on the validation codes, the others have nothing to choose. The test codes are used
once, for what is reported: which of them are answered correctly.

    linear        logistic regression
    svm           linear support vector machine
    knn           5 nearest neighbours
    knn_whitened  the same, among whitened codes
    mlp200        a network with 200 hidden units and dropout (the paper's)
    mlp64         a network with two hidden layers of 64 units (the seminar project's)
    labels_K      logistic regression on K labelled examples a class
"""

from functools import partial

import numpy as np

from dimlearn.errors import InputError
from dimlearn.evaluation.codes import encode, whiten

FEW_LABELS = (1, 5, 10, 100)
REGULARISATION = (0.01, 0.1, 1.0)
CHOSEN_ON = 5_000  # training codes that the choice among these is made with
WIDE = 500  # numbers from which on a code is wide


# ---------------------------------------------------------------- all labels


def linear(codes):
    """Accuracy of logistic regression; its regularisation is chosen on the validation codes."""
    return float(linear_correct(codes).mean())


def linear_correct(codes):
    """Which test codes logistic regression gets right, `[N]`; see `linear`."""
    with one_thread():
        classifier = chosen_on_validation(partial(logistic_regression, codes.x), codes)
    return classifier.predict(codes.x_test) == codes.y_test


def knn(codes):
    """Accuracy of the vote of the 5 nearest training codes. It has nothing to train or choose."""
    return float(knn_correct(codes).mean())


def knn_correct(codes):
    """Which test codes the vote of the 5 nearest training codes gets right, `[N]`.

    On standardised codes every number has the same weight in a distance, and what many numbers say
    counts many times.
    """
    return nearest_vote(codes.x, codes.y, codes.x_test) == codes.y_test


def knn_whitened_correct(codes):
    """The same among whitened codes, where every direction has the same weight."""
    with one_thread():
        *labelled, x_test = whiten(codes.x_train, codes.x_validation, codes.x_test)
    labelled = np.concatenate(labelled)  # by the same name, which lets the parts go
    return nearest_vote(labelled, codes.y, x_test) == codes.y_test


def svm_correct(codes, seeds):
    """Which test codes a linear support vector machine (hinge loss, one against the rest) gets
    right, `[seeds, N]`, with each seed of its stochastic gradient descent: 10 averaged passes over
    the training codes."""
    from sklearn.linear_model import SGDClassifier

    machines = [
        SGDClassifier("hinge", max_iter=10, tol=None, average=True, n_jobs=-1, random_state=seed)
        for seed in seeds
    ]
    answers = [machine.fit(codes.x, codes.y).predict(codes.x_test) for machine in machines]
    return np.stack(answers) == codes.y_test


def mlp200_correct(codes, seeds):
    """What the paper's non-linear probe, 200 units with dropout, gets right, `[seeds, N]`: as many
    networks as there are seeds. They are trained together, and the first seed decides about all."""
    return networks_correct(codes, seeds, units=(200,), dropout=0.1)


def mlp64_correct(codes, seeds):
    """The same of the seminar project's classifier, 64-64 units; `seeds` as in `mlp200_correct`."""
    return networks_correct(codes, seeds, units=(64, 64), dropout=0.0)


PROBES = {"linear": linear_correct, "knn": knn_correct, "knn_whitened": knn_whitened_correct}
SEEDED_PROBES = {"svm": svm_correct, "mlp200": mlp200_correct, "mlp64": mlp64_correct}


# ---------------------------------------------------------------- few labels


def few_label_accuracy(codes, per_class, seed):
    """Accuracy of logistic regression on `per_class` labelled examples of every class.

    The seed draws them from the labelled codes. With so few labels there are none to spare for
    choosing the regularisation: it is 1 for all.
    """
    return float(few_labels_correct(codes, per_class, [seed]).mean())


def few_labels_correct(codes, per_class, seeds):
    """What the same gets right, `[seeds, N]`, of a draw of labels for each seed."""
    answers = []
    for seed in seeds:
        chosen = few_labels(codes.y, per_class, seed)
        with one_thread():
            classifier = logistic_regression(codes.x, 1.0).fit(codes.x[chosen], codes.y[chosen])
        answers.append(classifier.predict(codes.x_test))
    return np.stack(answers) == codes.y_test


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


def logistic_regression(x, strength):
    """The linear probe's classifier of codes like `x [N, D]`; `strength` is scikit-learn's C: large
    regularises little."""
    from sklearn.linear_model import LogisticRegression

    # Of a code, Newton's method finds the optimum in half the time of scikit-learn's default solver
    # or less; of hundreds of numbers, most of which say the same, in four times as much. Either
    # stops within 0.1 points of the exact optimum's accuracy. The default with its 100 steps is up
    # to 0.8 off, in favour of whatever needs the least training
    # (`tests/benchmarks/probe_benchmark.py`).
    solver = "newton-cg" if x.shape[1] < WIDE else "lbfgs"
    return LogisticRegression(C=strength, solver=solver, tol=1e-4, max_iter=1000, warm_start=True)


def nearest_vote(x, y, queries, count=5):
    """The class `[Q]` that most of the `count` nearest of `x [N, D]` have, for each query."""
    from sklearn.neighbors import KNeighborsClassifier

    neighbours = KNeighborsClassifier(count, algorithm="brute", n_jobs=-1)
    return neighbours.fit(x, y).predict(queries)


def chosen_on_validation(new_classifier, codes):
    """A classifier with the strength of regularisation that is best on the validation codes of one
    of `CHOSEN_ON` training codes, trained on all training and validation codes then.

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
    return classifier.set_params(C=best).fit(codes.x, codes.y)


def networks_correct(codes, seeds, units, dropout):
    """Which test codes dense networks get right, `[seeds, N]`: as many as there are seeds."""
    from dimlearn.evaluation.probe_networks import trained_networks

    classes, y = np.unique(codes.y, return_inverse=True)
    networks = trained_networks(codes.x, y, seeds, units, dropout)
    logits = encode(networks, codes.x_test).reshape(len(codes.y_test), len(seeds), -1)
    answers = classes[np.argmax(logits, axis=2)].T  # [seeds, N]
    return answers == codes.y_test
