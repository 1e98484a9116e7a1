"""What an exercise is, and how an answer to it is judged.

An `Exercise` collects in one module everything that belongs to one function of the lessons: what
is asked, inputs, promised properties, hints, the worked solution, right answers in other styles,
and the catalogue of mistakes. `exercise(function)` judges a function and returns the `Feedback`.

How it is judged. Probes look at the function one after another: its value on each ordinary input,
on extreme inputs, the promised properties, the gradient, the value inside `tf.function`. The first
fault is what the learner hears about. Each catalogued mistake has gone through the same probes; if
one shows the same faults, it is named.
"""

import ast
import functools
import inspect
import textwrap
from dataclasses import dataclass

import numpy as np

from dimlearn.check import progress_file, recall
from dimlearn.check.answers import as_parts, shown
from dimlearn.check.feedback import Card, Feedback
from dimlearn.check.recognition import recognise
from dimlearn.check.sandbox import guard
from dimlearn.check.sandbox.call import Call
from dimlearn.check.stubs import forgets_to_return, is_stub, raises_by_itself
from dimlearn.check.translation import translate
from dimlearn.check.trials import GradientProbe, GraphProbe, PropertyProbe, ValueProbe, run_probe
from dimlearn.deep_infomax import encoder, objectives
from dimlearn.evaluation import probes
from dimlearn.information import bounds, diagnosis, exact

# The modules of the references, whose names an answer could exchange.
WATCHED = (bounds, diagnosis, encoder, exact, objectives, probes)


@dataclass(frozen=True)
class Mistake:
    """A known way to be wrong. `identifier`: "exercise.name"; `wrong`: an implementation that
    makes it; `message`: what it is and where to look."""

    identifier: str
    wrong: object
    message: str


class Exercise:
    """One exercise; calling it with a function judges that function.

    name, lesson: `check.NAME` of lesson 1 to 9.
    meaning: one or two sentences, what is to be computed; "where to look" of every message.
    reference: the library's function, which an unsolved lesson goes on with.
    cases: a function that gives the ordinary inputs, a list of tuples of arguments (a last
        dictionary holds keywords). All dimensions different, nothing symmetric, nothing constant.
    extremes: the same for inputs at the edge: scores of 1000, a large batch, a probability of 0.
    differentiable: arrays go in as float32 tensors, and the gradient and the value inside
        `tf.function` are judged too.
    returns: the names of the results if there are several.
    shapes: the letters of the arguments' dimensions, `{"scores": "NNL"}`, to recognise counts.
    gradient_of: the names of the results whose gradient is fixed, if not all.
    canonical: `(parts, *args) -> parts`, to forgive what is left open.
    may_draw: global generators that a right answer moves (a new Keras layer draws from Python's).
    hints: two or more, from a nudge to nearly the answer.
    """

    def __init__(
        self, name, lesson, meaning, reference, hints, cases=list, extremes=list,
        differentiable=False, returns=(), shapes=None, canonical=None,
        gradient_of=None, may_draw=(),
    ):  # fmt: skip
        self.name, self.lesson, self.meaning, self.reference = name, lesson, meaning, reference
        self.hints, self.cases, self.extremes = tuple(hints), cases, extremes
        self.differentiable, self.returns = differentiable, tuple(returns)
        self.shapes, self.may_draw = shapes or {}, tuple(may_draw)
        self.gradient_of = gradient_of or self.returns
        self.canonical = canonical or (lambda parts, *args: parts)
        self.mistakes, self.right_styles, self.properties = [], {}, []
        self.worked_solution = self.explanation = None
        self.hints_given, self.known_faults = 0, {}
        self.__name__, self.__doc__ = name, meaning

    # ------------------------------------------------------------ decorators for authors

    def solution(self, explanation):
        """Decorator: the worked solution, with the explanation that is shown beneath it."""

        def add(function):
            self.worked_solution, self.explanation = function, textwrap.dedent(explanation)
            return function

        return add

    def right(self, style):
        """Decorator: a right answer in another style ("NumPy", "plain loops", "Keras")."""

        def add(function):
            self.right_styles[style] = function
            return function

        return add

    def mistake(self, message):
        """Decorator: a wrong answer. Its name is the identifier; the message says what it is."""

        def add(function):
            identifier = f"{self.name}.{function.__name__}"
            words = " ".join(message.split())
            self.mistakes.append(Mistake(identifier, function, words))
            return function

        return add

    def property(self, name):
        """Decorator: a promise of the mathematics, `look(call) -> None or words for what broke`."""

        def add(function):
            self.properties.append((name, function))
            return function

        return add

    # ------------------------------------------------------------ what is looked at

    @functools.cached_property
    def parameters(self):
        return list(inspect.signature(self.worked_solution).parameters)

    @functools.cached_property
    def probes(self):
        """All probes, the ordinary ones first. Without cases the properties are the ordinary."""
        ordinary = [self.value_probe(case, True) for case in self.cases()]
        extreme = [self.value_probe(case, False) for case in self.extremes()]
        properties = [PropertyProbe(name, look, not ordinary) for name, look in self.properties]
        inner = []
        if self.differentiable:
            inner = [GradientProbe(ordinary[1]), *map(GradientProbe, extreme[:3])]
            inner.append(GraphProbe(ordinary[1]))
        return [*ordinary, *extreme, *properties, *inner]

    def value_probe(self, case, ordinary):
        kwargs = case[-1] if isinstance(case[-1], dict) else {}
        return ValueProbe(self, case[:-1] if kwargs else case, kwargs, ordinary)

    def fault_of(self, mistake, index):
        """What a probe finds in a catalogued mistake; looked up once and kept."""
        key = mistake.identifier, index
        if key not in self.known_faults:
            call = self.new_call(mistake.wrong)
            self.known_faults[key] = run_probe(self.probes[index], call)
        return self.known_faults[key]

    def new_call(self, function, current_guard=None):
        return Call(function, self.differentiable, current_guard, self.may_draw, WATCHED)

    # ------------------------------------------------------------ judging

    def __call__(self, function, keep=True):
        """Judge a function; returns a `Feedback`, whatever the function does. A correct one is
        noted as done, and its text kept for later lessons, unless `keep` is false."""
        own = function is self.reference
        try:
            if not callable(function):
                return self.feedback("incorrect", self.not_a_function(function))
            if not own and is_stub(function):
                return self.feedback("todo", f"Nothing is written yet. {self.meaning}")
        except Exception:  # an object that lies about itself is judged by what it does
            pass
        current = guard.Guard()
        verdict = current.run(lambda: self.judge(function, current))
        if current.timed_out:
            text = (
                f"Your function did not come back within {guard.TIME_LIMIT:g} seconds: a loop "
                "without end, or far too much work for the small inputs of a check."
            )
            return self.feedback("incorrect", text)
        if verdict is None:
            name = type(current.error).__name__
            text = f"What your function returned cannot be read ({name} while looking at it)."
            return self.feedback("incorrect", f"{text} {self.meaning}")
        status, mistake, text = verdict
        if status == "correct":
            if own:
                text = (
                    "Correct, but this is the function that came with dimlearn, not one of yours: "
                    "run the cell with your own function first."
                )
            elif keep:
                progress_file.record(self.name, recall.program_of(function))
            return Feedback(self.name, status, text, function)
        if current.printed.strip():
            printed = "\n".join(current.printed.strip().splitlines()[:8])
            text += "\n\nIt printed:\n\n" + textwrap.indent(printed, "    ")
        return self.feedback(status, text, mistake)

    def feedback(self, status, text, mistake=None):
        return Feedback(self.name, status, text, self.reference, mistake)

    def not_a_function(self, given):
        return (
            f"The check was given {shown_kind(given)}, not a function. Pass the function itself, "
            f"without brackets behind it: `check.{self.name}({self.name})`."
        )

    def judge(self, function, current_guard=None):
        """`(status, identifier of the mistake or None, text)` of a function that is not a stub."""
        call = self.new_call(function, current_guard)
        faults = {}
        for index, probe in enumerate(self.probes):
            if not probe.ordinary and any(faults.values()):
                break
            faults[index] = run_probe(probe, call)
        found = [index for index, fault in faults.items() if fault]
        if not found:
            return "correct", None, self.praise()
        # An error says more than a number that happened to come out where it did not strike.
        found.sort(key=lambda index: faults[index].kind != "raised")
        fault = faults[found[0]]
        if fault.kind == "raised" and raises_by_itself(fault.error, function):
            return "todo", None, f"It is not finished yet. {self.meaning}"
        mistake = self.recognised(faults, call)
        if mistake:
            parts = [mistake.message]
            parts.append(self.what_was_seen(fault, function))
            return "incorrect", mistake.identifier, "\n\n".join(parts)
        return "incorrect", None, self.unforeseen(fault, faults, call)

    @staticmethod
    def what_was_seen(fault, function):
        if fault.kind != "raised":
            return fault.text
        return f"{fault.text}\n\n{translate(fault.error, function)}".strip()

    def praise(self):
        looked = f"on {len(self.cases()) + len(self.extremes())} inputs" if self.cases() else ""
        kinds = ["Its value is right " + looked] if looked else ["It keeps every promise asked"]
        if self.differentiable:
            kinds.append("its gradient is right, and it works inside `tf.function`")
        return ", ".join(kinds) + "."

    def recognised(self, faults, call):
        """The catalogued mistake that shows the same faults, or None."""
        last = max(faults)
        candidates = [
            mistake
            for mistake in self.mistakes
            if all(agree(fault, self.fault_of(mistake, index)) for index, fault in faults.items())
        ]
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        rest = range(last + 1, len(self.probes))
        later = {index: run_probe(self.probes[index], call) for index in rest}

        def agreement(mistake):
            return sum(agree(fault, self.fault_of(mistake, i)) for i, fault in later.items())

        return max(candidates, key=agreement)

    def unforeseen(self, fault, faults, call):
        """The text for a wrong answer that is not in the catalogue."""
        if fault.kind == "raised":
            return f"{self.what_was_seen(fault, call.function)}\n\n{self.meaning}"
        parts = [fault.text]
        if fault.kind == "type" and "None" in fault.text and forgets_to_return(call.function):
            parts = ["Your function computes and returns nothing (None): end it with `return`."]
        if fault.kind in ("value", "shape"):
            seen, sizes = self.results(faults)
            parts.append(recognise(seen, sizes) or self.broken_promise(call))
        parts.append(self.meaning)
        return "\n\n".join(part for part in parts if part)

    def results(self, faults):
        """Pairs `(seen, expected)` of the first differing result on every ordinary input."""
        pairs, sizes = [], []
        for index, fault in faults.items():
            probe = self.probes[index]
            if not isinstance(probe, ValueProbe) or not probe.ordinary:
                continue
            expected = self.canonical(probe.expected(), *probe.args)
            if fault and fault.kind not in ("value", "shape"):
                continue
            seen = fault.evidence if fault else expected
            if len(seen) > 1:
                if any(s.shape != e.shape for s, e in zip(seen, expected)):
                    continue
                seen = (np.concatenate([np.ravel(part) for part in seen]),)
                expected = (np.concatenate([np.ravel(part) for part in expected]),)
            pairs.append((np.asarray(seen[0], "float64"), np.asarray(expected[0], "float64")))
            sizes.append(self.sizes(probe.args))
        return pairs, sizes

    def sizes(self, args):
        """The dimensions of the arguments by letter."""
        return {
            letter: size
            for name, argument in zip(self.parameters, args)
            for letter, size in zip(self.shapes.get(name, ""), np.shape(argument))
        }

    def broken_promise(self, call):
        """Words for the first property that the answer breaks, or ""."""
        for probe in self.probes:
            if isinstance(probe, PropertyProbe):
                fault = run_probe(probe, call)
                if fault and fault.text and fault.kind != "raised":
                    return fault.text
        return ""

    # ------------------------------------------------------------ help

    def hint(self):
        """The next hint; after the last one, the last again."""
        number = min(self.hints_given, len(self.hints) - 1)
        self.hints_given += 1
        last = number == len(self.hints) - 1
        more = f'\n\nThis is the last hint. `check.solution("{self.name}")` shows a solution.'
        title = f"Hint {number + 1} of {len(self.hints)}: {self.name}"
        return Card(title, " ".join(self.hints[number].split()) + (more if last else ""))

    @functools.cached_property
    def stub(self):
        """The text that a lesson starts from: signature, docstring, `raise NotImplementedError`."""
        tree = ast.parse(source_of(self.worked_solution)).body[0]
        tree.body = [tree.body[0], ast.parse("raise NotImplementedError").body[0]]
        return ast.unparse(tree)

    def solution_card(self):
        code = textwrap.indent(source_of(self.worked_solution), "    ")
        return Card(f"Solution: {self.name}", f"{code}\n\n{self.explanation.strip()}")

    def explain(self, mistake):
        """What a mistake is, how it shows, and the code that makes it."""
        code = textwrap.indent(source_of(mistake.wrong), "    ")
        faults = (self.fault_of(mistake, index) for index in range(len(self.probes)))
        fault = next(fault for fault in faults if fault)
        symptom = self.what_was_seen(fault, mistake.wrong)
        return Card(
            f"What could go wrong: {mistake.identifier}",
            f"{mistake.message}\n\nHow it shows: {symptom}\n\n{code}",
        )


def agree(a, b):
    return (a is None and b is None) or (a is not None and a.same_as(b))


def shown_kind(given):
    """What was passed instead of a function, in words."""
    try:
        return f"the value {shown(as_parts(given, ())[0])}"
    except BaseException:  # an object that breaks when it is looked at
        return f"a {type(given).__name__}"


def source_of(function):
    """The source of a function of the catalogue without its decorators."""
    source = textwrap.dedent(inspect.getsource(function))
    lines = source.splitlines()
    start = ast.parse(source).body[0].lineno - 1
    return "\n".join(lines[start:]).rstrip()
