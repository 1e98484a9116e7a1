"""Every dimension of the codes shuffled by its own permutation."""

import functools
import itertools

import numpy as np

from dimlearn.check import shared_numbers
from dimlearn.check.answers import as_array
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault
from dimlearn.information import diagnosis

exercise = Exercise(
    meaning="""Codes `[N, D]` in which every column keeps its values and gets a random order of its
    own, drawn independently of the others; the same for the same seed, another for another.""",
    reference=diagnosis.shuffle_dimensions,
    hints="""What does a row of the result have to look like, if the dimensions had nothing to do
    with one another? Each entry comes from another code.

    One permutation of the rows keeps the rows together. You need a permutation for each column.

    `rng = np.random.default_rng(seed)`, then `rng.permuted(codes, axis=0)`, or
    `rng.permutation(codes[:, d])` for every d.""",
)

@exercise.solution("""The rows of the result are samples of the product of the marginals: each
    dimension has kept its distribution and lost its company. `permuted` shuffles each column by
    itself, where `permutation` and `shuffle` move whole rows, which would leave all dependence as
    it was.""")
def shuffle_dimensions(codes, seed=0):
    """Each column of [N, D] shuffled by its own independent permutation."""
    return np.random.default_rng(seed).permuted(codes, axis=0)

exercise.share(shared_numbers.seed_ignored, shared_numbers.global_seed, shared_numbers.seed_fixed)

@exercise.mistake("""All columns share one permutation: whole rows have moved, and the
    dimensions depend on one another as before. This is the mistake that makes every dependency
    measure read 0. Each column needs a permutation of its own.""")
def rows_shuffled(codes, seed=0):
    return np.random.default_rng(seed).permutation(codes)

@exercise.mistake("""Each *row* is shuffled: numbers move from one dimension to another, and
    the marginals are lost. Shuffle along the other axis.""")
def within_rows(codes, seed=0):
    return np.random.default_rng(seed).permuted(codes, axis=1)

@exercise.mistake("""All numbers are shuffled together: they move between dimensions, and the
    marginals are lost. Each column keeps its own values.""")
def all_numbers(codes, seed=0):
    return np.random.default_rng(seed).permutation(codes.ravel()).reshape(codes.shape)

@exercise.mistake("""The first dimension stays as it is. Every column is shuffled, none
    excepted.""")
def first_left_alone(codes, seed=0):
    return np.hstack([codes[:, :1], shuffle_dimensions(codes[:, 1:], seed)])

@exercise.mistake("""The last dimension stays as it is. Every column is shuffled, none excepted.""")
def last_left_alone(codes, seed=0):
    return np.hstack([shuffle_dimensions(codes[:, :-1], seed), codes[:, -1:]])

@exercise.mistake("""Some values of a column occur twice and others are lost, as in a draw
    with replacement. A permutation keeps each exactly once.""")
def resampled(codes, seed=0):
    order = np.random.default_rng(seed).integers(0, len(codes), codes.shape)
    return np.take_along_axis(codes, order, axis=0)

@exercise.mistake("""Your function shuffles the array that it was given: the codes themselves
    are destroyed. Return a new array.""")
def in_place(codes, seed=0):
    codes[:] = shuffle_dimensions(codes, seed)
    return codes

@exercise.mistake("""The columns are only moved along: neighbours stay neighbours. Draw
    permutations.""")
def rolled(codes, seed=0):
    return np.stack([np.roll(column, d + 1) for d, column in enumerate(codes.T)], axis=1)

@exercise.mistake("""The codes come back as they were: nothing is shuffled.""")
def unchanged(codes, seed=0):
    return codes.copy()

@exercise.mistake("""Every column is sorted: that makes the dimensions depend on one another as
    much as they can. Shuffle them.""")
def sorted_columns(codes, seed=0):
    return np.sort(codes, axis=0)

@exercise.mistake("""Your function returns the transposed matrix, `[D, N]`.""")
def transposed(codes, seed=0):
    return shuffle_dimensions(codes, seed).T

@exercise.mistake("""One permutation serves all columns, moved along by another number of
    places in each. Who knows the order of one column knows them all: draw a permutation for
    each.""")
def rolled_permutation(codes, seed=0):
    order = np.random.default_rng(seed).permutation(len(codes))
    return np.stack([column[np.roll(order, d)] for d, column in enumerate(codes.T)], axis=1)

@exercise.mistake("""One permutation serves all columns, applied once to the first, twice to the
    second, and so on. Who knows the order of one column knows them all: draw a permutation for
    each.""")
def powers_of_one(codes, seed=0):
    order = np.random.default_rng(seed).permutation(len(codes))
    columns, places = [], order
    for column in codes.T:
        columns.append(column[places])
        places = places[order]
    return np.stack(columns, axis=1)

@exercise.mistake("""Many numbers stay in their rows, with all their company. All take part
    in the shuffle.""")
def some_rows_left_alone(codes, seed=0):
    half = len(codes) // 2
    return np.concatenate([shuffle_dimensions(codes[:half], seed), codes[half:]])

def some_codes(n, d):
    """Codes whose numbers are all different, and say where they are from: 100 times a name of the
    row, plus the column. The names of the rows are in no order."""
    names = np.random.default_rng(n).permutation(n)
    return 100.0 * names[:, None] + np.arange(d)[None] + 0.5

def shuffled(call, n, d, seed):
    """How a shuffle is wrong; the order it gives is chance, and no evidence."""
    codes = some_codes(n, d)
    result = as_array(call(codes, seed=seed))
    flaw = moved_out(result, codes) or moved_wrongly(result, codes)
    if flaw:
        kind, words = flaw
        return Fault(kind, f"For codes of shape [{n}, {d}] and seed = {seed} {words}")

def moved_out(result, codes):
    """Columns that do not hold their own values any more: `(kind, words)`, or None."""
    if result.shape != codes.shape:
        seen, expected = list(result.shape), list(codes.shape)
        return f"shape {seen}", f"your function returned the shape {seen}; expected {expected}."
    if np.allclose(np.sort(result, axis=0), np.sort(codes, axis=0), rtol=1e-5):
        return None
    kind = "lost" if np.allclose(result % 100, codes % 100, atol=1e-2) else "between"
    if kind == "between" and np.allclose(np.sort(result, axis=1), codes, rtol=1e-5):
        kind = "within rows"
    words = """the columns do not have their own values any more; expected each value exactly once,
        in its own column."""
    return kind, words

def moved_wrongly(result, codes):
    """Columns that are not in random orders of their own: `(kind, words)`, or None."""
    n, d = codes.shape
    rows = np.isclose(result[:, None], codes[None]).argmax(axis=1)  # where each number came from
    still = [k for k in range(d) if np.array_equal(rows[:, k], np.arange(n))]
    if still:
        words = f"column {still[0]} is as it was; expected every column to be shuffled."
        return f"still {still}", words
    if (np.diff(result, axis=0) > 0).all():
        return "sorted", "the columns are sorted; expected random permutations."
    if (rows == np.arange(n)[:, None]).mean() > 0.2:
        return "left alone", "many numbers are where they were; expected all of them shuffled."
    pairs = list(itertools.combinations(range(d), 2))
    if max(np.mean(rows[:, a] == rows[:, b]) for a, b in pairs) > 0.5:
        words = """the columns have moved together: rows are still whole. Expected another
            permutation for every column."""
        return "together", words
    if (np.diff(rows, axis=0) == 1).mean() > 0.5:
        words = """neighbours are still neighbours: the columns are only moved along. Expected
            random permutations."""
        return "rolled", words
    if max(abs(np.corrcoef(np.arange(n), column)[0, 1]) for column in rows.T) > 0.9:
        words = """the numbers are still near their rows, or in reverse; expected random
            permutations."""
        return "near", words
    # Where numbers came from and where they went: of independent permutations these hardly ever
    # differ by the same in two columns, or add up to the same.
    went = np.argsort(rows, axis=0)
    gaps = [
        len(np.unique((way[:, a] + sign * way[:, b]) % n))
        for way, sign in ((went, -1), (went, 1), (rows, -1), (rows, 1))
        for a, b in pairs
    ]
    if min(gaps) < n // 4:
        words = """the order of one column can be told from that of another; expected independent
            permutations."""
        return "moved along" if max(gaps[: len(pairs)]) == 1 else "bound", words
    return None

def orders(call):
    """Columns of four, with 60 seeds: of the 24 orders nearly all come, and hardly ever the same
    two side by side. Where one decides the other there are at most 24 pairs."""
    codes, drawn = some_codes(4, 3), []
    for seed in range(60):
        result = as_array(call(codes, seed=seed))  # [4, 3]
        rows = np.isclose(result[:, None], codes[None]).argmax(axis=1)
        drawn.append([tuple(column) for column in rows.T])
    if min(len(set(column)) for column in zip(*drawn)) < 15:
        words = """With 60 seeds a column of four numbers came in a few orders only; expected nearly
            all of the 24 that there are."""
        return Fault("few orders", words)
    pairs = itertools.combinations(zip(*drawn), 2)
    if min(len(set(zip(one, other))) for one, other in pairs) < 40:
        words = """With 60 seeds, for columns of four numbers, the same order of one column came
            with the same order of another again and again; expected independent permutations."""
        return Fault("bound together", words)

def seeds(call):
    return shared_numbers.seed_fault(lambda **seed: as_array(call(some_codes(50, 3), **seed)))

few, other, many = (
    functools.partial(shuffled, n=n, d=d, seed=seed)
    for n, d, seed in ((60, 4, 0), (41, 3, 7), (20, 30, 1))
)
exercise.property("a shuffle")(shared_numbers.first_of(few, other, seeds, orders, many))
