"""Right answers in odd styles, which are correct all the same, and wrong ones that come close."""

import functools
import math

import numpy as np
import pandas as pd
import pytest
import scipy.special
import scipy.stats

from dimlearn import bounds, check
from dimlearn.check.exercises.attach_code import attach_code
from dimlearn.check.exercises.build_encoder import encoder as encoder_with
from dimlearn.check.exercises.build_encoder import parts
from dimlearn.check.exercises.frozen_classifier import classifier
from dimlearn.check.exercises.gaussian_total_correlation import total_correlation
from dimlearn.check.exercises.global_pairs import flat, pairs
from dimlearn.check.exercises.prior_gradients import prior_gradients
from dimlearn.check.exercises.train_step import train_step
from dimlearn.deep_infomax.prior import discriminator_loss, prior_loss
from dimlearn.startup import keras, tf

pytestmark = pytest.mark.slow

ops, layers = keras.ops, keras.layers
RIGHT, WRONG = [], []


def right(exercise):
    return lambda function: RIGHT.append((exercise, function)) or function


def wrong(exercise):
    return lambda function: WRONG.append((exercise, function)) or function


def stacks(scores):
    """Positive and negative scores, the first axes in one."""
    mask = tf.eye(scores.shape[0], dtype=tf.bool)
    return tf.boolean_mask(scores, mask), tf.boolean_mask(scores, ~mask)


# ---------------------------------------------------------------- right: tables and numbers


@right("entropy")
def keras_entropy(p):
    return float(ops.sum(ops.where(p > 0, -p * ops.log(ops.where(p > 0, p, 1.0)), 0.0)))


right("entropy")(functools.partial(lambda log, p: -sum(x * log(x) for x in p.flat if x), math.log))
right("entropy")(lambda table: scipy.special.entr(table).sum())
right("kl_divergence")(lambda p, q: np.sum(scipy.special.rel_entr(p, q)))


@right("kl_divergence")
class Divergence:
    """A class whose instances are called is one thing; a class that is a float is another."""

    def __new__(cls, truth, belief, unit=1.0):
        total = 0.0
        for p, q in zip(np.ravel(truth).tolist(), np.ravel(belief).tolist()):
            if p and not q:
                return math.inf
            total += p * math.log(p / q) if p else 0.0
        return total / unit


@right("mutual_information")
def by_xlogy(table):
    joint = tf.constant(table)
    product = tf.reduce_sum(joint, 1)[:, None] * tf.reduce_sum(joint, 0)[None]
    return tf.reduce_sum(tf.math.xlogy(joint, tf.math.divide_no_nan(joint, product)))


@right("mutual_information")
def three_entropies(joint, entropy=lambda p: scipy.special.entr(p).sum()):
    return entropy(joint.sum(0)) + entropy(joint.sum(1)) - entropy(joint)


right("gaussian_mi")(lambda r, dim=1: -dim / 2 * math.log1p(-r * r))


@right("gaussian_mi")
def of_the_covariance(correlation, dim=1, *, variance=4.0):
    covariance = np.kron(np.eye(dim), variance * np.array([[1, correlation], [correlation, 1]]))
    return dim * np.log(variance) - 0.5 * np.linalg.slogdet(covariance)[1]


@right("feature_map_size")
def recursive(side, rest):
    if not rest:
        return side
    (kernel, stride, padding), *rest = rest
    lost = 0 if padding == "same" else kernel - 1
    return recursive(math.ceil((side - lost) / stride), rest)


right("receptive_field")(
    lambda rows: functools.reduce(lambda field, row: (field - 1) * row[1] + row[0], rows[::-1], 1)
)


@right("receptive_field")
def through_numpy(rows):
    if not rows:
        return 1
    kernels, strides, _ = zip(*rows)
    jumps = np.cumprod([1, *strides[:-1]])
    return 1 + np.dot(np.array(kernels) - 1, jumps)


@right("accuracy_interval")
def by_scipy(correct, total):
    found = scipy.stats.binomtest(correct, total).proportion_ci(0.95, method="wilson")
    return found.low, found.high


@right("accuracy_interval")
def roots_of_the_quadratic(k, n, z=1.96):
    return tuple(np.sort(np.roots([1 + z**2 / n, -(2 * k + z**2) / n, (k / n) ** 2]).real))


@right("standardize")
def by_pandas(train, test):
    a, b = pd.DataFrame(train), pd.DataFrame(test)
    scale = a.std(ddof=0).where(lambda deviation: deviation > 1e-7, 1.0)
    return ((a - a.mean()) / scale).to_numpy(), ((b - a.mean()) / scale).to_numpy()


@right("standardize")
class Standardizer:
    def __new__(cls, train, test):
        centred = train - np.mean(train, axis=0, keepdims=True)
        scale = np.linalg.norm(centred, axis=0) / math.sqrt(len(train))
        scale[np.isclose(scale, 0, atol=1e-8)] = 1
        return [centred / scale, (test - np.mean(train, axis=0)) / scale]


# ---------------------------------------------------------------- right: scores


@right("pairwise_scores")
def vectorized(x, y):
    return tf.vectorized_map(lambda row: tf.linalg.matvec(y, row), x)


right("pairwise_scores")(tf.function(lambda u, v: ops.einsum("au,bu->ab", u, v)))


@right("dv_bound")
def negative_by_negative(scores):
    n = scores.shape[0]
    own = sum(scores[i, i] for i in range(n)) / n
    others = tf.stack([scores[i, j] for i in range(n) for j in range(n) if i != j])
    return own - ops.logsumexp(others) + math.log(len(others))


@right("dv_bound")
@tf.function
def masked_by_where(t, beta=1.0):
    n = t.shape[0]
    others = ops.where(ops.eye(n, dtype="bool"), -math.inf, t)
    return ops.trace(t) / n - beta * (ops.logsumexp(others) - math.log(n**2 - n))


@right("nwj_bound")
def exp_of_minus_infinity(scores):
    n = scores.shape[0]
    others = tf.linalg.set_diag(scores, tf.fill([n], -math.inf))
    return tf.linalg.trace(scores) / n - tf.reduce_sum(tf.exp(others - 1)) / (n * (n - 1))


@right("jsd_bound")
def two_keras_losses(scores):
    positive, negative = stacks(scores)
    loss = functools.partial(keras.losses.binary_crossentropy, from_logits=True)
    return -loss(tf.ones_like(positive), positive) - loss(tf.zeros_like(negative), negative)


right("jsd_bound")(
    lambda t: (
        tf.reduce_mean(tf.math.log_sigmoid(stacks(t)[0]))
        + tf.reduce_mean(tf.math.log_sigmoid(-stacks(t)[1]))
    )
)


@right("infonce_bound")
def in_float64(scores):
    rows = tf.nn.log_softmax(tf.cast(scores, tf.float64), axis=-1)
    n = tf.cast(tf.shape(scores)[0], tf.float64)
    return tf.linalg.trace(rows) / n + tf.math.log(n)


@right("infonce_bound")
def keras_loss(scores):
    n = scores.shape[0]
    losses = keras.losses.sparse_categorical_crossentropy(tf.range(n), scores, from_logits=True)
    return math.log(n) - ops.mean(losses)


@right("local_scores")
def one_code_after_the_other(features, codes):
    return tf.vectorized_map(lambda code: tf.linalg.matvec(features, code), codes)


right("local_scores")(lambda f, c: ops.transpose(ops.tensordot(f, c, axes=[[2], [1]]), (2, 0, 1)))


@right("local_jsd")
def place_by_place(scores):
    return ops.mean(ops.stack([bounds.jsd_bound(one) for one in tf.unstack(scores, axis=2)]))


@right("local_infonce")
def question_by_question(scores):
    n, _, places = scores.shape
    values = []
    for i in range(n):
        others = [tf.reshape(scores[i, j], [-1]) for j in range(n) if j != i]
        for place in range(places):
            answers = tf.concat([scores[i, i, place : place + 1], *others], axis=0)
            values.append(tf.nn.log_softmax(answers)[0])
    return sum(values) / len(values) + math.log(1 + (n - 1) * places)


# ---------------------------------------------------------------- right: losses, maps, codes


@right("global_loss")
def keras_cross_entropy(positive, negative):
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return loss(ops.ones_like(positive), positive) + loss(ops.zeros_like(negative), negative)


right("global_loss")(lambda a, b: 2 * ops.mean(ops.softplus(ops.concatenate([-a, b]))))


@right("discriminator_loss")
@tf.function
def with_labels(real, fake):
    logits = tf.concat([real, fake], axis=1)
    labels = tf.concat([tf.ones_like(real), tf.zeros_like(fake)], axis=1)
    return tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits)) / real.shape[0]


right("prior_loss")(lambda logits: -tf.reduce_mean(tf.math.log_sigmoid(logits)))
right("dim_loss")(lambda g, m, p, a, b, c: sum(w * t for w, t in zip((-a, -b, c), (g, m, p))))


@right("attach_code")
def image_by_image(maps, codes):
    def both(pair):
        features, code = pair
        everywhere = tf.broadcast_to(code, [*features.shape[:2], code.shape[0]])
        return tf.concat([features, everywhere], axis=-1)

    return tf.vectorized_map(both, (maps, codes))


@right("attach_code")
class Attach:
    def __new__(cls, feature_map, code):
        _, m, _, _ = feature_map.shape
        repeated = layers.Reshape((m, m, -1))(layers.RepeatVector(m * m)(code))
        return layers.Concatenate(axis=-1)([feature_map, repeated])


right("attach_code")(
    lambda f, c: ops.concatenate([f, ops.einsum("nab,nd->nabd", ops.ones_like(f[..., 0]), c)], -1)
)


@right("global_pairs")
def rolled_by_chance(feature_map, code):
    n = code.shape[0]
    return pairs(flat(feature_map), code, tf.roll(flat(feature_map), np.random.randint(1, n), 0))


@right("global_pairs")
def derangement_by_rejection(feature_map, code):
    n, rng = code.shape[0], np.random.default_rng()
    order = np.arange(n)
    while np.any(order == np.arange(n)):
        order = rng.permutation(n)
    rows = layers.Flatten()(feature_map)
    return pairs(rows, code, ops.take(rows, order, axis=0))


@right("mismatch")
def taken(x):
    if len(x) <= 1:
        raise ValueError(len(x))
    return np.take(x, np.arange(-1, len(x) - 1), axis=0)


@right("mismatch")
def drawn_shift(items):
    if items.shape[0] < 2:
        raise ValueError("nothing to exchange")
    return np.roll(items, np.random.randint(1, items.shape[0]), axis=0)


# ---------------------------------------------------------------- right: chance and models

right("sample_prior")(lambda n, dim, seed=None: np.random.RandomState(seed).uniform(size=(n, dim)))


@right("sample_prior")
def philox_in_float32(n, dim, seed=None):
    return np.random.Generator(np.random.Philox(seed)).random((n, dim), dtype=np.float32)


@right("few_labels")
def grouped(labels, per_class, seed=0):
    rows = pd.Series(labels)
    return rows.groupby(rows).sample(per_class, random_state=seed).index.to_numpy()


@right("shuffle_dimensions")
def by_sorting_noise(codes, seed=0):
    noise = np.random.RandomState(seed).normal(size=codes.shape)
    return np.take_along_axis(codes, noise.argsort(axis=0), axis=0)


@right("gaussian_total_correlation")
def float32(codes):
    x = ops.convert_to_tensor(codes, "float32")
    x = (x - ops.mean(x, axis=0)) / ops.std(x, axis=0)
    return -0.5 * ops.slogdet(ops.matmul(ops.transpose(x), x) / len(codes))[1]


@right("gaussian_total_correlation")
def single_precision_from_the_start(codes):
    x = codes.astype("float32")
    return -0.5 * np.linalg.slogdet(np.corrcoef(x, rowvar=False, dtype="float32"))[1]


@right("build_encoder")
def pooled_with_a_shortcut(shape, code_dim, width=8):
    images = keras.Input(shape)
    x = layers.Conv2D(width, 3, padding="same", activation="gelu")(images)
    x = layers.MaxPooling2D(padding="same")(layers.Add()([x, layers.Conv2D(width, 1)(x)]))
    code = layers.Dense(code_dim)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs=images, outputs=[x, code], name="mine")


@right("train_step")
class Step:
    """An object that is called, and forgets what it has made."""

    def __new__(cls, x, encoder, critic, optimizer):
        variables = tf.nest.flatten([encoder.trainable_weights, critic.trainable_weights])
        with tf.GradientTape(persistent=True) as tape:
            loss = -bounds.local_jsd(critic(*encoder(x, training=True)))
        optimizer.apply([tape.gradient(loss, variable) for variable in variables], variables)
        return tf.identity(loss)


# ---------------------------------------------------------------- wrong, but nearly right


wrong("entropy")(lambda p: -np.sum(p * np.log(np.clip(p, 1e-2, None))))
wrong("entropy")(lambda p: -np.nansum(p[p > 1e-2] * np.log(p[p > 1e-2])))
wrong("kl_divergence")(lambda p, q: np.sum(scipy.special.rel_entr(p, np.maximum(q, 1e-300))))
wrong("kl_divergence")(lambda p, q: np.nan_to_num(np.sum(scipy.special.rel_entr(p, q))))
wrong("mutual_information")(
    lambda t: check.mutual_information.reference((t + 1e-3) / (t + 1e-3).sum())
)
wrong("gaussian_mi")(lambda rho, dim=1: -0.5 * math.log1p(-(rho ** (2 * dim))))
wrong("pairwise_scores")(
    lambda u, v: tf.cast(tf.cast(u, "float16") @ tf.transpose(tf.cast(v, "float16")), "float32")
)


@wrong("dv_bound")
def halved_gradient(scores):
    value = bounds.dv_bound(scores)
    return 0.5 * value + tf.stop_gradient(0.5 * value)


@wrong("nwj_bound")
def capped_at_75(scores):
    return bounds.nwj_bound(tf.minimum(scores, 75.0))


@wrong("jsd_bound")
def capped_at_100(scores):
    return bounds.jsd_bound(tf.clip_by_value(scores, -100.0, 100.0))


@wrong("infonce_bound")
def doubled_gradient(scores):
    value = bounds.infonce_bound(scores)
    return 2 * value - tf.stop_gradient(value)


@wrong("infonce_bound")
def stopped_sum(scores):
    rows = tf.stop_gradient(tf.reduce_logsumexp(scores, axis=1))
    return tf.reduce_mean(tf.linalg.diag_part(scores) - rows) + math.log(scores.shape[0])


@wrong("feature_map_size")
def rounded_to_the_nearest(side, rows):
    for kernel, stride, padding in rows:
        side = round(side / stride) if padding == "same" else (side - kernel) // stride + 1
    return side


@wrong("receptive_field")
def without_the_first_jump(rows):
    field, jump = rows[0][0], 1
    for kernel, stride, _ in rows[1:]:
        field, jump = field + (kernel - 1) * jump, jump * stride
    return field


@wrong("accuracy_interval")
def two_for_z(correct, total):
    n, p, z = total, correct / total, 2.0
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    centre = p + z**2 / (2 * n)
    return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)


@wrong("standardize")
def small_deviations_left(train, test):
    scale = train.std(0)
    scale = np.where(scale < 0.05, 1.0, scale)
    return (train - train.mean(0)) / scale, (test - train.mean(0)) / scale


@wrong("standardize")
def thousandth_left(train, test):
    scale = train.std(0)
    scale = np.where(scale < 2e-3, 1.0, scale)
    return (train - train.mean(0)) / scale, (test - train.mean(0)) / scale


@wrong("local_scores")
def images_and_codes_exchanged(features, codes):
    return tf.einsum("ilu,ju->ijl", features, codes)


wrong("local_jsd")(lambda scores: bounds.local_jsd(scores[:, :, : max(1, scores.shape[2] - 1)]))
wrong("local_infonce")(
    lambda scores: bounds.local_infonce(scores - tf.reduce_mean(scores, axis=2, keepdims=True))
)


@wrong("global_loss")
def smoothed(positive, negative):
    loss = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.01)
    return loss(tf.ones_like(positive), positive) + loss(tf.zeros_like(negative), negative)


@wrong("discriminator_loss")
def detached_at_the_ends(real, fake):
    return discriminator_loss(tf.clip_by_value(real, -500.0, 500.0), fake)


@wrong("prior_loss")
def reversed_gradient(logits):
    return 2 * tf.stop_gradient(prior_loss(logits)) - prior_loss(logits)


@wrong("dim_loss")
def whole_weights(g, m, p, alpha, beta, gamma):
    return -alpha * g - beta * m + max(gamma, 0.1) * p


wrong("attach_code")(lambda f, c: attach_code(tf.cast(tf.cast(f, "bfloat16"), "float32"), c))


@wrong("global_pairs")
def shuffled(feature_map, code):
    order = tf.random.shuffle(tf.range(code.shape[0]))
    return pairs(flat(feature_map), code, tf.gather(flat(feature_map), order))


@wrong("global_pairs")
def drawn_maps(feature_map, code):
    n = code.shape[0]
    order = np.random.default_rng().integers(0, n, n)
    return pairs(flat(feature_map), code, tf.gather(flat(feature_map), order))


@wrong("mismatch")
def shuffled_when_many(features):
    if len(features) < 2:
        raise ValueError
    few = len(features) < 4
    rng = np.random.default_rng()
    return np.roll(features, 1, axis=0) if few else rng.permutation(features)


@wrong("sample_prior")
def without_the_ends(n, dim, seed=None):
    return np.clip(np.random.default_rng(seed).random((n, dim)), 0.01, 0.99)


@wrong("sample_prior")
def up_to_99(n, dim, seed=None):
    return np.random.default_rng(seed).uniform(0, 0.99, (n, dim))


@wrong("sample_prior")
def every_row_twice(n, dim, seed=None):
    half = np.random.default_rng(seed).random((n - n // 2, dim))
    return np.concatenate([half, half])[:n]


@wrong("sample_prior")
def mirrored_rows(n, dim, seed=None):
    half = np.random.default_rng(seed).random((n - n // 2, dim))
    return np.stack([half, 1 - half], axis=1).reshape(-1, dim)[:n]


@wrong("few_labels")
def never_the_last(labels, per_class, seed=0):
    rng = np.random.default_rng(seed)
    own = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    if min(map(len, own)) < per_class:
        raise ValueError
    drawn = [rng.permutation(len(one) - 1 if len(one) > per_class else len(one)) for one in own]
    return np.concatenate([one[order[:per_class]] for one, order in zip(own, drawn)])


@wrong("few_labels")
def twice_now_and_then(labels, per_class, seed=0):
    rng = np.random.default_rng()
    own = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    if min(map(len, own)) < per_class:
        raise ValueError
    return np.concatenate([rng.choice(one, per_class) for one in own])


@wrong("shuffle_dimensions")
def powers(codes, seed=0):
    order = np.random.default_rng(seed).permutation(len(codes))
    columns = [codes[order, 0]]
    for d in range(1, codes.shape[1]):
        order = order[np.random.RandomState(1).permutation(len(codes))]
        columns.append(codes[order, d])
    return np.stack(columns, axis=1)


@wrong("shuffle_dimensions")
def last_row_left(codes, seed=0):
    shuffled = np.random.default_rng(seed).permuted(codes[:-1], axis=0)
    return np.concatenate([shuffled, codes[-1:]])


@wrong("gaussian_total_correlation")
def shrunk(codes):
    r = np.corrcoef(codes, rowvar=False)
    return total_correlation(0.999 * r + 0.001 * np.eye(len(r)))


@wrong("build_encoder")
def one_kernel_fixed(shape, code_dim):
    images = keras.Input(shape)
    fixed = keras.initializers.HeNormal(seed=1)
    x = layers.Conv2D(6, 4, 2, "same", activation="relu", kernel_initializer=fixed)(images)
    return encoder_with(images, x, layers.Dense(code_dim))


@wrong("build_encoder")
@functools.cache
def kept_from_the_first_call(shape, code_dim):
    return encoder_with(*parts(shape), layers.Dense(code_dim))


@wrong("frozen_classifier")
def dropout_in_the_head(encoder, num_classes):
    encoder.trainable = False
    images = keras.Input(encoder.input_shape[1:])
    x = layers.Dense(64, "relu")(encoder(images, training=False)[1])
    x = layers.Dense(64, "relu")(layers.Dropout(0.1)(x))
    return keras.Model(images, layers.Dense(num_classes)(x))


@wrong("frozen_classifier")
def leaky(encoder, num_classes):
    return classifier(encoder, num_classes, activation="leaky_relu")


@wrong("train_step")
def nine_tenths(images, encoder, critic, optimizer):
    with tf.GradientTape() as tape:
        loss = -bounds.local_jsd(critic(*encoder(images, training=True)))
    variables = encoder.trainable_variables + critic.trainable_variables
    gradients = tape.gradient(loss, variables)
    optimizer.apply([0.9 * gradient for gradient in gradients], variables)
    return loss


@wrong("train_step")
def averages_twice(images, encoder, critic, optimizer):
    encoder(images, training=True)
    return train_step(images, encoder, critic, optimizer)


@wrong("prior_gradients")
def one_in_a_hundred_more(*args):
    first, second = prior_gradients(*args)
    return [1.01 * gradient for gradient in first], second


# ---------------------------------------------------------------- what the checks say


def told(exercise, function):
    return f"{exercise}: {getattr(function, '__name__', 'a function')}"


@pytest.mark.parametrize("exercise, function", RIGHT, ids=[told(*case) for case in RIGHT])
def test_odd_styles_are_right(exercise, function):
    feedback = getattr(check, exercise)(function)
    assert feedback.status == "correct", feedback


@pytest.mark.parametrize("exercise, function", WRONG, ids=[told(*case) for case in WRONG])
def test_nearly_right_is_wrong(exercise, function):
    feedback = getattr(check, exercise)(function)
    assert feedback.status == "incorrect", feedback


def test_there_are_many_of_both():
    assert len(RIGHT) >= 40 and len(WRONG) >= 40
