"""Tables in text files: what separates the columns, whether they have names, which are numbers.

Only the columns that are asked for have to hold numbers. Decimal commas are read where commas do
not separate the columns, or stand in quotes.
"""

import csv
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from dimlearn.errors import InputError

SAMPLE = 50  # lines looked at to tell a header from numbers
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


def read_numbers(table, rows, columns):
    """The numbers `[len(rows), len(columns)]` of a `TextTable`; `rows` counted from 0, in order.

    Lines that are not asked for are passed over, so that the memory does not grow with the file.
    Raises `InputError` for rows of another length, and for what is no number.
    """
    wanted, numbers = set(rows.tolist()), []
    with table.path.open(encoding="utf-8-sig") as file:
        filled = (line for line in file if line.strip())
        for row, line in enumerate(islice(filled, table.begin, None)):
            if row not in wanted:
                continue
            cells = cells_of(line, table.delimiter)
            check_length(table.path, table.names or range(table.columns), cells, line)
            numbers.append([number_in(cells[column]) for column in columns])
            if None in numbers[-1]:
                wrong = cells[columns[numbers[-1].index(None)]]
                raise InputError(f"""{table.path.name} holds {wrong[:40]!r} where a number is
                    needed""")
    return np.array(numbers, "float64")


def check_length(path, first, cells, line):
    if len(cells) != len(first):
        raise InputError(f"""{path.name} has rows of {len(first)} and of {len(cells)} columns:
            {line.strip()[:60]!r}""")


def cells_of(line, delimiter):
    """The cells of a line, as text."""
    if delimiter is None:
        return next(csv.reader([" ".join(line.split())], delimiter=" "))
    return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))


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
