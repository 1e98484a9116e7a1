"""The house: which room may import which, and what no room may hold.

The rules are drawn in the last section of the README. Each is read off the source, so that a
forbidden import fails here whether or not it is ever run.
"""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "dimlearn"
SOURCES = sorted(PACKAGE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}

# From the lowest floor to the highest; a room may import the floors below its own, and itself.
FLOORS = [
    {"errors", "startup", "files", "private_names"},
    {"information", "data", "pictures"},
    {"deep_infomax"},
    {"evaluation"},
    {"check"},
    {"course"},
    {"cli"},
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def room_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree):
    """The modules of dimlearn that a source imports, wherever in it: `[(line, dotted name)]`."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "import by full names"
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return [(line, name) for line, name in found if name.split(".")[0] == "dimlearn"]


def forbidden(room, tree):
    """The imports that a source of a room must not have, as `line: name`."""
    wrong = []
    for line, name in imported(tree):
        other = name.split(".")[1] if "." in name else ""
        if other == "__version__":
            continue
        below = FLOOR_OF.get(other, len(FLOORS)) < FLOOR_OF[room]
        if not (below or other == room):
            wrong.append(f"{line}: {name}")
    return wrong


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_what_is_below_it(path):
    if path.parent == PACKAGE and room_of(path) in ("__init__", "__main__"):
        return
    assert not forbidden(room_of(path), TREES[path])


def test_a_forbidden_import_is_found():
    for room, line in (
        ("information", "from dimlearn.data import images"),
        ("deep_infomax", "def later():\n    from dimlearn.evaluation import probes"),
        ("files", "import dimlearn.information"),
        ("course", "from dimlearn import cli"),
        ("check", "from dimlearn import DeepInfoMax"),  # names by way of the top have no room
    ):
        assert forbidden(room, ast.parse(line)), line
    assert not forbidden("evaluation", ast.parse("from dimlearn.deep_infomax.model import x"))


def test_every_room_says_what_it_is_for():
    for room in FLOOR_OF:
        source = PACKAGE / room / "__init__.py"
        if source.exists():
            said = ast.get_docstring(TREES[source])
            assert "import" in said and said.count(".") >= 3, source
