"""Every dimension of the codes shuffled by its own permutation."""

import numpy as np

from dimlearn.check.answers import NotAnAnswer, as_array
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault, side_effect_fault
from dimlearn.information import diagnosis

exercise = Exercise(
    meaning="""Every column keeps its values and gets an order of its own, drawn independently of
    the others; the same for the same seed.""",
    reference=diagnosis.shuffle_dimensions,
    hints="""What does a row of the result have to look like, if the dimensions had nothing to do
    with one another? Each entry comes from another code.

    One permutation of the rows keeps the rows together. You need a permutation for each column.

    `rng = np.random.default_rng(seed)`, then `rng.permuted(codes, axis=0)`, or
    `rng.permutation(codes[:, d])` for every d.""",
)


@exercise.solution("""
    The rows of the result are samples of the product of the marginals: each dimension has kept
    its distribution and lost its company. `permuted` shuffles each column by itself, where
    `permutation` and `shuffle` move whole rows, which would leave all dependence as it was.
""")
def shuffle_dimensions(codes, seed=0):
    """Each column of [N, D] shuffled by its own independent permutation."""
    return np.random.default_rng(seed).permuted(codes, axis=0)


@exercise.mistake("""All columns share one permutation: whole rows have moved, and the
    dimensions depend on one another as before. This is the mistake that makes every dependency
    measure read 0. Each column needs its own, from one generator that is made once, before the
    loop.""")
def rows_shuffled(codes, seed=0):
    return np.random.default_rng(seed).permutation(codes)


@exercise.mistake("""Each *row* is shuffled: numbers move from one dimension to another, and the
    marginals are lost. Shuffle along the columns, `axis=0`.""")
def within_rows(codes, seed=0):
    return np.random.default_rng(seed).permuted(codes, axis=1)


@exercise.mistake("""All numbers are shuffled together: they move between dimensions, and the
    marginals are lost. Each column keeps its own values.""")
def all_numbers(codes, seed=0):
    return np.random.default_rng(seed).permutation(codes.ravel()).reshape(codes.shape)


@exercise.mistake("""The first dimension stays as it is. Every column is shuffled, none
    excepted.""")
def first_left_alone(codes, seed=0):
    rest = np.random.default_rng(seed).permuted(codes[:, 1:], axis=0)
    return np.concatenate([codes[:, :1], rest], axis=1)


@exercise.mistake("""The last dimension stays as it is. Every column is shuffled, none excepted.""")
def last_left_alone(codes, seed=0):
    rest = np.random.default_rng(seed).permuted(codes[:, :-1], axis=0)
    return np.concatenate([rest, codes[:, -1:]], axis=1)


@exercise.mistake("""The columns are drawn with replacement: some values occur twice and others
    are lost. A permutation keeps each exactly once.""")
def resampled(codes, seed=0):
    order = np.random.default_rng(seed).integers(0, len(codes), codes.shape)
    return np.take_along_axis(codes, order, axis=0)


@exercise.mistake("""Your function shuffles the array that it was given: the codes themselves
    are destroyed. Return a new array.""")
def in_place(codes, seed=0):
    codes[:] = np.random.default_rng(seed).permuted(codes, axis=0)
    return codes


@exercise.mistake("""The columns are rolled by different amounts. That is the same for every
    seed, and neighbours stay neighbours: draw permutations.""")
def rolled(codes, seed=0):
    columns = [np.roll(column, d + 1) for d, column in enumerate(codes.T)]
    return np.stack(columns, axis=1)


@exercise.mistake("""The same seed gives another result at every call: the generator is made
    without the seed.""")
def seed_ignored(codes, seed=0):
    return np.random.default_rng().permuted(codes, axis=0)


@exercise.mistake("""Your function seeds NumPy's global generator: everything that draws
    afterwards gets other numbers. Use `np.random.default_rng(seed)`.""")
def global_seed(codes, seed=0):
    np.random.seed(seed)
    return np.stack([np.random.permutation(column) for column in codes.T], axis=1)


@exercise.mistake("""The codes come back as they were: nothing is shuffled.""")
def unchanged(codes, seed=0):
    return codes.copy()


@exercise.mistake("""Every column is sorted: that makes the dimensions depend on one another as
    much as they can. Shuffle them.""")
def sorted_columns(codes, seed=0):
    return np.sort(codes, axis=0)


@exercise.mistake("""Your function returns the transposed matrix, `[D, N]`.""")
def transposed(codes, seed=0):
    return np.random.default_rng(seed).permuted(codes, axis=0).T


def some_codes(n, d):
    """Codes whose numbers are all different, and say where they are from: 100 times a name of the
    row, plus the column. The names of the rows are in no order."""
    names = np.random.default_rng(n).permutation(n)
    return 100.0 * names[:, None] + np.arange(d)[None] + 0.5


@exercise.property("every column by its own permutation")
def each_column_by_itself(call):
    facts, first = [], None
    for n, d, seed in ((60, 4, 0), (41, 3, 7), (60, 4, 1)):
        fact, text = look_at_one(call, some_codes(n, d), seed)
        facts.append(fact)
        first = first or text
    return Fault("columns", first, tuple(facts)) if first else None


def look_at_one(call, codes, seed):
    n, d = codes.shape
    what = f"For codes of shape [{n}, {d}] and seed = {seed}"
    try:
        result = as_array(call(codes, seed=seed))
    except NotAnAnswer as error:
        return "no array", str(error)
    if call.side_effect:
        return str(call.side_effect), side_effect_fault(call.side_effect, ["codes"]).text
    if result.shape != codes.shape:
        return f"shape {result.shape}", (
            f"{what} your function returned the shape {list(result.shape)}; expected [{n}, {d}]."
        )
    if not np.allclose(np.sort(result, axis=0), np.sort(codes, axis=0), rtol=1e-5):
        home = np.allclose(result % 100, codes % 100, atol=1e-2)
        kind = "lost" if home else "between"
        if not home and np.allclose(np.sort(result, axis=1), codes, rtol=1e-5):
            kind = "within rows"
        return kind, (
            f"{what} the columns do not have their own values any more; expected each value "
            f"exactly "
            "once, in its own column."
        )
    names = np.round((result - 0.5 - np.arange(d)) / 100).astype(int)
    rows = np.argsort(np.round(codes[:, 0] / 100).astype(int))[names]  # where each number came from
    still = [k for k in range(d) if np.array_equal(rows[:, k], np.arange(n))]
    if still:
        return f"still {still}", (
            f"{what} column {still[0]} is as it was; expected every column to be shuffled."
        )
    if (np.diff(names, axis=0) > 0).all():
        return "sorted", f"{what} the columns are sorted; expected random permutations."
    together = max(np.mean(rows[:, a] == rows[:, b]) for a in range(d) for b in range(a))
    if together > 0.5:
        return "together", (
            f"{what} the columns have moved together: rows are still whole. Expected another "
            "permutation for every column."
        )
    steps = (np.diff(rows, axis=0) == 1).mean()
    if steps > 0.5:
        return "rolled", (
            f"{what} neighbours are still neighbours: the columns are only moved along. Expected "
            "random permutations."
        )
    # The differences of two columns' permutations: independent ones hardly ever agree.
    gaps = [len(set(((rows[:, a] - rows[:, b]) % n).tolist())) for a in range(d) for b in range(a)]
    if min(gaps) < n // 4:
        return "bound", (
            f"{what} the order of one column can be told from that of another; expected "
            "independent permutations."
        )
    return "right", ""


@exercise.property("the seed")
def seeds(call):
    codes = some_codes(50, 3)
    draws = [as_array(call(codes, seed=seed)) for seed in (0, 0, 1)]
    if not np.array_equal(draws[0], draws[1]):
        return Fault("seed ignored", "The same seed gave two different results; expected the same.")
    if np.array_equal(draws[0], draws[2]):
        return Fault("seeds alike", "Two different seeds gave the same result.")
    if not np.array_equal(draws[0], as_array(call(codes))):
        return Fault("default", "Without a seed your result is not that of `seed=0`, the default.")
    return None
