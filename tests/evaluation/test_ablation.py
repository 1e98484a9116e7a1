"""Ablations: what is changed, what stays, and that nothing is trained twice."""

import dataclasses

import numpy as np
import pytest

from dimlearn import InputError
from dimlearn.evaluation import Settings, ablation, comparison
from dimlearn.evaluation.run_folder import in_use
from dimlearn.evaluation.settings import ABLATIONS


def test_each_value_changes_what_its_ablation_says_and_nothing_else():
    settings = Settings(epochs=3)
    for name in ABLATIONS:
        plan = ablation.variants(name, settings)
        changed = {
            field.name
            for asked in plan.values()
            for field in dataclasses.fields(asked)
            if getattr(asked, field.name) != getattr(settings, field.name)
        }
        what = {"batch": {"batch_size"}, "code": {"code_dim"}, "views": set()}.get(name, {name})
        assert changed == {"rows", *what, *({"bound"} if name == "negatives" else ())}
        assert len({str(asked) for asked in plan.values()}) == len(plan) >= 2


@pytest.mark.parametrize("name, expected", [
    ("critic", "dot"), ("bound", "infonce_codes"), ("batch", "128"), ("code", "64"),
    ("views", "none"), ("negatives", "all"),
])  # fmt: skip
def test_differences_are_to_the_value_of_the_settings(name, expected):
    settings = Settings()
    assert ablation.reference(ablation.variants(name, settings), settings) == expected


def test_what_two_ablations_share_is_one_run():
    settings = Settings()
    places = [
        ablation.place_of(ablation.variants(name, settings)[value], settings)
        for name, value in (("critic", "dot"), ("batch", "128"), ("code", "64"), ("views", "none"))
    ]
    assert set(places) == {"local"}
    jsd = [ablation.variants(*each)[value] for each, value in (
        (("bound", settings), "jsd"), (("negatives", settings), "all"))]  # fmt: skip
    assert {ablation.place_of(asked, settings) for asked in jsd} == {"local-bound_jsd"}


def part(seed, right):
    return {"name": "local", "seed": seed, "correct": {"linear": np.array([right])}}


def test_the_table_has_paired_differences():
    """Two seeds of three originals in two poses each."""
    groups = np.array([0, 0, 1, 1, 2, 2])
    parts = {
        "a": [part(0, [1, 1, 0, 0, 1, 1]), part(1, [1, 1, 0, 0, 1, 0])],
        "b": [part(0, [1, 1, 1, 0, 1, 1]), part(1, [1, 1, 0, 0, 1, 1])],
    }
    table = ablation.judged("thing", parts, "a", groups).set_index("value")
    assert table.loc["a", "mean"] == pytest.approx(7 / 12)
    assert table.loc["b", "difference"] == pytest.approx(2 / 12)
    assert tuple(table.loc["a", ["difference", "difference_low", "difference_high"]]) == (0, 0, 0)
    assert table.loc["b", "difference_low"] < 2 / 12 < table.loc["b", "difference_high"]
    text = ablation.as_markdown(table.reset_index())
    assert text.splitlines()[0] == "| thing | linear | linear minus a |"
    assert text.splitlines()[2].endswith("|  |") and "| +16.7 (" in text.splitlines()[3]


@pytest.mark.slow
def test_an_ablation_leaves_its_table_and_figure_and_is_not_done_twice(bars, tmp_path, monkeypatch):
    monkeypatch.setattr(comparison, "SEEDED_PROBES", {})  # nothing of an ablation comes from them
    monkeypatch.setattr(comparison, "mlp200_correct", lambda codes, seeds: codes.y_test[None] == 0)
    small = {"eight": {"code_dim": 8}, "four": {"code_dim": 4}}
    monkeypatch.setattr(ablation, "ABLATIONS", {"code": small})
    settings = Settings(epochs=1, batch_size=20, code_dim=4, probe_seeds=1)
    said = []
    table = ablation.ablate(
        ["code"], settings, tmp_path, bars, lambda text, **how: said.append(text)
    )
    assert list(table["value"].unique()) == ["eight", "four"] and set(table["minus"]) == {"four"}
    assert {path.name for path in tmp_path.iterdir()} == {
        "ablations.csv", "code.png", "local", "local-code_dim_8"
    }  # fmt: skip
    again = ablation.ablate(
        ["code"], settings, tmp_path, bars, lambda text, **how: said.append(text)
    )
    assert again.equals(table) and sum("finished before" in line for line in said) == 2


def test_what_cannot_be_met_is_found_before_training(bars, tmp_path):
    settings = Settings(epochs=1, batch_size=20)
    with pytest.raises(InputError, match="no ablation 'colour'"):
        ablation.ablate(["colour"], settings, tmp_path, bars)
    with pytest.raises(InputError, match="but 128 are asked for"):  # of the 108 training images
        ablation.ablate(["critic", "batch"], settings, tmp_path, bars)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_what_stands_where_its_files_go_makes_room(bars, tmp_path, monkeypatch):
    """Else every run would end at the table, after all its trainings."""
    monkeypatch.setattr(ablation, "ABLATIONS", {"code": {"four": {"code_dim": 4}}})
    settings, said = Settings(epochs=1, batch_size=20, code_dim=4, probe_seeds=1), []
    for name in ("ablations.csv", "code.png"):
        (tmp_path / name).mkdir()
    ablation.ablate(["code"], settings, tmp_path, bars, lambda text, **how: said.append(text))
    asides = {"ablations.csv": "ablations.damaged-1.csv", "code.png": "code.damaged-1.png"}
    for name, aside in asides.items():
        assert (tmp_path / name).is_file() and (tmp_path / aside).is_dir()
        assert any(aside in text for text in said)


@pytest.mark.slow
def test_a_file_that_was_there_before_the_first_run_is_not_written_over(
    bars, tmp_path, monkeypatch
):
    monkeypatch.setattr(ablation, "ABLATIONS", {"code": {"four": {"code_dim": 4}}})
    settings = Settings(epochs=1, batch_size=20, code_dim=4, probe_seeds=1)
    (tmp_path / "code.png").write_bytes(b"mine")
    for _ in range(2):
        ablation.ablate(["code"], settings, tmp_path, bars)
    assert (tmp_path / "code.before-1.png").read_bytes() == b"mine"
    assert not list(tmp_path.glob("*.before-2.*"))


def test_one_process_at_a_time(bars, tmp_path):
    with in_use(tmp_path), pytest.raises(InputError, match="another process is at work"):
        ablation.ablate(["critic"], Settings(epochs=1, batch_size=20), tmp_path, bars)
