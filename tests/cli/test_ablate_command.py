"""`dimlearn ablate`: its options, and what it refuses. What it does: tests/evaluation."""

import subprocess
import sys

import numpy as np
import pytest

from dimlearn import cli
from dimlearn.evaluation import ablation, comparison
from dimlearn.evaluation.settings import ABLATIONS


def test_help_comes_without_tensorflow_and_names_all_there_are():
    code = """
import contextlib, sys
from dimlearn.cli import main
with contextlib.suppress(SystemExit):
    main(["ablate", "--help"])
sys.exit(bool({"keras", "tensorflow", "pandas", "numpy", "rich"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and ", ".join(ABLATIONS) in " ".join(done.stdout.split())


@pytest.mark.parametrize("arguments, words", [
    (["colour"], "no ablation 'colour': choose among critic, bound"),
    (["--data", "minst"], "no data set 'minst'"),
])  # fmt: skip
def test_bad_input_gets_one_sentence(arguments, words, tmp_path, capsys):
    assert cli.main(["ablate", *arguments, "--out", str(tmp_path / "out")]) == 2
    assert words in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "out").exists()


def test_again_sets_old_runs_aside(tmp_path, monkeypatch, capsys):
    """As what is said of other settings advises; and nothing is moved for a wrong command."""
    (tmp_path / "out" / "local").mkdir(parents=True)
    (tmp_path / "out" / "local" / "settings.json").write_text("{}", encoding="utf-8")
    again = ["--again", "--out", str(tmp_path / "out")]
    assert cli.main(["ablate", "colour", *again]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert cli.main(["ablate", "critic", "--out", str(tmp_path / "out")]) == 2
    assert "or --again to set the old run aside" in capsys.readouterr().err
    monkeypatch.setattr(ablation, "compare", None)  # as far as the first training
    with pytest.raises(TypeError):
        cli.main(["ablate", "critic", *again])
    (aside,) = tmp_path.glob("out-*")
    assert f"moved to {aside}" in capsys.readouterr().err
    assert (aside / "local" / "settings.json").read_text(encoding="utf-8") == "{}"


@pytest.mark.slow
def test_a_run_ends_in_a_table(tmp_path, capsys, monkeypatch):
    """Of three probes: without those that it does not look at."""
    monkeypatch.setattr(comparison, "SEEDED_PROBES", {})
    monkeypatch.setattr(comparison, "mlp200_correct", lambda codes, seeds: codes.y_test[None] == 0)
    rng = np.random.default_rng(0)
    images, labels = rng.random((400, 8, 8, 1)).astype("float32"), np.arange(400) % 3
    sides = {"x_train": images[:300], "y_train": labels[:300]}
    np.savez(tmp_path / "little.npz", **sides, x_test=images[300:], y_test=labels[300:])
    arguments = ["ablate", "critic", "--data", str(tmp_path / "little.npz"), "--epochs", "1"]
    assert cli.main([*arguments, "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "| critic | linear | knn | labels_10 | linear minus dot |" in said
    assert said.count("\n| dot | ") == said.count("\n| concat | ") == 1
    lines = (tmp_path / "out" / "ablations.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 2 * 3  # of each value three probes
