"""The layers of an encoder that the paper's tables evaluate, and on fewer images."""

import dataclasses

LAYERS = ("feature_map", "dense", "code")


def layers_of(encoder):
    """The names of those that an encoder has; none for one without a feature map."""
    if len(getattr(encoder, "outputs", None) or ()) < 2:
        return []
    present = {layer.name for layer in encoder.layers}
    return [layer for layer in LAYERS if layer in present]


def fewer_images(dataset, count):
    """The data set with at most `count` labelled images, a tenth of them to validate: a map is
    fifty times as long as a code, and what is trained on it takes as much longer."""
    validation = count // 10
    train = count - validation
    return dataclasses.replace(
        dataset,
        x_train=dataset.x_train[:train],
        y_train=dataset.y_train[:train],
        x_validation=dataset.x_validation[:validation],
        y_validation=dataset.y_validation[:validation],
    )
