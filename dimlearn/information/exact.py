"""Entropy, divergence and mutual information where they are known exactly. Lesson 1.

For a discrete variable everything is a sum over a probability table; for Gaussians it is a formula
of their correlation. These are the values that the estimators of lesson 2 are held against.

    H(p)          -sum p log p                Shannon 1948
    KL(p || q)    sum p log(p / q)            Kullback & Leibler 1951
    I(X; Y)       KL(p(x, y) || p(x) p(y))

All values are in nats. NumPy alone: arrays, lists and tensors are taken, floats are returned.
"""

import numpy as np

from dimlearn.errors import InputError

# ---------------------------------------------------------------- probability tables


def entropy(p):
    """Shannon entropy `-sum p log p` of a probability table of any shape: a float, nats.

    With `0 log 0 = 0`, its limit. From 0 (one entry has all the mass) to the log of the number of
    entries (uniform). Raises `InputError` unless `p` is a probability table.
    """
    p = check_probabilities(p, "p")
    p = p[p > 0]
    return float(-np.sum(p * np.log(p))) + 0.0  # + 0.0: no -0.0 for a certain event


def kl_divergence(p, q):
    """Kullback-Leibler divergence `KL(p || q) = sum p log(p / q)`: a float, nats.

    `p`, `q`: probability tables of the same shape. Terms with `p = 0` are 0; where `q = 0 < p` the
    divergence is infinite. Never negative, and 0 only for `p = q`. Not symmetric.
    Raises `InputError` unless both are probability tables of one shape.
    """
    p, q = check_probabilities(p, "p"), check_probabilities(q, "q")
    if p.shape != q.shape:
        raise InputError(f"p and q must have the same shape, but have {p.shape} and {q.shape}")
    q, p = q[p > 0], p[p > 0]
    if np.any(q == 0):
        return float("inf")
    return max(0.0, float(np.sum(p * np.log(p / q))))  # rounding alone can leave it below 0


def mutual_information(joint):
    """Mutual information `I(X; Y) = KL(joint || product of its marginals)`: a float, nats.

    `joint`: a table `[K1, K2]` of the probabilities of each pair of values. At most the smaller
    of the two entropies; 0 exactly when X and Y are independent.
    Raises `InputError` unless it is a probability table with two axes.
    """
    joint = check_probabilities(joint, "joint")
    if joint.ndim != 2:
        raise InputError(f"joint must be a table [K1, K2], but has the shape {joint.shape}")
    product = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    return kl_divergence(joint, product)


def check_probabilities(p, name):
    """`p` as float64; `InputError` unless its entries are not negative and sum to 1."""
    p = np.asarray(p, dtype="float64")
    if not (np.all(np.isfinite(p)) and np.all(p >= 0)):
        raise InputError(f"{name} must hold probabilities, but has negative or non-finite entries")
    if abs(p.sum() - 1) > 1e-3:
        raise InputError(f"the probabilities of {name} must sum to 1, but sum to {p.sum():.4g}")
    return p


# ---------------------------------------------------------------- Gaussians


def gaussian_mi(rho, dim=1):
    """Mutual information of correlated Gaussians, `-dim / 2 log(1 - rho^2)`, in nats.

    `dim` independent pairs `(x_k, y_k)` of unit Gaussians, each pair with correlation `rho`
    (a number, or an array of them). Infinite for `rho = 1` and `rho = -1`.
    Raises `InputError` for a correlation outside [-1, 1].
    """
    rho = np.asarray(rho, dtype="float64")
    if not np.all(np.abs(rho) <= 1):
        raise InputError(f"a correlation lies between -1 and 1, but rho = {rho}")
    with np.errstate(divide="ignore"):
        values = -0.5 * dim * np.log1p(-(rho**2)) + 0.0
    return float(values) if values.ndim == 0 else values
