"""Verdicts on answers of readers to the exercises on probability tables, sizes and statistics.

Each was once judged wrongly, or right and with words that were not so.
"""

import math
import random

import numpy as np
import pytest

from dimlearn import check
from dimlearn.startup import keras, tf

pytestmark = pytest.mark.slow

RIGHT, WRONG = [], []


def right(exercise):
    """Decorator: a right answer to the exercise."""

    def add(function):
        RIGHT.append(pytest.param(exercise, function, id=f"{exercise}: {function.__name__}"))
        return function

    return add


def wrong(exercise, mistake="", words=(), never=()):
    """Decorator: a wrong answer, the mistake that it is told, words in the message and others that
    would not be true. None for `mistake`: it has no name."""

    def add(function):
        name = mistake and f"{exercise}.{mistake}"
        case = exercise, function, name, words, never
        WRONG.append(pytest.param(*case, id=f"{exercise}: {function.__name__}"))
        return function

    return add


# ---------------------------------------------------------------- probability tables


@wrong("entropy", "last_axis_only", words=["3"], never=["cannot be read"])
def over_the_last_axis(p):
    return -np.sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0), axis=-1)


@wrong("entropy", "last_axis_only", never=["cannot be read"])
def over_the_last_axis_unguarded(p):
    return -np.sum(p * np.log(p), axis=-1)


@wrong("entropy", "bits")
def in_bits(p):
    return -np.sum(p * np.log2(p))


@wrong("entropy", "bits_along_one_axis")
def in_bits_by_pythons_sum(p):
    return -sum(p * np.log2(p))


@wrong("entropy", "bits_and_sign")
def in_bits_without_minus(p):
    return np.sum(p * np.log2(p))


@wrong("entropy", "rows_with_zeros_skipped")
def entropy_of_full_rows(p):
    inside = p > 0
    if p.ndim == 2:
        inside = inside.all(axis=1)
    p = p[inside]
    return -np.sum(p * np.log(p))


@wrong("entropy", None)
def entropy_of_full_blocks(p):
    inside = p > 0
    if p.ndim == 3:
        inside = inside.all(axis=(1, 2))
    p = p[inside]
    return -np.sum(p * np.log(p))


@right("entropy")
def entropy_by_einsum(p):
    p = np.asarray(p).reshape(-1)
    return -np.einsum("k,k->", p, np.log(p, out=np.zeros_like(p), where=p > 0))


@wrong("kl_divergence", "rows_with_zeros_skipped")
def kl_of_full_rows(p, q):
    m = p > 0
    if p.ndim == 2:
        m = m.all(axis=1)
    p, q = p[m], q[m]
    return np.sum(p * np.log(p / q))


@wrong("kl_divergence", None)
def kl_of_full_blocks(p, q):
    m = p > 0
    if p.ndim == 3:
        m = m.all(axis=(1, 2))
    p, q = p[m], q[m]
    return np.sum(p * np.log(p / q))


@wrong("kl_divergence", None, words=["expected inf"])
def kl_finite_in_tables(p, q):
    m = p > 0 if p.ndim == 1 else (p > 0) & (q > 0)
    return np.sum(p[m] * np.log(p[m] / q[m]))


@wrong("kl_divergence", "weighted_with_q")
def kl_weighted_with_q(p, q):
    return np.sum(q * np.log(p / q))


@wrong("kl_divergence", "absolute_terms")
def kl_of_absolute_terms(p, q):
    return np.sum(np.abs(p * np.log(p / q)))


@wrong("kl_divergence", "difference_of_entropies")
def kl_of_entropies(p, q):
    return -np.sum(q * np.log(q)) + np.sum(p * np.log(p))


@wrong("kl_divergence", "jensen_shannon")
def kl_jensen_shannon(p, q):
    m = (p + q) / 2
    return (np.sum(p * np.log(p / m)) + np.sum(q * np.log(q / m))) / 2


@right("kl_divergence")
def kl_by_comprehension(p, q):
    with np.errstate(divide="ignore"):
        return sum(a * np.log(a / b) for a, b in zip(p.flat, q.flat) if a > 0)


@right("kl_divergence")
def kl_by_where(p, q):
    return np.where(p > 0, p * (np.log(p) - np.log(q)), 0).sum()


@wrong("mutual_information", "mean_for_sum")
def mi_mean_of_inside(joint):
    product = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    inside = joint > 0
    return np.mean(joint[inside] * np.log(joint[inside] / product[inside]))


@wrong("mutual_information", "marginals_averaged")
def mi_of_mean_marginals(joint):
    product = joint.mean(1, keepdims=True) * joint.mean(0, keepdims=True)
    inside = joint > 0
    return np.sum(joint[inside] * np.log(joint[inside] / product[inside]))


@wrong("mutual_information", "one_marginal_only")
def mi_of_the_row_marginal(joint):
    return np.nansum(joint * np.log(joint / joint.sum(1, keepdims=True)))


@wrong("mutual_information", "other_marginal_only")
def mi_of_the_column_marginal(joint):
    return np.nansum(joint * np.log(joint / joint.sum(0, keepdims=True)))


@wrong("mutual_information", "joint_entropy_forgotten")
def mi_of_two_entropies(joint):
    a, b = joint.sum(0), joint.sum(1)
    return -np.sum(a * np.log(a)) - np.sum(b * np.log(b))


@wrong("mutual_information", "other_conditional_entropy")
def mi_conditional_on_y(joint):
    a = joint.sum(0)
    return -np.sum(joint * np.log(joint)) + np.sum(a * np.log(a))


@wrong("mutual_information", "marginals_added")
def mi_of_a_sum(joint):
    product = joint.sum(1, keepdims=True) + joint.sum(0, keepdims=True)
    return np.sum(joint * np.log(joint / product))


@wrong("mutual_information", "unweighted")
def mi_without_weights(joint):
    product = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    return np.sum(np.log(joint / product))


@wrong("mutual_information", "one_axis_only", never=["cannot be read"])
def mi_by_pythons_sum(joint):
    product = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    return sum(joint * np.log(joint / product))


@right("mutual_information")
def mi_by_einsum(joint):
    product = np.einsum("ij->i", joint)[:, None] * np.einsum("ij->j", joint)
    log = np.log(np.where(joint > 0, joint, 1) / np.where(joint > 0, product, 1))
    return np.einsum("ij,ij->", joint, log)


# ---------------------------------------------------------------- Gaussians


@wrong("gaussian_mi", "difference_squared")
def gaussian_square_of_difference(rho, dim=1):
    return -dim / 2 * np.log((1 - rho) ** 2)


@wrong("gaussian_mi", "divided_by_dim")
def gaussian_divided(rho, dim=1):
    return -0.5 * np.log(1 - rho**2) / dim


@wrong("gaussian_mi", "log_forgotten")
def gaussian_without_log(rho, dim=1):
    return -dim / 2 * (1 - rho**2)


@wrong("gaussian_mi", "power_of_the_log")
def gaussian_power_of_log(rho, dim=1):
    return -0.5 * np.log(1 - rho**2) ** dim


@wrong("gaussian_mi", "dim_in_the_exponent")
def gaussian_rho_to_the_dim(rho, dim=1):
    return -0.5 * np.log(1 - rho ** (2 * dim))


@wrong("gaussian_mi", None, words=["inf;", "Infinity comes"], never=["NaN comes"])
def gaussian_infinite_first(rho, dim=1):
    return np.sqrt(rho) / (dim - 1)


@right("gaussian_mi")
def gaussian_by_comprehension(rho, dim=1):
    return sum(-0.5 * math.log((1 - rho) * (1 + rho)) for _ in range(dim))


@wrong("gaussian_total_correlation", "determinant_underflows", words=["inf"])
def tc_log_of_det(codes):
    return -0.5 * np.log(np.linalg.det(np.corrcoef(codes, rowvar=False)))


@wrong("gaussian_total_correlation", "determinant_underflows", words=["inf"])
def tc_log_of_product(codes):
    return -0.5 * np.log(np.prod(np.linalg.eigvalsh(np.corrcoef(codes.T))))


@wrong("gaussian_total_correlation", "diagonal_raised_a_little")
def tc_with_a_jitter(codes):
    r = np.corrcoef(codes, rowvar=False) + 1e-6 * np.eye(codes.shape[1])
    return -0.5 * np.linalg.slogdet(r)[1]


@wrong("gaussian_total_correlation", "largest_eigenvalue_only")
def tc_of_one_eigenvalue(codes):
    return -0.5 * np.log(np.linalg.eigvalsh(np.corrcoef(codes.T)))[-1]


@wrong("gaussian_total_correlation", "off_diagonal_squares")
def tc_first_order(codes):
    r = np.corrcoef(codes.T)
    return (np.sum(r**2) - len(r)) / 4


@right("gaussian_total_correlation")
def tc_by_cholesky(codes):
    z = (codes - codes.mean(0)) / codes.std(0)
    return -np.sum(np.log(np.diag(np.linalg.cholesky(z.T @ z / len(z)))))


# ---------------------------------------------------------------- convolutions


@wrong("feature_map_size", "one_inside_the_division")
def size_one_inside(input_size, layers):
    for k, s, p in layers:
        input_size = (input_size - k + 1) // s if p == "valid" else -(-input_size // s)
    return input_size


@wrong("feature_map_size", "paddings_exchanged")
def size_by_the_other_padding(input_size, layers):
    for k, s, p in layers:
        input_size = -(-input_size // s) if p == "valid" else (input_size - k) // s + 1
    return input_size


@wrong("feature_map_size", "roundings_exchanged")
def size_rounded_the_other_way(input_size, layers):
    for k, s, p in layers:
        input_size = -(-(input_size - k) // s) + 1 if p == "valid" else input_size // s
    return input_size


@wrong("feature_map_size", "same_one_too_many")
def size_one_more(input_size, layers):
    for k, s, p in layers:
        input_size = (input_size - k) // s + 1 if p == "valid" else input_size // s + 1
    return input_size


@wrong("feature_map_size", "same_keeps_the_size")
def size_kept(input_size, layers):
    for k, s, p in layers:
        input_size = (input_size - k) // s + 1 if p == "valid" else input_size
    return input_size


@wrong("receptive_field", "own_stride_only")
def field_by_own_stride(layers):
    field = 1
    for kernel, stride, _ in layers:
        field += (kernel - 1) * stride
    return field


@wrong("receptive_field", "kernel_times_own_stride")
def field_by_kernel_times_stride(layers):
    field = 1
    for kernel, stride, _ in layers:
        field += kernel * stride
    return field


@wrong("receptive_field", "strides_added_to_one")
def field_by_added_strides(layers):
    field, jump = 1, 1
    for kernel, stride, _ in layers:
        field += (kernel - 1) * jump
        jump += stride
    return field


@wrong("receptive_field", "last_stride_only")
def field_by_the_last_stride(layers):
    field, jump = 1, 1
    for kernel, stride, _ in layers:
        field += (kernel - 1) * jump
        jump = stride
    return field


@wrong("receptive_field", "own_stride_in_the_recursion")
def field_grown_by_stride(layers):
    field = 1
    for kernel, stride, _ in layers:
        field = field * stride + kernel - 1
    return field


@wrong("receptive_field", "recursion_without_overlap")
def field_backwards_without_overlap(layers):
    field = 1
    for kernel, stride, _ in reversed(layers):
        field = field * stride + kernel - 1
    return field


# ---------------------------------------------------------------- statistics


@wrong("standardize", "constant_explodes", words=["e+0"])
def standardize_with_a_floor(train, test):
    mean, deviation = train.mean(0), np.maximum(train.std(0), 1e-8)
    return (train - mean) / deviation, (test - mean) / deviation


@wrong("standardize", "constant_explodes")
def standardize_with_an_addend(train, test):
    mean, deviation = train.mean(0), train.std(0) + 1e-8
    return (train - mean) / deviation, (test - mean) / deviation


@wrong("standardize", "constant_explodes")
def standardize_with_another_addend(train, test):
    mean, deviation = train.mean(0), train.std(0) + 1e-10
    return (train - mean) / deviation, (test - mean) / deviation


@wrong("standardize", "mean_left_in_the_test_set")
def standardize_without_the_tests_mean(train, test):
    return (train - train.mean(0)) / train.std(0), test / train.std(0)


@wrong("standardize", "sets_exchanged")
def standardize_exchanged(train, test):
    mean, deviation = train.mean(0), train.std(0)
    return (test - mean) / deviation, (train - mean) / deviation


@wrong("standardize", "test_left_alone")
def standardize_training_only(train, test):
    return (train - train.mean(0)) / train.std(0), test


@right("standardize")
def standardize_by_zeros(train, test):
    mean, deviation = train.mean(0), train.std(0)
    scale = np.divide(1, deviation, out=np.zeros_like(deviation), where=deviation > 1e-10)
    return (train - mean) * scale, (test - mean) * scale


@right("standardize")
def standardize_by_mask(train, test):
    deviation = train.std(axis=0)
    deviation[deviation < 1e-6] = 1
    return tuple((each - train.mean(axis=0)) / deviation for each in [train, test])


def wilson_of(p, n, z=1.96, shift=1.0, below=1.0, root=1.0, half_below=1.0):
    w = z**2 / n
    center = (p + shift * w / 2) / (1 + below * w)
    half = z / (1 + half_below * w) * math.sqrt(p * (1 - p) / n + root * w / (4 * n))
    return center - half, center + half


@wrong("accuracy_interval", "center_not_divided")
def interval_center_not_divided(correct, total):
    return wilson_of(correct / total, total, below=0)


@wrong("accuracy_interval", "center_not_moved")
def interval_center_not_moved(correct, total):
    return wilson_of(correct / total, total, shift=0)


@wrong("accuracy_interval", "nothing_divided")
def interval_nothing_divided(correct, total):
    return wilson_of(correct / total, total, below=0, half_below=0)


@wrong("accuracy_interval", "half_not_divided")
def interval_half_not_divided(correct, total):
    return wilson_of(correct / total, total, half_below=0)


@wrong("accuracy_interval", "root_cut_short")
def interval_root_cut_short(correct, total):
    return wilson_of(correct / total, total, root=0)


@wrong("accuracy_interval", "root_without_a_quarter")
def interval_root_without_a_quarter(correct, total):
    return wilson_of(correct / total, total, root=4)


@wrong("accuracy_interval", "center_moved_too_far")
def interval_center_moved_twice(correct, total):
    return wilson_of(correct / total, total, shift=2)


@wrong("accuracy_interval", "root_forgotten")
def interval_without_a_root(correct, total):
    p, n, z = correct / total, total, 1.96
    center = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * (p * (1 - p) / n + z**2 / (4 * n**2))
    return center - half, center + half


@wrong("accuracy_interval", "z_forgotten_in_the_half")
def interval_without_z(correct, total):
    p, n, z = correct / total, total, 1.96
    center = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return center - half, center + half


@wrong("accuracy_interval", "term_outside_the_root")
def interval_term_outside(correct, total):
    p, n, z = correct / total, total, 1.96
    center = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * (math.sqrt(p * (1 - p) / n) + z**2 / (4 * n**2))
    return center - half, center + half


@wrong("accuracy_interval", "total_not_squared")
def interval_total_not_squared(correct, total):
    p, n, z = correct / total, total, 1.96
    center = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n))
    return center - half, center + half


# ---------------------------------------------------------------- a few labels


def each_class(labels, pick):
    return np.concatenate([pick(np.flatnonzero(labels == k)) for k in np.unique(labels)])


def enough(labels, per_class):
    if np.unique(labels, return_counts=True)[1].min() < per_class:
        raise ValueError("too few")


@wrong("few_labels", "block_of_each")
def few_labels_in_a_block(labels, per_class, seed=0):
    enough(labels, per_class)
    rng = np.random.default_rng(seed)

    def pick(own):
        start = rng.integers(len(own) - per_class + 1)
        return own[start : start + per_class]

    return each_class(labels, pick)


@wrong("few_labels", "block_of_each")
def few_labels_rolled(labels, per_class, seed=0):
    enough(labels, per_class)
    rng = np.random.default_rng(seed)
    return each_class(labels, lambda own: np.roll(own, rng.integers(len(own)))[:per_class])


@wrong("few_labels", "same_places_in_each")
def few_labels_by_one_generator_each(labels, per_class, seed=0):
    enough(labels, per_class)
    return each_class(
        labels, lambda own: np.random.default_rng(seed).choice(own, per_class, replace=False)
    )


@wrong("few_labels", "same_places_in_each")
def few_labels_by_one_permutation_each(labels, per_class, seed=0):
    enough(labels, per_class)
    return each_class(labels, lambda own: np.random.default_rng(seed).permutation(own)[:per_class])


@wrong("few_labels", "drawn_twice", never=["random permutation"])
def few_labels_with_replacement(labels, per_class, seed=0):
    rng = np.random.default_rng(seed)
    return each_class(labels, lambda own: rng.choice(own, per_class))


@wrong("few_labels", "last_ones", never=["first examples"])
def few_labels_from_the_end(labels, per_class, seed=0):
    enough(labels, per_class)
    return each_class(labels, lambda own: own[-per_class:])


@wrong("few_labels", "last_ones", never=["first examples"])
def few_labels_from_the_end_unchecked(labels, per_class, seed=0):
    return each_class(labels, lambda own: own[-per_class:])


@wrong("few_labels", "first_ones")
def few_labels_from_the_front_unchecked(labels, per_class, seed=0):
    return each_class(labels, lambda own: own[:per_class])


@wrong("few_labels", "seed_fixed", never=["first examples"])
def few_labels_by_a_fixed_seed(labels, per_class, seed=0):
    enough(labels, per_class)
    rng = np.random.default_rng(42)
    return each_class(labels, lambda own: rng.permutation(own)[:per_class])


@wrong("few_labels", None, words=["27 of the 52 examples"], never=["each of a class can"])
def few_labels_from_the_last_eight(labels, per_class, seed=0):
    enough(labels, per_class)
    rng = np.random.default_rng(seed)
    return each_class(labels, lambda own: rng.permutation(own[-8:])[:per_class])


@wrong("few_labels", "seed_ignored", never=["The result is right", "is not what it was"])
def few_labels_without_the_seed(labels, per_class, seed=0):
    enough(labels, per_class)
    rng = np.random.default_rng()
    return each_class(labels, lambda own: rng.permutation(own)[:per_class])


@wrong("few_labels", None, words=["the shape [52]"], never=["mask", "is not what it was"])
def few_labels_in_place(labels, per_class, seed=0):
    labels.sort()
    return labels


@right("few_labels")
def few_labels_by_random_keys(labels, per_class, seed=0):
    enough(labels, per_class)
    keys = np.random.default_rng(seed).random(len(labels))
    order = np.lexsort([keys, labels])
    starts = np.unique(labels[order], return_index=True)[1]
    return np.concatenate([order[start : start + per_class] for start in starts])


@right("few_labels")
def few_labels_by_keras(labels, per_class, seed=0):
    enough(labels, per_class)
    seeds = keras.random.SeedGenerator(seed)
    return each_class(
        labels,
        lambda own: keras.ops.convert_to_numpy(keras.random.shuffle(own, seed=seeds))[:per_class],
    )


# ---------------------------------------------------------------- shuffles and samples


@wrong("shuffle_dimensions", "rolled_permutation")
def shuffle_by_rolled_permutations(codes, seed=0):
    order = np.random.default_rng(seed).permutation(len(codes))
    return np.stack([codes[np.roll(order, d), d] for d in range(codes.shape[1])], axis=1)


@wrong("shuffle_dimensions", "rolled_permutation")
def shuffle_rows_and_roll(codes, seed=0):
    mixed = np.random.default_rng(seed).permutation(codes)
    return np.stack([np.roll(column, 1 + 3 * d) for d, column in enumerate(mixed.T)], axis=1)


@wrong("shuffle_dimensions", None, words=["told from"])
def shuffle_and_reverse(codes, seed=0):
    order = np.random.default_rng(seed).permutation(len(codes))
    flips = [order, order[::-1]]
    return np.stack([codes[np.roll(flips[d % 2], d), d] for d in range(codes.shape[1])], axis=1)


@wrong("shuffle_dimensions", "some_rows_left_alone")
def shuffle_half_of_the_rows(codes, seed=0):
    half = len(codes) // 2
    shuffled = np.random.default_rng(seed).permuted(codes[:half], axis=0)
    return np.concatenate([shuffled, codes[half:]])


@wrong("shuffle_dimensions", "seed_fixed")
def shuffle_by_a_fixed_seed(codes, seed=0):
    return np.random.default_rng(0).permuted(codes, axis=0)


@wrong("shuffle_dimensions", "resampled", never=["random permutation of"])
def shuffle_with_replacement(codes, seed=0):
    rng = np.random.default_rng(seed)
    return np.stack([rng.choice(column, len(column)) for column in codes.T], axis=1)


@right("shuffle_dimensions")
def shuffle_by_a_seed_a_column(codes, seed=0):
    generators = np.random.default_rng(seed).spawn(codes.shape[1])
    return np.array([rng.permutation(column) for rng, column in zip(generators, codes.T)]).T


@right("shuffle_dimensions")
def shuffle_in_a_copy(codes, seed=0):
    copy, rng = codes.copy(), np.random.RandomState(seed)
    for d in range(codes.shape[1]):
        rng.shuffle(copy[:, d])
    return copy


@right("sample_prior")
def sample_by_rand_without_a_seed(n, dim, seed=None):
    if seed is None:
        return np.random.rand(n, dim)
    return np.random.default_rng(seed).random((n, dim))


@right("sample_prior")
def sample_by_keras(n, dim, seed=None):
    return keras.random.uniform((n, dim), seed=seed)


@right("sample_prior")
def sample_by_random_state(n, dim, seed=None):
    return np.random.RandomState(seed).uniform(size=(n, dim))


@wrong("sample_prior", "op_seed")
def sample_by_an_op_seed(n, dim, seed=None):
    return tf.random.uniform([n, dim], seed=seed)


@wrong("sample_prior", "seed_ignored")
def sample_without_the_seed(n, dim, seed=None):
    return tf.random.uniform([n, dim])


@wrong("sample_prior", "seed_ignored")
def sample_by_rand(n, dim, seed=None):
    return np.random.rand(n, dim)


@wrong("sample_prior", "columns_depend")
def sample_with_a_mirrored_column(n, dim, seed=None):
    sample = np.random.default_rng(seed).random((n, dim))
    sample[:, -1] = 1 - sample[:, 0]
    return sample


@wrong("sample_prior", "columns_depend")
def sample_with_a_shifted_column(n, dim, seed=None):
    first = np.random.default_rng(seed).random((n, 1))
    return (first + 0.2113 * np.arange(dim)) % 1.0


@wrong("sample_prior", "columns_depend", never=["not uniform"])
def sample_with_a_shuffled_column(n, dim, seed=None):
    rng = np.random.default_rng(seed)
    first = rng.random(n)
    return np.stack([rng.permutation(first) for _ in range(dim)], axis=1)


@wrong("sample_prior", "one_number_a_row", words=["same"])
def sample_of_one_number(n, dim, seed=None):
    return np.repeat(np.random.default_rng(seed).random((n, 1)), dim, axis=1)


@wrong("sample_prior", None, words=["%"], never=["middle", "expected 0.50 and 0.29"])
def sample_near_the_edges(n, dim, seed=None):
    return np.random.default_rng(seed).beta(0.8, 0.8, (n, dim))


@wrong("sample_prior", None, words=["different numbers"], never=["expected 0.50 and 0.29"])
def sample_of_hundredths(n, dim, seed=None):
    return np.random.default_rng(seed).integers(0, 100, (n, dim)) / 100 + 0.005


@wrong("sample_prior", None, never=["Gaussian", "expected 0.50 and 0.29"])
def sample_between_minus_two_and_two(n, dim, seed=None):
    return np.random.default_rng(seed).uniform(-2, 2, (n, dim))


@wrong("sample_prior", "sigmoid_of_gaussian", never=["expected 0.50 and 0.29"])
def sample_of_means(n, dim, seed=None):
    return np.random.default_rng(seed).random((2, n, dim)).mean(axis=0)


@wrong("sample_prior", "seed_fixed")
def sample_by_a_fixed_seed(n, dim, seed=None):
    return np.random.default_rng(0).random((n, dim))


# ---------------------------------------------------------------- further slips


@wrong("entropy", "perplexity")
def perplexity(p):
    p = p[p > 0]
    return np.exp(-np.sum(p * np.log(p)))


@wrong("kl_divergence", "ten_billionth_added", words=["expected inf"])
def kl_with_a_small_addend(p, q):
    m = p > 0
    return np.sum(p[m] * np.log(p[m] / (q[m] + 1e-10)))


@wrong("mutual_information", "other_marginal_only", words=["lacks the entropy of X"])
def mi_without_the_entropy_of_x(joint):
    def h(p):
        return -np.sum(p[p > 0] * np.log(p[p > 0]))

    return h(joint.sum(0)) - h(joint)


@wrong("mutual_information", "joint_entropy_added")
def mi_with_all_entropies(joint):
    return sum(-np.nansum(p * np.log(p)) for p in (joint.sum(0), joint.sum(1), joint))


@wrong("gaussian_mi", "absolute_value")
def gaussian_absolute(rho, dim=1):
    return -dim / 2 * math.log(1 - abs(rho))


@wrong("gaussian_total_correlation", "minus_half_forgotten")
def tc_log_determinant(codes):
    return np.linalg.slogdet(np.corrcoef(codes.T)).logabsdet


@wrong("feature_map_size", "same_rounded_to_nearest", never=["rounds down"])
def size_rounded(input_size, layers):
    for k, s, p in layers:
        input_size = int((input_size - k) / s) + 1 if p == "valid" else round(input_size / s)
    return input_size


@wrong("feature_map_size", "valid_not_rounded")
def size_with_a_fraction(input_size, layers):
    for k, s, p in layers:
        input_size = (input_size - k) / s + 1 if p == "valid" else math.ceil(input_size / s)
    return input_size


@wrong("receptive_field", "own_stride_after_the_first")
def field_from_the_first_kernel(layers):
    field = layers[0][0] if layers else 1
    for kernel, stride, _ in layers[1:]:
        field += (kernel - 1) * stride
    return field


@wrong("receptive_field", "first_layer_only")
def field_returned_in_the_loop(layers):
    field, jump = 1, 1
    for kernel, stride, _ in layers:
        field += (kernel - 1) * jump
        jump *= stride
        return field
    return field


@wrong("receptive_field", "whole_kernels_from_zero")
def field_of_whole_kernels(layers):
    field, jump = 0, 1
    for kernel, stride, _ in layers:
        field += kernel * jump
        jump *= stride
    return field or 1


@wrong("standardize", "one_deviation_for_all")
def standardize_by_one_deviation(train, test):
    mean, deviation = train.mean(0), train.std()
    return (train - mean) / deviation, (test - mean) / deviation


@wrong("standardize", "constant_explodes")
def standardize_by_keras(train, test):
    layer = keras.layers.Normalization()
    layer.adapt(train)
    return layer(train), layer(test)


def as_near_as_can_be(train, to, mean=None):
    """The codes `to` whitened by `train`, not turned (ZCA)."""
    mean = train.mean(axis=0) if mean is None else mean
    variances, along = np.linalg.eigh(np.cov(train.T, ddof=0))
    varying = variances > 1e-10 * variances.max()
    return (to - mean) @ (along[:, varying] / np.sqrt(variances[varying])) @ along[:, varying].T


@wrong("whiten", "test_by_itself")
def whiten_each_by_itself(train, test):
    return as_near_as_can_be(train, train), as_near_as_can_be(test, test)


@wrong("whiten", "mean_of_both", words=["was made alike"])
def whiten_with_a_pooled_mean(train, test):
    mean = np.vstack([train, test]).mean(axis=0)
    return as_near_as_can_be(train, train, mean), as_near_as_can_be(train, test, mean)


@wrong("whiten", "dead_direction_left_out", words=["[20, 3]", "[20, 4]"])
def whiten_what_varies(train, test):
    middle = train.mean(axis=0)
    _, sizes, along = np.linalg.svd(train - middle, full_matrices=False)
    kept = along[sizes > 1e-5 * sizes[0]] / sizes[sizes > 1e-5 * sizes[0], None] * len(train) ** 0.5
    return (train - middle) @ kept.T, (test - middle) @ kept.T


@wrong("whiten", "fixed_threshold", words=["those of your `train` have the size 0 "])
def whiten_with_a_fixed_number(train, test, tiny=1e-10):
    mean = train.mean(axis=0)
    variances, along = np.linalg.eigh(np.cov(train.T, ddof=0))
    scale = np.where(variances > tiny, 1 / np.sqrt(np.maximum(variances, tiny)), 0.0)
    return (train - mean) @ (along * scale), (test - mean) @ (along * scale)


@wrong("whiten", "fixed_threshold")
def whiten_with_a_smaller_number(train, test):
    return whiten_with_a_fixed_number(train, test, tiny=1e-12)


@wrong("whiten", "fixed_constant_added", words=["those of your `train` have the size 0.0016"])
def whiten_with_a_constant(train, test, constant=1e-8):
    mean = train.mean(axis=0)
    variances, along = np.linalg.eigh(np.cov(train.T, ddof=0))
    return tuple((x - mean) @ (along / np.sqrt(variances + constant)) for x in (train, test))


@wrong("whiten", "fixed_constant_added")
def whiten_with_a_smaller_constant(train, test):
    return whiten_with_a_constant(train, test, constant=1e-12)


@wrong("accuracy_interval", "root_not_divided")
def interval_root_not_divided(correct, total):
    p, n, z = correct / total, total, 1.96
    center = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) + z**2 / (4 * n))
    return center - half, center + half


@wrong("accuracy_interval", "z_not_squared")
def interval_z_not_squared(correct, total):
    p, n, z = correct / total, total, 1.96
    center, below = p + z**2 / (2 * n), 1 + z / n
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (center - half) / below, (center + half) / below


@wrong("few_labels", None, words=["raised AssertionError"], never=["goes unnoticed"])
def few_labels_by_assertion(labels, per_class, seed=0):
    rng = np.random.default_rng(seed)
    assert np.unique(labels, return_counts=True)[1].min() >= per_class
    return each_class(labels, lambda own: rng.permutation(own)[:per_class])


@wrong("sample_prior", "global_python_seed")
def sample_by_pythons_seed(n, dim, seed=None):
    random.seed(seed)
    return np.array([[random.random() for _ in range(dim)] for _ in range(n)])


# ---------------------------------------------------------------- the verdicts


@pytest.mark.parametrize("exercise, function", RIGHT)
def test_right_answers_are_correct(exercise, function):
    feedback = getattr(check, exercise)(function)
    assert feedback.status == "correct", feedback.message


@pytest.mark.parametrize("exercise, function, mistake, words, never", WRONG)
def test_wrong_answers_are_told_what_is_so(exercise, function, mistake, words, never):
    feedback = getattr(check, exercise)(function)
    assert (feedback.status, feedback.mistake) == ("incorrect", mistake), feedback.message
    message = " ".join(feedback.message.split())
    assert all(word in message for word in words), message
    assert not any(word in message for word in never), message
