"""Claims of a lesson: what is refused, what learners get of it, and in how many runs each holds."""

import os
from unittest import mock

import nbformat
import pytest

from dimlearn import InputError
from dimlearn.course import authoring, claims, kernels, lesson_source

SOURCE = """\
# %% [markdown]
# **Large** seeds are larger than
# small ones. Both are numbers. It goes on.

# %%
import os

seed = int(os.environ.get("DIMLEARN_SEED") or 0)

# %% tags=["claim"]
# Large seeds are larger than small ones.
assert seed not in (1, 2)

# %%
after = seed

# %% tags=["claim"]
# It goes on.

for number in (seed, after):
    assert number == seed
"""


def read(folder, text):
    path = folder / "solutions" / "01_seeds.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return lesson_source.read_source(path)


def stand_in(notebook, folder, say, may_fail, **environment):
    """Runs the cells in this process."""
    done, names = nbformat.from_dict(notebook), {}
    with mock.patch.dict(os.environ, environment):
        for cell in lesson_source.code_cells(done):
            try:
                exec(cell.source, names)
                cell.outputs = []
            except Exception as error:
                name, value = type(error).__name__, str(error)
                if not lesson_source.has_tag(cell, may_fail):
                    raise InputError(f"a cell failed: {name}: {value}") from None
                cell.outputs = [nbformat.v4.new_output("error", ename=name, evalue=value)]
    return done


@pytest.fixture
def in_this_process(monkeypatch):
    monkeypatch.setattr(claims, "run", stand_in)


# ---------------------------------------------------------------- what a claim is


def test_learners_get_no_claims(tmp_path):
    solution = read(tmp_path, SOURCE)
    lesson = lesson_source.lesson_of(solution)
    assert len(solution.cells) - len(lesson.cells) == 2
    assert "assert" not in str(lesson.cells) and "after = seed" in str(lesson.cells)


def test_a_sentence_may_take_several_lines():
    assert lesson_source.sentence_of("# One\n# sentence.\n\n# A note.\nassert 1") == "One sentence."


@pytest.mark.parametrize("before, after, words", [
    ("# It goes on.\n\nfor", "for", "does not begin with its sentence"),
    ("# It goes on.\n\nfor", "# It goes off.\n\nfor", "no text of the lesson says 'It goes off.'"),
    ("    assert number == seed", "    print(number)", "it asserts nothing"),
    ("assert seed not in (1, 2)", '"assert seed"', "it asserts nothing"),
    ('tags=["claim"]\n# It', '[markdown] tags=["claim"]\n# It', "it asserts nothing"),
])  # fmt: skip
def test_what_a_claim_must_not_be(tmp_path, before, after, words):
    assert SOURCE.count(before) == 1
    with pytest.raises(InputError, match=words):
        read(tmp_path, SOURCE.replace(before, after))


# ---------------------------------------------------------------- over seeds


def test_in_how_many_runs_each_holds(tmp_path, in_this_process):
    read(tmp_path, SOURCE)
    (lesson,) = authoring.lessons(tmp_path)
    found = claims.tried(lesson, range(20), tmp_path, lambda text: None)
    assert [(claim.sentence, claim.held, claim.runs) for claim in found] == [
        ("Large seeds are larger than small ones.", 18, 20), ("It goes on.", 20, 20)
    ]  # fmt: skip
    assert all(claim.holds for claim in found)  # 18 of 20 are 9 of 10


def test_fewer_than_nine_of_ten_is_too_few(tmp_path, in_this_process):
    said = []
    read(tmp_path, SOURCE)
    assert not claims.verify_claims(tmp_path, seeds=10, say=said.append)
    assert said == [
        "01_seeds",
        "   8 of 10  Large seeds are larger than small ones. <-",
        "  10 of 10  It goes on.",
    ]
    assert claims.verify_claims(tmp_path, seeds=1, say=said.append)


def test_a_seed_is_a_learner_who_finds_what_an_earlier_lesson_saved(tmp_path, in_this_process):
    beside = """\
# %% [markdown]
# It is there.

# %%
import os
from pathlib import Path

seed = os.environ["DIMLEARN_SEED"]
file = Path(os.environ["DIMLEARN_PROGRESS"]).parent / "yours.txt"
"""
    claim = """
# %% tags=["claim"]
# It is there.
assert file.exists() and file.read_text() == seed
"""
    read(tmp_path, f"{beside}file.write_text(seed)\n{claim}")
    (tmp_path / "solutions" / "02_later.py").write_text(beside + claim)
    assert claims.verify_claims(tmp_path, seeds=3, say=lambda text: None)
    assert not claims.verify_claims(tmp_path, names=["02"], seeds=1, say=lambda text: None)


def test_a_lesson_without_claims_is_told(tmp_path):
    said = []
    read(tmp_path, SOURCE.split("# %% tags")[0])
    assert claims.verify_claims(tmp_path, seeds=3, say=said.append)
    assert said == ["01_seeds: no claims"]
    with pytest.raises(InputError, match="no lesson 07"):
        claims.verify_claims(tmp_path, names=["07"])


def test_a_lesson_that_fails_bears_out_nothing(tmp_path, in_this_process):
    said = []
    read(tmp_path, SOURCE.replace("after = seed", "after = 1 / seed * seed"))
    assert not claims.verify_claims(tmp_path, seeds=1, say=said.append)
    assert "with seed 0 a cell failed: ZeroDivisionError" in said[1]
    assert said[2].startswith("   0 of 1 ") and said[3].startswith("   0 of 1 ")


def test_a_claim_that_cannot_be_tried_is_no_claim_that_fails(tmp_path, in_this_process):
    read(tmp_path, SOURCE.replace("assert number == seed", "assert number == sed"))
    with pytest.raises(InputError, match="'It goes on.' cannot be tried, with seed 0: NameError"):
        claims.verify_claims(tmp_path, say=lambda text: None)


@pytest.mark.slow
def test_a_kernel_goes_on_after_a_claim_that_fails(tmp_path):
    read(tmp_path, SOURCE)
    said = []
    assert not claims.verify_claims(tmp_path, seeds=2, say=said.append)
    assert said[1:] == ["   1 of 2  Large seeds are larger than small ones. <-",
                        "   2 of 2  It goes on."]  # fmt: skip


@pytest.mark.weekly
def test_nbval_and_build_fail_at_a_claim_that_does_not_hold(tmp_path, monkeypatch):
    monkeypatch.delenv("DIMLEARN_SEED", raising=False)
    read(tmp_path, SOURCE)
    authoring.build(tmp_path, say=lambda text: None)
    solution, lesson = (tmp_path / folder / "01_seeds.ipynb" for folder in ("solutions", "lessons"))
    assert kernels.run_nbval(solution).passed
    solution.write_text(solution.read_text().replace("not in (1, 2)", "!= 0"))
    assert not kernels.run_nbval(solution).passed and kernels.run_nbval(lesson).passed
    read(tmp_path, SOURCE.replace("not in (1, 2)", "> 0"))
    with pytest.raises(InputError, match="a cell failed: AssertionError"):
        authoring.build(tmp_path, say=lambda text: None)
