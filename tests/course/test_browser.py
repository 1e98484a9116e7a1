"""Lessons in a real JupyterLab, in a real browser: what a learner would see.

DIMLEARN_BROWSER says which: nothing for lesson 01, "all", or numbers such as "01,05".
With DIMLEARN_SCREENSHOTS each lesson's picture is kept in the folder of that name.
"""

import contextlib
import json
import os
from pathlib import Path

import browser
import pytest
from learner import Learner

from dimlearn.course import work

pytestmark = pytest.mark.slow

WANTED = os.environ.get("DIMLEARN_BROWSER") or "01"
LESSONS = [
    path
    for path in work.lesson_notebooks(work.lessons_folder())
    if WANTED == "all" or path.name[:2] in WANTED.split(",")
]

# A slider that changes what is shown, one that does not, a picture without words, noise, an error;
# the formula behind them has a fault.
FAULTS = [
    "import ipywidgets, sys",
    "good, dead = [ipywidgets.IntSlider(2, max=9, description=d) for d in ('good', 'dead')]\n"
    "shown = ipywidgets.HTML('2')\n"
    "good.observe(lambda change: setattr(shown, 'value', str(change.new)), 'value')\n"
    "ipywidgets.VBox([good, dead, shown])",
    'ipywidgets.HTML(\'<img alt="a dot" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">\')',
    "print('careful', file=sys.stderr)",
    "1 / 0",
    "print('never')",
]


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    """`open(name)` gives the page of a lesson's copy; skipped where there is no browser."""
    pytest.importorskip("playwright", reason="the package playwright is not installed")
    if not browser.chromium():
        pytest.skip("there is no Chromium on this machine: no lesson was opened in a browser")
    from playwright.sync_api import Error

    folder = tmp_path_factory.mktemp("a learner") / "work"
    work.copy_new(folder)
    cells = [{"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": source, "outputs": [],
              "execution_count": None} for i, source in enumerate(FAULTS)]  # fmt: skip
    cells.append({"cell_type": "markdown", "id": "m", "metadata": {}, "source": r"$\right)$"})
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4,
                "nbformat_minor": 5}  # fmt: skip
    (folder / "faults.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with contextlib.ExitStack() as stack:
        try:
            chrome = stack.enter_context(browser.Browser())
        except Error as error:
            pytest.skip(f"Chromium does not start, so no lesson was opened: {str(error)[:200]}")
        lab = stack.enter_context(browser.Lab(folder))
        yield lambda name: chrome.open(lab, name)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_in_jupyterlab(lesson, jupyter, capsys):
    """Every cell runs without error and noise, and every control draws its picture anew."""
    page = jupyter(lesson.name)
    page.run_all()
    found, moved = page.problems(), 0
    for control in page.controls():
        moves = page.operate(control)
        if not moves or not all(moves):
            found.append(f"the control {page.label(control)!r} does not redraw its picture")
        moved += 1
    found += [problem for problem in page.problems() if problem not in found]
    folder = os.environ.get("DIMLEARN_SCREENSHOTS")
    if folder:
        page.screenshot(Path(folder) / f"{lesson.stem}.png")
    page.close()
    with capsys.disabled():
        print(f" {moved} controls ", end="")
    assert found == []


def test_a_learner_solves_an_exercise_by_typing(jupyter):
    """Clicks and keys alone: not yet tried, tried with a wrong sign, and right."""
    page, check = jupyter("01_entropy_and_mutual_information.ipynb"), "check.entropy(entropy)"
    learner = Learner(page)
    learner.run_to(check)
    assert learner.verdict(check).startswith("To do: entropy")
    learner.write_over("def entropy", "raise NotImplementedError", "return np.sum(p * np.log(p))")
    learner.run_to(check)
    told = learner.verdict(check)
    assert told.startswith("Not yet: entropy") and "sign" in told
    learner.write_over("def entropy", "return np.sum", "return -np.sum(p * np.log(p))")
    learner.run_to(check)
    assert learner.verdict(check).startswith("Correct: entropy")
    (kept,) = page.lab.folder.glob("*-progress.json")
    assert list(json.loads(kept.read_text(encoding="utf-8"))["done"]) == ["entropy"]
    page.close()


def test_nothing_of_this_goes_unseen(jupyter):
    page = jupyter("faults.ipynb")
    page.run_all()
    found = "\n".join(page.problems())
    assert "ZeroDivisionError: division by zero in the cell '1 / 0'" in found
    assert "'careful\\n' on stderr" in found and "not run: \"print('never')\"" in found
    assert "1 pictures without words" in found
    assert "a formula that cannot be read" in found
    assert "JavaScript" not in found and "asked for" not in found and "widgets" not in found
    good, dead = page.controls()
    assert page.label(good) == "good" and page.operate(good) == [True, True]
    assert page.label(dead) == "dead" and page.operate(dead, patience=2) == [False, False]
    page.close()
