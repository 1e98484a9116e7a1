"""Estimators side by side: the report, its remarks, and who tells what goes on."""

import numpy as np
import pytest

from dimlearn import InputError
from dimlearn.information import Estimate, worlds
from dimlearn.information.side_by_side import estimate_file, remarks_on


def one(value, error, **more):
    return Estimate(value, error, "x", **more)


def test_estimators_that_agree_need_no_remark():
    assert remarks_on({"default": one(1.0, 0.05), "gaussian": one(1.1, 0.05)}) == []


def test_disagreement_and_large_values_are_told():
    told = remarks_on({"default": one(1.0, 0.05), "gaussian": one(0.2, 0.05)})
    assert len(told) == 1 and "disagree by 0.80 nats: the dependence is not that of" in told[0]
    told = remarks_on({"default": one(7.0, 0.1, warnings=("near its ceiling",))})
    assert told[0] == "default: near its ceiling" and "no lower bound that n pairs give" in told[1]
    assert not any("\n" in text for text in told)


@pytest.fixture
def pairs(tmp_path):
    x, y = worlds.gaussian_pairs([0.8]).sample(200, seed=0)
    np.save(tmp_path / "pairs.npy", np.c_[x, y])
    return tmp_path / "pairs.npy"


def test_only_the_slow_tell_what_goes_on(pairs, capsys):
    told = []
    report = estimate_file(pairs, names=["gaussian", "ksg"], say=told.append)
    assert not told and "200 pairs, 1 and 1 columns; nats" in report
    report = estimate_file(pairs, names=["ksg", "default"], say=told.append)
    assert told == ["default ..."] and "default (KSG)" in report
    assert estimate_file(pairs, names=["ksg", "default"]) == report  # nobody has to listen
    assert capsys.readouterr() == ("", "")


def test_an_estimator_that_is_none(pairs):
    with pytest.raises(InputError, match="no estimator 'magic': choose among default, gaussian"):
        estimate_file(pairs, names=["magic"])
