"""How an answer to an exercise is judged.

Trials look at the function one after another: its value on each ordinary input, on extreme inputs,
the promised properties, the gradient, the value inside `tf.function`. The first fault is what the
learner hears about. Each catalogued mistake has gone through the same trials; if one shows the same
faults, it is named.
"""

import difflib
import functools
import importlib
import sys
import textwrap

import numpy as np

from dimlearn.check import progress_file
from dimlearn.check.answers import as_parts, shown
from dimlearn.check.faults import agree
from dimlearn.check.feedback import Feedback
from dimlearn.check.program import program_of
from dimlearn.check.recognition import recognise
from dimlearn.check.sandbox import guard
from dimlearn.check.sandbox.call import Call
from dimlearn.check.stubs import forgets_to_return, is_stub, raises_by_itself
from dimlearn.check.syllabus import LESSON_OF
from dimlearn.check.translation import translate
from dimlearn.check.trials import PropertyTrial, ValueTrial, run_trial, trials_of
from dimlearn.deep_infomax import critics, encoder, objectives, prior
from dimlearn.errors import InputError, one_line
from dimlearn.evaluation import codes, intervals, probes
from dimlearn.information import bounds, diagnosis, exact

# The modules of the references. An answer to any exercise could exchange their functions, also
# before the exercise that is judged by them is first looked at.
WATCHED = (bounds, codes, critics, diagnosis, encoder, exact, intervals, objectives, prior, probes)


def judge_of(name):
    """The judge of an exercise, by its name or by a function of that name. Raises `InputError`."""
    name = str(getattr(name, "__name__", name))
    if name not in LESSON_OF:
        close = difflib.get_close_matches(name, LESSON_OF, n=1)
        meant = f"did you mean {close[0]!r}? All are" if close else "choose one of"
        raise InputError(f"there is no exercise {name!r}: {meant} {', '.join(LESSON_OF)}")
    return _only_judge_of(name)


@functools.cache
def _only_judge_of(name):
    return Judge(importlib.import_module(f"dimlearn.check.exercises.{name}").exercise)


class Judge:
    """The check of one exercise: calling it with a function judges that function."""

    def __init__(self, exercise):
        self.exercise, self.name = exercise, exercise.name
        self.lesson, self.reference = LESSON_OF[exercise.name], exercise.reference
        self.__name__, self.__doc__ = exercise.name, exercise.meaning
        self.known_faults = {}

    def __call__(self, function, keep=True):
        """Judge a function; returns a `Feedback`, whatever the function does. A correct one is
        noted as done, and its text kept for later lessons, unless `keep` is false."""
        known = function is self.reference
        try:
            if not callable(function):
                return self.feedback("incorrect", self.not_a_function(function))
            if not known and is_stub(function):
                return self.feedback("todo", f"Nothing is written yet. {self.exercise.meaning}")
        except Exception:  # an object that lies about itself is judged by what it does
            pass
        current = guard.Guard()
        verdict = current.run(lambda: self.verdict(function, current))
        if current.timed_out or verdict is None:
            return self.feedback("incorrect", self.no_verdict(current))
        status, mistake, text = verdict
        if status != "correct":
            return self.feedback(status, text + what_was_printed(current.printed), mistake)
        if known:
            text = OURS
        elif keep:
            progress_file.record(self.name, program_of(function))
        return Feedback(self.name, status, text, function)

    def feedback(self, status, text, mistake=None):
        return Feedback(self.name, status, text, self.reference, mistake)

    def not_a_function(self, given):
        try:
            what = f"the value {shown(as_parts(given, ())[0])}"
        except BaseException:  # an object that breaks when it is looked at
            what = f"a {type(given).__name__}"
        call = f"`check.{self.name}({self.name})`"
        return (
            f"The check was given {what}, not a function. "
            f"Pass the function itself, without brackets behind it: {call}."
        )

    def no_verdict(self, current):
        """The text for a run that was cut short, by the clock or by an object that breaks."""
        if current.timed_out:
            return TOO_LONG.format(seconds=current.timed_out)
        name = type(current.error).__name__
        seen = f"What your function returned cannot be read ({name} while looking at it)."
        return f"{seen} {self.exercise.meaning}"

    # ------------------------------------------------------------ the verdict

    @functools.cached_property
    def trials(self):
        return trials_of(self.exercise)

    @functools.cached_property
    def watched(self):
        """The modules whose functions decide what is right: no answer may exchange them."""
        return [*WATCHED, sys.modules[self.exercise.worked_solution.__module__]]

    def new_call(self, function, current_guard=None):
        return Call(function, self.exercise.differentiable, current_guard, self.watched)

    def verdict(self, function, current_guard=None):
        """`(status, identifier of the mistake or None, text)` of a function that is not a stub."""
        call = self.new_call(function, current_guard)
        faults = {}
        for index, trial in enumerate(self.trials):
            if not trial.ordinary and any(faults.values()):
                break
            faults[index] = run_trial(trial, call)
        found = [fault for fault in faults.values() if fault]
        if not found:
            return "correct", None, self.praise()
        # An error says more than a number that happened to come out where it did not strike.
        fault = min(found, key=lambda fault: fault.kind != "raised")
        if fault.kind == "raised" and raises_by_itself(fault.error, function):
            return "todo", None, f"It is not finished yet. {self.exercise.meaning}"
        mistake = self.recognised(faults, call)
        if mistake:
            text = f"{mistake.message}\n\n{what_was_seen(fault, function)}"
            return "incorrect", mistake.identifier, text
        return "incorrect", None, self.unforeseen(fault, faults, call)

    def praise(self):
        count = len(self.exercise.cases()) + len(self.exercise.extremes())
        said = f"Its value is right on {count} inputs" if count else "It keeps every promise asked"
        if self.exercise.differentiable:
            said += ", its gradient is right, and it works inside `tf.function`"
        return f"{said}."

    # ------------------------------------------------------------ known mistakes

    def fault_of(self, mistake, index):
        """What a trial finds in a catalogued mistake; looked up once and remembered."""
        key = mistake.identifier, index
        if key not in self.known_faults:
            call = self.new_call(mistake.wrong)
            self.known_faults[key] = run_trial(self.trials[index], call)
        return self.known_faults[key]

    def recognised(self, faults, call):
        """The catalogued mistake that shows the same faults, or None."""
        candidates = (
            mistake
            for mistake in self.exercise.mistakes
            if all(agree(fault, self.fault_of(mistake, index)) for index, fault in faults.items())
        )
        rest = range(max(faults) + 1, len(self.trials))
        if not rest:  # nothing is left that could tell two of them apart
            return next(candidates, None)
        candidates = list(candidates)
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        later = {index: run_trial(self.trials[index], call) for index in rest}

        def agreement(mistake):
            return sum(agree(fault, self.fault_of(mistake, i)) for i, fault in later.items())

        return max(candidates, key=agreement)

    # ------------------------------------------------------------ unknown ones

    def unforeseen(self, fault, faults, call):
        """The text for a wrong answer that is not in the catalogue."""
        meaning = self.exercise.meaning
        if fault.kind == "raised":
            return f"{what_was_seen(fault, call.function)}\n\n{meaning}"
        parts = [fault.closer().text, fault.advice]
        if fault.kind == "type" and "None" in fault.text and forgets_to_return(call.function):
            parts = ["Your function computes and returns nothing (None): end it with `return`."]
        if fault.kind in ("value", "shape"):
            seen, sizes = self.results(faults)
            parts.append(recognise(seen, sizes) or self.broken_promise(call))
        return "\n\n".join(part for part in [*parts, meaning] if part)

    def results(self, faults):
        """Pairs `(seen, expected)` of the first differing result on every ordinary input, and the
        dimensions of the input by letter."""
        pairs, sizes = [], []
        for index, fault in faults.items():
            trial = self.trials[index]
            if not isinstance(trial, ValueTrial) or not trial.ordinary:
                continue
            expected = self.exercise.canonical(trial.expected, *trial.args)
            if fault and fault.kind not in ("value", "shape"):
                continue
            seen = fault.evidence if fault else expected
            if len(seen) > 1:
                if any(s.shape != e.shape for s, e in zip(seen, expected)):
                    continue
                seen = (np.concatenate([np.ravel(part) for part in seen]),)
                expected = (np.concatenate([np.ravel(part) for part in expected]),)
            pairs.append((np.asarray(seen[0], "float64"), np.asarray(expected[0], "float64")))
            sizes.append(self.sizes(trial.args))
        return pairs, sizes

    def sizes(self, args):
        """The dimensions of the arguments by letter."""
        return {
            letter: size
            for name, argument in zip(self.exercise.parameters, args)
            for letter, size in zip(self.exercise.shapes.get(name, ""), np.shape(argument))
        }

    def broken_promise(self, call):
        """Words for the first property that the answer breaks, or ""."""
        for trial in self.trials:
            if isinstance(trial, PropertyTrial):
                fault = run_trial(trial, call)
                if fault and fault.text and fault.kind not in ("raised", "type"):
                    return fault.text
        return ""


OURS = one_line("""Correct, but this is the function that came with dimlearn, not one of yours:
run the cell with your own function first.""")

TOO_LONG = one_line("""Your function did not come back within {seconds:g} seconds: a loop without
end, or far too much work for the small inputs of a check.""")


def what_was_seen(fault, function):
    if fault.kind != "raised":
        return fault.closer().text
    return f"{fault.text}\n\n{translate(fault.error, function)}\n\n{fault.where}".strip()


def what_was_printed(printed):
    """What the function printed, at most eight lines of it, as a block below the message."""
    lines = "\n".join(printed.strip().splitlines()[:8])
    return f"\n\nIt printed:\n\n{textwrap.indent(lines, '    ')}" if lines else ""
