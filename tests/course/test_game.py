"""The step of lesson 07's game: who moves, by which loss, and what is told."""

import numpy as np
import pytest

from dimlearn import build_encoder
from dimlearn.course import game
from dimlearn.deep_infomax.prior import discriminator_loss, prior_loss
from dimlearn.information.bounds import local_jsd
from dimlearn.startup import keras, tf

pytestmark = pytest.mark.slow

IMAGES = tf.constant(np.random.default_rng(0).random((8, 28, 28, 1)), tf.float32)
PRIOR = tf.constant(np.random.default_rng(1).random((8, 2)), tf.float32)


def new_game(monkeypatch, encoder_loss=prior_loss, gamma=0.5):
    """An encoder, its game's discriminator, and the step, always from the same first weights."""
    made, build = [], game.build_discriminator
    monkeypatch.setattr(game, "build_discriminator", lambda dim: made.append(build(dim)) or made[0])
    keras.utils.set_random_seed(0)
    encoder = build_encoder((28, 28, 1), 2)
    step = game.new_game(encoder, local_jsd, encoder_loss, discriminator_loss, gamma)
    monkeypatch.undo()
    return encoder, made[0], step


def test_it_tells_the_losses_of_before_and_moves_everybody(monkeypatch):
    encoder, discriminator, step = new_game(monkeypatch)
    before = [encoder.get_weights(), discriminator.get_weights()]
    logits = discriminator(tf.sigmoid(encoder(IMAGES, training=True)[1]))
    expected = prior_loss(logits), discriminator_loss(discriminator(PRIOR), logits)
    np.testing.assert_allclose(step(IMAGES, PRIOR), expected, rtol=1e-4)
    for network, weights in zip((encoder, discriminator), before):
        moved = zip(network.get_weights(), weights)
        assert any(not np.array_equal(now, old) for now, old in moved)


def test_the_encoders_loss_moves_the_encoder_alone_and_by_its_weight(monkeypatch):
    def after(encoder_loss, gamma):
        encoder, discriminator, step = new_game(monkeypatch, encoder_loss, gamma)
        step(IMAGES, PRIOR)
        return encoder.trainable_variables, discriminator.trainable_variables

    def turned(logits):
        return -prior_loss(logits)

    def same(some, others):
        return all(np.array_equal(one, other) for one, other in zip(some, others))

    (one, told_one), (other, told_other) = after(prior_loss, 50.0), after(turned, 50.0)
    assert same(told_one, told_other) and not same(one, other)
    (one, _), (other, _) = after(prior_loss, 0.0), after(turned, 0.0)
    assert same(one, other)
