"""Right answers to `accuracy_interval`."""

import numpy as np

from dimlearn.check.exercises.accuracy_interval import Z
from dimlearn.startup import keras


def quadratic(right, n):
    a, b, c = 1 + Z**2 / n, -(2 * right / n + Z**2 / n), (right / n) ** 2
    root = np.sqrt(np.maximum(b**2 - 4 * a * c, 0))
    return np.array([(-b - root) / (2 * a), (-b + root) / (2 * a)])


# NumPy, z = 1.96, clipped
def clipped(correct, total, z=1.96):
    n, wrong = total, total - correct
    center = (correct + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(correct * wrong / n + z**2 / 4)
    return float(np.clip(center - half, 0, 1)), float(np.clip(center + half, 0, 1))


def with_scipy(correct, total):
    from scipy.stats import binomtest

    interval = binomtest(correct, total).proportion_ci(0.95, method="wilson")
    return interval.low, interval.high


def with_keras(correct, total):
    p = keras.ops.convert_to_tensor(correct / total)
    w = Z**2 / total
    half = Z * keras.ops.sqrt(p * (1 - p) / total + w / (4 * total)) / (1 + w)
    center = (p + w / 2) / (1 + w)
    return center - half, center + half
