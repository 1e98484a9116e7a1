"""Critics of vectors that estimate the log density ratio log p(x, y) / (p(x) p(y)). Lesson 2.

    gaussian     the log density ratio of the Gaussian fitted to the training pairs
    student      the same of a Student copula, whose large values come together
    kernel       the log ratio of kernel density estimates, in few dimensions
    separable    g(x) . h(y) + u(x) + v(y), networks: all pairs of a batch cost one product
    concat       a network on x beside y: more flexible for each pair, and costly on all of them

The first three are computed from the training pairs and done. The networks are trained; they come
as `members`, one for each fold of the sample, side by side in the same operations.
"""

import math

import numpy as np
from scipy.special import gammaln, ndtri, stdtrit

from dimlearn.information.bounds import infonce_bound, infonce_codes_bound, pairwise_scores
from dimlearn.startup import tf

# ---------------------------------------------------------------- critics without training


class GaussianCritic:
    """The log density ratio of the Gaussian fitted to training pairs `x [n, dx]`, `y [n, dy]`.

    `shrunk` draws the covariance towards the identity (Ledoit & Wolf 2004): of many columns and few
    rows the plain one would be singular, or sure of too much.
    """

    def __init__(self, x, y, shrunk=False):
        from sklearn.covariance import empirical_covariance, ledoit_wolf

        self.dx = dx = x.shape[1]
        z = np.concatenate([x, y], axis=1)
        self.mean = z.mean(axis=0)
        covariance = ledoit_wolf(z)[0] if shrunk else empirical_covariance(z)
        covariance = covariance + 1e-6 * np.eye(z.shape[1])
        sides = np.zeros_like(covariance)
        sides[:dx, :dx] = covariance[:dx, :dx]
        sides[dx:, dx:] = covariance[dx:, dx:]
        self.form = np.linalg.inv(sides) - np.linalg.inv(covariance)
        self.constant = np.linalg.slogdet(sides)[1] - np.linalg.slogdet(covariance)[1]

    def __call__(self, x, y):
        """Scores `[n, m]` of all pairs of `x [n, dx]`, `y [m, dy]`: 1/2 (z' form z + constant)."""
        x, y, form, dx = x - self.mean[: self.dx], y - self.mean[self.dx :], self.form, self.dx
        u, v = quadratic(x, form[:dx, :dx]), quadratic(y, form[dx:, dx:])
        return 0.5 * (2 * x @ form[:dx, dx:] @ y.T + u[:, None] + v + self.constant)


class StudentCritic:
    """The log density ratio of a Student copula: large values come together, whatever their signs.

    Columns that share one scale, as markets share their bad days, depend on each other in their
    tails even without a correlation, which no Gaussian sees (Demarta & McNeil 2005). `x [n, dx]`,
    `y [n, dy]`: training pairs with coordinates in (0, 1), whose ranks give the correlations;
    `freedom`: the degrees of freedom, small for heavy tails.
    """

    def __init__(self, x, y, freedom):
        from sklearn.covariance import ledoit_wolf

        self.freedom, self.dx = freedom, x.shape[1]
        covariance = ledoit_wolf(ndtri(np.concatenate([x, y], axis=1)))[0]
        deviations = np.sqrt(np.diag(covariance))
        both = covariance / np.outer(deviations, deviations)
        blocks = both, both[: self.dx, : self.dx], both[self.dx :, self.dx :]
        self.precisions = [np.linalg.inv(block) for block in blocks]

    def __call__(self, x, y):
        """Scores `[n, m]` of all pairs of `x [n, dx]`, `y [m, dy]`."""
        x, y = (stdtrit(self.freedom, side) for side in (x, y))
        both, of_x, of_y = self.precisions
        joint = quadratic(x, both[: self.dx, : self.dx])[:, None]
        joint = joint + 2 * x @ both[: self.dx, self.dx :] @ y.T
        joint = joint + quadratic(y, both[self.dx :, self.dx :])
        return (
            self._log_density(joint, both)
            - self._log_density(quadratic(x, of_x), of_x)[:, None]
            - self._log_density(quadratic(y, of_y), of_y)
        )

    def _log_density(self, squares, precision):
        """Of a multivariate t distribution, where z' precision z is `squares`; but for d times a
        constant, which the ratio does not have."""
        f, d = self.freedom, len(precision)
        tail = gammaln((f + d) / 2) - gammaln(f / 2) - 0.5 * (f + d) * np.log1p(squares / f)
        return tail + 0.5 * np.linalg.slogdet(precision)[1]


def quadratic(z, form):
    """z' form z of each row of `z [n, d]`: `[n]`."""
    return ((z @ form) * z).sum(axis=1)


class KernelCritic:
    """The log ratio of Gaussian kernel density estimates of the joint and of both marginals.

    `x`, `y`: training pairs with coordinates in (0, 1). A hundredth of independence is mixed in, so
    that an empty neighbourhood is no proof.
    """

    def __init__(self, x, y, bandwidth):
        self.x, self.y, self.bandwidth = x, y, bandwidth

    def __call__(self, x, y):
        """Scores `[n, m]` of all pairs of `x [n, dx]`, `y [m, dy]`."""
        a, b = self._weights(x, self.x), self._weights(y, self.y)
        joint = a @ b.T / len(self.x)
        product = a.mean(axis=1)[:, None] * b.mean(axis=1)
        return np.log(joint + 0.01 * product + 1e-30) - np.log(1.01 * product + 1e-30)

    def _weights(self, points, centres):
        squares = (points**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)
        squares -= 2 * points @ centres.T
        return np.exp(np.maximum(squares, 0).astype("float32") * (-0.5 / self.bandwidth**2))


# ---------------------------------------------------------------- separable networks


class Perceptrons:
    """A network for each of `members`, trained side by side: `[members, n, d] -> [members, n, k]`.

    Small networks spend their time on calling operations, not on computing. Stacked, all folds
    cost little more than one.
    """

    def __init__(self, rng, members, sizes, activation=tf.nn.gelu):
        self.activation = activation
        self.weights, self.offsets = [], []
        for fan_in, fan_out in zip(sizes, sizes[1:]):
            start = math.sqrt(2 / fan_in) * rng.normal(size=(members, fan_in, fan_out))
            self.weights.append(tf.Variable(start.astype("float32")))
            self.offsets.append(tf.Variable(np.zeros((members, 1, fan_out), "float32")))
        self.weights[-1].assign(0.3 * self.weights[-1])  # first scores of order one

    def __call__(self, x):
        for weight, offset in zip(self.weights[:-1], self.offsets[:-1]):
            x = self.activation(tf.matmul(x, weight) + offset)
        return tf.matmul(x, self.weights[-1]) + self.offsets[-1]

    @property
    def variables(self):
        return self.weights + self.offsets


class SeparableCritics:
    """g(x) . h(y) + u(x) + v(y) for each of `members`: cheap on all pairs of a batch."""

    def __init__(self, rng, members, dx, dy, hidden=(64, 64), features=32):
        self.g = Perceptrons(rng, members, [dx, *hidden, features + 1])
        self.h = Perceptrons(rng, members, [dy, *hidden, features + 1])
        self.variables = self.g.variables + self.h.variables

    def __call__(self, x, y):
        """Scores `[members, n, m]` of `x [members, n, dx]`, `y [members, m, dy]`."""
        g, h = self.g(x), self.h(y)  # [members, n, features + 1], [members, m, features + 1]
        u, v = g[..., -1:], tf.linalg.matrix_transpose(h[..., -1:])  # [.., n, 1], [.., 1, m]
        return pairwise_scores(g[..., :-1], h[..., :-1]) + u + v

    def infonce(self, x, y):
        """InfoNCE of `x [members, n, dx]`, `y [members, n, dy]`, all pairs: `[members]`."""
        return tf.vectorized_map(both_sides, self(x, y))


class ConcatCritics:
    """A network on x beside y for each of `members`.

    Its first layer, dense on a concatenation, is a sum of a layer on each part: computed once for
    every x and every y, and added up for every pair. The rest runs on each pair by itself, and so
    a batch is trained on a few negative pairs for each positive one, not on all. With millions of
    pairs to score, most time goes into the activation: silu is smooth, and quicker than gelu.
    """

    def __init__(self, rng, members, dx, dy, width=48):
        self.x_part = Perceptrons(rng, members, [dx, width])
        self.y_part = Perceptrons(rng, members, [dy, width])
        self.tail = Perceptrons(rng, members, [width, width, 1], tf.nn.silu)
        self.variables = self.x_part.variables + self.y_part.variables + self.tail.variables

    def __call__(self, x, y):
        """Scores `[members, n, m]` of `x [members, n, dx]`, `y [members, m, dy]`."""
        a, b = self.x_part(x), self.y_part(y)  # [members, n, width], [members, m, width]
        return self._score_sums(a[:, :, None] + b[:, None])

    def infonce(self, x, y, negatives=7):
        """InfoNCE of `x [members, n, dx]`, `y [members, n, dy]`, few negatives: `[members]`.

        `scores[:, i, s]` is of x_i with the y that stands `s` places on. The candidates of y_j
        are those of its own and of the x that stand 1, 2, ... places before it.
        """
        a, b = self.x_part(x), self.y_part(y)  # [members, n, width]
        rolled = tf.stack([tf.roll(b, -s, axis=1) for s in range(negatives + 1)], axis=2)
        by_x = self._score_sums(a[:, :, None] + rolled)  # [members, n, 1 + negatives]
        columns = [tf.roll(by_x[..., s], s, axis=1) for s in range(negatives + 1)]
        prices = sum(
            tf.reduce_logsumexp(side, axis=2) for side in (by_x, tf.stack(columns, axis=2))
        )
        return tf.reduce_mean(by_x[..., 0] - 0.5 * prices, axis=1) + math.log(negatives + 1)

    def _score_sums(self, sums):
        """Scores `[members, n, m]` of pairs whose first layer is `sums [members, n, m, width]`."""
        shape = tf.shape(sums)
        flat = tf.reshape(tf.nn.silu(sums), [shape[0], shape[1] * shape[2], sums.shape[3]])
        return tf.reshape(self.tail(flat), shape[:3])


def both_sides(scores):
    """InfoNCE of a score matrix, averaged over rows and columns: neither side's offset is free."""
    return 0.5 * (infonce_bound(scores) + infonce_codes_bound(scores))
