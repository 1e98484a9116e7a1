"""Worlds that estimators fail on, each in its own way, with their mutual information.

Where there is no formula, the log density ratio is: its mean over a million pairs is the truth, to
about 0.001 nats. Rows that are not independent draws are here too: series and copies, whose truth
is 0.
"""

import math

import numpy as np
from scipy.signal import lfilter
from scipy.special import gammaln, log_ndtr, logsumexp, ndtri

from dimlearn.information.worlds import World

PAIRS = 1_000_000  # drawn for a truth without a formula


def hard():
    """`[(world, number of pairs)]`, cheap ones first."""
    return [
        (threshold(0.2), 250),
        (uniform_noise(0.03), 1500),
        (labels(4, 1.5), 600),
        (labels(3, 1.0, one_hot=True), 800),
        (rectified(0.8), 800),
        (counts(0.7), 1000),
        (scaled_noise(), 1000),
        (series(0.9), 800),
        (series(0.97), 1500),
        (series(0.8, columns=2), 800),
        (jittered_copies(200, 5, 1), 1000),
        (jittered_copies(300, 3, 1, jitter=0.0), 900),
        (jittered_copies(300, 3, 2, jitter=0.0), 900),
        (squared(8, 0.5), 1500),
        (sign_mixture(2, 0.8), 1500),
        (sign_mixture(4, 0.7), 2000),
        (exclusive_or(5, 0.4), 1500),
        (swiss_roll(1.0), 1500),
        (labels(3, 0.8, dim=6), 1000),
        (wide(120, 0.5), 200),
        (sines(5, 0.6), 2000),
        (student(4, 3), 2000),
        (nothing(6), 400),
        (linear(12, 0.35), 1500),
    ]


def averaged(draw, log_ratio):
    """The mean log density ratio of pairs, by simulation."""
    rng = np.random.default_rng(12345)
    return float(np.mean(log_ratio(*draw(PAIRS, rng))))


def entropy_of(density, low, high, points=200_001):
    """Differential entropy of a density of one number, by the trapezoid rule."""
    grid = np.linspace(low, high, points)
    p = density(grid)
    return float(np.trapezoid(-p * np.log(np.maximum(p, 1e-300)), grid))


def normal(z, deviation=1.0):
    return np.exp(-0.5 * (z / deviation) ** 2) / (deviation * math.sqrt(2 * math.pi))


NORMAL = 0.5 * math.log(2 * math.pi * math.e)  # entropy of a unit Gaussian

# ---------------------------------------------------------------- few columns


def threshold(at):
    """y is whether x exceeds a threshold."""
    p = float(np.exp(log_ndtr(-at)))
    truth = -p * math.log(p) - (1 - p) * math.log(1 - p)

    def draw(n, rng):
        x = rng.normal(size=(n, 1))
        return x, (x > at).astype(float)

    return World(f"x > {at:g}", truth, draw)


def uniform_noise(noise):
    def draw(n, rng):
        x = rng.uniform(size=(n, 1))
        return x, x + rng.uniform(-noise, noise, size=(n, 1))

    return World(f"uniform noise {noise:g}", noise - math.log(2 * noise), draw)


def labels(kinds, apart, dim=2, one_hot=False):
    """Classes whose Gaussians lie on a circle of the radius `apart` in the first two columns."""
    angles = 2 * np.pi * np.arange(kinds) / kinds
    centres = np.zeros((kinds, dim))
    centres[:, :2] = apart * np.stack([np.cos(angles), np.sin(angles)], axis=1)

    def draw_labels(n, rng):
        y = rng.integers(kinds, size=n)
        return centres[y] + rng.normal(size=(n, dim)), y

    def draw(n, rng):
        x, y = draw_labels(n, rng)
        return x, np.eye(kinds)[y] if one_hot else y[:, None]

    def log_ratio(x, y):
        fits = -0.5 * ((x[:, None, :2] - centres[:, :2]) ** 2).sum(axis=2)
        return fits[np.arange(len(y)), y] - logsumexp(fits, axis=1) + math.log(kinds)

    name = f"{kinds} labels in {dim}-d{', one-hot' * one_hot}"
    return World(name, averaged(draw_labels, log_ratio), draw)


def rectified(rho):
    """y is a correlated Gaussian, and 0 where that is negative."""
    deviation = math.sqrt(1 - rho**2)

    def draw(n, rng):
        x = rng.normal(size=(n, 1))
        return x, np.maximum(rho * x + deviation * rng.normal(size=(n, 1)), 0)

    def log_ratio(x, y):
        gaussian = -0.5 * ((y - rho * x) / deviation) ** 2 - math.log(deviation) + 0.5 * y**2
        return np.where(y > 0, gaussian, log_ndtr(-rho * x / deviation) + math.log(2))

    return World("rectified Gaussian", averaged(draw, log_ratio), draw)


def counts(slope):
    """y is a Poisson count with the mean exp(1 + slope x)."""
    grid = np.linspace(-8, 8, 2001)
    weight = normal(grid) * (grid[1] - grid[0])

    def log_poisson(x, y):
        return y * (1 + slope * x) - np.exp(1 + slope * x) - gammaln(y + 1)

    def draw(n, rng):
        x = rng.normal(size=(n, 1))
        return x, rng.poisson(np.exp(1 + slope * x)).astype(float)

    def log_ratio(x, y):
        levels = np.arange(y.max() + 1)
        marginal = np.log(np.exp(log_poisson(grid[:, None], levels)).T @ weight)
        return log_poisson(x, y) - marginal[y.astype(int)]

    return World("Poisson counts", averaged(draw, log_ratio), draw)


def scaled_noise():
    """x sets only the scale of y: no correlation."""
    grid = np.linspace(-8, 8, 1601)
    weight = normal(grid) * (grid[1] - grid[0])
    density = lambda y: normal(y[:, None], np.exp(grid)) @ weight  # noqa: E731

    def draw(n, rng):
        x = rng.normal(size=(n, 1))
        return x, np.exp(x) * rng.normal(size=(n, 1))

    def log_ratio(x, y):
        levels = np.sinh(np.linspace(-9, 9, 4001))
        marginal = np.interp(np.arcsinh(y), np.arcsinh(levels), np.log(density(levels)))
        return np.log(normal(y / np.exp(x))) - x - marginal

    return World("noise of a scale", averaged(draw, log_ratio), draw)


# ---------------------------------------------------------------- rows that are not apart


def series(memory, columns=1):
    """Two independent autoregressive series, of one or several columns each: 0 nats."""

    def draw(n, rng):
        noise = rng.normal(size=(2, n + 500, columns))
        return tuple(lfilter([1], [1, -memory], noise, axis=1)[:, 500:])

    return World(f"series {memory:g}, {columns}x{columns}", 0.0, draw)


def jittered_copies(rows, times, columns, jitter=1e-3):
    """Independent Gaussians, each row several times: 0 nats."""

    def draw(n, rng):
        assert n == rows * times
        sides = rng.normal(size=(2, rows, columns))
        order = rng.permutation(n)
        copied = np.tile(sides, (1, times, 1))[:, order]
        return tuple(copied + jitter * rng.normal(size=copied.shape))

    return World(f"{times} copies, jitter {jitter:g}, {columns}x{columns}", 0.0, draw)


# ---------------------------------------------------------------- several columns


def squared(columns, noise):
    """y = x_0^2 + noise, beside columns that say nothing."""
    roots = np.linspace(-8, 8, 2001)
    weight = normal(roots) * (roots[1] - roots[0])
    density = lambda y: normal(y[:, None] - roots**2, noise) @ weight  # noqa: E731
    truth = entropy_of(density, -6 * noise, 36, 6001) - NORMAL - math.log(noise)

    def draw(n, rng):
        x = rng.normal(size=(n, columns))
        return x, x[:, :1] ** 2 + noise * rng.normal(size=(n, 1))

    return World(f"square, {columns}x1", truth, draw)


def sign_mixture(dim, rho):
    """y = +- rho x + noise, with one sign for all columns of a row."""
    rest = 1 - rho**2

    def draw(n, rng):
        x = rng.normal(size=(n, dim))
        sign = rng.choice([-1, 1], size=(n, 1))
        return x, sign * rho * x + math.sqrt(rest) * rng.normal(size=x.shape)

    def log_ratio(x, y):
        squares = (x**2).sum(axis=1) + (y**2).sum(axis=1)
        cosh = np.logaddexp(*(sign * rho / rest * (x * y).sum(axis=1) for sign in (1, -1)))
        even = -(rho**2) * squares / (2 * rest) - math.log(2)
        return even + cosh - 0.5 * dim * math.log(rest)

    return World(f"sign mixture {dim}x{dim}", averaged(draw, log_ratio), draw)


def exclusive_or(columns, noise):
    """y is the sign of x_0 x_1, with noise."""
    density = lambda y: 0.5 * (normal(y - 1, noise) + normal(y + 1, noise))  # noqa: E731
    truth = entropy_of(density, -6, 6) - NORMAL - math.log(noise)

    def draw(n, rng):
        x = rng.normal(size=(n, columns))
        return x, np.sign(x[:, :1] * x[:, 1:2]) + noise * rng.normal(size=(n, 1))

    return World(f"exclusive or, {columns}x1", truth, draw)


def swiss_roll(noise):
    """x on a rolled-up sheet in three columns, y the way along it with uniform noise."""

    def draw(n, rng):
        t = rng.uniform(1.5 * np.pi, 4.5 * np.pi, size=n)
        x = np.stack([t * np.cos(t), 10 * rng.uniform(size=n), t * np.sin(t)], axis=1)
        return x, (t + noise * rng.uniform(-1, 1, size=n))[:, None]

    ratio = noise / (3 * np.pi)  # as in `uniform_noise`, in lengths of the sheet
    return World("swiss roll 3x1", ratio - math.log(2 * ratio), draw)


def wide(columns, rho):
    """One of very many columns is correlated with y."""

    def draw(n, rng):
        x = rng.normal(size=(n, columns))
        return x, rho * x[:, :1] + math.sqrt(1 - rho**2) * rng.normal(size=(n, 1))

    return World(f"one of {columns} columns", -0.5 * math.log1p(-(rho**2)), draw)


def sines(columns, noise):
    """y = sin(2 x_0) + |x_1| + noise."""
    a = ndtri((np.arange(1500) + 0.5) / 1500)  # a Gaussian, evenly
    clean = (np.sin(2 * a)[:, None] + np.abs(a)).ravel()
    share, edges = np.histogram(clean, 2000, density=True)
    centres, width = 0.5 * (edges[1:] + edges[:-1]), edges[1] - edges[0]
    density = lambda y: normal(y[:, None] - centres, noise) @ (share * width)  # noqa: E731
    truth = entropy_of(density, -5, 8, 4001) - NORMAL - math.log(noise)

    def draw(n, rng):
        x = rng.normal(size=(n, columns))
        y = np.sin(2 * x[:, :1]) + np.abs(x[:, 1:2]) + noise * rng.normal(size=(n, 1))
        return x, y

    return World(f"sine and modulus, {columns}x1", truth, draw)


def student(dim, freedom):
    """Correlated Gaussians (0.6) that share one heavy-tailed scale (Czyz et al. 2023)."""
    rho = 0.6

    def draw(n, rng):
        x = rng.normal(size=(n, dim))
        y = rho * x + math.sqrt(1 - rho**2) * rng.normal(size=x.shape)
        scale = np.sqrt(freedom / rng.chisquare(freedom, size=(n, 1)))
        return x * scale, y * scale

    def log_ratio(x, y):
        xx, yy, xy = (x**2).sum(axis=1), (y**2).sum(axis=1), (x * y).sum(axis=1)
        both = (xx + yy - 2 * rho * xy) / (1 - rho**2)
        f, d = freedom, dim
        sides = 0.5 * (f + d) * (np.log1p(xx / f) + np.log1p(yy / f))
        scale = gammaln(f / 2 + d) + gammaln(f / 2) - 2 * gammaln((f + d) / 2)
        return scale - 0.5 * d * math.log1p(-(rho**2)) - (f / 2 + d) * np.log1p(both / f) + sides

    return World(f"Student {dim}x{dim}", averaged(draw, log_ratio), draw)


def nothing(dim):
    def draw(n, rng):
        return rng.normal(size=(n, dim)), rng.normal(size=(n, dim)) ** 3

    return World(f"independent {dim}x{dim}", 0.0, draw)


def linear(dim, rho):
    def draw(n, rng):
        x = rng.normal(size=(n, dim))
        return x, rho * x + math.sqrt(1 - rho**2) * rng.normal(size=x.shape)

    return World(f"linear {dim}x{dim}", -0.5 * dim * math.log1p(-(rho**2)), draw)
