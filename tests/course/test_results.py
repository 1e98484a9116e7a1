"""The recorded runs of lessons 8, 9 and 11, each made short: they run as they say."""

import dataclasses

import numpy as np
import pytest

from dimlearn.course.results import two_views, weightings

pytestmark = pytest.mark.weekly


def test_weightings(monkeypatch):
    monkeypatch.setattr(weightings, "IMAGES", 640)
    settings = dataclasses.replace(weightings.SETTINGS, epochs=1)
    monkeypatch.setattr(weightings, "SETTINGS", settings)
    rows = {row["row"]: row for row in weightings.run(seed=0)}
    assert list(rows) == ["random", *settings.weights, "supervised"]
    for name, row in rows.items():
        assert row["over_random"] == pytest.approx(row["linear"] - rows["random"]["linear"])
        assert row["low"] < row["over_random"] < row["high"] or name == "random"
        assert 0 < row["ten_labels"] < 1 and 0 <= row["at_the_ends"] <= 1


def test_two_views(monkeypatch):
    monkeypatch.setattr(two_views, "STEPS", 2)
    monkeypatch.setattr(two_views, "IMAGES", 640)
    rows = two_views.run(seed=0)
    assert [row["training"] for row in rows] == ["random", "own", "crossed"]
    assert all(0 < row[share] < 1 for row in rows for share in ("linear", "ten_labels", "moved"))
    assert all(0 < row[f"{probe}_{case}"] < 1 for row in rows
               for probe in ("linear", "ten_labels") for case in ("quiet", "loud"))  # fmt: skip
    assert all(np.isfinite(row["new_critic"]) for row in rows)
    assert len({row["place_and_ink"] for row in rows}) == 3  # three encoders
