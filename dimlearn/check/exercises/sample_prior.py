"""Samples of the uniform prior."""

import numpy as np

from dimlearn.check import shared
from dimlearn.check.answers import as_array
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault, side_effect_fault
from dimlearn.startup import tf

exercise = Exercise(
    meaning="""`[n, dim]` independent numbers, uniform between 0 and 1; the same for the same seed,
    others for another, new ones at every call without a seed.""",
    hints="""A global seed (`np.random.seed`) would change the numbers of everything that runs
    afterwards. How do you get a generator that belongs to this call alone?

    `np.random.default_rng(seed)` is one. What does it do for `seed=None`? Exactly what is asked.

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
    shared.seed_ignored,
    seed_ignored="""The seed does not fix the sample: the same seed gives another one at every
    call. Either it is not used, or it is the seed of an op: `tf.random.uniform(..., seed=7)` called
    twice gives two samples. Use `np.random.default_rng(seed)`, or
    `tf.random.stateless_uniform`.""",
)

@exercise.mistake("""Your function seeds NumPy's global generator: everything that draws
    afterwards gets other numbers. Make a generator of its own: `np.random.default_rng(seed)`.""")
def global_numpy_seed(n, dim, seed=None):
    if seed is not None:
        np.random.seed(seed)
    return np.random.rand(n, dim)

@exercise.mistake("""Your function seeds TensorFlow's global generator: everything that draws
    afterwards gets other numbers. Use `tf.random.Generator.from_seed(seed)`, or NumPy's
    `default_rng`.""")
def global_tensorflow_seed(n, dim, seed=None):
    if seed is not None:
        tf.random.set_seed(seed)
    return tf.random.uniform([n, dim])

@exercise.mistake("""Without a seed your function gives the same sample at every call: a default
    seed is hidden in it. Then every batch would be compared with the same samples.
    `default_rng(None)` starts anew each time.""")
def always_the_same(n, dim, seed=None):
    return np.random.default_rng(seed or 0).random((n, dim))

@exercise.mistake("""Your samples are Gaussian: some are below 0 or above 1. The prior of these
    lessons is uniform on [0, 1).""")
def gaussian(n, dim, seed=None):
    return np.random.default_rng(seed).normal(size=(n, dim))

@exercise.mistake("""Your samples lie between -1 and 1. The codes are squashed by a sigmoid, so
    the prior is uniform between 0 and 1.""")
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

@exercise.mistake("""Your samples are a regular grid, not random: neighbours are at equal
    distances.""")
def grid(n, dim, seed=None):
    shift = np.random.default_rng(seed).random()
    return (shift + np.arange(n * dim).reshape(n, dim) / (n * dim)) % 1.0

@exercise.mistake("""Your samples are whole numbers, 0 or 1. Uniform means any number between.""")
def coin_tosses(n, dim, seed=None):
    return np.round(sample_prior(n, dim, seed))

@exercise.mistake("""A sigmoid of Gaussian samples, or a mean of several uniform ones, is not
    uniform: values near the middle are too frequent.""")
def sigmoid_of_gaussian(n, dim, seed=None):
    return 1 / (1 + np.exp(-gaussian(n, dim, seed)))

@exercise.mistake("""The seed 0 is not used: `if seed` is false for it. It is a seed as any other;
    ask `if seed is not None`.""")
def seed_zero_ignored(n, dim, seed=None):
    rng = np.random.default_rng(seed) if seed else np.random.default_rng()
    return rng.random((n, dim))

# So many numbers that every bound below is more than six standard errors wide.
N, DIM = 12_000, 5

@exercise.property("the shape")
def shape(call):
    sample = as_array(call(N, DIM, seed=3))
    seen = list(sample.shape)
    if seen != [N, DIM]:
        words = f"""For n = {N}, dim = {DIM} your function returned the shape {seen}; expected
            {[N, DIM]}."""
        return Fault(f"shape {seen}", words)
    if sample.dtype.kind != "f":
        return f"Your samples are {sample.dtype}; expected floats."
    if call.side_effect:
        return side_effect_fault(call.side_effect, exercise.parameters)

@exercise.property("the seed")
def seeds(call):
    drawn = [as_array(call(40, 3, seed=seed)) for seed in (3, 3, 4, 0, 0)]
    if not np.array_equal(drawn[0], drawn[1], equal_nan=True):
        words = """The same seed gave two different samples; expected the same numbers at every
            call with `seed=3`."""
        return Fault("seed ignored", words)
    if np.array_equal(drawn[0], drawn[2]):
        return Fault("seeds alike", "Two different seeds gave the same sample.")
    if not np.array_equal(drawn[3], drawn[4], equal_nan=True):
        words = """Two calls with `seed=0` gave different samples; expected the same, as with every
            other seed."""
        return Fault("seed 0 ignored", words)

@exercise.property("no seed")
def without_a_seed(call):
    first, second = as_array(call(40, 3)), as_array(call(40, 3))
    if first.shape != (40, 3):
        return Fault("shape without seed", "Without a seed the shape is another.")
    if call.side_effect:
        return side_effect_fault(call.side_effect, exercise.parameters)
    if np.array_equal(first, second):
        return "Two calls without a seed gave the same sample; expected a new one at every call."

@exercise.property("the uniform distribution")
def uniform(call):
    """Against the distribution function of U[0, 1), its mean and its spread."""
    ordered = np.sort(as_array(call(N, DIM, seed=3)), axis=None)
    outside = ["below 0"] * bool(ordered[0] < 0) + ["above 1"] * bool(ordered[-1] > 1)
    if outside or not np.isfinite(ordered).all():
        where = " and ".join(outside) or "not finite"
        return Fault(where, f"Some of your samples are {where}; expected all in [0, 1).")
    gap = np.abs(ordered - (np.arange(ordered.size) + 0.5) / ordered.size).max()
    if gap > 0.015 or np.unique(ordered).size < ordered.size // 2:
        mean, deviation = ordered.mean(), ordered.std()
        words = f"""Your samples are not uniform: some values between 0 and 1 come more often than
            others (mean {mean:.2f}, deviation {deviation:.2f}; expected 0.50 and 0.29)."""
        return Fault("about 1/2" if abs(mean - 0.5) < 0.02 else "off centre", words)

@exercise.property("independent rows and dimensions")
def independent(call):
    sample = as_array(call(N, DIM, seed=3))
    if sample.shape != (N, DIM):
        return None  # that is what `shape` says
    if sample.std(axis=0).min() < 0.05:
        return Fault("rows alike", "The rows of your sample are alike; expected independent rows.")
    between_columns = np.corrcoef(sample, rowvar=False) - np.eye(DIM)
    if not np.abs(between_columns).max() < 0.06:
        words = """The dimensions of your samples depend on one another; expected independent
            ones."""
        return Fault("columns alike", words)
    between_rows = np.corrcoef(sample[1:].ravel(), sample[:-1].ravel())[0, 1]
    if not np.abs(between_rows) < 0.03:
        words = """Each row of your sample can be told from the one before; expected independent
            rows."""
        return Fault("rows follow", words)

@exercise.property("many seeds")
def many_seeds(call):
    """Seeds that only shift one sample are caught here."""
    if len({as_array(call(1, 2, seed=seed)).tobytes() for seed in range(20)}) < 15:
        return "Many different seeds give the same numbers."
