"""Samples of the uniform prior."""

import contextlib
import itertools
import random

import numpy as np

from dimlearn.check import shared_numbers
from dimlearn.check.answers import as_array
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault, side_effect_fault
from dimlearn.check.sandbox.call import LearnerError
from dimlearn.startup import tf

exercise = Exercise(
    meaning="""`[n, dim]` independent numbers, uniform between 0 and 1; the same for the same seed,
    others for another, new ones at every call without a seed. No global generator is seeded.""",
    hints="""A global seed (`np.random.seed`) would change the numbers of everything that runs
    afterwards. How do you get a generator that belongs to this call alone? (Lesson 00 gives you
    one: `rng`.)

    `np.random.default_rng(seed)` is one, and for `seed=None` it does exactly what is asked. Its
    methods `random` and `uniform` both draw evenly between 0 and 1. They take a `size`: one number
    for a row of samples, and for a table its shape.

    `return np.random.default_rng(seed).random((n, dim))`.""",
)

@exercise.solution("""A generator of its own is made from the seed at every call: the same seed
    gives the same numbers, whatever ran before, and nothing else in the notebook is affected.
    Without a seed NumPy starts the generator from the operating system's randomness, so that each
    call gives a new sample.""")
def sample_prior(n, dim, seed=None):
    """Independent samples of U[0, 1): [n, dim]."""
    return np.random.default_rng(seed).random((n, dim))

exercise.share(
    shared_numbers.seed_ignored,
    shared_numbers.seed_fixed,
    seed_ignored="""The seed does not fix the sample: the same seed gives another one at every
    call. The numbers come from something that is not made from the seed.""",
)

@exercise.mistake("""The seed is that of a TensorFlow operation, and it only fixes the whole
    sequence of its calls: the second call with the same seed gives another sample. TensorFlow has a
    "stateless" operation for what is asked.""")
def op_seed(n, dim, seed=None):
    return tf.random.uniform([n, dim], seed=seed)

@exercise.mistake("""Your function seeds NumPy's global generator: everything that draws
    afterwards gets other numbers. Make a generator of its own.""")
def global_numpy_seed(n, dim, seed=None):
    if seed is not None:
        np.random.seed(seed)
    return np.random.rand(n, dim)

@exercise.mistake("""Your function seeds Python's global generator: everything that draws
    afterwards gets other numbers. Make a generator of its own.""")
def global_python_seed(n, dim, seed=None):
    if seed is not None:
        random.seed(seed)
    return np.array([[random.random() for _ in range(dim)] for _ in range(n)])

@exercise.mistake("""Your function seeds TensorFlow's global generator: everything that
    draws afterwards gets other numbers. Make a generator of its own, in TensorFlow or NumPy.""")
def global_tensorflow_seed(n, dim, seed=None):
    if seed is not None:
        tf.random.set_seed(seed)
    return tf.random.uniform([n, dim])

@exercise.mistake("""Without a seed your function gives the same sample at every call, as
    with a default seed. Then every batch would be compared with the same samples.""")
def always_the_same(n, dim, seed=None):
    return np.random.default_rng(seed or 0).random((n, dim))

@exercise.mistake("""Your samples are bell-shaped, as Gaussian ones: most of them near the
    middle, some below 0 and some above 1. The prior of these lessons is uniform between 0 and
    1.""")
def gaussian(n, dim, seed=None):
    return np.random.default_rng(seed).normal(size=(n, dim))

@exercise.mistake("""Your samples lie between -1 and 1. The codes that they are compared
    with will lie between 0 and 1, and so does the prior.""")
def between_minus_one_and_one(n, dim, seed=None):
    return np.random.default_rng(seed).uniform(-1, 1, size=(n, dim))

@exercise.mistake("""The shape is turned round: `[dim, n]`. Samples are in rows: `[n, dim]`.""")
def shape_turned(n, dim, seed=None):
    return np.random.default_rng(seed).random((dim, n))

@exercise.mistake("""All rows are the same: one sample is repeated n times. Each row is a sample
    of its own.""")
def one_row_repeated(n, dim, seed=None):
    return np.tile(sample_prior(1, dim, seed), (n, 1))

@exercise.mistake("""All numbers of a row are the same: the dimensions of a sample are
    independent too.""")
def one_number_a_row(n, dim, seed=None):
    return np.tile(sample_prior(n, 1, seed), (1, dim))

@exercise.mistake("""Your samples are a regular grid, not random: sorted, they are all at
    equal distances.""")
def grid(n, dim, seed=None):
    shift = np.random.default_rng(seed).random()
    return (shift + np.arange(n * dim).reshape(n, dim) / (n * dim)) % 1.0

@exercise.mistake("""Your samples are whole numbers, 0 or 1. Uniform means any number between.""")
def coin_tosses(n, dim, seed=None):
    return np.round(sample_prior(n, dim, seed))

@exercise.mistake("""Your function draws whole numbers. Uniform between 0 and 1 means any number
    between them: look for another method of the generator.""")
def whole_numbers(n, dim, seed=None):
    return np.random.default_rng(seed).integers(0, 2, size=(n, dim))

@exercise.mistake("""A single number comes back, as when `n` and `dim` are taken for the ends of the
    interval: NumPy's `uniform` begins with these. Say by its name which argument the shape is.""")
def shape_taken_for_the_ends(n, dim, seed=None):
    return np.random.default_rng(seed).uniform(n, dim)

@exercise.mistake("""Numbers near the middle are too frequent, as they are in a mean of several
    uniform ones, or where Gaussian samples are pressed between 0 and 1. Uniform means all
    alike.""")
def sigmoid_of_gaussian(n, dim, seed=None):
    return 1 / (1 + np.exp(-gaussian(n, dim, seed)))

@exercise.mistake("""The seed 0 is not used, as when `if seed` asks whether there is one: 0
    counts as false. It is a seed as any other.""")
def seed_zero_ignored(n, dim, seed=None):
    rng = np.random.default_rng(seed) if seed else np.random.default_rng()
    return rng.random((n, dim))

@exercise.mistake("""Two of your columns depend on one another: one is made from the other,
    or shares its numbers. The dimensions of a sample are independent.""")
def columns_depend(n, dim, seed=None):
    first = sample_prior(n, 1, seed)
    return (first + 0.2113 * np.arange(dim)) % 1.0

# So many numbers that every bound below is more than six standard errors wide.
N, DIM = 12_000, 5

def shape(call):
    sample = as_array(call(N, DIM, seed=3))
    seen = list(sample.shape)
    if seen != [N, DIM]:
        words = f"""For n = {N}, dim = {DIM} your function returned the shape {seen}; expected
            {[N, DIM]}."""
        return Fault(f"shape {seen}", words)
    if sample.dtype.kind != "f":
        return Fault("no floats", f"Your samples are {sample.dtype}; expected floats.")

def without_a_seed(call):
    first, second = as_array(call(40, 3)), as_array(call(40, 3))
    if first.shape != (40, 3):
        return Fault("shape without seed", "Without a seed the shape is another.")
    if np.array_equal(first, second):
        words = "Two calls without a seed gave the same sample; expected a new one at every call."
        return Fault("always the same", words)

def seeds(call):
    drawn = [as_array(call(40, 3, seed=seed)) for seed in (3, 3, 4, 0, 0)]
    if not np.array_equal(drawn[0], drawn[1], equal_nan=True):
        words = """The same seed gave two different samples; expected the same numbers at every
            call with `seed=3`."""
        return Fault("seed ignored", words, has_op_seed(call))
    if np.array_equal(drawn[0], drawn[2]):
        return Fault("seeds alike", "The seeds 3 and 4 gave the same sample; expected others.")
    if not np.array_equal(drawn[3], drawn[4], equal_nan=True):
        words = """Two calls with `seed=0` gave different samples; expected the same, as with every
            other seed."""
        return Fault("seed 0 ignored", words)
    if len({as_array(call(1, 2, seed=seed)).tobytes() for seed in range(20)}) < 15:
        return Fault("few seeds", "Of the seeds 0 to 19 many give the same numbers.")

def has_op_seed(call):
    """Whether an operation in the function's graph has got the seed for its own."""
    seed = 271828
    drawing = tf.function(lambda: call.function(4, 3, seed=seed))
    with contextlib.suppress(LearnerError):
        graph = call.run(lambda: drawing.get_concrete_function().graph, [], {})
        nodes = graph.as_graph_def().node
        return any(seed in (node.attr["seed"].i, node.attr["seed2"].i) for node in nodes)
    return False

def distribution(call):
    """Against U[0, 1): its range, its distribution function, and numbers that come again."""
    sample = as_array(call(N, DIM, seed=3))
    ordered = np.sort(sample, axis=None)
    low, high = ordered[0], ordered[-1]
    outside = ["below 0"] * bool(low < 0) + ["above 1"] * bool(high > 1)
    if outside or not np.isfinite(ordered).all():
        where = " and ".join(outside) or "not finite"
        words = f"Some of your samples are {where}; expected all in [0, 1)."
        tails = np.mean(((ordered - ordered.mean()) / ordered.std()) ** 4)  # 1.8, or a Gaussian's 3
        return Fault(where, words, "bell" if tails > 2.5 else f"{low:.1f} to {high:.1f}")
    if not np.ptp(sample, axis=0).any():
        return Fault("rows alike", "The rows of your sample are all the same; expected others.")
    if not np.ptp(sample, axis=1).any():
        return Fault("rows of one", "In each row of your sample all numbers are the same.")
    columns = np.sort(sample, axis=0)
    if np.array_equal(columns[:, 0], columns[:, -1]):
        words = "The first and the last column of your sample hold the same numbers."
        return Fault("columns depend", words)
    different = np.unique(ordered)
    if different.size < 0.99 * ordered.size:  # float32 has some numbers twice
        words = f"""There are only {different.size} different numbers in your sample of
            {ordered.size}; expected hardly any twice."""
        return Fault("few numbers", words, str(different[:3].round(3)))
    if np.ptp(np.diff(ordered)) < 1e-9:
        return Fault("grid", "Sorted, your numbers are all at the same distance from the next.")
    right = (np.arange(ordered.size) + 0.5) / ordered.size
    at = np.abs(ordered - right).argmax()
    if abs(ordered[at] - right[at]) > 0.012:
        words = f"""Your samples are not uniform: {100 * right[at]:.1f} % of them are below
            {ordered[at]:.3f}; expected {100 * ordered[at]:.1f} %."""
        middle = np.mean((ordered > 0.25) & (ordered < 0.75)) > 0.52
        centred = abs(ordered.mean() - 0.5) < 0.02
        return Fault("not uniform", words, (bool(middle), bool(centred)))
    if low > 0.001 or high < 0.999:
        words = f"""Your {ordered.size} numbers lie between {low:.3f} and {high:.3f}; expected some
            nearer to 0 and to 1."""
        return Fault("not uniform", words, "narrow")

def independence(call):
    sample = as_array(call(N, DIM, seed=3))
    for a, b in itertools.combinations(range(DIM), 2):
        if dependent(sample[:, a], sample[:, b]):
            words = f"""The columns {a} and {b} of your sample depend on one another; expected
                independent ones."""
            return Fault("columns depend", words)
    if any(dependent(column[1:], column[:-1]) for column in sample.T):
        words = """Each row of your sample can be told from the one before; expected independent
            rows."""
        return Fault("rows follow", words)

def dependent(a, b):
    """Whether two columns of uniform numbers are not: chi-squared on 8 x 8 fields, about 63 if they
    are independent."""
    fields = np.minimum((8 * a).astype(int), 7) * 8 + np.minimum((8 * b).astype(int), 7)
    expected = len(a) / 64
    return np.sum((np.bincount(fields, minlength=64) - expected) ** 2) / expected > 150

def global_seeds(call):
    """Whose global generator was seeded, if one was."""
    if call.side_effect:
        fault = side_effect_fault(call.side_effect, exercise.parameters)
        fault.evidence = call.side_effect
        return fault

exercise.property("a sample")(
    shared_numbers.first_of(
        shape, distribution, independence, seeds, without_a_seed, global_seeds
    )
)
