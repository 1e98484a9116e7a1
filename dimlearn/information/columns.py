"""Two groups of columns of a `.csv`, `.npy` or `.npz` file, for `dimlearn estimate`.

A group is written as the command line takes it: `height,weight` (names of a header), `0,2-5`
(positions from 0), and in an `.npz` the name of an array, alone or with positions: `codes:0-3`.
"""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from dimlearn.errors import InputError
from dimlearn.information.samples import draw_rows
from dimlearn.information.text_tables import look_through, read_numbers

DAMAGED = (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error)


def read_groups(path, x=None, y=None, limit=10_000, seed=0, header=None):
    """The columns `x` and `y` of a file: `(x [n, dx], y [n, dy], whether rows were left out)`.

    Of more than `limit` rows, `limit` are drawn at random, so that no file is too long. Without
    `x` and `y`: the arrays `x` and `y` of an `.npz`, the two columns of another file. `header`:
    whether the first line of a text names its columns; looked at if None. Raises `InputError`, in
    one sentence, for a file or columns that cannot be used.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if not path.is_file():
        raise InputError(f"there is no file {path}")
    if kind == ".npz":
        return _read_npz(path, x or "x", y or "y", limit, seed)
    if kind == ".npy":
        numbers, cut = _thin_rows(_load(path, np.ndarray), limit, seed)
        numbers = numbers[:, None] if numbers.ndim == 1 else numbers
        if numbers.ndim != 2:
            shape = numbers.shape
            raise InputError(f"{path.name} must hold rows and columns, but has shape {shape}")
        of_x, of_y = _pick_sides(path, x, y, numbers.shape[1])
        return numbers[:, of_x], numbers[:, of_y], cut
    if kind in (".csv", ".tsv", ".txt"):
        table = look_through(path, header)
        of_x, of_y = _pick_sides(path, x, y, table.columns, table.names)
        rows = draw_rows(table.rows, limit, seed)
        numbers = read_numbers(table, rows, [*of_x, *of_y])
        return numbers[:, : len(of_x)], numbers[:, len(of_x) :], len(rows) < table.rows
    raise InputError(f"{path.name} is not a .csv, .npy or .npz file")


def _pick_sides(path, x, y, count, names=None):
    """The positions of the columns of both sides."""
    if (x is None or y is None) and count != 2:
        raise InputError(f"""{path.name} has {count} columns: say which belong together
            with --x and --y""")
    x, y = (
        [place] if group is None else pick_columns(group, count, names)
        for place, group in enumerate((x, y))
    )
    if both := set(x) & set(y):
        raise InputError(f"column {min(both)} is on both sides: it shares everything with itself")
    return x, y


def pick_columns(group, count, header=None):
    """The positions that `group` means among `count` columns with these names, if they have any."""
    positions = []
    for part in group.split(","):
        part = part.strip()
        first, dash, last = part.partition("-")
        if header and part in header:
            positions.append(header.index(part))
        elif part.isdigit():
            positions.append(int(part))
        elif dash and first.isdigit() and last.isdigit():
            positions.extend(range(int(first), int(last) + 1))
        else:
            known = "use positions from 0"
            if header:
                known = f"the columns are {', '.join(header[:20])}"
            raise InputError(f"there is no column {part!r}: {known}")
    for position in positions:
        if position >= count:
            raise InputError(f"there is no column {position}: there are {count}, counted from 0")
    if len(set(positions)) < len(positions):
        raise InputError(f"a column is named twice in {group!r}")
    return positions


# ---------------------------------------------------------------- NumPy's files


def _read_npz(path, x, y, limit, seed):
    archive, sides = _load(path, np.lib.npyio.NpzFile), []
    for group in (x, y):
        name, _, positions = group.partition(":")
        if name not in archive:
            held = ", ".join(archive.files)
            raise InputError(f"{path.name} has no array {name!r}: it holds {held}")
        try:
            side = archive[name]
        except ValueError:
            raise InputError(f"the array {name!r} of {path.name} must hold numbers") from None
        except DAMAGED as error:
            raise InputError(f"{path.name} cannot be read, it may be damaged: {error}") from None
        if positions and side.ndim:
            side = side[:, None] if side.ndim == 1 else side
            side = side[:, pick_columns(positions, side.shape[1])]
        sides.append(side)
    x, y = sides
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y):
        raise InputError(f"""the arrays must have one row for each pair, but have shapes {x.shape}
            and {y.shape}""")
    (x, cut), (y, _) = (_thin_rows(side, limit, seed) for side in (x, y))
    return x, y, cut


def _load(path, kind):
    """An array (left on the disk) or an archive; nothing in it is executed."""
    try:
        loaded = np.load(path, mmap_mode="r", allow_pickle=False)
    except DAMAGED as error:
        raise InputError(f"{path.name} cannot be read, it may be damaged: {error}") from None
    if not isinstance(loaded, kind):
        raise InputError(f"{path.name} is no {path.suffix} but another file of NumPy's")
    return loaded


def _thin_rows(numbers, limit, seed):
    if numbers.ndim == 0 or len(numbers) <= limit:
        return np.asarray(numbers), False
    return np.asarray(numbers[draw_rows(len(numbers), limit, seed)]), True
