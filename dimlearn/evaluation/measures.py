"""The paper's other measurements of a frozen encoder, for `dimlearn compare --full`.

    svm_LAYER     a linear support vector machine on feature map, dense layer or code
    ssim          how like the test images a decoder's are, drawn from the code (`decoding.py`)
    ndm           the neural dependency of the code's numbers, nats (`information/diagnosis.py`)
    mine          MINE's estimate of I(X; Y) of image and code, nats (the same)
    tuned_LABELS  the encoder trained on with so many labels a class (`fine_tuning.py`)

Each takes as long as several probes or longer, so each is kept when it is there.
"""

from functools import partial

import numpy as np

from dimlearn.deep_infomax.encoder import layer_model
from dimlearn.errors import InputError
from dimlearn.evaluation.codes import encode, frozen_codes
from dimlearn.evaluation.decoding import decoded_similarity
from dimlearn.evaluation.fine_tuning import LABELS, fine_tuned_correct
from dimlearn.evaluation.layers import layers_of
from dimlearn.evaluation.probes import one_thread
from dimlearn.information.diagnosis import mine_information, neural_dependency

TUNED = tuple(f"tuned_{count or 'all'}" for count in LABELS)
IMAGES = 5_000  # test images for the two estimates


def finish_measures(row, part, dataset, few, folder, say):
    """The measures of a finished part, as far as they are not in the folder already.

    Returns `{name: array}`: which test images are answered right `[N]`, the similarity of each
    `[N]`, or an estimate and its standard error `[2]`. What cannot be measured is told and left
    out.
    """
    found, encoder = folder.read_measures(part), folder.load_encoder(part)
    if encoder is None:
        return found
    for name, measure in measures(row, encoder, dataset, few, part["seed"]).items():
        if name in found:
            continue
        say(f"measuring {name}", passing=True)
        try:
            found[name] = np.asarray(measure())
        except InputError as error:
            say(f"    {name} is left out: {error}")
        else:
            folder.write_measures(part, found)
    return found


def measures(row, encoder, dataset, few, seed):
    """`{name: function}` of what there is to measure, the quick ones first; that of the layers on
    a data set of `few` images.

    An encoder that saw labels, or is yours, is not trained on: it has no equal to be held against.
    """
    layers = layers_of(encoder)
    found = {f"svm_{layer}": partial(svm_correct, encoder, layer, few) for layer in layers}
    found["ssim"] = partial(decoded_similarity, encoder, dataset, seed)
    found["ndm"] = partial(dependency, encoder, dataset, seed)
    found["mine"] = partial(information, encoder, dataset, seed)
    if layers and not (row.labels or row.added):
        fewest = np.bincount(np.concatenate([dataset.y_train, dataset.y_validation])).min()
        for name, per_class in zip(TUNED, LABELS):
            if per_class is None or per_class <= fewest:
                tuned = partial(fine_tuned_correct, encoder, dataset, per_class, seed)
                found[name] = partial(tuned, pretrained=not row.control)
    return found


def svm_correct(encoder, layer, dataset):
    """Which test images a linear support vector machine (hinge loss, one against the rest) on a
    standardised layer gets right: `[N]`."""
    from sklearn.svm import LinearSVC

    codes = frozen_codes(layer_model(encoder, layer), dataset)
    machine = LinearSVC(C=0.01, loss="hinge", max_iter=5_000, random_state=0)
    with one_thread():
        return machine.fit(codes.x, codes.y).predict(codes.x_test) == codes.y_test


def dependency(encoder, dataset, seed):
    """The neural dependency of the codes of test images: `(nats, standard error)`."""
    found = neural_dependency(varying(encode(encoder, dataset.x_test[:IMAGES])), seed=seed)
    return found.value, found.standard_error


def information(encoder, dataset, seed):
    """MINE's estimate for test images and their codes: `(nats, standard error)`."""
    images = dataset.x_test[:IMAGES]
    found = mine_information(images, varying(encode(encoder, images)), seed=seed)
    return found.value, found.standard_error


def varying(codes):
    """The codes without the numbers that are the same in all of them."""
    return codes[:, np.ptp(codes, axis=0) > 0]
