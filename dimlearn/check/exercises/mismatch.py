"""A derangement: the same items so ordered that none stays in its place."""

import numpy as np

from dimlearn.check.answers import NotAnAnswer, as_array, describe
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
    one stays in its place, and is a positive pair among the negatives.""")
def reversed_order(features):
    return two_or_more(features)[::-1]

@exercise.mistake("""Your function returns the items as they are: every "negative" pair would be
    a positive one.""")
def unchanged(features):
    return two_or_more(features).copy()

@exercise.mistake("""The order is drawn by chance, and one item stays in its place on average: a
    positive pair among the negatives. Is chance needed at all?""")
def random_permutation(features):
    return two_or_more(features)[np.random.default_rng().permutation(len(features))]

@exercise.mistake("""Your function draws items by chance, and one by one: some come twice and others
    not at all. Draw an order of all of them, or do without chance.""")
def drawn_with_replacement(features):
    return two_or_more(features)[np.random.default_rng().integers(0, len(features), len(features))]

@exercise.mistake("""Your function seeds NumPy's global generator: whatever draws from it afterwards
    gets other numbers. If chance is needed at all, a generator of one's own does it.""")
def global_shuffle(features):
    np.random.seed(0)
    return two_or_more(features)[np.random.permutation(len(features))]

@exercise.mistake("""Your function changes the array that it was given: whoever called it finds
    other data afterwards. Return a new array.""")
def shuffled_in_place(features):
    features[:] = np.roll(two_or_more(features), 1, axis=0)
    return features

@exercise.mistake("""Not told along which axis, NumPy rolls through the flattened array: single
    numbers move from one item to the next, and no item stays whole.""")
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

@exercise.mistake("""A single item is refused, but no item at all comes back as it is. Fewer than
    two are asked to be refused.""")
def empty_accepted(features):
    if len(features) == 1:
        raise ValueError
    return np.roll(features, 1, axis=0)

@exercise.mistake("""Your function refuses too few items, but with another error: who calls it can
    only catch the one that is agreed on, a `ValueError`. (`assert` raises its own.)""")
def another_error(features):
    assert len(features) > 1
    return np.roll(features, 1, axis=0)

@exercise.mistake("""Your function *returns* the error for too few items, as if it were items. An
    error is raised.""")
def error_returned(features):
    return np.roll(features, 1, axis=0) if len(features) > 1 else ValueError("too few")

@exercise.mistake("""Your function returns nothing for too few items, and says nothing. Who calls it
    must hear of it: raise `ValueError`.""")
def nothing_returned_for_one(features):
    return np.roll(features, 1, axis=0) if len(features) > 1 else None

@exercise.mistake("""An item is lost on the way: fewer come back than went in.""")
def item_lost(features):
    return two_or_more(features)[1:]

@exercise.mistake("""Items are missing and others occur twice. Each item comes back exactly
    once, in another place.""")
def first_item_for_all(features):
    return two_or_more(features)[[1] + [0] * (len(features) - 1)]

@exercise.mistake("""Your function rolls by two places: for N = 2 that is all the way round, and
    both items are back where they were.""")
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
    the way round, and both items are back where they were.""")
def half_way_round(features):
    return np.roll(two_or_more(features), len(features) // 2 + 1, axis=0)

# Many calls for small N: a random permutation of two items is a derangement half the time.
SHAPES = {(2, 3): 16, (3, 2): 6, (5, 4, 3): 2, (6, 2, 2, 3): 2, (7,): 2, (32, 2): 2}

def batch(shape):
    """Items that have a number in common, as images have their black pixels."""
    features = normal(*shape, decimals=3)
    if len(shape) > 2:
        features[:, 0] = 0
    return features

@exercise.property("no item in its place")
def no_fixed_point(call):
    """The order that each input comes back in; the first thing that is wrong with it."""
    orders, problems = [], []
    for shape, times in SHAPES.items():
        features, found = batch(shape), {}
        for _ in range(times):
            result = as_array(call(features))
            if call.side_effect:
                return side_effect_fault(call.side_effect, exercise.parameters)
            order = order_of(result, features)
            found[order] = words_for(order, result, features)
        orders.append(order if len(found) == 1 else "by chance")
        problems += sorted(filter(None, found.values()), key=worst)[:1]
    if "by chance" in orders:  # the orders are no evidence then, but what can be wrong with them is
        orders = "by chance"
        problems.sort(key=worst)
    if problems:
        kind, words = problems[0]
        return Fault("order", words, (kind, orders))

def worst(problem):
    return KINDS.index(problem[0])

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

# What can be wrong with the items, the worst first.
KINDS = ["shape", "type", "no item", "twice", "moved inside", "in place"]

def words_for(order, result, features):
    """What is wrong with a result that comes back in this order, `(kind, words)`, or None."""
    n = len(features)
    what = f"For features of shape {list(features.shape)}"
    if order == "shape":
        return "shape", f"""{what} your function returned the shape {list(result.shape)}; expected
            the same shape."""
    if order == "type":
        return "type", "Your function changes the type of the numbers: items come back as they are."
    if order == "moved inside":
        return "moved inside", f"""{what} every item is in its own place, with its numbers in
            another order; expected whole items in other places."""
    if -1 in order:
        return "no item", f"""{what} some rows of your result are no item of the input: an item has
            to stay whole."""
    if len(set(order)) < n:
        return "twice", f"""For N = {n} some items occur more than once and others are missing;
            expected each exactly once."""
    if any(i == j for i, j in enumerate(order)):
        return "in place", f"""For N = {n} at least one item is still at its own index; expected
            none. It would be a positive pair among the negatives."""
    return None

@exercise.property("fewer than two items")
def refuses_a_single_item(call):
    for n in (1, 0):
        features = normal(n, 3)
        try:
            did = came_back(call(features), features)
        except LearnerError as raised:
            if isinstance(raised.error, ValueError):
                continue
            did = f"raised {type(raised.error).__name__}"
        text = f"For N = {n} your function {did}; expected a ValueError."
        return Fault("fewer than two items", text, (n, did))

def came_back(result, features):
    """What came back instead of an error, in words."""
    try:
        array = as_array(result)
    except NotAnAnswer:
        return f"returned {describe(result)}"
    alike = array.shape == features.shape and np.allclose(array, features)
    return "returned it as it is" if alike else "returned other items"
