"""Two groups of columns of a `.csv`, `.npy` or `.npz` file, for `dimlearn estimate`.

A group is written as the command line takes it: `height,weight` (names of a header), `0,2-5`
(positions from 0), and in an `.npz` the name of an array, alone or with positions: `codes:0-3`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dimlearn.errors import InputError, read_errors
from dimlearn.information.samples import draw_rows, thin
from dimlearn.information.text_tables import as_numbers, look_through, read_cells, thin_table


@dataclass(frozen=True)
class Sides:
    """What was read of a file: `x [n, dx]`, `y [n, dy]`, `together [n]` or None, which is equal for
    rows that belong together, and whether rows were left out."""

    x: np.ndarray
    y: np.ndarray
    together: np.ndarray | None
    cut: bool


def read_sides(path, x=None, y=None, limit=10_000, seed=0, header=None, together=None):
    """The columns `x` and `y` of a file, and the column `together`, as `Sides`.

    Of more than `limit` rows, `limit` are drawn at random, so that no file is too long, with rare
    values among them (`samples.thin`). Without `x` and `y`: the arrays `x` and `y` of an `.npz`,
    the two columns of another file. `header`: whether the first line of a text names its columns;
    looked at if None. Raises `InputError`, in one sentence, for a file or columns that cannot be
    used.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if not path.is_file():
        raise InputError(f"there is no file {path}")
    if kind == ".npz":
        return _read_npz(path, x or "x", y or "y", together, limit, seed)
    if kind == ".npy":
        numbers = _load(path, np.ndarray)
        numbers = numbers[:, None] if numbers.ndim == 1 else numbers
        if numbers.ndim != 2:
            shape = numbers.shape
            raise InputError(f"{path.name} must hold rows and columns, but has shape {shape}")
        if not len(numbers):
            raise InputError(f"{path.name} holds no row of numbers")
        of_x, of_y, of_groups = _pick_sides(path, x, y, together, numbers.shape[1])
        rows = _thin([numbers[:, column] for column in (*of_x, *of_y)], limit, seed)
        groups, cut = numbers[rows, of_groups[0]] if of_groups else None, len(rows) < len(numbers)
        numbers = np.asarray(numbers[rows])
        return Sides(numbers[:, of_x], numbers[:, of_y], groups, cut)
    if kind in (".csv", ".tsv", ".txt"):
        table = look_through(path, header)
        of_x, of_y, of_groups = _pick_sides(path, x, y, together, table.columns, table.names)
        rows = thin_table(table, [*of_x, *of_y], limit, seed)
        cells = read_cells(table, rows, [*of_groups, *of_x, *of_y])
        groups = np.array([row.pop(0) for row in cells]) if of_groups else None
        numbers = as_numbers(table, cells)
        x, y = numbers[:, : len(of_x)], numbers[:, len(of_x) :]
        return Sides(x, y, groups, len(rows) < table.rows)
    raise InputError(f"{path.name} is not a .csv, .npy or .npz file")


def _pick_sides(path, x, y, together, count, names=None):
    """The positions of the columns of both sides, and of the one that tells the groups, if any."""
    if (x is None or y is None) and count != 2:
        raise InputError(f"""{path.name} has {count} columns: say which belong together
            with --x and --y""")
    x, y = (
        [place] if group is None else pick_columns(group, count, names)
        for place, group in enumerate((x, y))
    )
    if both := set(x) & set(y):
        raise InputError(f"column {min(both)} is on both sides: it shares everything with itself")
    groups = [] if together is None else pick_columns(together, count, names)
    if len(groups) > 1:
        raise InputError(f"--groups takes one column, and {together!r} are {len(groups)}")
    return x, y, groups


def _thin(columns, limit, seed):
    """`samples.thin` of columns of numbers; of others any rows, for they will be refused."""
    numbers = all(column.ndim == 1 and column.dtype.kind in "fiub" for column in columns)
    return thin(columns, limit, seed) if numbers else draw_rows(len(columns[0]), limit, seed)


def is_position(text):
    """Digits, of which Python makes a number: not "²", and not thousands of them."""
    return text.isdecimal() and len(text) < 20


def pick_columns(group, count, header=None):
    """The positions that `group` means among `count` columns with these names, if they have any."""
    positions = []
    for part in group.split(","):
        part = part.strip()
        first, dash, last = part.partition("-")
        if header and part in header:
            positions.append(header.index(part))
        elif is_position(part):
            positions.append(int(part))
        elif dash and is_position(first) and is_position(last):
            if int(first) > int(last):
                raise InputError(f"there is no column in {part}: write {last}-{first}")
            last = max(int(first), min(int(last), count))  # `count` itself is one too far
            positions.extend(range(int(first), last + 1))
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


def _read_npz(path, x, y, together, limit, seed):
    archive, sides = _load(path, np.lib.npyio.NpzFile), []
    for group in (x, y, *([together] if together else [])):
        name, _, positions = group.partition(":")
        if name not in archive:
            held = ", ".join(archive.files)
            raise InputError(f"{path.name} has no array {name!r}: it holds {held}")
        with read_errors(path.name):
            side = archive[name]
        if not isinstance(side, np.ndarray):
            raise InputError(f"{path.name} holds {name}, but it is no array")
        if positions and side.ndim:
            side = side[:, None] if side.ndim == 1 else side
            side = side[:, pick_columns(positions, side.shape[1])]
        sides.append(side)
    x, y, *groups = sides
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y):
        raise InputError(f"""the arrays must have one row for each pair, but have shapes {x.shape}
            and {y.shape}""")
    if not len(x):
        raise InputError(f"{path.name} holds no row of numbers")
    if groups and groups[0].size != len(x):
        raise InputError(f"""{together} must name a group for each of the {len(x)} rows, but has
            the shape {groups[0].shape}""")
    columns = [column for side in (x, y) for column in (side.T if side.ndim == 2 else [side])]
    rows = _thin(columns or [x], limit, seed)
    return Sides(x[rows], y[rows], groups[0].ravel()[rows] if groups else None, len(rows) < len(x))


def _load(path, kind):
    """An array (left on the disk) or an archive; nothing in it is executed."""
    with read_errors(path.name):
        loaded = np.load(path, mmap_mode="r", allow_pickle=False)
    if not isinstance(loaded, kind):
        raise InputError(f"{path.name} is no {path.suffix} but another file of NumPy's")
    return loaded
