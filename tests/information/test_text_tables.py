"""Text files of many hands: separators, names, decimal commas, and what nobody asked for."""

import numpy as np
import pytest

from dimlearn import InputError
from dimlearn.information.columns import read_sides
from dimlearn.information.text_tables import look_through


def read(folder, text, *groups, **more):
    (folder / "file.csv").write_text(text, encoding="utf-8", newline="")
    sides = read_sides(folder / "file.csv", *groups, **more)
    return np.hstack([sides.x, sides.y]).tolist()


def test_only_the_columns_asked_for_must_hold_numbers(tmp_path):
    text = "day,a,note,b\n2024-01-01,1,wet,2\n2024-01-02,3,,4\n,5,NA,6\n"
    assert read(tmp_path, text, "a", "b") == [[1, 2], [3, 4], [5, 6]]
    with pytest.raises(InputError, match="'wet' where a number is needed"):
        read(tmp_path, text, "a", "note")


@pytest.mark.parametrize(
    "text, names",
    [
        ("a,b\n1,2\n3,4\n", True),
        ("2019,2020\n1.5,2.5\n3.5,4.25\n", True),
        ("0,1\n0.1,0.2\n0.3,0.4\n", True),
        (",0,1\n0,0.1,0.2\n1,0.3,0.4\n", True),  # as pandas writes it
        ("kind,a,b\nx,1,5\ny,2,5\n", True),
        ("a,b\nx,y\nz,w\n", True),
        ("1,2\n3,4\n", False),
        ("1.5,2.5\n3,4\n", False),
        ("2019,2020\n2021,2022\n", False),
        ("2024-01-01,1,2\n2024-01-02,3,4\n", False),
        ("x,1,2\ny,3,4\n", False),
        ("x,NA,2\ny,3,4\n", False),
    ],
)
def test_names_are_told_from_numbers(text, names, tmp_path):
    (tmp_path / "file.csv").write_text(text)
    table = look_through(tmp_path / "file.csv")
    assert (table.names is not None) == names
    assert table.rows == text.count("\n") - names and table.columns == len(
        text.split()[0].split(",")
    )


def test_whether_there_are_names_can_be_said(tmp_path):
    assert len(read(tmp_path, "1,2\n3,4\n", header=True)) == 1
    assert len(read(tmp_path, "0,1\n0.1,0.2\n", header=False)) == 2
    assert read(tmp_path, "2019,2020\n1,2\n", "2020", "2019", header=True) == [[2, 1]]


@pytest.mark.parametrize(
    "text",
    [
        "a;b\n1,5;-2\n,5;3,25e1\n",
        "a\tb\n1,5\t-2\n0,5\t32,5\n",
        'a,b\n"1,5",-2\n"0,5","32,5"\n',
        'a;"b, and more"\n1.5;-2\n0.5;32.5\n',
    ],
)
def test_decimal_commas(text, tmp_path):
    assert read(tmp_path, text) == [[1.5, -2], [0.5, 32.5]]


def test_the_sentence_names_the_cell(tmp_path):
    with pytest.raises(InputError, match="'1.234,5' where a number is needed"):
        read(tmp_path, "1,5;2\n1.234,5;3\n")
