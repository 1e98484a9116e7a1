"""Private names of TensorFlow and Keras: each is there, and used in one place.

When this fails in a new version of either, the message says which name is gone and what for.
"""

import ast
import re
import sys
from pathlib import Path

import pytest

from dimlearn.private_names import CONTEXT, NAMES, STATE, TRACKER
from dimlearn.startup import keras, tf

PACKAGE = Path(__file__).resolve().parents[1] / "dimlearn"
LIBRARIES = {"TensorFlow": tf, "Keras": keras}

each = pytest.mark.parametrize("one", NAMES, ids=lambda one: f"{one.owner}.{one.name}")


def seeded_context():
    tf.random.set_seed(0)
    return sys.modules[CONTEXT].context()


def used_tracker():
    keras.layers.Dense(1)
    keras.random.uniform([1])
    return sys.modules[STATE].GLOBAL_STATE_TRACKER


# By its dotted place, what has the names: in use, for some come late.
OWNERS = {
    CONTEXT: lambda: sys.modules[CONTEXT],
    f"{CONTEXT}.Context": seeded_context,
    STATE: lambda: sys.modules[STATE],
    TRACKER: used_tracker,
}


def missing(one, owner):
    """What is wrong with a private name, or "" when its owner has it."""
    try:
        getattr(owner(), one.name)
    except (KeyError, AttributeError):
        library = one.seen_in.split()[0]
        has_no = f"{library} {LIBRARIES[library].__version__} has no {one.owner}.{one.name}"
        return f"{has_no} ({one.purpose}): it was seen in {one.seen_in}"
    return ""


@each
def test_it_is_there(one):
    assert not missing(one, OWNERS[one.owner]), missing(one, OWNERS[one.owner])


@each
def test_a_name_that_is_gone_is_named(one):
    said = missing(one, object)
    assert f" has no {one.owner}.{one.name} (to " in said
    assert re.search(rf"^{one.seen_in.split()[0]} [\d.]+ has no .* seen in \w+ [\d.]+$", said)


def test_a_module_that_is_gone_is_named(monkeypatch):
    monkeypatch.delitem(sys.modules, STATE)
    gone = [missing(one, OWNERS[one.owner]) for one in NAMES if one.owner in (STATE, TRACKER)]
    assert len(gone) == 3 and all(f"has no {STATE}." in said for said in gone)


# ---------------------------------------------------------------- used in one place


def private_uses(source):
    """The private names of others that a source uses: those that it does not define itself."""
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    own = {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    own |= {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
    }
    found = set()
    for node in nodes:
        if isinstance(node, ast.Attribute):
            through_super = isinstance(node.value, ast.Call)  # `super()._x`
            if re.match("_[a-z]", node.attr) and (through_super or node.attr not in own):
                found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= set(re.findall(r"tensorflow\.python|keras\.src|__internal__", node.value))
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if PRIVATE_MODULE.search(alias.name)}
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name for name in names if PRIVATE_MODULE.search(name)}
    return {name for name in found if name != "_exit" and not re.fullmatch("_repr_.*_", name)}


PRIVATE_MODULE = re.compile(r"tensorflow\.python|keras\.src|__internal__|\._[a-z]")


def test_no_other_module_uses_one():
    for path in PACKAGE.rglob("*.py"):
        used = private_uses(path.read_text(encoding="utf-8"))
        assert bool(used) == (path == PACKAGE / "private_names.py"), (path, used)


@pytest.mark.parametrize(
    "source",
    [
        "from keras.src import backend",
        "import tensorflow.python.eager.context",
        "context = sys.modules['tensorflow.python.eager.context']",
        "layers = model._flatten_layers()",
        "class A(B):\n    def _step(self):\n        return super()._step()",
        "class A(B):\n    def step(self):\n        return self._moments",
        "from scipy._lib import _util",
    ],
)
def test_a_use_is_found(source):
    assert private_uses(source)
    assert not private_uses("class A:\n    def f(self):\n        self._x = 1\n        self._x")
