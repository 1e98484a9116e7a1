"""`dimlearn estimate`: its files, its table, its warnings, bad input."""

import re
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from dimlearn.cli import main
from dimlearn.information import CrossFitted, side_by_side, worlds


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
    with zipfile.ZipFile(folder / "notes.npz", "w") as archive:
        for name in "xy":
            archive.writestr(f"{name}.npy", "no array")
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


def test_whether_the_first_line_names_the_columns_can_be_said(folder, capsys):
    arguments = ["estimate", str(folder / "plain.csv"), "--x", "0", "--y", "2", *QUICK]
    for said, pairs in (([], 500), (["--header", "no"], 500), (["--header", "yes"], 499)):
        assert main([*arguments, *said]) == 0
        assert capsys.readouterr().out.startswith(f"{pairs} pairs")


def test_rows_that_are_copies_are_told_once(folder, capsys):
    table = np.load(folder / "two.npy")
    np.save(folder / "copies.npy", np.tile(table, (2, 1)))
    assert main(["estimate", str(folder / "copies.npy"), *QUICK]) == 0
    said = capsys.readouterr().out
    assert said.count("500 of 1000 rows are copies of others") == 1


@pytest.mark.slow
def test_rows_that_belong_together_are_named_by_a_column(folder, capsys, monkeypatch):
    """Twenty patients with a level of their own in each of x and y, which share nothing."""

    def with_few_steps(kinds, steps, seed, say):
        return CrossFitted(kinds, 100, seed, say)

    monkeypatch.setattr(side_by_side, "CrossFitted", with_few_steps)
    rng = np.random.default_rng(1)
    levels = np.repeat(rng.normal(size=(20, 2)), 25, axis=0)
    table = np.c_[levels + 0.1 * rng.normal(size=(500, 2)), np.repeat(np.arange(20), 25)]
    table = rng.permutation(table)
    np.savetxt(folder / "visits.csv", table, delimiter=",", header="x,y,patient", comments="")
    path = str(folder / "visits.csv")
    arguments = ["estimate", path, "--x", "x", "--y", "y", "--estimators", "separable"]
    values = []
    for more in ([], ["--groups", "patient"]):
        assert main([*arguments, *more]) == 0
        said = capsys.readouterr().out
        values.append(
            [float(number) for number in re.findall(r"^separable +(\S+) +(\S+)", said, re.M)[0]]
        )
        assert (", 20 groups;" in said.splitlines()[0]) == bool(more)
    (alone, _), (together, error) = values
    assert alone > 0.5 and together < 2 * error + 0.05


def test_the_default_estimators(folder, capsys):
    path = str(folder / "named.csv")
    assert main(["estimate", path, "--x", "a", "--y", "rain", "--estimators", "default"]) == 0
    said = capsys.readouterr()
    assert "default (KSG)" in said.out and "default ..." in said.err


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["missing.csv"], "there is no file"),
        (["named.csv"], "3 columns: say which"),
        (["named.csv", "--x", "a", "--y", "snow"], "no column 'snow': the columns are a, b, rain"),
        (["named.csv", "--x", "0", "--y", "7"], "no column 7: there are 3"),
        (["named.csv", "--x", "a,b", "--y", "b"], "on both sides"),
        (["named.csv", "--x", "a,a", "--y", "b"], "twice"),
        (["named.csv", "--x", "a", "--y", "b", "--groups", "who"], "no column 'who'"),
        (["named.csv", "--x", "a", "--y", "b", "--groups", "0,1"], "takes one column"),
        (["arrays.npz", "--y", "codes", "--groups", "x"], "must name a group for each"),
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
        (["notes.npz"], "holds x, but it is no array"),
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


def test_it_runs_as_a_command_without_tensorflow_where_it_can(folder):
    code = (
        "import sys; from dimlearn.cli import main; "
        f"main(['estimate', {str(folder / 'two.npy')!r}, '--estimators', 'ksg']); "
        "sys.exit('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and "ksg" in done.stdout, done.stderr
