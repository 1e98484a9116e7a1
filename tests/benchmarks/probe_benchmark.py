"""How fast the probes of `dimlearn.evaluation` are, beside what else scikit-learn offers.

    python tests/benchmarks/probe_benchmark.py --data mnist --codes local

Every classifier is trained on all labelled codes and scored on the test codes, one after the
other, its regularisation as it is (`linear` alone chooses it, among three). A quicker one is no
alternative when it is less accurate: read both columns. `--codes pixels` takes the images
themselves, `random` an encoder that was never trained, `local` one trained for an epoch.
"""

import argparse
import time

import numpy as np

from dimlearn import DeepInfoMax, build_encoder, data, evaluation
from dimlearn.evaluation import probes
from dimlearn.startup import keras, tf


def codes_of(kind, dataset):
    """The standardised `Codes`, and the seconds that encoding all images took."""
    if kind == "pixels":
        encoder = keras.layers.Flatten()
    else:
        keras.utils.set_random_seed(0)
        encoder = build_encoder(dataset.x_train.shape[1:])
    if kind == "local":
        model = DeepInfoMax(encoder, 0, 1, 0, bound="infonce_codes")
        model.compile("adam", steps_per_execution=10)
        model.fit(dataset.x_train, verbose=0)
    began = time.perf_counter()
    return evaluation.frozen_codes(encoder, dataset), time.perf_counter() - began


def nearest_by_tensorflow(codes, k=5, block=500):
    """k nearest neighbours as a matrix product and `top_k`."""
    train, half_squares = tf.constant(codes.x), tf.reduce_sum(codes.x**2, axis=1) / 2

    @tf.function
    def votes(test):
        closeness = tf.matmul(test, train, transpose_b=True) - half_squares
        labels = tf.gather(tf.constant(codes.y, tf.int32), tf.math.top_k(closeness, k).indices)
        return tf.argmax(tf.reduce_sum(tf.one_hot(labels, 10), axis=1), axis=1)

    starts = range(0, len(codes.x_test), block)
    found = np.concatenate([votes(codes.x_test[start : start + block]) for start in starts])
    return np.mean(found == codes.y_test)


def alternatives(codes):
    """`{name: a function without arguments that gives the test accuracy}`, ours marked with *."""
    from sklearn import linear_model, neighbors, neural_network, svm

    def fitted(classifier):
        return lambda: classifier.fit(codes.x, codes.y).score(codes.x_test, codes.y_test)

    regression = linear_model.LogisticRegression
    stochastic = linear_model.SGDClassifier
    return {
        "linear *": lambda: evaluation.linear(codes),
        **{
            f"linear, {solver}, {tolerance:g}": fitted(
                regression(C=0.1, solver=solver, tol=tolerance, max_iter=1000)
            )
            for solver in ("newton-cg", "lbfgs")
            for tolerance in (1e-3, 1e-4, 1e-5)
        },
        "linear, newton-cholesky": fitted(regression(C=0.1, solver="newton-cholesky")),
        "linear, saga": fitted(regression(C=0.1, tol=1e-3, solver="saga", max_iter=100)),
        "linear, SGD": fitted(stochastic("log_loss", max_iter=10, tol=None, average=True)),
        "linear, ridge (closed form)": fitted(linear_model.RidgeClassifier()),
        "svm *, one seed": lambda: np.mean(probes.svm_correct(codes, [0])),
        "svm, liblinear": fitted(svm.LinearSVC(C=0.01, tol=1e-3)),
        "knn *": lambda: evaluation.knn(codes),
        "knn, whitened *": lambda: np.mean(probes.knn_whitened_correct(codes)),
        "knn, k-d tree": fitted(neighbors.KNeighborsClassifier(5, algorithm="kd_tree", n_jobs=-1)),
        "knn, TensorFlow": lambda: nearest_by_tensorflow(codes),
        "mlp200 *, three seeds": lambda: np.mean(probes.mlp200_correct(codes, [0, 1, 2])),
        "mlp200, scikit-learn, one seed": fitted(
            neural_network.MLPClassifier((200,), batch_size=512, max_iter=12, random_state=0)
        ),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default="digits")
    parser.add_argument("--codes", choices=("local", "random", "pixels"), default="local")
    parser.add_argument("--only", default="", help="the classifiers whose names begin so")
    options = parser.parse_args()
    codes, seconds = codes_of(options.codes, data.load(options.data))
    count, width = codes.x.shape
    print(f"{count + len(codes.x_test):,} images to {width} numbers: {seconds:.1f} s\n")
    print(f"{'':32}seconds  test accuracy")
    for name, classify in alternatives(codes).items():
        if name.startswith(options.only):
            began = time.perf_counter()
            accuracy = classify()
            seconds = time.perf_counter() - began
            print(f"{name:32}{seconds:7.1f}  {100 * accuracy:12.2f}", flush=True)


if __name__ == "__main__":
    main()
