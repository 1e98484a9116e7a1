"""Samples of the uniform prior."""

import numpy as np

from dimlearn.check.answers import as_array
from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault, side_effect_fault
from dimlearn.deep_infomax import objectives
from dimlearn.startup import tf

exercise = Exercise(
    meaning="""`[n, dim]` independent numbers, uniform between 0 and 1; the same for the same seed,
    others for another, new ones at every call without a seed.""",
    reference=objectives.sample_prior,
    hints="""A global seed (`np.random.seed`) would change the numbers of everything that runs
    afterwards. How do you get a generator that belongs to this call alone?

    `np.random.default_rng(seed)` is one. What does it do for `seed=None`? Exactly what is asked.

    `return np.random.default_rng(seed).random((n, dim))`.""",
)


@exercise.solution("""
    A generator of its own is made from the seed at every call: the same seed gives the same
    numbers, whatever ran before, and nothing else in the notebook is affected. Without a seed
    NumPy starts the generator from the operating system's randomness, so that each call gives a
    new sample.
""")
def sample_prior(n, dim, seed=None):
    """Independent samples of U[0, 1): [n, dim]."""
    return np.random.default_rng(seed).random((n, dim))


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


@exercise.mistake("""The seed does not fix the sample: the same seed gives another one at every
    call. Either it is not used, or it is the seed of an op: `tf.random.uniform(..., seed=7)`
    called twice gives two samples. Use `np.random.default_rng(seed)`, or
    `tf.random.stateless_uniform`.""")
def seed_ignored(n, dim, seed=None):
    return np.random.default_rng().random((n, dim))


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
    return np.tile(np.random.default_rng(seed).random((1, dim)), (n, 1))


@exercise.mistake("""All numbers of a row are the same: the dimensions of a sample are
    independent too.""")
def one_number_a_row(n, dim, seed=None):
    return np.tile(np.random.default_rng(seed).random((n, 1)), (1, dim))


@exercise.mistake("""Your samples are a regular grid, not random: neighbours are at equal
    distances.""")
def grid(n, dim, seed=None):
    shift = np.random.default_rng(seed).random()
    return (shift + np.arange(n * dim).reshape(n, dim) / (n * dim)) % 1.0


@exercise.mistake("""Your samples are whole numbers, 0 or 1. Uniform means any number between.""")
def coin_tosses(n, dim, seed=None):
    return np.random.default_rng(seed).integers(0, 2, size=(n, dim)).astype(float)


@exercise.mistake("""A sigmoid of Gaussian samples, or a mean of several uniform ones, is not
    uniform: values near the middle are too frequent.""")
def sigmoid_of_gaussian(n, dim, seed=None):
    return 1 / (1 + np.exp(-np.random.default_rng(seed).normal(size=(n, dim))))


@exercise.mistake("""The seed 0 is not used: `if seed` is false for it. It is a seed as any other;
    ask `if seed is not None`.""")
def seed_zero_ignored(n, dim, seed=None):
    rng = np.random.default_rng(seed) if seed else np.random.default_rng()
    return rng.random((n, dim))


@exercise.property("shape, seeds and distribution")
def all_promises(call):
    """Large samples of fixed seeds, and without one: what is wrong first, and all that is wrong."""
    facts = []
    sample = look(call, facts, 12_000, 5, seed=3)
    if isinstance(sample, Fault):
        return sample
    again, other = call(12_000, 5, seed=3), call(12_000, 5, seed=4)
    first, second = call(4, 3), call(4, 3)
    if call.side_effect:
        facts.append((call.side_effect, side_effect_fault(call.side_effect, []).text))
    again, other = as_array(again), as_array(other)
    if again.shape != sample.shape or not np.array_equal(again, sample):
        facts.append(("seed ignored", "The same seed gave two different samples; expected the same "
                      "numbers at every call with `seed=3`."))  # fmt: skip
    elif np.array_equal(other, sample):
        facts.append(("seeds alike", "Two different seeds gave the same sample."))
    elif not np.array_equal(as_array(call(4, 3, seed=0)), as_array(call(4, 3, seed=0))):
        facts.append(("seed 0 ignored", "Two calls with `seed=0` gave different samples; expected "
                      "the same, as with every other seed."))  # fmt: skip
    if as_array(first).shape != (4, 3):
        facts.append(("shape without seed", "Without a seed the shape is another."))
    elif np.array_equal(as_array(first), as_array(second)):
        facts.append(("fixed", "Two calls without a seed gave the same sample; expected a new one "
                      "at every call."))  # fmt: skip
    facts += distribution(sample) + distribution_of_seeds(call)
    if not facts:
        return None
    return Fault("promise", facts[0][1], tuple(str(name) for name, _ in facts))


def look(call, facts, n, dim, seed):
    result = call(n, dim, seed=seed)
    if call.side_effect:
        facts.append((call.side_effect, side_effect_fault(call.side_effect, []).text))
    sample = as_array(result)
    if sample.shape != (n, dim):
        text = (
            f"For n = {n}, dim = {dim} your function returned the shape {list(sample.shape)}; "
            f"expected [{n}, {dim}]."
        )
        return Fault("promise", text, ("shape", str(sample.shape)))
    if sample.dtype.kind != "f":
        return Fault("promise", f"Your samples are {sample.dtype}; expected floats.", "type")
    return sample


def distribution(sample):
    """More than six standard errors of 60,000 numbers: no right answer comes near."""
    if sample.min() < 0 or sample.max() > 1 or not np.isfinite(sample).all():
        words = ["below 0"] * bool(sample.min() < 0) + ["above 1"] * bool(sample.max() > 1)
        where = " and ".join(words) or "not finite"
        text = f"Some of your samples are {where}; expected all in [0, 1)."
        return [(f"outside {where}", text)]
    found = []
    # Against the mean and spread of U[0, 1), and against the distribution function itself.
    ordered = np.sort(sample, axis=None)
    gap = np.abs(ordered - (np.arange(ordered.size) + 0.5) / ordered.size).max()
    if gap > 0.015 or np.unique(ordered).size < ordered.size // 2:
        centred = "about 1/2" if abs(ordered.mean() - 0.5) < 0.02 else "off centre"
        text = (
            "Your samples are not uniform: some values between 0 and 1 come more often than others "
            f"(mean {ordered.mean():.2f}, deviation {ordered.std():.2f}; expected 0.50 and 0.29)."
        )
        found.append((f"not uniform, {centred}", text))
    columns = np.abs(np.corrcoef(sample, rowvar=False) - np.eye(sample.shape[1])).max()
    shifted = np.abs(np.corrcoef(sample[1:].ravel(), sample[:-1].ravel())[0, 1])
    if sample.std(axis=0).min() < 0.05:
        found.append(
            ("rows alike", "The rows of your sample are alike; expected independent rows.")
        )
    elif not columns < 0.06:
        found.append(("columns alike", "The dimensions of your samples depend on one another; "
                      "expected independent ones."))  # fmt: skip
    elif not shifted < 0.03:
        found.append(("rows follow", "Each row of your sample can be told from the one before; "
                      "expected independent rows."))  # fmt: skip
    return found


def distribution_of_seeds(call):
    """The first number of twenty seeds: seeds that only shift a sample are caught here."""
    firsts = [as_array(call(1, 2, seed=seed)).ravel()[:1] for seed in range(20)]
    distinct = len({float(first[0]) for first in firsts if first.size})
    if distinct < 15:
        return [("few seeds", "Many different seeds give the same numbers.")]
    return []
