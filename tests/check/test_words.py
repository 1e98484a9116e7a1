"""What a learner reads about an exercise: in known terms, and the answer only when asked for it."""

import ast
import inspect
import re
import textwrap
from pathlib import Path

import pytest

from dimlearn import check
from dimlearn.check.syllabus import LESSON_OF

ROOT = Path(__file__).resolve().parents[2]
LESSONS = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "solutions").glob("*.py"))
)

# Terms of the field, and what a lesson may have said instead of the same word.
TERMS = {
    "sigmoid": "sigmoid",
    "softplus": "softplus",
    "logit": "logit",
    "squashed": "squash",
    "saturating": "saturating",
    "nats": "nat",
    "marginals?": "marginal",
    "critic": "critic",
    "discriminator": "discriminator",
    "prior": "prior",
    "probe": "probe",
    "bound": "bound",
    "log-probability": "log-probability",
    "JSD": "JSD",
    "DV": "DV",
    "InfoNCE": "InfoNCE",
    "batch normalisation": "atch ?[Nn]ormali[sz]ation",
    "1x1 convolution": "1x1 convolution",
    "correlation matrix": "correlation\n?#? ?matrix",
    "total correlation": "total correlation",
    "cross-entropy": "cross-entropy",
    "log-mean-exp": "log-mean-exp",
    "log-softmax": "log-softmax",
    "fine-tuning": "fine-tuning",
    "contract": "contract",
    "offset": "offset",
    "fake": "fake",
    "GAN": r"\bGAN\b",
    "competitors?": "competitor",
    "unbiased": "unbiased",
    "derangement": "derangement",
    "conditional entropy": "conditional entropy",
}


def texts(judge):
    """All that is said about an exercise, without code."""
    exercise = judge.exercise
    messages = [mistake.message for mistake in exercise.mistakes]
    words = [exercise.meaning, exercise.explanation, *exercise.hints, *messages]
    return re.sub(r"`[^`]*`", "", "\n".join(words))


@pytest.mark.parametrize("name", LESSON_OF)
def test_terms_are_used_after_the_lessons_have_used_them(name):
    before = LESSONS[: LESSONS.index(f"check.{name}(")]
    said = texts(getattr(check, name))
    early = [
        term
        for term, introduced in TERMS.items()
        if re.search(rf"\b{term}\b", said, re.IGNORECASE if term.islower() else 0)
        and not re.search(introduced, before, re.IGNORECASE if introduced.islower() else 0)
    ]
    assert not early


@pytest.mark.parametrize("name", LESSON_OF)
def test_no_exercise_of_a_later_lesson_is_named(name):
    exercise = getattr(check, name).exercise
    messages = [mistake.message for mistake in exercise.mistakes]
    said = "\n".join([exercise.meaning, *exercise.hints, *messages])
    named = set(re.findall(r"`(\w+)`", said)) & set(LESSON_OF)
    assert all(LESSON_OF[each] <= LESSON_OF[name] for each in named)


# ---------------------------------------------------------------- the answer


def squeezed(code):
    return re.sub(r"\s", "", code)


def code_of(function):
    """The body of a function without its docstring and without white space."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    return squeezed("\n".join(map(ast.unparse, node.body[1:])))


def given_away(text, answer, calls=True):
    """The code in a text that stands in the answer; names alone, and what is returned, do not
    count. A contract may say how what it hands over is called: there calls do not count either."""
    computes = r"\w.*[-=+*/]|[-=+*/].*\w" + (r"|\w\(.*\w" if calls else "")
    spans = re.findall(r"`([^`]*)`", text)
    return [span for span in spans if re.search(computes, span) and squeezed(span) in answer]


@pytest.mark.parametrize("name", LESSON_OF)
def test_only_hints_and_solution_give_the_answer_away(name):
    exercise = getattr(check, name).exercise
    answer = code_of(exercise.worked_solution)
    assert not given_away(exercise.meaning, answer, calls=False)
    assert not re.search(r"`[^`]*\b(exp|log|sqrt|softplus)\(", exercise.meaning)
    for mistake in exercise.mistakes:
        assert not given_away(mistake.message, answer), mistake.identifier


def test_an_answer_given_away_is_found():
    def half(x):
        """Half of x, `x / 2`."""
        return tf.reduce_mean(x, axis=0) / 2  # noqa: F821

    answer = code_of(half)
    for text in ("Say `axis=0`.", "`tf.reduce_mean(x, axis = 0)` does it.", "Divide: `) / 2`."):
        assert given_away(text, answer)
    for text in ("`tf.reduce_mean` takes an axis.", "`x / 3` is too small.", "`[N, D] -> [D]`"):
        assert not given_away(text, answer)
