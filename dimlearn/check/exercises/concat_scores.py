"""Every code scored with every map by a critic of pairs."""

from dimlearn.check import shared
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import maps_and_codes
from dimlearn.check.models import FixedConcatCritic
from dimlearn.startup import tf


def with_critic(*sizes):
    """A critic, a feature map and codes for each of the sizes `(n, m, c, d)`."""
    arrays = zip(sizes, maps_and_codes(*sizes))
    return [(FixedConcatCritic(m * m * c + d), *both) for (_, m, c, d), both in arrays]

exercise = Exercise(
    meaning="""All scores of a batch by a concat critic: `scores[i, j]` is what the critic says of
    the flattened map of image `j` followed by the code of image `i`. The critic takes `[pairs,
    M*M*C + D]` and gives `[pairs, 1]`; asked is `[N, N]`.""",
    cases=lambda: with_critic((2, 2, 1, 3), (3, 2, 3, 2), (5, 3, 2, 4), (4, 2, 2, 4)),
    extremes=lambda: with_critic((9, 2, 1, 5), (6, 1, 3, 2), (3, 2, 1, 1)),
    differentiable=True,
    shapes={"code": "ND"},
    hints="""The critic reads rows. How many rows are all pairs of a batch, and which code and which
    map stand in the second of them?

    `tf.repeat(code, n, axis=0)` says each code n times in a row, `tf.tile(maps, [n, 1])` all maps
    one after the other, n times over. Which of the two has to go with the code, so that row `i * n
    + j` is the pair (i, j)?

    `pairs = tf.concat([tf.tile(maps, [n, 1]), tf.repeat(code, n, axis=0)], axis=1)`, with `maps`
    flattened to `[n, M*M*C]`; then `tf.reshape(critic(pairs), [n, n])`.""",
)

@exercise.solution("""A product critic needs N vectors of each kind; a concat critic must be shown
    each of the N * N pairs, which is why it is slow. Row i * n + j holds the code i and the map j,
    so that a plain reshape puts its score into row i, column j: the reshape fills a row before it
    begins the next.""")
def concat_scores(critic, feature_map, code):
    """[N, M, M, C], [N, D] -> [N, N], scores[i, j] = critic(map j, code i)."""
    n = feature_map.shape[0]
    maps = tf.reshape(feature_map, [n, -1])
    pairs = tf.concat([tf.tile(maps, [n, 1]), tf.repeat(code, n, axis=0)], axis=1)
    return tf.reshape(critic(pairs), [n, n])

def flat(feature_map):
    return tf.reshape(feature_map, [feature_map.shape[0], -1])

def scored(critic, maps, codes):
    """The scores of rows of maps and rows of codes, side by side: `[N, N]`."""
    n = round(maps.shape[0] ** 0.5)
    return tf.reshape(critic(tf.concat([maps, codes], axis=1)), [n, n])

@exercise.mistake("""Rows and columns are exchanged: your `scores[i, j]` belongs to code j and map
    i. The code's index comes first.""")
def code_and_map_exchanged(critic, feature_map, code):
    return tf.transpose(concat_scores(critic, feature_map, code))

@exercise.mistake("""The code comes first in your pairs. The critic expects the flattened map first,
    then the code.""")
def code_first(critic, feature_map, code):
    return concat_scores(lambda pairs: critic(tf.roll(pairs, code.shape[1], axis=1)),
                         feature_map, code)

@exercise.mistake("""Each code meets its own map only: those are the N positive pairs. Every code
    has to meet every map.""")
def own_map_only(critic, feature_map, code):
    return critic(tf.concat([flat(feature_map), code], axis=1))[:, 0]

@exercise.mistake("""Maps and codes are both repeated in the same way, so that every row is a code
    with its own map: the rows of your matrix, or its columns, are all one number. One of the two
    has to change faster than the other.""")
def both_repeated(critic, feature_map, code):
    n = code.shape[0]
    return scored(critic, tf.repeat(flat(feature_map), n, axis=0), tf.repeat(code, n, axis=0))

@exercise.mistake("""Maps and codes both run through the whole batch at once, so that every row is a
    code with its own map. One of the two has to wait while the other runs through.""")
def both_tiled(critic, feature_map, code):
    n = code.shape[0]
    return scored(critic, tf.tile(flat(feature_map), [n, 1]), tf.tile(code, [n, 1]))

@exercise.mistake("""The scores come back in one long column, as the critic gives them. A score
    matrix is `[N, N]`.""")
def not_reshaped(critic, feature_map, code):
    return tf.reshape(concat_scores(critic, feature_map, code), [-1, 1])

@exercise.mistake("""An axis too many: the critic's last axis, of length 1, is still there.""")
def last_axis_left(critic, feature_map, code):
    return concat_scores(critic, feature_map, code)[..., None]

@exercise.mistake("""The maps are flattened channel by channel: a transposition comes before the
    reshape. Row after row, location after location, as `tf.reshape` has it, is what is asked.""")
def channels_first(critic, feature_map, code):
    turned = tf.transpose(feature_map, [0, 3, 1, 2])
    return concat_scores(critic, turned, code)

@exercise.mistake("""The scores are squeezed to probabilities. A score is a logit, any number.""")
def probabilities(critic, feature_map, code):
    return tf.sigmoid(concat_scores(critic, feature_map, code))

@exercise.mistake("""The rows are normalised by a softmax. That is a part of InfoNCE; asked are the
    scores as the critic gives them.""")
def softmax_of_rows(critic, feature_map, code):
    return tf.nn.softmax(concat_scores(critic, feature_map, code))

@exercise.mistake("""Your scores are minus what the critic says.""")
def negated(critic, feature_map, code):
    return -concat_scores(critic, feature_map, code)

@exercise.mistake("""The maps are rolled by one: the diagonal holds pairs that do not belong
    together. In a score matrix code i and map i meet on the diagonal.""")
def maps_rolled(critic, feature_map, code):
    return concat_scores(critic, tf.roll(feature_map, 1, axis=0), code)

@exercise.mistake("""The diagonal is emptied: the positive pairs have scores, too.""")
def diagonal_emptied(critic, feature_map, code):
    scores = concat_scores(critic, feature_map, code)
    return tf.linalg.set_diag(scores, tf.zeros_like(scores[0]))

exercise.share(shared.numpy_on_the_way, shared.last_argument_in_numpy)
exercise.share(
    shared.numpy_inside,
    numpy_inside="""Your function leaves TensorFlow and does not come back: the values are right,
    but no record is kept outside, and so there is no gradient.""",
)

@exercise.mistake("""No gradient reaches the maps: the encoder's convolutions would not learn from
    them.""")
def maps_without_gradient(critic, feature_map, code):
    return concat_scores(critic, tf.stop_gradient(feature_map), code)

@exercise.mistake("""No gradient reaches the codes: the encoder's last layers would not learn.""")
def codes_without_gradient(critic, feature_map, code):
    return concat_scores(critic, feature_map, tf.stop_gradient(code))
