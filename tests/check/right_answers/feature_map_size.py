"""Right answers to `feature_map_size`."""

import math

import numpy as np


def with_ceil(side, layers):
    for kernel, stride, padding in layers:
        room = side - kernel + 1 if padding == "valid" else side
        side = math.ceil(room / stride)
    return side


def recursive(n, layers):
    if not layers:
        return n
    (k, s, p), *rest = layers
    return recursive(np.int64(n - k + s) // s if p.lower() == "valid" else (n + s - 1) // s, rest)


def counting(input_size, layers, verbose=False):
    size = input_size
    for kernel, stride, padding in layers:
        last = size - kernel if padding == "valid" else size - 1
        size = len(range(0, last + 1, stride))
    return size
