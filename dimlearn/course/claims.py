"""Claims: sentences of a lesson with assertions beside them, tried with one seed after another.

A claim is a code cell of `solutions/NN_name.py` with the tag `claim`. It begins with a comment, the
sentence that it carries, which stands in a text cell of the same lesson; assertions follow:

    # %% tags=["claim"]
    # InfoNCE has bias and little variance
    assert read[..., 2].std() < read[..., 0].std()

Learners' copies have no claims. nbval runs them with the seed 0 and fails at one that does not
hold. Here a lesson runs once for each seed (`DIMLEARN_SEED`, see `dimlearn.startup.run_seed`), and
a claim that fails stops nothing: it is counted. A seed is a learner: what one lesson saves, such as
the encoder of lesson 8, the next one finds.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from dimlearn.check.progress_file import FILE
from dimlearn.course.authoring import ROOT, lessons
from dimlearn.course.kernels import run
from dimlearn.course.lesson_source import CLAIM, has_tag, read_source, sentence_of
from dimlearn.errors import InputError

ENOUGH = 0.9  # of all seeds, for a sentence in the indicative


@dataclass(frozen=True)
class Claim:
    """A sentence of a lesson, and in how many of how many runs its assertions held."""

    lesson: str
    sentence: str
    held: int
    runs: int

    @property
    def holds(self):
        return self.held >= ENOUGH * self.runs


def verify_claims(root=ROOT, names=(), seeds=10, say=print):
    """True when every claim holds with 9 of 10 seeds; `say(text)` is told the table.

    `names`: only lessons whose names start so ("03"). Raises `InputError` for a claim that fails
    by another error than an assertion.
    """
    good = True
    with tempfile.TemporaryDirectory() as learners:
        for lesson in lessons(root, names):
            for claim in tried(lesson, range(seeds), Path(learners), say):
                good = good and claim.holds
                say(f"{claim.held:4} of {claim.runs}  {claim.sentence}" + " <-" * (not claim.holds))
    return good


def tried(lesson, seeds, learners, say=print):
    """The claims of a lesson, a `Claim` each, after a run with each of the seeds.

    What the run with a seed saves is in a folder of its own in `learners`.
    """
    name, notebook = lesson.name, read_source(lesson.source)
    cells = {cell.id: sentence_of(cell.source) for cell in notebook.cells if has_tag(cell, CLAIM)}
    if not cells:
        say(f"{name}: no claims")
        return []
    say(name)
    held = dict.fromkeys(cells, 0)
    for seed in seeds:
        own = learners / str(seed)
        own.mkdir(exist_ok=True)
        for cell in true_with(seed, notebook, lesson.source.parent, own, say):
            held[cell] += 1
    return [Claim(name, cells[cell], held[cell], len(seeds)) for cell in cells]


def true_with(seed, notebook, folder, own, say=print):
    """The ids of the claim cells that hold with a seed; none when another cell failed."""
    learner = {"DIMLEARN_SEED": str(seed), "DIMLEARN_PROGRESS": str(own / FILE)}
    try:
        done = run(notebook, folder, say, may_fail=CLAIM, **learner)
    except InputError as failed:
        say(f"with seed {seed} {failed}")
        return []
    claims = [cell for cell in done.cells if has_tag(cell, CLAIM)]
    for cell in claims:
        for error in errors_in(cell):
            if error.ename != "AssertionError":
                raise InputError(
                    f"""the claim {sentence_of(cell.source)!r} cannot be tried, with seed {seed}:
                    {error.ename}: {error.evalue}"""
                )
    return [cell.id for cell in claims if not errors_in(cell)]


def errors_in(cell):
    return [output for output in cell.outputs if output.output_type == "error"]
