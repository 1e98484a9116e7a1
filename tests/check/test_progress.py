"""The progress file: atomic, merged, mended, and never in the way of a check."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dimlearn import check, files
from dimlearn.check import progress_file

ROOT = Path(__file__).resolve().parents[2]
needs_links = pytest.mark.skipif(os.name == "nt", reason="on Windows links need a privilege")
LOCK = f".{progress_file.FILE}.lock"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["version", "done", "sources", "entropy"]), inner)
    ),
    max_leaves=6,
)


def saved():
    return json.loads(progress_file.path().read_text(encoding="utf-8"))["done"]


def test_a_solved_exercise_is_noted_and_survives_the_kernel():
    check.entropy(check.entropy.exercise.worked_solution)
    check.kl_divergence(check.kl_divergence.exercise.mistakes[0].wrong)
    progress_file.forget_session()
    text = repr(check.progress())
    assert set(saved()) == {"entropy"}
    assert "[x] entropy" in text and "[ ] kl_divergence" in text
    assert "Progress: 1 of 40" in text and "Next: `sample_prior` in lesson 0." in text


def test_the_words_carry_no_clock():
    check.entropy(check.entropy.exercise.worked_solution)
    assert saved()["entropy"] not in repr(check.progress())


@pytest.mark.parametrize("damage", ["{", "[]", '{"done": 3}', '{"other": {}}', "", "\x00\x01"])
def test_a_damaged_file_is_set_aside(damage):
    file = progress_file.path()
    file.write_text(damage, encoding="utf-8")
    assert "damaged-1" in repr(check.progress())
    assert file.with_name("dimlearn-progress.damaged-1.json").read_text(encoding="utf-8") == damage
    check.entropy(check.entropy.exercise.worked_solution)
    assert set(saved()) == {"entropy"}


def test_undecodable_bytes_are_set_aside_and_nothing_is_overwritten():
    file = progress_file.path()
    for number in (1, 2):
        file.write_bytes(b"\xff\xfe" + bytes([number]))
        check.progress()
        aside = file.with_name(f"dimlearn-progress.damaged-{number}.json")
        assert aside.read_bytes() == b"\xff\xfe" + bytes([number])


def test_a_file_that_is_closed_for_a_moment_is_not_written_over(monkeypatch):
    """As by a program that synchronises folders. (Permissions do not bind root.)"""
    check.entropy(check.entropy.exercise.worked_solution)
    before = progress_file.path().read_bytes()
    progress_file.forget_session()

    def closed_for_now(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as closed:
        closed.setattr(Path, "read_text", closed_for_now)
        assert check.kl_divergence(check.kl_divergence.exercise.worked_solution)
        assert "cannot be saved" in repr(check.progress())
    assert progress_file.path().read_bytes() == before
    check.mutual_information(check.mutual_information.exercise.worked_solution)
    assert set(saved()) == {"entropy", "kl_divergence", "mutual_information"}


def test_a_mark_at_the_beginning_is_no_damage():
    progress_file.path().write_text('\ufeff{"done": {"entropy": "2026-01-01"}}', encoding="utf-8")
    assert progress_file.finished() == {"entropy"}


def test_a_working_folder_that_was_deleted(tmp_path, monkeypatch):
    monkeypatch.delenv("DIMLEARN_PROGRESS")
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert check.entropy(check.entropy.exercise.worked_solution)
    assert "[x] entropy" in repr(check.progress())


WRITER = """
import sys
from dimlearn import files
from dimlearn.check import progress_file
files.PATIENCE = 100  # the machine may be busy with others
for name in sys.argv[1:]:
    progress_file.record(name)
"""


def test_two_kernels_writing_at_once():
    names = [[f"{kernel}_{i}" for i in range(60)] for kernel in ("a", "b", "c")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, *own], env=environment) for own in names
    ]
    assert [writer.wait(300) for writer in writers] == [0, 0, 0]
    assert set(saved()) == {name for own in names for name in own}
    left = {file.name for file in progress_file.path().parent.iterdir()}
    assert left == {progress_file.FILE}


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    """A file where the folder should be stands for it: permissions do not bind root."""
    (tmp_path / "wall").write_text("", encoding="utf-8")
    monkeypatch.setenv("DIMLEARN_PROGRESS", str(tmp_path / "wall" / progress_file.FILE))
    assert check.entropy(check.entropy.exercise.worked_solution)
    text = repr(check.progress())
    assert "[x] entropy" in text and "cannot be saved" in text


KILLED = """
import os
from dimlearn.check import progress_file
from dimlearn.files import locked
with locked(progress_file.path()):
    os.kill(os.getpid(), 9)
"""


def test_the_lock_of_a_kernel_that_was_killed_does_not_matter():
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", KILLED], env=environment).returncode
    assert progress_file.path().with_name(LOCK).exists()
    progress_file.record("entropy")
    assert "entropy" in saved() and "cannot be saved" not in repr(check.progress())
    assert not progress_file.path().with_name(LOCK).exists()


def test_a_lock_that_another_kernel_holds_for_long(monkeypatch):
    monkeypatch.setattr(files, "PATIENCE", 0.01)
    with files.locked(progress_file.path()):
        progress_file.record("entropy")
        progress_file.record("kl_divergence")
    assert not progress_file.path().exists()
    assert repr(check.progress()).count("cannot be saved") == 1
    progress_file.record("entropy")
    assert set(saved()) == {"entropy", "kl_divergence"}


@pytest.mark.parametrize("text", [
    '{"version": 2, "done": {"kl_divergence": "2026-01-01"}, "more": [1]}',
    '{"version": 3, "exercises": ["kl_divergence"]}',
    '{"version": 2, "done": ["kl_divergence"]}',
])  # fmt: skip
def test_the_file_of_a_newer_version_is_left_as_it_is(text):
    """It is read as far as it goes; this kernel's own progress lasts as long as the kernel."""
    file = progress_file.path()
    file.write_text(text, encoding="utf-8")
    check.entropy(check.entropy.exercise.worked_solution)
    said = repr(check.progress())
    assert "[x] entropy" in said and "newer version of dimlearn" in said
    assert ("[x] kl_divergence" in said) == ('"done": {' in text)
    assert file.read_text(encoding="utf-8") == text
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@needs_links
def test_a_symbolic_link_stays_one(tmp_path, monkeypatch):
    """As where settings of several machines are kept in one place."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "mine.json").write_text(
        '{"version": 1, "done": {"a": "2026-01-01"}}', encoding="utf-8"
    )
    (tmp_path / "work").mkdir()
    link = tmp_path / "work" / progress_file.FILE
    link.symlink_to(tmp_path / "kept" / "mine.json")
    monkeypatch.setenv("DIMLEARN_PROGRESS", str(link))
    check.entropy(check.entropy.exercise.worked_solution)
    assert link.is_symlink()
    kept = json.loads((tmp_path / "kept" / "mine.json").read_text(encoding="utf-8"))
    assert set(kept["done"]) == {"a", "entropy"}


@settings(max_examples=60, deadline=None)
@given(
    content=st.one_of(st.binary(max_size=60), JSON.map(lambda value: json.dumps(value).encode()))
)
def test_whatever_the_file_holds(tmp_path_factory, content):
    """Found by chance: nothing of it is lost, and a check never fails for it."""
    file = tmp_path_factory.mktemp("fuzzed") / progress_file.FILE
    file.write_bytes(content)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DIMLEARN_PROGRESS", str(file))
        progress_file.forget_session()
        progress_file.record("entropy", {"name": "entropy", "text": "def entropy(p): ..."})
        assert "[x] entropy" in repr(progress_file.card())
    kept = [path.read_bytes() for path in file.parent.iterdir()]
    done = progress_file.session.done
    assert content in kept or set(json.loads(content)["done"]) <= {*json.loads(kept[0])["done"]}
    assert done.keys() == {"entropy"} and len(kept) <= 2


def test_the_command(tmp_path):
    """Without TensorFlow, and in the folder `work` as well."""
    work = tmp_path / "work"
    work.mkdir()
    (work / progress_file.FILE).write_text(
        '{"version": 1, "done": {"entropy": "2026-01-01"}}', encoding="utf-8"
    )
    code = (
        "import sys; from dimlearn.cli import main; status = main(['progress']); "
        "assert 'tensorflow' not in sys.modules; sys.exit(status)"
    )
    environment = {k: v for k, v in os.environ.items() if k != "DIMLEARN_PROGRESS"}
    environment["PYTHONPATH"] = str(ROOT)
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert "Progress: 1 of 40" in run.stdout and "[x] entropy" in run.stdout


@pytest.mark.skipif(os.name == "nt", reason="pipes with names are of Unix")
@pytest.mark.parametrize("put", [os.mkfifo, os.mkdir] if os.name != "nt" else [os.mkdir])
def test_what_is_no_file_is_neither_waited_for_nor_moved(put):
    """As a pipe, or /dev/null."""
    file = progress_file.path()
    put(file)
    check.entropy(check.entropy.exercise.worked_solution)
    said = repr(check.progress())
    assert "[x] entropy" in said and "cannot be saved" in said
    assert not file.is_file() and [path.name for path in file.parent.iterdir()] == [file.name]
