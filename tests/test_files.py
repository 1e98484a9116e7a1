"""Files are whole or not there, never over another's; and one process at a time holds a lock."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dimlearn import files


class Trouble(Exception):
    """What goes wrong in the middle of writing."""


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


# ---------------------------------------------------------------- whole or not at all


def test_a_file_is_replaced_when_all_is_written(tmp_path):
    path = tmp_path / "table.md"
    path.write_text("old")
    with files.written_whole(path) as half:
        half.write_text("new")
        assert path.read_text() == "old" and half.parent == tmp_path
    assert contents(tmp_path) == {"table.md": "new"}


@pytest.mark.parametrize("before", [{}, {"table.md": "old"}])
def test_half_a_file_is_never_left(tmp_path, before):
    for name, text in before.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(Trouble), files.written_whole(tmp_path / "table.md") as half:
        half.write_text("ne")
        raise Trouble
    assert contents(tmp_path) == before


def test_others_save_beside_a_file_of_their_kind(tmp_path):
    path = tmp_path / "model.keras"
    path.write_text("old")
    with pytest.raises(Trouble), files.saved_whole(str(path), ".keras") as place:
        place.write_text("ne")
        raise Trouble
    assert contents(tmp_path) == {"model.keras": "old"}
    with files.saved_whole(str(path), ".keras") as place:
        place.write_text("new")
    assert contents(tmp_path) == {"model.keras": "new"}
    folder, address = tmp_path / "model", "hf://somebody/model.keras"
    for place, replace in ((folder, True), (address, True), (path, False)):
        with files.saved_whole(place, ".keras", replace) as given:
            assert given == place


def test_text_keeps_its_line_ends(tmp_path):
    files.write_text(tmp_path / "a.txt", "één\nzwei\r\n")
    assert (tmp_path / "a.txt").read_bytes() == "één\nzwei\r\n".encode()


# ---------------------------------------------------------------- never over what is there


def no_hard_links(*names):
    raise OSError("no hard links on this disk")


@pytest.fixture(params=["hard links", "none"])
def disk(request, tmp_path, monkeypatch):
    """A folder on a disk with hard links, and on one without."""
    if request.param == "none":
        monkeypatch.setattr(os, "link", no_hard_links)
    return tmp_path


def test_a_new_file_is_written(disk):
    assert files.write_new(disk / "01.ipynb", "theirs") is True
    assert contents(disk) == {"01.ipynb": "theirs"}


def test_a_file_that_is_there_is_left(disk):
    (disk / "01.ipynb").write_text("mine")
    assert files.write_new(disk / "01.ipynb", "theirs") is False
    assert contents(disk) == {"01.ipynb": "mine"}


def test_a_file_that_appears_meanwhile_is_left(disk, monkeypatch):
    (disk / "01.ipynb").write_text("mine")
    monkeypatch.setattr(Path, "exists", lambda path: False)  # as it was when we looked
    assert files.write_new(disk / "01.ipynb", "theirs") is False
    assert contents(disk) == {"01.ipynb": "mine"}


def test_a_new_file_that_cannot_be_finished_is_not_there(disk, monkeypatch):
    def full(descriptor):
        raise OSError("no space left on the disk")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        files.write_new(disk / "01.ipynb", "theirs")
    assert contents(disk) == {}


# ---------------------------------------------------------------- one lock


def test_another_process_waits_for_the_lock(tmp_path):
    """It is told so after its patience, and gets in when the lock is free."""
    code = (
        "import sys; from pathlib import Path; from dimlearn import files\n"
        "files.PATIENCE = 0.2\n"
        "with files.locked(Path(sys.argv[1])): print('in')"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "progress.json")]
    with files.locked(tmp_path / "progress.json"):
        outside = subprocess.run(command, capture_output=True, text=True)
    assert outside.returncode and "another process holds progress.json" in outside.stderr
    inside = subprocess.run(command, capture_output=True, text=True)
    assert inside.stdout == "in\n"
