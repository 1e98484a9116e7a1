"""Worlds whose mutual information is known, to try estimators on. Lessons 2, 3 and 10.

    world = correlated_gaussians(mi=4.0, dim=20)
    x, y = world.sample(5000, seed=0)
    world.mutual_information                 # 4.0 nats

The Gaussians, tables and noisy channels have a formula. Images have none, except for pairs that
share nothing but their class: given the class the two are independent, so I(X; Y) is at most the
entropy of the class, log 10 for ten balanced ones, and exactly that where every image shows its
class beyond doubt (the idea of Lee & Rhee 2024).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dimlearn.errors import InputError
from dimlearn.information.exact import (
    check_probabilities,
    entropy,
    gaussian_mi,
    mutual_information,
)


@dataclass(frozen=True)
class World:
    """A joint distribution with a known mutual information, in nats.

    `draw`: from (n, a NumPy generator) to `(x [n, ...], y [n, ...])`. `log_ratio`, where there is
    a formula: from `(x [n, dx], y [m, dy])` to the log density ratio of all pairs `[n, m]`.
    """

    name: str
    mutual_information: float
    draw: Callable
    log_ratio: Callable | None = None

    def sample(self, n, seed=0):
        """`n` independent pairs, the same for the same `seed`."""
        return self.draw(n, np.random.default_rng(seed))


# ---------------------------------------------------------------- Gaussians


def correlation_for(mi, dim):
    """The correlation of `dim` independent Gaussian pairs that share `mi` nats in all."""
    if mi < 0:
        raise InputError(f"mutual information is never negative, but mi = {mi}")
    return math.sqrt(-math.expm1(-2 * mi / dim))


def correlated_gaussians(mi, dim=20, cubed=False):
    """`dim` pairs of unit Gaussians, all with one correlation, that share `mi` nats in all.

    `cubed` gives `y ** 3`: another distribution, hard for a critic, with the same information.
    """
    rho = correlation_for(mi, dim)

    def draw(n, rng):
        x = rng.normal(size=(n, dim))
        y = rho * x + math.sqrt(1 - rho**2) * rng.normal(size=(n, dim))
        return x, y**3 if cubed else y

    def log_ratio(x, y):
        y = np.cbrt(y) if cubed else y
        squares = (x**2).sum(axis=1)[:, None] + (y**2).sum(axis=1)
        return mi - (rho**2 * squares - 2 * rho * x @ y.T) / (2 * (1 - rho**2))

    return World(f"{dim}-d Gaussian{', cubed' * cubed}, {mi:g} nats", mi, draw, log_ratio)


def gaussian_pairs(rhos, transform=None, name="Gaussian pairs"):
    """Pairs of unit Gaussians with correlations `rhos`, both sides put through `transform`.

    `transform`: a one-to-one function of arrays `[n, d]`; it leaves the information as it is.
    """
    rhos = np.asarray(rhos, "float64")
    transform = transform or (lambda values: values)
    known = float(np.sum(gaussian_mi(rhos)))

    def draw(n, rng):
        x = rng.normal(size=(n, len(rhos)))
        y = rhos * x + np.sqrt(1 - rhos**2) * rng.normal(size=x.shape)
        return transform(x), transform(y)

    return World(name, known, draw)


# ---------------------------------------------------------------- others with a formula


def table(joint):
    """Two discrete variables with the probability table `joint [K1, K2]`: integers `[n, 1]`."""
    joint = check_probabilities(joint, "joint")

    def draw(n, rng):
        cells = rng.choice(joint.size, size=n, p=joint.ravel() / joint.sum())
        x, y = np.unravel_index(cells, joint.shape)
        return x[:, None], y[:, None]

    def log_ratio(x, y):
        with np.errstate(divide="ignore"):
            product = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
            return np.log(joint / product)[x[:, 0]][:, y[:, 0]]

    return World("discrete table", mutual_information(joint), draw, log_ratio)


def noisy_uniform(noise=0.1):
    """x uniform on [0, 1], y = x + uniform noise on [-noise, noise], for noise up to 1/2.

    h(y) - h(y | x) = noise - log(2 noise).
    """

    def draw(n, rng):
        x = rng.uniform(size=(n, 1))
        return x, x + rng.uniform(-noise, noise, size=(n, 1))

    return World(f"uniform, noise {noise:g}", noise - math.log(2 * noise), draw)


def independent(dim=10):
    """Two independent Gaussians: 0 nats, and what a careless estimate makes of them."""

    def draw(n, rng):
        return rng.normal(size=(n, dim)), rng.normal(size=(n, dim))

    return World(f"independent, {dim}-d", 0.0, draw, lambda x, y: np.zeros((len(x), len(y))))


# ---------------------------------------------------------------- images


def same_class_images(images, labels, rows=None, digits=1, matched=True):
    """Pairs of images that share their class and nothing else: I(X; Y) = H(class), if it shows.

    `images`: `[N, H, W, channels]`; `labels`: `[N]`. Both images of a pair are drawn from those of
    one class, independently. With `rows`, y keeps only its upper rows: the information can only
    fall, and only 0 and H(class) are known ends. With `digits` = 2, two independent pairs
    are laid side by side: twice the information. `matched=False` draws the two sides from
    independent classes: none. Values are flattened images in [0, 1].
    """
    images, labels = np.asarray(images, "float32"), np.asarray(labels)
    classes, counts = np.unique(labels, return_counts=True)
    members = [np.flatnonzero(labels == c) for c in classes]
    share = counts / counts.sum()

    def one(n, rng):
        first = rng.choice(len(classes), size=n, p=share)
        second = first if matched else rng.choice(len(classes), size=n, p=share)
        picked = [_pick(members, counts, chosen, rng) for chosen in (first, second)]
        x, y = images[picked[0]], images[picked[1]]
        return x.reshape(n, -1), (y if rows is None else y[:, :rows]).reshape(n, -1)

    def draw(n, rng):
        parts = [one(n, rng) for _ in range(digits)]
        return tuple(np.concatenate(side, axis=1) for side in zip(*parts))

    known = digits * entropy(share) if matched else 0.0
    what = "same-class images" if matched else "independent images"
    what += f", {rows} rows" if rows else ", two digits" if digits == 2 else ""
    return World(what, known, draw)


def _pick(members, counts, chosen, rng):
    places = (rng.random(len(chosen)) * counts[chosen]).astype(int)
    return np.array([members[c][place] for c, place in zip(chosen, places)])
