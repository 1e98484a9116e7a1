"""`dimlearn compare`: its defaults, its files, going on after Ctrl-C and a kill, bad input."""

import contextlib
import csv
import dataclasses
import io
import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from ctrl_c import HEARS_CTRL_C
from marks import weekly

from dimlearn import cli
from dimlearn.evaluation import Settings, all_rows, comparison

PROBES = {
    "linear",
    "svm",
    "knn",
    "knn_whitened",
    "mlp200",
    "mlp64",
    "labels_1",
    "labels_5",
    "labels_10",
}
ROWS = ["pixels", "random", "pca", "supervised", "views", "mixed"]  # one of each kind
OPTIONS = ["--epochs", "2", "--batch-size", "20", "--code-dim", "8", "--probe-seeds", "2"]


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


def command(*arguments):
    return [sys.executable, "-m", "dimlearn", *map(str, arguments)]


def run(*arguments, **kwargs):
    """The command in a process of its own."""
    return subprocess.run(command(*arguments), capture_output=True, text=True, **kwargs)


def run_here(capsys, *arguments):
    """The command in this process, which has TensorFlow already: its status and what it told."""
    status = cli.main([*map(str, arguments)])
    return status, capsys.readouterr().err


@pytest.fixture
def quick_probes(monkeypatch):
    """No network is trained as a probe: of what it answers these tests ask nothing."""

    def network(codes, seeds):
        return np.stack([codes.y_test == 0 for _ in seeds])

    networks = {"mlp200": network, "mlp64": network}
    monkeypatch.setattr(comparison, "SEEDED_PROBES", comparison.SEEDED_PROBES | networks)
    monkeypatch.setattr(comparison, "mlp200_correct", network)


def scores_of(folder, *names):
    """`{row: accuracies}` of a run folder, of some rows or of all."""
    rows = json.loads((folder / "results.json").read_text(encoding="utf-8"))["rows"]
    return {row["name"]: row["scores"] for row in rows if not names or row["name"] in names}


# ---------------------------------------------------------------- defaults


def options_of(*arguments):
    return cli.new_parser().parse_args(["compare", *arguments])


def test_the_defaults_are_those_of_the_settings():
    defaults = dataclasses.asdict(Settings())
    options = vars(options_of())
    assert {name: options[name] for name in defaults if name not in ("weights", "add")} == {
        name: value for name, value in defaults.items() if name not in ("weights", "add")
    }
    assert options["weights"] == options["add"] == []


def test_every_setting_has_its_option():
    text = """
        --data mnist --rows local pca --weights strong=0,1,2.5 --epochs 3 --batch-size 16 --decay
        --learning-rate 0.01 --encoder dim28 --code-dim 8 --bound jsd --critic concat
        --negatives one --prior gaussian --views photographs --seeds 2 --probe-seeds 5
        --add mine=a=b.keras --layer-images 900 --full
    """
    given = vars(options_of(*text.split()))
    expected = Settings(
        "mnist", [("strong", (0.0, 1.0, 2.5))], ["local", "pca"], 3, 16, 0.01, True, "dim28", 8,
        "jsd", "concat", "one", "gaussian", "photographs", 2, 5, [("mine", "a=b.keras")],
        900, True,
    )  # fmt: skip
    assert {name: given[name] for name in dataclasses.asdict(expected)} == vars(expected)


def test_help_comes_without_tensorflow():
    code = """
import contextlib, sys
from dimlearn.cli import main
with contextlib.suppress(SystemExit):
    main(["compare", "--help"])
sys.exit(bool({"keras", "tensorflow", "pandas", "numpy", "rich"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and "numbers in a code (64)" in done.stdout


# ---------------------------------------------------------------- the contract


@pytest.fixture(scope="module")
def finished(little_file):
    """One run of the command: its folder and what it printed."""
    folder = little_file.parent / "run"
    done = run("compare", "--data", little_file, "--out", folder, *OPTIONS, "--rows", *ROWS)
    assert done.returncode == 0, done.stderr
    return folder, done


@pytest.mark.slow
def test_the_results_file(finished):
    results = json.loads((finished[0] / "results.json").read_text(encoding="utf-8"))
    rows = {row["name"]: row for row in results["rows"]}
    assert list(rows) == ROWS
    for name, row in rows.items():
        assert row["scores"].keys() == PROBES, name
        for probe, accuracy in row["scores"].items():
            assert 0 <= accuracy["low"] <= accuracy["mean"] <= accuracy["high"] <= 1
            seeded = probe.startswith(("svm", "mlp", "labels"))
            assert accuracy["seeds"] == (2 if seeded else 1)
            assert accuracy["spread"].startswith("30 test images")
            assert ("seeds" in accuracy["spread"]) == seeded
        with_map = name not in ("pixels", "pca", "standard")
        assert set(row["layers"]) == ({"feature_map", "code"} if with_map else set())
        assert (finished[0] / "encoders" / f"{name}-0.keras").exists()
    assert set(results["rows"][-1]["history"][0]) >= {"loss", "global_bound", "local_bound"}
    assert results["settings"]["epochs"] == 2
    assert rows["supervised"]["scores"]["linear"]["mean"] > 0.9  # a task that labels solve


@pytest.mark.weekly
def test_unasked_it_has_every_row_but_those_on_request(little_file, tmp_path, capsys):
    arguments = ["compare", "--data", little_file, "--out", tmp_path / "all", *OPTIONS]
    assert run_here(capsys, *arguments)[0] == 0
    unasked = [name for name, row in all_rows(Settings()).items() if not row.variant_of]
    assert list(scores_of(tmp_path / "all")) == unasked


@pytest.mark.slow
def test_the_table_is_the_same_everywhere(finished):
    folder, done = finished
    table = (folder / "table.md").read_text(encoding="utf-8")
    assert table.strip() in done.stdout and table.strip() in (folder / "report.md").read_text(
        encoding="utf-8"
    )
    with (folder / "table.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    for name, accuracies in scores_of(folder).items():
        for probe, accuracy in accuracies.items():
            (line,) = [
                line
                for line in lines
                if (line["encoder"], line["measured_on"], line["score"]) == (name, "code", probe)
                and not line["minus"]
            ]
            assert float(line["mean"]) == accuracy["mean"]
            mean, low, high = (100 * accuracy[key] for key in ("mean", "low", "high"))
            assert f"{mean:.1f} ({low:.1f} to {high:.1f})" in table


@pytest.mark.slow
def test_differences_in_pairs_are_in_every_file(finished):
    folder, _ = finished
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    with (folder / "table.csv").open(encoding="utf-8") as file:
        lines = [line for line in csv.DictReader(file) if line["minus"]]
    controls = [row for row in results["rows"] if row["control"]]
    pairs = len(controls) * (len(results["rows"]) - 1)
    assert len(lines) == len(results["differences"]) == 4 * pairs > 60  # of four probes
    for line, difference in zip(lines, results["differences"]):
        assert [line[key] for key in ("encoder", "minus", "score")] == [
            difference[key] for key in ("encoder", "minus", "score")
        ]
        assert float(line["low"]) == difference["low"] <= difference["mean"] <= difference["high"]
        scores = scores_of(folder, difference["encoder"], difference["minus"])
        ours, theirs = (scores[difference[key]] for key in ("encoder", "minus"))
        probe = difference["score"]
        assert difference["mean"] == pytest.approx(ours[probe]["mean"] - theirs[probe]["mean"])
        if difference["minus"] in ("random", "pixels", "supervised"):
            ends = (f"{100 * difference[key]:+.1f}" for key in ("mean", "low", "high"))
            cell = "{} ({} to {})".format(*ends)
            assert cell in (folder / "report.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_standard_error_tells_each_row_in_a_line_when_it_is_done(finished):
    folder, done = finished
    lines = [line.split("  ", 1)[1] for line in done.stderr.splitlines() if ": linear " in line]
    names = [line.split(":")[0].split()[-1] for line in lines]
    assert sorted(names) == sorted(ROWS)
    for name, line in zip(names, lines):
        mean = 100 * scores_of(folder, name)[name]["linear"]["mean"]
        assert f"{name}: linear {mean:.1f}, knn " in line and ", labels_10 " in line


@pytest.mark.slow
def test_standard_error_is_quiet(finished):
    """Progress and nothing else: TensorFlow's start-up lines are held back."""
    lines = finished[1].stderr.splitlines()
    assert len(lines) > 12
    assert [line for line in lines if not line.lstrip()[:1].isdigit() or " s  " not in line] == []
    assert "loading TensorFlow ..." in lines[0]


# ---------------------------------------------------------------- repeating and resuming


# What stops a run, when, and the status it ends with; None: it is killed. Windows has no signals.
STOPS = [(None, "trained for", None)]
if os.name == "posix":
    STOPS = [(signal.SIGINT, "] mixed", 130), (signal.SIGTERM, "] mixed", 143), *STOPS]


@pytest.fixture(scope="module")
def interrupted(little_file):
    """Two rows of the same command: stopped by Ctrl-C and by SIGTERM in the training of the second,
    killed in its probes, then finished in this process. Returns the folder and the encoder that was
    finished first."""
    folder = little_file.parent / "interrupted"
    arguments = ["compare", "--data", little_file, "--out", folder, *OPTIONS]
    arguments += ["--rows", "pca", "mixed"]
    whole = None
    for stop, moment, status in STOPS:
        process = subprocess.Popen(
            command(*arguments), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
            **HEARS_CTRL_C,
        )  # fmt: skip
        heard = []
        for line in process.stderr:
            heard.append(line)
            if moment in line and any("] mixed" in line for line in heard):
                break
        process.send_signal(stop) if status else process.kill()
        _, said = process.communicate(timeout=300)
        if status:
            assert process.returncode == status
            assert "give the same command again" in said and "Traceback" not in said
        whole = whole or (folder / "encoders" / "pca-0.keras").read_bytes()
        assert not (folder / "results.json").exists()
        assert not (folder / "correct" / "mixed-0.npz").exists()
    assert (folder / "encoders" / "mixed-0.keras").exists()
    with contextlib.redirect_stderr(io.StringIO()) as said:
        assert cli.main([*map(str, arguments)]) == 0, said.getvalue()
    assert "finished before" in said.getvalue() and "trained before" in said.getvalue()
    return folder, whole


@pytest.mark.slow
def test_an_interrupted_run_goes_on_to_the_same_table(finished, interrupted):
    """And so the same command gives the same table, of every row whatever the other rows are."""
    folder, whole = interrupted
    assert (folder / "encoders" / "pca-0.keras").read_bytes() == whole
    assert scores_of(folder) == scores_of(finished[0], "pca", "mixed")


@pytest.mark.slow
def test_other_settings_want_another_folder(finished, little_file, capsys):
    folder, _ = finished
    before = scores_of(folder)
    arguments = ["compare", "--data", little_file, "--out", folder, *OPTIONS, "--rows", *ROWS]
    status, said = run_here(capsys, *arguments, "--bound", "jsd")
    assert status == 2 and "other settings (bound)" in said
    assert scores_of(folder) == before


@pytest.mark.slow
def test_again_sets_the_old_run_aside(little_file, capsys, quick_probes):
    folder = little_file.parent / "twice"
    arguments = ["compare", "--data", little_file, "--out", folder, "--epochs", "1"]
    arguments += ["--batch-size", "20", "--code-dim", "4", "--probe-seeds", "1", "--rows"]
    assert run_here(capsys, *arguments, "pixels")[0] == 0
    status, said = run_here(capsys, *arguments, "nobody", "--again")
    assert status == 2 and "no row 'nobody'" in said
    assert not list(little_file.parent.glob("twice-*"))  # nothing is moved for a wrong command
    status, said = run_here(capsys, *arguments, "pixels", "pca", "--again")
    (aside,) = little_file.parent.glob("twice-*")
    assert status == 0 and f"the old run was moved to {aside}" in said
    assert scores_of(aside) == scores_of(folder, "pixels")
    assert scores_of(folder).keys() == {"pixels", "pca"}


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize("arguments, words", [
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
    (["--data", "{little}", "--weights", "pca=1,2,3"], "a meaning of its own"),
    (["--data", "{little}", "--rows", "nobody"], "no row 'nobody'"),
    (["--data", "{little}", "--weights", "Local=1,0,0"], "but for capital letters"),
    (["--data", "{little}", "--bound", "mine"], "unknown bound"),
    (["--data", "{little}", "--add", "mine"], "NAME=FILE.keras"),
    (["--data", "{little}", "--add", "my row=mine.keras"], "NAME=FILE.keras"),
    (["--data", "{little}", "--add", "mine={folder}/nowhere.keras"], "there is no file"),
    (["--data", "{little}", "--add", "mine={folder}/damaged.npz"], "no .keras file"),
    (["--data", "{little}", "--add", "local=mine.keras"], "a row local already"),
    (["--data", "{little}", "--add", "a=1.keras", "--add", "a=2.keras"], "the same name"),
    (["--data", "{little}", "--critic", "cosine"], "critic must be"),
    (["--data", "{little}", "--encoder", "vgg"], "unknown architecture"),
    (["--data", "{little}", "--epochs", "0"], "above 0"),
    (["--data", "{little}", "--out", "{folder}/damaged.npz/sub"], "cannot be used"),
    pytest.param(
        ["--data", "{little}", "--out", "/proc/dimlearn"], "cannot be used",
        marks=pytest.mark.skipif(not os.path.isdir("/proc"), reason="needs a folder of the kernel"),
    ),
])  # fmt: skip
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
        status = cli.main(["compare", *arguments])
    except SystemExit as error:  # argparse
        status = error.code
    said = capsys.readouterr().err.strip().splitlines()
    assert status == 2
    assert words in said[-1] and "Traceback" not in "".join(said)
    assert sorted(tmp_path.rglob("*")) == before  # nothing half-written


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0,
    reason="root may write everywhere, and on Windows a folder is always open",
)
def test_a_read_only_folder(little_file, tmp_path, capsys):
    tmp_path.chmod(0o500)
    status, said = run_here(
        capsys, "compare", "--data", little_file, "--out", tmp_path / "out", *OPTIONS
    )
    assert status == 2 and "cannot be used" in said


# ---------------------------------------------------------------- where nobody reads

posix = pytest.mark.skipif(os.name != "posix", reason="needs a shell and its streams")
CLOSED = {  # standard error closed, on a full disk, and into a pipe that nobody reads any more
    "error closed": "2>&-",
    "error on a full disk": "2>/dev/full",
    "error read no more": "2> >(head -c 10 >/dev/null)",
    "output closed": ">&-",
    "all closed": "<&- >&- 2>&-",
    "output on a full disk": ">/dev/full",
    "output read no more": "| true",
    "output read in part": "| head -n 1",
}
DAILY = ("output read in part",)
FILES = {"report.md", "results.json", "table.csv", "table.md", "figures/accuracy.png"}


@posix
@pytest.mark.slow
@pytest.mark.parametrize("how", [*DAILY, *weekly(*(how for how in CLOSED if how not in DAILY))])
def test_a_run_ends_well_where_nobody_reads_it(little_file, tmp_path, how):
    """Every file is whole; only what could not be said is missing."""
    arguments = command(
        "compare", "--data", little_file, "--out", tmp_path / "run", "--rows", "pca", *OPTIONS
    )
    shell = ["bash", "-o", "pipefail", "-c", f'"$@" {CLOSED[how]}', "bash", *arguments]
    done = subprocess.run(shell, capture_output=True, text=True)
    assert done.returncode == (1 if how == "output on a full disk" else 0), done.stderr
    for name in FILES:
        assert (tmp_path / "run" / name).stat().st_size > 100, name
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    report = (tmp_path / "run" / "report.md").read_text(encoding="utf-8")
    if how.startswith("error"):
        assert done.stdout.startswith("Test accuracy in percent")
        assert done.stdout.endswith("report.md\n")
    assert report.count("![") >= 3 and (tmp_path / "run" / "encoders" / "pca-0.keras").exists()


@pytest.mark.weekly
def test_a_run_ends_well_where_its_letters_cannot_be_written(little_file, tmp_path):
    """As on Windows, whose output into a file knows few letters."""
    name = tmp_path / "bücher.npz"
    name.write_bytes(little_file.read_bytes())
    done = run(
        "compare", "--data", name, "--out", tmp_path / "läufe", "--rows", "pca", *OPTIONS,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.returncode == 0 and "b\\xfccher: 108 training" in done.stderr
    assert done.stdout.endswith("l\\xe4ufe/report.md\n".replace("/", os.sep))


@pytest.mark.weekly
def test_a_path_that_is_not_utf_8(little_file, tmp_path):
    """As of a file from an old disk: its report is as whole as any."""
    name = os.fsencode(tmp_path) + b"/b\xfccher"
    try:
        os.mkdir(name)
    except OSError:
        pytest.skip("this file system has no such names")
    folder, data = os.fsdecode(name), os.fsdecode(name + b"/b\xfccher.npz")
    with open(data, "wb") as file:
        file.write(little_file.read_bytes())
    done = run("compare", "--data", data, "--out", f"{folder}/run", "--rows", "pca", *OPTIONS)
    assert done.returncode == 0, done.stderr
    with open(f"{folder}/run/report.md", encoding="utf-8") as file:
        assert file.read().startswith("# Deep InfoMax on b\\udcfccher")
    again = run("compare", "--data", data, "--out", f"{folder}/run", "--rows", "pca", *OPTIONS)
    assert again.returncode == 0 and again.stdout == done.stdout


@pytest.mark.slow
def test_the_folder_one_is_in(little_file, tmp_path, monkeypatch, capsys, quick_probes):
    """A run may go there, an old one cannot be moved away from there."""
    monkeypatch.chdir(tmp_path)
    arguments = ["compare", "--data", little_file, "--out", ".", "--rows", "pca", *OPTIONS]
    assert run_here(capsys, *arguments)[0] == 0
    before = sorted(tmp_path.rglob("*"))
    status, said = run_here(capsys, *arguments, "--again")
    assert status == 2 and "you are in it" in said
    assert sorted(tmp_path.rglob("*")) == before
