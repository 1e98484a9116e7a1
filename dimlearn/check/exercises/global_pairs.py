"""Positive and negative pairs of a map and a code, for a concat critic."""

import numpy as np

from dimlearn.check.answers import as_parts
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault
from dimlearn.check.gradients import NO_OPERATION, why_it_is_cut
from dimlearn.check.inputs import maps_and_codes
from dimlearn.startup import tf


def undo_the_mismatch(parts, feature_map, code):
    """Whose map a row of the negatives gets counts as a roll by one: a property below looks at
    that, over many calls, since it may be left to chance."""
    positive, negative = parts
    if -1 in whose_map(negative, feature_map, code):
        return parts
    features = np.asarray(feature_map, "float64").reshape(len(code), -1)  # [N, M*M*C]
    codes = negative[:, features.shape[1] :]
    return positive, np.concatenate([np.roll(features, 1, axis=0), codes], axis=1)

def whose_map(negative, feature_map, code):
    """The image whose map each row of the negatives begins with, -1 for none: a tuple of N."""
    features = np.asarray(feature_map, "float64").reshape(len(code), -1)  # [N, M*M*C]
    size = features.shape[1]
    if negative.shape != (len(code), size + code.shape[1]):
        return (-1,) * len(code)
    same = np.isclose(negative[:, None, :size], features, atol=1e-4).all(axis=-1)  # [N, N]
    return tuple(np.where(same.any(axis=1), np.argmax(same, axis=1), -1).tolist())

exercise = Exercise(
    meaning="""Each row is the flattened map and then the code. In the positives both are of the
    same image; in the negatives the row keeps its code and gets another image's map.""",
    cases=lambda: maps_and_codes((2, 2, 1, 3), (3, 2, 3, 2), (5, 3, 2, 4), (4, 2, 2, 4)),
    extremes=lambda: maps_and_codes((7, 4, 1, 5), (12, 2, 3, 2), (3, 2, 1, 1)),
    differentiable=True,
    fitted=True,
    returns=("positive", "negative"),
    canonical=undo_the_mismatch,
    gradient_of=("positive",),
    hints="""A critic of this kind sees one long vector: first the whole map in a row, then the
    code. How do you turn `[N, M, M, C]` into `[N, M*M*C]` without mixing images?

    For the negatives only one of the two moves. If both move together, every row is a positive pair
    again.

    `features = tf.reshape(feature_map, [n, -1])`, then `tf.concat([features, code], axis=1)` and
    `tf.concat([tf.roll(features, 1, axis=0), code], axis=1)`.""",
)

@exercise.solution("""`reshape` keeps the first axis and lines up the rest, one image to a row. A
    roll by one gives each row the map of its neighbour: no image keeps its own. The code stays, so
    that a critic cannot tell the two kinds apart by the code alone.""")
def global_pairs(feature_map, code):
    """[N, M, M, C], [N, D] -> (positive, negative), each [N, M*M*C + D]."""
    features = tf.reshape(feature_map, [feature_map.shape[0], -1])
    positive = tf.concat([features, code], axis=1)
    negative = tf.concat([tf.roll(features, 1, axis=0), code], axis=1)
    return positive, negative

def flat(feature_map):
    """`[N, M, M, C] -> [N, M*M*C]`, for the mistakes below."""
    return tf.reshape(feature_map, [feature_map.shape[0], -1])

def pairs(features, code, other):
    """The positives, and negatives with other maps."""
    return tf.concat([features, code], axis=1), tf.concat([other, code], axis=1)

@exercise.mistake("""The code comes first in your rows. The flattened map comes first, then the
    code.""")
def code_first(feature_map, code):
    features = flat(feature_map)
    other = tf.roll(features, 1, axis=0)
    return tf.concat([code, features], axis=1), tf.concat([code, other], axis=1)

@exercise.mistake("""Your negatives are positives: map and code of the same image. Give each row
    the map of another image.""")
def negatives_not_mismatched(feature_map, code):
    features = flat(feature_map)
    return pairs(features, code, features)

@exercise.mistake("""Map and code move together, so that each row of your negatives is a
    positive pair again, of another image. Only the maps move.""")
def both_moved(feature_map, code):
    positive, _ = global_pairs(feature_map, code)
    return positive, tf.roll(positive, 1, axis=0)

@exercise.mistake("""In your negatives the code moves and the map stays. A critic could learn from
    these as well, but the course has agreed on the other side: a row keeps its code and gets
    another image's map.""")
def code_moved(feature_map, code):
    positive, _ = global_pairs(feature_map, code)
    return positive, tf.concat([flat(feature_map), tf.roll(code, 1, axis=0)], axis=1)

@exercise.mistake("""Positives and negatives are exchanged: the first result holds the pairs of
    the same image.""")
def results_exchanged(feature_map, code):
    positive, negative = global_pairs(feature_map, code)
    return negative, positive

@exercise.mistake("""Your function reverses the batch for the negatives. With an odd number of
    images the one in the middle keeps its own map.""")
def reversed_batch(feature_map, code):
    features = flat(feature_map)
    return pairs(features, code, tf.reverse(features, axis=[0]))

@exercise.mistake("""The map is averaged over its locations, not flattened: the global critic
    sees all M*M*C numbers.""")
def averaged_map(feature_map, code):
    features = tf.reduce_mean(feature_map, axis=[1, 2])
    return pairs(features, code, tf.roll(features, 1, axis=0))

@exercise.mistake("""Your function rolls along axis 1, inside each map: every row still has its
    own map, with the numbers in other places. Roll along axis 0, the batch.""")
def rolled_along_features(feature_map, code):
    features = flat(feature_map)
    return pairs(features, code, tf.roll(features, 1, axis=1))

@exercise.mistake("""The maps are flattened channel by channel: a transposition comes before the
    reshape. Row after row, location after location, as `tf.reshape` has it, is what is asked.""")
def channels_first(feature_map, code):
    return global_pairs(tf.transpose(feature_map, [0, 3, 1, 2]), code)

@exercise.mistake("""Your function returns one array, both kinds on top of each other. Return
    the pair `(positive, negative)`.""")
def stacked_in_one(feature_map, code):
    return tf.concat(global_pairs(feature_map, code), axis=0)

@exercise.mistake("""No gradient comes back from the maps of the negatives. Both kinds of pairs
    teach the encoder.""")
def negatives_without_gradient(feature_map, code):
    features = flat(feature_map)
    return pairs(features, code, tf.stop_gradient(tf.roll(features, 1, axis=0)))

@exercise.mistake("""No gradient comes back from the codes of the negatives. Both kinds of pairs
    teach the encoder.""")
def codes_of_negatives_without_gradient(feature_map, code):
    positive, negative = global_pairs(feature_map, code)
    kept = negative[:, : -code.shape[1]]
    return positive, tf.concat([kept, tf.stop_gradient(code)], axis=1)

@exercise.mistake("""The negatives leave TensorFlow on the way (to NumPy, perhaps, whose functions
    look the same). The values are right, but no gradient comes back from their maps: stay with `tf`
    or `keras.ops`.""")
def negatives_in_numpy(feature_map, code):
    features = flat(feature_map)
    return pairs(features, code, tf.constant(np.roll(features, 1, axis=0)))

@exercise.mistake("""Your function leaves TensorFlow and does not come back: the values are right,
    but no record is kept outside, and so there is no gradient. Compute them with `tf` or
    `keras.ops`.""")
def numpy_inside(feature_map, code):
    return tuple(map(np.asarray, global_pairs(feature_map, code)))

@exercise.mistake("""Your negatives leave TensorFlow and do not come back: the values are right, but
    no record is kept outside, and so no gradient comes from them.""")
def negatives_returned_in_numpy(feature_map, code):
    positive, negative = global_pairs(feature_map, code)
    return positive, np.asarray(negative)

@exercise.mistake("""Chance decides whose map a row of your negatives gets, and now and then it
    is the row's own: a positive pair among the negatives. Roll the maps, or draw again while any
    row has its own.""")
def maps_shuffled(feature_map, code):
    features = flat(feature_map)
    order = np.random.default_rng().permutation(len(code))
    return pairs(features, code, tf.gather(features, order))

# So many calls for each N: a random order of two maps is a mismatch half the time.
CALLS = {2: 16, 3: 6, 5: 2, 6: 2}

@exercise.property("another image's map in every row")
def never_its_own_map(call):
    own, orders = [], []
    for n, calls in CALLS.items():
        arrays = maps_and_codes((n, 2, 1, 1), seed=5)[0]
        found = [as_parts(call(*arrays), exercise.returns)[1] for _ in range(calls)]
        found = {whose_map(negative, *arrays) for negative in found}
        own += [n for order in found if any(i == whose for i, whose in enumerate(order))][:1]
        orders.append(found.pop() if len(found) == 1 else "by chance")
    if own:
        words = f"""With {own[0]} images a row of your negatives has its own image's map; expected
            another image's in every row, at every call."""
        return Fault("own map", words, "by chance" if "by chance" in orders else orders)

@exercise.property("the gradient of the negatives")
def negatives_teach_the_encoder(call):
    """Every number of a map and of a code stands in one row: their gradient is 1 on average."""
    arrays = maps_and_codes((4, 2, 2, 3), seed=8)[0]
    inputs = dict(zip(exercise.parameters, map(call.hand_over, arrays)))
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        _, negative = call.run(call.function, inputs.values(), {})
        if not isinstance(negative, tf.Tensor):
            text = "Your negatives are no tensors: no gradient comes back through them."
            return Fault("gradient", text)
        total = tf.reduce_sum(negative)
    for name, gradient in tape.gradient(total, inputs).items():
        if gradient is None:
            cause = why_it_is_cut(call, arrays) or NO_OPERATION
            text = f"""The values are right, but no gradient reaches `{name}` from the negatives:
                the way is cut. {cause}"""
            return Fault("gradient", text, name)
        if abs(float(tf.reduce_mean(gradient)) - 1) > 1e-3:
            text = f"The values are right, but the gradient of the negatives to `{name}` is wrong."
            return Fault("gradient", text, ("wrong", name))
