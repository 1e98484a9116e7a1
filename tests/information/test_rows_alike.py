"""Copies, near copies and memory among rows: found where they are, and nowhere else."""

import numpy as np
import pytest
from scipy.signal import lfilter

from dimlearn import InputError, estimate_mi
from dimlearn.information import KSG, CrossFitted, Gaussian, Histogram, worlds
from dimlearn.information.crossfit import split_folds
from dimlearn.information.rows_alike import find_rows_alike


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def series(n, memory, seed=0):
    """Two independent autoregressive series."""
    return lfilter([1], [1, -memory], normal(2, n + 300, 1, seed=seed), axis=1)[:, 300:]


def copied(rows, times, jitter=0.0, columns=1, seed=0):
    """Independent columns, each row several times, in any order."""
    x, y = np.tile(normal(2, rows, columns, seed=seed), (1, times, 1))
    order = np.random.default_rng(seed).permutation(len(x))
    return tuple(s[order] + jitter * normal(*s.shape, seed=9 + i) for i, s in enumerate((x, y)))


# ---------------------------------------------------------------- found


@pytest.mark.parametrize("columns", [1, 3])
@pytest.mark.parametrize("jitter", [0.0, 1e-9, 1e-3])
@pytest.mark.parametrize("times", [2, 5])
def test_of_copies_one_is_kept(columns, jitter, times):
    x, y = copied(200, times, jitter, columns)
    found = find_rows_alike(x, y)
    assert len(found.kept) == pytest.approx(200, abs=4) and found.groups is None
    originals = np.hstack([*normal(2, 200, columns)])
    rows = np.hstack([x, y])[found.kept]
    source = [np.abs(originals - row).max(axis=1).argmin() for row in rows]
    assert len(set(source)) > 195
    assert f"{200 * times - len(found.kept)} of {200 * times} rows are copies" in found.remarks[0]


def test_rows_drawn_again_are_copies_and_whole_tables_of_rounded_rows_too():
    x, y = normal(2, 300, 2)
    again = np.random.default_rng(1).integers(300, size=600)  # a bootstrap sample
    assert len(find_rows_alike(x[again], y[again]).kept) == len(np.unique(again))
    x, y = np.tile(np.round(normal(2, 200, 1), 1), (1, 3, 1))  # values that may repeat by right
    assert len(find_rows_alike(x, y).kept) == 200


def test_a_series_is_cut_into_blocks():
    x, y = series(1000, 0.95)
    found = find_rows_alike(x, y)
    assert len(found.kept) == 1000 and len(found.remarks) == 1
    assert 10 <= found.groups.max() + 1 <= 40 and (np.diff(found.groups) >= 0).all()
    assert "blocks" in found.remarks[0] and "\n" not in found.remarks[0]


def test_memory_of_the_scale_alone_is_memory():
    """No row is correlated with the next, but wild rows follow wild ones, on both sides."""
    scale = np.exp(series(3000, 0.98, seed=1) / 3)
    found = find_rows_alike(*(scale * normal(2, 3000, 1, seed=2)))
    assert found.groups is not None


# ---------------------------------------------------------------- nothing found


def innocent():
    rng = np.random.default_rng(3)
    x, y = normal(2, 1500, 1, seed=4)
    blobs = 20 * normal(8, 2, seed=5)[rng.integers(8, size=1500)] + normal(1500, 2, seed=6)
    labels = np.sort(rng.integers(3, size=1500))[:, None]
    counts = rng.poisson(np.exp(x))
    angle = rng.uniform(0, 6.3, size=(1500, 1))
    return {
        "independent": (x, y),
        "rounded": (np.round(x, 1), np.round(x + y, 1)),
        "a table": (rng.integers(2, size=(1500, 1)), rng.integers(2, size=(1500, 1))),
        "logs of counts": (np.log1p(counts), np.log1p(rng.poisson(np.exp(x)))),
        "a function": (x, x**3),
        "nearly a function": (x, x + 1e-4 * y),
        "zeros and others": (np.maximum(x, 0), np.maximum(x + y, 0)),
        "clusters": (blobs[:, :1], blobs[:, 1:]),
        "heavy tails": (x / y, normal(1500, 1, seed=7) / y),
        "a curve": (np.cos(angle), np.sin(angle)),
        "sorted by x": (np.sort(x, axis=0), np.sort(x, axis=0) ** 2 + y),
        "sorted by class": (labels + y, labels),
        "one side remembers": (series(1500, 0.95)[0], y),
        "many columns": (normal(1500, 30, seed=8), normal(1500, 20, seed=9)),
        "ten columns of a plane": (normal(1500, 2) @ normal(2, 10), y),
    }


@pytest.mark.parametrize("name", innocent())
def test_independent_draws_are_left_alone(name):
    x, y = (np.asarray(side, float) for side in innocent()[name])
    found = find_rows_alike(x, y)
    assert len(found.kept) == len(x) and found.groups is None and not found.remarks


# ---------------------------------------------------------------- what comes of it


@pytest.mark.parametrize("estimator", [KSG(), Gaussian(), CrossFitted(("gaussian", "kernel"))])
def test_copies_of_independent_rows_read_as_nothing(estimator):
    found = estimator.result(*copied(250, 4, 1e-3))
    assert abs(found.value) < 2 * found.standard_error + 0.02 < 0.25
    assert sum("copies" in warning for warning in found.warnings) == 1


@pytest.mark.slow
def test_independent_series_read_as_nothing():
    """Taken for independent draws, half of these read as dependent."""
    apart = []
    for seed in range(10):
        found = estimate_mi(*series(1000, 0.95, seed))
        apart.append(abs(found.value) / found.standard_error)
        assert any("resemble the rows before" in warning for warning in found.warnings)
    assert np.sum(np.array(apart) > 2) <= 1


@pytest.mark.parametrize("estimator", [Gaussian(), Histogram(), KSG()])
def test_every_estimator_takes_blocks_for_few_rows(estimator):
    pulls, errors, without_order = [], [], []
    for seed in range(12):
        x, y = series(600, 0.95, seed)
        order = np.random.default_rng(0).permutation(600)
        found, shuffled = estimator.result(x, y), estimator.result(x[order], y[order])
        pulls.append(found.value / found.standard_error)
        errors.append(found.standard_error)
        without_order.append(shuffled.standard_error)
    assert np.sum(np.array(pulls) > 2) <= 1
    assert np.mean(errors) > np.mean(without_order)


def test_groups_stay_in_one_part_of_each_split():
    groups = np.random.default_rng(0).integers(40, size=500)
    splits = split_folds(500, np.random.default_rng(1), groups=groups)
    assert sorted(np.concatenate([split.test for split in splits])) == list(range(500))
    for split in splits:
        parts = [set(groups[rows]) for rows in (split.train, split.validation, split.test)]
        assert sum(map(len, parts)) == len(set.union(*parts)) and min(map(len, parts)) > 2
    assert len({len(split.train) for split in splits}) == 1


def test_named_groups_are_no_evidence_of_each_other():
    """Each patient has an x and a y of their own that have nothing to do with each other."""
    patients = np.repeat(np.arange(40), 20)
    x, y = (side[patients] + 0.1 * normal(800, 1, seed=3) for side in normal(2, 40, 1))
    order = np.random.default_rng(1).permutation(800)  # no order to see them by
    x, y, patients = x[order], y[order], patients[order]
    assert estimate_mi(x, y).value > 0.5
    found = estimate_mi(x, y, groups=patients)
    assert abs(found.value) < 2 * found.standard_error < 1
    assert KSG().result(x, y, groups=patients.astype(str)).value < 0.5


@pytest.mark.parametrize(
    "groups, words",
    [
        (np.zeros(100), "1 groups are too few"),
        (np.arange(50), "a group for each of the 100 rows"),
        (np.r_[np.arange(12), np.full(88, 12)], "too unequal"),
    ],
)
def test_groups_that_do_not_fit(groups, words):
    x, y = worlds.gaussian_pairs([0.8]).sample(100, seed=0)
    with pytest.raises(InputError, match=words):
        estimate_mi(x, y, groups=groups)


def test_too_few_rows_are_left():
    with pytest.raises(InputError, match="only 19 of the 76 rows are no copies"):
        estimate_mi(*copied(19, 4, 1e-9))
