"""Two groups of columns of a `.csv`, `.npy` or `.npz` file, for `dimlearn estimate`.

A group is written as the command line takes it: `height,weight` (names of a header), `0,2-5`
(positions from 0), and in an `.npz` the name of an array, alone or with positions: `codes:0-3`.
"""

import csv
import math
import random
import zipfile
import zlib
from itertools import chain, islice
from pathlib import Path

import numpy as np

from dimlearn.errors import InputError
from dimlearn.information.samples import own_rng

DAMAGED = (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error)


def read_groups(path, x=None, y=None, limit=10_000, seed=0):
    """The columns `x` and `y` of a file: `(x [n, dx], y [n, dy], whether rows were left out)`.

    Of more than `limit` rows, `limit` are drawn at random, so that no file is too long. Without
    `x` and `y`: the arrays `x` and `y` of an `.npz`, the two columns of another file. Raises
    `InputError`, in one sentence, for a file or columns that cannot be used.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"there is no file {path}")
    if path.suffix == ".npz":
        return _read_npz(path, x or "x", y or "y", limit, seed)
    if path.suffix == ".npy":
        table, cut = _thin_rows(_load(path, np.ndarray), limit, seed)
        header = None
    elif path.suffix in (".csv", ".tsv", ".txt"):
        table, header, cut = read_csv(path, limit, seed)
    else:
        raise InputError(f"{path.name} is not a .csv, .npy or .npz file")
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2:
        raise InputError(f"{path.name} must hold rows and columns, but has shape {table.shape}")
    if (x is None or y is None) and table.shape[1] != 2:
        raise InputError(
            f"{path.name} has {table.shape[1]} columns: say which belong together with --x and --y"
        )
    x, y = (pick_columns(group, table.shape[1], header) for group in (x or "0", y or "1"))
    if both := set(x) & set(y):
        raise InputError(f"column {min(both)} is on both sides: it shares everything with itself")
    return table[:, x], table[:, y], cut


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
            known = (
                f"the columns are {', '.join(header[:20])}" if header else "use positions from 0"
            )
            raise InputError(f"there is no column {part!r}: {known}")
    for position in positions:
        if position >= count:
            raise InputError(f"there is no column {position}: there are {count}, counted from 0")
    if len(set(positions)) < len(positions):
        raise InputError(f"a column is named twice in {group!r}")
    return positions


# ---------------------------------------------------------------- text


def read_csv(path, limit, seed):
    """A table of numbers from text: `(float64 [n, columns], header or None, whether cut)`.

    Commas, semicolons, tabs or blanks between the columns; the first line may name them.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            first = file.readline()
            delimiter = next((mark for mark in ",;\t" if mark in first), " ")
            names = _cells(first, delimiter)
            header = None if all(map(_is_number, names)) else names
            lines, cut = sample_lines(chain([first] if header is None else [], file), limit, seed)
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is not a text file in UTF-8") from None
    rows = [_cells(line, delimiter) for line in lines if line.strip()]
    if not rows:
        raise InputError(f"{path.name} holds no row of numbers")
    for row in rows:
        if len(row) != len(names):
            raise InputError(
                f"{path.name} has rows of {len(names)} and of {len(row)} columns: "
                f"{delimiter.join(row)[:60]!r}"
            )
    try:
        return np.array(rows, "float64"), header, cut
    except ValueError:
        wrong = next(cell for row in rows for cell in row if not _is_number(cell))
        raise InputError(f"{path.name} holds {wrong[:40]!r} where a number is needed") from None


def _cells(line, delimiter):
    if delimiter == " ":
        return line.split()
    return [
        cell.strip() for cell in next(csv.reader([line.strip("\r\n")], delimiter=delimiter), [])
    ]


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def sample_lines(lines, limit, seed):
    """At most `limit` lines, all equally likely, in one pass: `(lines, whether some were left)`.

    Reservoir sampling that jumps over what it will not take (Li 1994, algorithm L): ten million
    lines take a second or two, and no memory.
    """
    lines, rng = iter(lines), random.Random(seed)
    kept = list(islice(lines, limit))
    reach, cut = 1.0, False
    while True:
        reach *= math.exp(math.log(1 - rng.random()) / limit)
        jump = int(math.log(1 - rng.random()) / math.log1p(-reach))
        passed = sum(1 for _ in islice(lines, jump))
        line = next(lines, None)
        cut = cut or passed > 0 or line is not None
        if line is None:
            return kept, cut
        kept[rng.randrange(limit)] = line


# ---------------------------------------------------------------- NumPy's files


def _read_npz(path, x, y, limit, seed):
    archive, sides = _load(path, np.lib.npyio.NpzFile), []
    for group in (x, y):
        name, _, positions = group.partition(":")
        if name not in archive:
            raise InputError(
                f"{path.name} has no array {name!r}: it holds {', '.join(archive.files)}"
            )
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
        raise InputError(
            f"the arrays must have one row for each pair, but have shapes {x.shape} and {y.shape}"
        )
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


def _thin_rows(table, limit, seed):
    if table.ndim == 0 or len(table) <= limit:
        return np.asarray(table), False
    rows = np.sort(own_rng(seed).choice(len(table), limit, replace=False))
    return np.asarray(table[rows]), True
