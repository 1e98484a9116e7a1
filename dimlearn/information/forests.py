"""A critic made of trees: where y changes suddenly with a few of many columns. Lesson 2.

A forest that predicts in which part of its range y lies cuts the space of x where it matters,
and passes over columns that tell nothing. What it predicts is not used, only which training
rows it finds alike: x is most like those with which it shares a leaf in most of the trees.
"""

import numpy as np
from scipy.sparse import csr_array

FOREST_COLUMNS = 2  # of the side that is predicted: beyond, kernels on it are empty
PARTS = 8  # of the range of y
TREES = 30
LEAF = 15  # training rows in a leaf, at least
COLUMNS_TRIED = 20  # at each cut
BANDWIDTH = 0.05  # in rank-uniform coordinates


class ForestCritic:
    """The log ratio of the density of y among the training rows that are like x, and of all.

    `x [n, dx]`, `y [n, dy]`: training pairs with coordinates in (0, 1); `dy` at most 2. The rows
    are weighed by the forest's kernel (Breiman 2000; Lin & Jeon 2006), and their y smeared out by
    a Gaussian one. A hundredth of independence is mixed in.
    """

    def __init__(self, x, y, seed=0):
        from sklearn.ensemble import RandomForestClassifier

        parts = np.minimum((y * PARTS).astype(int), PARTS - 1) @ PARTS ** np.arange(y.shape[1])
        self.forest = RandomForestClassifier(
            TREES,
            min_samples_leaf=LEAF,
            max_features=min(COLUMNS_TRIED, x.shape[1]),
            random_state=seed,
        ).fit(x, parts)
        nodes = [tree.tree_.node_count for tree in self.forest.estimators_]
        self.first, self.nodes = np.cumsum([0, *nodes[:-1]]), sum(nodes)
        self.leaves, self.y = self._leaves(x), y  # [n, nodes]
        self.share = 1 / np.maximum(self.leaves.sum(axis=0), 1) / TREES  # [nodes]

    def _leaves(self, x):
        """Which nodes of all trees each row ends in, `[n, nodes]`, sparse."""
        ends = self.forest.apply(x) + self.first  # [n, TREES]
        starts = np.arange(0, ends.size + 1, TREES)
        return csr_array((np.ones(ends.size), ends.ravel(), starts), (len(x), self.nodes))

    def __call__(self, x, y):
        """Scores `[n, m]` of all pairs of `x [n, dx]`, `y [m, dy]`."""
        alike = (self._leaves(x) * self.share[None]) @ self.leaves.T  # [n, training rows]
        squares = ((self.y[:, None] - y) ** 2).sum(axis=2)  # [training rows, m]
        near = np.exp(-0.5 * squares / BANDWIDTH**2)
        product = near.mean(axis=0)
        return np.log(alike @ near + 0.01 * product + 1e-30) - np.log(1.01 * product + 1e-30)
