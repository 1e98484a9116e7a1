"""How many directions the codes use: the exponential of the entropy of their spectrum."""

import numpy as np

from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import normal


def codes(n, d, seed=0):
    """Codes that hang together, with scales and means of their own."""
    mixing = np.eye(d) + 0.6 * normal(d, d, seed=seed + 50)
    return np.round(normal(n, d, seed=seed) @ mixing * 2.0 ** (np.arange(d) % 3) + np.arange(d), 3)

def with_a_dead_one(n, d, seed=0):
    """Codes one number of which is the same in all."""
    return np.insert(codes(n, d - 1, seed), 1, 0.7, axis=1)

exercise = Exercise(
    meaning="""How many directions the codes `[N, D]` use: one number. It is the number of equal
    shares whose entropy is that of the shares which the principal directions have in the variance:
    K for codes that vary alike in K directions and not at all in the others. It has to work for
    fewer codes than dimensions, and for a dimension that is the same in all codes.""",
    cases=lambda: [(codes(5, 2),), (codes(9, 3, seed=1),), (codes(40, 5, seed=2),)],
    extremes=lambda: [
        (with_a_dead_one(30, 4, seed=3),),
        (codes(6, 24, seed=4),),
        (1e-4 * codes(25, 4, seed=5),),
        (codes(300, 30, seed=6),),
    ],
    shapes={"codes": "ND"},
    hints="""Write the entropy of K equal shares down, and of 2, 4 and 8 of them. Which function
    takes you from there back to K?

    The shares are those of the principal directions: the eigenvalues of the covariance matrix,
    each divided by the sum of all. What does a share of 0 add to an entropy, and what does NumPy
    make of it?

    With `p` for the shares that are above 0 it is the exponential of `-np.sum(p * np.log(p))`.""",
)

@exercise.solution("""The eigenvalues of the covariance are the variances along the principal
    directions, and divided by their sum they are shares, which have an entropy like any
    probabilities. K equal shares have the entropy log K: its exponential counts directions. A
    direction that hardly varies hardly counts. Rounding may leave an eigenvalue a little below 0,
    where a logarithm is NaN; those count as 0, and 0 log 0 is 0.""")
def effective_rank(codes):
    """How many directions the codes [N, D] use, between 1 and D: a number."""
    variances = np.maximum(np.linalg.eigvalsh(np.cov(codes, rowvar=False)), 0)
    p = variances / variances.sum()
    p = p[p > 0]
    return np.exp(-np.sum(p * np.log(p)))

def spectrum(codes):
    """The variances along the principal directions `[D]`."""
    return np.maximum(np.linalg.eigvalsh(np.cov(codes, rowvar=False)), 0)

def entropy(variances):
    """Of the shares that numbers have in their sum: what most mistakes get wrong is the numbers."""
    p = variances / variances.sum()
    p = p[p > 0]
    return -np.sum(p * np.log(p))

@exercise.mistake("""Your function gives the entropy of the shares. That of K equal ones is log K:
    a number of directions is still to be made of it.""")
def entropy_itself(codes):
    return entropy(spectrum(codes))

@exercise.mistake("""The entropy is measured in bits, but raised to a power as if it were in
    nats.""")
def bits_in_the_exponent(codes):
    return np.exp(entropy(spectrum(codes)) / np.log(2))

@exercise.mistake("""The sign in the exponent is wrong: your result is one over the number of
    directions.""")
def exponent_negated(codes):
    return np.exp(-entropy(spectrum(codes)))

@exercise.mistake("""Your function takes the *correlation* matrix. In it every dimension has
    variance 1, so a dimension that hardly varies counts as much as any other, and the result
    changes when the codes are turned.""")
def correlation_for_covariance(codes):
    with np.errstate(all="ignore"):
        correlation = np.corrcoef(codes, rowvar=False)
    return np.exp(entropy(np.maximum(np.linalg.eigvalsh(correlation), 0)))

@exercise.mistake("""Your function takes the variances of the single dimensions. Dimensions that
    repeat one another are counted again and again: take the principal directions.""")
def dimensions_for_directions(codes):
    return np.exp(entropy(codes.var(axis=0)))

@exercise.mistake("""Your shares are of standard deviations, not of variances: singular values are
    roots.""")
def deviations_for_variances(codes):
    return np.exp(entropy(np.sqrt(spectrum(codes))))

@exercise.mistake("""The variances are squared once more. What `eigvalsh` or `svd` gives for a
    covariance matrix are variances already.""")
def variances_squared(codes):
    return np.exp(entropy(spectrum(codes) ** 2))

@exercise.mistake("""The mean is left in: a code that is far from 0 and varies little seems to have
    one direction, which points at its mean.""")
def mean_left_in(codes):
    return np.exp(entropy(np.maximum(np.linalg.eigvalsh(codes.T @ codes / len(codes)), 0)))

@exercise.mistake("""Your matrix is that of the *samples*, `[N, N]`: NumPy takes variables in rows
    unless it is told otherwise.""")
def samples_for_dimensions(codes):
    return np.exp(entropy(np.maximum(np.linalg.eigvalsh(np.cov(codes)), 0)))

@exercise.mistake("""The variances are not divided by their sum. Only shares that add up to 1
    have an entropy.""")
def not_shares(codes):
    variances = spectrum(codes)
    variances = variances[variances > 1e-12 * variances.max()]
    return np.exp(-np.sum(variances * np.log(variances)))

@exercise.mistake("""Your function counts the directions that vary at all, be it ever so little.
    Asked is a number in which small directions count for little.""")
def ordinary_rank(codes):
    return float(np.linalg.matrix_rank(np.cov(codes, rowvar=False)))

@exercise.mistake("""Your result is one over the sum of the squared shares. That is a count of
    directions, too, of another kind: asked is the one by entropy.""")
def participation_ratio(codes):
    variances = spectrum(codes)
    return variances.sum() ** 2 / np.sum(variances**2)

@exercise.mistake("""Your result is one over the largest share. The other directions count, too.""")
def largest_alone(codes):
    variances = spectrum(codes)
    return variances.sum() / variances.max()

@exercise.mistake("""The entropy is divided by the largest that it could be. Asked is a number of
    directions, not a part of all.""")
def part_of_the_largest(codes):
    return entropy(spectrum(codes)) / np.log(codes.shape[1])

@exercise.mistake("""Where a direction does not vary, your result is NaN or infinite. Its variance
    is 0, or a little below 0 by rounding, and what has no share adds nothing to an entropy.""")
def undefined_for_empty_directions(codes):
    variances = spectrum(codes)
    empty = np.any(variances < 1e-12 * variances.max())
    return np.nan if empty else np.exp(entropy(variances))

@exercise.mistake("""With fewer codes than dimensions your result is NaN. Some directions do not
    vary at all, and rounding makes of their shares numbers a little above or below 0. What has no
    share adds nothing to an entropy.""")
def empty_shares_kept(codes):
    variances = np.linalg.eigvalsh(np.cov(codes, rowvar=False))
    p = variances / variances.sum()
    with np.errstate(all="ignore"):
        return np.exp(-np.sum(p * np.log(p)))

@exercise.mistake("""A fixed number stands for every variance below it. Beside the variances of a
    code of small numbers it is large, whatever it is, and a code that is nearly dead seems to use
    all its directions. How small is too small depends on the largest variance.""")
def fixed_floor(codes):
    return np.exp(entropy(np.maximum(spectrum(codes), 1e-12)))

@exercise.mistake("""Your function counts the directions that hold nine tenths of the variance.
    That number jumps: asked is the exponential of an entropy.""")
def nine_tenths(codes):
    variances = spectrum(codes)[::-1]
    return float(np.sum(np.cumsum(variances) < 0.9 * variances.sum()) + 1)

some = codes(40, 3, seed=7)
turn = np.linalg.qr(normal(3, 3, seed=8))[0]
exercise.promise("Turning the codes does not change it", some, same_as=(some @ turn,))
exercise.promise("Moving all codes does not change it", some, same_as=(some + 100.0,))
exercise.promise("Making all codes smaller does not change it", some, same_as=(1e-8 * some,))
exercise.promise(
    "Saying everything twice adds no direction", some, same_as=(np.hstack([some, some]),)
)
