"""Which exercises are done: one small text file beside the learner's work.

`dimlearn-progress.json` in the folder of the notebooks (`DIMLEARN_PROGRESS` names another file):

    {"version": 1, "done": {"entropy": "2026-03-05", "jsd_bound": "2026-03-06"},
     "sources": {"entropy": {"name": "entropy", "text": "import numpy as np..."}}}

`sources` keeps the learner's functions for later lessons (`recall.py`); a file without it is as
good. It is written whole to a temporary name and then renamed, so that no reader finds half a
file. Two kernels that write at once take turns by a lock file, and each adds to what the other has
written. A file that cannot be read is renamed, not overwritten. Where nothing can be written,
progress lasts as long as the kernel. No TensorFlow here: `dimlearn progress` answers at once.
"""

import contextlib
import datetime
import json
import os
import time
from pathlib import Path

from dimlearn.check.feedback import Card
from dimlearn.check.syllabus import LESSONS

FILE = "dimlearn-progress.json"
PATIENCE = 5.0  # seconds to wait for another kernel's lock, and the age at which one is stale

_this_session: dict[str, str] = {}
_sources: dict[str, dict] = {}
_notes: list[str] = []


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
    return set(_read(file or path())[0]) | set(_this_session)


def sources():
    """The kept functions, `{exercise: {"name": ..., "text": ...}}`, the file's before this
    session's: another kernel may have written since."""
    return {**_sources, **_read(path())[1]}


def record(name, source=None):
    """Note an exercise as done, with the learner's function if its text is known (`recall.py`).

    Never raises: a check must not fail for want of a disk.
    """
    done, kept = _read(path())
    if name in _this_session and name in done and source in (None, kept.get(name)):
        return
    _this_session.setdefault(name, datetime.date.today().isoformat())
    if source:
        _sources[name] = source
    try:
        _merge(path(), _this_session, name, source)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        _note(f"Progress cannot be saved beside your work ({reason}): it lasts until the kernel "
              "stops.")  # fmt: skip


def card(file=None):
    """What is done, lesson by lesson, and what is next."""
    done = finished(file)
    names = [name for _, exercises in LESSONS.values() for name in exercises]
    lines, upcoming = [], None
    for number, (title, exercises) in LESSONS.items():
        count = sum(name in done for name in exercises)
        lines.append(f"    Lesson {number}  {title}  ({count} of {len(exercises)})")
        for name in exercises:
            lines.append(f"        [{'x' if name in done else ' '}] {name}")
            if upcoming is None and name not in done:
                upcoming = number, name
    total = sum(name in done for name in names)
    if upcoming:
        ahead = f"Next: `{upcoming[1]}` in lesson {upcoming[0]}."
    else:
        ahead = "All exercises are done."
    notes = "".join(f"\n\n{note}" for note in _notes)
    title = f"Progress: {total} of {len(names)} exercises"
    return Card(title, "\n".join(lines) + f"\n\n{ahead}{notes}")


def _read(file, to_write=False):
    """The finished exercises and the sources of a file. A damaged file is set aside and counts as
    empty; a source that is not two strings is passed over. A file that is there and closed counts
    as empty too, unless it would be written over: then `OSError` is raised."""
    try:
        text = file.read_text(encoding="utf-8-sig")  # some editors begin a file with a mark
    except FileNotFoundError:
        return {}, {}
    except UnicodeDecodeError:
        _set_aside(file)
        return {}, {}
    except OSError:
        if to_write:
            raise
        return {}, {}
    try:
        content = json.loads(text)
        finished = {str(name): str(day) for name, day in content["done"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        _set_aside(file)
        return {}, {}
    kept = content.get("sources")
    return finished, {
        name: {"name": one["name"], "text": one["text"]}
        for name, one in (kept.items() if isinstance(kept, dict) else ())
        if isinstance(one, dict)
        and isinstance(one.get("name"), str)
        and isinstance(one.get("text"), str)
    }


def _set_aside(file):
    for number in range(1, 1000):
        aside = file.with_name(f"{file.stem}.damaged-{number}{file.suffix}")
        if not aside.exists():
            with contextlib.suppress(OSError):
                os.replace(file, aside)
                _note(f"The progress file could not be read. It was renamed to {aside.name}, and a "
                      "new one begun.")  # fmt: skip
            return


def _note(text):
    if text not in _notes:
        _notes.append(text)


def _merge(file, more, name, source):
    """Add to the file what it does not have, one writer at a time. The earlier day stays, and of
    the sources the file's, but for that of `name`, which is new."""
    with _locked(file):
        done, kept = _read(file, to_write=True)
        kept = {**_sources, **kept, **({name: source} if source else {})}
        temporary = file.with_name(f".{file.name}.{os.getpid()}")
        content = {"version": 1, "done": dict(sorted({**more, **done}.items()))}
        if kept:
            content["sources"] = dict(sorted(kept.items()))
        try:
            temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
            os.replace(temporary, file)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()


@contextlib.contextmanager
def _locked(file):
    """Hold `FILE.lock`; a lock that its owner left behind is taken over."""
    lock = file.with_name(f".{file.name}.lock")
    began = time.monotonic()
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            with contextlib.suppress(OSError):
                if time.time() - lock.stat().st_mtime > PATIENCE:
                    lock.unlink()
            if time.monotonic() - began > 2 * PATIENCE:
                raise OSError("another kernel holds the progress file") from None
            time.sleep(0.01)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            lock.unlink()
