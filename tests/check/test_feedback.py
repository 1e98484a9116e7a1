"""What a learner reads: stubs, slips, errors with their line, generic recognition, three places."""

import functools
import math
import re

import numpy as np
import pytest

from dimlearn import bounds, check
from dimlearn.check.feedback import Card, box
from dimlearn.check.stubs import is_stub
from dimlearn.startup import keras, tf

# ---------------------------------------------------------------- stubs


def stub_raise(scores):
    """Has a docstring."""
    raise NotImplementedError


def stub_raise_with_text(scores):
    raise NotImplementedError("write me")


def stub_ellipsis(scores): ...


def stub_pass(scores):
    pass


def stub_docstring(scores):
    """Only this."""


def stub_return(scores):
    return


STUBS = [stub_raise, stub_raise_with_text, stub_ellipsis, stub_pass, stub_docstring, stub_return]


@pytest.mark.parametrize("stub", STUBS)
def test_stubs(stub):
    for function in (stub, tf.function(stub), functools.partial(stub)):
        feedback = check.jsd_bound(function)
        assert (feedback.status, feedback.mistake) == ("todo", None)
        assert feedback.use is bounds.jsd_bound


def forgets(scores):
    value = bounds.jsd_bound(scores)  # noqa: F841


def raises_after_work(scores):
    value = bounds.jsd_bound(scores)
    if value is not None:
        raise NotImplementedError


def tensorflow_raises(scores):
    return tf.constant(np.logaddexp(0, scores.numpy()).mean()) + np.exp(scores)


def raises_another(scores):
    raise ValueError("no")


def returns_a_number(scores):
    return 0.0


@pytest.mark.parametrize(
    "function", [forgets, raises_after_work, tensorflow_raises, raises_another, returns_a_number]
)
def test_no_stubs(function):
    assert not is_stub(function)
    assert check.jsd_bound(function).status == "incorrect"


def test_forgotten_return_is_said():
    assert "end it with `return`" in check.jsd_bound(forgets).message


# ---------------------------------------------------------------- slips at the check itself


def test_a_result_instead_of_a_function():
    feedback = check.jsd_bound(bounds.jsd_bound(np.eye(3)))
    assert feedback.status == "incorrect" and "check.jsd_bound(jsd_bound)" in feedback.message
    for value in (None, 3, "jsd_bound", [bounds.jsd_bound]):
        assert check.jsd_bound(value).status == "incorrect"


def test_the_function_object_counts_not_its_name():
    def jsd_bound(scores):
        return 0.0 * tf.reduce_sum(scores)

    assert not check.jsd_bound(jsd_bound)
    assert check.jsd_bound(lambda anything: bounds.jsd_bound(anything))


# ---------------------------------------------------------------- errors


def wrong_shapes(scores):
    positive = tf.linalg.diag_part(scores)
    return tf.reduce_mean(positive - scores[:, 1:])


def wrong_types(scores):
    return tf.reduce_mean(scores) - tf.constant(1.0, tf.float64)


def out_of_tensorflow(scores):
    return bounds.jsd_bound(scores) + 0 * scores.numpy().mean()


def numpy_in_graph(scores):
    return bounds.jsd_bound(scores) * np.where(np.array(scores).mean() > 1e9, 2.0, 1.0)


def array_method(scores):
    return bounds.jsd_bound(scores.transpose())


def tensor_as_condition(scores):
    value = bounds.jsd_bound(scores)
    values = [value if v > 1e30 else value for v in [tf.reduce_sum(scores)]]
    return values[0]


def item_assignment(scores):
    scores[0, 0] = 0
    return bounds.jsd_bound(scores)


def without_end(scores):
    return without_end(scores) + 1


def two_arguments(scores, mask):
    return bounds.jsd_bound(scores)


def unknown_name(scores):
    return bound(scores)  # noqa: F821


def moved_function(scores):
    return tf.log(tf.reduce_mean(scores))


ERRORS = [
    (wrong_shapes, "positive - scores[:, 1:]", "axis by axis"),
    (wrong_types, "tf.float64", "tf.cast"),
    (out_of_tensorflow, "scores.numpy()", "Stay with tensors"),
    (numpy_in_graph, "np.array(scores)", "inside `tf.function`"),
    (array_method, "scores.transpose()", "not a NumPy array"),
    (item_assignment, "scores[0, 0] = 0", "changed in place"),
    (without_end, "without_end(scores) + 1", "without end"),
    (two_arguments, "", "number of arguments"),
    (unknown_name, "bound(scores)", "not known"),
    (moved_function, "tf.log", "tf.math"),
]


@pytest.mark.parametrize("function, line, meaning", ERRORS, ids=[f.__name__ for f, _, _ in ERRORS])
def test_errors_show_the_line_and_are_translated(function, line, meaning):
    message = check.jsd_bound(function).message
    assert line in message and meaning in message, message
    assert not re.search(r"0x[0-9a-f]{6}|/tmp/__autograph|\[Op:", message)


def wrong_keyword_inside(n, dim, seed=None):
    rng = np.random.default_rng(seed)
    return rng.uniform(size=n, dim=dim)


def other_names(n, width, start=None):
    return np.random.default_rng(start).uniform(size=(n, width))


def list_method(p):
    return -[q * np.log(q) for q in p].sum()


def turned_table(joint):
    product, inside = np.outer(joint.sum(0), joint.sum(1)), joint > 0
    return np.sum(joint[inside] * np.log(joint[inside] / product[inside]))


def three_parts(features):
    first, second, third = features[:2]
    return np.stack([first, second, third])


def one_at_a_time(critic, optimizer, x, y):
    with tf.GradientTape() as tape:
        loss = -bounds.infonce_bound(critic(x, y))
    variables = critic.trainable_variables
    for gradient, variable in zip(tape.gradient(loss, variables), variables):
        optimizer.apply_gradients([(gradient, variable)])
    return -loss


def calls_what_is_not_written(joint):
    return exec(check.stub("kl_divergence"), names := {}) or names["kl_divergence"](joint, joint)


def module_of_nobodys(rho, dim=1):
    return tensorflow.math.log(1 - rho**2)  # noqa: F821


TOLD = [
    ("mutual_information", calls_what_is_not_written, "not written yet", "misspelt"),
    ("gaussian_mi", module_of_nobodys, "import yourself", "spelling"),
    ("sample_prior", wrong_keyword_inside, "no argument of that name", "of the stub"),
    ("sample_prior", other_names, "keep the names of the stub", "calls there"),
    ("entropy", list_method, "a list or the like", "tensor is not a NumPy"),
    ("mutual_information", turned_table, "axis by axis", "axis is asked for"),
    ("mismatch", three_parts, "number of parts", "axis by axis"),
    ("critic_step", one_at_a_time, "into that one call", "opposite direction"),
]


@pytest.mark.parametrize(
    "exercise, function, meaning, silent", TOLD, ids=[case[1].__name__ for case in TOLD]
)
def test_an_error_is_explained_by_what_raised_it(exercise, function, meaning, silent):
    message = getattr(check, exercise)(function).message
    assert meaning in message and silent not in message, message


def code_before_map(images, encoder, critic, *others):
    with tf.GradientTape():
        feature_map, code = encoder(images, training=True)
        return -bounds.local_jsd(critic(code, feature_map))


def code_before_map_of_two(map_a, code_a, map_b, code_b, critic):
    return bounds.local_infonce(critic(code_a, map_b))


SWAPPED = {"train_step": code_before_map, "two_view_loss": code_before_map_of_two}


@pytest.mark.parametrize("name", SWAPPED)
def test_a_critic_says_what_it_was_given(name):
    """Not an error from within: which of its arguments has how many axes."""
    message = getattr(check, name)(SWAPPED[name]).message
    assert "was given arguments with 2 and 4 axes" in message


# ---------------------------------------------------------------- wrong in a way nobody foresaw


def right(scores):
    return bounds.infonce_bound(scores)


GENERIC = [
    (lambda s: -1.75 * right(s), "-1.75 times"),
    (lambda s: right(s) + 0.3, "0.3 more"),
    (lambda s: right(s) * s.shape[0], "N times"),
    (lambda s: right(s) / (s.shape[0] - 1), "1 / (N - 1) times"),
    (lambda s: right(s) + math.log(s.shape[0] - 1), "log (N - 1) more"),
    (lambda s: right(s) - 2 * math.log(2), "2 log 2"),
    (lambda s: 0.25 + 0 * right(s), "whatever goes in"),
    (lambda s: right(s) * math.nan, "NaN"),
    (lambda s: tf.nn.log_softmax(s), "expected a single number"),
    (lambda s: right(s) / math.log(10), "base 10"),
]


@pytest.mark.parametrize("function, words", GENERIC, ids=[words for _, words in GENERIC])
def test_generic_recognition(function, words):
    feedback = check.infonce_bound(function)
    assert feedback.mistake is None and words in feedback.message, feedback
    assert "scores =" in feedback.message and "expected" in feedback.message


def test_generic_recognition_of_axes():
    from dimlearn.deep_infomax.critics import local_scores

    attach_code = check.attach_code.exercise.worked_solution

    feedback = check.local_scores(lambda f, c: tf.reverse(local_scores(f, c), axis=[2]))
    assert "backwards along axis 2" in feedback.message
    feedback = check.attach_code(lambda m, c: tf.transpose(attach_code(m, c), [3, 1, 2, 0]))
    assert "axes are in the order [3, 1, 2, 0]" in feedback.message
    feedback = check.pairwise_scores(lambda u, v: tf.matmul(u, v, transpose_b=True)[..., None])
    assert "only the shape is another" in feedback.message


def test_what_it_prints_is_shown():
    def chatty(scores):
        print("positive:", scores.shape)
        return tf.reduce_sum(scores)

    assert "It printed:\n\n    positive: (2, 2)" in check.jsd_bound(chatty).message


# ---------------------------------------------------------------- three places


def test_a_terminal_and_a_diff(capsys):
    text = repr(check.jsd_bound(lambda s: -bounds.jsd_bound(s)))
    assert text.startswith("Not yet: jsd_bound\n\nThe sign is wrong")
    assert max(map(len, text.splitlines())) <= 92
    assert text.isascii() and capsys.readouterr().out == ""


def test_html():
    html = check.jsd_bound(lambda s: bounds.jsd_bound(s).numpy())._repr_html_()
    assert 'role="status"' in html and 'aria-label="Check of jsd_bound: not yet"' in html
    assert "color:inherit" in html and "background" not in html
    assert "<code>" in html and "`" not in html
    bars = {
        status: re.search(r"0.4em (\w+) #", feedback._repr_html_()).group(1)
        for status, feedback in {
            "correct": check.jsd_bound(lambda s: bounds.jsd_bound(s)),
            "incorrect": check.jsd_bound(returns_a_number),
            "todo": check.jsd_bound(stub_pass),
        }.items()
    }
    assert bars == {"correct": "solid", "incorrect": "dashed", "todo": "dotted"}


def test_html_is_escaped():
    def angry(scores):
        raise ValueError("<script>alert(1)</script>")

    html = check.jsd_bound(angry)._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_cards_keep_code_and_wrap_words():
    card = Card("Title", "Some `code` and\nwords.\n\n    def f():\n\n        return 1\n\nMore.")
    assert repr(card) == (
        "Title\n\nSome `code` and words.\n\n    def f():\n\n        return 1\n\nMore."
    )
    assert "<pre" in card._repr_html_() and "def f():\n\n    return 1</pre>" in card._repr_html_()


def test_solved_code_goes_on():
    def own(scores):
        return bounds.jsd_bound(scores)

    assert check.jsd_bound(own).use is own
    assert check.jsd_bound(returns_a_number).use is bounds.jsd_bound


def test_keras_layers_are_named_as_if_nothing_had_happened():
    def clears(*args):
        keras.layers.Dense(3)
        keras.utils.clear_session(free_memory=False)

    before = keras.layers.Dense(3).name
    check.frozen_classifier(check.frozen_classifier.exercise.worked_solution)
    check.entropy(clears)
    number = int(before.rpartition("_")[2] or 0) if "_" in before else 0
    assert keras.layers.Dense(3).name == f"dense_{number + 1}"


def test_a_faded_exercise_is_to_do_until_its_missing_line_is_written():
    def jsd_bound(scores):
        positive = tf.linalg.diag_part(scores)
        raise NotImplementedError(f"the negatives of {positive.shape}")

    def inside_tensorflow(scores):
        return tf.reduce_mean(np.array(scores))  # NotImplementedError inside tf.function

    feedback = check.jsd_bound(jsd_bound)
    assert feedback.status == "todo" and "not finished" in feedback.message
    assert check.jsd_bound(inside_tensorflow).status == "incorrect"


def test_emphasis_is_shown_and_products_are_not_taken_for_it():
    shown = box("card", "title", "give *low* scores, `a*b*c`, N * N * L", "label")
    assert "give <em>low</em> scores, <code>a*b*c</code>, N * N * L" in shown
