"""Random right answers through harmless changes stay correct; a harmful change never does."""

import functools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from right_answers import right_answers

from dimlearn import check
from dimlearn.check.syllabus import LESSON_OF
from dimlearn.startup import keras, tf

pytestmark = pytest.mark.slow

ALL = [getattr(check, name) for name in LESSON_OF]
VALUES = [judge for judge in ALL if judge.exercise.cases()]  # one right value for each input
THROUGH = [judge for judge in VALUES if judge.exercise.differentiable]
quick = settings(
    max_examples=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def all_right(judge):
    return [judge.exercise.worked_solution, judge.reference, *right_answers(judge.name).values()]


def each_part(result, change):
    if isinstance(result, (tuple, list)):
        return tuple(change(part) for part in result)
    return change(result)


# ---------------------------------------------------------------- harmless


def optional_argument(function):
    def answer(*args, verbose=False, **kwargs):
        return function(*args, **kwargs)

    return answer


def other_names(function):
    return lambda *values, **kwargs: function(*values, **kwargs)


def in_an_object(function):
    class Answer:
        def __call__(self, *args, **kwargs):
            return function(*args, **kwargs)

    return Answer()


def partial(function):
    return functools.partial(function)


def chatty(function):
    def answer(*args, **kwargs):
        print("called")
        return function(*args, **kwargs)

    return answer


HARMLESS = [optional_argument, other_names, in_an_object, partial, chatty]


def in_double_precision(function):
    def answer(*args):
        args = [tf.cast(a, tf.float64) if isinstance(a, tf.Tensor) else a for a in args]
        return function(*args)

    return answer


def compiled(function):
    return tf.function(function)


def back_to_float32(function):
    def answer(*args):
        return each_part(function(*args), lambda part: tf.cast(part, tf.float32))

    return answer


HARMLESS_THROUGH = [compiled, back_to_float32, in_double_precision]


@quick
@given(st.data())
def test_harmless_changes_stay_correct(data):
    judge = data.draw(st.sampled_from(ALL))
    function = data.draw(st.sampled_from(all_right(judge)))
    for change in data.draw(st.lists(st.sampled_from(HARMLESS), max_size=3)):
        function = change(function)
    assert judge(function).status == "correct", judge(function)


@pytest.mark.weekly
@quick
@given(st.data())
def test_harmless_changes_of_tensors_stay_correct(data):
    judge = data.draw(st.sampled_from(THROUGH))
    # The library's functions take double precision too; a learner's may be written for float32.
    change = data.draw(st.sampled_from(HARMLESS_THROUGH))
    answers = all_right(judge) if change is not in_double_precision else [judge.reference]
    if change is compiled:  # loops are unrolled for every shape: once each, in test_proofs
        answers = [f for f in answers if "loops" not in f.__name__]
    function = data.draw(st.sampled_from(HARMLESS))(change(data.draw(st.sampled_from(answers))))
    assert judge(function).status == "correct", judge(function)


# ---------------------------------------------------------------- harmful


def change_parts(function, change):
    return lambda *args, **kwargs: each_part(function(*args, **kwargs), change)


def permuted(part):
    if len(np.shape(part)) == 0:
        return part + 1
    return keras.ops.flip(part, axis=len(np.shape(part)) - 1)


def without_gradient(part):
    return tf.stop_gradient(part)


@quick
@given(st.data(), st.floats(-3, 3), st.floats(-2, 2))
def test_scale_offset_sign_and_axes_are_never_correct(data, scale, offset):
    judge = data.draw(st.sampled_from(VALUES))
    function = data.draw(st.sampled_from(all_right(judge)))
    whole = judge.name in ("feature_map_size", "receptive_field")
    if abs(scale - 1) < 0.02 or whole:
        scale = 2
    if abs(offset) < 0.02 or whole:
        offset = 1
    kind = data.draw(st.sampled_from(["scale", "offset", "sign", "order"]))
    change = {
        "scale": lambda part: part * scale,
        "offset": lambda part: part + offset,
        "sign": lambda part: -part,
        "order": permuted,
    }[kind]

    def changed(part):
        return change(np.asarray(part) if isinstance(part, (list, int, float)) else part)

    feedback = judge(change_parts(function, changed))
    assert feedback.status == "incorrect", (kind, scale, offset)
    assert "expected" in feedback.message


@pytest.mark.parametrize("judge", THROUGH, ids=[e.name for e in THROUGH])
def test_a_dropped_gradient_is_never_correct(judge):
    def plain(part):
        return part.numpy()

    for change in (without_gradient, plain):
        feedback = judge(change_parts(judge.exercise.worked_solution, change))
        assert feedback.status == "incorrect" and "gradient" in feedback.message
