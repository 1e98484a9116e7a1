"""Fine-tuning: an encoder trained on with few labels, all of its weights. The paper's section 4.1.

A probe leaves the encoder frozen, and so asks what is in the code already. Whoever has a few labels
may also go on training the encoder with them (semi-supervised learning). What that is worth shows
beside the same network from its first weights, the row *random*, that is given the same labels, as
many batches and the same learning rate: where the two meet, pretraining was for nothing.

A pretrained encoder begins under the linear probe of its code (Kumar et al. 2022). Under a
classifier of random weights the first gradients are those of a wrong answer, and they undo in the
encoder what it had learned. The network from its first weights has nothing to lose, and begins
under random ones as networks do.
"""

import numpy as np

from dimlearn.data.batches import full_batches
from dimlearn.deep_infomax.optimizer import FusedAdam
from dimlearn.deep_infomax.settling import settle
from dimlearn.evaluation.codes import encode
from dimlearn.evaluation.probes import few_labels, logistic_regression, one_thread
from dimlearn.evaluation.rows import rise_and_fall
from dimlearn.startup import keras

LABELS = (1, 10, 100, None)  # a class; None: all there are
STEPS, RATE, BATCH = 300, 1e-3, 128
SCALED_BY = 5_000  # training images whose codes say how large a code is


def fine_tuned_correct(encoder, dataset, per_class, seed, pretrained=True):
    """Which test images a fine-tuned encoder gets right, under a linear classifier: `[N]`.

    `encoder`: a functional model with a layer `code`, which stays as it is: a copy is trained;
    `per_class`: how many labelled images of each class, or None for all; `seed`: draws them, the
    classifier's first weights and the batches; `pretrained`: whether it begins under the probe.
    Batch normalisation is settled on all training images then, as that of every row; it sees no
    label.
    """
    keras.utils.set_random_seed(seed)
    x, y = labelled_images(dataset, per_class, seed)
    copy = keras.models.clone_model(encoder)
    copy.set_weights(encoder.get_weights())
    linear = keras.layers.Dense(dataset.num_classes)
    classifier = keras.Model(copy.input, linear(copy.get_layer("code").output))
    if pretrained:
        linear.set_weights(probe_of(encoder, x, y, dataset))
    classifier.compile(
        FusedAdam(rise_and_fall(RATE, STEPS)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
        steps_per_execution=10,
    )
    batches = full_batches((x, y), min(BATCH, len(y)), shuffle=True, batches=STEPS)
    classifier.fit(batches, shuffle=False, verbose=0)  # they are shuffled
    settle(classifier, dataset.x_pretraining)
    return encode(classifier, dataset.x_test).argmax(axis=1) == dataset.y_test


def probe_of(encoder, x, y, dataset):
    """Logistic regression on the standardised codes of images `x [N, ...]` with labels `y [N]`, as
    a layer on the codes as they are: weights `[D, K]`, biases `[K]`."""
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(encode(encoder, dataset.x_train[:SCALED_BY]))
    codes = scaler.transform(encode(encoder, x))
    with one_thread():
        probe = logistic_regression(codes, 1.0).fit(codes, y)
    weights, biases = probe.coef_ / scaler.scale_, probe.intercept_
    biases = biases - weights @ scaler.mean_
    if len(weights) == 1:  # of two classes there is one logit, that of the second
        weights, biases = (np.concatenate([0 * each, each]) for each in (weights, biases))
    return weights.T, biases


def labelled_images(dataset, per_class, seed):
    """Images and labels to learn from: those that the probes `labels_K` draw with the same seed."""
    x, y = (dataset.x_train, dataset.x_validation), (dataset.y_train, dataset.y_validation)
    if per_class is None:
        return np.concatenate(x), np.concatenate(y)
    chosen = few_labels(np.concatenate(y), per_class, seed)
    count = len(dataset.x_train)
    images = [x[0][i] if i < count else x[1][i - count] for i in chosen]
    return np.stack(images), np.concatenate(y)[chosen]
