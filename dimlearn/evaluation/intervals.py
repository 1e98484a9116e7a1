"""How sure an accuracy is: of the choice of test images, and of the choice of seeds. Lesson 8."""

import math
from dataclasses import dataclass

import numpy as np


def accuracy_interval(correct, total):
    """`(low, high)` of the 95 % Wilson interval of an accuracy p (Wilson 1927).

        (p + z²/2n  ±  z sqrt(p (1 - p) / n + z²/4n²)) / (1 + z²/n)

    `correct` of `total` independent cases were right; `correct` may be a fraction of a case.
    """
    z = 1.959963984540054  # the normal distribution has 95 % of its mass within z
    p = correct / total
    center = (p + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z / (1 + z**2 / total) * math.sqrt(p * (1 - p) / total + z**2 / (4 * total**2))
    return max(0.0, min(p, center - half)), min(1.0, max(p, center + half))


@dataclass
class Accuracy:
    """An accuracy with its 95 % interval: fractions of the test set.

    `seeds`: how many runs `mean` averages; `spread`: what the interval allows for.
    """

    mean: float
    low: float
    high: float
    seeds: int
    spread: str


def accuracy_over_seeds(accuracies, test_originals, runs):
    """The `Accuracy` of runs that differ in their seed.

    `accuracies`: one for each run; `test_originals`: the number of independent test cases;
    `runs`: what the seed decides, such as "pretraining". The interval adds two spreads as
    independent ones (MOVER, Zou & Donner 2008): the Wilson interval for the choice of test images,
    and, of several runs, Student's interval for the choice of seeds.
    """
    from scipy.stats import t

    count, mean = len(accuracies), float(np.mean(accuracies))
    low, high = accuracy_interval(mean * test_originals, test_originals)
    spread = f"{test_originals} test images"
    if count > 1:
        half = t.ppf(0.975, count - 1) * np.std(accuracies, ddof=1) / math.sqrt(count)
        low = max(0.0, mean - math.hypot(mean - low, half))
        high = min(1.0, mean + math.hypot(high - mean, half))
        spread += f", {count} {runs} seeds"
    return Accuracy(mean, float(low), float(high), count, spread)
