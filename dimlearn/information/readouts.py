"""What a trained critic says about mutual information. Lesson 3.

The JSD objective trains a critic steadily, but its value is not a mutual information. Its optimum
is the critic f = log p(x, y) / (p(x) p(y)), and *that* can be read in several ways:

    NWJ                   1 + E_J[f] - E_M[e^f]     a lower bound, with a heavy tail
    DV                    E_J[f] - log E_M[e^f]     a lower bound (of a small batch, biased up)
    SMILE                 DV with clipped negatives    not a bound: can exceed the truth
    InfoNCE               a lower bound, at most log N
    mean positive score   E_J[f] (DEMI, Liao et al. 2020)    not a bound: it believes f

NWJ's own optimum is 1 + f, so `nwj_bound(f)` of such a critic is off: it reads I - 1/e at the
optimum. Two well-known libraries do that. The right one is `nwj_bound(1 + f)`.
"""

import numpy as np

from dimlearn.information.bounds import dv_bound, infonce_bound, nwj_bound, smile


def read_log_ratio(scores, tau=5.0):
    """All read-outs of a critic that estimates the log density ratio: `{name: nats}`.

    `scores`: `[n, n]`, positive pairs on the diagonal, of pairs that the critic was *not* trained
    on. A large n is worth having: DV's bias falls, and InfoNCE's ceiling rises as log n.
    """
    scores = np.asarray(scores, "float64")
    with np.errstate(over="ignore"):
        return {
            "DV": float(dv_bound(scores)),
            "NWJ": float(nwj_bound(1 + scores)),
            f"SMILE-{tau:g}": float(smile(scores, tau)),
            "InfoNCE": float(infonce_bound(scores)),
            "mean positive score": float(np.diag(scores).mean()),
        }


def influence(scores):
    """What each of n pairs adds to DV of `scores [n, n]`, but for a constant: `[n]`, nats.

    Its own score, less its row's and its column's share in the mean of exp over the negative
    pairs. The spread of these terms gives the sampling error of DV.
    """
    scores = np.asarray(scores, "float64")
    weights = np.exp(scores - scores.max())
    np.fill_diagonal(weights, 0.0)
    shares = (weights.sum(axis=0) + weights.sum(axis=1)) * len(scores) / weights.sum()
    return np.diag(scores) - shares
