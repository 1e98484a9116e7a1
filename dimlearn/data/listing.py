"""Which files there are in a folder, whatever stands in it."""

import os
import stat
from pathlib import Path

from dimlearn.errors import InputError
from dimlearn.files import readable

# What stands together in a folder of `dimlearn train`, `compare` and `ablate`.
OF_A_RUN = ({"settings.json", "encoder.keras"}, {"settings.json", "encoders"}, {"ablations.csv"})


def list_files(folder, keep):
    """The files in a folder and below it, `([[name, bytes, time of change]], left out)`, by name.

    Links are followed, and no folder is entered twice: a link may lead back. Nor is `keep`, with
    what was made of the pictures, or the folder of another run. Raises `InputError` where the
    folder cannot be listed.
    """
    files, left_out, entered = [], {}, {os.path.realpath(keep)}

    def closed(error):
        if Path(error.filename) == folder:
            raise InputError(f"the folder {readable(folder)} cannot be read: {error.strerror}")
        left_out[inside(error.filename)] = error.strerror

    def inside(path):
        return Path(os.path.relpath(path, folder)).as_posix()

    for place, folders, names in os.walk(folder, onerror=closed, followlinks=True):
        if os.path.realpath(place) in entered:
            folders.clear()
            continue
        entered.add(os.path.realpath(place))
        if Path(place) != folder and any(kind <= {*names, *folders} for kind in OF_A_RUN):
            left_out[inside(place)] = "it is the folder of a run, whose figures are no pictures"
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for path in (os.path.join(place, name) for name in names if not name.startswith(".")):
            try:
                status = os.stat(path)
            except OSError as error:  # as of a link that leads nowhere
                left_out[inside(path)] = error.strerror
                continue
            if stat.S_ISREG(status.st_mode):
                files.append([inside(path), status.st_size, status.st_mtime_ns])
            else:  # such as a pipe, which would be waited for
                left_out[inside(path)] = "it is no file"
    return sorted(files), left_out
