"""Known values, invariances and gradients of the bounds (nats)."""

import itertools
import math

import numpy as np
import pytest

from dimlearn.deep_infomax.objectives import mean_over_locations
from dimlearn.information.bounds import (
    BOUNDS,
    answer_cost,
    dv_bound,
    infonce_bound,
    infonce_codes_bound,
    jsd_bound,
    local_dv,
    local_infonce,
    local_infonce_codes,
    local_jsd,
    local_nwj,
    mismatch,
    nwj_bound,
    pairwise_scores,
    split_pairs,
)
from dimlearn.startup import tf

ON_MATRIX = {"jsd": jsd_bound, "dv": dv_bound, "nwj": nwj_bound, "infonce": infonce_bound}
LOCAL = {"jsd": local_jsd, "dv": local_dv, "nwj": local_nwj, "infonce": local_infonce}
N = 8
EYE = np.eye(N)
KNOWN = [  # scores, JSD, DV, NWJ, InfoNCE
    (0 * EYE, -1.386294, 0.0, -0.367879, 0.0),
    (np.ones((N, N)), -1.626523, 0.0, 0.0, 0.0),
    (EYE, -1.006409, 1.0, 0.632121, 0.805433),
    (5 * EYE, -0.699863, 5.0, 4.632121, 2.033354),
    (100 * EYE, -0.693147, 100.0, 99.632121, math.log(8)),
    (np.array([[2.0, 0.0], [1.0, 3.0]]), -1.090962, 1.879885, 1.816060, 0.566219),
]


def scores_like(shape, seed=0, scale=1.5):
    return np.random.default_rng(seed).normal(size=shape) * scale


@pytest.mark.parametrize("scores, jsd, dv, nwj, infonce", KNOWN)
def test_known_values(scores, jsd, dv, nwj, infonce):
    found = [float(ON_MATRIX[name](scores)) for name in ("jsd", "dv", "nwj", "infonce")]
    np.testing.assert_allclose(found, [jsd, dv, nwj, infonce], atol=1e-6)


def test_an_answer_costs_its_surprise():
    p = np.array([[0.9, 0.5, 0.2]])
    logits = np.log(p / (1 - p))
    assert float(answer_cost(logits, yes=True)) == pytest.approx(-np.mean(np.log(p)))
    assert float(answer_cost(logits, yes=False)) == pytest.approx(-np.mean(np.log(1 - p)))
    assert float(answer_cost(np.full(3, -1000.0), yes=True)) == 1000


@pytest.mark.parametrize("c", [-2.0, 0.5, 3.0])
def test_closed_forms_on_a_scaled_identity(c):
    expected = {
        "jsd": -math.log(1 + math.exp(-c)) - math.log(2),
        "dv": c,
        "nwj": c - 1 / math.e,
        "infonce": c - math.log(math.exp(c) + N - 1) + math.log(N),
    }
    for name, bound in ON_MATRIX.items():
        assert float(bound(c * EYE)) == pytest.approx(expected[name], abs=1e-6), name


def test_the_optimal_critic_of_a_table():
    """With T the log density ratio: DV and NWJ(1 + T) give the MI, JSD its own optimum."""
    joint = np.array([[0.4, 0.1], [0.1, 0.4]])
    product = joint.sum(1, keepdims=True) * joint.sum(0)
    ratio = np.log(joint / product)
    mi = (joint * ratio).sum()
    softplus = np.log1p(np.exp(ratio)), np.log1p(np.exp(-ratio))
    assert mi == pytest.approx(0.192745, abs=1e-6)
    assert (joint * ratio).sum() - np.log((product * np.exp(ratio)).sum()) == pytest.approx(mi)
    assert -(joint * softplus[1]).sum() - (product * softplus[0]).sum() == pytest.approx(
        -1.284951, abs=1e-6
    )
    # The same expectations, by the library, on a batch whose pairs have these frequencies.
    positive = np.repeat(ratio.ravel(), np.rint(10 * joint.ravel()).astype(int))
    negative = ratio.ravel()  # the product is uniform: each cell once
    jsd, dv, nwj = (BOUNDS[name][2] for name in ("jsd", "dv", "nwj"))
    assert float(dv(positive, negative)) == pytest.approx(mi, abs=1e-6)
    assert float(nwj(1 + positive, 1 + negative)) == pytest.approx(mi, abs=1e-6)
    assert float(jsd(positive, negative)) == pytest.approx(-1.284951, abs=1e-6)


@pytest.mark.parametrize("rho, optimum", [(0.5, -1.312452), (0.9, -0.957188)])
def test_the_jsd_optimum_of_correlated_gaussians(rho, optimum):
    rng = np.random.default_rng(0)
    x, noise, other = rng.normal(size=(3, 400_000))
    y, z = rho * x + math.sqrt(1 - rho**2) * noise, other

    def log_ratio(a, b):
        quadratic = rho**2 * a**2 + rho**2 * b**2 - 2 * rho * a * b
        return -0.5 * math.log(1 - rho**2) - quadratic / (2 * (1 - rho**2))

    positive, negative = log_ratio(x, y), log_ratio(x, z)
    mi = -0.5 * math.log(1 - rho**2)
    assert positive.mean() == pytest.approx(mi, abs=0.01)
    assert float(BOUNDS["jsd"][2](positive, negative)) == pytest.approx(optimum, abs=0.005)


# ---------------------------------------------------------------- invariances


def test_dv_ignores_a_constant_and_jsd_and_nwj_do_not():
    scores = scores_like((7, 7))
    assert float(dv_bound(scores + 3)) == pytest.approx(float(dv_bound(scores)), abs=1e-9)
    for bound in (jsd_bound, nwj_bound):
        assert abs(float(bound(scores + 3)) - float(bound(scores))) > 0.1


def test_infonce_ignores_a_constant_per_row_but_not_per_column():
    scores, offset = scores_like((7, 7)), scores_like((7, 1), seed=1)
    value = float(infonce_bound(scores))
    assert float(infonce_bound(scores + offset)) == pytest.approx(value, abs=1e-9)
    assert abs(float(infonce_bound(scores + offset.T)) - value) > 0.05


@pytest.mark.parametrize("name", ON_MATRIX)
def test_only_a_common_permutation_changes_nothing(name):
    scores, order = scores_like((6, 6)), [2, 0, 1, 5, 3, 4]
    value = float(ON_MATRIX[name](scores))
    assert float(ON_MATRIX[name](scores[order][:, order])) == pytest.approx(value, abs=1e-9)
    assert abs(float(ON_MATRIX[name](scores[order])) - value) > 0.05


@pytest.mark.parametrize("name", LOCAL)
def test_locations_have_no_order(name):
    scores = scores_like((5, 5, 6))
    shuffled = scores[:, :, [3, 1, 5, 0, 2, 4]]
    assert float(LOCAL[name](shuffled)) == pytest.approx(float(LOCAL[name](scores)), abs=1e-9)


@pytest.mark.parametrize("name", ["jsd", "dv", "nwj"])
def test_a_constant_map_makes_the_local_bound_the_global_one(name):
    scores = scores_like((5, 5))
    constant = np.repeat(scores[:, :, None], 4, axis=2)
    assert float(LOCAL[name](constant)) == pytest.approx(float(ON_MATRIX[name](scores)), abs=1e-9)


@pytest.mark.parametrize("name", ["jsd", "dv", "nwj"])
def test_the_local_bound_is_the_mean_over_locations(name):
    """DIM Eq. 6, and what `DeepInfoMax` does with a bound given as a function."""
    scores = scores_like((5, 5, 3))
    by_location = np.mean([float(ON_MATRIX[name](scores[:, :, i])) for i in range(3)])
    assert float(LOCAL[name](scores)) == pytest.approx(by_location, abs=1e-9)
    averaged = mean_over_locations(ON_MATRIX[name])(tf.constant(scores))
    assert float(averaged) == pytest.approx(by_location, abs=1e-9)


def test_local_infonce_by_loops():
    scores = scores_like((4, 4, 3))
    n, locations = 4, 3
    terms = []
    for i in range(n):
        for place in range(locations):
            own = scores[i, i, place]
            others = [scores[i, j, k] for j in range(n) if j != i for k in range(locations)]
            terms.append(own - np.log(np.exp(own) + np.exp(others).sum()))
    expected = np.mean(terms) + math.log(1 + (n - 1) * locations)
    assert float(local_infonce(scores)) == pytest.approx(expected, abs=1e-9)
    certain = np.zeros((n, n, locations))
    certain[range(n), range(n)] = 1000
    ceiling = math.log(1 + (n - 1) * locations)
    assert float(local_infonce(certain)) == pytest.approx(ceiling, abs=1e-9)
    assert float(local_infonce(scores[:, :, :1])) == pytest.approx(
        float(infonce_bound(scores[:, :, 0])), abs=1e-9
    )


def test_local_infonce_over_codes_by_loops():
    scores = scores_like((4, 4, 3))
    terms = [
        scores[j, j, place] - np.log(np.exp(scores[:, j, place]).sum())
        for j in range(4)
        for place in range(3)
    ]
    expected = np.mean(terms) + math.log(4)
    assert float(local_infonce_codes(scores)) == pytest.approx(expected, abs=1e-9)
    averaged = mean_over_locations(infonce_codes_bound)(tf.constant(scores))
    assert float(averaged) == pytest.approx(expected, abs=1e-9)
    transposed = float(infonce_bound(scores[:, :, 0].T))
    assert float(infonce_codes_bound(scores[:, :, 0])) == pytest.approx(transposed, abs=1e-9)
    assert float(local_infonce_codes(scores + scores_like((1, 4, 3)))) == pytest.approx(expected)
    assert float(local_infonce_codes(1000 * np.eye(4)[:, :, None])) == pytest.approx(math.log(4))


def test_infonce_never_exceeds_log_n():
    for n in (2, 5, 30):
        assert float(infonce_bound(1000 * np.eye(n))) == pytest.approx(math.log(n))
        assert float(infonce_bound(scores_like((n, n), seed=n, scale=20))) <= math.log(n)


# ---------------------------------------------------------------- pairs


def test_pairwise_scores_are_inner_products_of_matrices_and_of_batches():
    u, v = scores_like((3, 4, 5)), scores_like((3, 4, 5), seed=1)
    expected = [[[a @ b for b in y] for a in x] for x, y in zip(u, v)]
    np.testing.assert_allclose(pairwise_scores(u, v), expected)
    np.testing.assert_allclose(pairwise_scores(u[0], v[0]), expected[0])


def test_split_pairs_separates_the_diagonal():
    scores = np.arange(24.0).reshape(2, 2, 6)
    positive, negative = split_pairs(scores)
    np.testing.assert_array_equal(positive, [scores[0, 0], scores[1, 1]])
    np.testing.assert_array_equal(negative, [scores[0, 1], scores[1, 0]])
    matrix = np.arange(25.0).reshape(5, 5)
    positive, negative = split_pairs(matrix)
    np.testing.assert_array_equal(positive, np.diag(matrix))
    np.testing.assert_array_equal(negative, matrix[~np.eye(5, dtype=bool)])


def test_one_item_has_no_negative_pair():
    with pytest.raises(ValueError, match="N = 1"):
        jsd_bound(np.zeros((1, 1)))
    with pytest.raises(ValueError, match="N = 1"):
        mismatch(tf.zeros((1, 3)))


@pytest.mark.parametrize("n", [2, 3, 8])
def test_mismatch_is_a_derangement(n):
    items = np.arange(n)
    moved = mismatch(tf.constant(items)).numpy()
    assert sorted(moved) == list(items)
    assert not np.any(moved == items)


# ---------------------------------------------------------------- gradients and stability


def gradient(bound, scores):
    scores = tf.constant(scores)
    with tf.GradientTape() as tape:
        tape.watch(scores)
        value = bound(scores)
    return tape.gradient(value, scores).numpy()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_scores_of_16_bits_give_the_bounds_of_float32(dtype):
    """float16 has no number for the pairs of 300 images, bfloat16 three figures for their sum."""
    scores = tf.cast(scores_like((300, 300, 2)) + 3 * np.eye(300)[..., None], dtype)
    same = tf.cast(scores, tf.float32)
    positive, negative = split_pairs(scores)
    assert positive.dtype == negative.dtype == tf.float32
    for on_matrix, on_tensor, on_pairs in BOUNDS.values():
        pairs = tf.linalg.diag_part(scores[..., 0]), tf.linalg.diag_part(scores[::-1, :, 0])
        for bound, half, full in (
            (on_matrix, (scores[..., 0],), (same[..., 0],)),
            (on_tensor, (scores,), (same,)),
            (on_pairs, pairs, [tf.cast(each, tf.float32) for each in pairs]),
        ):
            assert bound(*half).dtype == tf.float32
            assert float(bound(*half)) == float(bound(*full))
    assert float(local_dv(tf.zeros((64, 64, 2), dtype))) == pytest.approx(0, abs=1e-6)


def test_float64_stays_float64():
    for on_matrix, on_tensor, _ in BOUNDS.values():
        assert on_matrix(EYE).dtype == on_tensor(EYE[..., None]).dtype == tf.float64


@pytest.mark.parametrize("name", [*ON_MATRIX, *(f"local {name}" for name in LOCAL)])
def test_gradients_agree_with_finite_differences(name):
    bound = LOCAL[name.split()[1]] if " " in name else ON_MATRIX[name]
    shape, step = (4, 4, 2) if " " in name else (5, 5), 1e-6
    scores = scores_like(shape)
    found, expected = gradient(bound, scores), np.zeros(shape)
    for place in np.ndindex(*shape):
        shifted = np.zeros(shape)
        shifted[place] = step
        up, down = bound(scores + shifted), bound(scores - shifted)
        expected[place] = (float(up) - float(down)) / (2 * step)
    np.testing.assert_allclose(found, expected, atol=1e-7)


def test_gradient_identities():
    scores = scores_like((6, 6))
    off = ~np.eye(6, dtype=bool)
    infonce, dv = gradient(infonce_bound, scores), gradient(dv_bound, scores)
    nwj, jsd = gradient(nwj_bound, scores), gradient(jsd_bound, scores)
    np.testing.assert_allclose(infonce.sum(axis=1), 0, atol=1e-12)
    assert np.diag(dv).sum() == pytest.approx(1) and dv[off].sum() == pytest.approx(-1)
    assert np.diag(nwj).sum() == pytest.approx(1)
    log_mean = np.log(np.exp(scores[off]).mean())
    assert nwj[off].sum() == pytest.approx(-math.exp(log_mean - 1))
    assert np.abs(np.diag(jsd)).max() <= 1 / 6 and np.abs(jsd[off]).max() <= 1 / 30


@pytest.mark.parametrize("name", [*ON_MATRIX, *(f"local {name}" for name in LOCAL)])
@pytest.mark.parametrize("size", [1000.0, -1000.0])
def test_huge_scores_stay_finite_in_a_graph(name, size):
    bound = LOCAL[name.split()[1]] if " " in name else ON_MATRIX[name]
    shape = (4, 4, 3) if " " in name else (4, 4)
    scores = scores_like(shape).astype("float32")
    scores[range(4), range(4)] += size
    if "nwj" not in name:  # exp overflows there in the mathematics too
        scores[0, 1] = 1000
        scores[1, 0] = -1000

    @tf.function
    def both(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = bound(x)
        return value, tape.gradient(value, x)

    value, slope = both(tf.constant(scores))
    assert np.isfinite(value) and np.isfinite(slope).all()


@pytest.mark.parametrize("n", [2, 4, 8])
def test_over_locations_infonce_may_exceed_the_information_and_over_codes_it_does_not(n):
    """Each image is a fair coin that all its locations show; a critic that knows all there is."""
    coins = np.array(list(itertools.product([0, 1], repeat=n)))  # every batch there is
    same = coins[:, :, None] == coins[:, None]  # [batches, n, n]
    scores = np.repeat(20.0 * same[..., None], 25, axis=-1)
    over_patches = np.mean([local_infonce(one) for one in scores])
    over_codes = np.mean([local_infonce_codes(one) for one in scores])
    assert over_codes < math.log(2) < over_patches
    if n == 2:
        assert over_patches == pytest.approx(math.log(1 + 25) / 2, abs=1e-6)
