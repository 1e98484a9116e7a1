"""What is in a representation? Dependence between the dimensions of a code. Lesson 9."""

import numpy as np


def shuffle_dimensions(codes, seed=0):
    """The codes with every dimension shuffled by a permutation of its own: `[N, D] -> [N, D]`.

    Each column keeps its values and loses its company: rows become samples of the product of the
    marginals, the other side of the neural dependency measure (DIM section 4.1). A permutation
    that the columns share would only reorder the rows. The same for the same `seed`.
    """
    return np.random.default_rng(seed).permuted(np.asarray(codes), axis=0)
