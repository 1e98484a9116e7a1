"""A derangement: the same items so ordered that none stays in its place."""

import numpy as np

from dimlearn.check.answers import NotAnAnswer, as_array
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault, side_effect_fault
from dimlearn.check.inputs import normal
from dimlearn.check.sandbox.call import LearnerError
from dimlearn.information import bounds

exercise = Exercise(
    meaning="""All N items come back, each once, in an order in which none is at its own index. For
    N < 2 that is impossible: `ValueError`.""",
    reference=bounds.mismatch,
    hints="""A random permutation is not enough: on average one item stays where it is, and would be
    a positive pair among the negatives. What is the simplest order in which *every* item moves?

    Move everything one place on, and the last item to the front.

    `np.roll(features, 1, axis=0)`. Before that: `if len(features) < 2: raise ValueError(...)`.""",
)


@exercise.solution("""
    A roll by one is the simplest derangement. The batch has been shuffled anyway, so the
    neighbour is a random other image. `axis=0` keeps every item whole: without it NumPy rolls
    through the flattened array. A single item cannot be mismatched, and saying so beats
    returning it.
""")
def mismatch(features):
    """The items of [N, ...] in an order that leaves none in its place; ValueError for N < 2."""
    if len(features) < 2:
        raise ValueError("a mismatch needs at least two items")
    return np.roll(features, 1, axis=0)


@exercise.mistake("""Your function reverses the order. With an odd number of items the middle
    one stays in its place, and is a positive pair among the negatives. Roll instead.""")
def reversed_order(features):
    if len(features) < 2:
        raise ValueError
    return features[::-1]


@exercise.mistake("""Your function returns the items as they are: every "negative" pair would be
    a positive one.""")
def unchanged(features):
    if len(features) < 2:
        raise ValueError
    return features.copy()


@exercise.mistake("""A random permutation leaves one item in its place on average: a positive
    pair among the negatives. Roll by one, or draw again until no item is at its own index.""")
def random_permutation(features):
    if len(features) < 2:
        raise ValueError
    return features[np.random.default_rng().permutation(len(features))]


@exercise.mistake("""Your function shuffles. In a random order one item stays in its place on
    average: a positive pair among the negatives. It also draws from NumPy's global generator, and
    so changes every draw that comes afterwards. Rolling by one needs no chance.""")
def global_shuffle(features):
    if len(features) < 2:
        raise ValueError
    return features[np.random.permutation(len(features))]


@exercise.mistake("""Your function shuffles the array that it was given: whoever called it finds
    other data afterwards. Return a new array.""")
def shuffled_in_place(features):
    if len(features) < 2:
        raise ValueError
    features[:] = np.roll(features, 1, axis=0)
    return features


@exercise.mistake("""Without `axis=0` NumPy rolls through the flattened array: single numbers
    move from one item to the next, and no item stays whole. It is `np.roll(features, 1, axis=0)`.
    """)
def rolled_flat(features):
    if len(features) < 2:
        raise ValueError
    return np.roll(features, 1)


@exercise.mistake("""Your function moves the numbers inside each item, along the wrong axis. The
    items are along axis 0.""")
def wrong_axis(features):
    if len(features) < 2:
        raise ValueError
    return np.roll(features, 1, axis=-1)


@exercise.mistake("""A single item comes back as it is. It cannot be mismatched: raise
    `ValueError` for fewer than two items, or it would be its own negative without a word.""")
def single_item_accepted(features):
    return np.roll(features, 1, axis=0)


@exercise.mistake("""Items are missing and others occur twice. Each item comes back exactly
    once, in another place.""")
def first_item_for_all(features):
    if len(features) < 2:
        raise ValueError
    return features[[1] + [0] * (len(features) - 1)]


@exercise.mistake("""Your function rolls by two places: for N = 2 that is all the way round, and
    both items are back where they were. One place works for every N.""")
def rolled_by_two(features):
    if len(features) < 2:
        raise ValueError
    return np.roll(features, 2, axis=0)


@exercise.mistake("""Neighbours are swapped in pairs: with an odd number of items the last has
    no partner and stays in its place.""")
def swapped_in_pairs(features):
    if len(features) < 2:
        raise ValueError
    order = np.arange(len(features))
    last = len(features) // 2 * 2
    order[:last] = order[:last].reshape(-1, 2)[:, ::-1].ravel()
    return features[order]


@exercise.mistake("""Your function returns the new order, not the items in that order.""")
def order_returned(features):
    if len(features) < 2:
        raise ValueError
    return np.roll(np.arange(len(features)), 1)


@exercise.mistake("""Halves are exchanged by rolling N // 2 + 1 places: for N = 2 that is all
    the way round. One place works for every N.""")
def half_way_round(features):
    if len(features) < 2:
        raise ValueError
    return np.roll(features, len(features) // 2 + 1, axis=0)


# Many calls for small N: a random permutation of two items is a derangement half the time.
SHAPES = {(2, 3): 20, (3, 2): 20, (5, 4, 3): 4, (6, 2, 2, 3): 4, (7,): 4, (32, 2): 2}


@exercise.property("no item in its place")
def no_fixed_point(call):
    """The order that each input comes back in; the first thing that is wrong with it."""
    orders, first = [], None
    for shape, times in SHAPES.items():
        found = {look_at_one(call, normal(*shape, decimals=3)) for _ in range(times)}
        wrong = sorted(text for _, text in found if text)
        if wrong and first is None:
            first = wrong[0]
        # An order that differs from call to call is evidence of one thing: chance.
        orders.append(next(iter(found))[0] if len(found) == 1 else "by chance")
    if first is None:
        return None
    return Fault("order", first, ("by chance",) if "by chance" in orders else tuple(orders))


def look_at_one(call, features):
    """`(order or what it is instead, words for what is wrong or "")`"""
    n = len(features)
    try:
        result = as_array(call(features))
    except NotAnAnswer as error:
        return "no array", str(error)
    if call.side_effect:
        kind, which = call.side_effect
        return f"{kind} {which}", side_effect_fault(call.side_effect, ["features"]).text
    if result.shape != features.shape:
        return "shape", (
            f"For features of shape {list(features.shape)} your function returned the shape "
            f"{list(result.shape)}; expected the same shape."
        )
    if result.dtype.kind != "f":
        return "type", "Your function changes the type of the numbers: items come back as they are."
    flat, items = result.reshape(n, -1), features.reshape(n, -1)
    order = tuple(
        next((j for j in range(n) if np.allclose(flat[i], items[j], atol=1e-5)), -1)
        for i in range(n)
    )
    if -1 in order and np.allclose(np.sort(flat, axis=1), np.sort(items, axis=1), atol=1e-5):
        return "moved inside", (
            f"For features of shape {list(features.shape)} every item is in its own place, with "
            f"its "
            "numbers in another order; expected whole items in other places."
        )
    if -1 in order:
        return "mixed", (
            f"For features of shape {list(features.shape)} some rows of your result are no item of "
            "the input: an item has to stay whole."
        )
    if len(set(order)) < n:
        return order, (
            f"For N = {n} some items occur more than once and others are missing; expected each "
            "exactly once."
        )
    if any(i == j for i, j in enumerate(order)):
        return order, (
            f"For N = {n} at least one item is still at its own index; expected none. It would "
            f"be a "
            "positive pair among the negatives."
        )
    return order, ""


@exercise.property("fewer than two items")
def refuses_a_single_item(call):
    for n in (1, 0):
        try:
            call(normal(n, 3))
        except LearnerError as raised:
            if isinstance(raised.error, ValueError):
                continue
            name = type(raised.error).__name__
            return f"For N = {n} your function raised {name}; expected a ValueError."
        return f"For N = {n} your function raised nothing; expected a ValueError."
    return None
