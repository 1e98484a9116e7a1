"""What reads files from outside, on bytes found by chance that go where no bytes went before.

    python -m pip install atheris
    python tests/fuzz.py lesson 60          for 60 seconds

Each target must end well, or in an `InputError` of one line. An input that does not is kept in
`tests/fuzzed/TARGET`, where `tests/test_fuzz.py` tries it ever after; a run begins with those that
are there. Atheris (coverage-guided, after libFuzzer) is asked for here alone: the tests make do
with Hypothesis.
"""

import inspect
import sys
import tempfile
from pathlib import Path

from dimlearn import InputError, data
from dimlearn.check import progress_file
from dimlearn.course import lesson_source
from dimlearn.evaluation.run_folder import RunFolder
from dimlearn.information.columns import read_sides

KEPT = Path(__file__).parent / "fuzzed"
PART = {"name": "random", "seed": 0}


def images(content, folder):
    """An `.npz` of one's own."""
    (folder / "mine.npz").write_bytes(content)
    data.load(folder / "mine.npz")


def table(content, folder):
    """A file of numbers, as text."""
    (folder / "pairs.csv").write_bytes(content)
    in_pairs(read_sides(folder / "pairs.csv", "1", "2"))


def array(content, folder):
    """A file of numbers, as an array."""
    (folder / "pairs.npy").write_bytes(content)
    in_pairs(read_sides(folder / "pairs.npy", "1", "2"))


def archive(content, folder):
    """A file of numbers, as arrays with names."""
    (folder / "pairs.npz").write_bytes(content)
    sides = read_sides(folder / "pairs.npz")
    assert 0 < len(sides.x) == len(sides.y)


def columns(content, folder):
    """The columns of a file, as they are asked for: a line for each side."""
    x, _, y = content.decode("utf-8", "surrogateescape").partition("\n")
    (folder / "pairs.csv").write_text("height,width,2019\n1,2,3\n4,5,6\n7,8,0\n")
    in_pairs(read_sides(folder / "pairs.csv", x, y))


def in_pairs(sides):
    assert len(sides.x) == len(sides.y) and sides.x.size and sides.y.size
    assert sides.x.dtype.kind == sides.y.dtype.kind == "f"


def progress(content, folder):
    """The progress file: nothing of what it held is lost."""
    file = folder / progress_file.FILE
    file.write_bytes(content)
    noted = progress_file.finished(file)
    kept = [path.read_bytes() for path in folder.iterdir()]
    assert content in kept and all(isinstance(name, str) for name in noted)


def lesson(content, folder):
    """A cell of a lesson's source."""
    stub = lesson_source.stub_of(content.decode("utf-8", "surrogateescape"))
    compile(stub, "stub", "exec")


def history(content, folder):
    """What a run folder tells of a training."""
    run_folder = new_run_folder(folder)
    run_folder.file("histories", PART, ".json").write_bytes(content)
    run_folder.file("encoders", PART, ".keras").write_bytes(b"an encoder")
    run_folder.read_encoder(PART)


def answers(content, folder):
    """What a run folder has of the probes."""
    run_folder = new_run_folder(folder)
    run_folder.file("correct", PART, ".npz").write_bytes(content)
    part = run_folder.read_correct({**PART, "belongs_to": {"encoder": "e", "run": "r"}})
    assert part.keys() == {"correct", "layers", "probed"}


def new_run_folder(folder):
    for room in ("histories", "encoders", "correct"):
        (folder / room).mkdir()
    return RunFolder(folder, "r", lambda text: None)


TARGETS = {
    target.__name__: target
    for target in (images, table, array, archive, columns, progress, lesson, history, answers)
}


def run(target, content):
    """One input, in a folder of its own. What is wrong with it is one line."""
    progress_file.forget_session()
    with tempfile.TemporaryDirectory() as folder:
        try:
            TARGETS[target](content, Path(folder))
        except InputError as error:
            assert "\n" not in str(error)


def own_functions():
    """Of this library alone: to look through TensorFlow takes longer than the search."""
    for name, module in list(sys.modules.items()):
        if name.startswith("dimlearn."):
            for holder in (module, *filter(inspect.isclass, vars(module).values())):
                for each in vars(holder).values():
                    if inspect.isfunction(each) and each.__module__ == name:
                        yield each


def main(target, seconds):
    import atheris

    (KEPT / target).mkdir(parents=True, exist_ok=True)
    for function in own_functions():
        atheris.instrument_func(function)
    found = f"-artifact_prefix={KEPT / target}/"
    limits = [f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=4000"]
    with tempfile.TemporaryDirectory() as corpus:
        options = [sys.argv[0], corpus, str(KEPT / target), found, *limits]
        atheris.Setup(options, lambda content: run(target, content))
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
