"""Mutual information without training: the Gaussian formula, the histogram, and KSG. Lesson 1.

Each takes a sample `x [n, dx]`, `y [n, dy]` and returns nats. None of the three is a bound:

    gaussian    exact for Gaussians; blind to everything but correlation; biased up by about
                dx dy / (2n)
    histogram   one or two dimensions at most; biased up by about (bins - 1)^2 / (2n) and down by
                bins that are too wide
    ksg         nearest neighbours (Kraskov, Stögbauer & Grassberger 2004, Eq. 8); nearly exact in
                few dimensions, far too low in many; never above psi(n) - psi(k)
"""

import numpy as np

from dimlearn.errors import InputError
from dimlearn.information.exact import gaussian_mi, mutual_information
from dimlearn.information.labels import without_ties
from dimlearn.information.samples import own_rng

TREE_DIMENSIONS = 10  # above, a kd-tree visits nearly every point and brute force is quicker
BLOCK = 2**22  # distances held at once by brute force: 32 MB


def gaussian(x, y):
    """Mutual information of the Gaussian fitted to the sample, in nats.

    -1/2 (log det R - log det R_x - log det R_y), R the correlation matrix of the columns: the
    sum of -1/2 log(1 - rho_k^2) over the canonical correlations. Infinite when some combination
    of columns is a linear function of the other side.
    """
    return float(gaussian_mi(canonical_correlations(x, y)).sum())


def canonical_correlations(x, y):
    """The correlations `[min(dx, dy)]` of the directions in `x` and `y` that agree most."""
    correlations = np.linalg.svd(_whitened(x).T @ _whitened(y), compute_uv=False)
    return np.minimum(correlations, 1.0)


def _whitened(sample):
    """An orthonormal basis of the centred columns; columns that repeat others drop out."""
    centred = (sample - sample.mean(axis=0)) / sample.std(axis=0)
    basis, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    return basis[:, sizes > 1e-10 * sizes[0]]


def histogram(x, y, bins=None):
    """Plug-in mutual information of a histogram of two columns, in nats.

    `x`, `y`: `[n, 1]`. `bins`: equally filled bins a side, `n ** (1/3)` by default. Raises
    `InputError` for more than one column a side: the cells would be empty.
    """
    if x.shape[1] > 1 or y.shape[1] > 1:
        raise InputError(f"""a histogram needs one column a side, not {x.shape[1]} and
            {y.shape[1]}: most of its cells would be empty""")
    bins = bins or max(2, round(len(x) ** (1 / 3)))
    cells = [_equal_cells(side[:, 0], bins) for side in (x, y)]
    counts = np.zeros((bins, bins))
    np.add.at(counts, tuple(cells), 1)
    return mutual_information(counts / len(x))


def _equal_cells(column, bins):
    edges = np.quantile(column, np.arange(1, bins) / bins)
    return np.searchsorted(edges, column, side="right")


def ksg(x, y, k=3, seed=0, groups=None):
    """Mutual information by nearest neighbours (KSG's first estimator), in nats.

    psi(k) + psi(n) - mean[psi(n_x + 1) + psi(n_y + 1)], where n_x and n_y count the points that
    are strictly nearer on one side than the k-th neighbour is in the max norm of both. It is made
    for continuous columns; equal values are drawn apart first (`samples.untie`), but for values
    that many rows share, such as labels. Around a point whose k-th neighbour has the distance 0,
    k is the number of points in its place, n_x and n_y those that share its x and its y (Gao et
    al. 2017). For labels on one side that is Ross' estimator (2014), for labels on both the
    plug-in value without its bias.

    `groups`: `[n]`, rows of one group are nobody's neighbours (as in Theiler 1986).
    """
    return float(ksg_terms(x, y, k, seed, groups).mean())


def ksg_terms(x, y, k=3, seed=0, groups=None):
    """The `[n]` terms whose mean is `ksg`; their spread gives its error bar."""
    from scipy.special import digamma

    if not 1 <= k < len(x):
        raise InputError(f"KSG needs 1 <= k < n, but k = {k} and n = {len(x)}")
    rng = own_rng(seed)
    x, y = (without_ties(side / side.std(axis=0), rng) for side in (x, y))
    in_tree = groups is None and x.shape[1] + y.shape[1] <= TREE_DIMENSIONS
    n_xy, n_x, n_y = _count_by_tree(x, y, k) if in_tree else _count_by_force(x, y, k, groups)
    n = len(x)
    others = n if groups is None else n + 1 - np.bincount(groups)[groups]  # and the point itself
    return digamma(n_xy) + digamma(others) - digamma(n_x + 1) - digamma(n_y + 1)


def ksg_ceiling(n, k=3):
    """The most that KSG can say of `n` pairs, psi(n) - psi(k), when every neighbour is joint."""
    from scipy.special import digamma

    return float(digamma(n) - digamma(k))


def _count_by_tree(x, y, k):
    """`(n_xy, n_x, n_y)` of each point: k, or 1 more than the others in its very place."""
    from scipy.spatial import cKDTree

    joint = np.concatenate([x, y], axis=1)
    tree = cKDTree(joint)
    radius = tree.query(joint, k + 1, p=np.inf)[0][:, -1]
    inside = np.nextafter(radius, 0)  # strictly nearer; 0 for 0
    n_xy = np.full(len(x), k)
    tied = radius == 0
    n_xy[tied] = tree.query_ball_point(joint[tied], 0, p=np.inf, return_length=True)
    return n_xy, *(
        cKDTree(side).query_ball_point(side, inside, p=np.inf, return_length=True) - 1
        for side in (x, y)
    )


def _count_by_force(x, y, k, groups):
    n = len(x)
    groups = np.arange(n) if groups is None else groups
    counts = np.empty((3, n), int)
    step = max(1, BLOCK // n)
    for start in range(0, n, step):
        rows = slice(start, start + step)
        near = [_max_distances(side[rows], side) for side in (x, y)]
        joint = np.maximum(*near)
        for distance in (joint, *near):
            distance[groups[rows, None] == groups] = np.inf
        radius = np.partition(joint, k - 1, axis=1)[:, k - 1 : k]
        inside = np.nextafter(radius, 0)
        counts[0, rows] = np.where(radius[:, 0] == 0, (joint == 0).sum(axis=1) + 1, k)
        counts[1:, rows] = [(distance <= inside).sum(axis=1) for distance in near]
    return counts


def _max_distances(rows, sample):
    """Max-norm distances `[rows, n]`, one coordinate after the other to save memory."""
    distance = np.zeros((len(rows), len(sample)))
    for a, b in zip(rows.T, sample.T):
        np.maximum(distance, np.abs(a[:, None] - b), out=distance)
    return distance
