"""One source for each lesson: what is generated from it, and the proof that it is in step.

`solutions/NN_name.py` is written by hand, as a Jupytext percent script. From it `dimlearn build`
makes its notebook `solutions/NN_name.ipynb` and the pair that learners open,
`lessons/NN_name.py` and `lessons/NN_name.ipynb`. Tags on the cells say what becomes of them:

    solution             functions that learners write. In the lesson the body of each is
                         `raise NotImplementedError`; with a comment `# Yours: ...` in it (a faded
                         exercise) everything above the comment stays, and what follows it in its
                         block goes.
    solution-only        not in the lesson at all
    nbval-check-output   the output is recorded, and compared when the notebook is verified; every
                         cell that calls a check must have it, or it would be run and not compared

A new lesson is one file: write `solutions/NN_name.py` (copy the header of another), tag its cells,
run `dimlearn build`, then `dimlearn verify NN`, and open lessons/NN_name.ipynb in JupyterLab. The
tests find it by themselves. Edited in JupyterLab, solutions/NN_name.ipynb writes its script when
it is saved; `dimlearn build` does the rest. When the words of a check have changed, its recorded
output is renewed by `dimlearn build --record`.

The same source gives the same files, byte by byte: cell ids are hashes, only checks keep outputs
(their words never change), and no version, time or path is written. `dimlearn build` runs a
notebook only when its code has changed.
"""

import ast
import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from dimlearn.check.syllabus import LESSON_OF
from dimlearn.errors import InputError

ROOT = Path(__file__).resolve().parent.parent
SOLUTION, SOLUTION_ONLY, COMPARED = "solution", "solution-only", "nbval-check-output"
TAGS = {SOLUTION, SOLUTION_ONLY, COMPARED}
YOURS = re.compile(r"^( +)# Yours: ", re.MULTILINE)
CHECK_CALL = re.compile(rf"\bcheck\.({'|'.join(LESSON_OF)})\(")
CELL_SECONDS = 300  # the longest that a single cell may take
BUDGET = 90  # seconds for all cells of a notebook, with the start of its kernel

# The header of the scripts, and what tells Jupytext to keep it so when JupyterLab saves the pair.
METADATA = {
    "jupytext": {
        "cell_metadata_filter": "tags,-all",
        "notebook_metadata_filter": "kernelspec,-jupytext",
    },
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
}


# ---------------------------------------------------------------- from the source to the lesson


def read_source(path):
    """The notebook of a hand-written percent script, with stable ids; `InputError` if it breaks
    a rule of this module."""
    import jupytext
    import nbformat

    cells, seen = [], {}
    for cell in jupytext.reads(path.read_text(encoding="utf-8"), "py:percent").cells:
        tags = cell.metadata.get("tags", [])
        check_cell(path, cell, tags)
        new = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
        kept = new[cell.cell_type](cell.source, metadata={"tags": tags} if tags else {})
        seen[cell.source] = seen.get(cell.source, 0) + 1
        kept["id"] = cell_id(path.stem, cell.source, seen[cell.source])
        cells.append(kept)
    return nbformat.v4.new_notebook(cells=cells, metadata=json.loads(json.dumps(METADATA)))


def cell_id(name, source, occurrence):
    """The same for a cell in lesson and solution; another cell's change leaves it alone."""
    return hashlib.sha1(f"{name}\n{occurrence}\n{source}".encode()).hexdigest()[:8]


def check_cell(path, cell, tags):
    """Raise `InputError` for a cell whose tags and content do not go together."""
    where = f"{path.name}, in the cell that begins {cell.source.strip()[:40]!r}:"
    if cell.cell_type not in ("code", "markdown"):
        raise InputError(f"{where} only code and markdown cells, not {cell.cell_type}")
    unknown = set(tags) - TAGS
    if unknown:
        raise InputError(f"{where} unknown tags {sorted(unknown)}; known are {sorted(TAGS)}")
    if cell.cell_type != "code":
        return
    if CHECK_CALL.search(cell.source) and COMPARED not in tags:
        raise InputError(f"{where} it calls a check, so it needs the tag {COMPARED}")
    if YOURS.search(cell.source) and SOLUTION not in tags:
        raise InputError(f"{where} '# Yours:' belongs into a cell with the tag {SOLUTION}")
    if SOLUTION in tags:
        stub_of(cell.source, where)


def stub_of(source, where="this cell:"):
    """The lesson's text of a solution cell: every function a stub, nothing of the answer left.

    `source`: functions and nothing else. Raises `InputError` for anything else beside them, and
    for a faded function that does not end where `# Yours:` says.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise InputError(f"{where} not Python ({error.msg}, line {error.lineno})") from None
    if not tree.body or not all(isinstance(node, ast.FunctionDef) for node in tree.body):
        raise InputError(f"{where} a solution cell holds functions and nothing else")
    lines = source.splitlines()
    starts = [function_start(node) for node in tree.body] + [len(lines) + 1]
    if any(line.strip() for line in lines[: starts[0] - 1]):
        raise InputError(f"{where} nothing may stand before the first function")
    stubs = [
        stub_of_function(node, lines[start - 1 : end - 1], start, where)
        for node, start, end in zip(tree.body, starts, starts[1:])
    ]
    return "\n\n\n".join("\n".join(stub) for stub in stubs)


def function_start(node):
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def stub_of_function(node, lines, start, where):
    """The lines of one function from its first line on, as a stub."""
    marks = [index for index, line in enumerate(lines) if YOURS.match(line)]
    if len(marks) > 1:
        raise InputError(f"{where} more than one '# Yours:' in {node.name}")
    if marks:
        indent = YOURS.match(lines[marks[0]]).group(1)
        rest = [line for line in lines[marks[0] + 1 :] if line.strip()]
        if not rest or not all(line.startswith(indent) for line in rest):
            raise InputError(f"{where} what follows '# Yours:' in {node.name} must be the rest of "
                             "the function, in the same block")  # fmt: skip
        return [*lines[: marks[0] + 1], f"{indent}raise NotImplementedError"]
    first = node.body[0]
    if not ast.get_docstring(node):
        raise InputError(f"{where} {node.name} has no docstring to say what is asked")
    indent = " " * first.col_offset
    return [*lines[: first.end_lineno - start + 1], f"{indent}raise NotImplementedError"]


def lesson_of(solution):
    """The lesson's notebook from the solution's."""
    import nbformat

    cells = []
    for cell in solution.cells:
        tags = cell.metadata.get("tags", [])
        if SOLUTION_ONLY in tags:
            continue
        copy = nbformat.from_dict({**cell, "metadata": {"tags": list(tags)} if tags else {}})
        if SOLUTION in tags:
            copy.source = stub_of(cell.source)
        cells.append(copy)
    metadata = json.loads(json.dumps(METADATA))
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


# ---------------------------------------------------------------- files


@dataclass(frozen=True)
class Lesson:
    """The four files of a lesson below a root: the source and what is generated from it."""

    root: Path
    name: str

    @property
    def source(self):
        return self.root / "solutions" / f"{self.name}.py"

    @property
    def solution(self):
        return self.source.with_suffix(".ipynb")

    @property
    def script(self):
        return self.root / "lessons" / f"{self.name}.py"

    @property
    def notebook(self):
        return self.script.with_suffix(".ipynb")

    def texts(self):
        """What the two scripts have to hold: `{path: text}`. The source in Jupytext's form."""
        import jupytext

        solution = read_source(self.source)
        pairs = {self.source: solution, self.script: lesson_of(solution)}
        return {path: jupytext.writes(nb, fmt="py:percent") for path, nb in pairs.items()}

    def notebooks(self):
        """What the two notebooks have to hold, outputs aside: `{path: notebook}`."""
        solution = read_source(self.source)
        return {self.solution: solution, self.notebook: lesson_of(solution)}


def lessons(root=ROOT):
    """All lessons below a root, in their order."""
    sources = sorted((Path(root) / "solutions").glob("[0-9][0-9]_*.py"))
    if not sources:
        raise InputError(f"there are no lessons to build in {Path(root) / 'solutions'}: run this "
                         "in a clone of the project")  # fmt: skip
    return [Lesson(Path(root), path.stem) for path in sources]


def build(root=ROOT, record_all=False, say=print):
    """Write every generated file that is out of step; returns the paths that were written.

    A notebook whose code has changed is run, to record what its checks say; with `record_all`
    every notebook is. Raises `InputError` for a source that breaks a rule.
    """
    written = []
    for lesson in lessons(root):
        for path, text in lesson.texts().items():
            written += write_if_changed(path, text)
        for path, notebook in lesson.notebooks().items():
            recorded = None if record_all else recorded_outputs(path, notebook)
            if recorded is None:
                say(f"running {path.relative_to(root)}")
                recorded = run_for_outputs(notebook, path.parent)
            written += write_if_changed(path, with_outputs(notebook, recorded))
    for path in stale(root):
        path.unlink()
        written.append(path)
    return written


def problems(root=ROOT):
    """What is out of step, one sentence each; nothing is run and nothing written."""
    found = []
    for lesson in lessons(root):
        for path, text in lesson.texts().items():
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                found.append(f"{path.relative_to(root)} is not what its source says")
        for path, notebook in lesson.notebooks().items():
            recorded = recorded_outputs(path, notebook)
            if recorded is None:
                found.append(f"{path.relative_to(root)} lacks a cell or the output of a check")
            elif path.read_text(encoding="utf-8") != with_outputs(notebook, recorded):
                found.append(f"{path.relative_to(root)} is not what its source says")
    found += [f"{path.relative_to(root)} has no source" for path in stale(root)]
    return found


def stale(root):
    """Generated files whose source is gone."""
    names = {lesson.name for lesson in lessons(root)}
    generated = [
        *Path(root).glob("lessons/[0-9][0-9]_*.py"),
        *Path(root).glob("lessons/[0-9][0-9]_*.ipynb"),
        *Path(root).glob("solutions/[0-9][0-9]_*.ipynb"),
    ]
    return sorted(path for path in generated if path.stem not in names)


def write_if_changed(path, text):
    """The path in a list if its text was not this already, and now is."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return []
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    os.replace(temporary, path)
    return [path]


# ---------------------------------------------------------------- outputs of the checks


def recorded_outputs(path, notebook):
    """The outputs of the compared cells of an existing file, `{cell id: (count, outputs)}`.

    None when its code is not the notebook's, or when a compared cell has no recorded output.
    """
    import nbformat

    try:
        old = nbformat.read(path, as_version=4)
    except (OSError, ValueError):  # missing, or not a notebook
        return None
    if code_of(old) != code_of(notebook):
        return None
    recorded = {}
    for cell, now in zip(code_cells(old), code_cells(notebook)):
        if COMPARED in now.metadata.get("tags", []):
            if cell.execution_count is None or not cell.outputs:
                return None
            recorded[now.id] = (cell.execution_count, cell.outputs)
    return recorded


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def code_of(notebook):
    return [(cell.source, list(cell.metadata.get("tags", []))) for cell in code_cells(notebook)]


def run_for_outputs(notebook, folder):
    """Run a notebook in a folder; the outputs of its compared cells, as in `recorded_outputs`.

    Raises `InputError` with the error of the cell that failed, or that recorded nothing.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    copy = nbformat.from_dict(json.loads(json.dumps(notebook)))
    client = NotebookClient(
        copy,
        timeout=CELL_SECONDS,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    folder.mkdir(exist_ok=True)
    with learner_like() as environment:
        try:
            client.execute(env=environment)
        except CellExecutionError as error:
            raise InputError(f"a cell failed:\n{error}") from None
    recorded = {}
    for count, cell in enumerate(code_cells(copy), start=1):
        if COMPARED in cell.metadata.get("tags", []):
            outputs = [{**output, "execution_count": count} if "execution_count" in output
                       else output for output in cell.outputs]  # fmt: skip
            if not outputs:
                raise InputError(f"a check shows nothing: end its cell with the feedback\n"
                                 f"{cell.source}")  # fmt: skip
            recorded[cell.id] = (count, outputs)
    return recorded


@contextlib.contextmanager
def learner_like():
    """The environment in which notebooks run: the present one, with a progress file of their own
    and not the author's."""
    with tempfile.TemporaryDirectory() as folder:
        yield {**os.environ, "DIMLEARN_PROGRESS": str(Path(folder) / "dimlearn-progress.json")}


def with_outputs(notebook, recorded):
    """The text of the `.ipynb`: the recorded outputs in their cells, none elsewhere."""
    import nbformat

    for cell in code_cells(notebook):
        cell.execution_count, cell.outputs = recorded.get(cell.id, (None, []))
        cell.outputs = [nbformat.from_dict(output) for output in cell.outputs]
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


# ---------------------------------------------------------------- verification


@dataclass(frozen=True)
class Run:
    """One notebook under nbval: did it pass, how long did it take, what was printed."""

    path: Path
    passed: bool
    seconds: float
    text: str


def run_nbval(path, **more):
    """Every cell of a notebook in a new kernel, the outputs of its checks compared.

    `more`: further environment variables. May be called in several threads.
    """
    began = time.monotonic()
    with learner_like() as environment:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-current-env", "-q",
             f"--nbval-cell-timeout={CELL_SECONDS}", "-p", "no:cacheprovider",
             "--override-ini=addopts=", str(path)],
            capture_output=True, text=True, env={**environment, **more},
        )  # fmt: skip
    return Run(path, done.returncode == 0, time.monotonic() - began, done.stdout + done.stderr)


def verify(root=ROOT, names=(), say=print):
    """True when all generated files are in step and every lesson and solution runs under nbval.

    `names`: only lessons whose names start so ("01"). Says what was measured, one line each.
    """
    found = problems(root)
    for problem in found:
        say(f"out of step: {problem}")
    if found:
        say("run `dimlearn build`")
        return False
    chosen = [one for one in lessons(root) if not names or one.name.startswith(tuple(names))]
    if not chosen:
        raise InputError(f"there is no lesson {' or '.join(names)}")
    good, total = True, 0.0
    for lesson in chosen:
        for path in (lesson.notebook, lesson.solution):
            run = run_nbval(path)
            total += run.seconds
            good = good and run.passed and run.seconds <= BUDGET
            word = "passed" if run.passed else "FAILED"
            say(f"{word}  {run.seconds:5.1f} s of {BUDGET} s  {path.relative_to(root)}")
            if not run.passed:
                say(run.text)
    say(f"{total:.1f} s in all")
    return good
