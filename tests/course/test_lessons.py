"""Every lesson and every solution runs to its end under nbval, without a network, within its time.

A solution is its lesson with the answers and with claims. So at every run of the tests all
solutions run, and of the lessons as a learner finds them the shortest; once a week all do, and
wherever the course is worked at: `pytest -m "" tests/course/test_lessons.py`.

Two notebooks run at a time, each with one thread: on two cores that takes less than one after the
other with two threads each.
"""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from marks import weekly

from dimlearn.course import authoring, kernels, lesson_source

NOTEBOOKS = [path for lesson in authoring.lessons() for path in (lesson.notebook, lesson.solution)]
(SHORTEST,) = (lesson.notebook for lesson in authoring.lessons(names=["01"]))
DAILY = [SHORTEST, *(lesson.solution for lesson in authoring.lessons())]
SAVES, TAKES = (lesson.solution for lesson in authoring.lessons(names=["08", "09"]))
TOTAL = 12 * 60  # seconds for all notebooks, when both cores are theirs
ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
OFFLINE = os.pathsep.join(
    filter(None, [str(Path(__file__).parents[1] / "offline"), os.environ.get("PYTHONPATH")])
)


def named(path):
    return f"{path.parent.name}/{path.stem}"


@pytest.fixture(scope="module")
def learner(tmp_path_factory):
    """The folder of a learner who solves lesson 08, whose encoder is saved there, and then 09."""
    return tmp_path_factory.mktemp("learner")


@pytest.fixture(scope="module")
def runs(request, learner):
    """Of each notebook that is asked for, the run that has begun in the background."""
    asked = {item.function: [] for item in request.session.items}
    for item in request.session.items:
        asked[item.function].append(getattr(item, "callspec", None))
    wanted = [each.params["path"] for each in asked.get(test_runs, [])]
    if test_a_solved_course_ends_with_a_row_for_the_file_of_the_learner in asked:
        wanted = [*wanted, *({SAVES} - set(wanted))]
    pool = ThreadPoolExecutor(2)
    settings = {"PYTHONPATH": OFFLINE, **ONE_THREAD}
    of_one = {"DIMLEARN_PROGRESS": str(learner / "progress.json")}
    done = {}

    def run(path):
        if path == TAKES and SAVES in done:
            done[SAVES].result()
        return kernels.run_nbval(path, **settings, **(of_one if path in (SAVES, TAKES) else {}))

    for path in wanted:
        done[path] = pool.submit(run, path)
    yield done
    pool.shutdown(cancel_futures=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", [*DAILY, *weekly(*(path for path in NOTEBOOKS if path not in DAILY))], ids=named
)
def test_runs(path, runs):
    run = runs[path].result()
    assert run.passed, run.text
    assert run.seconds <= kernels.BUDGET


@pytest.mark.slow
def test_all_together_are_quick(runs, capsys):
    """Counted in processor seconds, since this machine may be doing other work, too."""
    done = {path: future.result().seconds for path, future in runs.items()}
    total = sum(done.values()) / 2
    with capsys.disabled():
        print()
        for path, seconds in done.items():
            print(f"{seconds:6.1f} s of {kernels.BUDGET}  {named(path)}")
        print(f"{total:6.1f} s of {TOTAL}  {len(done)} notebooks on two cores")
    assert total <= TOTAL


@pytest.mark.weekly
def test_a_solved_course_ends_with_a_row_for_the_file_of_the_learner(runs, learner, tmp_path):
    """All of lesson 09, its claims too, on the files of lesson 08; then what its command told."""
    run = runs[SAVES].result()
    assert run.passed, run.text
    notebook = nbformat.read(TAKES, 4)
    done = kernels.run(
        notebook, tmp_path, DIMLEARN_PROGRESS=str(learner / "progress.json"), **ONE_THREAD
    )
    cells = lesson_source.code_cells(done)
    told = ["".join(output.get("text", "") for output in cell.outputs) for cell in cells]
    assert not any("stands in" in text for text in told)
    (report,) = (text for text in told if "| yours " in text)
    assert re.search(r"Yours \(\d+\.\d %\) is ahead of pixels", report)


def test_a_notebook_that_asks_for_another_machine_is_refused():
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    for host in ("192.0.2.1", "example.org"):
        command = [sys.executable, "-c", code.replace("192.0.2.1", host)]
        environment = {**os.environ, "PYTHONPATH": OFFLINE}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert f"lessons run without a network, but {host} was asked for" in done.stderr


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_what_the_checks_were_recorded_to_say(path):
    """A lesson's exercises are to do, a solution's correct; nbval holds them to it."""
    word = "To do" if path.parent.name == "lessons" else "Correct"
    judged = 0
    for cell in lesson_source.code_cells(nbformat.read(path, 4)):
        call = re.search(r"check\.(\w+)\(\1\)", cell.source)
        if call:
            (output,) = cell.outputs
            assert output["data"]["text/plain"].startswith(f"{word}: {call.group(1)}")
            judged += 1
    assert judged
