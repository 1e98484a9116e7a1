"""Estimates of mutual information where the truth is known, and where there is nothing to find."""

import math
import time

import numpy as np
import pytest

import dimlearn
from dimlearn import InputError, estimate_mi
from dimlearn.information import (
    KSG,
    CrossFitted,
    Gaussian,
    Histogram,
    classical,
    entropy,
    gaussian_mi,
    training,
    worlds,
)
from dimlearn.information.critics import (
    ConcatCritics,
    GaussianCritic,
    KernelCritic,
    SeparableCritics,
)
from dimlearn.information.crossfit import choose_cap, split_folds, weigh
from dimlearn.information.diagnosis import mine_information, neural_dependency
from dimlearn.information.estimation import MAX_ROWS
from dimlearn.information.samples import check_pairs, own_rng, rank_gaussian, untie

# ---------------------------------------------------------------- known worlds


@pytest.mark.parametrize("mi", [0.5, 2.0, 8.0])
@pytest.mark.parametrize("cubed", [False, True])
def test_the_log_ratio_of_gaussians_has_their_information_as_its_mean(mi, cubed):
    world = worlds.correlated_gaussians(mi, dim=5, cubed=cubed)
    x, y = world.sample(2000, seed=0)
    assert np.diag(world.log_ratio(x, y)).mean() == pytest.approx(mi, abs=0.3)
    assert world.mutual_information == mi
    assert 5 * gaussian_mi(worlds.correlation_for(mi, 5)) == pytest.approx(mi)
    if mi == 0.5:
        assert np.exp(world.log_ratio(x[:500], y[500:1000])).mean() == pytest.approx(1, abs=0.1)


def test_every_world_draws_what_it_says():
    for world in worlds.built_in():
        x, y = world.sample(50, seed=1)
        again = world.sample(50, seed=1)
        assert len(x) == len(y) == 50 and np.isfinite(x).all() and np.isfinite(y).all()
        np.testing.assert_array_equal(x, again[0])
        assert not np.array_equal(x, world.sample(50, seed=2)[0])


def test_the_noisy_uniform_by_numerical_integration():
    noise, grid = 0.1, np.linspace(-0.1, 1.1, 200_001)
    density = (np.minimum(grid + noise, 1) - np.maximum(grid - noise, 0)) / (2 * noise)
    full = density[density > 0]
    h_y = -(full * np.log(full)).sum() * (grid[1] - grid[0])
    assert worlds.noisy_uniform(noise).mutual_information == pytest.approx(
        h_y - math.log(2 * noise), abs=1e-4
    )


def test_the_table_of_the_lessons():
    world = worlds.table([[0.4, 0.1], [0.1, 0.4]])
    assert world.mutual_information == pytest.approx(0.192745, abs=1e-6)
    x, y = world.sample(20_000, seed=0)
    assert np.diag(world.log_ratio(x[:1000], y[:1000])).mean() == pytest.approx(0.1927, abs=0.06)
    assert np.mean(x == y) == pytest.approx(0.8, abs=0.02)


def test_same_class_images_share_the_entropy_of_the_class():
    images = np.repeat(np.arange(6.0), 10)[:, None, None, None] * np.ones((1, 4, 4, 1)) / 6
    labels = np.repeat([0, 1, 2], 20)
    world = worlds.same_class_images(images, labels)
    assert world.mutual_information == pytest.approx(math.log(3))
    x, y = world.sample(300, seed=0)
    assert x.shape == y.shape == (300, 16)
    np.testing.assert_array_equal(x[:, 0] * 6 // 2, y[:, 0] * 6 // 2)  # one class
    assert 0.3 < np.mean(x[:, 0] == y[:, 0]) < 0.7  # and nothing else
    assert worlds.same_class_images(images, labels, rows=2).sample(3)[1].shape == (3, 8)
    two = worlds.same_class_images(images, labels, digits=2)
    assert two.mutual_information == pytest.approx(2 * math.log(3))
    assert two.sample(3)[0].shape == (3, 32)
    apart = worlds.same_class_images(images, labels, matched=False)
    x, y = apart.sample(3000, seed=0)
    assert apart.mutual_information == 0
    assert np.mean(x[:, 0] * 6 // 2 == y[:, 0] * 6 // 2) == pytest.approx(1 / 3, abs=0.04)


def test_unbalanced_classes_share_less():
    images, labels = np.zeros((40, 2, 2, 1)), np.repeat([0, 1], [30, 10])
    world = worlds.same_class_images(images, labels)
    assert world.mutual_information == pytest.approx(entropy([0.75, 0.25]))


# ---------------------------------------------------------------- without training


def test_gaussian_agrees_with_determinants():
    rng = np.random.default_rng(0)
    z = rng.normal(size=(500, 5)) @ rng.normal(size=(5, 5))
    logdet = lambda columns: np.linalg.slogdet(np.corrcoef(columns.T))[1]  # noqa: E731
    expected = -0.5 * (logdet(z) - logdet(z[:, :2]) - logdet(z[:, 2:]))
    assert classical.gaussian(z[:, :2], z[:, 2:]) == pytest.approx(expected)
    assert classical.gaussian(z[:, :1], 2 * z[:, :1] + 1) > 10  # infinite, but for rounding


def test_histogram_of_a_table_is_its_plug_in_value():
    rng = np.random.default_rng(0)
    x = rng.permutation(np.arange(1000.0))
    assert classical.histogram(x[:, None], x[:, None], bins=4) == pytest.approx(math.log(4))
    independent = [classical.histogram(*rng.normal(size=(2, 1000, 1)), bins=4) for _ in range(60)]
    assert np.mean(independent) == pytest.approx(9 / 2000, abs=0.001)  # its known bias
    with pytest.raises(InputError, match="one column"):
        classical.histogram(np.zeros((9, 2)), np.zeros((9, 1)))


def test_ksg_by_loops():
    from scipy.special import digamma

    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 2))
    y = x[:, :1] + rng.normal(size=(60, 1))
    a, b = x / x.std(axis=0), y / y.std(axis=0)
    terms = []
    for i in range(60):
        dx, dy = np.abs(a - a[i]).max(axis=1), np.abs(b - b[i]).max(axis=1)
        radius = np.sort(np.maximum(dx, dy))[3]
        counts = [(d < radius).sum() - 1 for d in (dx, dy)]
        terms.append(digamma(3) + digamma(60) - sum(digamma(c + 1) for c in counts))
    assert classical.ksg(x, y, k=3) == pytest.approx(np.mean(terms), abs=1e-9)


def test_ksg_is_the_same_by_tree_and_by_force():
    x, y = worlds.correlated_gaussians(1.0, dim=3).sample(400, seed=0)
    for a, b in ((x, y), (np.round(x), np.round(y)), (x > 0.5, np.round(y, 1))):
        a, b = a.astype(float), b.astype(float)
        a, b = (untie(side, np.random.default_rng(0)) for side in (a, b))
        tree = classical._count_by_tree(a, b, 3)
        np.testing.assert_array_equal(tree, classical._count_by_force(a, b, 3))


def test_ksg_in_its_field_with_ties_and_at_its_ceiling():
    x, y = worlds.gaussian_pairs([0.75]).sample(4000, seed=0)
    assert classical.ksg(x, y) == pytest.approx(0.4133, abs=0.05)
    for decimals in (2, 1):
        rounded = np.round(x, decimals), np.round(y, decimals)
        assert classical.ksg(*rounded) == pytest.approx(0.4133, abs=0.04)
        assert KSG().estimate(*rounded) == pytest.approx(0.4133, abs=0.04)
    same = KSG().result(x, 2 * x)
    assert same.value <= same.ceiling + 1e-9 and any("at least" in w for w in same.warnings)


def test_discrete_variables():
    world = worlds.table([[0.4, 0.1], [0.1, 0.4]])
    found = estimate_mi(*world.sample(3000, seed=0))
    assert found.value == pytest.approx(0.1927, abs=0.03)
    assert abs(found.value - world.mutual_information) < 3 * found.standard_error


# ---------------------------------------------------------------- critics and cross-fitting


def test_folds_are_apart():
    splits = split_folds(203, np.random.default_rng(0))
    assert sorted(np.concatenate([s.test for s in splits])) == list(range(203))
    assert len({len(s.train) for s in splits}) == 1
    for split in splits:
        parts = [set(split.train), set(split.validation), set(split.test)]
        assert sum(map(len, parts)) == len(set.union(*parts)) and min(map(len, parts)) > 0
        assert set(split.halved().train) < parts[0]
        assert len(split.halved().train) == len(split.train)


def test_the_gaussian_critic_finds_the_log_ratio():
    world = worlds.correlated_gaussians(1.0, dim=3)
    critic = GaussianCritic(*world.sample(20_000, seed=0))
    x, y = world.sample(50, seed=1)
    np.testing.assert_allclose(critic(x, y), world.log_ratio(x, y), atol=0.1, rtol=0.07)


def test_the_kernel_critic_finds_the_log_ratio_of_a_table():
    world = worlds.table([[0.4, 0.1], [0.1, 0.4]])
    x, y = (0.25 + side / 2 for side in world.sample(5000, seed=0))
    scores = KernelCritic(x, y, 0.05)(np.array([[0.25], [0.75]]), np.array([[0.25], [0.75]]))
    expected = np.log([[1.6, 0.4], [0.4, 1.6]])
    np.testing.assert_allclose(scores, expected, atol=0.06)


@pytest.mark.parametrize("kind", [SeparableCritics, ConcatCritics])
def test_members_are_networks_of_their_own(kind):
    critics = kind(np.random.default_rng(0), 3, 2, 4)
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(3, 5, 2)), rng.normal(size=(3, 6, 4))
    x, y = x.astype("float32"), y.astype("float32")
    scores = critics(x, y).numpy()
    assert scores.shape == (3, 5, 6)
    x[1] += 1
    changed = critics(x, y).numpy()
    np.testing.assert_allclose(changed[[0, 2]], scores[[0, 2]], atol=1e-5)
    assert np.abs(changed[1] - scores[1]).max() > 1e-3
    x[1, 0] += 1  # score (i, j) sees only x_i and y_j
    np.testing.assert_allclose(critics(x, y).numpy()[1, 1:], changed[1, 1:], atol=1e-5)


def test_weighing_picks_the_critic_that_is_right():
    world = worlds.correlated_gaussians(2.0, dim=5)
    right = world.log_ratio(*world.sample(300, seed=0))
    noise = np.random.default_rng(0).normal(size=right.shape)
    weights = weigh(np.stack([right, noise]))
    assert weights[0] == pytest.approx(1, abs=0.15) and abs(weights[1]) < 0.15
    too_sure = weigh(np.stack([3 * right]))
    assert too_sure[0] == pytest.approx(1 / 3, abs=0.05)
    assert abs(weigh(noise[None])[0]) < 0.2


def test_a_cap_tames_a_single_wild_score():
    world = worlds.correlated_gaussians(1.0, dim=3)
    scores = world.log_ratio(*world.sample(300, seed=0))
    assert choose_cap(scores) >= np.quantile(np.diag(scores), 0.7)
    wild = scores.copy()
    wild[3, 7] = 30
    assert choose_cap(wild) <= np.diag(scores).max()


# ---------------------------------------------------------------- estimate_mi


@pytest.fixture(scope="module")
def gaussians():
    world = worlds.gaussian_pairs([0.8, 0.6])
    x, y = world.sample(1500, seed=3)
    return world, x, y, estimate_mi(x, y)


def test_the_contract(gaussians):
    world, x, y, found = gaussians
    assert dimlearn.estimate_mi is estimate_mi
    assert float(found) == found.value and found.standard_error > 0
    assert abs(found.value - world.mutual_information) < 3 * found.standard_error
    assert found.value == pytest.approx(world.mutual_information, abs=0.12)
    assert found.curve.shape == (10, 2) and found.curve[-1, 0] == 1000
    assert found.evaluation.scores.shape == (300, 300) and len(found.evaluation.rows) == 300
    assert found.readouts["InfoNCE"] == pytest.approx(found.value, abs=0.1)
    assert "nats" in str(found)


def test_cubed_scaled_and_shifted_is_the_same(gaussians):
    """Of the estimator that `estimate_mi` uses for these, with fewer steps."""
    _, x, y, _ = gaussians
    estimator = CrossFitted(steps=100)
    found, changed = estimator.result(x, y), estimator.result(x**3, 7 * y - 100)
    assert changed.value == pytest.approx(found.value, abs=1e-9)
    assert changed.standard_error == pytest.approx(found.standard_error, abs=1e-9)


def test_the_arguments_and_the_global_random_state_are_left_alone(gaussians):
    _, x, y, _ = gaussians
    before = x.copy(), y.copy(), np.random.get_state()[1].copy()
    estimate_mi(x[:200, :1], y[:200, :1])
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])
    np.testing.assert_array_equal(np.random.get_state()[1], before[2])


def test_few_independent_pairs_read_as_nothing():
    """A critic read on its own training pairs says log 128 = 4.85 here."""
    found = estimate_mi(*worlds.independent(10).sample(128, seed=0))
    assert abs(found.value) < 0.15 and abs(found.value) <= 3 * found.standard_error


def test_one_column_a_side():
    world = worlds.noisy_uniform(0.1)
    found = estimate_mi(*(side[:, 0] for side in world.sample(2000, seed=0)))
    assert found.estimator == "KSG"
    assert found.value == pytest.approx(world.mutual_information, abs=0.08)
    assert found.readouts["cross-fitted kernels, DV"] < found.value + 0.05
    nothing = estimate_mi(*worlds.independent(1).sample(500, seed=0))
    assert abs(nothing.value) <= 3 * nothing.standard_error


def test_a_large_value_comes_with_a_warning():
    x = np.random.default_rng(0).normal(size=(400, 1))
    found = estimate_mi(x, x + 1e-6 * np.random.default_rng(1).normal(size=(400, 1)))
    assert any("at least" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    "estimator", [Gaussian(), Gaussian(ranks=False), Histogram(), KSG(), KSG(k=5, ranks=False)]
)
def test_one_interface(estimator):
    x, y = worlds.gaussian_pairs([0.75]).sample(1000, seed=1)
    value, result = estimator.estimate(x, y), estimator.result(x, y)
    assert isinstance(value, float) and value == result.value
    assert abs(value - 0.4133) < 3 * result.standard_error + 0.05
    assert estimator.estimate(x[:, 0], y[:, 0]) == value
    assert type(estimator)(**estimator.parameters()).estimate(x, y) == value


def test_concat_critics_by_themselves():
    x, y = worlds.gaussian_pairs([0.9]).sample(400, seed=1)
    found = CrossFitted(("concat",), steps=200).result(x, y)
    assert found.value == pytest.approx(0.83, abs=0.25) and found.curve.shape == (2, 2)


def test_any_number_of_steps():
    x, y = worlds.gaussian_pairs([0.9]).sample(200, seed=1)
    assert CrossFitted(("separable",), steps=50).result(x, y).curve[:, 0].tolist() == [50]
    assert CrossFitted(("separable",), steps=150).result(x, y).curve[:, 0].tolist() == [100, 150]
    assert math.isfinite(neural_dependency(np.c_[x, y], folds=2, steps=30).value)


def test_critics_that_are_none():
    x, y = worlds.gaussian_pairs([0.9]).sample(100, seed=1)
    with pytest.raises(InputError, match="kinds must be of gaussian, kernel, separable, concat"):
        CrossFitted(("gausian",))
    wide = np.c_[x, x**2, x**3, y, y**2]
    with pytest.raises(InputError, match="no critic of kernel is made for so many columns"):
        CrossFitted(("kernel",)).result(wide, y)


def test_a_small_value_of_few_pairs_is_not_near_the_ceiling():
    x, y = np.random.default_rng(0).normal(size=(2, 20))
    assert not Histogram().result(x, y).warnings


def test_ties_are_drawn_apart_and_nothing_else():
    column = np.array([[0.0], [0.0], [1.0], [5.0], [5.0], [5.0]])
    apart = untie(column, own_rng(0))
    assert len(np.unique(apart)) == 6 and apart[2] == 1
    assert np.abs(apart[:2]).max() <= 0.5 and np.abs(apart[3:] - 5).max() <= 2
    assert own_rng(0).random() != np.random.default_rng(0).random()


def test_ranks_undo_increasing_functions():
    x = np.random.default_rng(0).normal(size=(50, 3))
    np.testing.assert_allclose(rank_gaussian(np.exp(x)), rank_gaussian(x))
    np.testing.assert_allclose(rank_gaussian(-x), -rank_gaussian(x), atol=1e-12)


# ---------------------------------------------------------------- bad input

GOOD = np.random.default_rng(0).normal(size=(100, 2))


@pytest.mark.parametrize(
    "x, y, words",
    [
        (GOOD, GOOD[:50], "100 rows and y has 50"),
        (GOOD[:1], GOOD[:1], "1 pair is too few"),
        (GOOD[:0], GOOD[:0], "0 pairs are too few"),
        (np.c_[GOOD, np.ones(100)], GOOD, "column 2 of x is constant"),
        (GOOD, np.where(GOOD[7, 1] == GOOD, np.nan, GOOD), "row 7, column 1"),
        (GOOD, np.where(GOOD[7, 1] == GOOD, np.inf, GOOD), "NaN or infinity"),
        (GOOD.astype(str), GOOD, "x must hold numbers"),
        (GOOD, GOOD + 1j, "y holds complex numbers"),
        (GOOD, [[1.0, 2.0], [3.0]], "one array of numbers"),
        (GOOD, None, "must hold numbers"),
        (GOOD[:, :, None], GOOD, r"shape \(n,\) or \(n, dimension\)"),
        (GOOD[:, :0], GOOD, "shape"),
    ],
)
def test_bad_input_gets_one_sentence(x, y, words):
    with pytest.raises(InputError, match=words) as caught:
        estimate_mi(x, y)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 160


def test_ten_million_rows_are_thinned():
    x = np.random.default_rng(0).normal(size=10**7).astype("float32")
    began = time.process_time()
    found = Gaussian().result(x, x + 1)
    assert time.process_time() - began < 15
    assert any(f"{MAX_ROWS} of the {10**7} pairs" in warning for warning in found.warnings)


def test_integers_and_booleans_are_numbers():
    x, y = check_pairs(np.arange(30), np.arange(30) % 2 == 0)
    assert x.shape == y.shape == (30, 1) and x.dtype == y.dtype == np.float64


# ---------------------------------------------------------------- critics on fresh pairs


def test_a_trained_critic_climbs_a_stair():
    climbed = training.climb(levels=(2.0,), dim=5, steps=300, evaluated=1000)
    assert climbed.traces.shape == (300, 4)
    (fresh,) = climbed.fresh
    assert 1.4 < fresh["DV"] < 2.1 and 1.4 < fresh["InfoNCE"] < 2.1
    assert climbed.traces[-50:, 3].mean() > climbed.traces[:20, 3].mean() + 0.5
    assert climbed.traces[:, 3].max() <= climbed.ceiling + 1e-5


def test_images_of_known_information():
    """A data set of four bars: same-class pairs near log 4, independent pairs at 0."""
    rng = np.random.default_rng(0)
    labels = np.arange(600) % 4
    images = rng.uniform(0, 0.5, (600, 8, 8, 1)).astype("float32")
    for index, label in enumerate(labels):
        images[index, 2 * label : 2 * label + 2] += 0.5
    parts = [slice(0, 400), slice(400, 500), slice(500, 600)]
    for change, low, high in (({}, 1.25, 1.42), ({"matched": False}, -0.02, 0.02)):
        world = [worlds.same_class_images(images[p], labels[p], **change) for p in parts]
        found = training.world_mi(*world, steps=150, evaluated=500)
        assert low < found.value < high
        assert any("lower bound" in warning for warning in found.warnings)


# ---------------------------------------------------------------- diagnosis of codes


def test_neural_dependency_is_held_out():
    rng = np.random.default_rng(0)
    independent = neural_dependency(rng.normal(size=(400, 6)), steps=200)
    assert abs(independent.value) < 0.06
    assert abs(independent.value) <= 3 * independent.standard_error


def test_neural_dependency_sees_what_a_gaussian_does_not():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 1500))
    codes = np.stack([a, np.sign(a) * np.abs(b), rng.normal(size=1500)], axis=1)
    found = neural_dependency(codes, steps=300)
    assert 0.45 < found.value < 0.75  # log 2 = 0.69; the Gaussian total correlation is 0.26
    again = neural_dependency(codes**3, steps=300)
    assert again.value == pytest.approx(found.value, abs=1e-6)


def test_mine_of_images_and_codes():
    rng = np.random.default_rng(0)
    images = rng.normal(size=(900, 3, 3, 1))
    codes = images.reshape(900, 9)[:, :2] + 0.5 * rng.normal(size=(900, 2))
    found = mine_information(images, codes, steps=200)
    assert 0.8 < found.value < 1.8  # log 5 = 1.61 in truth
    apart = mine_information(images, rng.permutation(codes), steps=100)
    assert abs(apart.value) < 0.1 and found.curve.shape == (200, 2)


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
