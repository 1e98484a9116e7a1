"""Files that are written whole or not at all, and one lock for those who write at once.

with written_whole(path) as half:      # a name beside `path`
    figure.savefig(half)               # `path` is replaced when all is written and on the disk

with saved_whole(path, ".keras") as place:   # the same where `path` is a file of this kind
    ...

write_new(path, text)                  # the same, but never over a file that is there

with locked(path):                     # one process at a time
    ...
"""

import json
import os
from contextlib import contextmanager
from pathlib import Path

import filelock

PATIENCE = 10.0  # seconds to wait for another process' lock


@contextmanager
def written_whole(path, into_place=os.replace):
    """A name beside `path` to write to; it takes the place of `path` when all is on the disk."""
    half = path.with_name(f".half-{os.getpid()}-{path.name}")
    try:
        yield half
        with open(half, "rb+") as written:
            os.fsync(written.fileno())
        into_place(half, path)
    finally:
        half.unlink(missing_ok=True)


@contextmanager
def saved_whole(path, ending, replace=True):
    """A name for others' code to save under: beside `path`, if that is a file with this ending that
    may be replaced; else `path` itself, which may be a folder, or an address."""
    if replace and str(path).endswith(ending) and "://" not in str(path):
        with written_whole(Path(path)) as half:
            yield half
    else:
        yield path


def readable(text):
    r"""A text that can be encoded: odd bytes of a name that is not UTF-8 are shown as \udcff."""
    return str(text).encode("utf-8", "backslashreplace").decode()


def write_text(path, text):
    """Write `path` as UTF-8 with the line ends of `text`, whole or not at all."""
    with written_whole(path) as half:
        half.write_text(readable(text), encoding="utf-8", newline="\n")


def write_json(path, content):
    """Write `content` as JSON, whole or not at all."""
    write_text(path, json.dumps(content, indent=1) + "\n")


def write_new(path, text):
    """Write a file that must not exist yet, whole or not at all: True, or False when it does."""
    if path.exists():
        return False
    try:
        with written_whole(path, into_place=place_new) as half:
            half.write_text(text, encoding="utf-8", newline="\n")
    except FileExistsError:  # it has just appeared
        return False
    return True


def place_new(half, path):
    """Give the file `half` its name `path`. Raises `FileExistsError` when the name is taken."""
    try:
        os.link(half, path)  # unlike a rename, it never replaces
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: take the name first
        path.touch(exist_ok=False)
        os.replace(half, path)


@contextmanager
def locked(path):
    """Hold the lock of a file, `.NAME.lock` beside it. The system lets it go with the process.

    Raises `OSError` when another process holds it for longer than `PATIENCE`, or the folder cannot
    be written.
    """
    try:
        with filelock.FileLock(path.with_name(f".{path.name}.lock"), timeout=PATIENCE):
            yield
    except filelock.Timeout:
        raise OSError(f"another process holds {path.name}") from None
