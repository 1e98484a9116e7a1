"""The learner's encoder on its way: trained in lesson 08, judged in 09, a row of the command."""

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
def test_a_solved_course_ends_with_a_row_for_the_file_of_the_learner(work, tmp_path):
    """All of lesson 09, its claims too, on the files of lesson 08; then what its command told."""
    notebook = read_source(LESSONS["09"].source)
    done = kernels.run(notebook, tmp_path, DIMLEARN_PROGRESS=str(work / "progress.json"))
    told = ["".join(output.get("text", "") for output in cell.outputs) for cell in code_cells(done)]
    assert not any("stands in" in text for text in told)
    (report,) = (text for text in told if "| yours " in text)
    assert re.search(r"Yours \(\d+\.\d %\) is ahead of pixels", report)
