"""SMILE and MINE's form of DV: their values and their gradients (nats)."""

import math

import numpy as np
import pytest

from dimlearn.information.bounds import dv_bound, mine_bound, smile
from dimlearn.information.worlds import correlated_gaussians
from dimlearn.startup import tf

N = 8
EYE = np.eye(N)


def scores_like(shape=(6, 6), seed=0, scale=1.5):
    return np.random.default_rng(seed).normal(size=shape) * scale


# ---------------------------------------------------------------- known values


def test_smile_by_hand():
    """Only the negatives are clipped: the diagonal of 100 stays, off-diagonal 9s count as 2."""
    assert float(smile(100 * EYE, 2.0)) == pytest.approx(100)
    scores = np.where(EYE == 1, 3.0, 9.0)
    assert float(smile(scores, 2.0)) == pytest.approx(3 - 2)
    assert float(smile(scores, 20.0)) == pytest.approx(float(dv_bound(scores)))


def test_smile_exceeds_the_truth_where_dv_does_not():
    """It is no bound: a critic that is right on average reads too much."""
    world = correlated_gaussians(6.0)
    values = [world.log_ratio(*world.sample(128, seed)) for seed in range(50)]
    assert np.mean([float(smile(scores, 1.0)) for scores in values]) > 6.6


# ---------------------------------------------------------------- MINE's gradient


def gradients(function, scores):
    scores = tf.constant(scores)
    with tf.GradientTape() as tape:
        tape.watch(scores)
        value = function(scores)
    return float(value), tape.gradient(value, scores).numpy()


def test_mine_has_the_value_of_dv_and_a_gradient_of_its_own():
    scores, average = scores_like(), 0.9
    off = ~np.eye(6, dtype=bool)
    value, slope = gradients(lambda s: mine_bound(s, average, 0.1)[0], scores)
    assert value == pytest.approx(float(dv_bound(scores)))
    new = math.log(0.9 * math.exp(average) + 0.1 * np.exp(scores[off]).mean())
    assert float(mine_bound(scores, average, 0.1)[1]) == pytest.approx(new)
    np.testing.assert_allclose(np.diag(slope), 1 / 6)
    np.testing.assert_allclose(slope[off], -np.exp(scores[off] - new) / 30)


def test_mine_starts_as_dv():
    scores = scores_like()
    value, slope = gradients(lambda s: mine_bound(s)[0], scores)
    expected = gradients(dv_bound, scores)
    assert value == pytest.approx(expected[0])
    np.testing.assert_allclose(slope, expected[1])


def test_the_moving_average_corrects_the_gradients_bias():
    """Averaged over small batches, MINE's gradient is that of the large sample; DV's is not."""
    rng = np.random.default_rng(0)
    population = rng.normal(size=200_000) * 1.5  # scores theta * z of negatives, at theta = 1
    target = (population * np.exp(population)).mean() / np.exp(population).mean()
    plain, corrected = [], []
    average = tf.constant(np.log(np.exp(population).mean()))

    @tf.function
    def slopes(z):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(z)
            values = dv_bound(z), mine_bound(z, average, 0.001)[0]
        return [tape.gradient(value, z) for value in values]

    off = ~np.eye(4, dtype=bool)
    for _ in range(1500):
        z = rng.normal(size=(4, 4)) * 1.5
        for found, slope in zip((plain, corrected), slopes(tf.constant(z))):
            found.append(-(slope.numpy() * z)[off].sum())
    assert abs(np.mean(corrected) - target) < 0.35
    assert np.mean(plain) < target - 0.4


# ---------------------------------------------------------------- gradients and stability


def test_smiles_gradient_agrees_with_finite_differences():
    scores, step = scores_like((4, 4)), 1e-6
    found, expected = gradients(smile, scores)[1], np.zeros((4, 4))
    for i, j in np.ndindex(4, 4):
        shifted = np.zeros((4, 4))
        shifted[i, j] = step
        up, down = smile(scores + shifted), smile(scores - shifted)
        expected[i, j] = (float(up) - float(down)) / (2 * step)
    np.testing.assert_allclose(found, expected, atol=1e-7)


@pytest.mark.parametrize(
    "bound", [smile, lambda scores: mine_bound(scores, tf.constant(0.0))[0]], ids=["smile", "mine"]
)
@pytest.mark.parametrize("size", [1000.0, -1000.0])
def test_huge_scores_stay_finite_in_a_graph(bound, size):
    scores = scores_like((4, 4)).astype("float32")
    scores[range(4), range(4)] += size
    scores[0, 1], scores[1, 0] = 1000, -1000

    @tf.function
    def both(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = bound(x)
        return value, tape.gradient(value, x)

    value, slope = both(tf.constant(scores))
    assert np.isfinite(value) and np.isfinite(slope).all()
