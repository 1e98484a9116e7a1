"""Every code scored with every location of every image: encode-and-dot-product."""

from dimlearn.check import shared
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import normal
from dimlearn.deep_infomax import critics
from dimlearn.startup import tf


def batch(n, places, units, seed=0):
    return normal(n, places, units, seed=seed), normal(n, units, seed=seed)

exercise = Exercise(
    meaning="""`scores[i, j, l]` is the inner product of code `i` with the features of image `j` at
    location `l`: `[N, L, U], [N, U] -> [N, N, L]`.""",
    reference=critics.local_scores,
    cases=lambda: [batch(2, 3, 4), batch(3, 4, 2), batch(5, 3, 6), batch(4, 4, 4)],
    extremes=lambda: [batch(5, 2, 9), batch(4, 16, 3), batch(3, 1, 2), batch(2, 3, 1)],
    differentiable=True,
    fitted=True,
    shapes={"local_features": "NLU"},
    hints="""Write the sum for one score: over which index does it run, and which three remain?

    The features have the indices j, l, u, the code i, u. What is left after summing over u, in
    which order?

    `tf.einsum("jlu,iu->ijl", local_features, code_features)`.""",
)

@exercise.solution("""einsum says what the formula says: sum over u, keep i, j and l in this order.
    The code's index comes first, as everywhere in these lessons, so the positive pairs are
    `scores[i, i, :]`. Nothing is tiled: N * L + N vectors are encoded, and the N * N * L scores are
    one product.""")
def local_scores(local_features, code_features):
    """[N, L, U], [N, U] -> [N, N, L], scores[i, j, l] = code_i . features_jl."""
    return tf.einsum("jlu,iu->ijl", local_features, code_features)

exercise.share(shared.cosine, shared.scaled_by_root)
exercise.share(
    shared.numpy_inside,
    numpy_inside="""Your function leaves TensorFlow and does not come back: the values are right,
    but no record is kept outside, and so there is no gradient. `tf.einsum` takes the same
    equations as NumPy's.""",
)
exercise.share(shared.numpy_on_the_way, shared.last_argument_in_numpy)

@exercise.mistake("""The U dimensions are averaged, not summed.""")
def mean_for_sum(local_features, code_features):
    return local_scores(local_features, code_features) / local_features.shape[-1]

@exercise.mistake("""Code and image are exchanged: your `scores[i, j, l]` belongs to code j and
    image i. The code's index comes first.""")
def code_and_image_exchanged(local_features, code_features):
    return tf.einsum("ilu,ju->ijl", local_features, code_features)

@exercise.mistake("""Each code meets its own image only: those are the positive pairs, `[N, L]`.
    Every code has to meet every image: two different indices i and j.""")
def own_image_only(local_features, code_features):
    return tf.einsum("ilu,iu->il", local_features, code_features)

@exercise.mistake("""The axes are in another order: the locations come last, `[N, N, L]`.""")
def locations_first(local_features, code_features):
    return tf.einsum("jlu,iu->lij", local_features, code_features)

@exercise.mistake("""The axes are in another order: yours are image, location, code. Asked is
    code, image, location.""")
def code_last(local_features, code_features):
    return tf.einsum("jlu,iu->jli", local_features, code_features)

@exercise.mistake("""The axes are in another order: yours are code, location, image. The
    location is the last.""")
def image_last(local_features, code_features):
    return tf.einsum("jlu,iu->ilj", local_features, code_features)

@exercise.mistake("""The scores are averaged over the locations. The local objective needs each
    location's own score: `[N, N, L]`.""")
def averaged_over_locations(local_features, code_features):
    return tf.einsum("ju,iu->ij", tf.reduce_mean(local_features, axis=1), code_features)

@exercise.mistake("""A reshape puts the numbers in the wrong places: the product of features and
    codes has the axes image and location first and the code last, and reshaping does not move
    axes. Use `tf.transpose`, or einsum.""")
def reshaped_for_transposed(local_features, code_features):
    n, places, units = local_features.shape
    flat = tf.reshape(local_features, [n * places, units])
    return tf.reshape(tf.matmul(flat, code_features, transpose_b=True), [n, n, places])

@exercise.mistake("""No gradient reaches the features: the encoder's map would not learn.""")
def features_without_gradient(local_features, code_features):
    return local_scores(tf.stop_gradient(local_features), code_features)

@exercise.mistake("""No gradient reaches the codes: the encoder's last layers would not learn.""")
def codes_without_gradient(local_features, code_features):
    return local_scores(local_features, tf.stop_gradient(code_features))

@exercise.mistake("""The scores are summed over the locations. The local objective needs each
    location's own score: `[N, N, L]`.""")
def summed_over_locations(local_features, code_features):
    return tf.reduce_sum(local_scores(local_features, code_features), axis=2)

@exercise.mistake("""Your scores are minus the inner products. A code and features that agree have a
    large score.""")
def negated(local_features, code_features):
    return -local_scores(local_features, code_features)
