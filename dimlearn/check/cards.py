"""Help with an exercise, as cards: hints, the worked solution, the stub, one mistake explained."""

import ast
import collections
import functools
import inspect
import textwrap

from dimlearn.check.feedback import Card
from dimlearn.check.judge import what_was_seen

_hints_given = collections.Counter()


def hint(exercise):
    """The next hint; after the last one, the last again."""
    count = len(exercise.hints)
    number = min(_hints_given[exercise.name], count - 1)
    _hints_given[exercise.name] += 1
    text = exercise.hints[number]
    if number == count - 1:
        text += f'\n\nThis is the last hint. `check.solution("{exercise.name}")` shows a solution.'
    return Card(f"Hint {number + 1} of {count}: {exercise.name}", text)


def solution(exercise):
    """The worked solution with its explanation."""
    code = textwrap.indent(source_of(exercise.worked_solution), "    ")
    return Card(f"Solution: {exercise.name}", f"{code}\n\n{exercise.explanation}")


def stub(exercise):
    """The text that a lesson starts from: signature, docstring, `raise NotImplementedError`."""
    tree = ast.parse(source_of(exercise.worked_solution)).body[0]
    tree.body = [tree.body[0], ast.parse("raise NotImplementedError").body[0]]
    return ast.unparse(tree)


def explain(judge, mistake):
    """What a mistake is, how it shows, and the code that makes it."""
    code = textwrap.indent(source_of(mistake.wrong), "    ")
    faults = (judge.fault_of(mistake, index) for index in range(len(judge.trials)))
    fault = next(fault for fault in faults if fault)
    symptom = what_was_seen(fault, mistake.wrong)
    title = f"What could go wrong: {mistake.identifier}"
    return Card(title, f"{mistake.message}\n\nHow it shows: {symptom}\n\n{code}")


def source_of(function):
    """The source of a function of the catalogue without its decorators. A shared mistake is a
    function of the right one, and is shown as it stands."""
    if isinstance(function, functools.partial):
        function = function.func
    source = textwrap.dedent(inspect.getsource(function))
    start = ast.parse(source).body[0].lineno - 1
    return "\n".join(source.splitlines()[start:]).rstrip()
