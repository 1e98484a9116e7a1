"""The learner's encoder on its way: trained in lesson 08, judged in 09, a row of the table."""

import re

import pytest

from dimlearn.course import authoring, kernels
from dimlearn.course.lesson_source import code_cells, read_source

LESSONS = {lesson.name[:2]: lesson for lesson in authoring.lessons(names=["08", "09"])}


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A learner's folder after a solved lesson 08."""
    folder = tmp_path_factory.mktemp("work")
    run = kernels.run_nbval(LESSONS["08"].solution, DIMLEARN_PROGRESS=str(folder / "progress.json"))
    assert run.passed, run.text
    return folder


@pytest.mark.slow
def test_a_solved_course_ends_with_a_row_for_the_file_of_the_learner(work):
    progress = str(work / "progress.json")
    run = kernels.run_nbval(LESSONS["09"].solution, DIMLEARN_PROGRESS=progress)
    assert run.passed, run.text


def told_by(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


@pytest.mark.slow
def test_the_row_is_that_of_the_file(work, tmp_path):
    """Of lesson 09 the cells that find the files, and those that give them to the command."""
    notebook = read_source(LESSONS["09"].source)
    needed = ("import ", "images = ", "beside = ", "small = ", "command = ")
    notebook.cells = [cell for cell in code_cells(notebook) if cell.source.startswith(needed)]
    assert len(notebook.cells) == len(needed)
    done = kernels.run(notebook, tmp_path, DIMLEARN_PROGRESS=str(work / "progress.json"))
    found, report = told_by(done.cells[2]), told_by(done.cells[-1])
    assert "stands in" not in found
    rows = [line.split("|")[1].strip() for line in report.splitlines() if line.startswith("| ")]
    assert {"yours", "pixels", "random"} <= set(rows)
    assert re.search(r"Yours \(\d+\.\d %\) is ahead of", report)
