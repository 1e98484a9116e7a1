"""Answers to the exercises on scores, losses and pairs, and what their checks say of them."""

import math

import numpy as np
import pytest

from dimlearn import bounds, check
from dimlearn.information.bounds import answer_cost
from dimlearn.startup import keras, tf

pytestmark = pytest.mark.slow

sp = tf.nn.softplus
WRONG, RIGHT = [], []


def wrong(exercise, mistake=None, says=(), silent=()):
    """Decorator: an answer that is wrong, the name of its mistake, words in and not in what is
    said about it."""
    return lambda function: WRONG.append((exercise, function, mistake, says, silent)) or function


def right(exercise):
    return lambda function: RIGHT.append((exercise, function)) or function


def parts(scores):
    mask = tf.eye(scores.shape[0], dtype=tf.bool)
    return tf.boolean_mask(scores, mask), tf.boolean_mask(scores, ~mask)


# ---------------------------------------------------------------- score matrices


@wrong("pairwise_scores", "numpy_on_the_way", ["outside"])
def dot_of_numpy(u, v):
    return tf.convert_to_tensor(np.dot(u, np.transpose(v)))


@wrong("pairwise_scores", "numpy_inside", ["NumPy"])
def numpy_at_the_end(u, v):
    return tf.matmul(u, v, transpose_b=True).numpy()


@wrong("pairwise_scores", "last_argument_in_numpy", ["leaves TensorFlow"])
def transposed_by_numpy(u, v):
    return tf.matmul(u, np.transpose(v))


@wrong("pairwise_scores", "reshaped_for_transposed")
def reshaped(u, v):
    return u @ tf.reshape(v, [v.shape[1], v.shape[0]])


@wrong("pairwise_scores", "matching_rows_only", [], ["matmul(u, v, transpose_b=True)"])
def einsum_of_rows(u, v):
    return tf.einsum("iu,iu->i", u, v)


@wrong("pairwise_scores", "cosine", [], ["cap"])
def keras_cosine(u, v):
    return keras.utils.normalize(u, axis=1) @ tf.transpose(tf.math.l2_normalize(v, axis=1))


@wrong("pairwise_scores")
def squeezed(u, v):
    return tf.squeeze(tf.reduce_sum(u[:, None] * v, axis=-1)) + 0 * tf.reduce_mean(u[:, 1])


@wrong("dv_bound", "ten_subtracted")
def minus_ten_on_the_diagonal(scores):
    n = scores.shape[0]
    others = scores - 10.0 * tf.eye(n)
    return tf.linalg.trace(scores) / n - tf.reduce_logsumexp(others) + math.log(n * (n - 1))


@wrong("dv_bound", "counted_by_rows", [], ["log(N"])
def log_n(scores):
    positive, negative = parts(scores)
    n = scores.shape[0]
    return tf.reduce_mean(positive) - (tf.reduce_logsumexp(negative) - math.log(n))


@wrong("dv_bound", "count_forgotten", [], ["N - 1"])
def no_count(scores):
    positive, negative = parts(scores)
    return tf.reduce_mean(positive) - tf.reduce_logsumexp(negative)


@wrong("dv_bound", "count_added")
def count_on_the_wrong_side(scores):
    positive, negative = parts(scores)
    return tf.reduce_mean(positive) - (tf.reduce_logsumexp(negative) + math.log(negative.shape[0]))


@wrong("dv_bound", "negatives_in_numpy", ["negative pairs leave TensorFlow"], ["stop_gradient"])
def negatives_of_numpy(scores):
    n = scores.shape[0]
    negative = scores.numpy()[~np.eye(n, dtype=bool)]
    top = negative.max()
    log_mean_exp = np.log(np.mean(np.exp(negative - top))) + top
    return tf.reduce_mean(tf.linalg.diag_part(scores)) - log_mean_exp


@wrong("dv_bound", "negatives_without_gradient", ["tf.stop_gradient` stands on the way"])
def negatives_stopped(scores):
    positive, negative = parts(scores)
    n = scores.shape[0]
    log_sum = tf.reduce_logsumexp(tf.stop_gradient(negative))
    return tf.reduce_mean(positive) - log_sum + math.log(n * (n - 1))


@wrong("nwj_bound", "kinds_exchanged")
def exp_of_the_diagonal(scores):
    positive, negative = parts(scores)
    return tf.reduce_mean(negative) - tf.reduce_mean(tf.exp(positive - 1))


@wrong("nwj_bound", "one_outside", [], ["tf.exp(negative - 1"])
def one_behind(scores):
    positive, negative = parts(scores)
    return tf.reduce_mean(positive) - tf.reduce_mean(tf.exp(negative) - 1)


@wrong("nwj_bound", "one_subtracted_from_the_bound")
def one_at_the_end(scores):
    positive, negative = parts(scores)
    return tf.reduce_mean(positive) - tf.reduce_mean(tf.exp(negative)) - 1


@wrong("jsd_bound", "positive_part_both_signs", [], ["softplus(-s)"])
def both_bare(scores):
    positive, negative = parts(scores)
    return tf.reduce_mean(sp(positive)) - tf.reduce_mean(sp(negative))


@wrong("jsd_bound", "positive_part_negated")
def no_minus_in_front(scores):
    positive, negative = parts(scores)
    return tf.reduce_mean(sp(-positive)) - tf.reduce_mean(sp(negative))


@wrong("jsd_bound", "negative_part_negated")
def negatives_gain(scores):
    positive, negative = parts(scores)
    return tf.reduce_mean(-sp(-positive)) + tf.reduce_mean(sp(negative))


@wrong("jsd_bound", "softplus_signs_inverted", [], ["softplus(s)", "softplus(-s)"])
def inverted(scores):
    positive, negative = parts(scores)
    return tf.reduce_mean(-sp(positive)) - tf.reduce_mean(sp(-negative))


@wrong("jsd_bound", "mask_inside_softplus")
def masked_before(scores):
    n = scores.shape[0]
    eye = tf.eye(n)
    positive = tf.reduce_sum(-sp(-scores * eye)) / n
    return positive - tf.reduce_sum(sp(scores * (1 - eye))) / (n * (n - 1))


@wrong("jsd_bound", "softplus_of_mean")
def mean_first(scores):
    positive, negative = parts(scores)
    return -sp(-tf.reduce_mean(positive)) - sp(tf.reduce_mean(negative))


@wrong("infonce_bound", "cross_entropy_not_negated")
def plus_cross_entropy(scores):
    n = scores.shape[0]
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.range(n), logits=scores)
    return math.log(n) + tf.reduce_mean(losses)


@wrong("infonce_bound", "positive_left_out_log_n")
def only_negatives_below(scores):
    n = scores.shape[0]
    others = tf.linalg.set_diag(scores, tf.fill([n], -math.inf))
    own = tf.linalg.diag_part(scores)
    return tf.reduce_mean(own - tf.reduce_logsumexp(others, axis=1)) + math.log(n)


@wrong("infonce_bound", "log_n_twice")
def log_mean_exp_and_log_n(scores):
    n = scores.shape[0]
    rows = tf.reduce_logsumexp(scores, axis=1) - math.log(n)
    return tf.reduce_mean(tf.linalg.diag_part(scores) - rows) + math.log(n)


@wrong("dv_bound", "negatives_without_gradient", [], ["leaves TensorFlow", "leave TensorFlow"])
def two_faults(scores):  # the count is None inside `tf.function`
    positive, negative = parts(scores)
    log_sum = tf.reduce_logsumexp(tf.stop_gradient(negative))
    return tf.reduce_mean(positive) - log_sum + math.log(negative.shape[0])


@wrong("jsd_bound", "negative_part_without_gradient", ["No gradient"], ["stop_gradient"])
def float_of_the_negatives(scores):
    positive, negative = parts(scores)
    return -tf.reduce_mean(sp(-positive)) - float(tf.reduce_mean(sp(negative)))


# ---------------------------------------------------------------- local scores


@wrong("local_scores", "numpy_on_the_way")
def einsum_of_numpy(local_features, code_features):
    return tf.constant(np.einsum("jlu,iu->ijl", local_features, code_features))


@wrong("local_scores", "features_without_gradient", ["tf.stop_gradient` stands on the way"])
def stopped(local_features, code_features):
    return tf.einsum("jlu,iu->ijl", tf.stop_gradient(local_features), code_features)


@wrong("local_scores", "features_without_gradient", ["Rounding"], ["stop_gradient"])
def rounded(local_features, code_features):
    tenths = tf.round(local_features * 10) / 10
    return tf.einsum("jlu,iu->ijl", tenths, code_features)


@wrong("local_jsd", "diagonal_of_the_last_axes", ["last"])
def diag_part_of_three_axes(scores):
    positive = tf.linalg.diag_part(scores)
    return -tf.reduce_mean(sp(-positive)) - tf.reduce_mean(sp(parts(scores)[1]))


@wrong("local_jsd", "mask_inside_softplus")
def masked_inside(scores):
    n, _, places = scores.shape
    eye = tf.eye(n)[:, :, None]
    positive = tf.reduce_sum(-sp(-scores * eye)) / (n * places)
    return positive - tf.reduce_sum(sp(scores * (1 - eye))) / (n * (n - 1) * places)


@wrong("local_jsd", "divided_twice")
def divided_by_places(scores):
    positive, negative = parts(scores)
    return -(tf.reduce_mean(sp(-positive)) + tf.reduce_mean(sp(negative))) / scores.shape[2]


@wrong("local_jsd", "negative_part_in_numpy", ["leaves TensorFlow"])
def numpy_negatives(scores):
    positive, negative = parts(scores)
    return -tf.reduce_mean(sp(-positive)) - np.mean(np.logaddexp(0, negative))


def counted_by_len(function):
    """A right function whose Python asks a tensor for its length, as `tf.function` allows."""
    return lambda scores: function(scores) * scores.shape[0] / len(scores)


FIT = ["Keras' own `fit`", "has no `len` of its own"]
WRONG += [
    (name, counted_by_len(getattr(bounds, name)), None, FIT, [])
    for name in ("local_jsd", "local_infonce")
]
RIGHT.append(("jsd_bound", counted_by_len(bounds.jsd_bound)))  # no lesson trains it by `fit`


@wrong("local_jsd", "means_over_all_squares", ["one mean"])
def local_jsd_one_mean_over_both_kinds(scores):
    eye = tf.eye(scores.shape[0], dtype=tf.bool)
    positive, negative = tf.boolean_mask(scores, eye), tf.boolean_mask(scores, ~eye)
    return -tf.reduce_mean(tf.concat([tf.nn.softplus(-positive), tf.nn.softplus(negative)], 0))


@wrong("local_jsd", "means_over_all_squares_doubled", ["doubled"])
def local_jsd_one_mean_over_both_kinds_twice(scores):
    return 2 * local_jsd_one_mean_over_both_kinds(scores)


@wrong("local_jsd", "masked_with_zero_and_counted", ["log 2"])
def local_jsd_negatives_under_a_mask(scores):
    others = scores * (1 - tf.eye(scores.shape[0])[:, :, None])
    return -tf.reduce_mean(sp(-parts(scores)[0])) - tf.reduce_mean(sp(others))


def sums_of_exp(scores):
    """The own scores `[N, L]`, and the sums of the exponentials of the others `[N, 1]`."""
    n, _, places = scores.shape
    own, others = parts(scores)
    others = tf.reshape(tf.exp(others), [n, -1])
    return own, tf.reduce_sum(others, 1, keepdims=True), math.log(1 + (n - 1) * places)


@wrong("local_infonce", "overflows_in_a_log_of_a_sum", ["reduce_logsumexp"])
def local_infonce_by_a_log_of_exp(scores):
    own, others, count = sums_of_exp(scores)
    return tf.reduce_mean(own - tf.math.log(tf.exp(own) + others)) + count


@wrong("local_infonce", "overflows_among_the_others", ["reduce_logsumexp"])
def local_infonce_by_a_ratio(scores):
    own, others, count = sums_of_exp(scores)
    return -tf.reduce_mean(tf.math.log(1 + others / tf.exp(own))) + count


@wrong("local_infonce", "codes_compete", ["codes that compete"])
def local_infonce_softmax_over_codes(scores):
    n = scores.shape[0]
    own = tf.boolean_mask(tf.nn.log_softmax(scores, axis=0), tf.eye(n, dtype=tf.bool))
    return tf.reduce_mean(own) + math.log(n)


@right("local_jsd")
def loop_over_static_places(scores):
    places = scores.shape[2]
    if places > 0:
        return sum(bounds.jsd_bound(scores[:, :, place]) for place in range(places)) / places
    return 0.0


@wrong("local_infonce", "difference_reversed", [], ["others - own", "own - others"])
def reversed_difference(scores):
    n, _, places = scores.shape
    own, others = parts(scores)
    others = tf.reduce_logsumexp(tf.reshape(others, [n, -1]), axis=1, keepdims=True)
    return -tf.reduce_mean(sp(own - others)) + math.log(1 + (n - 1) * places)


@wrong("local_infonce", "offset_log_1_n_l", [], ["(N-1) L"])
def log_1_n_l(scores):
    n, _, places = scores.shape
    own, others = parts(scores)
    others = tf.reduce_logsumexp(tf.reshape(others, [n, -1]), axis=1, keepdims=True)
    return -tf.reduce_mean(sp(others - own)) + math.log(1 + n * places)


@wrong("local_infonce", "positive_left_out", [], ["(N-1) L"])
def without_the_positive(scores):
    n, _, places = scores.shape
    own, others = parts(scores)
    others = tf.reduce_logsumexp(tf.reshape(others, [n, -1]), axis=1, keepdims=True)
    return tf.reduce_mean(own - others) + math.log(1 + (n - 1) * places)


@wrong("local_infonce", "diagonal_of_the_last_axes")
def diag_part_as_own(scores):
    n, _, places = scores.shape
    others = tf.reshape(parts(scores)[1], [n, -1])
    others = tf.reduce_logsumexp(others, axis=1, keepdims=True)
    return -tf.reduce_mean(sp(others - tf.linalg.diag_part(scores))) + math.log(
        1 + (n - 1) * places
    )


@wrong("local_infonce", "competitors_in_numpy", ["leave TensorFlow"], ["stop_gradient"])
def competitors_of_numpy(scores):
    n, _, places = scores.shape
    own, others = parts(scores)
    others = np.reshape(others, [n, -1])
    top = others.max(axis=1, keepdims=True)
    others = top + np.log(np.exp(others - top).sum(axis=1, keepdims=True))
    return -tf.reduce_mean(sp(others - own)) + math.log(1 + (n - 1) * places)


# ---------------------------------------------------------------- losses


@wrong("answer_cost", "always_yes", ["yes = False"])
def yes_unread(logits, yes):
    return tf.reduce_mean(sp(-logits))


@wrong("answer_cost", "softplus_signs_inverted", ["exchanged"], ["-logits"])
def other_sign(logits, yes):
    return tf.reduce_mean(sp(logits) if yes else sp(-logits))


@wrong("answer_cost", "numpy_on_the_way", ["leaves TensorFlow"])
def cost_by_numpy(logits, yes):
    return tf.constant(np.mean(np.logaddexp(0, -logits if yes else logits)), tf.float32)


@wrong("answer_cost", "log_of_sigmoid", ["infinite"])
def log_of_a_probability(logits, yes):
    p = tf.sigmoid(logits)
    return -tf.reduce_mean(tf.math.log(p if yes else 1 - p))


@wrong("answer_cost", "not_averaged", ["one number"])
def each_by_itself(logits, yes):
    return sp(-logits if yes else logits)


@wrong("jsd_bound", "sign_flipped")
def costs_added(scores):
    positive, negative = parts(scores)
    return answer_cost(positive, True) + answer_cost(negative, False)


@wrong("jsd_bound", "softplus_signs_inverted", ["Yes and no are exchanged"])
def yes_and_no_exchanged(scores):
    positive, negative = parts(scores)
    return -answer_cost(positive, False) - answer_cost(negative, True)


@wrong("prior_loss", "saturating")
def minus_the_opponents_part(code_logits):
    return -answer_cost(code_logits, False)


@wrong("global_loss", "positive_part_both_signs")
def bare_softplus(positive_scores, negative_scores):
    return tf.reduce_mean(sp(negative_scores)) - tf.reduce_mean(sp(positive_scores))


@wrong("global_loss", "negative_sign_inverted")
def negatives_as_positives(positive_scores, negative_scores):
    return tf.reduce_mean(sp(-positive_scores)) + tf.reduce_mean(sp(-negative_scores))


@wrong("global_loss", "negatives_detached", ["stands on the way"])
def stopped_negatives(positive_scores, negative_scores):
    negative = tf.stop_gradient(negative_scores)
    return tf.reduce_mean(sp(-positive_scores)) + tf.reduce_mean(sp(negative))


@wrong("discriminator_loss", "last_argument_in_numpy", ["leaves TensorFlow"], ["stop_gradient"])
def codes_of_numpy(prior_logits, code_logits):
    fake = np.mean(np.logaddexp(0, code_logits))
    return tf.reduce_mean(sp(-prior_logits)) + tf.cast(fake, "float32")


@wrong("discriminator_loss", "real_and_fake_exchanged", ["both signs"])
def both_signs(prior_logits, code_logits):
    return tf.reduce_mean(sp(prior_logits)) + tf.reduce_mean(sp(-code_logits))


@wrong("discriminator_loss", "codes_called_real", [], ["softplus("])
def all_real(prior_logits, code_logits):
    return tf.reduce_mean(sp(-prior_logits)) + tf.reduce_mean(sp(-code_logits))


@wrong("prior_loss", "numpy_on_the_way", ["leaves TensorFlow"], ["stop_gradient"])
def numpy_loss(code_logits):
    return tf.constant(np.mean(np.logaddexp(0, -code_logits.numpy())))


@wrong("prior_loss", "pushed_away_from_prior", [], ["softplus(-code_logits)"])
def discriminators_part(code_logits):
    zeros = tf.zeros_like(code_logits)
    return keras.losses.BinaryCrossentropy(from_logits=True)(zeros, code_logits)


@wrong("prior_loss", "log_of_sigmoid", ["infinite"])
def exp_by_hand(code_logits):
    return tf.reduce_mean(tf.math.log(1 + tf.exp(-code_logits)))


@wrong("dim_loss", "gamma_forgotten")
def without_gamma(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return -alpha * global_mi - beta * local_mi + prior_loss


@wrong("dim_loss", "absolute_value")
def absolute(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return tf.abs(-alpha * global_mi - beta * local_mi + gamma * prior_loss)


@wrong("dim_loss", "averaged")
def mean_of_three(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    terms = [-alpha * global_mi, -beta * local_mi, gamma * prior_loss]
    return tf.reduce_mean(tf.stack(terms))


@wrong("dim_loss", "local_minimised", [], ["-(alpha"])
def brackets_missing(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    return -alpha * global_mi + beta * local_mi + gamma * prior_loss


# ---------------------------------------------------------------- maps, codes, pairs


@wrong("attach_code", "last_argument_in_numpy", ["leaves TensorFlow"], ["stop_gradient"])
def tiled_by_numpy(feature_map, code):
    n, m = feature_map.shape[:2]
    codes = np.tile(np.asarray(code)[:, None, None, :], [1, m, m, 1])
    return tf.concat([feature_map, codes], axis=-1)


@wrong("attach_code", "code_without_gradient", ["tf.stop_gradient` stands"])
def stopped_code(feature_map, code):
    m = feature_map.shape[1]
    codes = tf.repeat(tf.repeat(tf.stop_gradient(code)[:, None, None], m, 1), m, 2)
    return tf.concat([feature_map, codes], axis=-1)


@wrong("attach_code")
def squeezed_code(feature_map, code):
    m = feature_map.shape[1]
    codes = tf.tile(tf.squeeze(code)[:, None, None, :], [1, m, m, 1])
    return tf.concat([feature_map, codes], axis=-1)


@wrong("global_pairs", "negatives_in_numpy", ["leave TensorFlow"], ["stop_gradient"])
def rolled_by_numpy(feature_map, code):
    features = tf.reshape(feature_map, [feature_map.shape[0], -1])
    other = np.roll(features.numpy(), 1, axis=0)
    return tf.concat([features, code], axis=1), tf.concat([other, code], axis=1)


@wrong("global_pairs", "negatives_without_gradient", ["tf.stop_gradient` stands on the way"])
def stopped_negative_maps(feature_map, code):
    features = tf.reshape(feature_map, [feature_map.shape[0], -1])
    other = tf.roll(tf.stop_gradient(features), 1, axis=0)
    return tf.concat([features, code], axis=1), tf.concat([other, code], axis=1)


@wrong("global_pairs", "negatives_not_mismatched", [], ["tf.roll(features"])
def same_twice(feature_map, code):
    rows = tf.concat([tf.reshape(feature_map, [feature_map.shape[0], -1]), code], axis=1)
    return rows, rows


# ---------------------------------------------------------------- mismatch


def checked(features, error=ValueError):
    if len(features) < 2:
        raise error("at least two")
    return features


@wrong("mismatch", "drawn_with_replacement", ["more than once"], ["permutation"])
def choice(features):
    return features[np.random.choice(len(checked(features)), len(features))]


@wrong("mismatch", "drawn_with_replacement")
def another_for_each(features):
    n, rng = len(checked(features)), np.random.default_rng()
    return features[[rng.choice([j for j in range(n) if j != i]) for i in range(n)]]


@wrong("mismatch", "random_permutation", ["still at its own index"], ["global generator"])
def permutation(features):
    return np.random.permutation(checked(features))


@wrong("mismatch", "global_shuffle", ["seeds"], ["shuffles", "stays in its place"])
def seeded_derangement(features):
    np.random.seed(7)
    np.random.random()
    return np.roll(checked(features), 1, axis=0)


@wrong("mismatch", "shuffled_in_place", ["changes the array"], ["shuffles"])
def negated_in_place(features):
    result = np.roll(checked(features), 1, axis=0)
    features *= -1
    return result


@wrong("mismatch", "another_error", ["AssertionError"], ["comes back as it is"])
def asserted(features):
    assert len(features) >= 2, "at least two"
    return np.roll(features, 1, axis=0)


@wrong("mismatch", None, ["TypeError"], ["comes back as it is"])
def type_error(features):
    return np.roll(checked(features, TypeError), 1, axis=0)


@wrong("mismatch", "error_returned", ["*returns* the error"], ["comes back as it is"])
def returned(features):
    if features.shape[0] < 2:
        return ValueError("at least two")
    return np.roll(features, 1, axis=0)


@wrong("mismatch", "empty_accepted", ["N = 0"])
def one_only(features):
    if len(features) == 1:
        raise ValueError
    return np.roll(features, 1, axis=0)


@wrong("mismatch", "rolled_flat", [], ["np.roll(features, 1, axis=0)"])
def flat(features):
    return np.roll(checked(features), 1)


# ---------------------------------------------------------------- right


@right("pairwise_scores")
def vectorized(u, v):
    return tf.vectorized_map(lambda row: tf.linalg.matvec(v, row), u)


@right("dv_bound")
def row_by_row(scores):
    n = scores.shape[0]
    rows = [tf.concat([scores[i, :i], scores[i, i + 1 :]], axis=0) for i in range(n)]
    log_mean_exp = tf.reduce_logsumexp(tf.stack(rows)) - math.log(n) - math.log(n - 1)
    return tf.reduce_mean(tf.linalg.diag_part(scores)) - log_mean_exp


@right("local_scores")
def listed(local_features, code_features):
    n = code_features.shape[0]
    return tf.stack([local_features @ code_features[i][:, None] for i in range(n)])[..., 0]


@right("dim_loss")
def terms_left_out(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    loss = 0.0
    if alpha:
        loss -= alpha * global_mi
    if beta:
        loss -= beta * local_mi
    if gamma:
        loss += gamma * prior_loss
    return loss


@right("attach_code")
def repeat_vector(feature_map, code):
    n, m, _, _ = feature_map.shape
    codes = tf.reshape(keras.layers.RepeatVector(m * m)(code), [n, m, m, -1])
    return keras.layers.Concatenate()([feature_map, codes])


def rolled_unless_alone(features):
    if len(features) < 2:  # as for arrays; `tf.function` translates it, and Keras' `fit` does not
        raise ValueError
    return tf.roll(features, 1, axis=0)


@wrong("global_pairs", None, FIT)
def with_a_mismatch_that_asks_for_len(feature_map, code):
    features = tf.reshape(feature_map, [feature_map.shape[0], -1])
    other = rolled_unless_alone(features)
    return tf.concat([features, code], axis=1), tf.concat([other, code], axis=1)


@wrong("global_loss", None, FIT)
def counted_by_python(positive, negative):
    total = tf.reduce_sum(tf.nn.softplus(-positive)) / len(positive)
    return total + tf.reduce_sum(tf.nn.softplus(negative)) / len(negative)


@right("global_pairs")
def permuted_by_chance(feature_map, code):
    n = feature_map.shape[0]
    order = np.arange(n)
    while (order == np.arange(n)).any():
        order = np.random.permutation(n)
    features = keras.layers.Flatten()(feature_map)
    other = tf.gather(features, order)
    return tf.concat([features, code], axis=1), tf.concat([other, code], axis=1)


@right("mismatch")
def drawn_again(features):
    order = np.arange(len(checked(features)))
    while (order == np.arange(len(order))).any():
        np.random.shuffle(order)
    return features[order]


# ---------------------------------------------------------------- the verdicts


def named(cases):
    return [f"{exercise}: {function.__name__}" for exercise, function, *_ in cases]


@pytest.mark.parametrize("exercise, function, mistake, says, silent", WRONG, ids=named(WRONG))
def test_a_wrong_answer(exercise, function, mistake, says, silent):
    feedback = getattr(check, exercise)(function)
    assert feedback.status == "incorrect"
    assert feedback.mistake == (mistake and f"{exercise}.{mistake}"), feedback
    assert all(words in feedback.message for words in says), feedback
    assert not any(words in feedback.message for words in silent), feedback


@pytest.mark.parametrize("exercise, function", RIGHT, ids=named(RIGHT))
def test_a_right_answer(exercise, function):
    feedback = getattr(check, exercise)(function)
    assert feedback.status == "correct", feedback


EXERCISES = sorted({exercise for exercise, *_ in WRONG})


@pytest.mark.parametrize("name", EXERCISES)
def test_nothing_written_yet_is_told_what_is_asked_and_not_how(name):
    names = {}
    exec(check.stub(name), names)
    message = getattr(check, name)(names[name]).message
    formulas = ["softplus", "logsumexp", "exp(", "log(", "mean(", "alpha *", "tf.", "np."]
    assert not [words for words in formulas if words in message]


FINISHED = [
    *("axis=1", "axis=0)", "reduce_mean(", "softplus(", "answer_cost("),
    *("log(1 + (", "log(N (N", "exp(score"),
]


@pytest.mark.parametrize("name", EXERCISES)
def test_no_message_prints_the_finished_line(name):
    for mistake in getattr(check, name).exercise.mistakes:
        assert not [words for words in FINISHED if words in mistake.message], mistake.message
