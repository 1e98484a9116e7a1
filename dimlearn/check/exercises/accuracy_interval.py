"""The Wilson score interval of an accuracy."""

import math

import numpy as np

from dimlearn.check.exercise import Exercise
from dimlearn.evaluation import intervals

Z = 1.959963984540054

exercise = Exercise(
    meaning="""The ends `(low, high)` of the 95 % Wilson score interval of the accuracy `correct /
    total`, fractions between 0 and 1. It has a width also when every answer is right.""",
    reference=intervals.accuracy_interval,
    cases=lambda: [(8, 10), (45, 50), (97, 130), (3, 7), (9500, 10000)],
    extremes=lambda: [(0, 10), (10, 10), (1, 1), (1, 1000)],
    returns=("low", "high"),
    hints="""The usual `p +- 1.96 sqrt(p (1-p) / n)` has the width 0 when everything was right: 10
    of 10 would be certain. Wilson asks which true accuracies could have given this count.

    They are the two solutions of a quadratic equation: `center - half` and `center + half`, whose
    product is `center**2 - half**2`. In `a p**2 + b p + c = 0` the product is `c / a`. What is `a`
    here?

    Worked out to the end, Wilson's interval pulls the center towards 1/2, and the root gets a
    second term, so that the width is never 0. Center and half-width are both divided by
    `1 + z^2 / n`. z is 1.96 for 95 %.

    `center = (p + z**2 / (2 * n)) / (1 + z**2 / n)`, `half = z / (1 + z**2 / n) * math.sqrt(p * (1
    - p) / n + z**2 / (4 * n**2))`.""",
)

@exercise.solution("""It holds all accuracies p0 for which the observed p lies within 1.96 standard
    errors, with the standard error taken at p0. Solving that quadratic gives the formula. It never
    leaves [0, 1], and 10 right answers of 10 leave a lower end of 0.72, not 1.""")
def accuracy_interval(correct, total):
    """(low, high) of the 95 % Wilson score interval of an accuracy."""
    z, n = 1.959963984540054, total
    p = correct / n
    center = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return center - half, center + half

def normal(p, n):
    """The interval of a normal distribution around p, with n cases."""
    half = Z * math.sqrt(p * (1 - p) / n)
    return p - half, p + half

def wilson(correct, total, z=Z, move=1, below=1, term=1, half_below=1, root=math.sqrt):
    """The interval with its parts weighed: what moves the center, what center and half-width are
    divided by, the second term under the root. With a 1 everywhere it is right."""
    p, w = correct / total, z**2 / total
    center = (p + move * w / 2) / (1 + below * w)
    half = z / (1 + half_below * w) * root(p * (1 - p) / total + term * w / (4 * total))
    return center - half, center + half

@exercise.mistake("""This is the usual interval of a normal distribution around the
    accuracy. It has the width 0 when everything was right, and leaves [0, 1]. Asked is
    Wilson's.""")
def normal_approximation(correct, total):
    return normal(correct / total, total)

@exercise.mistake("""This is the usual interval of a normal distribution, cut off at 0 and 1.
    For 10 right of 10 it still claims certainty. Asked is Wilson's.""")
def normal_approximation_clipped(correct, total):
    low, high = normal(correct / total, total)
    return max(0.0, low), min(1.0, high)

@exercise.mistake("""The interval is one of 90 %: your z leaves 5 % outside on each side.
    For 95 % it is 2.5 %.""")
def one_sided(correct, total):
    return wilson(correct, total, z=1.6448536269514722)

@exercise.mistake("""The interval is one of 99 %: your z is too large for 95 %.""")
def ninety_nine(correct, total):
    return wilson(correct, total, z=2.5758293035489004)

@exercise.mistake("""z is missing: your interval is one standard error wide on each side,
    about 68 %.""")
def one_standard_error(correct, total):
    return wilson(correct, total, z=1.0)

@exercise.mistake("""low and high are exchanged: return the lower end first.""")
def ends_exchanged(correct, total):
    return accuracy_interval(correct, total)[::-1]

@exercise.mistake("""Your interval is in percent. An accuracy is a fraction, between 0 and 1.""")
def in_percent(correct, total):
    low, high = accuracy_interval(correct, total)
    return 100 * low, 100 * high

@exercise.mistake("""Your function returns center and half-width. Asked are the two ends.""")
def center_and_half(correct, total):
    low, high = accuracy_interval(correct, total)
    return (low + high) / 2, (high - low) / 2

@exercise.mistake("""Your interval lies around the accuracy itself. Wilson's center is
    pulled from there towards 1/2.""")
def around_p(correct, total):
    p, (_, half) = correct / total, center_and_half(correct, total)
    return p - half, p + half

@exercise.mistake("""The product of the two solutions is taken for `(k / n)**2`. In the quadratic
    equation that is the last number; the product is what it becomes once everything has been
    divided by the factor of `p**2`. (Where most answers are right, the root of a negative number
    comes of it.)""")
def product_not_divided(correct, total):
    center, _ = center_and_half(correct, total)
    half = np.sqrt(center**2 - (correct / total) ** 2)
    return center - half, center + half

@exercise.mistake("""The center is Wilson's, but the half-width is that of a normal
    distribution around the accuracy, and 0 when everything was right.""")
def normal_around_the_center(correct, total):
    center, p = center_and_half(correct, total)[0], correct / total
    half = Z * math.sqrt(p * (1 - p) / total)
    return center - half, center + half

@exercise.mistake("""The half-width is too large: the center is divided by something, and so
    is the half-width.""")
def half_not_divided(correct, total):
    center, half = center_and_half(correct, total)
    half *= 1 + Z**2 / total
    return center - half, center + half

@exercise.mistake("""The second term under the root is missing: without it the width is 0
    when everything was right.""")
def root_cut_short(correct, total):
    p, w = correct / total, Z**2 / total
    center, half = (p + w / 2) / (1 + w), Z / (1 + w) * math.sqrt(p * (1 - p) / total)
    return center - half, center + half

@exercise.mistake("""The center is too far up: the half-width is divided by something, and
    so is the center.""")
def center_not_divided(correct, total):
    return wilson(correct, total, below=0)

@exercise.mistake("""The center is divided but not moved: what pulls it towards 1/2 when few
    were tried is missing.""")
def center_not_moved(correct, total):
    return wilson(correct, total, move=0)

@exercise.mistake("""Neither center nor half-width is divided: both are too large by the
    same factor.""")
def nothing_divided(correct, total):
    return wilson(correct, total, below=0, half_below=0)

@exercise.mistake("""The center is moved twice as far towards 1/2 as it should be.""")
def center_moved_too_far(correct, total):
    return wilson(correct, total, move=2)

@exercise.mistake("""The second term under the root is four times too large.""")
def root_without_a_quarter(correct, total):
    return wilson(correct, total, term=4)

@exercise.mistake("""The second term under the root does not shrink fast enough: look at the
    power of the total.""")
def total_not_squared(correct, total):
    return wilson(correct, total, term=total)

@exercise.mistake("""The square root is missing in the half-width: what stands there is a
    variance.""")
def root_forgotten(correct, total):
    return wilson(correct, total, root=float)

@exercise.mistake("""The center is right, but the half-width is one standard error: z is
    missing there.""")
def z_forgotten_in_the_half(correct, total):
    center, half = center_and_half(correct, total)
    return center - half / Z, center + half / Z

@exercise.mistake("""The root ends too early: the second term belongs under it, too.""")
def term_outside_the_root(correct, total):
    p, w = correct / total, Z**2 / total
    half = Z / (1 + w) * (math.sqrt(p * (1 - p) / total) + w / (4 * total))
    return (p + w / 2) / (1 + w) - half, (p + w / 2) / (1 + w) + half

@exercise.mistake("""What stands under the root does not shrink with the total: a division
    is missing.""")
def root_not_divided(correct, total):
    p, w = correct / total, 1.96**2 / total
    center, half = (p + w / 2) / (1 + w), 1.96 / (1 + w) * math.sqrt(p * (1 - p) + w / 4)
    return center - half, center + half

@exercise.mistake("""Center and half-width are divided by something a little too small: z is
    not squared there.""")
def z_not_squared(correct, total):
    center, half = center_and_half(correct, total)
    factor = (1 + Z**2 / total) / (1 + Z / total)
    return factor * (center - half), factor * (center + half)

@exercise.mistake("""This is the interval of Agresti and Coull: Wilson's center, but the
    half-width of a normal distribution with n + z^2 cases.""")
def agresti_coull(correct, total):
    n = total + Z**2
    return normal((correct + Z**2 / 2) / n, n)

@exercise.mistake("""Your interval is the exact one of Clopper and Pearson, which is wider.
    Asked is Wilson's score interval.""")
def clopper_pearson(correct, total):
    from scipy.stats import binomtest

    return tuple(binomtest(correct, total).proportion_ci(0.95, method="exact"))
