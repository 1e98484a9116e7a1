"""SMILE, TUBA, I_alpha, MINE's gradient and the read-outs of a JSD critic (nats)."""

import math

import numpy as np
import pytest

from dimlearn.information.bounds import (
    dv_bound,
    i_alpha_bound,
    infonce_bound,
    jsd_bound,
    mine_bound,
    nwj_bound,
    smile,
    split_pairs,
    tuba_bound,
)
from dimlearn.information.readouts import read_log_ratio
from dimlearn.information.training import exact_critic
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


def test_tuba_is_nwj_and_its_best_baseline_is_the_row_mean():
    scores = scores_like()
    assert float(tuba_bound(scores, 1.0)) == pytest.approx(float(nwj_bound(scores)))
    off = ~np.eye(6, dtype=bool)
    best = np.array([np.log(np.exp(row[keep]).mean()) for row, keep in zip(scores, off)])
    value = float(tuba_bound(scores, best))
    assert value == pytest.approx(np.mean(np.diag(scores) - best))
    for seed in range(20):
        other = best + 0.3 * np.random.default_rng(seed).normal(size=6)
        assert float(tuba_bound(scores, other)) < value


def test_i_alpha_joins_tuba_and_infonce():
    scores, baseline = scores_like(), scores_like((6,), seed=1)
    ends = float(tuba_bound(scores, baseline)), float(infonce_bound(scores))
    assert float(i_alpha_bound(scores, 0, baseline)) == pytest.approx(ends[0])
    assert float(i_alpha_bound(scores, 1, baseline)) == pytest.approx(ends[1])
    assert float(i_alpha_bound(scores, 1e-9, baseline)) == pytest.approx(ends[0], abs=1e-6)
    assert float(i_alpha_bound(scores, 1 - 1e-9, baseline)) == pytest.approx(ends[1], abs=1e-6)


@pytest.mark.parametrize("alpha", [0.01, 0.3, 0.9])
def test_i_alpha_by_loops(alpha):
    scores = scores_like((5, 5), seed=3)
    positive, negative = [], []
    for i in range(5):
        row, others = np.exp(scores[i]), np.exp(np.delete(scores[i], i))
        positive.append(scores[i, i] - np.log(alpha * row.mean() + (1 - alpha) * math.exp(0.7)))
        negative.append((others / (alpha * others.mean() + (1 - alpha) * math.exp(0.7))).mean())
    expected = 1 + np.mean(positive) - np.mean(negative)
    assert float(i_alpha_bound(scores, alpha, 0.7)) == pytest.approx(expected)


def test_i_alpha_has_its_ceiling():
    for alpha in (0.01, 0.5, 1):
        assert float(i_alpha_bound(1000 * EYE, alpha)) <= math.log(N / alpha) + 1 + 1e-9


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

MORE = {
    "smile": smile,
    "tuba": lambda scores: tuba_bound(scores, 0.5),
    "i_alpha 0.3": lambda scores: i_alpha_bound(scores, 0.3, 0.2),
    "i_alpha 1": lambda scores: i_alpha_bound(scores, 1),
}


@pytest.mark.parametrize("name", MORE)
def test_gradients_agree_with_finite_differences(name):
    scores, step = scores_like((4, 4)), 1e-6
    found, expected = gradients(MORE[name], scores)[1], np.zeros((4, 4))
    for i, j in np.ndindex(4, 4):
        shifted = np.zeros((4, 4))
        shifted[i, j] = step
        up, down = MORE[name](scores + shifted), MORE[name](scores - shifted)
        expected[i, j] = (float(up) - float(down)) / (2 * step)
    np.testing.assert_allclose(found, expected, atol=1e-7)


@pytest.mark.parametrize("name", ["smile", "i_alpha 0.3", "i_alpha 1", "mine"])
@pytest.mark.parametrize("size", [1000.0, -1000.0])
def test_huge_scores_stay_finite_in_a_graph(name, size):
    bound = MORE.get(name, lambda scores: mine_bound(scores, tf.constant(0.0))[0])
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


# ---------------------------------------------------------------- the exact critic


@pytest.fixture(scope="module")
def exact():
    return exact_critic((0.5, 2.0, 4.0), batches=150)


@pytest.mark.parametrize(
    "level, expected",
    [
        (2.0, {"DV": 2.0, "NWJ": 2.0, "InfoNCE": 1.89, "SMILE-1": 2.38, "SMILE-5": 2.03}),
        (4.0, {"DV": 4.0, "NWJ": 3.99, "InfoNCE": 3.32, "SMILE-1": 4.63, "SMILE-5": 4.23}),
    ],
)
def test_what_each_formula_reads_off_the_exact_critic(exact, level, expected):
    """20-d Gaussians, N = 128: bias of the formula alone, no training."""
    for name, value in expected.items():
        values = exact[level][name]
        assert values.mean() == pytest.approx(value, abs=0.03 + 2 * values.std() / 150**0.5), name


@pytest.mark.parametrize("level", [0.5, 2.0, 4.0])
def test_the_read_outs_of_a_jsd_critic(exact, level):
    """Right by four formulas; as if the critic were NWJ's own, 1/e too low."""
    own = exact[level]
    for name in ("NWJ", "DV", "mean positive score"):
        assert own[name].mean() == pytest.approx(level, abs=0.05)
    assert own["NWJ, 1 + forgotten"].mean() == pytest.approx(level - 1 / math.e, abs=0.05)


def test_read_log_ratio_is_the_formulas():
    scores = scores_like((9, 9))
    positive, negative = (side.numpy() for side in split_pairs(scores))
    read = read_log_ratio(scores)
    assert read["NWJ"] == pytest.approx(1 + positive.mean() - np.exp(negative).mean())
    assert read["mean positive score"] == pytest.approx(positive.mean())
    assert read["DV"] == pytest.approx(positive.mean() - np.log(np.exp(negative).mean()))


def test_the_jsd_objective_is_no_mutual_information(exact):
    world = correlated_gaussians(4.0)
    scores = world.log_ratio(*world.sample(400, seed=0))
    assert float(jsd_bound(scores)) < 0
    assert read_log_ratio(scores)["DV"] == pytest.approx(4, abs=0.5)
