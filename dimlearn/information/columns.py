"""Two groups of columns of a `.csv`, `.npy` or `.npz` file, for `dimlearn estimate`.

A group is written as the command line takes it: `height,weight` (names of a header), `0,2-5`
(positions from 0), and in an `.npz` the name of an array, alone or with positions: `codes:0-3`.
"""

import zipfile
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from dimlearn.errors import InputError
from dimlearn.information.samples import draw_rows

DAMAGED = (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error)


def read_groups(path, x=None, y=None, limit=10_000, seed=0):
    """The columns `x` and `y` of a file: `(x [n, dx], y [n, dy], whether rows were left out)`.

    Of more than `limit` rows, `limit` are drawn at random, so that no file is too long. Without
    `x` and `y`: the arrays `x` and `y` of an `.npz`, the two columns of another file. Raises
    `InputError`, in one sentence, for a file or columns that cannot be used.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if not path.is_file():
        raise InputError(f"there is no file {path}")
    if kind == ".npz":
        return _read_npz(path, x or "x", y or "y", limit, seed)
    if kind == ".npy":
        numbers, cut = _thin_rows(_load(path, np.ndarray), limit, seed)
        header = None
    elif kind in (".csv", ".tsv", ".txt"):
        numbers, header, cut = read_csv(path, limit, seed)
    else:
        raise InputError(f"{path.name} is not a .csv, .npy or .npz file")
    numbers = numbers[:, None] if numbers.ndim == 1 else numbers
    if numbers.ndim != 2:
        raise InputError(f"{path.name} must hold rows and columns, but has shape {numbers.shape}")
    if (x is None or y is None) and numbers.shape[1] != 2:
        raise InputError(f"""{path.name} has {numbers.shape[1]} columns: say which belong together
            with --x and --y""")
    x, y = (pick_columns(group, numbers.shape[1], header) for group in (x or "0", y or "1"))
    if both := set(x) & set(y):
        raise InputError(f"column {min(both)} is on both sides: it shares everything with itself")
    return numbers[:, x], numbers[:, y], cut


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


# ---------------------------------------------------------------- text


def read_csv(path, limit, seed):
    """Numbers from text: `(float64 [n, columns], header or None, whether rows were left out)`.

    Commas, semicolons, tabs or blanks between the columns; the first line may name them. Lines
    that are not drawn are passed over, so that the memory does not grow with the file.
    """
    first, begin, end = _look_through(path)
    delimiter = next((mark for mark in ",;\t" if mark in first), r"\s+")
    (names,) = _read_cells(path, delimiter, [begin])
    header = None if all(map(_is_number, names)) else [name.strip() for name in names]
    begin += header is not None
    rows = begin + draw_rows(end - begin, limit, seed)
    cells = _read_cells(path, delimiter, rows)
    last_filled = cells.shape[1] - np.argmax(cells[:, ::-1] != "", axis=1)  # a short row ends in ""
    for row, length in zip(cells, last_filled):
        if length != len(names):
            raise InputError(f"""{path.name} has rows of {len(names)} and of {length} columns:
                {" ".join(row)[:60]!r}""")
    try:
        return cells.astype("float64"), header, len(rows) < end - begin
    except ValueError:
        wrong = next(cell for cell in cells.flat if not _is_number(cell))
        raise InputError(f"{path.name} holds {wrong[:40]!r} where a number is needed") from None


def _look_through(path):
    """The first line that is not blank, its number, and the number of lines in all."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            begin, first = next(
                ((number, line) for number, line in enumerate(file) if line.strip()), (0, "")
            )
            return first, begin, begin + 1 + sum(1 for _ in file)
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is not a text file in UTF-8") from None


def _read_cells(path, delimiter, lines):
    """The cells of these lines of a file, as text `[rows, columns]`; blank lines drop out."""
    lines = set(lines)
    try:
        with path.open(encoding="utf-8-sig") as file:  # with any line ends
            frame = pd.read_csv(
                file,
                sep=delimiter,
                header=None,
                dtype=str,
                keep_default_na=False,  # a missing number is text that is none
                skiprows=lambda number: number not in lines,
            )
    except pd.errors.EmptyDataError:
        raise InputError(f"{path.name} holds no row of numbers") from None
    except pd.errors.ParserError as error:
        raise InputError(f"{path.name} has no rows of equal length: {error}") from None
    return frame.to_numpy(dtype=object)


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


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
