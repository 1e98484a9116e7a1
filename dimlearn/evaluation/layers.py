"""The layers of an encoder that the paper's tables evaluate, and on how many images."""

import dataclasses

LAYERS = ("feature_map", "dense", "code")
LAYERS_ON = 5_000  # labelled images for what is trained on the large feature maps


def layers_of(encoder):
    """The names of those that an encoder has; none for one without a feature map."""
    if len(getattr(encoder, "outputs", None) or ()) < 2:
        return []
    present = {layer.name for layer in encoder.layers}
    return [layer for layer in LAYERS if layer in present]


def fewer_images(dataset):
    """The data set with at most `LAYERS_ON` labelled images, a tenth of them to validate: a map is
    fifty times as long as a code."""
    train, validation = LAYERS_ON * 9 // 10, LAYERS_ON // 10
    return dataclasses.replace(
        dataset,
        x_train=dataset.x_train[:train],
        y_train=dataset.y_train[:train],
        x_validation=dataset.x_validation[:validation],
        y_validation=dataset.y_validation[:validation],
    )
