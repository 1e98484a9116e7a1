"""Columns of files: who is chosen, what is drawn of long files, what is refused."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dimlearn import InputError
from dimlearn.information.columns import pick_columns, read_sides

NUMBERS = np.random.default_rng(0).normal(size=(300, 3))


def test_columns_by_name_position_and_range():
    assert pick_columns("0,2-4", 6) == [0, 2, 3, 4]
    assert pick_columns("b, a", 2, ["a", "b"]) == [1, 0]


@pytest.mark.parametrize(
    "text", ["0-999999999", "7", "²", "0-²", "9" * 5_000, "1-", "-1", "", "0,0-1", "1-0", "7-9"]
)
def test_columns_that_are_not_there(text):
    with pytest.raises(InputError) as refused:
        pick_columns(text, 3)
    assert "no column" in str(refused.value) or "named twice" in str(refused.value)


@settings(max_examples=300, deadline=None)
@given(group=st.text(st.sampled_from("0123456789-,abé² "), max_size=12))
def test_whatever_columns_are_asked_for(group):
    """Found by chance: positions that are there, each once, or one sentence."""
    try:
        positions = pick_columns(group, 7, ["a", "b", "é", "2019", "a-b", "x", "y"])
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert (
            positions and len(set(positions)) == len(positions) and set(positions) <= set(range(7))
        )


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(
        st.lists(
            st.sampled_from(["1", "2,5", "-3e2", "nan", "", "x", '"4"', "1_0", "²"]), min_size=1
        ),
        max_size=5,
    ),
    delimiter=st.sampled_from([",", ";", "\t", " "]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_whatever_a_table_holds(tmp_path_factory, rows, delimiter, end):
    """Found by chance: two sides of finite numbers, row by row, or one sentence."""
    file = tmp_path_factory.mktemp("found") / "pairs.csv"
    text = end.join(delimiter.join(cells) for cells in rows)
    file.write_text(text, encoding="utf-8", newline="")
    try:
        sides = read_sides(file, "0", "1")
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert 0 < len(sides.x) == len(sides.y) <= len(rows)
        assert sides.x.shape[1] == sides.y.shape[1] == 1 and sides.x.dtype == float


@pytest.mark.parametrize(
    "text",
    [
        "a,b,c\n1,2,3\n4,5,6\n",
        "a;b;c\r\n1;2;3\r\n4;5;6\r\n",
        "a,b,c\r1,2,3\r4,5,6\r",
        "a\tb\tc\n1\t2\t3\n4\t5\t6",
        "a b  c\n 1 2   3\n4 5 6 \n",
        '\ufeff"a","b","c"\n"1","2","3"\n4,5,6\n',
        "a, b, c\n1, 2, 3\n\n4 ,5 ,6\n\n",
        "\n\na,b,c\n1,2,3\n4,5e0,+6.0\n",
        "1,2,3\n4,5,6\n",
    ],
)
def test_one_table_in_many_hands(text, tmp_path):
    (tmp_path / "file.csv").write_text(text, encoding="utf-8", newline="")
    ways = ["0,1", "2"], ["a,b", "c"]
    for x, y in ways if "a" in text else ways[:1]:
        sides = read_sides(tmp_path / "file.csv", x, y)
        np.testing.assert_array_equal(sides.x, [[1, 2], [4, 5]])
        np.testing.assert_array_equal(sides.y, [[3], [6]])
        assert not sides.cut and sides.together is None


@pytest.mark.parametrize(
    "text, words",
    [
        ("1,2\n3\n", "rows of 2 and of 1 columns: '3"),
        ("a,b,c\n1,2\n3,4\n", "rows of 3 and of 2 columns"),
        ("1,2\n3,4,5\n", "rows of 2 and of 3 columns"),
        ("1,2\n,4\n", "'' where a number is needed"),
        ("1,2\n3,NA\n", "'NA' where a number is needed"),
        ('1,2\n"3,4\n', "rows of 2 and of 1 columns"),
        ("a,b\n", "no row of numbers"),
        ("\n \n", "no row of numbers"),
        ("1,2\n3,4\n" + "5" * 131_073 + ",6\n", "cannot be read as cells .field larger than"),
        ("1,2\n3,4\n" * 50 + '5,"' + "x" * 131_073, "cannot be read as cells .field larger than"),
        ("1 2\n" + "3" * 131_073 + " 4\n", "cannot be read as cells .field larger than"),
    ],
)
def test_text_that_is_no_table_gets_one_sentence(text, words, tmp_path):
    (tmp_path / "file.csv").write_text(text)
    with pytest.raises(InputError, match=words) as refused:
        read_sides(tmp_path / "file.csv")
    assert "\n" not in str(refused.value)


def test_capital_endings_are_endings(tmp_path):
    np.save(tmp_path / "a.npy", NUMBERS)
    np.savez(tmp_path / "a.npz", x=NUMBERS[:, :1], y=NUMBERS[:, 1:])
    np.savetxt(tmp_path / "a.csv", NUMBERS, delimiter=",")
    for name in ("a.npy", "a.npz", "a.csv"):
        (tmp_path / name).rename(tmp_path / name.upper())
        groups = () if "npz" in name else ("0", "1,2")
        sides = read_sides(tmp_path / name.upper(), *groups)
        np.testing.assert_allclose(np.hstack([sides.x, sides.y]), NUMBERS)


def test_missing_numbers_are_left_to_whoever_needs_them(tmp_path):
    (tmp_path / "file.csv").write_text("1,nan\ninf,2\n")
    sides = read_sides(tmp_path / "file.csv")
    assert np.isinf(sides.x[1, 0]) and np.isnan(sides.y[0, 0])


def test_the_same_rows_of_a_long_file_in_every_format(tmp_path):
    np.save(tmp_path / "long.npy", NUMBERS)
    np.savez(tmp_path / "long.npz", x=NUMBERS[:, :2], y=NUMBERS[:, 2])
    np.savetxt(tmp_path / "named.csv", NUMBERS, "%.17g", ",", header="a,b,c", comments="")
    np.savetxt(tmp_path / "plain.csv", NUMBERS, "%.17g", ";")
    expected = None
    for name, groups in {
        "long.npy": ("0,1", "2"),
        "long.npz": ("x", "y"),
        "named.csv": ("a,b", "c"),
        "plain.csv": ("0,1", "2"),
    }.items():
        sides = read_sides(tmp_path / name, *groups, limit=40, seed=5)
        x, y = sides.x, sides.y
        assert sides.cut and x.shape == (40, 2) and len(y) == 40
        expected = x if expected is None else expected
        np.testing.assert_array_equal(x, expected)
        rows = [np.flatnonzero(NUMBERS[:, 0] == first)[0] for first in x[:, 0]]
        np.testing.assert_array_equal(NUMBERS[rows, 2], y.ravel())
    assert not np.array_equal(read_sides(tmp_path / name, *groups, 40, seed=6).x, x)


def flagged(folder, kind):
    """20,000 rows of which 30 have a flag, and 30 a charge above 0, in a file of some kind."""
    rng = np.random.default_rng(3)
    flag, charge = np.zeros((2, 20_000))
    flag[rng.choice(20_000, 30, replace=False)] = 1
    charge[rng.choice(20_000, 30, replace=False)] = rng.uniform(1, 9, 30)
    table = np.c_[flag, charge, np.arange(20_000) // 8]
    if kind == "npy":
        np.save(folder / "a.npy", table)
    elif kind == "npz":
        np.savez(folder / "a.npz", x=flag, y=charge, patient=table[:, 2])
        return folder / "a.npz", ("x", "y", "patient"), table
    else:
        np.savetxt(folder / "a.csv", table, "%.17g", ",")
    return folder / f"a.{kind}", ("0", "1", "2"), table


@pytest.mark.parametrize("kind", ["csv", "npy", "npz"])
def test_rare_values_of_a_long_file_are_among_the_rows_that_are_drawn(tmp_path, kind):
    """A draw of 400 rows holds less than one of them."""
    path, (x, y, patient), table = flagged(tmp_path, kind)
    for seed in range(3):
        sides = read_sides(path, x, y, limit=400, seed=seed, together=patient)
        assert sides.cut and len(sides.x) == 400
        assert 5 <= sides.x.sum() <= 7 and 5 <= (sides.y > 0).sum() <= 7
        rows = {tuple(row) for row in table[:, :2]}
        assert {tuple(row) for row in np.c_[sides.x, sides.y]} <= rows


@pytest.mark.parametrize("kind", ["csv", "npy", "npz"])
def test_a_column_tells_which_rows_belong_together(tmp_path, kind):
    path, (x, y, patient), table = flagged(tmp_path, kind)
    together = read_sides(path, x, y, limit=30_000, together=patient).together
    np.testing.assert_array_equal(together.astype(float), table[:, 2])
    with pytest.raises(InputError):
        read_sides(path, x, y, together="nobody")
    if kind != "npz":
        with pytest.raises(InputError, match="--groups takes one column"):
            read_sides(path, x, y, together="0-2")


def test_names_of_groups_may_be_words(tmp_path):
    (tmp_path / "a.csv").write_text("who,a,b\nMay,1,2\nJo,3,4\nMay,5,6\n")
    together = read_sides(tmp_path / "a.csv", "a", "b", together="who").together
    assert together.tolist() == ["May", "Jo", "May"]


def test_a_long_array_is_read_where_it_lies(tmp_path):
    """Of columns of measurements only the rows that are drawn come into the memory."""
    table = np.random.default_rng(0).normal(size=(400_000, 3))
    np.save(tmp_path / "long.npy", table)
    tracemalloc.start()
    try:
        sides = read_sides(tmp_path / "long.npy", "0", "1,2", limit=1000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4e6  # one column is 3.2 MB, and the draw of the rows another
    rows = {tuple(row) for row in table}
    assert {tuple(row) for row in np.hstack([sides.x, sides.y])} <= rows


@pytest.mark.slow
def test_a_long_file_needs_no_more_memory_than_a_short_one(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("".join(f"{i % 9},{i % 7}\n" for i in range(63 * 1000)) * 2)
    tracemalloc.start()
    try:
        sides = read_sides(path, limit=1000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1e6  # the numbers alone are 2 MB
    assert sides.cut and sides.x.shape == sides.y.shape == (1000, 1)
    assert np.bincount(sides.x[:, 0].astype(int)).min() > 75  # each digit a ninth
