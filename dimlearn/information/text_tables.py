"""Tables in text files: what separates the columns, whether they have names, which are numbers.

Only the columns that are asked for have to hold numbers. Decimal commas are read where commas do
not separate the columns, or stand in quotes.
"""

import csv
import re
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from dimlearn.errors import InputError
from dimlearn.information.samples import FEW_VALUES, draw_rows, make_room, own_rng

SAMPLE = 50  # lines looked at to tell a header from numbers
HELD = 100  # rows of a value among which some are drawn
MISSING = {"", "na", "n/a", "nan", "null", "none", "?", "-"}
DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*")


@dataclass(frozen=True)
class TextTable:
    """A text file of `rows` lines with `columns` cells each, from the line `begin` on.

    `names`: of the columns, or None. `delimiter`: "," or ";" or a tab, None for blanks.
    """

    path: Path
    delimiter: str | None
    names: list | None
    columns: int
    begin: int
    rows: int


def look_through(path, header=None):
    """A `TextTable` of a file; `header`: whether its first line names the columns, if known.

    Raises `InputError` for what is no text, or has no row.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            filled = (line for line in file if line.strip())
            lines = list(islice(filled, SAMPLE))
            count = len(lines) + sum(1 for _ in filled)
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is not a text file in UTF-8") from None
    if not lines:
        raise InputError(f"{path.name} holds no row of numbers")
    unquoted = re.sub(r'"[^"]*"', "", lines[0])
    delimiter = next((mark for mark in ";\t," if mark in unquoted), None)
    first, *others = (cells_of(line, delimiter) for line in lines)
    for line, cells in zip(lines[1:], others):
        check_length(path, first, cells, line)
    if header is None:
        header = is_header(first, others)
    if count == header:
        raise InputError(f"{path.name} holds no row of numbers")
    names = [name.strip() for name in first] if header else None
    return TextTable(path, delimiter, names, len(first), int(header), count - header)


def lines_of(table):
    """`(row, line)` of a `TextTable`, one after the other; rows are counted from 0."""
    with table.path.open(encoding="utf-8-sig") as file:
        filled = (line for line in file if line.strip())
        yield from enumerate(islice(filled, table.begin, None))


@dataclass
class Held:
    """Of one value of a column: how many rows were seen with it, how many of these are drawn, and
    the first of them."""

    seen: int = 0
    drawn: int = 0
    rows: list = field(default_factory=list)

    def see(self, row, drawn):
        self.seen, self.drawn = self.seen + 1, self.drawn + drawn
        if len(self.rows) < HELD:
            self.rows.append(row)


def all_of(values):
    """Several values as one."""
    rows = sorted(row for held in values for row in held.rows)
    return Held(sum(held.seen for held in values), sum(held.drawn for held in values), rows)


def thin_table(table, columns, limit, seed, least=5):
    """The numbers of at most `limit` rows, in order, with rare values of these columns among them:
    what `samples.thin` does for arrays, without holding more than a few rows of each value.

    A column is looked at until it has more than a few values, none of which most rows share: most
    columns of measurements are done after as many lines.
    """
    rows = draw_rows(table.rows, limit, seed)
    if len(rows) == table.rows:
        return rows
    drawn, rng, wanted = set(rows.tolist()), own_rng(seed), []
    looked_at, commonest = {column: {} for column in columns}, {}
    for row, line in lines_of(table):
        cells = dict(enumerate(cells_of(line, table.delimiter)))
        for column, values in list(looked_at.items()):
            cell = cells.get(column, "")
            if column in commonest and cell != commonest[column]:
                cell = None  # all others as one
            values.setdefault(cell, Held()).see(row, row in drawn)
            if len(values) > FEW_VALUES:
                most = max(values, key=lambda cell: values[cell].seen)
                if 2 * values[most].seen <= row + 1:
                    del looked_at[column]
                    continue
                commonest[column], others = most, [values[cell] for cell in values if cell != most]
                looked_at[column] = {most: values[most], None: all_of(others)}
        if not looked_at:
            break
    for held in (held for values in looked_at.values() for held in values.values()):
        if held.drawn < least:
            wanted.append(rng.choice(held.rows, min(least, len(held.rows)), replace=False))
    return make_room(rows, wanted, limit, rng)


def read_cells(table, rows, columns):
    """The cells of some columns, a list of texts for each of `rows`, which are in order.

    Lines that are not asked for are passed over, so that the memory does not grow with the file.
    Raises `InputError` for rows of another length.
    """
    chosen, found = set(rows.tolist()), []
    for row, line in lines_of(table):
        if row in chosen:
            cells = cells_of(line, table.delimiter)
            check_length(table.path, table.names or range(table.columns), cells, line)
            found.append([cells[column] for column in columns])
    return found


def as_numbers(table, found):
    """The numbers `[rows, columns]` of cells; `InputError` for a cell that holds none."""
    numbers = [[number_in(cell) for cell in cells] for cells in found]
    for cells, row in zip(found, numbers):
        if None in row:
            wrong = cells[row.index(None)]
            raise InputError(f"{table.path.name} holds {wrong[:40]!r} where a number is needed")
    return np.array(numbers, "float64")


def check_length(path, first, cells, line):
    if len(cells) != len(first):
        raise InputError(f"""{path.name} has rows of {len(first)} and of {len(cells)} columns:
            {line.strip()[:60]!r}""")


def cells_of(line, delimiter):
    """The cells of a line, as text. Raises `InputError` for one that is longer than any cell."""
    try:
        if delimiter is None:
            return next(csv.reader([" ".join(line.split())], delimiter=" "))
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:  # as of a quote that is not closed for more than 131,072 letters
        raise InputError(f"""the table has a line that cannot be read as cells ({error}):
            {line.strip()[:40]!r}""") from None


def number_in(cell):
    """The number that a cell holds, with a point or a decimal comma, or None."""
    if DECIMAL_COMMA.fullmatch(cell):
        cell = cell.replace(",", ".")
    try:
        return float(cell)
    except ValueError:
        return None


def is_header(first, others):
    """Whether the first line names the columns of the others.

    It does where it has words above numbers. Numbers name columns where they count up by one, as
    `0,1,2` or `2019,2020`, above numbers that are not whole.
    """
    columns = [[cell for cell in column if not is_missing(cell)] for column in zip(*others)]
    numbers = [[number_in(cell) for cell in column] for column in columns] or [[0.0]] * len(first)
    given = [
        (number_in(cell), below) for cell, below in zip(first, numbers) if not is_missing(cell)
    ]
    if any(number is None for number, _ in given):
        above_numbers = (number is None for number, below in given if None not in below)
        return any(above_numbers) or all(None in below for below in numbers)
    counts_up = all(b - a == 1 for (a, _), (b, _) in zip(given, given[1:]))
    whole = (None in below or all(map(float.is_integer, below)) for _, below in given)
    return len(given) > 1 and counts_up and not any(whole)


def is_missing(cell):
    return cell.strip().lower() in MISSING
