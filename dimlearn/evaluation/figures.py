"""The figures of a comparison: which images and codes they show. `pictures` draws them."""

import numpy as np

from dimlearn.evaluation.codes import encode, standardize
from dimlearn.pictures import comparison as pictures
from dimlearn.startup import keras

SHOWN, SEARCHED = 500, 5000  # test images in the projection, training images among neighbours
FEWEST_TO_PROJECT = 3  # t-SNE compares each point with some neighbours
NEIGHBOURS_OF = ("pixels", "random", "local", "supervised")  # more rows would not fit on a page


def draw(results, folder, dataset, say):
    """The figures of a comparison, `{name: (figure, text alternative)}`."""
    rows = results["rows"]
    say("figures: projecting the codes", passing=True)
    rng = np.random.default_rng(0)
    shown = rng.permutation(len(dataset.x_test))[:SHOWN]
    searched = rng.permutation(len(dataset.x_train))[:SEARCHED]
    queries, labels = dataset.x_test[shown], dataset.y_test[shown]
    class_names = np.array(dataset.class_names)
    searched, searched_labels = dataset.x_train[searched], dataset.y_train[searched]
    all_names = [row["name"] for row in rows]

    figures = {"accuracy": pictures.accuracies(rows), "few_labels": pictures.few_labels(rows)}
    if len(queries) > FEWEST_TO_PROJECT:
        places = {name: in_two_dimensions(*codes_of(name, folder, queries)) for name in all_names}
        figures["projection"] = pictures.projection(places, labels, class_names)
    if any(row["history"][0] for row in rows):
        figures["loss_curves"] = pictures.loss_curves(rows)
    first = np.sort(np.unique(labels, return_index=True)[1][:10])  # of each of ten classes
    names = [name for name in NEIGHBOURS_OF if name in all_names] or all_names
    found = {name: nearest(*codes_of(name, folder, searched, queries[first])) for name in names}
    figures["neighbours"] = pictures.neighbours(
        queries[first], class_names[labels[first]], found, searched, class_names[searched_labels]
    )
    return figures


def codes_of(name, folder, *parts):
    """Codes `[N, D]` of each part of the images from a row's encoder of the first seed,
    standardised by the first part."""
    path = folder / "encoders" / f"{name}-0.keras"
    encoder = keras.saving.load_model(path, compile=False, safe_mode=True)
    return standardize(*(encode(encoder, images) for images in parts))


def in_two_dimensions(codes, seed=0):
    """Places `[N, 2]` of codes `[N, D]` in the plane, by t-SNE (van der Maaten & Hinton 2008).

    Codes that are all the same are one point: of them scikit-learn's t-SNE makes NaN, and ends the
    process.
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    if codes.std(axis=0, dtype="float64").max() < 1e-10:
        return np.zeros((len(codes), 2))
    start = "pca" if codes.shape[1] > 1 else "random"
    neighbours = min(30, (len(codes) - 1) / 3)
    tsne = TSNE(perplexity=neighbours, max_iter=500, random_state=seed, init=start)
    with threadpool_limits(1):  # so little work that threads would only wait for each other
        return tsne.fit_transform(codes)


def nearest(train_codes, queries, count=4):
    """Indices `[Q, count]` of the training codes nearest to the queries `[Q, D]`."""
    from sklearn.neighbors import NearestNeighbors

    finder = NearestNeighbors(n_neighbors=min(count, len(train_codes))).fit(train_codes)
    return finder.kneighbors(queries, return_distance=False)
