"""One source for each lesson: what is generated from it, and the proof that it is in step.

`solutions/NN_name.py` is written by hand, as a Jupytext percent script. From it `dimlearn build`
makes its notebook `solutions/NN_name.ipynb` and the pair that learners open,
`lessons/NN_name.py` and `lessons/NN_name.ipynb`. Tags on the cells say what becomes of them:

    solution             functions that learners write. In the lesson the body of each is
                         `raise NotImplementedError`; with a comment `# Yours: ...` in it (a faded
                         exercise) everything above the comment stays, and what follows it in its
                         block goes.
    solution-only        not in the lesson at all
    claim                assertions that carry a sentence of the text, not in the lesson either; the
                         cell begins with the sentence as a comment (`dimlearn verify --claims`)
    nbval-check-output   the output is recorded, and compared when the notebook is verified; every
                         cell that calls a check must have it, or it would be run and not compared

A new lesson is one file: write `solutions/NN_name.py` (copy the header of another), tag its cells,
run `dimlearn build`, then `dimlearn verify NN`, and open lessons/NN_name.ipynb in JupyterLab. The
tests find it by themselves. Edited in JupyterLab, solutions/NN_name.ipynb writes its script when
it is saved; `dimlearn build` does the rest. When the words of a check have changed, its recorded
output is renewed by `dimlearn build --record`.

What takes too long for a lesson is recorded: see `dimlearn.course.recorded`. Chance in a lesson
comes from `dimlearn.startup.run_seed`, so that `DIMLEARN_SEED` decides all of it.

The same source gives the same files, byte by byte: cell ids are hashes, only checks keep outputs
(their words never change), and no version, time or path is written. `dimlearn build` runs a
notebook only when its code has changed.
"""

from dataclasses import dataclass
from pathlib import Path

from dimlearn.course.kernels import BUDGET, run_for_outputs, run_nbval
from dimlearn.course.lesson_source import COMPARED, code_cells, code_of, lesson_of, read_source
from dimlearn.errors import InputError
from dimlearn.files import write_text

ROOT = Path(__file__).resolve().parents[2]


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


def lessons(root=ROOT, names=()):
    """All lessons below a root, in their order, or those whose names start so ("01")."""
    sources = sorted((Path(root) / "solutions").glob("[0-9][0-9]_*.py"))
    if not sources:
        raise InputError(f"""there are no lessons to build in {Path(root) / "solutions"}:
                         run this in a clone of the project""")
    found = [path.stem for path in sources if not names or path.stem.startswith(tuple(names))]
    if not found:
        raise InputError(f"there is no lesson {' or '.join(names)}")
    return [Lesson(Path(root), name) for name in found]


def build(root=ROOT, record_all=False, say=print, names=()):
    """Write every generated file that is out of step; returns the paths that were written.

    A notebook whose code has changed is run, to record what its checks say; with `record_all`
    every notebook is. `say(text)` is told what runs; `names`: only lessons whose names start so
    ("01"). Raises `InputError` for a source that breaks a rule and for a cell that fails.
    """
    written = []
    for lesson in lessons(root, names):
        for path, text in lesson.texts().items():
            written += write_if_changed(path, text)
        for path, notebook in lesson.notebooks().items():
            recorded = None if record_all else recorded_outputs(path, notebook)
            if recorded is None:
                say(f"running {path.relative_to(root)}")
                recorded = run_for_outputs(notebook, path.parent, say)
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
    write_text(path, text)
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


def with_outputs(notebook, recorded):
    """The text of the `.ipynb`: the recorded outputs in their cells, none elsewhere."""
    import nbformat

    for cell in code_cells(notebook):
        cell.execution_count, cell.outputs = recorded.get(cell.id, (None, []))
        cell.outputs = [nbformat.from_dict(output) for output in cell.outputs]
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


# ---------------------------------------------------------------- verification


def verify(root=ROOT, names=(), say=print):
    """True when all generated files are in step and every lesson and solution runs under nbval.

    `names`: only lessons whose names start so ("01"). `say(text)` is told what was measured, one
    line for each notebook.
    """
    found = problems(root)
    for problem in found:
        say(f"out of step: {problem}")
    if found:
        say("run `dimlearn build`")
        return False
    good, total = True, 0.0
    for lesson in lessons(root, names):
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
