"""Notebooks run in kernels of their own: to record what their checks say, and to compare it."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from dimlearn.course.lesson_source import COMPARED, code_cells, has_tag
from dimlearn.errors import InputError

CELL_SECONDS = 300  # the longest that a single cell may take
BUDGET = 90  # processor seconds for all cells of a notebook, with the start of its kernel


@contextlib.contextmanager
def learner_like():
    """The environment in which notebooks run: the present one, with a progress file of their own
    and not the author's."""
    with tempfile.TemporaryDirectory() as folder:
        yield {**os.environ, "DIMLEARN_PROGRESS": str(Path(folder) / "dimlearn-progress.json")}


def run_for_outputs(notebook, folder, say=print):
    """Run a notebook in a folder; the outputs of its compared cells, as in `recorded_outputs`.

    Raises `InputError` for a cell that failed or that showed nothing to record.
    """
    done = run(notebook, folder, say)
    return {
        cell.id: (count, outputs_of(cell, count))
        for count, cell in enumerate(code_cells(done), start=1)
        if has_tag(cell, COMPARED)
    }


def run(notebook, folder, say=print, may_fail=None, **more):
    """A copy of a notebook with its outputs, run in a folder and a kernel of its own.

    Raises `InputError` for a cell that failed, whose traceback `say(text)` is told. A cell with the
    tag `may_fail` may, and the others go on. `more`: further environment variables.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    copy = nbformat.from_dict(json.loads(json.dumps(notebook)))
    for cell in copy.cells:
        if has_tag(cell, may_fail):
            cell.metadata.tags.append("raises-exception")  # nbclient's word for it
    client = NotebookClient(
        copy,
        timeout=CELL_SECONDS,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    folder.mkdir(exist_ok=True)
    with learner_like() as environment:
        try:
            return client.execute(env={**environment, **more})
        except CellExecutionError as error:
            say(str(error))
            raise InputError(f"a cell failed: {error.ename}: {error.evalue}") from None


def outputs_of(cell, count):
    """What a cell showed, counted as if it ran in its turn; `InputError` if it showed nothing."""
    if not cell.outputs:
        where = cell.source.strip()[:40]
        raise InputError(f"""the cell that begins {where!r} shows nothing to be compared:
                         end it with the feedback of its check""")
    for output in cell.outputs:
        if "execution_count" in output:
            output["execution_count"] = count
    return cell.outputs


@dataclass(frozen=True)
class Run:
    """One notebook under nbval: did it pass, the processor seconds it took, what was printed."""

    path: Path
    passed: bool
    seconds: float
    text: str


def run_nbval(path, **more):
    """Every cell of a notebook in a new kernel, the outputs of its checks compared.

    `more`: further environment variables. May be called in several threads.
    """
    nbval = ["--nbval-lax", "--nbval-current-env", f"--nbval-cell-timeout={CELL_SECONDS}"]
    bare = ["-q", "-p", "no:cacheprovider", "--override-ini=addopts="]
    command = [sys.executable, "-m", "pytest", *nbval, *bare, str(path)]
    with learner_like() as environment, tempfile.TemporaryFile("w+", encoding="utf-8") as printed:
        process = subprocess.Popen(
            command, stdout=printed, stderr=subprocess.STDOUT, env={**environment, **more}
        )
        status, seconds = wait_for(process)
        printed.seek(0)
        return Run(path, status == 0, seconds, printed.read())


def wait_for(process):
    """The exit status of a process, and the processor seconds that it and its own children took:
    the clock would measure what else the machine does. (Windows has the clock only.)"""
    began = time.monotonic()
    if not hasattr(os, "wait4"):
        return process.wait(), time.monotonic() - began
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used.ru_utime + used.ru_stime
