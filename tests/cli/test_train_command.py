"""`dimlearn train`: from a folder of pictures to a page, and what is said of other folders."""

import dataclasses
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from ctrl_c import HEARS_CTRL_C
from PIL import Image

from dimlearn import cli, data
from dimlearn.evaluation.own_images import Plan

QUICK = ["--epochs", "1", "--batch-size", "8", "--code-dim", "4"]


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    """Digits as pictures of mixed sizes and kinds, in sub-folders, with a broken one."""
    place = tmp_path_factory.mktemp("my pictures") / "scans"
    for number, image in enumerate(data.load("digits", limit=24).x_train[..., 0]):
        path = place / f"box {number % 3}" / f"{number}.{('png', 'jpg')[number % 2]}"
        path.parent.mkdir(parents=True, exist_ok=True)
        side = 28 + 7 * (number % 4)
        Image.fromarray((255 * image).astype("uint8")).resize((side, side)).save(path)
    whole = (place / "box 0" / "0.png").read_bytes()
    (place / "broken.png").write_bytes(whole[:100])
    return place


def run_here(capsys, *arguments):
    """The command in this process: its status and what it printed and told."""
    status = cli.main(["train", *map(str, arguments)])
    return status, *capsys.readouterr()


def test_the_defaults_are_those_of_the_plan():
    options = vars(cli.new_parser().parse_args(["train", "pictures"]))
    assert {name: options[name] for name in dataclasses.asdict(Plan())} == vars(Plan())


def test_help_comes_without_tensorflow():
    code = """
import contextlib, sys
from dimlearn.cli import main
with contextlib.suppress(SystemExit):
    main(["train", "--help"])
sys.exit(bool({"keras", "tensorflow", "PIL", "numpy", "rich"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and "a folder of pictures, in sub-folders or not" in done.stdout


@pytest.mark.slow
def test_from_a_folder_to_a_page(scans, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    status, printed, told = run_here(capsys, scans, *QUICK)
    assert status == 0, told
    out = tmp_path / "runs" / "scans"
    assert printed == "24 codes, encoder and figures: runs/scans/report.md\n"
    assert "Left out: broken.png" in told and "views: handwriting" in told
    page = (out / "report.md").read_text()
    assert "from 28x28 to 49x49 pixels, the middle square of each brought to 32x32" in page
    status, _, told = run_here(capsys, scans, *QUICK)
    assert status == 0 and "the encoder is taken from the folder" in told
    status, _, told = run_here(capsys, scans, *QUICK, "--side", "16")
    assert status == 2 and "holds a run with other settings (images)" in told
    status, _, told = run_here(capsys, scans, *QUICK, "--side", "16", "--again")
    assert status == 0 and "the old run was moved to" in told
    assert data.check_images(np.load(out / "images.npy")).shape == (24, 16, 16, 1)


@pytest.mark.parametrize("content, said", [
    ({}, "the folder is empty"),
    ({"letter.pdf": b"%PDF-1.4"}, "nothing can be read as one (letter.pdf: it is no picture"),
    ({"alone.png": None}, "there is one picture"),
])  # fmt: skip
def test_folders_that_nothing_can_be_learnt_from(tmp_path, capsys, content, said):
    (tmp_path / "in").mkdir()
    for name, written in content.items():
        if written is None:
            Image.new("L", (30, 30)).save(tmp_path / "in" / name)
        else:
            (tmp_path / "in" / name).write_bytes(written)
    status, printed, told = run_here(capsys, tmp_path / "in", "--out", tmp_path / "out")
    assert status == 2 and said in told and printed == ""


def test_nothing_is_moved_for_a_wrong_command(tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "settings.json").write_text("{}", encoding="utf-8")
    status, _, told = run_here(capsys, tmp_path / "typo", "--again", "--out", tmp_path / "out")
    assert status == 2 and "there is no file or folder" in told
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_nothing_is_left_in_a_folder_of_pictures(scans, capsys):
    before = sorted(scans.rglob("*"))
    status, _, told = run_here(capsys, scans, *QUICK, "--out", scans)
    assert status == 2 and "what is made of them goes elsewhere" in told
    assert sorted(scans.rglob("*")) == before


@pytest.mark.slow
def test_it_goes_on_after_ctrl_c(scans, tmp_path, capsys):
    """A process that hears it; then the same command in this one."""
    arguments = [str(scans), "--out", str(tmp_path), *QUICK, "--epochs", "40"]
    command = [sys.executable, "-m", "dimlearn", "train", *arguments]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **HEARS_CTRL_C)
    while not (tmp_path / "unfinished.npz").exists():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    process.send_signal(signal.SIGINT if os.name != "nt" else signal.CTRL_C_EVENT)
    assert "give the same command again to go on" in process.communicate()[1]
    assert process.returncode == 130
    status, _, told = run_here(capsys, *arguments)
    assert status == 0 and "goes on after epoch" in told
