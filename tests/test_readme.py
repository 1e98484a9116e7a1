"""The README says what works: its commands are the ones that are run, its code runs as written."""

import re
from functools import partialmethod
from importlib.metadata import distributions
from pathlib import Path

import numpy as np
import pytest
from packaging.specifiers import SpecifierSet
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_ci_runs_the_test_command_of_the_readme():
    lessons, compare, test = (line.strip() for line in blocks("sh") if "-m venv" in line)
    assert lessons.endswith("dimlearn lessons") and compare.endswith("dimlearn compare")
    assert test.endswith("-m pytest")
    assert test in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


RECORDED = (ROOT / "lessons" / "results" / "README.md").read_text(encoding="utf-8")


def test_its_headline_is_the_recorded_table():
    """Every number of the table, in the row and the column that it has among all tables; and what
    is read from it is in it."""
    recorded = accuracies(RECORDED.split("\n## MNIST")[0])
    shown = accuracies(README.split("\n## Two views")[0])
    assert len(shown) == 40
    assert shown.items() <= recorded.items()
    read = " ".join(README.split("\n- Across two views,")[1].split("[All tables]")[0].split())
    percents = re.findall(r"\d+\.\d(?= %| against|, \d+\.\d| and \d+\.\d %)", read)
    assert len(percents) >= 7
    assert set(percents) <= {accuracy.split()[0] for accuracy in shown.values()}


def test_what_lesson_10_says_of_the_table_is_recorded():
    lesson = (ROOT / "solutions" / "10_diagnosing_a_representation.py").read_text(encoding="utf-8")
    sentence = "a small network with 200 units reads the local code better than the pixels, too."
    assert sentence in lesson.replace("\n#", "")
    recorded = accuracies(RECORDED.split("\n## MNIST")[0])
    of_local, of_pixels = (recorded[row, "mlp200"] for row in ("local", "pixels"))
    (low,), (high,) = (
        re.findall(*each) for each in [(r"\((\S+) to", of_local), (r"to (\S+)\)", of_pixels)]
    )
    assert float(low) > float(high)


def accuracies(text):
    """`{(encoder, probe): accuracy}` of all tables of encoders in a text, as they are written."""
    found, probes = {}, []
    for line in text.splitlines():
        first, *others = [cell.strip() for cell in line.split("|")[1:-1]] or [""]
        if first == "encoder":
            probes = others
        elif probes and others and " to " in line:
            found |= {(first, probe): value for probe, value in zip(probes, others)}
        elif not line.startswith("|"):
            probes = []
    return found


def test_the_constraints_are_plain():
    """Names and versions only, so that the file works with any package index."""
    lines = (ROOT / "tests" / "constraints.txt").read_text(encoding="utf-8").split()
    assert len(lines) > 50
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+]+", line) for line in lines)


def test_the_constraints_install_on_the_first_python_that_is_promised():
    """On Debian 12 it is 3.11.2: a version that asks for 3.11.5 cannot be had there. Looked at is
    whatever is installed here in the version of the constraints."""
    text = (ROOT / "tests" / "constraints.txt").read_text(encoding="utf-8")
    pins = dict(line.lower().split("==") for line in text.split())
    here = {one.metadata["Name"].lower(): one for one in distributions()}
    asked = {
        name: SpecifierSet(here[name].metadata["Requires-Python"] or "")
        for name, version in pins.items()
        if name in here and here[name].version == version
    }
    if "numpy" not in asked:
        pytest.skip("other versions are installed than those of the constraints")
    assert [name for name, which in asked.items() if "3.11.0" not in which] == []


@pytest.fixture
def holiday(tmp_path, monkeypatch):
    """A folder `holiday` of pictures of several sizes in the working folder, and one that is none;
    few epochs, whatever is asked for."""
    from dimlearn.evaluation import own_images

    rng = np.random.default_rng(0)
    for number in range(12):
        place = tmp_path / "holiday" / ("day" if number % 2 else "night") / f"{number}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        shape = (40 + number, 60, 3)
        Image.fromarray(rng.integers(0, 256, shape).astype("uint8")).save(place)
    (tmp_path / "holiday" / "plan.pdf").write_bytes(b"%PDF-1.4")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(own_images, "MOST_EPOCHS", 1)
    monkeypatch.setattr(own_images, "EPOCHS", 1)


@pytest.mark.slow
def test_a_folder_of_pictures_as_written(holiday, tmp_path, capsys):
    """The command, then the same from Python, which finds it done."""
    from dimlearn import cli

    (command,) = (block.strip() for block in blocks("sh") if "dimlearn train" in block)
    assert cli.main(command.split()[1:]) == 0
    run = tmp_path / "runs" / "holiday"
    assert {"encoder.keras", "codes.npz", "report.md"} <= {path.name for path in run.iterdir()}
    assert "plan.pdf: it is no picture" in (run / "report.md").read_text()
    (code,) = (block for block in blocks("python") if "train_encoder" in block)
    capsys.readouterr()
    names = {"my_array": np.zeros((3, 32, 32, 3), "float32")}
    exec(code, names)
    assert capsys.readouterr().out.startswith("(12, 64)\nday/1.jpg runs/holiday/report.md")
    assert names["codes"].shape == (3, 64)


def test_your_own_images_as_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (code,) = (block for block in blocks("python") if "check_images(my_array" in block)
    images = np.random.default_rng(0).integers(0, 256, (150, 16, 16, 3), dtype=np.uint8)
    names = {"my_array": images}
    exec(code, names)
    assert names["codes"].shape == (150, 64) and np.isfinite(names["codes"]).all()
    assert (tmp_path / "encoder.keras").exists()


@pytest.mark.slow
def test_several_devices_as_written():
    """As far as they are there: on a machine without GPUs the strategy has one device."""
    (code,) = (block for block in blocks("python") if "MirroredStrategy" in block)
    names = {}
    exec(code, names)
    assert int(names["model"].optimizer.iterations.numpy()) == len(names["images"]) // 256
    assert all(getattr(layer, "synchronized", True) for layer in names["encoder"].layers)


@pytest.mark.slow
def test_mutual_information_as_written(capsys, monkeypatch):
    """With fewer steps of the networks: with all of them, tests/information/test_estimation.py."""
    from dimlearn.information import CrossFitted

    fewer = partialmethod(CrossFitted.__init__, steps=100)
    monkeypatch.setattr(CrossFitted, "__init__", fewer)
    (code,) = (block for block in blocks("python") if "estimate_mi" in block)
    names = {}
    exec(code, names)
    result, truth = names["result"], 1.5 * np.log(2)
    assert abs(result.value - truth) < 3 * result.standard_error
    assert str(result) in capsys.readouterr().out


def test_the_check_answers_as_written(tmp_path, monkeypatch):
    monkeypatch.setenv("DIMLEARN_PROGRESS", str(tmp_path / "progress.json"))
    from dimlearn import check
    from dimlearn.check.syllabus import LESSON_OF
    from dimlearn.startup import tf

    def my_bound(scores):
        positive = tf.linalg.diag_part(scores)
        negative = tf.boolean_mask(scores, ~tf.eye(scores.shape[0], dtype=tf.bool))
        return tf.reduce_mean(-tf.nn.softplus(positive)) - tf.reduce_mean(tf.nn.softplus(-negative))

    (session,) = blocks("pycon")
    assert (
        repr(check.jsd_bound(my_bound)) == session.split("check.jsd_bound(my_bound)\n")[1].strip()
    )
    known = sum(len(check.mistakes(name)) for name in LESSON_OF)
    assert f"({known} are known)" in README


def test_every_link_to_a_file_leads_somewhere():
    for target in re.findall(r"\]\(([^)]+)\)", README):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([\w/]+\.py)`", README))))
def test_every_file_named_is_there(path):
    """One that is still to be written, `exercises/NAME.py`, has others beside it."""
    name = path.rpartition("/")[2]
    if name in ("NAME.py", "NN_name.py"):
        assert list((ROOT / path).parent.glob("*_*.py"))
    else:
        assert (ROOT / path).exists()


def test_its_last_section_is_for_those_who_change_the_code(pytestconfig):
    last = README.split("\n## ")[-1]
    assert '.venv/bin/python -m pytest -m "not slow"' in last
    assert "slow" in [marker.split(":")[0] for marker in pytestconfig.getini("markers")]
    for path in ("dimlearn/check/exercises/NAME.py", "dimlearn/check/syllabus.py"):
        assert f"`{path}`" in last


def test_the_guides_it_leads_to_are_there():
    """To a new exercise and to a new lesson."""
    from dimlearn import check
    from dimlearn.course import authoring

    assert "dimlearn/check/exercises/NAME.py" in check.__doc__
    assert "solutions/NN_name.py" in authoring.__doc__
