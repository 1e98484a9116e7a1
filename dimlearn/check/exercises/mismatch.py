"""A derangement: the same items so ordered that none stays in its place."""

import numpy as np

from dimlearn.check.answers import as_array
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

@exercise.solution("""A roll by one is the simplest derangement. The batch has been shuffled anyway,
    so the neighbour is a random other image. `axis=0` keeps every item whole: without it NumPy
    rolls through the flattened array. A single item cannot be mismatched, and saying so beats
    returning it.""")
def mismatch(features):
    """The items of [N, ...] in an order that leaves none in its place; ValueError for N < 2."""
    if len(features) < 2:
        raise ValueError("a mismatch needs at least two items")
    return np.roll(features, 1, axis=0)

def two_or_more(features):
    """The features, or the ValueError that is asked for and that the mistakes below get right."""
    if len(features) < 2:
        raise ValueError
    return features

@exercise.mistake("""Your function reverses the order. With an odd number of items the middle
    one stays in its place, and is a positive pair among the negatives. Roll instead.""")
def reversed_order(features):
    return two_or_more(features)[::-1]

@exercise.mistake("""Your function returns the items as they are: every "negative" pair would be
    a positive one.""")
def unchanged(features):
    return two_or_more(features).copy()

@exercise.mistake("""A random permutation leaves one item in its place on average: a positive
    pair among the negatives. Roll by one, or draw again until no item is at its own index.""")
def random_permutation(features):
    return two_or_more(features)[np.random.default_rng().permutation(len(features))]

@exercise.mistake("""Your function shuffles. In a random order one item stays in its place on
    average: a positive pair among the negatives. It also draws from NumPy's global generator, and
    so changes every draw that comes afterwards. Rolling by one needs no chance.""")
def global_shuffle(features):
    return two_or_more(features)[np.random.permutation(len(features))]

@exercise.mistake("""Your function shuffles the array that it was given: whoever called it finds
    other data afterwards. Return a new array.""")
def shuffled_in_place(features):
    features[:] = np.roll(two_or_more(features), 1, axis=0)
    return features

@exercise.mistake("""Without `axis=0` NumPy rolls through the flattened array: single numbers
    move from one item to the next, and no item stays whole. It is `np.roll(features, 1, axis=0)`.
    """)
def rolled_flat(features):
    return np.roll(two_or_more(features), 1)

@exercise.mistake("""Your function moves the numbers inside each item, along the wrong axis. The
    items are along axis 0.""")
def wrong_axis(features):
    return np.roll(two_or_more(features), 1, axis=-1)

@exercise.mistake("""A single item comes back as it is. It cannot be mismatched: raise
    `ValueError` for fewer than two items, or it would be its own negative without a word.""")
def single_item_accepted(features):
    return np.roll(features, 1, axis=0)

@exercise.mistake("""Items are missing and others occur twice. Each item comes back exactly
    once, in another place.""")
def first_item_for_all(features):
    return two_or_more(features)[[1] + [0] * (len(features) - 1)]

@exercise.mistake("""Your function rolls by two places: for N = 2 that is all the way round, and
    both items are back where they were. One place works for every N.""")
def rolled_by_two(features):
    return np.roll(two_or_more(features), 2, axis=0)

@exercise.mistake("""Neighbours are swapped in pairs: with an odd number of items the last has
    no partner and stays in its place.""")
def swapped_in_pairs(features):
    last = len(two_or_more(features)) - 1
    return features[[min(i ^ 1, last) for i in range(last + 1)]]

@exercise.mistake("""Your function returns the new order, not the items in that order.""")
def order_returned(features):
    return np.roll(np.arange(len(two_or_more(features))), 1)

@exercise.mistake("""Halves are exchanged by rolling N // 2 + 1 places: for N = 2 that is all
    the way round. One place works for every N.""")
def half_way_round(features):
    return np.roll(two_or_more(features), len(features) // 2 + 1, axis=0)

# Many calls for small N: a random permutation of two items is a derangement half the time.
SHAPES = {(2, 3): 20, (3, 2): 20, (5, 4, 3): 4, (6, 2, 2, 3): 4, (7,): 4, (32, 2): 2}

@exercise.property("no item in its place")
def no_fixed_point(call):
    """The order that each input comes back in; the first thing that is wrong with it."""
    orders, first = [], ""
    for shape, times in SHAPES.items():
        features, found = normal(*shape, decimals=3), {}
        for _ in range(times):
            result = as_array(call(features))
            if call.side_effect:
                return side_effect_fault(call.side_effect, exercise.parameters)
            order = order_of(result, features)
            found[order] = words_for(order, result, features)
        # An order that differs from call to call is evidence of one thing: chance.
        orders.append(order if len(found) == 1 else "by chance")
        first = first or min(filter(None, found.values()), default="")
    if first:
        return Fault("order", first, "by chance" if "by chance" in orders else orders)

def order_of(result, features):
    """Which item stands at each place, -1 for none of them; or what the result is instead."""
    if result.shape != features.shape:
        return "shape"
    if result.dtype.kind != "f":
        return "type"
    n = len(features)
    rows, items = result.reshape(n, -1), features.reshape(n, -1)
    if np.allclose(np.sort(rows), np.sort(items), atol=1e-5) and not np.allclose(rows, items):
        return "moved inside"
    same = np.isclose(rows[:, None], items, atol=1e-5).all(axis=-1)  # [N, N]
    return tuple(np.where(same.any(axis=1), np.argmax(same, axis=1), -1).tolist())

def words_for(order, result, features):
    """What is wrong with a result that comes back in this order, or ""."""
    n = len(features)
    what = f"For features of shape {list(features.shape)}"
    if order == "shape":
        return f"""{what} your function returned the shape {list(result.shape)}; expected the same
            shape."""
    if order == "type":
        return "Your function changes the type of the numbers: items come back as they are."
    if order == "moved inside":
        return f"""{what} every item is in its own place, with its numbers in another order;
            expected whole items in other places."""
    if -1 in order:
        return f"""{what} some rows of your result are no item of the input: an item has to stay
            whole."""
    if len(set(order)) < n:
        return f"""For N = {n} some items occur more than once and others are missing; expected
            each exactly once."""
    if any(i == j for i, j in enumerate(order)):
        return f"""For N = {n} at least one item is still at its own index; expected none. It would
            be a positive pair among the negatives."""
    return ""

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
