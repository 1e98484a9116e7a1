"""One source for each lesson: what is generated from it, and what is refused."""

import ast
import json
import os
import re
import shutil

import jupytext
import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dimlearn import InputError
from dimlearn.course import authoring, kernels, lesson_source

SOURCE = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A lesson

# %%
secret = 1


# %% tags=["solution"]
def double(x):
    \"\"\"Twice x.\"\"\"
    answer = 2 * x
    return answer


def faded(x):
    \"\"\"Half of x.\"\"\"
    y = x / 4
    # Yours: the other half.
    hidden = y
    return y + hidden


# %% tags=["nbval-check-output"]
print("seen", secret)

# %% tags=["solution-only"]
assert double(2) == 4
"""

RULES = {
    "a check that is not compared": ("check.entropy(entropy)", [], "needs the tag"),
    "an unknown tag": ("1", ["answer"], "unknown tags"),
    "a marker without the tag": ("def f():\n    # Yours: it.\n    return 1", [], "belongs into"),
    "more than functions": ("x = 1\ndef f():\n    'Doc.'\n    return x", ["solution"], "functions"),
    "a comment before": ("# 42\ndef f():\n    'Doc.'\n    return 42", ["solution"], "before"),
    "no docstring": ("def f():\n    return 1", ["solution"], "no docstring"),
    "not Python": ("def f(:", ["solution"], "not Python"),
    "an answer outside the block": (
        "def f(x):\n    'Doc.'\n    for i in x:\n        # Yours: add.\n        pass\n    return 3",
        ["solution"], "rest of the function",
    ),
    "nothing left to do": (
        "def f(x):\n    'Doc.'\n    return x\n    # Yours: nothing.", ["solution"], "rest of",
    ),
}  # fmt: skip


@pytest.fixture
def root(tmp_path):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "01_little.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def built(root, monkeypatch):
    """Built with a stand-in for the kernel, which takes seconds to start."""
    monkeypatch.setattr(authoring, "run_for_outputs", stand_in)
    authoring.build(root, say=lambda text: None)
    return root


def stand_in(notebook, folder, say):
    output = nbformat.v4.new_output("stream", name="stdout", text="seen 1\n")
    return {
        cell.id: (3, [output])
        for cell in lesson_source.code_cells(notebook)
        if lesson_source.COMPARED in cell.metadata.get("tags", [])
    }


def contents(root):
    return {
        p.relative_to(root).as_posix(): p.read_text(encoding="utf-8") for p in root.glob("*s/*.*")
    }


# ---------------------------------------------------------------- generation


def test_four_files_and_the_same_every_time(built):
    before = contents(built)
    assert sorted(before) == [
        "lessons/01_little.ipynb", "lessons/01_little.py",
        "solutions/01_little.ipynb", "solutions/01_little.py",
    ]  # fmt: skip
    assert authoring.build(built) == [] and authoring.problems(built) == []
    authoring.build(built, record_all=True, say=lambda text: None)
    assert contents(built) == before
    assert before["solutions/01_little.py"] == SOURCE


def test_nothing_of_the_answer_is_left(built):
    files = contents(built)
    for name in ("lessons/01_little.py", "lessons/01_little.ipynb"):
        assert not re.search(r"answer|hidden|assert|return", files[name])
        assert files[name].count("raise NotImplementedError") == 2
        assert "y = x / 4" in files[name] and "# Yours: the other half." in files[name]


def test_a_stub_is_to_do_for_python_too(built):
    names = {}
    cells = nbformat.read(built / "lessons/01_little.ipynb", 4).cells
    exec(cells[2].source, names)
    for name in ("double", "faded"):
        with pytest.raises(NotImplementedError):
            names[name](1)
    assert names["double"].__doc__ == "Twice x."


def test_both_files_of_a_pair_hold_the_same(built):
    """What Jupytext would write when JupyterLab saves the notebook is the script, byte by byte."""
    for folder in ("lessons", "solutions"):
        notebook = jupytext.read(built / folder / "01_little.ipynb")
        assert jupytext.writes(notebook, "py:percent") == contents(built)[f"{folder}/01_little.py"]


@pytest.mark.slow
@pytest.mark.parametrize("lesson", authoring.lessons(), ids=lambda lesson: lesson.name)
def test_opened_and_saved_in_jupyter_nothing_changes(lesson, tmp_path):
    """Through Jupytext's contents manager, and whichever file of the pair is the newer one."""
    shutil.copy(authoring.ROOT / "pyproject.toml", tmp_path)
    manager = jupytext.TextFileContentsManager()
    manager.root_dir = str(tmp_path)
    for path in (lesson.notebook, lesson.solution):
        pair = [path, path.with_suffix(".py")]
        names = [file.relative_to(authoring.ROOT).as_posix() for file in pair]
        (tmp_path / names[0]).parent.mkdir()
        for file, name in zip(pair, names):
            shutil.copy(file, tmp_path / name)
        content = manager.get(names[0])["content"]
        manager.save({"type": "notebook", "format": "json", "content": content}, names[0])
        for file, name in zip(pair, names):
            assert (tmp_path / name).read_text(encoding="utf-8") == file.read_text(encoding="utf-8")
            for other in names:
                os.utime(tmp_path / other, (0, 1e9 if other == name else 2e9))
            assert manager.get(name)["content"]["cells"]


def test_ids_are_stable_and_shared(built):
    def ids(folder):
        cells = nbformat.read(built / folder / "01_little.ipynb", 4).cells
        return {cell.source: cell.id for cell in cells}

    before = ids("solutions")
    assert set(ids("lessons").values()) < set(before.values())
    source = built / "solutions/01_little.py"
    source.write_text(
        SOURCE.replace("# %%\nsecret", "# %%\nnew = 0\n\n# %%\nsecret"), encoding="utf-8"
    )
    authoring.build(built, say=lambda text: None)
    assert before.items() < ids("solutions").items()


def test_notebooks_hold_no_clock_version_or_path(built):
    for name, text in contents(built).items():
        assert str(built) not in text and "jupytext_version" not in text
        if name.endswith(".ipynb"):
            notebook = json.loads(text)
            assert notebook["metadata"] == lesson_source.METADATA
            assert all(set(cell["metadata"]) <= {"tags"} for cell in notebook["cells"])


def test_only_compared_cells_keep_outputs(built):
    for folder in ("lessons", "solutions"):
        for cell in lesson_source.code_cells(nbformat.read(built / folder / "01_little.ipynb", 4)):
            compared = lesson_source.COMPARED in cell.metadata.get("tags", [])
            assert bool(cell.outputs) == compared == (cell.execution_count is not None)


# ---------------------------------------------------------------- out of step


@pytest.mark.parametrize("name", [
    "lessons/01_little.py", "lessons/01_little.ipynb", "solutions/01_little.ipynb",
])  # fmt: skip
@pytest.mark.parametrize("change", ["edited", "missing", "damaged"])
def test_what_is_out_of_step_is_found_and_mended(built, name, change):
    file, before = built / name, contents(built)
    if change == "missing":
        file.unlink()
    else:
        text = file.read_text(encoding="utf-8")
        file.write_text(
            text.replace("A lesson", "B") if change == "edited" else text[:100], encoding="utf-8"
        )
    (problem,) = authoring.problems(built)
    assert problem.startswith(name)
    assert authoring.build(built, say=lambda text: None) == [file]
    assert contents(built) == before


def test_a_changed_source_is_out_of_step_everywhere(built):
    (built / "solutions/01_little.py").write_text(
        SOURCE.replace("secret", "open"), encoding="utf-8"
    )
    assert len(authoring.problems(built)) == 3


@pytest.mark.parametrize("folder", ["lessons", "solutions"])
@pytest.mark.parametrize("lost", ["execution_count", "outputs"])
def test_a_check_without_its_output_would_pass_in_silence_and_is_found(built, folder, lost):
    file = built / folder / "01_little.ipynb"
    notebook = json.loads(file.read_text(encoding="utf-8"))
    (cell,) = [c for c in notebook["cells"] if "nbval" in str(c["metadata"])]
    cell[lost] = None if lost == "execution_count" else []
    file.write_text(json.dumps(notebook), encoding="utf-8")
    assert "output of a check" in "".join(authoring.problems(built))


def test_files_without_a_source_go(built):
    orphan = built / "lessons" / "02_gone.ipynb"
    orphan.write_text("{}", encoding="utf-8")
    assert authoring.problems(built) == ["lessons/02_gone.ipynb has no source"]
    assert authoring.build(built) == [orphan] and not orphan.exists()


@pytest.mark.parametrize("rule", RULES)
def test_what_a_source_must_not_do(root, rule):
    source, tags, words = RULES[rule]
    cell = f"# %% tags={json.dumps(tags)}\n{source}\n" if tags else f"# %%\n{source}\n"
    (root / "solutions" / "01_little.py").write_text(cell, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        authoring.build(root)
    assert not (root / "lessons").exists()


LINES = [
    "def f(x):", '    """Doc."""', "    # Yours: the rest", "    secret = x", "    return secret",
    "def g(x): 'Doc.'; return secret", "    'Doc.'; secret = 1", "    '''", "@secret", "x = 1",
    "    '''Doc, \u2028 with\x0c odd line ends.'''", "\0", "\t", "\x0c", "(" * 300, "\ud800", "",
    "    class A: pass", "async def h(): 'Doc.'", "    é = 'Doc.'", "\r",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=7).map("\n".join))
def test_whatever_a_solution_cell_holds(source):
    """Found by chance: it is a stub that is Python and ends in its mark, or one sentence."""
    try:
        stub = lesson_source.stub_of(source)
    except InputError as error:
        assert str(error).startswith("this cell: ")
        return
    for function in ast.parse(stub).body:
        assert ast.unparse(function.body[-1]) == "raise NotImplementedError"
        if "# Yours:" not in source:
            assert len(function.body) == 2 and "secret" not in ast.unparse(function.body)


def test_without_sources_one_sentence(tmp_path):
    with pytest.raises(InputError, match="in a clone of the project"):
        authoring.build(tmp_path)


# ---------------------------------------------------------------- verification


@pytest.mark.parametrize("passed, seconds, good", [
    (True, 1.0, True), (False, 1.0, False), (True, kernels.BUDGET + 1, False),
])  # fmt: skip
def test_verify_wants_every_notebook_to_pass_in_time(built, monkeypatch, passed, seconds, good):
    seen, said = [], []

    def run(path):
        seen.append(path.relative_to(built).as_posix())
        return kernels.Run(path, passed, seconds, "what nbval printed")

    monkeypatch.setattr(authoring, "run_nbval", run)
    assert authoring.verify(built, say=said.append) is good
    assert seen == ["lessons/01_little.ipynb", "solutions/01_little.ipynb"]
    assert f"{2 * seconds:.1f} s in all" in said[-1]
    assert ("what nbval printed" in said) is not passed


def test_verify_of_a_lesson_that_is_not_there(built):
    with pytest.raises(InputError, match="no lesson"):
        authoring.verify(built, names=["77"])


def test_verify_runs_nothing_that_is_out_of_step(built, monkeypatch):
    monkeypatch.setattr(authoring, "run_nbval", None)
    (built / "lessons" / "01_little.py").unlink()
    assert authoring.verify(built, say=lambda text: None) is False


# ---------------------------------------------------------------- with a real kernel


@pytest.mark.slow
def test_a_kernel_records_what_nbval_compares(root):
    authoring.build(root, say=lambda text: None)
    file = root / "lessons/01_little.ipynb"
    assert '"seen 1\\n"' in file.read_text(encoding="utf-8")
    assert kernels.run_nbval(file).passed
    file.write_text(file.read_text(encoding="utf-8").replace("seen 1", "seen 2"), encoding="utf-8")
    run = kernels.run_nbval(file)
    assert not run.passed and "seen 2" in run.text


@pytest.mark.slow
def test_a_cell_that_fails_is_told_and_nothing_is_recorded(root):
    source, said = root / "solutions" / "01_little.py", []
    source.write_text(SOURCE.replace("secret = 1", "secret = 1 / 0"), encoding="utf-8")
    with pytest.raises(InputError, match="^a cell failed: ZeroDivisionError: division by zero$"):
        authoring.build(root, say=said.append)
    assert said[0] == "running solutions/01_little.ipynb"
    assert "secret = 1 / 0" in said[1] and "Traceback" in said[1]
    assert not (root / "solutions/01_little.ipynb").exists()


@pytest.mark.slow
def test_a_check_that_shows_nothing_is_told(root):
    source = root / "solutions" / "01_little.py"
    source.write_text(SOURCE.replace('print("seen", secret)', "seen = secret"), encoding="utf-8")
    with pytest.raises(InputError, match="'seen = secret' shows nothing"):
        authoring.build(root, say=lambda text: None)


# ---------------------------------------------------------------- the lessons themselves


def test_the_project_is_in_step():
    assert authoring.problems() == []
