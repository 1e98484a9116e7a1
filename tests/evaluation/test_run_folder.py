"""The run folder: nothing in it is believed unasked, nothing of it is lost, one run at a time."""

import itertools
import json
import os
import random
import shutil
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marks import weekly

from dimlearn import InputError, files
from dimlearn.evaluation import Settings, comparison
from dimlearn.evaluation.encoder_file import hash_of_file
from dimlearn.evaluation.run_folder import move_away, open_folder
from dimlearn.startup import keras

pytestmark = pytest.mark.slow
needs_links = pytest.mark.skipif(os.name == "nt", reason="on Windows links need a privilege")

FILES = (
    "settings.json",
    "encoders/random-0.keras",
    "histories/random-0.json",
    "correct/random-0.npz",
)


def linear(codes):
    """In place of the probes, which take long: the first code decides."""
    return np.random.default_rng(int(1e4 * abs(codes.x[0, 0]))).random(30) < 0.5


def mlp200(codes, seeds):
    return np.stack([linear(codes) for _ in seeds])


@pytest.fixture(scope="module")
def two_rows():
    return Settings(rows=("random", "pca"), epochs=1, batch_size=20, code_dim=4, probe_seeds=1)


@pytest.fixture(scope="module")
def run(bars, two_rows):
    """A function that runs the comparison on a folder; returns its parts and what it said."""

    def run(folder, **changes):
        heard = []
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(comparison, "PROBES", {"linear": linear})
            patched.setattr(comparison, "SEEDED_PROBES", {"mlp200": mlp200})
            patched.setattr(comparison, "FEW_LABELS", ())
            patched.setattr(comparison, "mlp200_correct", mlp200)
            asked = replace(two_rows, **changes)
            say = lambda text, passing=False: heard.append(text)  # noqa: E731
            return comparison.compare(asked, folder, bars, say), "\n".join(heard)

    return run


@pytest.fixture(scope="module")
def whole(run, tmp_path_factory):
    """A run that is finished, and its parts."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    return folder, run(folder)[0]


@pytest.fixture
def copied(whole, tmp_path):
    """A copy of it, to be damaged."""
    shutil.copytree(whole[0], tmp_path / "run")
    return tmp_path / "run"


def same(parts, others):
    np.testing.assert_equal([part["correct"] for part in parts],
                            [part["correct"] for part in others])  # fmt: skip
    np.testing.assert_equal([part["layers"] for part in parts], [part["layers"] for part in others])
    return [part["name"] for part in parts] == [part["name"] for part in others]


def everything(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")
            if path.is_file()}  # fmt: skip


# ---------------------------------------------------------------- damage


def folder_in_its_place(path):
    path.unlink()
    path.mkdir()
    (path / "something").write_text("mine", encoding="utf-8")


def link_to_nowhere(path):
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


def of_another_row(path):
    other = path.with_name(path.name.replace("random", "pca"))
    path.write_bytes(other.read_bytes() if other != path else b"")


def noise(path):
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def written(content):
    return lambda path: path.write_bytes(content)


def truncated(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def one_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGES = {
    "empty": written(b""),
    "truncated": truncated,
    "one bit": one_bit,
    "noise": noise,
    "a text": written(b"hello"),
    "a list": written(b"[1, 2]"),
    "a number": written(b"3"),
    "null": written(b"null"),
    "deep": written(b"[" * 100_000),
    "not UTF-8": written(b'{"name": "\xff"}'),
    "an empty archive": written(b"PK\5\6" + bytes(18)),
    "of another row": of_another_row,
    "a folder": folder_in_its_place,
    "gone": lambda path: path.unlink(),
}


# Every other damage of one file at every run, all of all files once a week.
PAIRS = list(itertools.product(DAMAGES, FILES))
DAILY = list(zip(list(DAMAGES)[::2], itertools.cycle(FILES)))


@pytest.mark.parametrize(
    "damage, name", [*DAILY, *weekly(*(pair for pair in PAIRS if pair not in DAILY))]
)
def test_a_damaged_file_is_named_and_set_aside_and_its_part_done_again(
    copied, whole, run, name, damage
):
    path = copied / name
    before = path.read_bytes()
    DAMAGES[damage](path)
    damaged = path.read_bytes() if path.is_file() else None
    if (name, damage) == ("settings.json", "one bit"):
        path.write_bytes(before[:-3])  # a bit in a number is another setting, and no damage
    parts, said = run(copied)
    assert same(parts, whole[1])
    if path.name != damage and damage != "gone" and (name, damage) != ("settings.json", "one bit"):
        asides = [*path.parent.glob(f"{path.stem}.damaged-1{path.suffix}")]
        assert len(asides) == 1 and str(path) in said and asides[0].name in said
        if damaged is not None:
            assert asides[0].read_bytes() == damaged
    after = everything(copied)
    parts, said = run(copied)  # and now all is well
    assert same(parts, whole[1]) and said.count("finished before") == 2
    assert everything(copied) == after


@pytest.mark.parametrize(
    "name", ["results.json", "encoders", *weekly("report.md", "figures/accuracy.png")]
)
def test_what_stands_where_results_go_makes_room(copied, whole, run, name):
    """A folder in place of a file, a file in place of a folder."""
    place = copied / name
    if place.is_dir():
        shutil.rmtree(place)
        place.write_text("mine", encoding="utf-8")
    else:
        place.mkdir()
    parts, said = run(copied)
    assert same(parts, whole[1])
    assert str(place) in said and list(copied.rglob(f"{place.stem}.damaged-1{place.suffix}"))


@needs_links
def test_a_link_to_nowhere_is_followed_by_nobody(copied, whole, run):
    for name in FILES:
        link_to_nowhere(copied / name)
    parts, said = run(copied)
    assert same(parts, whole[1])
    assert all(f"{copied / name} is no file" in said for name in FILES)
    assert same(run(copied)[0], whole[1])
    assert not list(copied.rglob("nowhere"))


@pytest.mark.parametrize("room", ["encoders", *weekly("histories", "correct")])
def test_what_another_run_made_is_not_adopted(copied, whole, run, tmp_path, room):
    """Of the same row with the same seed, and whole: only its hash tells."""
    run(tmp_path / "other", code_dim=3)
    for path in (tmp_path / "other" / room).iterdir():
        shutil.copy(path, copied / room / path.name)
    parts, said = run(copied)
    assert same(parts, whole[1])
    assert said.count("cannot be used") == 2 and len(list(copied.rglob("*.damaged-1.*"))) >= 2


def test_settings_that_cannot_be_read_do_not_let_another_run_in(copied, run):
    (copied / "settings.json").unlink()
    parts, said = run(copied, code_dim=3)
    assert said.count("does not belong to this run") == 2
    assert [part["belongs_to"]["run"] for part in parts] == [parts[0]["belongs_to"]["run"]] * 2


@pytest.mark.weekly
@settings(max_examples=15, deadline=None)
@given(name=st.sampled_from(FILES), content=st.binary(max_size=200))
def test_whatever_a_file_holds(whole, run, tmp_path_factory, name, content):
    """Found by chance: no content ends in a traceback, or at the same place again."""
    folder = tmp_path_factory.mktemp("fuzzed") / "run"
    shutil.copytree(whole[0], folder)
    (folder / name).write_bytes(content)
    try:
        parts, _ = run(folder)
    except InputError as error:  # as where the content is a dictionary: other settings
        assert name == "settings.json" and "other settings" in str(error)
    else:
        assert same(parts, whole[1])


# ---------------------------------------------------------------- one at a time


def test_who_comes_second_is_told_so(copied, run):
    before = everything(copied)
    with files.locked(copied / "run"), pytest.raises(InputError, match="another process is at wo"):
        run(copied)
    assert everything(copied) == before
    assert run(copied)


def test_of_two_runs_at_once_with_other_settings_one_is_let_in(bars, two_rows, tmp_path):
    """Both at the same moment, many times."""
    for number in range(60):
        folder, let_in, start = tmp_path / f"{number}", [], threading.Barrier(2)

        def begin(code_dim, folder=folder, let_in=let_in, start=start):
            asked = replace(two_rows, code_dim=code_dim)
            start.wait()
            try:
                with open_folder(folder, asked, bars, print):
                    let_in.append(code_dim)
            except InputError:
                pass

        threads = [threading.Thread(target=begin, args=[width]) for width in (4, 5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (width,) = let_in
        known = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        assert known["code_dim"] == width


def test_what_a_killed_process_left_half_written_is_removed(copied, run):
    halves = [copied / ".half-1-settings.json", copied / "encoders" / ".half-99-random-0.keras"]
    for half in halves:
        half.write_bytes(b"ha")
    (copied / ".run.lock").write_bytes(b"")  # of a process that held it
    run(copied)
    assert not list(copied.rglob(".*"))


@pytest.mark.parametrize("name", ["report.md", "table.csv", "figures/accuracy.png"])
def test_a_file_that_was_there_before_the_run_is_not_written_over(tmp_path, bars, two_rows, name):
    """As where `--out` is the folder that somebody works in."""
    (tmp_path / "figures").mkdir()
    (tmp_path / name).write_bytes(b"mine")
    (tmp_path / "figures" / "mine.png").write_bytes(b"mine")  # which no run will write
    said = []
    for _ in range(2):  # the second time what has the name is the run's
        with open_folder(tmp_path, two_rows, bars, said.append):
            (tmp_path / name).write_bytes(b"the run's")
    aside = name.replace(".", ".before-1.")
    assert said == [f"{tmp_path / name} was here before the run: it is now {Path(aside).name}"]
    assert (
        (tmp_path / aside).read_bytes() == (tmp_path / "figures/mine.png").read_bytes() == b"mine"
    )
    assert (tmp_path / name).read_bytes() == b"the run's"


def test_one_file_has_many_spellings(copied, run):
    """The images decide, and not how their file was called."""
    _, said = run(copied, data="./somewhere/else.npz")
    assert said.count("finished before") == 2


# ---------------------------------------------------------------- an old run is moved away


def test_an_old_run_is_moved_away(copied):
    before = everything(copied)
    aside = move_away(copied)
    assert not copied.exists() and everything(aside) == before
    shutil.copytree(aside, copied)
    assert move_away(copied) not in (aside, copied)


def test_a_run_in_use_is_not_moved(copied):
    with files.locked(copied / "run"), pytest.raises(InputError, match="another process"):
        move_away(copied)
    assert copied.exists()


@pytest.mark.parametrize("place, out", [("run", "."), ("run/figures", ".."), ("run", "../run")])
def test_the_folder_one_is_in_is_not_moved(copied, monkeypatch, place, out):
    from pathlib import Path

    monkeypatch.chdir(copied.parent / place)
    with pytest.raises(InputError, match="you are in it"):
        move_away(Path(out))
    assert copied.exists()


# ---------------------------------------------------------------- nothing in it is run


def naming_a_function(model, path):
    """A file whose first layer with an activation names a function of a module of somebody's."""
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    named = {"module": "spy", "class_name": "function", "config": "called"}
    named = json.dumps(named | {"registered_name": "called"}).encode()
    config = contents["config.json"].replace(b'"linear"', named)
    assert config != contents["config.json"]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (contents | {"config.json": config}).items():
            archive.writestr(name, content)


def with_a_lambda(model, path):
    called = lambda x: __import__("spy").called(x)  # noqa: E731
    keras.Sequential([model, keras.layers.Lambda(called, output_shape=(4,))]).save(path)


@pytest.mark.parametrize("write", [naming_a_function, with_a_lambda])
def test_an_encoder_that_brings_code_along_is_set_aside(
    copied, whole, run, tmp_path, monkeypatch, write
):
    """Also by somebody who knows how to write the hashes."""
    (tmp_path / "spy.py").write_text(
        "import os\nopen('ran', 'w').close()\ncalled = abs\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    images = keras.Input((8, 8, 1))
    code = keras.layers.Dense(4, activation="linear")(keras.layers.Flatten()(images))
    encoder, history = copied / "encoders/random-0.keras", copied / "histories/random-0.json"
    write(keras.Model(images, code), encoder)
    told = json.loads(history.read_text(encoding="utf-8"))
    told["belongs_to"]["encoder"] = hash_of_file(encoder)
    history.write_text(json.dumps(told), encoding="utf-8")
    (copied / "correct/random-0.npz").unlink()
    parts, said = run(copied)
    assert same(parts, whole[1])
    assert "random-0.keras cannot be used" in said and not (tmp_path / "ran").exists()
