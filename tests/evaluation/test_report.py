"""From parts to results, tables and files."""

import csv
import io
import json

import numpy as np
import pytest
from marks import weekly

from dimlearn import data
from dimlearn.evaluation import Settings, accuracy_interval, compare
from dimlearn.evaluation.conclusion import conclusion
from dimlearn.evaluation.intervals import difference_over_seeds
from dimlearn.evaluation.report import summarise, write_report, write_tables
from dimlearn.evaluation.run_folder import DRAWN
from dimlearn.evaluation.tables import as_csv, as_markdown, differences_as_markdown

ACCURACY = {"mean": 0.5, "low": 0.4375, "high": 0.625, "seeds": 1, "spread": "9 test images"}
GAP = {"mean": 0.05, "low": -0.0125, "high": 0.1125, "seeds": 1, "spread": "9 test images"}


def quiet(text, passing=False):
    pass


# ---------------------------------------------------------------- results


def right(*shares, images=30):
    """`[seeds, images]`: with each seed the first of the images are right, in these shares."""
    return np.array([np.arange(images) < round(share * images) for share in shares])


def part(name, seed, correct, layers=None):
    return {"name": name, "seed": seed, "history": {}, "seconds": 1.5,
            "correct": correct, "layers": layers or {}}  # fmt: skip


def test_one_pretraining_shows_the_spread_of_probes_and_of_draws(bars):
    correct = {"linear": right(0.8), "mlp64": right(0.7, 0.9), "labels_1": right(0.2, 0.3, 0.4)}
    results = summarise([part("local", 0, correct)], Settings(), bars)
    (row,) = results["rows"]
    assert (row["name"], row["labels"], row["weights"]) == ("local", False, (0.0, 1.0, 0.1))
    assert (row["control"], row["added"]) == (False, False)
    assert {probe: found["spread"] for probe, found in row["scores"].items()} == {
        "linear": "30 test images",
        "mlp64": "30 test images, 2 probe seeds",
        "labels_1": "30 test images, 3 label draw seeds",
    }
    linear = row["scores"]["linear"]
    assert (linear["low"], linear["high"]) == pytest.approx(accuracy_interval(24, 30))
    assert row["scores"]["labels_1"]["mean"] == pytest.approx(0.3)
    assert row["seconds"] == [1.5] and row["history"] == [{}]
    assert results["differences"] == []


def test_several_pretrainings_show_theirs(bars):
    parts = [
        part("supervised", 0, {"mlp64": right(0.7, 0.9)}, {"code": right(0.5, 0.7)}),
        part("supervised", 1, {"mlp64": right(0.5, 0.7)}, {"code": right(0.6, 0.8)}),
    ]
    results = summarise(parts, Settings(seeds=2), bars)
    (row,) = results["rows"]
    assert row["labels"] and row["control"] and row["weights"] is None
    assert row["scores"]["mlp64"]["mean"] == pytest.approx(0.7)  # of 0.8 and 0.6
    assert row["scores"]["mlp64"]["seeds"] == 2
    assert row["layers"]["code"]["spread"] == "30 test images, 2 pretraining seeds"
    assert results["settings"]["seeds"] == 2 and results["data"]["test_originals"] == 30
    assert {"dimlearn", "python", "tensorflow", "keras", "numpy"} <= set(results["versions"])
    json.dumps(results)


def test_every_row_is_compared_with_every_control(bars):
    correct = {"linear": right(0.8), "mlp64": right(0.7, 0.9), "labels_10": right(0.4, 0.5)}
    parts = [part(name, 0, correct) for name in ("pixels", "random", "local", "mixed")]
    results = summarise(parts, Settings(), bars)
    pairs = {(each["encoder"], each["minus"]) for each in results["differences"]}
    assert pairs == {
        (name, minus)
        for name in ("pixels", "random", "local", "mixed")
        for minus in ("pixels", "random")
        if name != minus
    }
    assert {each["score"] for each in results["differences"]} == {"linear", "labels_10"}
    assert all(each["mean"] == each["low"] == each["high"] == 0 for each in results["differences"])


def test_a_variant_is_compared_with_the_row_that_it_varies(bars):
    correct = {"linear": right(0.8)}
    names = ("local", "views", "occlusion", "augmented")
    results = summarise([part(name, 0, correct) for name in names], Settings(), bars)
    pairs = {(each["encoder"], each["minus"]) for each in results["differences"]}
    assert pairs == {("occlusion", "local"), ("augmented", "views")}
    head = next(line for line in differences_as_markdown(results).split("\n") if "minus" in line)
    assert head.replace("|", "").split() == ["encoder", "minus", "local", "minus", "views"]
    assert "occlusion (80.0 %) cannot be told apart from local" in conclusion(results).lower()


def test_rows_of_the_same_seed_are_paired(bars):
    """By their pretraining or, where there is one, by their draw of labels; pixels have no seed."""
    parts = [
        part("pixels", 0, {"labels_10": right(0.2, 0.4)}),
        part("random", 0, {"labels_10": right(0.5, 0.6)}),
        part("local", 0, {"labels_10": right(0.7, 0.8)}),
        part("random", 1, {"labels_10": right(0.6, 0.7)}),
        part("local", 1, {"labels_10": right(0.8, 0.9)}),
    ]

    def found(parts, minus):
        results = summarise(parts, Settings(), bars)
        (one,) = (
            each
            for each in results["differences"]
            if (each["encoder"], each["minus"]) == ("local", minus)
        )
        return one

    own = np.arange(30)
    one = found(parts[:3], "random")
    expected = difference_over_seeds(right(0.7, 0.8), right(0.5, 0.6), own, "label draw")
    assert one == {"encoder": "local", "minus": "random", "score": "labels_10"} | vars(expected)
    local = [right(0.7, 0.8).mean(axis=0), right(0.8, 0.9).mean(axis=0)]
    others = {"random": [right(0.5, 0.6), right(0.6, 0.7)], "pixels": [right(0.2, 0.4)]}
    for minus, seeds in others.items():
        means = [draws.mean(axis=0) for draws in seeds]
        expected = difference_over_seeds(local, means, own, "pretraining")
        assert found(parts, minus)["low"] == pytest.approx(expected.low)
        assert found(parts, minus)["spread"] == "30 test images, 2 pretraining seeds"


def test_the_order_of_the_table_is_that_of_the_settings(bars):
    parts = [part(name, 0, {"linear": right(0.8)}) for name in ("random", "local", "pixels")]
    results = summarise(parts, Settings(rows=("pixels", "local", "random")), bars)
    assert [row["name"] for row in results["rows"]] == ["pixels", "local", "random"]


# ---------------------------------------------------------------- tables


def two_rows():
    good = ACCURACY | {"mean": 1.0, "low": 0.7, "high": 1.0, "seeds": 2}
    good["spread"] = "9 test images, 2 pretraining seeds"
    return {"rows": [
        {"name": "pixels", "scores": {"linear": ACCURACY, "labels_1": good}, "layers": {}},
        {"name": "a", "scores": {"linear": good}, "layers": {"code": ACCURACY}},
    ], "differences": [
        {"encoder": "a", "minus": "pixels", "score": "linear", **GAP},
        {"encoder": "a", "minus": "pca", "score": "linear", **GAP},
        {"encoder": "pixels", "minus": "random", "score": "linear", **GAP},
        {"encoder": "a", "minus": "pca", "score": "knn", **GAP},
    ], "settings": {"layer_images": 5000}}  # fmt: skip


def test_the_markdown_is_aligned_and_in_the_order_of_the_rows():
    assert (
        as_markdown(two_rows())
        == """\
Test accuracy in percent of frozen codes, all labels (95 % interval):

| encoder | linear                |
|---------|-----------------------|
| pixels  | 50.0 (43.8 to 62.5)   |
| a       | 100.0 (70.0 to 100.0) |

With few labels a class, logistic regression:

| encoder | labels_1              |
|---------|-----------------------|
| pixels  | 100.0 (70.0 to 100.0) |
| a       |                       |

Of the layers, one 200-unit probe on 5,000 labelled images at most:

| encoder | code                |
|---------|---------------------|
| a       | 50.0 (43.8 to 62.5) |"""
    )


def test_the_differences_are_points_with_a_sign():
    told = differences_as_markdown(two_rows())
    assert told.startswith("## Differences in pairs\n\nHow many points a row is more accurate")
    assert told.endswith(
        """

With the probe linear:

| encoder | minus random         | minus pixels         |
|---------|----------------------|----------------------|
| a       |                      | +5.0 (-1.2 to +11.2) |
| pixels  | +5.0 (-1.2 to +11.2) |                      |"""
    )
    assert "knn" not in told  # the page is for the controls that say most
    assert differences_as_markdown({"differences": []}) == ""


def test_the_csv_has_a_line_for_each_accuracy_and_each_difference():
    assert (
        as_csv(two_rows())
        == """\
encoder,minus,measured_on,score,mean,low,high,seeds,spread
pixels,,code,linear,0.5,0.4375,0.625,1,9 test images
pixels,,code,labels_1,1.0,0.7,1.0,2,"9 test images, 2 pretraining seeds"
a,,code,linear,1.0,0.7,1.0,2,"9 test images, 2 pretraining seeds"
a,,layer code,mlp200,0.5,0.4375,0.625,1,9 test images
a,pixels,code,linear,0.05,-0.0125,0.1125,1,9 test images
a,pca,code,linear,0.05,-0.0125,0.1125,1,9 test images
pixels,random,code,linear,0.05,-0.0125,0.1125,1,9 test images
a,pca,code,knn,0.05,-0.0125,0.1125,1,9 test images
"""
    )


def test_the_csv_keeps_every_digit():
    results = two_rows()
    for row, mean in zip(results["rows"], (1 / 3, 0.1 + 0.2)):
        row["scores"] = {"linear": ACCURACY | {"mean": mean}}
    lines = list(csv.DictReader(io.StringIO(as_csv(results | {"differences": []}))))
    means = [float(line["mean"]) for line in lines if line["measured_on"] == "code"]
    assert means == [1 / 3, 0.1 + 0.2]


# ---------------------------------------------------------------- files


def strange_images(kind):
    """Images that a table can be made of, and that a figure might stumble over."""
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    images = rng.random((60, 8, 8, 2 if kind == "two channels" else 1)).astype("float32")
    if kind == "classes with names":
        labels = np.array(["a $ign", "2000", "under_score"])[labels]
    tests = 1 if kind == "one test image" else 30
    return data.from_arrays(images, labels, images[:tests], labels[:tests])


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    ["classes with names", *weekly("two channels", "one test image", "a code of one number")],
)
def test_strange_images_get_their_table_and_figures(kind, tmp_path):
    dataset = strange_images(kind)
    code_dim = 1 if kind == "a code of one number" else 4
    settings = Settings(rows=("random",), epochs=1, batch_size=20, probe_seeds=1, code_dim=code_dim)
    parts = compare(settings, tmp_path, dataset)
    assert {"labels_1", "labels_10"} <= set(parts[0]["correct"])
    results = summarise(parts, settings, dataset)
    write_tables(results, tmp_path)
    write_report(results, tmp_path, dataset, quiet)
    written = {path.name for path in tmp_path.rglob("*.*")}
    assert {"table.md", "report.md", "accuracy.png", "neighbours.png"} <= written
    assert ("projection.png" in written) == (kind != "one test image")
    results = json.loads((tmp_path / "results.json").read_text())
    assert results["rows"][0]["name"] == "random"
    assert results["data"]["class_names"] == list(dataset.class_names)
    said = "(0 2000, 1 a $ign, 2 under_score)" in (tmp_path / "report.md").read_text()
    assert said == (kind == "classes with names")


@pytest.mark.slow
def test_the_report_shows_every_figure_in_words(bars, quick, finished):
    folder, parts, _ = finished
    results = summarise(parts, quick, bars)
    write_tables(results, folder)
    write_report(results, folder, bars, quiet)
    document = (folder / "report.md").read_text()
    assert (folder / "table.md").read_text().strip() in document
    differences = document.split("## Differences in pairs")[1]
    assert "| encoder | minus pixels " in differences and "| local   |" in differences
    assert document.startswith("# Deep InfoMax on bars\n\nWith a linear probe, the best Deep")
    assert {path.stem for path in (folder / "figures").iterdir()} == set(DRAWN)
    for name in DRAWN:
        assert (folder / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        alternative = document.split(f"](figures/{name}.png)")[0].rsplit("![", 1)[1]
        assert len(alternative.split()) > 8, name
    neighbours = document.split("](figures/neighbours.png)")[0].rsplit("![", 1)[1]
    assert neighbours.index("pixels") < neighbours.index("local")


@pytest.mark.parametrize("width", [1, 5])
def test_codes_that_are_all_the_same_are_one_point(width):
    """As of an encoder that collapsed, in the middle of a page that shows others as well."""
    from dimlearn.evaluation.figures import in_two_dimensions

    same = np.tile(np.arange(width, dtype="float32"), (20, 1))
    assert in_two_dimensions(same).tolist() == [[0, 0]] * 20
    apart = in_two_dimensions(np.random.default_rng(0).random((20, width)).astype("float32"))
    assert np.isfinite(apart).all() and apart.std() > 0
