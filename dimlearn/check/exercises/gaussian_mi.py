"""Mutual information of correlated Gaussians, in closed form."""

import numpy as np

from dimlearn.check import shared, shared_numbers
from dimlearn.check.exercise import Exercise
from dimlearn.information import exact

exercise = Exercise(
    meaning="""The mutual information of `dim` independent pairs of unit Gaussians, each pair with
    the correlation `rho`: one number, in nats.""",
    reference=exact.gaussian_mi,
    cases=lambda: [
        (0.5,),
        (0.9,),
        (-0.7,),
        (0.6, {"dim": 3}),
        (-0.3, {"dim": 20}),
        (0.95, {"dim": 7}),
    ],
    extremes=lambda: [(0.0,), (0.0, {"dim": 5}), (0.9999, {"dim": 2}), (0.1, {"dim": 200})],
    hints="""Independent pairs add up. So what does a single pair contribute?

    The entropy of a Gaussian is half the log of its variance, and a constant. What variance has y,
    and what is left of it once x is known?

    `return -dim / 2 * np.log(1 - rho**2)`, with `dim=1` in the first line of the function.""",
)

@exercise.solution("""Given x, the variable y is Gaussian with variance 1 - rho^2, where it had 1
    before: its entropy falls by half the log of that ratio. Pairs that have nothing to do with one
    another add up. The sign of the correlation does not matter, and near 1 the information grows
    without bound.""")
def gaussian_mi(rho, dim=1):
    """Mutual information of `dim` pairs of unit Gaussians with correlation `rho`, in nats."""
    return -dim / 2 * np.log(1 - rho**2)

exercise.share(
    shared_numbers.bits_by_log2,
    shared_numbers.half_forgotten,
    shared.sign_flipped,
    sign_flipped="""The sign is wrong: your function gives minus the information, which is never
    negative. The log of a number below 1 is.""",
)

@exercise.mistake("""The number of pairs is not used: your function gives the information of one
    pair whatever `dim` is. Independent pairs add up.""")
def dim_ignored(rho, dim=1):
    return -0.5 * np.log(1 - rho**2)

@exercise.mistake("""The correlation is not squared, so that a negative one gives another
    value. Only its size counts.""")
def not_squared(rho, dim=1):
    return -dim / 2 * np.log(1 - rho)

@exercise.mistake("""Your function adds inside the logarithm. Knowing x takes variance away
    from y: look at how much of it is left.""")
def plus_for_minus(rho, dim=1):
    return dim / 2 * np.log(1 + rho**2)

@exercise.mistake("""There is a square root too many: the factor in front of a logarithm
    and a root inside it say the same thing. Only one of them belongs here.""")
def root_and_half(rho, dim=1):
    return -dim / 2 * np.log(np.sqrt(1 - rho**2))

@exercise.mistake("""`dim` divides inside the logarithm. Independent pairs add up: how does
    the information of several follow from that of one?""")
def dim_inside(rho, dim=1):
    return -0.5 * np.log(1 - rho**2 / dim)

@exercise.mistake("""The dimensions are counted twice. There are `dim` pairs, each of one x
    and one y.""")
def dim_squared(rho, dim=1):
    return -(dim**2) / 2 * np.log(1 - rho**2)

@exercise.mistake("""`//` divides whole numbers and rounds down, which shows for an odd
    `dim`. Which division keeps the fraction?""")
def integer_division(rho, dim=1):
    return -dim // 2 * np.log(1 - rho**2)

@exercise.mistake("""Your function squares the whole difference inside the logarithm. Only
    the correlation is squared.""")
def difference_squared(rho, dim=1):
    return -dim / 2 * np.log((1 - rho) ** 2)

@exercise.mistake("""Your function divides by the number of pairs. Independent pairs add up.""")
def divided_by_dim(rho, dim=1):
    return gaussian_mi(rho) / dim

@exercise.mistake("""The logarithm itself is raised to the power `dim`, for `**` binds to
    the whole call before it. Independent pairs add up.""")
def power_of_the_log(rho, dim=1):
    return -0.5 * np.log(1 - rho**2) ** dim

@exercise.mistake("""`dim` is in the exponent of the correlation. Independent pairs add up:
    how does the information of several follow from that of one?""")
def dim_in_the_exponent(rho, dim=1):
    return -0.5 * np.log(1 - rho ** (2 * dim))

@exercise.mistake("""The logarithm is missing: information is measured by the log of how
    much the variance shrinks.""")
def log_forgotten(rho, dim=1):
    return -dim / 2 * (1 - rho**2)

@exercise.mistake("""Your function takes the size of the correlation where its square
    belongs.""")
def absolute_value(rho, dim=1):
    return -dim / 2 * np.log(1 - abs(rho))

@exercise.mistake("""The logarithm is of the part of the variance that x explains. What
    counts is the part that is left.""")
def rest_forgotten(rho, dim=1):
    return -dim / 2 * np.log(rho**2)

exercise.promise("Without correlation, rho = 0, there is no information: 0", 0.0)
exercise.promise("rho = 0.37 and rho = -0.37 tell the same", 0.37, same_as=(-0.37,))
