"""Every lesson and every solution runs to its end under nbval, within its time."""

import re

import nbformat
import pytest

from dimlearn import authoring

NOTEBOOKS = [path for lesson in authoring.lessons() for path in (lesson.notebook, lesson.solution)]


def named(path):
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_runs(path, capsys):
    run = authoring.run_nbval(path)
    assert run.passed, run.text
    with capsys.disabled():
        print(f" {run.seconds:.0f} s of {authoring.BUDGET} s ", end="")
    assert run.seconds <= authoring.BUDGET


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_what_the_checks_were_recorded_to_say(path):
    """A lesson's exercises are to do, a solution's correct; nbval holds them to it."""
    word = "To do" if path.parent.name == "lessons" else "Correct"
    judged = 0
    for cell in authoring.code_cells(nbformat.read(path, 4)):
        own = re.search(r"check\.(\w+)\(\1\)", cell.source)
        if own:
            (output,) = cell.outputs
            assert output["data"]["text/plain"].startswith(f"{word}: {own.group(1)}")
            judged += 1
    assert judged
