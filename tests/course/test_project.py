"""The project's classifier: the fault that lesson 09 takes apart is in it."""

import numpy as np

from dimlearn import build_encoder
from dimlearn.course.project import free_classifier


def test_its_encoder_is_not_frozen():
    encoder = build_encoder((12, 12, 1), 5)
    model = free_classifier(encoder, 3)
    assert len(model.trainable_variables) == 6 + len(encoder.trainable_variables)
    images = np.random.default_rng(0).random((8, 12, 12, 1), dtype="float32")
    before = encoder.get_weights()
    assert model(images, training=True).shape == (8, 3)
    assert not all(map(np.array_equal, before, encoder.get_weights()))
