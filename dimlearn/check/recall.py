"""Functions that the learner wrote in earlier lessons, in another notebook and another kernel.

    build_encoder = check.yours("build_encoder")    # build_encoder: yours, from lesson 4

When a check says `correct`, the function is written into the progress file beside the learner's
work, as the text of a program (`program.py`).

`yours` runs that program in a namespace of its own and judges the function again, like any other.
It runs what the learner's own checks wrote into the learner's own folder, with the learner's
rights: a progress file from a stranger is to be trusted as much as a stranger's notebook.
"""

import hashlib
import linecache
import textwrap

from dimlearn.check import progress_file
from dimlearn.check.judge import judge_of
from dimlearn.check.sandbox.guard import Guard


def yours(name):
    """The learner's own function from an earlier lesson, if it is kept and still correct; otherwise
    the reference. Prints one line that says which, and why. Raises `InputError` for a name that is
    no exercise."""
    judge = judge_of(name)
    function, reason = recalled(judge)
    if function is None:
        print(f"{judge.name}: ours, {reason}")
        return judge.reference
    print(f"{judge.name}: yours, from lesson {judge.lesson}")
    return function


def recalled(judge):
    """`(function, "")`, or `(None, why there is none)`."""
    program = progress_file.sources().get(judge.name)
    if program is None:
        if judge.name in progress_file.finished():
            return None, f"for no text of yours was kept in lesson {judge.lesson}"
        return None, f"since yours is still to do in lesson {judge.lesson}"
    guard = Guard()
    function = guard.run(lambda: define(judge.name, program["name"], program["text"]))
    if function is None:
        error = guard.error
        said = f"{type(error).__name__}: {error}" if error else f"it has no {program['name']}"
    else:
        feedback = judge(function, keep=False)
        if feedback:
            return function, ""
        said = feedback.message
    return None, f"for what was kept of yours is no longer right here: {first_sentence(said)}"


def define(exercise, name, text):
    """Run a program of `program_of`; the function that it defines, or None.

    The text is put where tracebacks look for it, and where it is found when the function is a
    helper of a later one.
    """
    mark = hashlib.sha1(text.encode(errors="replace")).hexdigest()[:8]
    file = f"<yours {exercise} {mark}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names = {"__name__": "__main__"}
    exec(compile(text, file, "exec"), names)
    return names.get(name)


def first_sentence(text):
    line = " ".join(text.strip().split("\n\n")[0].split())
    return textwrap.shorten(line.partition(". ")[0].rstrip("."), 200, placeholder=" ...")
