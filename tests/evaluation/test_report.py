"""From parts to results, tables, conclusion and files."""

import csv
import io
import json

import numpy as np
import pytest

from dimlearn import data
from dimlearn.evaluation import Settings, accuracy_interval, compare
from dimlearn.evaluation.conclusion import conclusion
from dimlearn.evaluation.report import summarise, write_report, write_tables
from dimlearn.evaluation.tables import as_csv, as_markdown

ACCURACY = {"mean": 0.5, "low": 0.4375, "high": 0.625, "seeds": 1, "spread": "9 test images"}


def quiet(text, passing=False):
    pass


def invented(**means):
    """Results of rows with these accuracies of the linear probe, and a tenth less of ten labels."""

    def row(name, mean):
        accuracies = {
            probe: ACCURACY | {"mean": value, "low": value - 0.02, "high": value + 0.02}
            for probe, value in (("linear", mean), ("labels_10", mean - 0.1))
        }
        return {"name": name, "scores": accuracies, "layers": {}}

    rows = [row(name, mean) for name, mean in means.items()]
    return {"rows": rows, "settings": {"weights": {"local": (0, 1, 0), "mixed": (1, 1, 0)}}}


# ---------------------------------------------------------------- results


def part(name, seed, accuracies, layers=None):
    return {"name": name, "seed": seed, "history": {}, "seconds": 1.5,
            "accuracies": accuracies, "layers": layers or {}}  # fmt: skip


def test_one_pretraining_shows_the_spread_of_probes_and_of_draws(bars):
    accuracies = {"linear": [0.8], "mlp64": [0.7, 0.9], "labels_1": [0.2, 0.3, 0.4]}
    results = summarise([part("local", 0, accuracies)], Settings(), bars)
    (row,) = results["rows"]
    assert (row["name"], row["labels"], row["weights"]) == ("local", False, (0.0, 1.0, 0.1))
    assert {probe: found["spread"] for probe, found in row["scores"].items()} == {
        "linear": "30 test images",
        "mlp64": "30 test images, 2 probe seeds",
        "labels_1": "30 test images, 3 label draw seeds",
    }
    linear = row["scores"]["linear"]
    assert (linear["low"], linear["high"]) == pytest.approx(accuracy_interval(24, 30))
    assert row["scores"]["labels_1"]["mean"] == pytest.approx(0.3)
    assert row["seconds"] == [1.5] and row["history"] == [{}]


def test_several_pretrainings_show_theirs(bars):
    parts = [part("supervised", 0, {"mlp64": [0.7, 0.9]}, {"code": [0.5, 0.7]}),
             part("supervised", 1, {"mlp64": [0.5, 0.7]}, {"code": [0.6, 0.8]})]  # fmt: skip
    results = summarise(parts, Settings(seeds=2), bars)
    (row,) = results["rows"]
    assert row["labels"] and row["weights"] is None
    assert row["scores"]["mlp64"]["mean"] == pytest.approx(0.7)  # of 0.8 and 0.6
    assert row["scores"]["mlp64"]["seeds"] == 2
    assert row["layers"]["code"]["spread"] == "30 test images, 2 pretraining seeds"
    assert results["settings"]["seeds"] == 2 and results["data"]["test_originals"] == 30
    assert {"dimlearn", "python", "tensorflow", "keras", "numpy"} <= set(results["versions"])
    json.dumps(results)


# ---------------------------------------------------------------- tables


def two_rows():
    good = ACCURACY | {"mean": 1.0, "low": 0.7, "high": 1.0, "seeds": 2}
    good["spread"] = "9 test images, 2 pretraining seeds"
    return {"rows": [
        {"name": "pixels", "scores": {"linear": ACCURACY, "labels_1": good}, "layers": {}},
        {"name": "a", "scores": {"linear": good}, "layers": {"code": ACCURACY}},
    ]}  # fmt: skip


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

Of the layers, the 200-unit probe on 5,000 labelled images at most:

| encoder | code                |
|---------|---------------------|
| a       | 50.0 (43.8 to 62.5) |"""
    )


def test_the_csv_has_a_line_for_each_accuracy():
    assert (
        as_csv(two_rows())
        == """\
encoder,measured_on,score,mean,low,high,seeds,spread
pixels,code,linear,0.5,0.4375,0.625,1,9 test images
pixels,code,labels_1,1.0,0.7,1.0,2,"9 test images, 2 pretraining seeds"
a,code,linear,1.0,0.7,1.0,2,"9 test images, 2 pretraining seeds"
a,layer code,mlp200,0.5,0.4375,0.625,1,9 test images
"""
    )


def test_the_csv_keeps_every_digit():
    results = invented(local=1 / 3, pixels=0.1 + 0.2)
    lines = list(csv.DictReader(io.StringIO(as_csv(results))))
    means = [float(line["mean"]) for line in lines]
    assert means == [1 / 3, 1 / 3 - 0.1, 0.1 + 0.2, 0.1 + 0.2 - 0.1]


# ---------------------------------------------------------------- conclusion


def test_the_conclusion_follows_the_numbers():
    won = conclusion(invented(pixels=0.5, random=0.6, local=0.9, supervised=0.95))
    assert "the best Deep InfoMax code is local: 90.0 %" in won
    assert "Controls: pixels 50.0 %, random 60.0 %." in won
    assert "Local (90.0 %) is ahead of pixels and random." in won
    assert "Supervised, trained with every label, reaches 95.0 %: not reached by local." in won
    assert "On ten labels a class: local 80.0 %, pixels 40.0 %, random 50.0 %." in won
    assert won.endswith("Intervals of the linear probe allow for 9 test images; rows share the test"
                        " images, so differences between rows are surer than the intervals suggest."
                        )  # fmt: skip


def test_the_conclusion_admits_defeat_and_doubt():
    lost = conclusion(invented(pixels=0.9, random=0.6, local=0.61, mixed=0.59))
    assert "the best Deep InfoMax code is local" in lost
    assert "Local (61.0 %) cannot be told apart from random, and falls behind pixels." in lost
    assert "Mixed (59.0 %) cannot be told apart from random, and falls behind pixels." in lost
    level = conclusion(invented(local=0.94, supervised=0.95, standard=0.8))
    assert "matched within the interval by local" in level and "surpassed by local" in level
    assert "Controls" not in level
    assert conclusion(invented(pixels=0.9)).startswith("No encoder was trained")


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
    "kind", ["two channels", "classes with names", "one test image", "a code of one number"]
)
def test_strange_images_get_their_table_and_figures(kind, tmp_path):
    dataset = strange_images(kind)
    code_dim = 1 if kind == "a code of one number" else 4
    settings = Settings(rows=("random",), epochs=1, batch_size=20, probe_seeds=1, code_dim=code_dim)
    parts = compare(settings, tmp_path, dataset)
    assert {"labels_1", "labels_10"} <= set(parts[0]["accuracies"])
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
    assert document.startswith("# Deep InfoMax on bars\n\nWith a linear probe, the best Deep")
    for name in ("accuracy", "few_labels", "projection", "loss_curves", "neighbours"):
        assert (folder / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        alternative = document.split(f"](figures/{name}.png)")[0].rsplit("![", 1)[1]
        assert len(alternative.split()) > 8, name
    neighbours = document.split("](figures/neighbours.png)")[0].rsplit("![", 1)[1]
    assert neighbours.index("pixels") < neighbours.index("local")
