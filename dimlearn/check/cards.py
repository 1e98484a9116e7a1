"""Help with an exercise, by its name: hints, the worked solution, the stub, a mistake explained.

What a learner reads comes as a `Card`.
"""

import ast
import collections
import functools
import inspect
import re
import textwrap

from dimlearn.check import progress_file
from dimlearn.check.feedback import Card
from dimlearn.check.judge import judge_of, what_was_seen
from dimlearn.errors import InputError

_hints_given = collections.Counter()


def hint(name):
    """The next hint for an exercise, before or after it is solved; after the last, the last."""
    exercise = judge_of(name).exercise
    count = len(exercise.hints)
    number = min(_hints_given[exercise.name], count - 1)
    _hints_given[exercise.name] += 1
    text = exercise.hints[number]
    if number == count - 1:
        text += f'\n\nThis is the last hint. `check.solution("{exercise.name}")` shows a solution.'
    return Card(f"Hint {number + 1} of {count}: {exercise.name}", text)


def solution(name):
    """The worked solution of an exercise with its explanation."""
    exercise = judge_of(name).exercise
    code = textwrap.indent(source_of(exercise.worked_solution), "    ")
    return Card(f"Solution: {exercise.name}", f"{code}\n\n{exercise.explanation}")


def stub(name):
    """The text that an exercise starts from: signature, docstring, `raise NotImplementedError`."""
    tree = ast.parse(source_of(judge_of(name).exercise.worked_solution)).body[0]
    tree.body = [tree.body[0], ast.parse("raise NotImplementedError").body[0]]
    return ast.unparse(tree)


def mistakes(name):
    """The identifiers of the mistakes of an exercise that its check knows by name."""
    return [mistake.identifier for mistake in judge_of(name).exercise.mistakes]


def explain(identifier):
    """One mistake of the catalogue: what it is, how it shows, and code that makes it.

    `identifier`: as in `Feedback.mistake`, such as "jsd_bound.sign_flipped".
    """
    judge = judge_of(str(identifier).partition(".")[0])
    known = {mistake.identifier: mistake for mistake in judge.exercise.mistakes}
    if identifier not in known:
        raise InputError(f"there is no mistake {identifier!r}: choose one of {', '.join(known)}")
    mistake = known[identifier]
    code = textwrap.indent(source_of(mistake.wrong), "    ")
    faults = (judge.fault_of(mistake, index) for index in range(len(judge.trials)))
    symptom = what_was_seen(next(fault for fault in faults if fault), mistake.wrong)
    title = f"What could go wrong: {judge.name}"
    text = f"{mistake.message}\n\nHow it shows: {symptom}"
    return Card(title, f"{of_anybody(text)}\n\n{code}")


def of_anybody(text):
    """Words to a learner as words about a function that is not theirs."""
    words = {"Your": "The", "your": "the", "Yours": "It", "yours": "it"}
    return re.sub(r"\b[Yy]ours?\b", lambda found: words[found.group()], text)


def progress():
    """Which exercises are done, lesson by lesson, and which is next."""
    return progress_file.card()


def source_of(function):
    """The source of a function of the catalogue without its decorators. A shared mistake is shown
    with what it is made of."""
    if isinstance(function, functools.partial):
        made_of = (*function.args, *function.keywords.values())
        return "\n\n\n".join(source_of(own) for own in [*made_of, function.func])
    source = textwrap.dedent(inspect.getsource(function))
    start = ast.parse(source).body[0].lineno - 1
    return "\n".join(source.splitlines()[start:]).rstrip()
