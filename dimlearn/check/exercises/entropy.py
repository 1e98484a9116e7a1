"""Shannon entropy of a probability table."""

import numpy as np

from dimlearn.check import shared_numbers
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import probabilities
from dimlearn.information import exact

exercise = Exercise(
    meaning="""The Shannon entropy of a probability table of any shape, over all its entries
    together: one number, in nats. An entry of 0 adds nothing.""",
    reference=exact.entropy,
    cases=lambda: [
        (np.array([0.5, 0.3, 0.2]),),
        (probabilities(2, 3),),
        (probabilities(7),),
        (probabilities(2, 3, 5),),
        (np.full(4, 0.25),),
    ],
    extremes=lambda: [
        (np.array([0.75, 0.0, 0.25]),),
        (np.array([0.0, 1.0]),),
        (probabilities(6, 9, zeros=20),),
        (probabilities(2, 3, 4, zeros=7),),
        (np.array([[0.5, 0.0, 0.2], [0.0, 0.3, 0.0]]),),
        (np.append(np.full(999, 1e-9), 1 - 999e-9),),
    ],
    hints="""How surprising is an outcome of probability p? Its surprise is -log p. The entropy is
    the mean surprise: weigh each surprise with the probability that it happens.

    `np.log(p)` takes the log of every entry at once, and so do `*` and `-`. What turns an array of
    weighed surprises into their mean, when the weights already sum to 1?

    Keep only the entries with `p > 0`: `p = p[p > 0]`, then `-np.sum(p * np.log(p))`.""",
)

@exercise.solution("""Leaving out the entries that are 0 does two things at once: it makes the array
    flat, so that a table of any shape is summed over all its entries, and it puts `0 log 0 = 0`,
    where NumPy alone would compute 0 times minus infinity, which is NaN.""")
def entropy(p):
    """Shannon entropy of a probability table of any shape, in nats: a number."""
    p = p[p > 0]
    return -np.sum(p * np.log(p))

exercise.share(shared_numbers.bits_by_log2, shared_numbers.mean_for_sum)

@exercise.mistake("""The sign is missing: the log of a probability is negative, a surprise
    is not, and entropy never is.""")
def sign_forgotten(p):
    return -entropy(p)

@exercise.mistake("""Your function sums over the first axis only, as Python's own `sum`
    does. A table of any shape holds one distribution, so the sum goes over all its entries.""")
def one_axis_only(p):
    return -np.sum(p * np.log(np.where(p > 0, p, 1.0)), axis=0)

@exercise.mistake("""An entry of 0 makes your result NaN: NumPy computes 0 times minus
    infinity. Such an entry adds nothing: take care of it before the logarithm.""")
def zero_gives_nan(p):
    return -np.sum(p * np.log(p))

@exercise.mistake("""Your function adds the surprises without weighing them. Each counts
    with the probability that it happens.""")
def unweighted(p):
    return -np.sum(np.log(p[p > 0]))

@exercise.mistake("""Your function takes the plain mean of the surprises, as if all outcomes
    were equally frequent. The mean over what happens is weighed with how often it happens.""")
def unweighted_mean(p):
    return -np.mean(np.log(p[p > 0]))

@exercise.mistake("""Your function takes the logarithm of a sum. The logarithm belongs to
    every entry by itself, before anything is added.""")
def log_of_sum(p):
    return -np.log(np.sum(p * p))

@exercise.mistake("""Your function divides by the log of the number of entries. That is the
    normalised entropy between 0 and 1; asked for is the entropy itself, in nats.""")
def normalised(p):
    return entropy(p) / np.log(p.size)

@exercise.mistake("""Your function shifts the probabilities by a small number to keep the
    log finite, and the shift is large enough to show. Leave out the entries that are 0 instead.""")
def shifted_log(p):
    return -np.sum(p * np.log(p + 1e-3))

@exercise.mistake("""Your function adds the terms of both outcomes of every entry, that it happens
    and that it does not. A table is one variable with many outcomes.""")
def binary_entropy(p):
    return entropy(p) + entropy(1 - p)

@exercise.mistake("""Your function sums over the last axis only. A table of any shape holds
    one distribution, so the sum goes over all its entries.""")
def last_axis_only(p):
    return -np.sum(p * np.log(np.where(p > 0, p, 1.0)), axis=-1)

@exercise.mistake("""Your function sums over the first axis only, as Python's own `sum`
    does, and in bits. One distribution has one entropy, over all its entries, and here in nats.""")
def bits_along_one_axis(p):
    return one_axis_only(p) / np.log(2)

@exercise.mistake("""Two things: the sign is missing, for entropy is never negative, and
    your function measures in bits. Everything here is in nats, with the natural logarithm.""")
def bits_and_sign(p):
    return -entropy(p) / np.log(2)

@exercise.mistake("""In a table of two axes your function leaves out every row in which
    there is a 0. Only the entry that is 0 adds nothing; the others of its row count.""")
def rows_with_zeros_skipped(p):
    return entropy(p[(p > 0).all(axis=1)] if p.ndim == 2 else p)

@exercise.mistake("""Your function gives the exponential of the entropy: how many even
    outcomes would be as uncertain. Asked is the entropy itself.""")
def perplexity(p):
    return np.exp(entropy(p))

exercise.promise("A certain event has the entropy 0", np.array([0.0, 1.0, 0.0]))
exercise.promise("Four even outcomes have the entropy log 4 = 1.3863", np.full(4, 0.25))
exercise.promise("The entropy of an even 2x3 table is log 6 = 1.7918", np.full((2, 3), 1 / 6))
