"""The learner's copies: new ones only, never over what is there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dimlearn import InputError, cli
from dimlearn.check import progress_file
from dimlearn.course import work

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def source(tmp_path):
    """A folder of three little lessons."""
    folder = tmp_path / "package" / "lessons"
    folder.mkdir(parents=True)
    for name in ("00_start", "01_first", "02_second"):
        cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": [f"'{name}'"],
                "outputs": [{"output_type": "stream"}], "execution_count": 7}  # fmt: skip
        notebook = {"cells": [cell], "metadata": {"jupytext": {}, "kernelspec": {"name": "k"}},
                    "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def no_progress(monkeypatch):
    monkeypatch.delenv("DIMLEARN_PROGRESS", raising=False)
    progress_file.forget_session()


def test_copies_are_plain(source, tmp_path):
    copies = work.copy_new(tmp_path / "mine", source)
    assert [copy.name for copy in copies] == ["00_start.ipynb", "01_first.ipynb", "02_second.ipynb"]
    notebook = json.loads(copies[0].read_text(encoding="utf-8"))
    assert "jupytext" not in notebook["metadata"] and "kernelspec" in notebook["metadata"]
    (cell,) = notebook["cells"]
    assert cell["outputs"] == [] and cell["execution_count"] is None and cell["id"] == "a"
    assert sorted(p.name for p in (tmp_path / "mine").iterdir()) == [c.name for c in copies]


def test_what_is_there_is_never_written_to(source, tmp_path):
    mine = tmp_path / "mine"
    first, *_ = work.copy_new(mine, source)
    first.write_text("my own work, not even a notebook", encoding="utf-8")
    (mine / "02_second.ipynb").unlink()
    (source / "01_first.ipynb").write_text(
        (source / "02_second.ipynb").read_text(encoding="utf-8"), encoding="utf-8"
    )
    before = (mine / "01_first.ipynb").read_bytes()
    assert work.copy_new(mine, source) == [mine / "02_second.ipynb"]
    assert first.read_text(encoding="utf-8") == "my own work, not even a notebook"
    assert (mine / "01_first.ipynb").read_bytes() == before


def test_again_keeps_the_old_copy(source, tmp_path):
    mine = tmp_path / "mine"
    work.copy_new(mine, source)
    for number in (1, 2):
        (mine / "01_first.ipynb").write_text(f"try {number}", encoding="utf-8")
        assert work.set_aside(mine, 1, source) == mine / f"01_first-old-{number}.ipynb"
        assert work.copy_new(mine, source) == [mine / "01_first.ipynb"]
        assert (mine / f"01_first-old-{number}.ipynb").read_text(
            encoding="utf-8"
        ) == f"try {number}"
    with pytest.raises(InputError, match="no copy of lesson 7"):
        work.set_aside(mine, 7, source)


def test_the_next_lesson(source, tmp_path):
    mine = tmp_path / "mine"
    work.copy_new(mine, source)

    def with_done(*names):
        done = {"version": 1, "done": dict.fromkeys(names, "2026-01-01")}
        (mine / progress_file.FILE).write_text(json.dumps(done), encoding="utf-8")
        return work.next_lesson(mine, source).name

    first = ("sample_prior", *progress_file.LESSONS[1][1])
    second = progress_file.LESSONS[2][1]
    assert work.next_lesson(mine, source).name == "00_start.ipynb"
    assert with_done("sample_prior", "entropy") == "01_first.ipynb"
    assert with_done(*first) == "02_second.ipynb"
    assert with_done(*first, *second) == "02_second.ipynb"
    work.set_aside(mine, 1, source)
    assert with_done("sample_prior", "entropy") == "02_second.ipynb"


def test_duplicates_and_notes_are_not_the_lesson(source, tmp_path, monkeypatch):
    """Jupyter calls a duplicate `-Copy1`, which comes before the lesson in the alphabet."""
    mine = tmp_path / "mine"
    work.copy_new(mine, source)
    for name in ("00_start-Copy1", "01_first-Copy1", "01_zz_notes"):
        (mine / f"{name}.ipynb").write_text("mine", encoding="utf-8")
    assert work.next_lesson(mine, source) == mine / "00_start.ipynb"
    assert work.set_aside(mine, 1, source) == mine / "01_first-old-1.ipynb"
    assert work.copy_new(mine, source) == [mine / "01_first.ipynb"]
    elsewhere = tmp_path / "progress.json"
    done = dict.fromkeys(("sample_prior", "entropy"), "2026-01-01")
    elsewhere.write_text(json.dumps({"version": 1, "done": done}), encoding="utf-8")
    monkeypatch.setenv("DIMLEARN_PROGRESS", str(elsewhere))
    assert work.next_lesson(mine, source) == mine / "01_first.ipynb"


def test_lessons_are_found_in_a_wheel_and_in_a_clone(source, tmp_path):
    assert work.lessons_folder(tmp_path / "package") == source
    (tmp_path / "package" / "dimlearn").mkdir()
    assert work.lessons_folder(tmp_path / "package" / "dimlearn") == source
    assert work.lessons_folder() == ROOT / "lessons"
    with pytest.raises(InputError, match="no lessons were found"):
        work.lessons_folder(tmp_path / "elsewhere" / "dimlearn")


def test_the_wheel_takes_the_lessons_along():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    targets = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert targets["force-include"]["lessons"] == "dimlearn/lessons"


def test_the_command(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DIMLEARN_PROGRESS", raising=False)
    assert cli.main(["lessons", "--copy-only"]) == 0
    told = capsys.readouterr().out
    first = Path("work") / "00_start_here.ipynb"
    assert f"new: {first}\n" in told and f"next: {first}\n" in told
    assert cli.main(["lessons", "--copy-only"]) == 0
    assert "new:" not in capsys.readouterr().out
    assert cli.main(["lessons", "--again", "01", "--copy-only"]) == 0
    assert "-old-1.ipynb" in capsys.readouterr().out
    assert cli.main(["lessons", "--again", "77", "--copy-only"]) == 2
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert cli.main(["lessons", "file", "--copy-only"]) == 2


def test_copying_needs_no_tensorflow(tmp_path):
    code = (
        "import sys; from dimlearn.cli import main; status = main(['lessons', '--copy-only']); "
        "assert not {'tensorflow', 'jupytext'} & set(sys.modules); sys.exit(status)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment)
    assert run.returncode == 0


def test_jupyterlab_is_opened_on_the_notebook(tmp_path, monkeypatch):
    seen = {}

    def run(command, cwd):
        seen.update(command=command, cwd=cwd)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert work.open_lab(tmp_path / "01_x.ipynb", browser=False) == 0
    assert seen["cwd"] == tmp_path
    address = "--LabApp.default_url=/lab/tree/01_x.ipynb"
    assert seen["command"][1:] == ["-m", "jupyterlab", address, "--no-browser"]
    work.open_lab(tmp_path / "01_x.ipynb", options=["--ip=0.0.0.0"])
    assert seen["command"][1:] == ["-m", "jupyterlab", address, "--ip=0.0.0.0"]


@pytest.mark.parametrize("options, status, root, told", [
    ([], 1, True, True),
    (["--allow-root", "--port", "9999"], 1, True, False),
    ([], 0, True, False),
    ([], 1, False, False),
])  # fmt: skip
def test_jupyterlab_as_root(tmp_path, monkeypatch, capsys, options, status, root, told):
    """It refuses unless it is told, and advises an option that must have a way through."""
    seen = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000, raising=False)
    monkeypatch.setattr(work, "open_lab", lambda *given: seen.append(given) or status)
    behind = ["--", *options] if options else []
    assert cli.main(["lessons", "mine", "--no-browser", *behind]) == status
    ((notebook, browser, passed_on),) = seen
    assert (notebook, browser) == (Path("mine/00_start_here.ipynb"), False)
    assert passed_on == options
    assert ("dimlearn lessons -- --allow-root" in capsys.readouterr().err) == told
