"""A few labelled examples of every class."""

import functools

import numpy as np

from dimlearn.check import shared
from dimlearn.check.answers import as_array
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault, side_effect_fault
from dimlearn.check.sandbox.call import LearnerError
from dimlearn.evaluation import probes

exercise = Exercise(
    meaning="""`per_class` different indices for every class that occurs, `[K * per_class]` in all;
    the same for the same seed, others for another; `ValueError` when a class has too few.""",
    reference=probes.few_labels,
    hints="""Go through the classes one by one: `np.unique(labels)`. Where are the examples of one
    class?

    `np.flatnonzero(labels == label)` are its indices. Draw from these without replacement, with a
    generator made from the seed once, before the loop.

    `rng.choice(own, per_class, replace=False)`, collected in a list and joined by `np.concatenate`.
    Before it: `if len(own) < per_class: raise ValueError(...)`.""",
)

@exercise.solution("""Each class is drawn from separately, so that all have the same number: a
    random sample of the whole could miss a class altogether. Without replacement, for an example
    drawn twice is one example. One generator, made from the seed, serves all classes; the global
    one is left alone.""")
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

def from_each(pick, labels, per_class):
    """What `pick` takes from the places of every class: how most mistakes are made."""
    places = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    if min(map(len, places)) < per_class:
        raise ValueError
    return np.concatenate([pick(own) for own in places])

exercise.share(shared.seed_ignored, shared.global_seed)

@exercise.mistake("""Some examples are drawn twice: with replacement. Ten labels would then be
    nine. Say `replace=False`.""")
def drawn_twice(labels, per_class, seed=0):
    rng = np.random.default_rng(seed)
    return from_each(lambda own: rng.choice(own, per_class), labels, per_class)

@exercise.mistake("""The seed is not used: the first examples of every class are taken, whatever
    it is. Then the spread over several draws would be 0.""")
def first_ones(labels, per_class, seed=0):
    return from_each(lambda own: own[:per_class], labels, per_class)

@exercise.mistake("""Examples are drawn from all classes together: some classes get more than
    others, or none. Draw for every class by itself.""")
def all_classes_together(labels, per_class, seed=0):
    count = len(few_labels(labels, per_class))
    return np.random.default_rng(seed).permutation(len(labels))[:count]

@exercise.mistake("""A class with too few examples goes unnoticed: raise `ValueError`. Otherwise
    the result of "ten labels a class" would rest on fewer.""")
def too_few_unnoticed(labels, per_class, seed=0):
    rng = np.random.default_rng(seed)
    return from_each(lambda own: rng.permutation(own)[:per_class], labels, 0)

@exercise.mistake("""Your function returns labels, not indices. With indices the images can be
    picked as well: `images[indices]`.""")
def labels_returned(labels, per_class, seed=0):
    return labels[few_labels(labels, per_class, seed)]

@exercise.mistake("""Your function returns positions within each class, `0 ... n_class - 1`, and
    not within `labels`: the result of `np.flatnonzero(labels == label)` has to be indexed with
    them.""")
def positions_within_class(labels, per_class, seed=0):
    rng = np.random.default_rng(seed)
    return from_each(lambda own: rng.permutation(len(own))[:per_class], labels, per_class)

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
    places = [np.flatnonzero(labels == label) for label in range(len(np.unique(labels)))]
    return np.concatenate([rng.choice(own, per_class, replace=False) for own in places])

@exercise.mistake("""A class without an example more than asked is refused: exactly `per_class`
    of them are enough.""")
def exactly_enough_refused(labels, per_class, seed=0):
    few_labels(labels, per_class + 1)
    return few_labels(labels, per_class, seed)

# Classes 2, 3, 5 and 9 with 11, 4, 7 and 30 examples, mixed.
LABELS = np.random.default_rng(1).permutation(np.repeat([2, 3, 5, 9], [11, 4, 7, 30]))

def draw(call, per_class, seed):
    """How a draw is wrong; which examples it holds is chance, and no evidence."""
    what = f"For 4 classes, per_class = {per_class}, seed = {seed}"
    try:
        chosen = as_array(call(LABELS, per_class, seed=seed))
    except LearnerError as raised:
        if not isinstance(raised.error, ValueError):
            raise
        words = f"""{what} your function raised ValueError, although every class has at least
            {per_class} examples."""
        return Fault("refused", words)
    if call.side_effect:
        return side_effect_fault(call.side_effect, exercise.parameters)
    kind, words = flaw(chosen, per_class)
    if kind:
        return Fault(kind, f"{what} {words}")

def flaw(chosen, per_class):
    """What is wrong with indices, as `(kind, words)`; the kind is "" where nothing is."""
    if chosen.shape != (4 * per_class,):
        seen, expected = list(chosen.shape), [4 * per_class]
        return f"shape {seen}", f"your function returned the shape {seen}; expected {expected}."
    if chosen.dtype.kind not in "iu" or chosen.min() < 0 or chosen.max() >= len(LABELS):
        return "no indices", "your function returned numbers that are no indices of `labels`."
    distinct, counts = set(chosen.tolist()), np.unique(LABELS[chosen], return_counts=True)[1]
    if counts.tolist() == [per_class] * 4:
        kind = "twice" if len(distinct) < len(chosen) else ""
        return kind, "some indices occur more than once; expected different ones."
    if distinct <= set(LABELS):
        return "labels", "your numbers are the labels themselves; expected indices."
    small = chosen.max() < 30 and len(distinct) < len(chosen)
    return f"uneven {small}", f"the classes do not have {per_class} examples each in your draw."

for per_class, seed in ((2, 0), (4, 0), (3, 5)):
    one_draw = functools.partial(draw, per_class=per_class, seed=seed)
    exercise.property(f"{per_class} of each class with the seed {seed}")(one_draw)

@exercise.property("the seed")
def seeds(call):
    return shared.seed_fault(lambda **seed: np.sort(as_array(call(LABELS, 3, **seed)), axis=None))

@exercise.property("every example may be drawn")
def reach(call):
    drawn = {int(i) for seed in range(40) for i in as_array(call(LABELS, 2, seed=seed)).ravel()}
    if len(drawn) < 40:
        return """Some examples are never drawn, whatever the seed; expected that each of a class
            can be."""

@exercise.property("a class with too few")
def refuses_too_few(call):
    try:
        call(LABELS, 5)
    except LearnerError as raised:
        name = type(raised.error).__name__
        if isinstance(raised.error, ValueError):
            return None
        return f"""A class has 4 examples, fewer than 5: your function raised {name}; expected a
            ValueError."""
    return "A class has 4 examples, fewer than 5, but your function raised no ValueError."
