"""What a trial finds wrong, and when two answers show the same fault."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dimlearn.errors import one_line


@dataclass
class Fault:
    """What a trial found wrong.

    kind: "raised", "type", "shape", "value", "side effect", "gradient", "graph" or a name that an
    exercise chooses. text: the words for it. evidence: what tells this wrong answer from others
    (arrays, strings, nested tuples of them); two functions make the same mistake when kind and
    evidence agree. advice: where to look, for a mistake without a name; one that has one says it.
    """

    kind: str
    text: str
    evidence: object = None
    error: BaseException | None = None
    where: str = ""  # on which input an error came
    advice: str = ""
    look: Callable | None = None  # finds `(evidence, more words)`, where that takes long

    def __post_init__(self):
        self.text, self.advice = one_line(self.text), one_line(self.advice)

    def closer(self):
        """The fault after a closer look, if there is one to take."""
        if self.look:
            look, self.look = self.look, None
            self.evidence, words = look()
            self.text = f"{self.text} {words}".strip()
        return self

    def same_as(self, other):
        if other is None or self.kind != other.kind:
            return False
        return same(self.closer().evidence, other.closer().evidence)


def agree(a, b):
    return (a is None and b is None) or (a is not None and a.same_as(b))


def same(a, b, rtol=1e-3, atol=1e-5):
    """Whether two pieces of evidence agree: arrays up to rounding, NaN equal to NaN."""
    if isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)):
        return len(a) == len(b) and all(same(x, y, rtol, atol) for x, y in zip(a, b))
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and np.allclose(a, b, rtol, atol, equal_nan=True)
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return False
    return type(a) is type(b) and a == b


def side_effect_fault(effect, parameters):
    """The fault of a function that changes more than it returns; `effect` as `Call` notes it."""
    kind, which = effect
    if kind == "argument":
        name = parameters[which] if which < len(parameters) else f"argument {which + 1}"
        text = f"After the call `{name}` is not what it was before."
        advice = f"""Your function changes its argument, and whoever called it finds other data
            afterwards. Work on a copy, or build a new array instead of writing `{name}[...] =
            ...`."""
    elif kind == "generator":
        text = f"""After the call the global random generator of {which} stands where a seed has put
            it."""
        advice = """Your function seeds it: everything that draws from it afterwards gets other
            numbers than it would have. Where chance is needed, a generator of its own does it:
            `np.random.default_rng(...)`."""
    else:
        text = f"After the call a global setting is switched: {which}."
        advice = """Everything that runs afterwards would be affected. Leave it as it is."""
    evidence = effect if kind != "generator" else kind  # whose it is, the text says
    return Fault("side effect", text, evidence, advice=advice)
