"""The measures of `--full`: which there are, that they are kept, and the tables of them."""

import csv
import io
import shutil
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from dimlearn import InputError, build_encoder
from dimlearn.evaluation import (
    Settings,
    all_rows,
    compare,
    comparison,
    decoding,
    fine_tuning,
    measures,
)
from dimlearn.evaluation.comparison import filled_in
from dimlearn.evaluation.intervals import (
    accuracy_over_seeds,
    difference_over_seeds,
    estimate_over_seeds,
    similarity_over_seeds,
)
from dimlearn.evaluation.measures import TUNED, finish_measures, svm_correct, varying
from dimlearn.evaluation.report import measured, summarise
from dimlearn.evaluation.run_folder import open_folder
from dimlearn.evaluation.tables import as_csv, as_markdown, differences_as_markdown

ROWS = all_rows(Settings())


def quiet(text, passing=False):
    pass


# ---------------------------------------------------------------- what there is


def test_an_encoder_with_a_map_has_all_measures_and_one_that_saw_labels_is_not_tuned(bars):
    encoder = build_encoder(bars.image_shape, 4)
    plain = ["svm_feature_map", "svm_code", "ssim", "ndm", "mine"]
    tuned = ["tuned_1", "tuned_10", "tuned_all"]  # of 40 a class there are not 100
    assert list(measures.measures(ROWS["local"], encoder, bars, bars, 0)) == [*plain, *tuned]
    assert list(measures.measures(ROWS["random"], encoder, bars, bars, 0)) == [*plain, *tuned]
    assert list(measures.measures(ROWS["supervised"], encoder, bars, bars, 0)) == plain
    added = replace(ROWS["local"], added=True)
    assert list(measures.measures(added, encoder, bars, bars, 0)) == plain
    deep = build_encoder((32, 32, 1), 4, "dim32")
    assert "svm_dense" in measures.measures(ROWS["local"], deep, bars, bars, 0)
    pixels, _ = ROWS["pixels"].make(bars, Settings(), 0, ())
    assert list(measures.measures(ROWS["pixels"], pixels, bars, bars, 0)) == ["ssim", "ndm", "mine"]


def test_numbers_that_never_change_are_left_out_of_the_estimates():
    codes = np.array([[1.0, 5.0, 2.0], [1.0, 6.0, 3.0]])
    assert varying(codes).tolist() == [[5.0, 2.0], [6.0, 3.0]]


@pytest.mark.slow
def test_a_linear_svm_tells_bars_apart_by_their_map(bars):
    correct = svm_correct(build_encoder(bars.image_shape, 4), "feature_map", bars)
    assert correct.shape == (30,) and correct.mean() > 0.9


@pytest.mark.slow
def test_every_measure_of_real_images_is_a_number(little, monkeypatch):
    """After a few steps of each training."""
    monkeypatch.setattr(fine_tuning, "STEPS", 10)
    monkeypatch.setattr(decoding, "STEPS", 10)
    for name in ("neural_dependency", "mine_information"):
        quickly = partial(getattr(measures, name), steps=10)
        monkeypatch.setattr(measures, name, quickly)
    encoder = build_encoder(little.image_shape, 4)
    all_of_them = measures.measures(ROWS["local"], encoder, little, little, 0)
    found = {name: np.asarray(measure()) for name, measure in all_of_them.items()}
    assert {"svm_code", "ssim", "ndm", "mine", "tuned_10", "tuned_all"} <= found.keys()
    for name, values in found.items():
        assert np.isfinite(values).all(), name
        assert values.shape == ((2,) if name in ("ndm", "mine") else (200,)), name
        assert (values.dtype == bool) == name.startswith(("svm", "tuned")), name
    assert measured([found], little.test_groups).keys() == found.keys()


# ---------------------------------------------------------------- kept


@pytest.fixture
def three(monkeypatch):
    """Three measures that are quick, the last of which cannot be made; and what was asked for."""
    asked = []

    def known(row, encoder, dataset, few, seed):
        def right():
            asked.append(f"{row.name} {seed} svm_code")
            return np.arange(30) % 2 == 0

        def estimate():
            asked.append(f"{row.name} {seed} ndm")
            return 1.5, 0.1

        def refused():
            raise InputError("there are too few images")

        return {"svm_code": right, "ndm": estimate, "mine": refused}

    monkeypatch.setattr(measures, "measures", known)
    return asked


@pytest.mark.slow
def test_what_was_measured_is_not_measured_again(finished, bars, quick, three, tmp_path):
    """A run without `--full` goes on with it; what cannot be measured is told."""
    shutil.copytree(finished[0], tmp_path / "run")
    heard, settings = [], replace(filled_in(quick, bars), full=True)
    say = lambda text, passing=False: heard.append(text)  # noqa: E731
    with open_folder(tmp_path / "run", settings, bars, say) as folder:
        part = folder.read_encoder({"name": "local", "seed": 0})
        found = finish_measures(ROWS["local"], part, bars, bars, folder, say)
        assert three == ["local 0 svm_code", "local 0 ndm"]
        again = finish_measures(ROWS["local"], part, bars, bars, folder, say)
        assert three == ["local 0 svm_code", "local 0 ndm"]
        assert found.keys() == again.keys() == {"svm_code", "ndm"}
        for name in found:
            np.testing.assert_array_equal(found[name], again[name])
            assert found[name].dtype == again[name].dtype
        assert "    mine is left out: there are too few images" in heard
        path = tmp_path / "run" / "measures" / "local-0.npz"
        path.write_bytes(path.read_bytes()[:-50])
        finish_measures(ROWS["local"], part, bars, bars, folder, say)
        assert len(three) == 4 and any("local-0.npz cannot be used" in line for line in heard)


@pytest.mark.weekly
def test_measures_of_another_encoder_are_not_taken(finished, bars, quick, three, tmp_path):
    shutil.copytree(finished[0], tmp_path / "run")
    with open_folder(tmp_path / "run", filled_in(quick, bars), bars, quiet) as folder:
        part = folder.read_encoder({"name": "local", "seed": 0})
        other = part | {"belongs_to": part["belongs_to"] | {"encoder": "another"}}
        folder.write_measures(other, {"ndm": np.array([9.0, 9.0])})
        found = finish_measures(ROWS["local"], part, bars, bars, folder, quiet)
        np.testing.assert_array_equal(found["ndm"], [1.5, 0.1])


@pytest.mark.slow
def test_a_full_run_measures_every_row_and_the_random_one(bars, three, tmp_path, monkeypatch):
    monkeypatch.setattr(comparison, "PROBES", {})
    monkeypatch.setattr(comparison, "SEEDED_PROBES", {})
    monkeypatch.setattr(comparison, "FEW_LABELS", ())
    monkeypatch.setattr(comparison, "mlp200_correct", lambda codes, seeds: np.ones((1, 30), bool))
    settings = Settings(rows=("pca",), epochs=1, batch_size=20, code_dim=4, full=True)
    assert filled_in(settings, bars).rows == ("pca", "random")
    assert filled_in(replace(settings, full=False), bars).rows == ("pca",)
    counts = []
    few = comparison.fewer_images
    monkeypatch.setattr(comparison, "fewer_images", lambda *of: counts.append(of[1]) or few(*of))
    parts = compare(replace(settings, layer_images=40), tmp_path, bars)
    assert [part["name"] for part in parts] == ["pca", "random"]
    for part in parts:
        assert part["measures"].keys() == {"svm_code", "ndm"}
    assert counts == [40] * 4  # of each row, for the probes and for the measures


# ---------------------------------------------------------------- told


def part(name, seed, **found):
    return {"name": name, "seed": seed, "history": {}, "seconds": 1.0, "measures": found,
            "correct": {"linear": np.ones((1, 30), bool)}, "layers": {}}  # fmt: skip


def right(share):
    return np.arange(30) < round(30 * share)


def test_intervals_of_similarities_and_of_estimates():
    groups = np.repeat(np.arange(15), 2)
    values = np.random.default_rng(0).random((2, 30))
    found = similarity_over_seeds(values, groups, "pretraining")
    assert found == difference_over_seeds(values, 0 * values, groups, "pretraining")
    assert found.mean == pytest.approx(values.mean()) and found.low < found.mean < found.high
    one = estimate_over_seeds([3.0], [0.5], "pretraining")
    assert (one.mean, one.low, one.high) == pytest.approx((3, 3 - 0.98, 3 + 0.98))
    two = estimate_over_seeds([3.0, 5.0], [0.5, 0.5], "pretraining")
    half = np.hypot(0.98, 12.7062)  # Student's of one degree of freedom times 1.41 / sqrt(2)
    assert (two.mean, two.low) == pytest.approx((4, 4 - half), abs=1e-3)
    assert two.spread == "standard error, 2 pretraining seeds"


def results_of_two(bars):
    parts = []
    for seed, share in ((0, 0.8), (1, 0.7)):
        parts.append(part("random", seed, tuned_1=right(share - 0.3), svm_code=right(0.5),
                          ndm=np.array([2.0, 0.1])))  # fmt: skip
        parts.append(part("local", seed, tuned_1=right(share), svm_code=right(0.9),
                          ssim=np.full(30, 0.75), ndm=np.array([4.0 + seed, 0.1])))  # fmt: skip
    return summarise(parts, Settings(seeds=2, full=True, rows=("random", "local")), bars)


def test_the_results_hold_every_measure_and_what_tuning_gains(bars):
    results = results_of_two(bars)
    random, local = results["rows"]
    expected = accuracy_over_seeds([right(0.8), right(0.7)], bars.test_groups, "pretraining")
    assert local["measures"]["tuned_1"] == vars(expected)
    assert local["measures"]["ssim"]["mean"] == pytest.approx(0.75)
    assert local["measures"]["ndm"]["mean"] == pytest.approx(4.5)
    assert "ssim" not in random["measures"]
    (gain,) = [each for each in results["differences"] if each["score"] in TUNED]
    assert (gain["encoder"], gain["minus"], gain["mean"]) == ("local", "random", pytest.approx(0.3))


def test_the_tables_show_the_measures(bars):
    results = results_of_two(bars)
    text = as_markdown(results)
    assert "| local   | 75.0 (" in text and "| random  |                     | 2.00 (" in text
    assert "SSIM" in text and "not the paper's MS-SSIM" in text
    assert "Fine-tuned, tuned_1:" in differences_as_markdown(results)
    lines = list(csv.DictReader(io.StringIO(as_csv(results))))
    found = {(line["encoder"], line["measured_on"], line["score"], line["minus"]) for line in lines}
    assert found >= {
        ("local", "network", "tuned_1", ""),
        ("local", "network", "tuned_1", "random"),
        ("local", "layer code", "linear_svm", ""),
        ("local", "code", "ndm", ""),
        ("local", "code", "ssim", ""),
        ("local", "code", "linear", "random"),
    }
