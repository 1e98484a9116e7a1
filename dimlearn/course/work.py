"""The learner's copies of the lessons, in the folder `work`, and JupyterLab on the next one.

The lessons stay as they came; what a learner writes goes into copies, plain notebooks without
outputs that no update and no second `dimlearn lessons` ever touches.
"""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from dimlearn.errors import InputError
from dimlearn.files import write_new

PACKAGE = Path(__file__).resolve().parents[1]


def lessons_folder(package=PACKAGE):
    """Where the lessons are: in the package (installed) or beside it (in a clone).

    Raises `InputError` when they are in neither place.
    """
    for folder in (package / "lessons", package.parent / "lessons"):
        if lesson_notebooks(folder):
            return folder
    raise InputError(f"""no lessons were found in {package / "lessons"} or beside it:
                     install dimlearn again""")


def lesson_notebooks(folder):
    """The notebooks `NN_name.ipynb` of a folder of lessons, in their order."""
    return sorted(Path(folder).glob("[0-9][0-9]_*.ipynb"))


def lesson_copies(folder, source=None):
    """The notebooks of a folder that are called as a lesson is: no duplicates, no old ones."""
    names = {path.name for path in lesson_notebooks(source or lessons_folder())}
    return [path for path in lesson_notebooks(folder) if path.name in names]


def copy_new(folder, source=None):
    """Copy the lessons that `folder` does not hold yet; returns the paths of the new copies.

    A file that is there is never written to, whatever it holds.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise InputError(f"{folder} is a file: name a folder for your copies") from None
    new = []
    for lesson in lesson_notebooks(source or lessons_folder()):
        if write_new(folder / lesson.name, plain_copy(lesson)):
            new.append(folder / lesson.name)
    return new


def plain_copy(lesson):
    """The text of a lesson's notebook without outputs and without its pairing with a script."""
    notebook = json.loads(lesson.read_text(encoding="utf-8"))
    notebook["metadata"].pop("jupytext", None)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def set_aside(folder, number, source=None):
    """Rename the copy of lesson `number` (as "01") so that a new one can be made.

    Returns its new path, `NN_name-old-K.ipynb` with the first free K. Raises `InputError` when
    there is no such copy.
    """
    copies = [path for path in lesson_copies(folder, source) if int(path.name[:2]) == int(number)]
    if not copies:
        raise InputError(f"there is no copy of lesson {number} in {folder}")
    (copy,) = copies[:1]
    taken = 1
    while (aside := copy.with_name(f"{copy.stem}-old-{taken}{copy.suffix}")).exists():
        taken += 1
    copy.rename(aside)
    return aside


def next_lesson(folder, source=None):
    """The copy to open: the first lesson with an exercise that is not done, or the start.

    Before any exercise is done that is lesson 00, and after the last one the last lesson.
    """
    from dimlearn.check import progress_file
    from dimlearn.check.syllabus import LESSONS

    copies = lesson_copies(folder, source)
    if not copies:
        raise InputError(f"there are no lessons in {folder}")
    done = progress_file.finished(progress_file.path(folder))
    if not done:
        return copies[0]
    for copy in copies:
        _, exercises = LESSONS.get(int(copy.name[:2]), ("", ()))
        if not done.issuperset(exercises):
            return copy
    return copies[-1]


def open_lab(notebook, browser=True, options=()):
    """Run JupyterLab on a notebook until it is stopped; returns its exit status.

    `browser=False` only prints the address to open; `options`: JupyterLab's own.
    """
    # Not as a file argument: then the address printed for --no-browser would not lead to it.
    address = f"--LabApp.default_url=/lab/tree/{quote(notebook.name)}"
    command = [sys.executable, "-m", "jupyterlab", address]
    if not browser:
        command.append("--no-browser")
    try:
        return subprocess.run([*command, *options], cwd=notebook.parent).returncode
    except KeyboardInterrupt:  # Ctrl-C ends the server, which has asked whether it should
        return 0
