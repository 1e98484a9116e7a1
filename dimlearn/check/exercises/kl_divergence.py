"""Kullback-Leibler divergence of two probability tables."""

import numpy as np

from dimlearn.check import shared, shared_numbers
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import probabilities
from dimlearn.information import exact

exercise = Exercise(
    meaning="""The Kullback-Leibler divergence KL(p || q) of two probability tables of the same
    shape, any one, over all their entries together: one number, in nats. An entry with p = 0 adds
    nothing; where q = 0 < p the divergence is infinite.""",
    reference=exact.kl_divergence,
    cases=lambda: [
        (np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.6, 0.3])),
        (probabilities(2, 3), probabilities(2, 3, seed=1)),
        (probabilities(7), probabilities(7, seed=1)),
        (probabilities(2, 3, 5), probabilities(2, 3, 5, seed=1)),
    ],
    extremes=lambda: [
        (np.array([0.75, 0.0, 0.25]), np.array([0.2, 0.5, 0.3])),
        (np.array([0.4, 0.6]), np.array([1.0, 0.0])),
        (np.array([0.7, 0.0, 0.3]), np.array([0.4, 0.0, 0.6])),
        (np.array([0.7, 0.0, 0.3]), np.array([0.7, 0.0, 0.3])),
        (probabilities(40, zeros=9), probabilities(40, seed=1)),
        (np.array([[0.5, 0.0], [0.2, 0.3]]), np.array([[0.1, 0.2], [0.3, 0.4]])),
        (probabilities(2, 3, 4, zeros=7), probabilities(2, 3, 4, seed=1)),
        (np.array([[0.5, 0.0], [0.2, 0.3]]), np.array([[0.1, 0.2], [0.7, 0.0]])),
    ],
    hints="""How much more surprised are you on average when you believe q and the truth is p? The
    surprise under q is -log q, the one you should have is -log p.

    The mean is taken over what really happens: every term is weighed with p. Which entries need
    care, those with p = 0 or those with q = 0?

    With `p > 0` select from both tables: `q, p = q[p > 0], p[p > 0]`, then `np.sum(p * np.log(p /
    q))`. NumPy's division by 0 gives inf, which is then the right answer
    (`np.errstate(divide='ignore')` keeps it quiet).""",
)

@exercise.solution("""Only entries that can happen (p > 0) are averaged over. Where one of them was
    thought impossible, q = 0, the surprise is infinite, and so is the divergence: p / 0 is inf in
    NumPy, its log is inf, and the sum too. Where both are 0 nothing is added, because the entry has
    been left out before anything is divided.""")
def kl_divergence(p, q):
    """KL(p || q) of two probability tables of the same shape, in nats: a number."""
    q, p = q[p > 0], p[p > 0]
    with np.errstate(divide="ignore"):
        return np.sum(p * np.log(p / q))

exercise.share(
    shared_numbers.bits_by_log2,
    shared_numbers.mean_for_sum,
    shared.sign_flipped,
    sign_flipped="""The sign is wrong: your function gives minus the divergence. KL is never
    negative. Which of the two tables stands above in the fraction?""",
)

@exercise.mistake("""Your function computes KL(q || p): the roles are exchanged. The average
    is over the first argument, p, which is the truth.""")
def arguments_exchanged(p, q):
    return kl_divergence(q, p)

@exercise.mistake("""Your function gives the whole mean surprise of somebody who believes q. Asked
    is only how much more that is than the surprise of somebody who knows the truth, p.""")
def cross_entropy(p, q):
    return -np.sum(p[p > 0] * np.log(q[p > 0]))

@exercise.mistake("""An entry with p = 0 makes your result NaN. Such an outcome never
    happens and adds nothing: leave it out before taking logs.""")
def zero_gives_nan(p, q):
    return np.sum(p * (np.log(p) - np.log(q)))

@exercise.mistake("""Where q = 0 and p > 0 your function leaves the entry out. An outcome that
    happens although it was thought impossible is an infinite surprise: the divergence is inf.""")
def impossible_left_out(p, q):
    return kl_divergence(p[q > 0], q[q > 0])

@exercise.mistake("""Each of the two surprises leaves out the zeros of its own table. An outcome
    that happens although q = 0 is an infinite surprise to the believer, and KL is inf.""")
def each_without_its_own_zeros(p, q):
    return np.sum(p[p > 0] * np.log(p[p > 0])) - np.sum(p[q > 0] * np.log(q[q > 0]))

@exercise.mistake("""A small number added to q (or a clip) keeps your result finite where it
    should be infinite: an outcome that happens although q = 0 makes the divergence inf.""")
def q_kept_from_zero(p, q):
    return kl_divergence(p, q + 1e-12)

@exercise.mistake("""Something like 1e-10 is added to q, or q is kept above it. Where q = 0
    < p an outcome happens that was thought impossible, and the divergence is infinite.""")
def ten_billionth_added(p, q):
    return kl_divergence(p, q + 1e-10)

@exercise.mistake("""Something like 1e-8 is added to q, or q is kept above it. Where q = 0 <
    p an outcome happens that was thought impossible, and the divergence is infinite.""")
def hundred_millionth_added(p, q):
    return kl_divergence(p, q + 1e-8)

@exercise.mistake("""Your function is symmetric in p and q: it adds up both directions. KL(p ||
    q) has one direction only, the average over p.""")
def symmetrised(p, q):
    return np.sum(p * np.log(p / q)) + np.sum(q * np.log(q / p))

@exercise.mistake("""The terms are not weighed with p: your function sums the logarithms
    alone. Each counts as often as it happens.""")
def unweighted(p, q):
    return np.sum(np.log(p[p > 0] / q[p > 0]))

@exercise.mistake("""Your function sums along the last axis. The tables hold one
    distribution each, so the sum goes over all entries.""")
def one_axis_only(p, q):
    return np.sum(np.where(p > 0, p * np.log(p / q), 0.0), axis=-1)

@exercise.mistake("""Your function sums along the first axis, as Python's own `sum` does.
    The tables hold one distribution each, so the sum goes over all entries.""")
def first_axis_only(p, q):
    return np.sum(np.where(p > 0, p * np.log(p / q), 0.0), axis=0)

@exercise.mistake("""Each term is weighed with q. What really happens is p: the average is
    over p.""")
def weighted_with_q(p, q):
    return -kl_divergence(q, p)

@exercise.mistake("""Your function takes the absolute value of every term. Where q is larger
    than p the term is negative and stays so; only their sum is never negative.""")
def absolute_terms(p, q):
    return np.sum(np.abs(np.where(p > 0, p * np.log(p / q), 0.0)))

@exercise.mistake("""Your function gives the difference of two entropies, each averaged over
    its own table. KL averages both surprises over p, the truth.""")
def difference_of_entropies(p, q):
    return np.sum(p * np.log(p)) - np.sum(q * np.log(q))

@exercise.mistake("""Your function gives the Jensen-Shannon divergence, which holds both
    tables against their mean. KL(p || q) holds p against q itself.""")
def jensen_shannon(p, q):
    middle = (p + q) / 2
    return (kl_divergence(p, middle) + kl_divergence(q, middle)) / 2

@exercise.mistake("""In tables of two axes your function leaves out every row in which p has
    a 0. Only the entry with p = 0 adds nothing; the others of its row count.""")
def rows_with_zeros_skipped(p, q):
    inside = (p > 0).all(axis=1) if p.ndim == 2 else p > 0
    return kl_divergence(p[inside], q[inside])

exercise.promise(
    "KL(p || p) is 0, for a true belief is never more surprised than it has to be",
    *[probabilities(5)] * 2,
)
