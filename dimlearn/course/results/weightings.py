"""Lessons 8, 9: what the three weights do to a code, and what each code is worth, over seeds.

The networks have the budget of the encoder that is trained in lesson 8, and the probes are those of
lesson 9: 3,000 digits, six epochs in batches of 64; logistic regression on the training codes.
"""

import dataclasses

import numpy as np

from dimlearn.course.results.prior_matching import shape_of
from dimlearn.data.images import load
from dimlearn.evaluation.codes import encode, frozen_codes
from dimlearn.evaluation.intervals import paired_difference
from dimlearn.evaluation.probes import few_labels_correct, logistic_regression, one_thread
from dimlearn.evaluation.rows import all_rows
from dimlearn.evaluation.settings import WEIGHTS, Settings

IMAGES = 3000
SETTINGS = Settings(epochs=6, batch_size=64, learning_rate=8e-3, decay=True, bound="infonce")
STRENGTHS = (0.001, 0.01, 0.1, 1.0, 10.0)  # of the probe, C
DRAWS = range(10)  # of ten labels a class


def run(seed):
    """For each row: a linear probe's accuracy with all labels, the same less that of the untrained
    encoder, with its interval, the accuracy with ten labels a class, the share of entries near the
    ends of the prior, and how far from even each number is."""
    images, found, right = tested_images(), [], {}
    for name in ("random", *WEIGHTS, "supervised"):
        encoder, _ = all_rows(SETTINGS)[name].train(images, SETTINGS, seed)
        codes = frozen_codes(encoder, images)
        right[name] = correct(codes)
        few = few_labels_correct(codes, 10, [100 * seed + draw for draw in DRAWS])
        over = paired_difference(right[name], right["random"], images.test_groups)
        row = {"row": name, "linear": right[name].mean()}
        row |= dict(zip(("over_random", "low", "high"), over)) | {"ten_labels": few.mean()}
        codes = encode(encoder, images.x_validation)
        row |= {"at_the_ends": share_at_the_ends(codes), "gap": shape_of(codes)["gap"]}
        found.append(row)
    return found


def tested_images():
    """The digits, all test originals in four poses each."""
    images = load("digits", limit=IMAGES)
    tested = ("x_test", "y_test", "test_groups")
    return dataclasses.replace(images, **{part: getattr(images, part)[:2160] for part in tested})


def correct(codes):
    """Which test codes logistic regression on the training codes gets right, `[N]`; the validation
    codes choose its strength."""
    with one_thread():
        fits = [
            logistic_regression(codes.x_train, strength).fit(codes.x_train, codes.y_train)
            for strength in STRENGTHS
        ]
    best = max(fits, key=lambda fit: fit.score(codes.x_validation, codes.y_validation))
    return best.predict(codes.x_test) == codes.y_test


def share_at_the_ends(codes):
    """The share of entries whose sigmoid lies below 0.05 or above 0.95; evenly spread, a tenth."""
    return float(np.mean(np.abs(codes) > np.log(19)))
