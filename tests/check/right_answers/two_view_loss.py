"""Right answers to `two_view_loss`."""

from dimlearn.information.bounds import local_infonce
from dimlearn.startup import keras, tf


def in_a_loop(map_a, code_a, map_b, code_b, critic):
    pairs = [(map_a, code_b), (map_b, code_a)]
    return tf.reduce_mean([-local_infonce(critic(*pair)) for pair in pairs])


def with_keras(m1, c1, m2, c2, critic, weight=0.5):
    forth, back = critic(m2, c1), critic(m1, c2)
    return keras.ops.negative(weight * local_infonce(forth) + (1 - weight) * local_infonce(back))


def written_out(map_a, code_a, map_b, code_b, critic):
    def loss(scores):
        n, _, places = scores.shape
        eye = tf.eye(n)
        own = tf.einsum("iil->il", scores)
        far = tf.where(eye[:, :, None] > 0, scores.dtype.min, scores)
        others = tf.reduce_logsumexp(tf.reshape(far, [n, -1]), axis=1)[:, None]
        count = tf.cast(1 + (n - 1) * places, scores.dtype)
        return tf.reduce_mean(tf.nn.softplus(others - own)) - tf.math.log(count)

    return 0.5 * (loss(critic(map_b, code_a)) + loss(critic(map_a, code_b)))
