"""`dimlearn`: what every command has in common, and the commands that are only a few lines."""

import signal
import subprocess
import sys

import pytest

from dimlearn import InputError, cli
from dimlearn.check import progress_file
from dimlearn.check.syllabus import LESSON_OF
from dimlearn.cli import build, verify
from dimlearn.course import authoring, claims, recorded

NAMES = ["compare", "train", "estimate", "lessons", "progress", "build", "verify"]


def ends_in(error):
    """The `run` of a command that comes to grief."""

    def run(options):
        raise error

    return run


# ---------------------------------------------------------------- help


def test_without_a_command_it_says_which_there_are(capsys):
    assert cli.main([]) == 0
    told = capsys.readouterr().out
    assert "Understand Deep InfoMax" in told and all(f"\n    {name} " in told for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help_with_an_example(name, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert f"\n  dimlearn {name}" in told  # the example
    assert "None" not in told and "\n\n\n" not in told


def test_help_comes_without_tensorflow():
    code = (
        "import sys; from dimlearn.cli import main; main([]); "
        "sys.exit(bool({'keras', 'tensorflow', 'pandas', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL).returncode == 0


# ---------------------------------------------------------------- ends


@pytest.mark.parametrize("error, status, words", [
    (InputError("there is no row 'x'"), 2, "dimlearn: there is no row 'x'\n"),
    (OSError("no space left on the disk"), 1, "dimlearn: no space left on the disk\n"),
    (MemoryError("6 GiB"), 1, "dimlearn: there is not enough memory (6 GiB)\n"),
    (KeyboardInterrupt(), 130, "\ndimlearn: interrupted.\n"),
])  # fmt: skip
def test_trouble_is_one_line_and_a_status(monkeypatch, capsys, error, status, words):
    monkeypatch.setattr(build, "run", ends_in(error))
    assert cli.main(["build"]) == status
    said = capsys.readouterr()
    assert said.err == words and said.out == ""


@pytest.mark.parametrize("name, status", [("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_command_that_is_told_to_stop_says_so(monkeypatch, capsys, name, status):
    """Once: the signal means afterwards what it meant before."""
    number = getattr(signal, name, None) or pytest.skip(f"this system has no {name}")

    def run(options):
        signal.raise_signal(number)

    monkeypatch.setattr(build, "run", run)
    before = signal.signal(number, signal.SIG_DFL)
    try:
        assert cli.main(["build"]) == status
        assert capsys.readouterr().err == "\ndimlearn: stopped.\n"
        assert signal.getsignal(number) == signal.SIG_DFL
    finally:
        signal.signal(number, before)


def test_a_signal_that_is_ignored_stays_ignored(monkeypatch):
    """As under `nohup`."""
    number = signal.SIGTERM
    monkeypatch.setattr(build, "run", lambda options: signal.raise_signal(number) or 0)
    before = signal.signal(number, signal.SIG_IGN)
    try:
        assert cli.main(["build"]) == 0
    finally:
        signal.signal(number, before)


def test_an_interrupted_comparison_says_that_it_goes_on(monkeypatch, capsys):
    monkeypatch.setattr(cli.compare, "run", ends_in(KeyboardInterrupt()))
    assert cli.main(["compare"]) == 130
    assert "give the same command again to go on" in capsys.readouterr().err


def test_a_fault_of_ours_is_not_hidden(monkeypatch):
    monkeypatch.setattr(verify, "run", ends_in(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        cli.main(["verify"])


@pytest.mark.parametrize("arguments", [
    ["compare", "--seeds", "0"],
    ["compare", "--epochs", "many"],
    ["estimate", "pairs.csv", "--seed", "-1"],
    ["lessons", "--again", "first"],
    ["lessons", "--again", "²"],
    ["compare", "--seeds", "9" * 12],
    ["compare", "--probe-seeds", "9" * 5000],
    ["compare", "--code-dim", "1000000"],
    ["ablate", "--seeds", "9" * 30],
    ["train", "pictures", "--epochs", "9" * 30],
    ["train", "pictures", "--seed", "9" * 12],
    ["verify", "--seeds", "²"],
    ["estimate", "pairs.csv", "--x=--"],
    ["compare", "--data=--"],
    ["nonsense"],
])  # fmt: skip
def test_numbers_and_names_that_are_none(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2 and "dimlearn" in capsys.readouterr().err


# ---------------------------------------------------------------- progress, build, verify


def test_progress_of_a_folder(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("DIMLEARN_PROGRESS", raising=False)
    progress_file.forget_session()
    (tmp_path / progress_file.FILE).write_text(
        '{"version": 1, "done": {"entropy": "2026-01-01"}}', encoding="utf-8"
    )
    assert cli.main(["progress", str(tmp_path)]) == 0
    assert f"1 of {len(LESSON_OF)}" in capsys.readouterr().out
    assert cli.main(["progress", str(tmp_path / "missing")]) == 2


def test_build_tells_what_it_wrote(monkeypatch, capsys):
    asked = []

    def written(record_all, names):
        asked.append((record_all, names))
        return [authoring.ROOT / "lessons" / "01_x.py"]

    monkeypatch.setattr(authoring, "build", written)
    assert cli.main(["build", "01", "--record"]) == 0
    assert asked == [(True, ["01"])] and capsys.readouterr().out == "wrote lessons/01_x.py\n"


@pytest.mark.parametrize("found, status, words", [
    ([], 0, "everything is in step"),
    (["lessons/01_x.py has no source"], 1, "lessons/01_x.py has no source\n"),
])  # fmt: skip
def test_build_check_writes_nothing(monkeypatch, capsys, found, status, words):
    monkeypatch.setattr(authoring, "problems", lambda: found)
    monkeypatch.setattr(authoring, "build", None)
    assert cli.main(["build", "--check"]) == status
    assert capsys.readouterr().out.startswith(words)


@pytest.mark.parametrize("good, status", [(True, 0), (False, 1)])
def test_verify_says_whether_all_is_well(monkeypatch, good, status):
    monkeypatch.setattr(authoring, "verify", lambda names: good and names == ["01"])
    assert cli.main(["verify", "01"]) == status


@pytest.mark.parametrize("good, status", [(True, 0), (False, 1)])
def test_verify_tries_the_claims(monkeypatch, good, status):
    asked = []

    def verify_claims(names, seeds):
        asked.append((names, seeds))
        return good

    monkeypatch.setattr(claims, "verify_claims", verify_claims)
    assert cli.main(["verify", "03", "--claims", "--seeds", "4"]) == status
    assert cli.main(["verify", "--claims"]) == status
    assert asked == [(["03"], 4), ([], 10)]


def test_build_makes_the_recorded_runs_anew(monkeypatch, capsys):
    monkeypatch.setattr(authoring, "build", None)
    monkeypatch.setattr(recorded, "known", lambda: ["a", "b"])
    monkeypatch.setattr(recorded, "record", lambda name: authoring.ROOT / "lessons" / f"{name}.csv")
    assert cli.main(["build", "--results", "x"]) == 0
    assert capsys.readouterr().out == "wrote lessons/x.csv\n"
    assert cli.main(["build", "--results"]) == 0
    assert capsys.readouterr().out == "wrote lessons/a.csv\nwrote lessons/b.csv\n"
