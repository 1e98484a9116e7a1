"""Whitening by the training set."""

import numpy as np

from dimlearn.check.exercise import Exercise
from dimlearn.check.faults import Fault
from dimlearn.check.inputs import normal
from dimlearn.evaluation import codes


def sets(n, m, d, seed=0):
    """Codes whose numbers hang together, of very different sizes, with a mean."""
    mixing = (normal(d, d, seed=seed + 50) + 2 * np.eye(d)) * 3.0 ** (np.arange(d) % 3)
    mean = 2.0 * np.arange(d) - 1.0
    train = np.round(normal(n, d, seed=seed) @ mixing + mean, 2)
    return train, np.round((1.4 * normal(m, d, seed=seed + 1) + 0.5) @ mixing + mean, 2)

def turned_alike(parts, train, test):
    """Both sets turned together so that the training set lies on that of the library: any rotation
    of the result is right. A test set that has been whitened by itself is turned by itself."""
    right = codes.whiten(train, test)
    if any(seen.shape != part.shape for seen, part in zip(parts, right)):
        return parts
    if not all(np.isfinite(part).all() for part in parts):
        return parts
    turn, own = turning(parts[0], right[0]), codes.whiten(test, test)[0]
    turned = parts[1] @ turning(parts[1], own)
    by_itself = np.allclose(turned, own, atol=1e-3)
    return parts[0] @ turn, turned if by_itself else parts[1] @ turn

def turning(seen, right):
    """The rotation that brings one set as near to the other as can be."""
    left, _, others = np.linalg.svd(seen.T.astype("float64") @ right)
    return left @ others

exercise = Exercise(
    meaning="""Both sets of codes, `(train, test)`, after one and the same affine map, which gives
    the *training* codes the mean 0 and the covariance 1 (the identity; it divides by N): no two
    directions go together, and all vary alike. A direction without variance in training becomes 0
    in both sets, never NaN.""",
    reference=codes.whiten,
    cases=lambda: [sets(4, 2, 2), sets(9, 4, 3, seed=1), sets(12, 5, 4, seed=2)],
    extremes=lambda: [sets(300, 3, 5, seed=3)],
    returns=("train", "test"),
    canonical=turned_alike,
    shapes={"train": "ND"},
    hints="""Each column divided by its own deviation is not enough: two that are nearly copies of
    each other stay so. Along which directions would no two columns go together?

    Those of the covariance's eigenvectors: `np.linalg.eigh` gives the variances along them, and the
    directions in the *columns* of its second result. What is each to be divided by, if its variance
    is to be 1? And what if that is 0, or what rounding leaves of 0?

    `variances, directions = np.linalg.eigh(centered.T @ centered / len(centered))`; keep those with
    `variances > 1e-10 * variances.max()`, the scale being infinite for the others; then `(x - mean)
    @ (directions / scale)` for both sets, with `scale` the root of the variances.""",
)

@exercise.solution("""Along the eigenvectors of the covariance the codes do not go together, and the
    eigenvalues are the variances there: dividing by their roots makes all of them 1. A probe that
    punishes large weights, or one that measures distances, then sees every direction alike: what
    was badly scaled is not what is not there. A direction without variance would be divided by
    nothing; dividing by infinity leaves 0. All numbers come from the training set.""")
def whiten(train, test):
    """(train, test) by one map that gives the training codes mean 0 and covariance 1."""
    mean = train.mean(axis=0)
    centered = train - mean
    variances, directions = np.linalg.eigh(centered.T @ centered / len(train))
    varying = variances > 1e-10 * variances.max()
    scale = np.where(varying, np.sqrt(np.where(varying, variances, 1.0)), np.inf)
    return centered @ (directions / scale), (test - mean) @ (directions / scale)

def spectrum(x):
    """Variances and directions of a set, the directions in columns."""
    return np.linalg.eigh(np.cov(x.T, ddof=0))

def by(train, test, scale, variances=None, directions=None, mean=None):
    """Both sets along directions, divided by a function of the variances: what most get wrong."""
    if variances is None:
        variances, directions = spectrum(train)
    mean = train.mean(0) if mean is None else mean
    return tuple((x - mean) @ directions / scale(variances) for x in (train, test))

@exercise.mistake("""Every column is divided by its own deviation. Columns that go together still
    do: their covariance is not 0.""")
def standardized(train, test):
    return codes.standardize(train, test)

@exercise.mistake("""The codes are moved, and perhaps turned along directions that do not go
    together, but they vary as much as they did. All variances are to be 1.""")
def not_scaled(train, test):
    return by(train, test, scale=np.ones_like)

@exercise.mistake("""Each direction is divided by its variance. That is the square of what makes
    the variance 1: small directions are now the large ones.""")
def divided_by_variance(train, test):
    return by(train, test, scale=np.array)

@exercise.mistake("""Each direction is multiplied by its deviation: large ones become larger.""")
def multiplied(train, test):
    return by(train, test, scale=lambda variances: 1 / np.sqrt(variances))

@exercise.mistake("""The test set is whitened by its own mean and covariance. It stands for images
    that nobody has seen: use the training set's map for both.""")
def test_by_itself(train, test):
    return whiten(train, test)[0], whiten(test, test)[0]

@exercise.mistake("""Mean and covariance are of both sets together: the test set leaks into the
    training. Use the training set alone.""")
def both_together(train, test):
    every = np.concatenate([train, test])
    return by(train, test, np.sqrt, *spectrum(every), mean=every.mean(0))

@exercise.mistake("""The covariance is that of the training set, but the mean is that of both sets
    together: the test set leaks into the training by it.""")
def mean_of_both(train, test):
    return by(train, test, np.sqrt, mean=np.concatenate([train, test]).mean(0))

@exercise.mistake("""The covariance divides by N - 1, which is what `np.cov` does unless told
    otherwise. Asked is the one that divides by N.""")
def divided_by_n_minus_one(train, test):
    return by(train, test, lambda v: np.sqrt(v * len(train) / (len(train) - 1)))

@exercise.mistake("""The covariance is not divided by the number of codes: the results are too
    small by its root, as when singular values are taken for deviations.""")
def divided_by_singular_values(train, test):
    return by(train, test, scale=lambda variances: np.sqrt(variances * len(train)))

@exercise.mistake("""The mean is left in: covariance 1, but the codes lie somewhere else than around
    0.""")
def mean_left_in(train, test):
    return by(train, test, np.sqrt, mean=0.0)

@exercise.mistake("""The mean is subtracted from the training set alone. Both sets go through the
    same map.""")
def mean_left_in_the_test_set(train, test):
    return by(train, test, np.sqrt)[0], by(train, test, np.sqrt, mean=0.0)[1]

@exercise.mistake("""The test set is centered by its own mean, though it is scaled by the training
    set's covariance. Mean and covariance both come from the training set.""")
def test_mean_of_its_own(train, test):
    return by(train, test, np.sqrt)[0], by(train, test, np.sqrt, mean=test.mean(0))[1]

@exercise.mistake("""What you take for a covariance are mean products of the codes with their mean
    still in them. Subtract it before you multiply.""")
def products_with_the_mean(train, test):
    return by(train, test, np.sqrt, *np.linalg.eigh(train.T @ train / len(train)))

@exercise.mistake("""The directions are read from the rows of what `np.linalg.eigh` returns. They
    stand in its columns.""")
def directions_in_rows(train, test):
    variances, directions = spectrum(train)
    return by(train, test, np.sqrt, variances, directions.T)

@exercise.mistake("""Your directions are those of the correlations, for which all columns have the
    deviation 1. The columns that they are applied to have other deviations.""")
def correlations_for_covariances(train, test):
    return by(train, test, np.sqrt, *np.linalg.eigh(np.corrcoef(train.T)))

@exercise.mistake("""One number scales all directions. Each has a variance of its own.""")
def one_scale_for_all(train, test):
    return by(train, test, lambda variances: np.sqrt(variances.mean()))

@exercise.mistake("""The number that keeps the division from failing is too large: directions that
    vary little come out too small. Only those that do not vary at all need care.""")
def large_epsilon(train, test):
    return by(train, test, lambda variances: np.sqrt(variances + 1e-2))

@exercise.mistake("""Only the training set comes back. Return both: `(train, test)`.""")
def test_forgotten(train, test):
    return whiten(train, test)[0]

@exercise.mistake("""The two sets come back in the wrong order: the training set first.""")
def sets_exchanged(train, test):
    return whiten(train, test)[::-1]

@exercise.mistake("""The test set comes back as it was. Both sets go through the same map.""")
def test_left_alone(train, test):
    return whiten(train, test)[0], test

@exercise.mistake("""Your function changes the arrays that it was given (`train -= ...`): whoever
    called it finds other data afterwards. Compute new ones.""")
def in_place(train, test):
    train[:], test[:] = whiten(train, test)
    return train, test

@exercise.mistake("""A direction without variance is divided by 0, or by what rounding leaves of it,
    and what comes out is noise, infinite or NaN. Such a direction carries nothing: which value is
    asked for?""")
def dead_direction_divided(train, test):
    with np.errstate(all="ignore"):
        return by(train, test, lambda variances: np.sqrt(np.abs(variances)))

@exercise.mistake("""A direction without variance is divided by 1. In the training set 0 stays 0,
    but a test image that differs there keeps its difference. Asked is 0 in both sets.""")
def dead_direction_kept(train, test):
    return by(train, test, lambda v: np.where(v > 1e-10 * v.max(), np.sqrt(np.abs(v)), 1.0))

@exercise.mistake("""Directions without variance are left out, so fewer columns come back than went
    in. Asked are as many as before, `[N, D]`, with 0 along such a direction.""")
def dead_direction_left_out(train, test):
    variances, directions = spectrum(train)
    varying = variances > 1e-10 * variances.max()
    return by(train, test, np.sqrt, variances[varying], directions[:, varying])

@exercise.mistake("""Whether a direction varies is asked with a fixed number. A code of small
    numbers varies little everywhere, and yours makes nothing of it: hold each variance against the
    largest.""")
def fixed_threshold(train, test):
    return by(train, test, lambda v: np.where(v > 1e-8, np.sqrt(np.abs(v)), np.inf))

@exercise.mistake("""A fixed number is added to each variance, or stands for those below it.
    Beside the variances of a code of small numbers it is large, whatever it is, and all that comes
    out is far too small. How small is too small depends on the codes.""")
def fixed_constant_added(train, test):
    return by(train, test, lambda variances: np.sqrt(np.abs(variances) + 1e-8))

@exercise.mistake("""What is taken for a direction without variance varies, a ten-thousandth as
    far as the largest: real, and to be seen like any other. Only what rounding leaves of 0 is to
    become 0, and that is far smaller: try 1e-10 of the largest variance.""")
def coarse_threshold(train, test):
    return by(train, test, lambda v: np.where(v > 1e-4 * v.max(), np.sqrt(np.abs(v)), np.inf))

@exercise.mistake("""A part of the largest variance is added to each. A direction that varies
    little, and yet varies, comes out too small. Only those that do not vary at all need care.""")
def part_of_the_largest_added(train, test):
    return by(train, test, lambda v: np.sqrt(np.abs(v) + 1e-6 * v.max()))

def as_large_as_asked(call, factor, name_of_fault, which):
    """The sizes of what comes back, held against the library's, for one set times `factor`."""
    train, test = (factor * one for one in sets(12, 5, 3, seed=4))
    given, right = call(train, test), codes.whiten(train, test)
    given = [np.asarray(part, "float64") for part in given]
    for name, part, exact in zip(("train", "test"), turned_alike(given, train, test), right):
        if part.shape == exact.shape and np.allclose(part, exact, 1e-3, 1e-3):
            continue
        size, expected = (float(np.sqrt(np.square(one).mean())) for one in (part, exact))
        text = f"""With {which}, those of your `{name}` have the size {size:.2g} (the root of their
            mean square); expected {expected:.2g}."""
        seen = "nothing" if not size else "shrunk" if size < expected else "?"
        return Fault(name_of_fault, text, seen)

@exercise.property("codes of small numbers")
def small_codes(call):
    """So small that every fixed number one might hold the variances against lies above them."""
    return as_large_as_asked(call, 1e-8, "small", "codes of small numbers, about 0.00000001")

@exercise.property("a small direction beside large ones")
def small_direction(call):
    """So small beside the others that a coarse threshold takes it for one without variance."""
    which = "codes whose last column is 0.0001 times as large"
    return as_large_as_asked(call, np.array([1.0, 1.0, 1e-4]), "beside", which)

@exercise.property("a direction without variance")
def dead_directions(call):
    """One column is the sum of two others in training, and something else in the test set."""
    train, test = sets(20, 4, 3, seed=7)
    train = np.concatenate([train, train[:, :1] + train[:, 1:2]], axis=1)
    test = np.concatenate([test, test[:, :1] + test[:, 1:2] + 5.0], axis=1)
    seen, right = call(train, test), codes.whiten(train, test)
    where = "With one column that is the sum of two others in training"
    for name, part, exact in zip(("train", "test"), seen, right):
        if np.shape(part) != exact.shape:
            text = f"""{where}, the shape of your `{name}` is {list(np.shape(part))}; expected
                {list(exact.shape)}."""
            return Fault("dead", text, "left out")
        size = np.sqrt(np.square(np.asarray(part, "float64")).sum(axis=1))
        expected = np.sqrt(np.square(exact).sum(axis=1))
        if np.allclose(size, expected, 1e-2, 1e-2):
            continue
        if not np.isfinite(size).all() or size.max() > 100 * expected.max() or name == "train":
            text = f"{where}, numbers of your `{name}` are noise, far too large or not finite."
            return Fault("dead", text, "divided")
        text = f"""{where}, a test code that differs in that direction has the length
            {size.max():.3g}; expected {expected.max():.3g}, with 0 there."""
        return Fault("dead", text, "kept")
