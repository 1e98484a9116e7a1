"""A few labelled examples of every class."""

import functools

import numpy as np

from dimlearn.check import shared_numbers
from dimlearn.check.answers import as_array
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault
from dimlearn.check.sandbox.call import LearnerError
from dimlearn.evaluation import probes

exercise = Exercise(
    meaning="""The indices of `per_class` different examples of every class that occurs, drawn at
    random, in one array; the same for the same seed, others for another; `ValueError` when a class
    has too few.""",
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

exercise.share(shared_numbers.seed_ignored, shared_numbers.global_seed, shared_numbers.seed_fixed)

@exercise.mistake("""Some examples are drawn twice, as in a draw with replacement. Ten
    labels would then be nine.""")
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

@exercise.mistake("""A class with too few examples goes unnoticed. Otherwise the result of
    "ten labels a class" would rest on fewer: say so with a `ValueError`.""")
def too_few_unnoticed(labels, per_class, seed=0):
    rng = np.random.default_rng(seed)
    return from_each(lambda own: rng.permutation(own)[:per_class], labels, 0)

@exercise.mistake("""Your function returns labels, not indices. With indices the images can
    be picked as well.""")
def labels_returned(labels, per_class, seed=0):
    return labels[few_labels(labels, per_class, seed)]

@exercise.mistake("""Your function returns positions within each class, and not within
    `labels`: the places of a class have to be looked up with them.""")
def positions_within_class(labels, per_class, seed=0):
    rng = np.random.default_rng(seed)
    return from_each(lambda own: rng.permutation(len(own))[:per_class], labels, per_class)

@exercise.mistake("""Your function returns a mask, not indices.""")
def mask_returned(labels, per_class, seed=0):
    mask = np.zeros(len(labels), dtype=int)
    mask[few_labels(labels, per_class, seed)] = 1
    return mask

@exercise.mistake("""The indices come as a table `[K, per_class]`, a row for each of K
    classes. Asked is one axis.""")
def table_returned(labels, per_class, seed=0):
    return few_labels(labels, per_class, seed).reshape(-1, per_class)

@exercise.mistake("""Your function takes 0, 1, 2, ... for the classes: a label that does not
    occur has no examples, and a larger one is left out. Which labels are there?""")
def classes_counted_from_zero(labels, per_class, seed=0):
    rng = np.random.default_rng(seed)
    places = [np.flatnonzero(labels == label) for label in range(len(np.unique(labels)))]
    return np.concatenate([rng.choice(own, per_class, replace=False) for own in places])

@exercise.mistake("""A class with exactly as many examples as asked is refused. That is
    enough.""")
def exactly_enough_refused(labels, per_class, seed=0):
    few_labels(labels, per_class + 1)
    return few_labels(labels, per_class, seed)

@exercise.mistake("""The seed is not used: the last examples of every class are taken,
    whatever it is. Then the spread over several draws would be 0.""")
def last_ones(labels, per_class, seed=0):
    return from_each(lambda own: own[len(own) - per_class :], labels, per_class)

@exercise.mistake("""Your function takes neighbours: only where they begin is drawn.
    Examples that follow each other may be alike, so draw each of them.""")
def block_of_each(labels, per_class, seed=0):
    rng = np.random.default_rng(seed)
    return from_each(
        lambda own: np.roll(own, rng.integers(len(own)))[:per_class], labels, per_class
    )

@exercise.mistake("""The examples have the same places in every class, as when the generator
    starts anew for each of them. Every class needs a draw of its own: look at where the
    generator is made.""")
def same_places_in_each(labels, per_class, seed=0):
    start = functools.partial(np.random.default_rng, seed)
    return from_each(lambda own: start().permutation(own)[:per_class], labels, per_class)

# Classes 2, 3, 5 and 9 with 11, 4, 7 and 30 examples, mixed; and three classes with 12 each.
LABELS = np.random.default_rng(1).permutation(np.repeat([2, 3, 5, 9], [11, 4, 7, 30]))
EVEN = np.random.default_rng(2).permutation(np.repeat([1, 4, 6], 12))

def draw(call, labels, per_class, seed):
    """How a draw is wrong; which examples it holds is chance, and no evidence."""
    classes, size = np.unique(labels, return_counts=True)
    what = f"For {len(classes)} classes, per_class = {per_class}, seed = {seed}"
    try:
        chosen = as_array(call(labels, per_class, seed=seed))
    except LearnerError as raised:
        if not isinstance(raised.error, ValueError):
            raise
        words = f"""{what} your function raised ValueError, although every class has at least
            {size.min()} examples. The labels that occur are {', '.join(map(str, classes))}."""
        return Fault("refused", words, (per_class, refuses_from_zero(call, labels, per_class)))
    kind, words = flaw(chosen, labels, per_class)
    if kind:
        return Fault(kind, f"{what} {words}")

def refuses_from_zero(call, labels, per_class):
    """Whether a function that refuses labels does so when they are called 0, 1, 2, ... too."""
    try:
        call(np.unique(labels, return_inverse=True)[1], per_class)
    except LearnerError:
        return True
    return False

def flaw(chosen, labels, per_class):
    """What is wrong with indices, as `(kind, words)`; the kind is "" where nothing is."""
    classes = len(np.unique(labels))
    if chosen.shape != (classes * per_class,):
        seen, expected = list(chosen.shape), [classes * per_class]
        mask = chosen.shape == labels.shape and not set(chosen.tolist()) - {0, 1}
        kind = "mask" if mask else f"shape {seen}"
        return kind, f"your function returned the shape {seen}; expected {expected}."
    if chosen.dtype.kind not in "iu" or chosen.min() < 0 or chosen.max() >= len(labels):
        return "no indices", "your function returned numbers that are no indices of `labels`."
    distinct, counts = set(chosen.tolist()), np.unique(labels[chosen], return_counts=True)[1]
    if counts.tolist() == [per_class] * classes:
        kind = "twice" if len(distinct) < len(chosen) else ""
        return kind, "some indices occur more than once; expected different ones."
    if distinct <= set(labels):
        return "labels", "your numbers are the labels themselves; expected indices."
    small = chosen.max() < 30 and len(distinct) < len(chosen)
    return f"uneven {small}", f"the classes do not have {per_class} examples each in your draw."

def draws(call):
    several = [(LABELS, 2, 0), (LABELS, 4, 0), (LABELS, 3, 5)]
    several += [(EVEN, 3, seed) for seed in range(8)]  # a draw with replacement has its luck
    return next(filter(None, (draw(call, *each) for each in several)), None)

def seeds(call):
    def chosen(**seed):
        return np.sort(as_array(call(LABELS, 3, **seed)), axis=None)

    fault = shared_numbers.seed_fault(chosen)
    if fault and fault.kind == "seeds alike":
        ends = {"first": first_ones, "last": last_ones}
        sets = {which: np.sort(ends[which](LABELS, 3)) for which in ends}
        fault.evidence = [which for which in ends if np.array_equal(chosen(), sets[which])]
    return fault

def reach(call):
    drawn = {int(i) for seed in range(40) for i in as_array(call(LABELS, 2, seed=seed)).ravel()}
    small = np.flatnonzero(np.isin(LABELS, [3, 5]))  # 4 and 7 examples
    if len(drawn) < 40 or not drawn.issuperset(small.tolist()):
        words = f"""With 40 seeds and 2 of each class your function has drawn {len(drawn)} of the
            {len(LABELS)} examples; expected nearly all, and all of the small classes."""
        return Fault("never drawn", words)

def places(call):
    """Which places the examples have within their class, in 40 draws of 3 from each of 12."""
    drawn = []
    for seed in range(40):
        chosen = as_array(call(EVEN, 3, seed=seed))
        own = [np.flatnonzero(label == EVEN) for label in np.unique(EVEN)]
        drawn.append([tuple(np.flatnonzero(np.isin(each, chosen))) for each in own])
    if all(len(set(of_all)) == 1 for of_all in drawn):
        words = """In three classes of 12 examples each your function takes the same places of all
            three, whatever the seed; expected a draw for every class by itself."""
        return Fault("same places", words)
    if all(np.sort(np.diff(each, append=each[0] + 12))[:2].max() == 1 for each in sum(drawn, [])):
        words = """Of a class of 12 examples your function always takes 3 that follow one another;
            expected any 3."""
        return Fault("neighbours", words)
    different = len(set(sum(drawn, [])))
    if different < 40:
        words = f"""In 120 draws of 3 from 12 examples there were only {different} different ones;
            expected nearly a hundred."""
        return Fault("few draws", words)

def refuses_too_few(call):
    name, words = None, "A class has 4 examples, fewer than 5: your function raised no ValueError."
    try:
        call(LABELS, 5)
    except LearnerError as raised:
        name = type(raised.error).__name__
        if isinstance(raised.error, ValueError):
            return None
        words = f"""A class has 4 examples, fewer than 5: your function raised {name}; expected a
            ValueError."""
    return Fault("too few", words, name)

exercise.property("a draw")(shared_numbers.first_of(draws, seeds, reach, places, refuses_too_few))
