"""Files that are written whole or not at all, and one lock for those who write at once.

with written_whole(path) as half:      # a name beside `path`
    figure.savefig(half)               # `path` is replaced when all is written and on the disk

with saved_whole(path, ".keras") as place:   # the same where `path` is a file of this kind
    ...

write_new(path, text)                  # the same, but never over a file that is there

set_aside(path)                        # a damaged file gets another name, and is never deleted

with locked(path):                     # one process at a time
    ...
"""

import errno
import glob
import itertools
import json
import os
import stat
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

PATIENCE = 10.0  # seconds to wait for another process' lock
DAY = 86_400.0  # seconds; who has not touched a half for so long has been killed


@contextmanager
def written_whole(path, into_place=None):
    """A name beside `path` to write to; it takes the place of `path` when all is on the disk.

    Of a symbolic link it is the file behind it that is replaced.
    """
    name, path = path.name, Path(os.path.realpath(path))
    refuse_device(path)
    for half in path.parent.glob(f".half-*-{glob.escape(name)}"):
        remove_half(half, untouched_for=DAY)
    half = path.with_name(f".half-{os.getpid()}-{name}")  # the name's ending says how to save
    try:
        yield half
        with open(half, "rb+") as written:
            os.fsync(written.fileno())
        (into_place or put_in_place)(half, path)
    finally:
        half.unlink(missing_ok=True)


def refuse_device(path):
    """Raise `OSError` where a path is that of a device, such as /dev/null: it is everybody's."""
    with suppress(FileNotFoundError, NotADirectoryError):
        mode = os.lstat(path).st_mode
        if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
            raise OSError(errno.EINVAL, "it is a device, and no file", str(path))


def put_in_place(half, path):
    """Rename `half` to `path`, whatever is there. On Windows a virus scanner or an index may have
    one of the two open for a moment: it is waited for."""
    for pause in (0.05, 0.1, 0.2, 0.4, 0.8):
        try:
            return os.replace(half, path)
        except PermissionError:
            time.sleep(pause)
    os.replace(half, path)


def remove_half(half, untouched_for):
    """Remove what a process that was killed has left of a file, unless it was touched lately."""
    with suppress(OSError):  # it has just gone, or belongs to somebody else
        if half.stat().st_mtime < time.time() - untouched_for:
            half.unlink()


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
    if path.exists() or path.is_symlink():
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
        put_in_place(half, path)


def set_aside(path, why="damaged"):
    """Rename what is in the way, a file or a folder: the first free `NAME.damaged-K.ENDING`, or
    another word of why.

    Returns the new path. Raises `OSError` where nothing can be renamed.
    """
    refuse_device(path)
    names = (f"{path.stem}.{why}-{count}{path.suffix}" for count in itertools.count(1))
    places = map(path.with_name, names)
    aside = next(place for place in places if not os.path.lexists(place))
    put_in_place(path, aside)
    return aside


@contextmanager
def locked(path, patience=None):
    """Hold the lock of a file, `.NAME.lock` beside it, which goes when it is let go. The system
    lets it go with the process: what one that was killed leaves is the next one's.

    Raises `TimeoutError` when another process holds it for longer than `patience` seconds
    (`PATIENCE`), and another `OSError` when the folder cannot be written.
    """
    path = Path(os.path.realpath(path))
    place = path.with_name(f".{path.name}.lock")
    lock = filelock.FileLock(place, timeout=PATIENCE if patience is None else patience)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise TimeoutError(f"another process holds {path.name}") from None
    try:
        yield
    finally:
        if os.name != "nt":  # there it cannot be removed while it is held, and the lock does it
            # Who waits for the lock of a file that is gone finds no name to it, and takes it anew.
            place.unlink(missing_ok=True)
        lock.release()
