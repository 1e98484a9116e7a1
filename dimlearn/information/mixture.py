"""Critics mixed and held down by what they say of pairs that they were not trained on. Lesson 3.

A mixture of critics is a critic, and so is one whose scores are cut off at a cap. Both are chosen
on validation pairs, and read on others.
"""

import numpy as np
from scipy.special import logsumexp, softmax

from dimlearn.information.bounds import dv, split_pairs

LIMIT = 50.0  # scores are log ratios: e^50 is certainty


def mix(on_validation, on_test):
    """Scores `[n, n]` of test pairs: critics weighed and capped on the scores of validation pairs.

    `on_validation`, `on_test`: score matrices `[m, m]` and `[n, n]` of each critic, in one order.
    """
    validation, test = (
        np.clip(np.stack(matrices).astype("float64"), -LIMIT, LIMIT)  # [K, m, m], [K, n, n]
        for matrices in (on_validation, on_test)
    )
    positive = np.einsum("kii->ki", validation)  # [K, m]
    rows_and_columns = np.concatenate([validation, validation.transpose(0, 2, 1)], axis=1)
    weights = weigh(positive, rows_and_columns)
    cap = choose_cap(*split_pairs(np.tensordot(weights, validation, 1)))
    return np.minimum(np.tensordot(weights, test, 1), cap)


def weigh(positive, candidates, rounds=20):
    """Weights `[K]` of the mixture of K critics with the highest bound on validation pairs.

    The bound is the mean of the positive scores minus the mean over groups of the log of the
    mean of exp, over the candidates of a group. `positive`: `[K, n]`; `candidates`:
    `[K, groups, m]`. With the rows of a score matrix as groups that is InfoNCE, with all negative
    pairs as one group DV.

    It is concave in the weights; Newton's method finds its maximum. A Gaussian prior of deviation
    1 around weight 0 counts as much as one pair: where pairs are few and show little, the mixture
    says little.
    """
    (kinds, n), groups = positive.shape, candidates.shape[1]
    gain = positive.mean(axis=1)  # [K]

    def bound(weights):  # but for a constant
        prices = logsumexp(np.tensordot(weights, candidates, 1), axis=1)  # [groups]
        return weights @ gain - prices.mean() - weights @ weights / (2 * n)

    weights = np.full(kinds, 1 / kinds)
    value = bound(weights)
    for _ in range(rounds):
        p = softmax(np.tensordot(weights, candidates, 1), axis=1)  # [groups, m]
        weighted = candidates * p  # [K, groups, m]
        means = weighted.sum(axis=2)  # [K, groups]
        squares = np.tensordot(weighted, candidates, axes=((1, 2), (1, 2)))  # [K, K]
        slope = gain - means.mean(axis=1) - weights / n
        curvature = (squares - means @ means.T) / groups + np.eye(kinds) / n
        move, length = np.linalg.solve(curvature, slope), 1.0
        while (reached := bound(weights + length * move)) < value:
            length /= 2
            if length < 1e-3:
                return weights
        weights, gained, value = weights + length * move, reached - value, reached
        if gained < 1e-6:
            break
    return weights


def choose_cap(positive, negative, quantiles=(1.0, 0.99, 0.9, 0.7)):
    """The cap on scores with the highest DV value on validation pairs, among quantiles of the
    positive scores.

    One negative pair with a score that is far too high can take any value from DV. A capped critic
    is a critic too, so DV of it is still a lower bound.
    """
    caps = np.quantile(positive, quantiles)
    return max(
        caps, key=lambda cap: float(dv(np.minimum(positive, cap), np.minimum(negative, cap)))
    )
