"""What reads files from outside, on bytes found by chance that go where no bytes went before.

    python -m pip install atheris
    python tests/fuzz.py lesson 60          for 60 seconds

Each target must end well, or in an `InputError` of one line. An input that does not is kept in
`tests/fuzzed/TARGET`, where `tests/test_fuzz.py` tries it ever after; a run begins with those that
are there. Atheris (coverage-guided, after libFuzzer) is asked for here alone: the tests make do
with Hypothesis.
"""

import sys
import tempfile
from pathlib import Path

from dimlearn import InputError, data
from dimlearn.check import progress_file
from dimlearn.course import lesson_source
from dimlearn.evaluation.run_folder import RunFolder

KEPT = Path(__file__).parent / "fuzzed"
PART = {"name": "random", "seed": 0}


def images(content, folder):
    """An `.npz` of one's own."""
    (folder / "mine.npz").write_bytes(content)
    data.load(folder / "mine.npz")


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


TARGETS = {each.__name__: each for each in (images, progress, lesson, history, answers)}


def run(target, content):
    """One input, in a folder of its own. What is wrong with it is one line."""
    progress_file.forget_session()
    with tempfile.TemporaryDirectory() as folder:
        try:
            TARGETS[target](content, Path(folder))
        except InputError as error:
            assert "\n" not in str(error)


def main(target, seconds):
    import atheris

    (KEPT / target).mkdir(parents=True, exist_ok=True)
    atheris.instrument_all()
    found = f"-artifact_prefix={KEPT / target}/"
    limits = [f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=4000"]
    with tempfile.TemporaryDirectory() as corpus:
        options = [sys.argv[0], corpus, str(KEPT / target), found, *limits]
        atheris.Setup(options, lambda content: run(target, content))
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
