"""`dimlearn estimate`: its files, its table, its warnings, bad input."""

import re
import subprocess
import sys
import time

import numpy as np
import pytest

from dimlearn.cli import main
from dimlearn.information import Estimate, worlds
from dimlearn.information.columns import pick_columns, read_groups, sample_lines
from dimlearn.information.side_by_side import remarks_on


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The same pairs in every format, and files that are no good."""
    folder = tmp_path_factory.mktemp("tables")
    x, y = worlds.gaussian_pairs([0.8, 0.0]).sample(500, seed=0)
    table = np.c_[x, y[:, :1]]
    np.savetxt(folder / "named.csv", table, delimiter=",", header="a,b,rain", comments="")
    np.savetxt(folder / "plain.csv", table, delimiter=";")
    np.savetxt(folder / "blanks.txt", table)
    np.save(folder / "table.npy", table)
    np.save(folder / "two.npy", table[:, [0, 2]])
    np.savez(folder / "arrays.npz", x=table[:, :2], codes=table[:, 2])
    (folder / "words.csv").write_text("a,b\n1,2\n3,four\n")
    (folder / "ragged.csv").write_text("1,2\n3\n")
    (folder / "empty.csv").write_text("")
    (folder / "nan.csv").write_text("1,nan\n" * 30)
    (folder / "binary.csv").write_bytes(bytes(range(256)))
    (folder / "damaged.npy").write_bytes(b"\x93NUMPY broken")
    np.save(folder / "complex.npy", table[:, :2] + 1j)
    np.save(folder / "objects.npy", np.array([{}, []], dtype=object), allow_pickle=True)
    np.savez(folder / "objects.npz", x=np.array([{}, []], dtype=object), y=np.zeros(2))
    (folder / "short.csv").write_text("1,2\n")
    (folder / "constant.csv").write_text("".join(f"{i},5\n" for i in range(50)))
    (folder / "letter.doc").write_text("x")
    content = bytearray((folder / "arrays.npz").read_bytes())
    (folder / "cut.npz").write_bytes(content[:-200])
    content[1000] ^= 255
    (folder / "flipped.npz").write_bytes(content)
    (folder / "array.npz").write_bytes((folder / "two.npy").read_bytes())
    (folder / "archive.npy").write_bytes((folder / "arrays.npz").read_bytes())
    np.savez(folder / "scalar.npz", x=3.0, y=np.zeros(9))
    return folder


QUICK = ["--estimators", "gaussian", "ksg"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["named.csv", "--x", "a", "--y", "rain"],
        ["named.csv", "--x", "0", "--y", "2"],
        ["plain.csv", "--x", "0", "--y", "2"],
        ["blanks.txt", "--x", "0", "--y", "2"],
        ["table.npy", "--x", "0", "--y", "2"],
        ["two.npy"],
        ["arrays.npz", "--x", "x:0", "--y", "codes"],
    ],
)
def test_every_format_says_the_same(folder, arguments, capsys):
    assert main(["estimate", str(folder / arguments[0]), *arguments[1:], *QUICK]) == 0
    said = capsys.readouterr().out
    assert said.startswith("500 pairs, 1 and 1 columns; nats")
    values = dict(re.findall(r"^(gaussian|ksg) +([\d.]+)", said, flags=re.MULTILINE))
    assert float(values["gaussian"]) == pytest.approx(0.51, abs=0.08)
    assert float(values["ksg"]) == pytest.approx(0.51, abs=0.12)


def test_the_default_estimators(folder, capsys):
    path = str(folder / "named.csv")
    assert main(["estimate", path, "--x", "a", "--y", "rain", "--estimators", "default"]) == 0
    assert "default (KSG)" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["missing.csv"], "there is no file"),
        (["named.csv"], "3 columns: say which"),
        (["named.csv", "--x", "a", "--y", "snow"], "no column 'snow': the columns are a, b, rain"),
        (["named.csv", "--x", "0", "--y", "7"], "no column 7: there are 3"),
        (["named.csv", "--x", "a,b", "--y", "b"], "on both sides"),
        (["named.csv", "--x", "a,a", "--y", "b"], "twice"),
        (["arrays.npz"], "no array 'y': it holds x, codes"),
        (["words.csv"], "'four' where a number is needed"),
        (["ragged.csv"], "rows of 2 and of 1 columns"),
        (["empty.csv"], "no row of numbers"),
        (["nan.csv"], "NaN"),
        (["binary.csv"], "not a text file"),
        (["damaged.npy"], "may be damaged"),
        (["objects.npy"], "may be damaged"),
        (["objects.npz"], "must hold numbers"),
        (["cut.npz"], "may be damaged"),
        (["flipped.npz", "--y", "codes"], "may be damaged"),
        (["array.npz"], "is no .npz"),
        (["archive.npy"], "is no .npy"),
        (["scalar.npz", "--x", "x:0"], "one row for each pair"),
        (["complex.npy"], "complex numbers"),
        (["short.csv"], "too few"),
        (["constant.csv"], "constant"),
        (["letter.doc"], "not a .csv, .npy or .npz"),
        (["two.npy", "--estimators", "magic"], "no estimator 'magic'"),
        ([""], "there is no file"),
    ],
)
def test_bad_input_gets_one_sentence(folder, arguments, words, capsys):
    assert main(["estimate", str(folder / arguments[0]), *arguments[1:]]) == 2
    said = capsys.readouterr()
    assert words in said.err and said.err.count("\n") == 1 and said.out == ""


def test_ten_million_rows_do_not_hang(tmp_path):
    """Two-byte rows: the reading is what could hang."""
    path = tmp_path / "long.csv"
    block = "".join(f"{i % 9},{i % 7}\n" for i in range(63 * 1000))
    with path.open("w") as file:
        for _ in range(159):
            file.write(block)
    began = time.process_time()
    x, y, cut = read_groups(path)
    assert time.process_time() - began < 30
    assert cut and x.shape == y.shape == (10_000, 1)
    assert np.bincount(x[:, 0].astype(int)).min() > 900  # each digit a ninth


def test_reservoir_sampling_is_fair():
    counts = np.zeros(20)
    for seed in range(4000):
        kept, cut = sample_lines(range(20), 5, seed)
        assert cut and len(set(kept)) == 5
        counts[kept] += 1
    assert np.abs(counts / 4000 - 0.25).max() < 0.035
    assert sample_lines(range(5), 5, 0) == ([0, 1, 2, 3, 4], False)


def test_columns_by_name_position_and_range():
    assert pick_columns("0,2-4", 6) == [0, 2, 3, 4]
    assert pick_columns("b, a", 2, ["a", "b"]) == [1, 0]


def test_disagreement_and_large_values_are_told():
    def one(value, error, **more):
        return Estimate(value, error, "x", **more)

    agreeing = {"default": one(1.0, 0.05), "gaussian": one(1.1, 0.05)}
    assert remarks_on(agreeing) == []
    told = remarks_on({"default": one(1.0, 0.05), "gaussian": one(0.2, 0.05)})
    assert len(told) == 1 and "disagree by 0.80 nats" in told[0]
    told = remarks_on({"default": one(7.0, 0.1, warnings=("near its ceiling",))})
    assert told[0] == "default: near its ceiling" and "no estimator can vouch" in told[1]


def test_it_runs_as_a_command_without_tensorflow_where_it_can(folder):
    code = (
        "import sys; from dimlearn.cli import main; "
        f"main(['estimate', {str(folder / 'two.npy')!r}, '--estimators', 'ksg']); "
        "sys.exit('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and "ksg" in done.stdout, done.stderr
