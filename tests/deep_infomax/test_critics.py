"""Critics: every code with every location of every image, at two prices."""

import numpy as np
import pytest

from dimlearn.deep_infomax import ConcatCritic, DotProductCritic
from dimlearn.deep_infomax.critics import Projection, local_scores
from dimlearn.startup import keras

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(5, 3, 4)).astype("float32")  # [N, L, F]
CODES = RNG.normal(size=(5, 2)).astype("float32")  # [N, D]


@pytest.fixture(params=[ConcatCritic, DotProductCritic])
def critic(request):
    keras.utils.set_random_seed(1)
    critic = request.param(6)
    critic.build((None, 3, 4), (None, 2))
    return critic


def test_local_scores_are_inner_products():
    features, codes = RNG.normal(size=(4, 3, 2)), RNG.normal(size=(4, 2))
    scores = local_scores(features, codes).numpy()
    assert scores.shape == (4, 4, 3) and scores.dtype == np.float64
    for i, j, place in np.ndindex(scores.shape):
        assert scores[i, j, place] == pytest.approx(codes[i] @ features[j, place])


def test_a_score_is_of_its_own_code_and_location(critic):
    """Moving one code moves one row; moving one image's location moves one entry of each row."""
    scores = critic(FEATURES, CODES).numpy()
    assert scores.shape == (5, 5, 3)
    codes, features = CODES.copy(), FEATURES.copy()
    codes[1] += 1
    features[2, 0] += RNG.normal(size=4)
    moved = np.abs(critic(FEATURES, codes).numpy() - scores) > 1e-6
    assert moved[1].any() and not np.delete(moved, 1, axis=0).any()
    moved = np.abs(critic(features, CODES).numpy() - scores) > 1e-6
    assert moved[:, 2, 0].any()
    moved[:, 2, 0] = False
    assert not moved.any()


def test_matched_scores_are_entries_of_the_matrix(critic):
    scores = critic(FEATURES, CODES).numpy()
    positive, negative = critic.matched(FEATURES, CODES)
    image = np.arange(5)
    np.testing.assert_allclose(positive, scores[image, image], atol=1e-5)
    np.testing.assert_allclose(negative, scores[image - 1, image], atol=1e-5)  # the code before


def test_the_concat_critic_is_a_network_on_the_concatenation():
    critic = ConcatCritic(6)
    critic.build((None, 3, 4), (None, 2))
    by_feature, by_code = critic.feature_part.kernel.numpy(), critic.code_part.kernel.numpy()
    pair = np.concatenate([FEATURES[1, 2], CODES[4]])
    hidden = pair @ np.concatenate([by_feature, by_code]) + critic.code_part.bias.numpy()
    expected = critic.tail(hidden[None, None])[0, 0, 0]
    assert float(critic(FEATURES, CODES)[4, 1, 2]) == pytest.approx(float(expected), abs=1e-5)


def test_a_projection_goes_round_its_network_by_the_features_themselves_where_it_can():
    """Of a network without weights the features are left, normalised; or nothing is."""
    as_wide, wider, none = (Projection(*sizes) for sizes in [(4, 2, True), (6, 2, True), (4, 2)])
    for projection in (as_wide, wider, none):
        projection.build(FEATURES.shape)
        projection.linear.kernel.assign(0 * projection.linear.kernel)
    centred = FEATURES - FEATURES.mean(axis=-1, keepdims=True)
    expected = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-3)
    np.testing.assert_allclose(as_wide(FEATURES), expected, atol=1e-5)
    assert wider(FEATURES).shape == (5, 3, 6)
    np.testing.assert_array_equal(none(FEATURES), 0)
    assert len(wider.trainable_variables) == len(as_wide.trainable_variables) + 1
