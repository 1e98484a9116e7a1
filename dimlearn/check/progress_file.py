"""Which exercises are done: one small text file beside the learner's work.

`dimlearn-progress.json` in the folder of the notebooks (`DIMLEARN_PROGRESS` names another file):

    {"version": 1, "done": {"entropy": "2026-03-05", "jsd_bound": "2026-03-06"},
     "sources": {"entropy": {"name": "entropy", "text": "import numpy as np..."}}}

`sources` holds the learner's functions for later lessons (`recall.py`); a file without it is as
good. Two kernels that write at once take turns, and each adds to what the other has written. A file
that cannot be read is renamed, not overwritten, and a symbolic link stays one. Where nothing can be
written, progress lasts as long as the kernel. No TensorFlow here: `dimlearn progress` answers at
once.
"""

import contextlib
import datetime
import errno
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from dimlearn.check.feedback import Card
from dimlearn.check.syllabus import LESSON_OF, LESSONS
from dimlearn.errors import one_line
from dimlearn.files import locked, set_aside, write_json

FILE = "dimlearn-progress.json"
VERSION = 1  # of the file; one of a newer version is read as far as it goes, and never written


@dataclass
class Progress:
    """The days on which exercises were done, and the functions that did them, by exercise."""

    done: dict[str, str] = field(default_factory=dict)
    sources: dict[str, dict] = field(default_factory=dict)


session = Progress()  # what this kernel knows by itself, should the file be out of reach
notes: list[str] = []  # what a learner should know about the file


def forget_session():
    """Know no more than the file does, as a kernel that was started anew."""
    for known in (session.done, session.sources, notes):
        known.clear()


def path(folder="."):
    """Where a kernel that works in a folder notes progress: in `DIMLEARN_PROGRESS`, or there."""
    return Path(os.environ.get("DIMLEARN_PROGRESS") or Path(folder) / FILE)


def find(folder=None):
    """The progress file of a folder, or of the working folder or its folder `work`."""
    if folder:
        return Path(folder) / FILE
    beside = Path("work") / FILE
    return beside if beside.exists() and not path().exists() else path()


def finished(file=None):
    """The names of the exercises that are done, by a progress file and in this session."""
    return {*_read(file or path()).done, *session.done}


def sources():
    """The learner's functions, `{exercise: {"name": ..., "text": ...}}`, the file's before this
    session's: another kernel may have written since."""
    return {**session.sources, **_read(path()).sources}


def record(name, source=None):
    """Note an exercise as done, with the learner's function if its text is known (`program.py`).

    Never raises: a check must not fail for want of a disk.
    """
    noted, new = _read(path()), {name: source} if source else {}
    if name in session.done and name in noted.done and new.items() <= noted.sources.items():
        return
    session.done.setdefault(name, datetime.date.today().isoformat())
    session.sources.update(new)
    try:
        _add_to(path(), new)
    except (OSError, NotImplementedError) as error:  # the second where a disk knows no locks
        reason = getattr(error, "strerror", None) or type(error).__name__
        _note(f"""Progress cannot be saved beside your work ({reason}): it lasts until the kernel
            stops.""")


def card(file=None):
    """What is done, lesson by lesson, and what is next."""
    done, lines = finished(file), []
    for number, (title, exercises) in LESSONS.items():
        count = sum(name in done for name in exercises)
        lines.append(f"    Lesson {number}  {title}  ({count} of {len(exercises)})")
        lines += [f"        [{'x' if name in done else ' '}] {name}" for name in exercises]
    ahead = [name for name in LESSON_OF if name not in done]
    total = len(LESSON_OF) - len(ahead)
    if ahead:
        then = f"Next: `{ahead[0]}` in lesson {LESSON_OF[ahead[0]]}."
    else:
        then = "All exercises are done."
    title = f"Progress: {total} of {len(LESSON_OF)} exercises"
    return Card(title, "\n\n".join(["\n".join(lines), then, *notes]))


def _add_to(file, new):
    """Add to the file what it does not have, one writer at a time. The earlier day stays; of the
    functions the file's may be newer than this session's, but for the `new` one."""
    with locked(file):
        noted = _read(file, to_write=True)
        done = {**session.done, **noted.done}
        functions = {**session.sources, **noted.sources, **new}
        content = {"version": VERSION, "done": dict(sorted(done.items()))}
        if functions:
            content["sources"] = dict(sorted(functions.items()))
        write_json(file, content)


def _read(file, to_write=False):
    """The `Progress` in a file. A damaged file is set aside and counts as empty; a function that is
    not two strings is passed over. A file that is there and closed counts as empty too, and so does
    what cannot be understood of a newer version's; unless either would be written over: then
    `OSError` is raised."""
    newer = False
    try:
        if file.exists() and not file.is_file():  # a pipe would be waited for, /dev/null is empty
            raise OSError(errno.EINVAL, "its file is none")
        content = json.loads(file.read_text(encoding="utf-8-sig"))  # some editors begin with a mark
        newer = content.get("version", VERSION) > VERSION
        if newer and to_write:
            raise OSError(errno.EPERM, "its file is of a newer version of dimlearn")
        done = {str(name): str(day) for name, day in content["done"].items()}
    except OSError as error:
        if to_write and not isinstance(error, FileNotFoundError):
            raise
        return Progress()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        if not newer:
            _set_aside(file)
        return Progress()
    functions = content.get("sources")
    functions = functions if isinstance(functions, dict) else {}
    return Progress(done, {name: one for name, one in functions.items() if _is_function(one)})


def _is_function(one):
    return isinstance(one, dict) and [type(one.get(key)) for key in ("name", "text")] == [str, str]


def _set_aside(file):
    with contextlib.suppress(OSError):
        aside = set_aside(file)
        _note(f"""The progress file could not be read. It was renamed to {aside.name}, and a new one
            begun.""")


def _note(text):
    if one_line(text) not in notes:
        notes.append(one_line(text))
