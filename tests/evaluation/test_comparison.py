"""The comparison and its command: the table, resuming, repeating, bad input, Ctrl-C."""

import csv
import dataclasses
import functools
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from dimlearn import InputError, build_encoder, data
from dimlearn.cli import main
from dimlearn.evaluation import comparison, report
from dimlearn.evaluation.comparison import CONTROLS, WEIGHTS, Settings, probe_layers
from dimlearn.startup import keras

SCORES = {"linear", "svm", "knn", "mlp200", "mlp64", "labels_1", "labels_5", "labels_10"}


@pytest.fixture(scope="module")
def little_file(tmp_path_factory):
    """A little data set of 8x8 images of 3 classes, told apart by where they are bright."""
    rng = np.random.default_rng(0)
    labels = np.arange(150) % 3
    images = rng.integers(0, 90, (150, 8, 8, 1), dtype=np.uint8)
    for index, label in enumerate(labels):
        images[index, 2 * label : 2 * label + 3] += 120
    path = tmp_path_factory.mktemp("a folder") / "little.npz"
    np.savez(
        path, x_train=images[:120], y_train=labels[:120], x_test=images[120:], y_test=labels[120:]
    )
    return path


OPTIONS = ["--epochs", "2", "--batch-size", "20", "--code-dim", "8", "--probe-seeds", "3"]


def run(*arguments, **kwargs):
    """The command in a process of its own."""
    command = [sys.executable, "-m", "dimlearn", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=900, **kwargs)


def run_here(capsys, *arguments):
    """The command in this process, which has TensorFlow already: its status and what it told."""
    status = main([*map(str, arguments)])
    return status, capsys.readouterr().err


@pytest.fixture(scope="module")
def finished(little_file):
    """One run of the command with all nine rows: its folder and what it printed."""
    folder = little_file.parent / "run"
    done = run("compare", "--data", little_file, "--out", folder, *OPTIONS)
    assert done.returncode == 0, done.stderr
    return folder, done


# ---------------------------------------------------------------- the contract


def test_the_results_file(finished):
    results = json.loads((finished[0] / "results.json").read_text())
    rows = {row["name"]: row for row in results["rows"]}
    assert list(rows) == [*CONTROLS, *WEIGHTS]
    for name, row in rows.items():
        assert set(row["scores"]) == SCORES, name
        for score, own in row["scores"].items():
            assert 0 <= own["low"] <= own["mean"] <= own["high"] <= 1
            seeded = score.startswith(("svm", "mlp", "labels"))
            assert own["seeds"] == (3 if seeded else 1)
            assert own["spread"].startswith("30 test images")
            assert ("seeds" in own["spread"]) == seeded
        with_map = name not in ("pixels", "pca", "standard")
        assert set(row["layers"]) == ({"feature_map", "code"} if with_map else set())
    assert set(results["rows"][-1]["history"][0]) >= {"loss", "global_bound", "local_bound"}
    assert results["settings"]["epochs"] == 2
    assert {"tensorflow", "keras", "numpy", "python"} <= set(results["versions"])
    assert rows["supervised"]["scores"]["linear"]["mean"] > 0.9  # a task that labels solve


def test_the_table_is_the_same_everywhere(finished):
    folder, done = finished
    table = (folder / "table.md").read_text()
    assert table.strip() in done.stdout and table.strip() in (folder / "report.md").read_text()
    lines = list(csv.DictReader((folder / "table.csv").open()))
    results = json.loads((folder / "results.json").read_text())
    for row in results["rows"]:
        for score, own in row["scores"].items():
            (line,) = [
                line
                for line in lines
                if (line["encoder"], line["measured_on"], line["score"])
                == (row["name"], "code", score)
            ]
            assert float(line["mean"]) == own["mean"]
            cell = f"{100 * own['mean']:.1f} ({100 * own['low']:.1f} to {100 * own['high']:.1f})"
            assert cell in table


def test_figures_have_a_text_alternative(finished):
    folder, _ = finished
    document = (folder / "report.md").read_text()
    for name in ("accuracy", "few_labels", "projection", "loss_curves", "neighbours"):
        path = folder / "figures" / f"{name}.png"
        assert path.read_bytes().startswith(b"\x89PNG")
        alternative = document.split(f"](figures/{name}.png)")[0].rsplit("![", 1)[1]
        assert len(alternative.split()) > 8, name


def test_the_saved_encoders_give_the_codes(finished, little_file):
    folder, _ = finished
    dataset = data.load(little_file)
    for name in (*CONTROLS, *WEIGHTS):
        encoder = keras.saving.load_model(folder / "encoders" / f"{name}-0.keras")
        codes = comparison.evaluation.encode(encoder, dataset.x_test)
        assert codes.shape == (30, 64 if name in ("pixels", "standard") else 8)


def test_standard_error_is_quiet(finished):
    """Progress and nothing else: TensorFlow's start-up lines are held back."""
    unknown = [
        line
        for line in finished[1].stderr.splitlines()
        if line and not line.lstrip()[:1].isdigit() and line != "loading TensorFlow ..."
    ]
    assert unknown == []


# ---------------------------------------------------------------- repeating and resuming


def scores_of(folder, *names):
    """`{row: scores}` of a run folder, of some rows or of all."""
    rows = json.loads((folder / "results.json").read_text())["rows"]
    return {row["name"]: row["scores"] for row in rows if not names or row["name"] in names}


@pytest.fixture(scope="module")
def interrupted(little_file):
    """Two rows of the same command: stopped by Ctrl-C in the training of the second, killed there
    later, then finished. Returns the folder, and the encoder that was finished first."""
    folder = little_file.parent / "interrupted"
    command = ["compare", "--data", little_file, "--out", folder, *OPTIONS]
    command += ["--rows", "supervised", "mixed"]
    whole = None
    for stop in (signal.SIGINT, signal.SIGKILL):
        process = subprocess.Popen(
            [sys.executable, "-m", "dimlearn", *map(str, command)],
            stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            # A shell may have started the tests in the background, where Ctrl-C is ignored.
            preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
        for line in process.stderr:
            if "] mixed" in line:
                break
        time.sleep(0.5)
        process.send_signal(stop)
        _, said = process.communicate(timeout=300)
        if stop == signal.SIGINT:
            assert process.returncode == 130
            assert "give the same command again" in said and "Traceback" not in said
            whole = (folder / "encoders" / "supervised-0.keras").read_bytes()
        assert not (folder / "results.json").exists()
    done = run(*command)
    assert done.returncode == 0
    assert "finished before" in done.stderr
    return folder, whole, command


def test_an_interrupted_run_goes_on_to_the_same_table(finished, interrupted):
    """And so the same command gives the same table, of every row whatever the other rows are."""
    folder, whole, _ = interrupted
    assert (folder / "encoders" / "supervised-0.keras").read_bytes() == whole
    assert scores_of(folder) == scores_of(finished[0], "supervised", "mixed")


def test_a_trained_encoder_is_not_trained_again(interrupted, capsys):
    """Interrupted between training and probing: the probes alone are made up for."""
    folder, _, command = interrupted
    scores, encoder = folder / "scores" / "mixed-0.json", folder / "encoders" / "mixed-0.keras"
    before, written = scores.read_text(), encoder.stat().st_mtime_ns
    scores.unlink()
    status, said = run_here(capsys, *command)
    assert status == 0 and "trained before" in said
    assert encoder.stat().st_mtime_ns == written
    assert json.loads(scores.read_text())["accuracies"] == json.loads(before)["accuracies"]


def test_other_settings_want_another_folder(finished, little_file, capsys):
    folder, _ = finished
    before = scores_of(folder)
    command = ["compare", "--data", little_file, "--out", folder, *OPTIONS, "--bound", "jsd"]
    status, said = run_here(capsys, *command)
    assert status == 2 and "other settings (bound)" in said
    assert scores_of(folder) == before


def test_again_sets_the_old_run_aside(finished, little_file, capsys):
    """The controls without training, which come out the same as in the run of all rows."""
    folder, rows = little_file.parent / "twice", ("pixels", "random", "pca")
    command = ["compare", "--data", little_file, "--out", folder, *OPTIONS, "--rows"]
    assert run_here(capsys, *command, "pixels")[0] == 0
    assert run_here(capsys, *command, *rows, "--again")[0] == 0
    assert len(list(little_file.parent.glob("twice-*"))) == 1
    assert scores_of(folder) == scores_of(finished[0], *rows)


def test_again_moves_nothing_when_the_command_is_wrong(finished, little_file, capsys):
    folder, _ = finished
    command = ["compare", "--data", little_file, "--out", folder, "--again", "--rows"]
    assert run_here(capsys, *command, "nobody")[0] == 2
    assert folder.exists() and not list(folder.parent.glob("run-*"))


def strange_images(kind):
    """Images that a table can be made of, and that a figure might stumble over."""
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    images = rng.random((60, 8, 8, 2 if kind == "two channels" else 1)).astype("float32")
    if kind == "classes from 1":
        labels = labels + 1
    tests = 1 if kind == "one test image" else 30
    return data.from_arrays(images, labels, images[:tests], labels[:tests])


@pytest.mark.parametrize(
    "kind", ["two channels", "classes from 1", "one test image", "a code of one number"]
)
def test_strange_images_get_their_table_and_figures(kind, tmp_path):
    dataset, said = strange_images(kind), []
    settings = Settings(
        rows=("random",), epochs=1, batch_size=20, probe_seeds=1,
        code_dim=1 if kind == "a code of one number" else 4,
    )  # fmt: skip
    parts = comparison.compare(settings, tmp_path, dataset)
    assert {"labels_1", "labels_10"} <= set(parts[0]["accuracies"])
    results = report.summarise(parts, settings, dataset)
    report.write_tables(results, tmp_path)
    report.write_report(results, tmp_path, dataset, lambda text, passing: said.append(text))
    written = {path.name for path in tmp_path.rglob("*.*")}
    assert {"table.md", "report.md", "accuracy.png", "neighbours.png"} <= written
    assert ("projection.png" in written) == (kind != "one test image")


def test_several_seeds_and_new_weights(little_file, tmp_path):
    dataset = data.load(little_file)
    settings = Settings(
        data="little", weights={"mine": (0.5, 1.0, 0.0)}, rows=("pixels", "mine"), epochs=1,
        batch_size=20, code_dim=8, seeds=2, probe_seeds=2,
    )  # fmt: skip
    parts = comparison.compare(settings, tmp_path, dataset)
    assert [(part["name"], part["seed"]) for part in parts] == [
        ("pixels", 0), ("mine", 0), ("mine", 1),
    ]  # fmt: skip
    results = report.summarise(parts, settings, dataset)
    linear = results["rows"][1]["scores"]["linear"]
    each = [part["accuracies"]["linear"][0] for part in parts if part["name"] == "mine"]
    assert linear["mean"] == pytest.approx(np.mean(each)) and linear["seeds"] == 2
    assert "2 pretraining seeds" in linear["spread"]
    pixels = results["rows"][0]["scores"]["mlp64"]  # the same whatever the pretraining seed
    assert pixels["seeds"] == 2 and "2 probe seeds" in pixels["spread"]


# ---------------------------------------------------------------- what it says


def invented(**means):
    def own(mean):
        return {"mean": mean, "low": mean - 0.02, "high": mean + 0.02, "spread": "9 test images"}

    return {
        "rows": [
            {"name": name, "scores": {"linear": own(mean), "labels_10": own(mean - 0.1)}}
            for name, mean in means.items()
        ]
    }


def test_the_conclusion_follows_the_numbers():
    won = report.conclusion(invented(pixels=0.5, random=0.6, local=0.9, supervised=0.95))
    assert "Local (90.0 %) is ahead of pixels and random." in won
    assert "reaches 95.0 %: not reached by local" in won
    lost = report.conclusion(invented(pixels=0.9, random=0.6, local=0.61))
    assert "cannot be told apart from random, and falls behind pixels" in lost
    assert "no" in report.conclusion(invented(pixels=0.9)).lower()


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--data", "minst"], "no data set 'minst'"),
        (["--data", "{folder}/nowhere.npz"], "there is no file"),
        (["--data", "{folder}/damaged.npz"], "may be damaged"),
        (["--data", "{folder}/nan.npz"], "NaN"),
        (["--data", "{folder}/one.npz"], "at least two classes"),
        (["--data", "{little}", "--batch-size", "500"], "at most the 108 training images"),
        (["--data", "{little}", "--batch-size", "1"], "at least 2 images"),
        (["--data", "{little}", "--weights", "local=0,-1,0"], "not negative"),
        (["--data", "{little}", "--weights", "local=0,nan,0"], "finite"),
        (["--data", "{little}", "--weights", "local=0,0,0"], "all 0"),
        (["--data", "{little}", "--weights", "local=1,2"], "NAME=A,B,G"),
        (["--data", "{little}", "--weights", "pca=1,2,3"], "control"),
        (["--data", "{little}", "--rows", "nobody"], "no row 'nobody'"),
        (["--data", "{little}", "--weights", "Local=1,0,0"], "but for capital letters"),
        (["--data", "{little}", "--bound", "mine"], "unknown bound"),
        (["--data", "{little}", "--critic", "cosine"], "critic must be"),
        (["--data", "{little}", "--encoder", "vgg"], "unknown architecture"),
        (["--data", "{little}", "--epochs", "0"], "above 0"),
        (["--data", "{little}", "--out", "{folder}/damaged.npz/sub"], "cannot be used"),
        (["--data", "{little}", "--out", "/proc/dimlearn"], "cannot be used"),
    ],
)
def test_bad_input_gets_one_sentence(little_file, tmp_path, arguments, words, capsys):
    arrays = dict(np.load(little_file))
    np.savez(tmp_path / "nan.npz", **{**arrays, "x_train": np.full((120, 8, 8, 1), np.nan)})
    np.savez(tmp_path / "one.npz", **{k: v[:1] for k, v in arrays.items()})
    (tmp_path / "damaged.npz").write_bytes(little_file.read_bytes()[:500])
    before = sorted(tmp_path.rglob("*"))
    arguments = [part.format(folder=tmp_path, little=little_file) for part in arguments]
    if "--batch-size" not in arguments:
        arguments += ["--batch-size", "20"]
    if "--out" not in arguments:
        arguments += ["--out", str(tmp_path / "out")]
    try:
        status = main(["compare", *arguments])
    except SystemExit as error:  # argparse
        status = error.code
    said = capsys.readouterr().err.strip().splitlines()
    assert status == 2
    assert words in said[-1] and "Traceback" not in "".join(said)
    assert sorted(tmp_path.rglob("*")) == before  # nothing half-written


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(little_file, tmp_path):
    tmp_path.chmod(0o500)
    done = run("compare", "--data", little_file, "--out", tmp_path / "out", *OPTIONS)
    assert done.returncode == 2 and "cannot be used" in done.stderr


# ---------------------------------------------------------------- start-up


def test_help_starts_quickly_and_without_tensorflow():
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        done = run("--help")
        best = min(best, time.perf_counter() - began)
        assert done.returncode == 0 and "compare" in done.stdout
    assert best < 0.5, f"dimlearn --help took {best:.2f} s"
    code = "import sys, dimlearn.cli; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_unknown_start_up_lines_are_shown():
    code = (
        "import os, sys\n"
        "import dimlearn.errors\n"
        "real = __builtins__.__import__\n"
        "def noisy(name, *rest, **more):\n"
        "    if name == 'tensorflow':\n"
        "        os.write(2, b'oneDNN custom operations are on. You may see\\n')\n"
        "        os.write(2, b'the disk is on fire\\n')\n"
        "    return real(name, *rest, **more)\n"
        "__builtins__.__import__ = noisy\n"
        "import dimlearn.startup\n"
    )
    quiet = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert set(quiet.stderr.split("\n")) == {"the disk is on fire", ""}
    environment = {**os.environ, "DIMLEARN_TF_LOG": "1"}
    loud = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment
    )
    assert "oneDNN" in loud.stderr and "on fire" in loud.stderr


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_another_backend_of_keras(backend, tmp_path):
    """Named in the environment it is refused; in Keras' own settings it is passed over."""
    command = [sys.executable, "-c", "import dimlearn.startup"]
    asked = {**os.environ, "KERAS_BACKEND": backend}
    done = subprocess.run(command, env=asked, capture_output=True, text=True)
    assert f"KERAS_BACKEND is '{backend}'" in done.stderr
    (tmp_path / "keras.json").write_text(json.dumps({"backend": backend}))
    settings = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    settings["KERAS_HOME"] = str(tmp_path)
    done = subprocess.run(command, env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_bad_settings_are_found_before_training(little_file, tmp_path):
    settings = Settings(
        data=str(little_file), weights={"bad": (0, 0, 0)}, rows=("random", "bad"), batch_size=20
    )
    with pytest.raises(InputError, match="nothing to train"):
        comparison.compare(settings, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_the_authors_encoders_have_the_papers_three_layers():
    encoder = build_encoder((28, 28, 1), 8, "dim28")
    images = data.load_digits(poses=1, test_poses=1)
    few = dataclasses.replace(
        images, x_train=images.x_train[:60], y_train=images.y_train[:60],
        x_validation=images.x_validation[:20], y_validation=images.y_validation[:20],
        x_test=images.x_test[:20], y_test=images.y_test[:20],
    )  # fmt: skip
    accuracies = probe_layers(encoder, few, 1, say=lambda text, passing: None)
    assert list(accuracies) == ["feature_map", "dense", "code"]
    assert all(0 <= value <= 1 for values in accuracies.values() for value in values)
