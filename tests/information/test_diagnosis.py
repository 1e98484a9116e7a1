"""Dependence between the dimensions of codes: held out, and more than a Gaussian sees."""

import gc
import weakref

import numpy as np
import pytest

from dimlearn import InputError
from dimlearn.information import diagnosis
from dimlearn.information.diagnosis import (
    mine_information,
    neural_dependency,
    one_among_shuffles,
    shuffle_dimensions,
)
from dimlearn.startup import tf


def test_shuffled_dimensions_keep_their_values_and_lose_their_company():
    codes = np.repeat(np.arange(300.0)[:, None], 3, axis=1)
    shuffled = shuffle_dimensions(codes, seed=1)
    np.testing.assert_array_equal(np.sort(shuffled, axis=0), codes)
    assert np.abs(np.corrcoef(shuffled, rowvar=False)[np.triu_indices(3, 1)]).max() < 0.3
    np.testing.assert_array_equal(shuffle_dimensions(codes, seed=1), shuffled)


def test_neural_dependency_is_held_out():
    rng = np.random.default_rng(0)
    independent = neural_dependency(rng.normal(size=(400, 6)), steps=200)
    assert abs(independent.value) < 0.06
    assert abs(independent.value) <= 3 * independent.standard_error


@pytest.mark.slow
def test_neural_dependency_sees_what_a_gaussian_does_not():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 1500))
    codes = np.stack([a, np.sign(a) * np.abs(b), rng.normal(size=1500)], axis=1)
    found = neural_dependency(codes, folds=3, steps=300)
    assert 0.45 < found.value < 0.75  # log 2 = 0.69; the Gaussian total correlation is 0.26


def test_a_dependence_beyond_what_shuffles_can_show_reads_as_at_least_what_they_can():
    """Sixty-four numbers made of four hang together by hundreds of nats: DV of some thousand
    shuffled codes would read any number, up to millions."""
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(400, 4)) @ rng.normal(size=(4, 64)) + 0.01 * rng.normal(size=(400, 64))
    found = neural_dependency(codes, folds=4, steps=30)
    assert found.ceiling == pytest.approx(np.log(20 * 100 + 1))
    assert found.ceiling - 1 < found.value <= found.ceiling
    assert "at least" in " ".join(found.warnings)


def test_one_among_shuffles_is_exact_for_two_coins():
    """Codes (c, c) of a fair coin share log 2; half the shuffled ones are impossible codes."""
    m = 1000
    positive, negative = np.full(50, np.log(2)), np.repeat([np.log(2), -50.0], m // 2)
    assert one_among_shuffles(positive, negative) == pytest.approx(np.log(2), abs=2 / m)
    assert one_among_shuffles(positive + 7, negative + 7) == pytest.approx(np.log(2), abs=2 / m)
    assert one_among_shuffles(np.full(50, 1e6), negative) == pytest.approx(np.log(m + 1))


def test_increasing_functions_of_a_dimension_change_nothing():
    codes = np.random.default_rng(0).normal(size=(200, 2)) @ [[1.0, 0.7], [0.0, 0.4]]
    found, again = (neural_dependency(z, folds=2, steps=20) for z in (codes, codes**3))
    assert again.value == pytest.approx(found.value, abs=1e-6)


@pytest.mark.parametrize(
    "measure, objective",
    [
        ("neural_dependency", "jsd"),
        pytest.param("mine_information", "mine_bound", marks=pytest.mark.slow),
    ],
)
def test_no_graph_outlives_a_measurement(measure, objective, monkeypatch):
    graphs, plain = [], getattr(diagnosis, objective)

    def watched(*scores):
        if not tf.executing_eagerly():
            graphs.append(weakref.ref(tf.compat.v1.get_default_graph()))
        return plain(*scores)

    monkeypatch.setattr(diagnosis, objective, watched)
    codes = np.random.default_rng(0).normal(size=(120, 2))
    sides = [codes] if measure == "neural_dependency" else [codes, codes]
    getattr(diagnosis, measure)(*sides, folds=2, steps=5)
    gc.collect()
    assert graphs and all(graph() is None for graph in graphs)


@pytest.mark.slow
def test_mine_of_images_and_codes():
    rng = np.random.default_rng(0)
    images = rng.normal(size=(900, 3, 3, 1))
    codes = images.reshape(900, 9)[:, :2] + 0.5 * rng.normal(size=(900, 2))
    found = mine_information(images, codes, folds=2, steps=150)
    assert 0.8 < found.value < 1.8  # log 5 = 1.61 in truth
    apart = mine_information(images, rng.permutation(codes), folds=2, steps=50)
    assert abs(apart.value) < 0.1 and found.curve.shape == (150, 2)


@pytest.mark.parametrize(
    "codes, words",
    [
        (np.zeros((50, 4)), "at least 100 rows"),
        (np.zeros((200, 4)), "constant"),
        (np.full((200, 4), np.nan), "NaN"),
    ],
)
def test_bad_codes_get_one_sentence(codes, words):
    with pytest.raises(InputError, match=words):
        neural_dependency(codes)
    with pytest.raises(InputError, match=words):
        mine_information(np.ones((len(codes), 2)), codes)
