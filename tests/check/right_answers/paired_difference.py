"""Right answers to `paired_difference`."""

import numpy as np
import pandas

from dimlearn.startup import tf


def with_pandas(correct_a, correct_b, groups):
    rows = pandas.DataFrame({"d": 1.0 * correct_a - 1.0 * correct_b, "g": groups})
    means = rows.groupby("g")["d"].mean()
    half = 1.96 * means.sem()
    return means.mean(), means.mean() - half, means.mean() + half


def loops(a, b, originals):
    of = {}
    for right, other, original in zip(a.tolist(), b.tolist(), originals.tolist()):
        of.setdefault(original, []).append(int(right) - int(other))
    means = [sum(values) / len(values) for values in of.values()]
    center = sum(means) / len(means)
    variance = sum((value - center) ** 2 for value in means) / (len(means) - 1)
    half = 1.96 * (variance / len(means)) ** 0.5
    return [center, center - half, center + half]


def bincount(correct_a, correct_b, groups, z=1.96):
    _, place = np.unique(groups, return_inverse=True)
    means = np.bincount(place, correct_a.astype(float) - correct_b) / np.bincount(place)
    error = np.sqrt(np.var(means, ddof=1) / means.size)
    return np.array([means.mean(), means.mean() - z * error, means.mean() + z * error])


def tensorflow(correct_a, correct_b, groups):
    names, place = tf.unique(groups)
    difference = tf.cast(correct_a, tf.float64) - tf.cast(correct_b, tf.float64)
    means = tf.math.unsorted_segment_mean(difference, place, len(names))
    center = tf.reduce_mean(means)
    count = tf.cast(len(names), tf.float64)
    half = 1.96 * tf.sqrt(tf.reduce_sum((means - center) ** 2) / (count - 1) / count)
    return center, center - half, center + half
