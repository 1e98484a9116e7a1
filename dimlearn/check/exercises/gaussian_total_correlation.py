"""Total correlation of the Gaussian fitted to the codes."""

import numpy as np

from dimlearn.check import shared, shared_numbers
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import normal


def codes(n, d, seed=0):
    """Correlated codes with different scales and means."""
    rng = np.random.default_rng([seed, n, d])
    x = rng.normal(size=(n, d)) @ (np.eye(d) + 0.6 * rng.normal(size=(d, d)))
    scale, mean = 10.0 ** (np.arange(d) % 3 - 1), 2.0 * np.arange(d) - 1
    return np.round(x * scale + mean, 3)

def chain(n, d):
    """So many dimensions, each nearly the one before, that the determinant of R is below 1e-308;
    but no two so alike that single precision loses their difference."""
    first, noise = np.split(np.random.default_rng(d).normal(size=(n, d)), [1], axis=1)
    return np.hstack([first, first + np.cumsum(0.1 * noise, axis=1)])

exercise = Exercise(
    meaning="""The total correlation of the Gaussian fitted to the codes `[N, D]`: one number, in
    nats, 0 for uncorrelated dimensions, and the same in other units. It has to work for many
    dimensions too.""",
    cases=lambda: [(codes(4, 2),), (codes(9, 3),), (codes(30, 5),), (codes(50, 4, seed=1),)],
    extremes=lambda: [(codes(200, 16),), (codes(25, 3, seed=6) * 1e4,), (chain(180, 135),)],
    shapes={"codes": "ND"},
    hints="""For two dimensions it is -1/2 log(1 - rho^2). Write down their correlation matrix R, a
    table of two by two: which number of a matrix is 1 - rho^2 here?

    The determinant of R, for any number of dimensions. `np.corrcoef` gives R, but it takes
    variables in rows: your dimensions are columns, so say `rowvar=False`.

    `-0.5 * np.linalg.slogdet(np.corrcoef(codes, rowvar=False))[1]`. `slogdet` gives the sign and
    the log of the determinant, which itself may be too small for a float.""",
)

@exercise.solution("""The total correlation is the sum of the marginal entropies minus the joint
    entropy. For a Gaussian the entropies are logs of variances and of the determinant of the
    covariance; what remains is the determinant of the correlation matrix, free of the scales.
    `slogdet` gives its log directly.""")
def gaussian_total_correlation(codes):
    """Total correlation of the Gaussian fitted to codes [N, D], in nats: a number."""
    return -0.5 * np.linalg.slogdet(np.corrcoef(codes, rowvar=False))[1]

def total_correlation(r):
    """The formula with another matrix for R: what most mistakes get wrong."""
    return -0.5 * np.linalg.slogdet(r)[1]

exercise.share(
    shared_numbers.bits_by_log2,
    shared_numbers.half_forgotten,
    shared.sign_flipped,
    sign_flipped="""The sign is wrong: total correlation is never negative. The determinant of a
    correlation matrix is at most 1.""",
)

@exercise.mistake("""Your function takes the covariance matrix: then the result depends on
    the units of the codes, though dependence does not. Take the *correlation* matrix.""")
def covariance_for_correlation(codes):
    return total_correlation(np.cov(codes, rowvar=False))

@exercise.mistake("""Your function correlates the *samples*: an `[N, N]` matrix. NumPy takes
    variables in rows unless it is told otherwise.""")
def samples_correlated(codes):
    return total_correlation(np.corrcoef(codes))

@exercise.mistake("""The logarithm is missing: your function works with the determinant itself.""")
def log_forgotten(codes):
    return -0.5 * np.linalg.det(np.corrcoef(codes, rowvar=False))

@exercise.mistake("""Your function adds up the mutual information of all pairs of dimensions.
    What three dimensions share is then counted several times.""")
def pairs_added(codes):
    r = np.corrcoef(codes, rowvar=False)
    return -0.5 * np.log(1 - r[np.triu_indices(len(r), 1)] ** 2).sum()

@exercise.mistake("""Your function gives the trace where the determinant belongs.""")
def trace_for_determinant(codes):
    return -0.5 * np.log(np.trace(np.corrcoef(codes, rowvar=False)))

@exercise.mistake("""Your function takes the first element of `slogdet`, the sign. The log of
    the determinant is the second.""")
def sign_of_slogdet(codes):
    return -0.5 * np.linalg.slogdet(np.corrcoef(codes, rowvar=False))[0]

@exercise.mistake("""Your function returns both that `slogdet` gives. The log of the determinant is
    the second; the first is the sign.""")
def both_of_slogdet(codes):
    return tuple(np.linalg.slogdet(np.corrcoef(codes, rowvar=False)))

@exercise.mistake("""`slogdet` has taken the logarithm already, and it is below 0: your function
    takes the log of that once more, which is NaN.""")
def log_of_the_log(codes):
    return -0.5 * np.log(np.linalg.slogdet(np.corrcoef(codes, rowvar=False))[1])

@exercise.mistake("""A constant is added to the diagonal of R, as against singular matrices. It
    makes the dimensions look less dependent: leave R as it is.""")
def diagonal_raised(codes):
    return total_correlation(np.corrcoef(codes, rowvar=False) + 1e-2 * np.eye(codes.shape[1]))

@exercise.mistake("""The mean of the codes is not subtracted before the products: your matrix
    holds second moments, not correlations.""")
def mean_left_in(codes):
    scaled = codes / np.sqrt(np.mean(codes**2, axis=0))
    return total_correlation(scaled.T @ scaled / len(codes))

@exercise.mistake("""The codes are divided by their deviations, but their means are not subtracted
    before the products: your matrix is no correlation matrix.""")
def only_scaled(codes):
    scaled = codes / codes.std(axis=0)
    return total_correlation(scaled.T @ scaled / len(codes))

@exercise.mistake("""Your function gives the joint entropy of the Gaussian. Asked is how
    much smaller that is than the sum of the marginal ones.""")
def entropy_instead(codes):
    return -total_correlation(2 * np.pi * np.e * np.cov(codes, rowvar=False))

@exercise.mistake("""Your function divides by the number of dimensions. Total correlation is not
    an average.""")
def divided_by_dimensions(codes):
    return gaussian_total_correlation(codes) / codes.shape[1]

@exercise.mistake("""For a few dimensions it is right. With many the determinant is smaller
    than any float: it becomes 0, and its log minus infinity. NumPy has a function for the log
    of a determinant that never makes the determinant itself.""")
def determinant_underflows(codes):
    return -0.5 * np.log(np.linalg.det(np.corrcoef(codes, rowvar=False)))

@exercise.mistake("""A small number is added to the diagonal of R. Where dimensions are
    nearly the same it makes them look less dependent than they are: leave R as it is.""")
def diagonal_raised_a_little(codes):
    return total_correlation(np.corrcoef(codes, rowvar=False) + 1e-6 * np.eye(codes.shape[1]))

@exercise.mistake("""Your function uses the largest eigenvalue alone. The determinant is
    made of all.""")
def largest_eigenvalue_only(codes):
    return -0.5 * np.log(np.linalg.eigvalsh(np.corrcoef(codes, rowvar=False))[-1])

@exercise.mistake("""Your function adds up the squared correlations. That is close for weak
    ones only: take the determinant.""")
def off_diagonal_squares(codes):
    r = np.corrcoef(codes, rowvar=False)
    return (np.sum(r**2) - len(r)) / 4

@exercise.mistake("""Your function gives the log of the determinant as it is. It is
    negative, and total correlation is not: a factor is missing.""")
def minus_half_forgotten(codes):
    return np.linalg.slogdet(np.corrcoef(codes, rowvar=False))[1]

some = normal(30, 3, seed=2) @ np.array([[1.0, 0.5, 0.2], [0.0, 1.0, 0.7], [0.0, 0.0, 1.0]])
exercise.promise(
    "Measuring the dimensions in other units does not change how they depend on one another",
    some,
    same_as=(some * np.array([10.0, 0.1, -3.0]),),
)
