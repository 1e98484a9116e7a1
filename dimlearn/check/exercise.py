"""What an exercise is: everything that belongs to one function of the lessons, as data.

A module of `dimlearn.check.exercises` declares one `Exercise`: what is asked, on which inputs, what
the mathematics promises, hints, the worked solution, and the mistakes that have a name. Nothing is
judged here; that is what `dimlearn.check.judge` does.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field

from dimlearn.errors import one_line


@dataclass(frozen=True)
class Mistake:
    """A known way to be wrong. `identifier`: "exercise.name"; `wrong`: a function that makes it;
    `message`: what it is and where to look."""

    identifier: str
    wrong: Callable
    message: str


@dataclass
class Exercise:
    """One exercise. Its name is that of its solution, its lesson stands in `syllabus.py`.

    meaning: one or two sentences, what is to be computed; "where to look" of every message.
    hints: two or more, from a nudge to nearly the answer, with empty lines between them.
    reference: the library's function, which an unsolved lesson goes on with. Where the library has
        no use for it, the worked solution.
    cases: gives the ordinary inputs, a list of tuples of arguments (a last dictionary holds
        keywords). All dimensions different, nothing symmetric, nothing constant.
    extremes: the same for inputs at the edge: scores of 1000, a large batch, a probability of 0.
    differentiable: arrays go in as float32 tensors, and the gradient and the value inside
        `tf.function` are judged too.
    fitted: a lesson trains with it by Keras' `fit`, which takes its Python as it stands.
    returns: the names of the results if there are several.
    shapes: the letters of the arguments' dimensions, `{"scores": "NNL"}`, to recognise counts.
    gradient_of: the names of the results whose gradient is fixed, if not all.
    canonical: `(parts, *args) -> parts`, to forgive what is left open.
    """

    meaning: str
    hints: str
    reference: Callable | None = None
    cases: Callable = list
    extremes: Callable = list
    differentiable: bool = False
    fitted: bool = False
    returns: tuple = ()
    shapes: dict = field(default_factory=dict)
    gradient_of: tuple = ()
    canonical: Callable = lambda parts, *args: parts
    mistakes: list = field(default_factory=list, init=False)
    properties: list = field(default_factory=list, init=False)
    promises: list = field(default_factory=list, init=False)

    def __post_init__(self):
        self.meaning = one_line(self.meaning)
        self.hints = tuple(one_line(hint) for hint in self.hints.split("\n\n"))
        self.gradient_of = self.gradient_of or self.returns

    @property
    def name(self):
        return self.worked_solution.__name__

    @functools.cached_property
    def parameters(self):
        return list(inspect.signature(self.worked_solution).parameters)

    # ------------------------------------------------------------ decorators for authors

    def solution(self, explanation):
        """Decorator: the worked solution, with the explanation that is shown beneath it."""

        def add(function):
            self.worked_solution, self.explanation = function, inspect.cleandoc(explanation)
            self.reference = self.reference or function
            return function

        return add

    def mistake(self, message):
        """Decorator: a wrong answer. Its name is the identifier; the message says what it is."""

        def add(function):
            self.add_mistake(function.__name__, function, message)
            return function

        return add

    def share(self, *mistakes, of=None, **messages):
        """Mistakes of `dimlearn.check.shared`, made with this exercise's solution, or with `of`.

        `messages`: by the mistake's name, where this exercise has better words for it.
        """
        for mistake in mistakes:
            name = mistake.wrong.__name__
            wrong = functools.partial(mistake.wrong, of or self.worked_solution)
            self.add_mistake(name, wrong, messages.get(name, mistake.message))

    def add_mistake(self, name, wrong, message):
        self.mistakes.append(Mistake(f"{self.name}.{name}", wrong, one_line(message)))

    def promise(self, words, *args, same_as=None):
        """A promise of the mathematics about one input: its value is that of the reference, or that
        of another input, a tuple of arguments. `words` say it in a sentence of its own."""
        self.promises.append((words, args, same_as))

    def property(self, name):
        """Decorator: any other promise, `look(call) -> None or words for what is broken`."""

        def add(function):
            self.properties.append((name, function))
            return function

        return add
