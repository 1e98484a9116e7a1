"""Files are whole or not there, never over another's; and one process at a time holds a lock."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dimlearn import files

needs_links = pytest.mark.skipif(os.name == "nt", reason="on Windows links need a privilege")


class Trouble(Exception):
    """What goes wrong in the middle of writing."""


def contents(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


# ---------------------------------------------------------------- whole or not at all


def test_a_file_is_replaced_when_all_is_written(tmp_path):
    path = tmp_path / "table.md"
    path.write_text("old", encoding="utf-8")
    with files.written_whole(path) as half:
        half.write_text("new", encoding="utf-8")
        assert path.read_text(encoding="utf-8") == "old" and half.parent == tmp_path
    assert contents(tmp_path) == {"table.md": "new"}


@pytest.mark.parametrize("before", [{}, {"table.md": "old"}])
def test_half_a_file_is_never_left(tmp_path, before):
    for name, text in before.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(Trouble), files.written_whole(tmp_path / "table.md") as half:
        half.write_text("ne", encoding="utf-8")
        raise Trouble
    assert contents(tmp_path) == before


def test_others_save_beside_a_file_of_their_kind(tmp_path):
    path = tmp_path / "model.keras"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(Trouble), files.saved_whole(str(path), ".keras") as place:
        place.write_text("ne", encoding="utf-8")
        raise Trouble
    assert contents(tmp_path) == {"model.keras": "old"}
    with files.saved_whole(str(path), ".keras") as place:
        place.write_text("new", encoding="utf-8")
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
    (disk / "01.ipynb").write_text("mine", encoding="utf-8")
    assert files.write_new(disk / "01.ipynb", "theirs") is False
    assert contents(disk) == {"01.ipynb": "mine"}


def test_a_file_that_appears_meanwhile_is_left(disk, monkeypatch):
    (disk / "01.ipynb").write_text("mine", encoding="utf-8")
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


def test_a_lock_is_gone_when_it_is_let_go(tmp_path):
    """And what a process that was killed has left, whatever its time says, stops nobody."""
    left = tmp_path / ".progress.json.lock"
    left.write_bytes(b"12345")
    os.utime(left, (2**32, 2**32))  # from a time to come
    with files.locked(tmp_path / "progress.json", patience=0):
        assert left.exists()
    assert contents(tmp_path) == {}


ADDER = """
import sys
from pathlib import Path
from dimlearn import files
place, files.PATIENCE = Path(sys.argv[1]), 100
for _ in range(50):
    with files.locked(place):
        files.write_text(place, str(int(place.read_text(encoding="utf-8")) + 1))
"""


def test_no_turn_is_lost_though_the_lock_comes_and_goes(tmp_path):
    """Three processes add 1 to a number, each 50 times."""
    place = tmp_path / "number"
    place.write_text("0", encoding="utf-8")
    adders = [subprocess.Popen([sys.executable, "-c", ADDER, str(place)]) for _ in range(3)]
    assert [adder.wait(300) for adder in adders] == [0, 0, 0]
    assert contents(tmp_path) == {"number": "150"}


# ---------------------------------------------------------------- what is there already


@needs_links
def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine").write_text("old", encoding="utf-8")
    (tmp_path / "link.txt").symlink_to(tmp_path / "there" / "mine")
    with files.written_whole(tmp_path / "link.txt") as half:
        assert half.parent == tmp_path / "there" and half.suffix == ".txt"
        half.write_text("new", encoding="utf-8")
    assert (tmp_path / "link.txt").is_symlink()
    assert contents(tmp_path / "there") == {"mine": "new"}
    (tmp_path / "nowhere.txt").symlink_to(tmp_path / "there" / "nothing")
    assert files.write_new(tmp_path / "nowhere.txt", "new") is False  # somebody has put it there


def test_a_half_of_long_ago_is_removed(tmp_path):
    """One that was touched today may be somebody's who is still writing."""
    for name, age in (("long ago", 2 * files.DAY), ("today", 60)):
        half = tmp_path / f".half-{len(name)}-a[1].txt"
        half.write_text(name, encoding="utf-8")
        os.utime(half, (half.stat().st_atime, half.stat().st_mtime - age))
    (tmp_path / ".half-1-b.txt").write_text("another's", encoding="utf-8")
    files.write_text(tmp_path / "a[1].txt", "new")
    assert sorted(contents(tmp_path).values()) == ["another's", "new", "today"]


def test_what_is_set_aside_takes_no_other_name(tmp_path):
    for number in (1, 2):
        (tmp_path / "a.json").write_text(f"{number}", encoding="utf-8")
        assert files.set_aside(tmp_path / "a.json").name == f"a.damaged-{number}.json"
    (tmp_path / "a.json").mkdir()
    assert files.set_aside(tmp_path / "a.json").is_dir()
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_that_a_scanner_holds_is_waited_for(tmp_path, monkeypatch):
    """As Windows has it: for a moment nothing takes the place of an open file."""
    replace, refusals = os.replace, iter([True, True])

    def held(half, path):
        if next(refusals, False):
            raise PermissionError(13, "in use")
        replace(half, path)

    monkeypatch.setattr(os, "replace", held)
    monkeypatch.setattr(files.time, "sleep", lambda seconds: None)
    files.write_text(tmp_path / "a.txt", "new")
    assert contents(tmp_path) == {"a.txt": "new"}
    monkeypatch.setattr(os, "replace", lambda half, path: held(half, path / "never"))
    refusals = iter([True] * 100)
    with pytest.raises(PermissionError):
        files.write_text(tmp_path / "a.txt", "newer")
    assert contents(tmp_path) == {"a.txt": "new"}


def test_a_text_of_any_letters_is_written(tmp_path):
    files.write_text(tmp_path / "a.txt", "b\udcffd, \ud800 and é")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "b\\udcffd, \\ud800 and é"


def test_a_device_is_left_where_it_is(tmp_path, monkeypatch):
    """Who may, as root in a container, would else move /dev/null away, and write a file there."""
    (tmp_path / "null").write_text("everybody's", encoding="utf-8")
    monkeypatch.setattr(files.stat, "S_ISCHR", lambda mode: True)
    with pytest.raises(OSError, match="it is a device"):
        files.write_text(tmp_path / "null", "mine")
    with pytest.raises(OSError, match="it is a device"):
        files.set_aside(tmp_path / "null")
    assert contents(tmp_path) == {"null": "everybody's"}
