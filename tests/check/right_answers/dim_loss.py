"""Right answers to `dim_loss`."""

from dimlearn.startup import keras, tf


def in_brackets(g, m, p, a, b, c):
    return c * p - (a * g + b * m)


def tensorflow(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    terms = tf.stack([global_mi, local_mi, prior_loss])
    return tf.reduce_sum(terms * tf.constant([-alpha, -beta, gamma], terms.dtype))


def with_keras(global_mi, local_mi, prior_loss, alpha, beta, gamma=0.0):
    terms = keras.ops.stack([global_mi, local_mi, prior_loss])
    return keras.ops.dot(terms, keras.ops.convert_to_tensor([-alpha, -beta, gamma], "float32"))


def loop(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    total = 0.0
    for sign, weight, term in (
        (-1, alpha, global_mi),
        (-1, beta, local_mi),
        (1, gamma, prior_loss),
    ):
        total = total + sign * weight * term
    return total
