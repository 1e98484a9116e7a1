"""The encoder of a solved lesson 08 is a file, and the file is a row of the table."""

import numpy as np
import pytest

from dimlearn import cli, data
from dimlearn.course import authoring, kernels


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A learner's folder after a solved lesson 08."""
    (lesson,) = authoring.lessons(names=["08"])
    folder = tmp_path_factory.mktemp("work")
    run = kernels.run_nbval(lesson.solution, DIMLEARN_PROGRESS=str(folder / "progress.json"))
    assert run.passed, run.text
    return folder


@pytest.mark.slow
def test_compare_makes_rows_of_the_files_of_lesson_08(work, tmp_path, capsys):
    images, few = data.load(limit=600), slice(0, 600)
    arrays = {
        f"{kind}_{part}": getattr(images, f"{kind}_{part}")[few]
        for kind in "xy"
        for part in ("train", "test")
    }
    np.savez(tmp_path / "few.npz", **arrays)
    options = ["--data", str(tmp_path / "few.npz"), "--epochs", "1", "--probe-seeds", "1"]
    for name, file in {"yours": "yours", "untrained": "yours_untrained"}.items():
        options += ["--add", f"{name}={work / file}.keras"]
    out = tmp_path / "out"
    assert cli.main(["compare", *options, "--rows", "pca", "--out", str(out)]) == 0
    table = capsys.readouterr().out
    assert "yours" in table and "untrained" in table
    assert (out / "report.md").exists() and (out / "encoders" / "yours-0.keras").exists()
