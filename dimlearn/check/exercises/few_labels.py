"""A few labelled examples of every class."""

import numpy as np

from dimlearn.check.answers import NotAnAnswer, as_array
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault, side_effect_fault
from dimlearn.check.sandbox.call import LearnerError
from dimlearn.evaluation import probes as evaluation

exercise = Exercise(
    meaning="""`per_class` different indices for every class that occurs, `[K * per_class]` in all;
    the same for the same seed, others for another; `ValueError` when a class has too few.""",
    reference=evaluation.few_labels,
    hints="""Go through the classes one by one: `np.unique(labels)`. Where are the examples of one
    class?

    `np.flatnonzero(labels == label)` are its indices. Draw from these without replacement, with a
    generator made from the seed once, before the loop.

    `rng.choice(own, per_class, replace=False)`, collected in a list and joined by `np.concatenate`.
    Before it: `if len(own) < per_class: raise ValueError(...)`.""",
)


@exercise.solution("""
    Each class is drawn from separately, so that all have the same number: a random sample of the
    whole could miss a class altogether. Without replacement, for an example drawn twice is one
    example. One generator, made from the seed, serves all classes; the global one is left alone.
""")
def few_labels(labels, per_class, seed=0):
    """Indices [K * per_class] of `per_class` distinct examples of every class."""
    rng = np.random.default_rng(seed)
    chosen = []
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        if len(own) < per_class:
            raise ValueError(f"class {label} has only {len(own)} examples")
        chosen.append(rng.choice(own, per_class, replace=False))
    return np.concatenate(chosen)


def chosen_by(draw, labels, per_class, seed):
    """The frame of the wrong answers below: `draw(rng, own)` for every class."""
    rng = np.random.default_rng(seed)
    chosen = []
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        if len(own) < per_class:
            raise ValueError
        chosen.append(draw(rng, own))
    return np.concatenate(chosen)


@exercise.mistake("""Some examples are drawn twice: with replacement. Ten labels would then be
    nine. Say `replace=False`.""")
def drawn_twice(labels, per_class, seed=0):
    return chosen_by(lambda rng, own: rng.choice(own, per_class), labels, per_class, seed)


@exercise.mistake("""The seed is not used: the first examples of every class are taken, whatever
    it is. Then the spread over several draws would be 0.""")
def first_ones(labels, per_class, seed=0):
    return chosen_by(lambda rng, own: own[:per_class], labels, per_class, seed)


@exercise.mistake("""The same seed gives other examples at every call: the generator is made
    without the seed.""")
def seed_ignored(labels, per_class, seed=0):
    return chosen_by(lambda rng, own: rng.permutation(own)[:per_class], labels, per_class, None)


@exercise.mistake("""Your function seeds NumPy's global generator: everything that draws
    afterwards gets other numbers. Use `np.random.default_rng(seed)`.""")
def global_seed(labels, per_class, seed=0):
    np.random.seed(seed)
    return chosen_by(lambda rng, own: np.random.permutation(own)[:per_class], labels, per_class, 0)


@exercise.mistake("""Examples are drawn from all classes together: some classes get more than
    others, or none. Draw for every class by itself.""")
def all_classes_together(labels, per_class, seed=0):
    count = per_class * len(np.unique(labels))
    if min(np.unique(labels, return_counts=True)[1]) < per_class:
        raise ValueError
    return np.random.default_rng(seed).permutation(len(labels))[:count]


@exercise.mistake("""A class with too few examples goes unnoticed: raise `ValueError`. Otherwise
    the result of "ten labels a class" would rest on fewer.""")
def too_few_unnoticed(labels, per_class, seed=0):
    rng = np.random.default_rng(seed)
    own = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    return np.concatenate([rng.permutation(places)[:per_class] for places in own])


@exercise.mistake("""Your function returns labels, not indices. With indices the images can be
    picked as well: `images[indices]`.""")
def labels_returned(labels, per_class, seed=0):
    return labels[few_labels(labels, per_class, seed)]


@exercise.mistake("""Your function returns positions within each class, `0 ... n_class - 1`, and
    not within `labels`: the result of `np.flatnonzero(labels == label)` has to be indexed with
    them.""")
def positions_within_class(labels, per_class, seed=0):
    return chosen_by(
        lambda rng, own: rng.permutation(len(own))[:per_class], labels, per_class, seed
    )


@exercise.mistake("""Your function returns a mask, not indices.""")
def mask_returned(labels, per_class, seed=0):
    mask = np.zeros(len(labels), dtype=int)
    mask[few_labels(labels, per_class, seed)] = 1
    return mask


@exercise.mistake("""The indices come as a table `[K, per_class]`. Asked is one axis:
    `np.concatenate`.""")
def table_returned(labels, per_class, seed=0):
    return few_labels(labels, per_class, seed).reshape(-1, per_class)


@exercise.mistake("""`range(K)` is not the list of classes: a label that does not occur has no
    examples, and one above K is left out. Go through `np.unique(labels)`.""")
def classes_counted_from_zero(labels, per_class, seed=0):
    rng = np.random.default_rng(seed)
    chosen = []
    for label in range(len(np.unique(labels))):
        own = np.flatnonzero(labels == label)
        if len(own) < per_class:
            raise ValueError
        chosen.append(rng.permutation(own)[:per_class])
    return np.concatenate(chosen)


@exercise.mistake("""A class without an example more than asked is refused: exactly `per_class`
    of them are enough.""")
def exactly_enough_refused(labels, per_class, seed=0):
    if min(np.unique(labels, return_counts=True)[1]) <= per_class:
        raise ValueError
    return few_labels(labels, per_class, seed)


def some_labels():
    """Classes 2, 3, 5 and 9 with 11, 4, 7 and 30 examples, mixed."""
    labels = np.repeat([2, 3, 5, 9], [11, 4, 7, 30])
    return np.random.default_rng(1).permutation(labels)


CASES = [(2, 0), (4, 0), (3, 5)]


@exercise.property("the right number of each class")
def enough_of_each(call):
    """What is wrong with each draw; the first is what the learner reads."""
    labels, facts, first = some_labels(), [], None
    for per_class, seed in CASES:
        fact, text = look_at_one(call, labels, per_class, seed)
        facts.append(fact)
        first = first or text
    return Fault("draw", first, tuple(facts)) if first else None


def look_at_one(call, labels, per_class, seed):
    what = f"For 4 classes, per_class = {per_class}, seed = {seed}"
    try:
        chosen = as_array(call(labels, per_class, seed=seed))
    except NotAnAnswer as error:
        return "no array", str(error)
    except LearnerError as raised:
        if isinstance(raised.error, ValueError):
            return "refused", (
                f"{what} your function raised ValueError, although every class has at least "
                f"{per_class} examples."
            )
        raise
    if call.side_effect:
        return str(call.side_effect), side_effect_fault(call.side_effect, ["labels"]).text
    if chosen.shape != (4 * per_class,):
        return f"shape {chosen.shape}", (
            f"{what} your function returned the shape {list(chosen.shape)}; expected "
            f"[{4 * per_class}]."
        )
    if chosen.dtype.kind not in "iu" or chosen.min() < 0 or chosen.max() >= len(labels):
        return (
            "no indices",
            f"{what} your function returned numbers that are no indices of `labels`.",
        )
    counts = [int(np.sum(labels[chosen] == label)) for label in (2, 3, 5, 9)]
    # Evidence without chance in it: how, not which.
    if counts != [per_class] * 4:
        if set(chosen.tolist()) <= {2, 3, 5, 9}:
            return "labels", f"{what} your numbers are the labels themselves; expected indices."
        small = "small" if chosen.max() < 30 and len(set(chosen.tolist())) < len(chosen) else ""
        return f"uneven {small}", (
            f"{what} the classes do not have {per_class} examples each in your draw."
        )
    if len(set(chosen.tolist())) < len(chosen):
        return "twice", f"{what} some indices occur more than once; expected different ones."
    return "right", ""


@exercise.property("the seed")
def seeds(call):
    labels = some_labels()
    draws = [np.sort(as_array(call(labels, 3, seed=seed)), axis=None) for seed in (0, 0, 1, 2)]
    if not np.array_equal(draws[0], draws[1]):
        return Fault("seed ignored", "The same seed gave two different draws; expected the same.")
    if np.array_equal(draws[0], draws[2]) and np.array_equal(draws[0], draws[3]):
        return Fault("seeds alike", "Three different seeds gave the same draw; expected others.")
    default = np.sort(as_array(call(labels, 3)), axis=None)
    if not np.array_equal(default, draws[0]):
        return Fault("default", "Without a seed your draw is not that of `seed=0`, the default.")
    reach = {int(i) for seed in range(40) for i in as_array(call(labels, 2, seed=seed)).ravel()}
    if len(reach) < 40:
        return Fault("reach", "Some examples are never drawn, whatever the seed; expected that "
                     "each "
                     "of a class can be.")  # fmt: skip
    return None


@exercise.property("a class with too few")
def refuses_too_few(call):
    try:
        call(some_labels(), 5)
    except LearnerError as raised:
        if isinstance(raised.error, ValueError):
            return None
        name = type(raised.error).__name__
        return (
            f"A class has 4 examples, fewer than 5: your function raised {name}; expected a "
            "ValueError."
        )
    return "A class has 4 examples, fewer than 5, but your function raised no ValueError."
