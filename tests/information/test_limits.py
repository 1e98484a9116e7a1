"""What a sample cannot show is told, and nothing is told where it can."""

import numpy as np
import pytest

from dimlearn.information.limits import directions, hidden_by_columns, may_be_function


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def test_directions_of_columns():
    assert directions(normal(2000, 12)) == pytest.approx(12, rel=0.05)
    assert directions(normal(100, 400)) == pytest.approx(400, rel=0.1)  # of 100 rows
    assert directions(np.repeat(normal(500, 1), 9, axis=1)) == pytest.approx(1, abs=0.01)
    assert directions(normal(500, 2) @ normal(2, 30, seed=1)) < 2.5


def test_columns_hide_what_chance_alone_would_show():
    hidden, told = hidden_by_columns(normal(200, 150), normal(200, 1, seed=1))
    assert hidden == pytest.approx(150 / 400, rel=0.1) and "200 rows are few" in told
    assert hidden_by_columns(normal(100, 900), normal(100, 900, seed=1))[0] == np.log(100)
    for columns in (1, 20):
        assert hidden_by_columns(normal(200, columns), normal(200, 1)) == (0.0, None)
    alike = normal(200, 1) + 0.1 * normal(200, 300, seed=1)  # many columns, one direction
    assert hidden_by_columns(alike, normal(200, 1, seed=2)) == (0.0, None)


def curved(x):
    return np.sin(2 * x[:, :1]) + x[:, 1:2] ** 2


@pytest.mark.parametrize("columns, n", [(2, 1500), (3, 600), (3, 3000), (5, 3000)])
def test_a_function_is_told_in_both_directions(columns, n):
    x = normal(n, columns)
    assert "if y is a function of x" in may_be_function(x, curved(x))
    assert "if x is a function of y" in may_be_function(curved(x), x)


@pytest.mark.parametrize("noise", [0.3, 1.0])
def test_noise_is_no_function(noise):
    x = normal(3000, 3)
    assert may_be_function(x, curved(x) + noise * normal(3000, 1, seed=1)) is None
    assert may_be_function(x, x[:, :1] + 0.02 * normal(3000, 1, seed=1)) is None
    assert may_be_function(x, normal(3000, 2, seed=2)) is None
    assert may_be_function(x, (x[:, :1] > 0).astype(float)) is None  # a label: finite
