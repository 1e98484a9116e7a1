"""Standardisation by the training set."""

import numpy as np

from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault
from dimlearn.check.inputs import normal
from dimlearn.evaluation import codes


def sets(n, m, d, seed=0):
    """Features with very different means and scales; the training set has another than the test."""
    scale, mean = 10.0 ** (np.arange(d) % 3 - 1), 3.0 * np.arange(d) - 2.0
    train = normal(n, d, seed=seed, decimals=2) * scale + mean
    test = (normal(m, d, seed=seed + 1, decimals=2) * 1.7 + 0.6) * scale + mean
    return train, test

def with_constants():
    """One feature is exactly constant; of another the computed deviation is a rounding error."""
    train, test = sets(7, 5, 4, seed=4)
    train[:, 1], train[:, 3], test[:, 3] = 4.0, 0.1, 0.1
    return train, test

def forgive_constants(parts, train, test):
    """Test values of a feature that was constant in training are left open, if they are finite."""
    if parts[1].shape != test.shape:
        return parts
    constant = np.ptp(train, axis=0) == 0
    return parts[0], np.where(constant & np.isfinite(parts[1]), 0.0, parts[1])

exercise = Exercise(
    meaning="""Both sets, `(train, test)`, in the training set's units: every feature (column) has
    the mean 0 and the standard deviation 1 (divided by N) in the *training* set. A feature that is
    constant there becomes 0, never NaN, and nothing in the test set explodes because of it.""",
    reference=codes.standardize,
    cases=lambda: [sets(3, 2, 2), sets(6, 4, 3, seed=1), sets(5, 9, 4, seed=2)],
    extremes=lambda: [with_constants(), sets(200, 3, 5, seed=3)],
    returns=("train", "test"),
    canonical=forgive_constants,
    shapes={"train": "ND"},
    hints="""The test set stands for images that nobody has seen yet. Which numbers may be taken
    from it?

    None. Mean and deviation come from the training set, for each feature (`axis=0`), and are
    applied to both. What happens when a deviation is 0, or 1e-17 because of rounding?

    `deviation = np.where(deviation < 1e-8, 1.0, deviation)`, and then `(x - mean) / deviation` for
    both sets.""",
)

@exercise.solution("""Every number comes from the training set: with the test set's own mean the
    test would know something about itself. A feature without variation has nothing to be divided
    by; dividing by 1 leaves it at 0. Rounding may make its deviation 1e-17 instead of 0, hence the
    threshold. A tiny deviation in its place would do for the training set, but a test image that
    differs there would become a million.""")
def standardize(train, test):
    """(train, test) with the training set's mean 0 and standard deviation 1 for each feature."""
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation = np.where(deviation < 1e-8, 1.0, deviation)
    return (train - mean) / deviation, (test - mean) / deviation

def scaled_by(mean, deviation, train, test):
    """Both sets by another mean and deviation: what most mistakes get wrong."""
    return (train - mean) / deviation, (test - mean) / deviation

@exercise.mistake("""The test set is standardised by its own mean and deviation. It stands for
    images that nobody has seen: use the training set's numbers for both.""")
def test_by_itself(train, test):
    return (train - train.mean(0)) / train.std(0), (test - test.mean(0)) / test.std(0)

@exercise.mistake("""Mean and deviation are of both sets together: the test set leaks into the
    training. Use the training set's numbers alone.""")
def both_together(train, test):
    every = np.concatenate([train, test])
    return scaled_by(every.mean(0), every.std(0), train, test)

@exercise.mistake("""The deviation divides by N - 1. Asked is the one that divides by N,
    NumPy's default.""")
def divided_by_n_minus_one(train, test):
    return scaled_by(train.mean(0), train.std(0, ddof=1), train, test)

@exercise.mistake("""One mean and one deviation are used for all features. Each feature, a
    column, has its own.""")
def one_for_all_features(train, test):
    return scaled_by(train.mean(), train.std(), train, test)

@exercise.mistake("""Each *row* is standardised, over its features. A feature is a column.""")
def rows_for_columns(train, test):
    return tuple((x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True) for x in (train, test))

@exercise.mistake("""A feature that is constant in training becomes NaN (0 / 0) or infinite,
    and with it every distance and every gradient. A deviation of 0 needs care.""")
def constant_gives_nan(train, test):
    return scaled_by(train.mean(0), train.std(0), train, test)

@exercise.mistake("""Your function looks for a deviation of exactly 0. Rounding can leave
    1e-17 of a constant feature, and dividing by that blows rounding errors up to 1. What else
    could you compare with?""")
def compared_with_zero(train, test):
    deviation = train.std(0)
    return scaled_by(train.mean(0), np.where(deviation == 0, 1.0, deviation), train, test)

@exercise.mistake("""Your function divides by the variance. That is the square of what is
    asked.""")
def divided_by_variance(train, test):
    return scaled_by(train.mean(0), train.var(0), train, test)

@exercise.mistake("""The mean is not subtracted: only the scale is changed.""")
def mean_left_in(train, test):
    return scaled_by(0, train.std(0), train, test)

@exercise.mistake("""Your function only subtracts the mean. Divide by the deviation too.""")
def not_scaled(train, test):
    return scaled_by(train.mean(0), 1, train, test)

@exercise.mistake("""Your function scales to the range from 0 to 1. Asked is mean 0 and standard
    deviation 1.""")
def range_scaled(train, test):
    return scaled_by(train.min(0), train.max(0) - train.min(0), train, test)

@exercise.mistake("""The number that keeps the division from failing is too large: it
    shrinks features with a small deviation. Replace only deviations that are (nearly) 0.""")
def large_epsilon(train, test):
    return scaled_by(train.mean(0), train.std(0) + 1e-2, train, test)

@exercise.mistake("""A feature that varies a little is taken for one that does not vary: your
    threshold is too high. What rounding leaves of a constant is far smaller, 1e-17 or so.""")
def threshold_too_high(train, test):
    deviation = train.std(0)
    return scaled_by(train.mean(0), np.where(deviation < 1e-3, 1.0, deviation), train, test)

@exercise.mistake("""You add a small number to every deviation. That changes the good ones
    too: replace only those that are (nearly) 0.""")
def small_number_added(train, test):
    return scaled_by(train.mean(0), train.std(0) + 1e-6, train, test)

@exercise.mistake("""Your function adds something like 1e-5 to every deviation, also to
    those that are fine. Replace only those that are (nearly) 0.""")
def hundred_thousandth_added(train, test):
    return scaled_by(train.mean(0), train.std(0) + 1e-5, train, test)

@exercise.mistake("""Your function adds something like 1e-3 to every deviation. Features
    with a small deviation come out too small: replace only those that are (nearly) 0.""")
def thousandth_added(train, test):
    return scaled_by(train.mean(0), train.std(0) + 1e-3, train, test)

@exercise.mistake("""Your function changes the arrays that it was given (`train -= ...`):
    whoever called it finds other data afterwards. Compute new ones.""")
def in_place(train, test):
    train[:], test[:] = standardize(train, test)
    return train, test

@exercise.mistake("""Only the training set comes back. Return both: `(train, test)`.""")
def test_forgotten(train, test):
    return standardize(train, test)[0]

@exercise.mistake("""A feature that is constant in training is divided by a tiny number
    there. In the training set 0 stays 0, but a test value that differs from it explodes. Which
    deviation would leave such a difference as it is?""")
def constant_explodes(train, test):
    return scaled_by(train.mean(0), np.maximum(train.std(0), 1e-8), train, test)

@exercise.mistake("""The mean is subtracted from the training set alone. Both sets go
    through the same two steps.""")
def mean_left_in_the_test_set(train, test):
    return (train - train.mean(0)) / train.std(0), test / train.std(0)

@exercise.mistake("""The test set comes back as it was. Both sets go through the same two
    steps.""")
def test_left_alone(train, test):
    return standardize(train, test)[0], test

@exercise.mistake("""The two sets come back in the wrong order: the training set first.""")
def sets_exchanged(train, test):
    return standardize(train, test)[::-1]

@exercise.mistake("""Each feature has its own mean, but one deviation is used for all.""")
def one_deviation_for_all(train, test):
    return scaled_by(train.mean(0), train.std(), train, test)

@exercise.property("training features have mean 0 and deviation 1")
def mean_and_deviation(call):
    train, test = (1e-4 * one for one in sets(30, 4, 3, seed=9))  # deviations down to 1e-5
    result = np.asarray(call(train, test)[0])
    if result.shape != train.shape:
        return None  # that is told for the ordinary inputs
    mean, deviation = np.abs(result.mean(0)).max(), result.std(0)
    if mean > 1e-3:
        return f"""Of a training set of 30 one feature has the mean {mean:.3g} afterwards, up to the
            sign; expected 0."""
    if np.abs(deviation - 1).max() > 1e-3:
        other = deviation[np.abs(deviation - 1).argmax()]
        return f"""Of a training set of 30 one feature has the deviation {other:.4g} afterwards;
            expected 1."""

@exercise.property("a constant feature in the test set")
def test_does_not_explode(call):
    train, test = with_constants()
    value = np.abs(call(train, test)[1])[:, 1].max()
    most = np.abs(test[:, 1] - 4.0).max()
    if not value < 1.01 * most + 1e-3:
        words = f"""One feature is 4 in all training images and up to {most:.3g} away from 4 in the
            test images: your function makes {value:.3g} of that; expected no more than it is."""
        return Fault("explodes", words)
