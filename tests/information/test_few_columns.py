"""The columns that carry the dependence are found, and what is found of nothing is nothing."""

import numpy as np
import pytest

from dimlearn.information.few_columns import agreed_columns, information, pick_columns


@pytest.fixture
def columns():
    return np.random.default_rng(0).uniform(size=(1200, 8))


def noisy(column):
    return (column + 0.1 * np.random.default_rng(1).uniform(size=len(column)))[:, None] % 1


def test_one_of_eight(columns):
    of_x, of_y = pick_columns(columns, noisy(columns[:, 5]))
    assert of_x == (5,) and of_y == (0,)
    assert pick_columns(noisy(columns[:, 5]), columns)[::-1] == ((5,), (0,))


def test_two_that_tell_only_together(columns):
    exclusive = (columns[:, 2] > 0.5) ^ (columns[:, 6] > 0.5)
    of_x, of_y = pick_columns(columns, noisy(exclusive * 0.5))
    assert of_x == (2, 6) and of_y == (0,)  # full tables alone take a third


def test_many_columns_are_searched_step_by_step():
    x = np.random.default_rng(0).uniform(size=(800, 60))
    y = np.hstack([np.random.default_rng(1).uniform(size=(800, 20)), noisy(x[:, 33])])
    of_x, of_y = pick_columns(x, y)
    assert 33 in of_x and 20 in of_y and len(of_x) + len(of_y) <= 4


def test_the_information_of_chance_is_taken_off():
    draws = np.random.default_rng(0).uniform(size=(60, 2, 1000, 1))
    found = [information(x, y) for x, y in draws]
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(60) + 0.002  # 0.04 with it


def test_halves_agree_on_what_tells_and_seldom_on_noise(columns):
    exclusive = noisy(((columns[:, 2] > 0.5) ^ (columns[:, 6] > 0.5)) * 0.5)
    assert agreed_columns(columns, exclusive, np.random.default_rng(0)) == ((2, 6), (0,))
    draws = (np.random.default_rng(seed) for seed in range(40))
    agreed = [agreed_columns(*rng.normal(size=(2, 200, 5)), rng) for rng in draws]
    assert sum(each is not None for each in agreed) <= 4


def test_copies_in_one_group_do_not_agree_with_themselves():
    """Forty copies of 30 rows: mixed halves pick the same columns whatever they hold."""
    x, y = np.random.default_rng(0).normal(size=(2, 12, 30, 3))
    draws = [np.repeat(side, 40, axis=1) for side in (x, y)]
    groups, rng = np.repeat(np.arange(30), 40), np.random.default_rng(1)
    apart = [agreed_columns(x, y, rng, groups) for x, y in zip(*draws)]
    mixed = [agreed_columns(x, y, rng) for x, y in zip(*draws)]
    assert apart.count(None) >= 10 and mixed.count(None) <= 6
