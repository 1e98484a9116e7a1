"""The four proofs of every exercise, and what else each one owes. A new exercise is found by
itself, and fails here until it has all of them."""

import inspect
import re
import time
from pathlib import Path

import pytest

from dimlearn import check
from dimlearn.check.syllabus import LESSON_OF, LESSONS

EXERCISES = [getattr(check, name) for name in LESSON_OF]
MISTAKES = [(e, m) for e in EXERCISES for m in e.mistakes]
STYLES = [(e, style) for e in EXERCISES for style in e.right_styles]
each = pytest.mark.parametrize("exercise", EXERCISES, ids=list(LESSON_OF))
TRAINING = {"train_step", "prior_gradients", "frozen_classifier", "build_encoder"}


def test_the_syllabus_holds_every_module():
    folder = Path(inspect.getfile(check)).parent
    for number, (_, names) in LESSONS.items():
        modules = {path.stem for path in (folder / f"lesson{number}").glob("*.py")}
        assert modules - {"__init__"} == set(names)
        assert all(getattr(check, name).lesson == number for name in names)


CONTRACT = {
    "entropy", "kl_divergence", "mutual_information", "gaussian_mi", "pairwise_scores",
    "dv_bound", "nwj_bound", "jsd_bound", "infonce_bound", "feature_map_size",
    "receptive_field", "build_encoder", "mismatch", "global_pairs", "global_loss",
    "attach_code", "local_scores", "local_jsd", "local_infonce", "sample_prior",
    "discriminator_loss", "prior_loss", "prior_gradients", "dim_loss", "train_step",
    "standardize", "frozen_classifier", "few_labels", "accuracy_interval", "shuffle_dimensions",
    "gaussian_total_correlation",
}  # fmt: skip


def test_no_exercise_that_the_lessons_build_on_is_missing():
    assert set(LESSON_OF) >= CONTRACT
    assert set(check.__all__) == {
        "explain", "hint", "mistakes", "progress", "solution", "stub", "yours", *LESSON_OF
    }  # fmt: skip


# ---------------------------------------------------------------- the four proofs


@each
def test_the_stub_is_to_do(exercise):
    names = {}
    exec(exercise.stub, names)
    feedback = exercise(names[exercise.name])
    assert (feedback.status, feedback.mistake) == ("todo", None)
    assert feedback.use is exercise.reference and not feedback
    assert exercise.meaning in feedback.message


@each
def test_the_solution_is_correct(exercise):
    feedback = exercise(exercise.worked_solution)
    assert feedback.status == "correct", feedback
    assert feedback.use is exercise.worked_solution and feedback


@pytest.mark.parametrize("exercise, mistake", MISTAKES, ids=[m.identifier for _, m in MISTAKES])
def test_every_mistake_is_named(exercise, mistake):
    feedback = exercise(mistake.wrong)
    assert (feedback.status, feedback.mistake) == ("incorrect", mistake.identifier), feedback
    assert feedback.use is exercise.reference
    seen = feedback.message.removeprefix(mistake.message)
    assert seen != feedback.message and len(seen) > 30, "it does not say what was seen"
    again = exercise(mistake.wrong)  # the same words every time, also where chance is at work
    assert repr(again) == repr(feedback) and again._repr_html_() == feedback._repr_html_()
    assert not re.search(r"0x[0-9a-f]{6}", repr(feedback))


@pytest.mark.parametrize("exercise, style", STYLES, ids=[f"{e.name}: {s}" for e, s in STYLES])
def test_right_answers_in_other_styles_are_correct(exercise, style):
    feedback = exercise(exercise.right_styles[style])
    assert feedback.status == "correct", feedback


# ---------------------------------------------------------------- what belongs to an exercise


@each
def test_it_is_complete(exercise):
    assert len(exercise.mistakes) >= 8
    assert len(exercise.right_styles) >= 3
    assert len(exercise.hints) >= 2 and len(set(exercise.hints)) == len(exercise.hints)
    assert len(exercise.explanation) > 100 and len(exercise.meaning) > 40
    assert exercise.properties or len(exercise.cases()) + len(exercise.extremes()) >= 5
    messages = [mistake.message for mistake in exercise.mistakes]
    assert len(set(messages)) == len(messages) and min(map(len, messages)) > 30
    identifiers = [mistake.identifier for mistake in exercise.mistakes]
    assert len(set(identifiers)) == len(identifiers)


def test_there_are_more_than_two_hundred_mistakes():
    assert len(MISTAKES) > 200


@each
def test_the_reference_is_accepted_and_told_from_ones_own(exercise):
    from dimlearn.check import progress_file

    feedback = exercise(exercise.reference)
    assert feedback.status == "correct" and "came with dimlearn" in feedback.message
    assert not progress_file.finished()


@each
def test_a_check_is_quick(exercise):
    """A right and a wrong answer; the first incorrect one also looks through the catalogue.

    In seconds of the processor: the machine may be busy.
    """
    limit = 2.0 if exercise.name in TRAINING else 1.0
    for function in (exercise.worked_solution, exercise.mistakes[0].wrong):
        exercise(function)
        best = float("inf")
        for _ in range(3):
            began = time.process_time()
            exercise(function)
            best = min(best, time.process_time() - began)
            if best < limit / 2:
                break
        assert best < limit / 2, f"{best:.2f} s"


@each
def test_help(exercise):
    hints = [check.hint(exercise.name) for _ in range(len(exercise.hints) + 1)]
    assert len({repr(hint) for hint in hints}) >= len(exercise.hints)
    solution = repr(check.solution(exercise.name))
    assert f"def {exercise.name}(" in solution
    explained = repr(check.explain(exercise.mistakes[0].identifier))
    assert "How it shows:" in explained and "def " in explained
    assert "@exercise" not in explained + solution


def test_unknown_names_are_refused_with_the_known_ones():
    from dimlearn import InputError

    with pytest.raises(InputError, match="jsd_bound"):
        check.hint("jsd")
    with pytest.raises(InputError, match="sign_flipped"):
        check.explain("jsd_bound.nothing")
    with pytest.raises(AttributeError):
        check.no_such_exercise  # noqa: B018
