"""Right answers to `gaussian_mi`."""

import math

import numpy as np

from dimlearn.startup import keras, tf


def plain_python(correlation, dim=1):
    return 0.5 * dim * math.log(1 / (1 - correlation * correlation))


def determinant(rho, dim=1):
    covariance = np.block([[np.eye(dim), rho * np.eye(dim)], [rho * np.eye(dim), np.eye(dim)]])
    return -0.5 * np.linalg.slogdet(covariance)[1]


def tensorflow(rho, dim=1):
    return -dim / 2 * tf.math.log1p(-tf.square(tf.constant(rho, tf.float64)))


def with_keras(rho, dim=1):
    return -0.5 * dim * keras.ops.log1p(-(rho**2))
