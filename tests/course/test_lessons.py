"""Every lesson and every solution runs to its end under nbval, without a network, within its time.

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

from dimlearn.course import authoring, kernels, lesson_source

NOTEBOOKS = [path for lesson in authoring.lessons() for path in (lesson.notebook, lesson.solution)]
TOTAL = 12 * 60  # seconds for all notebooks, when both cores are theirs
ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
OFFLINE = os.pathsep.join(
    filter(None, [str(Path(__file__).parents[1] / "offline"), os.environ.get("PYTHONPATH")])
)


def named(path):
    return f"{path.parent.name}/{path.stem}"


@pytest.fixture(scope="module")
def runs(request):
    """Of each notebook that is asked for, the run that has begun in the background."""
    wanted = [
        item.callspec.params["path"]
        for item in request.session.items
        if item.function is test_runs
    ]  # fmt: skip
    pool = ThreadPoolExecutor(2)
    yield {
        path: pool.submit(kernels.run_nbval, path, PYTHONPATH=OFFLINE, **ONE_THREAD)
        for path in wanted
    }
    pool.shutdown(cancel_futures=True)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
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
