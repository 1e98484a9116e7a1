"""Functions of earlier lessons: kept with what they need, and judged again in another process."""

import importlib.util
import json
import linecache
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dimlearn import InputError, check
from dimlearn.check import program, progress_file
from dimlearn.check.cards import source_of
from dimlearn.check.sandbox import guard
from dimlearn.check.syllabus import LESSON_OF
from dimlearn.startup import keras, tf

ROOT = Path(__file__).resolve().parents[2]


def kept():
    return json.loads(progress_file.path().read_text(encoding="utf-8"))["sources"]


def in_a_cell(source, **names):
    """Run a cell as Jupyter does, with its text where tracebacks find it; the names afterwards."""
    file = f"<cell {len(linecache.cache)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names = {"__name__": "__main__", "np": np, "tf": tf, "keras": keras, **names}
    exec(compile(source, file, "exec"), names)
    return names


def another_process(*names):
    """What `check.yours` prints of exercises in a new Python process, as `{name: line}`."""
    code = (
        "import sys; from dimlearn import check\n"
        "for name in sys.argv[1:]:\n"
        "    mine = check.yours(name)\n"
        "    assert callable(mine) and (mine is getattr(check, name).reference) != (\n"
        "        mine.__module__ == '__main__')\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", code, *names], env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return dict(line.split(": ", 1) for line in run.stdout.splitlines())


def yours(name, capsys):
    """`(function, the one line)` of `check.yours` in this process, as after a restart."""
    capsys.readouterr()
    function = check.yours(name)
    (line,) = capsys.readouterr().out.splitlines()
    return function, line


# ---------------------------------------------------------------- from one kernel to the next


@pytest.mark.weekly
def test_every_solution_comes_back_in_another_process(tmp_path):
    """Written into a file as a learner would, with the helpers and imports that they name."""
    for name in LESSON_OF:
        judge = getattr(check, name)
        module = sys.modules[judge.exercise.worked_solution.__module__]
        source = source_of(judge.exercise.worked_solution)
        path = tmp_path / f"answer_{name}.py"
        path.write_text(source)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        answers = importlib.util.module_from_spec(spec)
        needed = set(program.names_used(source)) & set(vars(module))
        vars(answers).update({one: getattr(module, one) for one in needed})
        spec.loader.exec_module(answers)
        assert judge(getattr(answers, name))
        path.unlink()
    lines = another_process(*LESSON_OF)
    assert lines == {name: f"yours, from lesson {LESSON_OF[name]}" for name in LESSON_OF}


NOTEBOOK = """
import math
import numpy as xx
from tensorflow.nn import softplus as soft
from keras import layers
from keras.layers import Dense as LastLayer
TINY, SIZES, NOTHING, LOWEST = 1e-300, (3, (2, "same")), None, float("-inf")
HALF = xx.float64(0.5)

def factorial(n):
    return 1 if n <= 1 else n * factorial(n - 1)

def surprise(p):
    assert factorial(3) == 6 and NOTHING is None and LOWEST < 0
    return -xx.log(xx.maximum(p, TINY))

same_thing = surprise

def entropy(p, start=HALF):
    return float(sum(q * same_thing(q) for q in xx.ravel(p)) + start - math.sqrt(0.25))

def outer():
    scale = 1.0
    @tf.function
    def minus(x):
        return -scale * x
    def global_loss(positive, negative):
        each = [tf.reduce_mean(soft(minus(positive))), tf.reduce_mean(soft(negative))]
        return tf.add_n(each)
    return global_loss

global_loss = outer()

class Block(layers.Conv2D):
    '''A convolution
with text that starts at the margin.'''
    def __init__(self, filters):
        super().__init__(filters, SIZES[0], SIZES[1][0], padding=SIZES[1][1])
    def call(self, x):
        return keras.ops.relu(layers.Conv2D.call(self, x))

def build_encoder(input_shape, code_dim):
    images = keras.Input(input_shape)
    feature_map = Block(8)(images)
    return keras.Model(images, (feature_map, LastLayer(code_dim)(layers.Flatten()(feature_map))))

def mismatch(features):
    if len(features) < 2:
        raise ValueError("no other item")
    return xx.roll(features, 1, axis=0)

from scipy.special import xlogy as times_log

def kl_divergence(p, q):
    p, q = xx.asarray(p, float), xx.asarray(q, float)
    return float(xx.sum(times_log(p, p) - times_log(p, q)))
"""

LATER = """
def global_pairs(feature_map, code):
    features = tf.reshape(feature_map, [feature_map.shape[0], -1])
    order = mismatch(list(range(feature_map.shape[0])))
    return tf.concat([features, code], 1), tf.concat([tf.gather(features, order), code], 1)
"""


@pytest.mark.slow
def test_what_a_function_needs_comes_along(capsys):
    """Aliases, constants, recursion, helpers, a class, a closure, and another kept function."""
    names = in_a_cell(NOTEBOOK)
    solved = ("entropy", "global_loss", "build_encoder", "mismatch", "kl_divergence")
    for name in solved:
        assert getattr(check, name)(names[name]), name
    recalled, line = yours("mismatch", capsys)
    assert line == "mismatch: yours, from lesson 5" and recalled is not names["mismatch"]
    later = in_a_cell(LATER, mismatch=recalled)
    assert check.global_pairs(later["global_pairs"])
    lines = another_process(*solved, "global_pairs", "jsd_bound")
    assert lines.pop("jsd_bound") == "ours, since yours is still to do in lesson 3"
    assert all(line.startswith("yours, from lesson ") for line in lines.values()), lines


def test_it_is_kept_once_more_only_when_it_changes():
    first = in_a_cell("def entropy(p):\n    return -np.sum(p[p > 0] * np.log(p[p > 0]))\n")
    check.entropy(first["entropy"])
    written = progress_file.path().stat().st_mtime_ns
    check.entropy(first["entropy"])
    assert progress_file.path().stat().st_mtime_ns == written
    second = in_a_cell("def mine(p):\n    q = p[p > 0]\n    return -np.sum(q * np.log(q))\n")
    check.entropy(second["mine"])
    assert kept()["entropy"]["name"] == "mine" and "q = p" in kept()["entropy"]["text"]
    check.kl_divergence(second["mine"])  # wrong: nothing of it is kept
    assert set(kept()) == {"entropy"}


# ---------------------------------------------------------------- what has no text


def bits(p):
    return check.entropy.reference(p)


def without_text():
    """Right answers of which no text can be kept."""
    names = {"bits": bits}
    exec("def entropy(p):\n    return bits(p)\n", names)
    return {
        "lambda": lambda p: bits(p),
        "exec": names["entropy"],
        "method": type("Answer", (), {"entropy": lambda self, p: bits(p)})().entropy,
        "object": type("Answer", (), {"__call__": lambda self, p: bits(p)})(),
    }


@pytest.mark.parametrize("kind", without_text())
def test_without_text_it_is_correct_and_not_kept(kind, capsys):
    assert check.entropy(without_text()[kind])
    assert "entropy" in progress_file.finished()
    function, line = yours("entropy", capsys)
    assert function is check.entropy.reference
    assert line == "entropy: ours, for no text of yours was kept in lesson 1"


def test_the_reference_is_not_taken_for_yours(capsys):
    check.entropy(check.entropy.reference)
    assert yours("entropy", capsys)[1] == "entropy: ours, since yours is still to do in lesson 1"


def test_data_of_the_notebook_stays_behind(capsys):
    names = in_a_cell(
        "zero = np.zeros(1)\ndef entropy(p):\n    return -np.sum(p[p > 0] * np.log(p[p > 0])) + "
        "zero[0]\n"
    )
    assert check.entropy(names["entropy"])
    function, line = yours("entropy", capsys)
    assert function is check.entropy.reference
    assert "no longer right here" in line and "zero" in line


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'build_encoder'"):
        check.yours("build_encodr")
    with pytest.raises(InputError, match="choose one of"):
        check.yours("xyz")


# ---------------------------------------------------------------- files as they come


def write(text, name="entropy"):
    sources = {"entropy": {"name": name, "text": text}}
    content = {"version": 1, "done": {"entropy": "2026-01-01"}, "sources": sources}
    progress_file.path().write_text(json.dumps(content))


HOSTILE = {
    "not Python": ("def entropy(p) return", "SyntaxError"),
    "wrong by now": ("def entropy(p):\n    return 0.0\n", "returned"),
    "not finished": ("def entropy(p):\n    raise NotImplementedError\n", "Nothing is written"),
    "another name": ("def something(p):\n    return 0.0\n", "it has no entropy"),
    "not a function": ("entropy = 3\n", "not a function"),
    "ends the process": ("import os, sys\nos._exit(3)\n", "SystemExit"),
    "exits": ("raise SystemExit(3)\n", "SystemExit"),
    "interrupts": ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
    "a module that is gone": ("import nowhere_to_be_found as np\n", "nowhere_to_be_found"),
    "half a character": ("x = '\ud800'\n", "Unicode"),
    "a zero": ("def entropy(p):\n    return 0\0\n", "Error"),
    "deep": ("(" * 5000 + ")" * 5000, "Error"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_gives_the_reference_and_says_why(kind, capsys):
    text, reason = HOSTILE[kind]
    write(text)
    function, line = yours("entropy", capsys)
    assert function is check.entropy.reference
    assert line.startswith("entropy: ours, for what was kept of yours is no longer right here: ")
    assert reason in line and len(line) < 400


def test_text_that_never_ends_and_text_that_leaves_things_behind(capsys, monkeypatch):
    monkeypatch.setattr(guard, "TIME_LIMIT", 0.3)
    write("while True:\n    pass\n")
    assert "TimeIsUp" in yours("entropy", capsys)[1]
    write("import os, random\nprint('noise')\nos.environ['LEFT'] = '1'\nrandom.seed(1)\n"
          "import numpy as np\nnp.random.seed(1)\n"
          "def entropy(p):\n    return -np.sum(p[p > 0] * np.log(p[p > 0]))\n")  # fmt: skip
    state = np.random.get_state()[1].copy()
    assert yours("entropy", capsys)[1] == "entropy: yours, from lesson 1"
    assert "LEFT" not in os.environ and np.array_equal(np.random.get_state()[1], state)


@pytest.mark.parametrize("damage", ["{", '{"done": 3}', "\x00"])
def test_a_damaged_file(damage, capsys):
    progress_file.path().write_text(damage)
    assert "still to do" in yours("entropy", capsys)[1]


@pytest.mark.parametrize("sources", [3, [], {"entropy": 3}, {"entropy": {"text": "x"}}, None,
                                     {"entropy": {"name": 3, "text": "x"}}])  # fmt: skip
def test_sources_that_are_none(sources, capsys):
    """Progress stays, of which the first version's files hold nothing else."""
    content = {"version": 1, "done": {"entropy": "2026-01-01"}}
    progress_file.path().write_text(json.dumps({**content, "sources": sources}))
    assert "no text of yours was kept" in yours("entropy", capsys)[1]
    progress_file.path().write_text(json.dumps(content))
    assert "no text of yours was kept" in yours("entropy", capsys)[1]
    assert "[x] entropy" in repr(check.progress())


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch, capsys):
    (tmp_path / "wall").write_text("")
    monkeypatch.setenv("DIMLEARN_PROGRESS", str(tmp_path / "wall" / progress_file.FILE))
    names = in_a_cell("def entropy(p):\n    return -np.sum(p[p > 0] * np.log(p[p > 0]))\n")
    assert check.entropy(names["entropy"])
    assert yours("entropy", capsys)[1] == "entropy: yours, from lesson 1"


WRITER = """
import sys
from dimlearn.check import progress_file
for name in sys.argv[2:]:
    progress_file.record(name, {"name": name, "text": sys.argv[1] * 1000})
"""


def test_two_kernels_writing_at_once():
    """Each has exercises of its own, and both write the last one."""
    names = [[*(f"{kernel}_{i}" for i in range(40)), "both"] for kernel in "ab"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, own[0][0], *own], env=environment)
        for own in names
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    found = kept()
    assert set(found) == {name for own in names for name in own}
    assert all(one["text"] == name[0] * 1000 for name, one in found.items() if name != "both")
    assert found["both"]["text"][0] in "ab"


def test_a_newer_text_of_another_kernel_stays():
    progress_file.record("entropy", {"name": "entropy", "text": "old"})
    write("newer")
    progress_file.record("jsd_bound", {"name": "jsd_bound", "text": "mine"})
    assert kept()["entropy"]["text"] == "newer" and kept()["jsd_bound"]["text"] == "mine"
