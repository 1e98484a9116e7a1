"""The house: which room may import which, where a name is imported from, and what no room may hold.

The rules are drawn in the last section of the README. Each is read off the source, so that what
breaks one fails here whether or not it is ever run, and each is tried on a planted offender.
"""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "dimlearn"
TEXTS = {path: path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {path: ast.parse(text) for path, text in TEXTS.items()}

# From the lowest floor to the highest; a room may import the floors below its own, and itself.
FLOORS = [
    {"errors", "files", "private_names"},
    {"startup"},
    {"information", "data", "pictures"},
    {"deep_infomax"},
    {"evaluation"},
    {"check"},
    {"course"},
    {"cli"},
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# The sandbox is handed what it guards; it knows nothing of the rooms around it.
SANDBOX = "dimlearn.check.sandbox"
FOR_THE_SANDBOX = (SANDBOX, "dimlearn.startup", "dimlearn.private_names")

LONGEST_FUNCTION, LONGEST_MODULE, MOST_SKIPS = 50, 300, 10
QUOTED = r"""(\w*)('{3}|"{3}|'|")(.*)\2"""


def dotted(path):
    """The module of a file: `dimlearn.check` for `dimlearn/check/__init__.py`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


FILE_OF = {dotted(path): path for path in TREES}


def imports(tree):
    """What a source imports from dimlearn, wherever in it: `[(line, module, name)]`.

    `import dimlearn.a.b` counts as `from dimlearn.a import b`.
    """
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            pairs = (alias.name.rpartition(".") for alias in node.names)
            found += [(node.lineno, module or name, name) for module, _, name in pairs]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: import by full names"
            found += [(node.lineno, node.module, alias.name) for alias in node.names]
    return [one for one in found if one[1].split(".")[0] == "dimlearn"]


def told(found):
    """A message that names every offender."""
    return "\n" + "\n".join(found)


# ---------------------------------------------------------------- floors


def forbidden(module, tree):
    """The imports that a module must not have, as `line: name`."""
    wrong = []
    for line, source, name in imports(tree):
        _, other, *_ = f"{source}.{name}.".split(".")
        if f"{module}.".startswith(f"{SANDBOX}."):
            allowed = f"{source}.{name}.".startswith(tuple(f"{one}." for one in FOR_THE_SANDBOX))
        else:
            room = module.split(".")[1]
            allowed = other == room or FLOOR_OF.get(other, len(FLOORS)) < FLOOR_OF[room]
        if not allowed and name != "__version__":
            wrong.append(f"{module}, line {line}: {source}.{name}")
    return wrong


@pytest.mark.parametrize("module", sorted(FILE_OF.keys() - {"dimlearn", "dimlearn.__main__"}))
def test_a_room_imports_only_what_is_below_it(module):
    wrong = forbidden(module, TREES[FILE_OF[module]])
    assert not wrong, told(wrong)


@pytest.mark.parametrize("module, line", [
    ("information.exact", "from dimlearn.data import images"),
    ("deep_infomax.model", "def later():\n    from dimlearn.evaluation import probes"),
    ("files", "import dimlearn.information"),
    ("course.work", "from dimlearn import cli"),
    ("check.trials", "from dimlearn import DeepInfoMax"),  # by way of the top it has no room
    ("check.sandbox.guard", "from dimlearn.check import trials"),
    ("check.sandbox", "from dimlearn.information.bounds import jsd_bound"),
])  # fmt: skip
def test_a_forbidden_import_is_found(module, line):
    assert forbidden(f"dimlearn.{module}", ast.parse(line))


@pytest.mark.parametrize("module, line", [
    ("evaluation.probes", "from dimlearn.deep_infomax.model import x"),
    ("check.sandbox.guard", "from dimlearn.startup import tf\nimport dimlearn.private_names"),
    ("check.sandbox.guard", "from dimlearn.check.sandbox import call\nimport json"),
])  # fmt: skip
def test_an_allowed_import_is_let_through(module, line):
    assert not forbidden(f"dimlearn.{module}", ast.parse(line))


def test_every_room_says_what_it_is_for_and_what_it_may_import():
    for room in FLOOR_OF:
        source = PACKAGE / room / "__init__.py"
        if source.exists():
            said = ast.get_docstring(TREES[source])
            assert "may import" in said and said.count(".") >= 3, source


def test_the_readme_draws_the_floors_from_the_highest_to_the_lowest():
    last = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## ")[-1]
    (drawing,) = re.findall(r"```text\n(.*?)```", last, flags=re.DOTALL)
    drawn = [re.split(r" {2,}|:", line)[0].split(", ") for line in drawing.splitlines()]
    floors = [FLOOR_OF[room] for rooms in drawn for room in rooms]
    assert len(drawn) <= 10 and len(floors) == len(FLOOR_OF)
    assert floors == sorted(floors, reverse=True)


# ---------------------------------------------------------------- one place for each name


def defined(tree):
    """The names that a module defines itself, at its top level."""
    names = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            bound = (one for one in ast.walk(node) if isinstance(one, ast.Name))
            names |= {one.id for one in bound if isinstance(one.ctx, ast.Store)}
    return names


def handed_on(module):
    """The names that a room hands on, `{name: (module that has it, its name)}`."""
    names = {}
    for node in ast.walk(TREES[FILE_OF[module]]):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "lazy_loader.attach":
            given = {word.arg: ast.literal_eval(word.value) for word in node.keywords}
            names |= {name: (module, name) for name in given.get("submodules", ())}
            for source, attributes in given.get("submod_attrs", {}).items():
                names |= {name: (f"{module}.{source}", name) for name in attributes}
        elif isinstance(node, ast.ImportFrom) and node.module.startswith(f"{module}."):
            names |= {alias.name: (node.module, alias.name) for alias in node.names}
    return names


# Where a name is imported from outside the library: the top's names first, then those of a room.
ROOMS = ["dimlearn.information", "dimlearn.data", "dimlearn.pictures", "dimlearn.deep_infomax",
         "dimlearn.evaluation"]  # fmt: skip
HANDED_ON = {place: handed_on(place) for place in [*ROOMS, "dimlearn"]}
HOME = {origin: place for place, names in HANDED_ON.items() for origin in names.values()}


def borrowed(module, tree):
    """Imports inside the library of a name from elsewhere than where it is defined."""
    wrong = []
    for line, source, name in imports(tree):
        if f"{source}.{name}" in HANDED_ON:  # a whole room, for the names that it hands on
            wrong.append(f"{module}, line {line}: import from the modules of {source}.{name}")
        elif f"{source}.{name}" in FILE_OF or source == "dimlearn.startup":  # whose purpose it is
            continue
        elif source not in FILE_OF or name not in defined(TREES[FILE_OF[source]]):
            wrong.append(f"{module}, line {line}: {source} does not define {name}")
    return wrong


def roundabout(where, tree):
    """Imports outside the library from elsewhere than a name's one place, as `line: name`."""
    wrong = []
    for line, source, name in imports(tree):
        place = HOME.get(HANDED_ON.get(source, {}).get(name, (source, name)), source)
        if place != source:
            wrong.append(f"{where}, line {line}: import {name} from {place}, not from {source}")
    return wrong


def outside():
    """Every source that uses the library: lessons, tests, benchmarks and the README's code."""
    for path in sorted([*ROOT.glob("solutions/*.py"), *ROOT.glob("tests/**/*.py")]):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for block in re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL):
        yield "README.md", ast.parse(block)
    for line in re.findall(r"^>>> (.*import.*)$", readme, flags=re.MULTILINE):
        yield "README.md", ast.parse(line)


def test_inside_the_library_a_name_comes_from_the_module_that_defines_it():
    wrong = [line for path, tree in TREES.items() for line in borrowed(dotted(path), tree)]
    assert not wrong, told(wrong)


def test_outside_a_name_comes_from_the_one_place_that_hands_it_on():
    seen = dict(outside())
    assert "README.md" in seen and len(seen) > 30
    wrong = [line for where, tree in outside() for line in roundabout(where, tree)]
    assert not wrong, told(wrong)


def test_what_a_room_hands_on_is_there():
    assert {"DeepInfoMax", "InputError", "bounds", "build_encoder", "check", "data",
            "estimate_mi"} <= set(HANDED_ON["dimlearn"])  # fmt: skip
    for place, names in HANDED_ON.items():
        assert names, place
        for source, name in names.values():
            assert f"{source}.{name}" in FILE_OF or source in FILE_OF, f"{place} hands on {name}"


@pytest.mark.parametrize("line", [
    "from dimlearn.information import entropy",  # a room hands it on
    "from dimlearn.deep_infomax.encoder import keras",
    "from dimlearn.evaluation.probes import accuracy_of_a_horse",
    "from dimlearn import evaluation",
])  # fmt: skip
def test_a_borrowed_name_is_found(line):
    assert borrowed("planted", ast.parse(line))


@pytest.mark.parametrize("line", [
    "from dimlearn.information.exact import entropy",  # from its module, not from its room
    "from dimlearn.information.estimation import Estimate, estimate_mi",
    "from dimlearn.information import bounds",  # from its room, not from the top
    "from dimlearn.deep_infomax import DeepInfoMax",
    "from dimlearn.errors import InputError",
    "import dimlearn.information.bounds",
    "def test():\n    from dimlearn.data.images import load",
])  # fmt: skip
def test_a_roundabout_import_is_found(line):
    assert roundabout("planted", ast.parse(line))


@pytest.mark.parametrize("line", [
    "from dimlearn import DeepInfoMax, build_encoder, data, check, bounds, estimate_mi",
    "from dimlearn.pictures import canvas, show\nfrom dimlearn.pictures.style import BLUE",
    "from dimlearn.evaluation import comparison, encode",
    "from dimlearn.information.bounds import local_jsd\nfrom dimlearn.data import load",
])  # fmt: skip
def test_a_direct_import_is_let_through(line):
    assert not roundabout("planted", ast.parse(line))


# ---------------------------------------------------------------- what fits a screen


def too_long(where, text):
    """Functions and modules that are too long, a line each."""
    count = len(text.splitlines())
    found = [f"{where}: {count} lines"] if count > LONGEST_MODULE else []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            count = node.end_lineno - node.lineno + 1
            if count > LONGEST_FUNCTION:
                found.append(f"{where}, line {node.lineno}: {node.name} has {count} lines")
    return found


def tokens_of(text):
    return list(tokenize.generate_tokens(io.StringIO(text).readline))


def skips(text):
    """The lines that the formatter is kept from."""
    return [token.start[0] for token in tokens_of(text)
            if token.type == tokenize.COMMENT and "fmt: skip" in token.string]  # fmt: skip


def seams(text):
    """The lines in which a string literal goes on in the middle of another's sentence."""
    lines, found, before, depth = text.splitlines(keepends=True), [], None, 0
    for token in tokens_of(text):
        kind = tokenize.tok_name[token.type]
        if kind in ("NL", "COMMENT"):
            continue
        if depth == 0 and kind in ("STRING", "FSTRING_START"):
            if before is not None and not is_whole(before):
                found.append(token.start[0])
            start = token.start
        depth += (kind == "FSTRING_START") - (kind == "FSTRING_END")  # since Python 3.12
        if depth == 0:
            ends = kind in ("STRING", "FSTRING_END")
            before = between(lines, start, token.end) if ends else None
    return found


def between(lines, start, end):
    """The source from one place `(line, column)` to another."""
    taken = lines[start[0] - 1 : end[0]]
    taken[-1] = taken[-1][: end[1]]
    taken[0] = taken[0][start[1] :]
    return "".join(taken)


def is_whole(literal):
    """Whether a literal ends where a sentence does, or is a raw one: a regular expression."""
    prefix, _, body = re.fullmatch(QUOTED, literal, flags=re.DOTALL).groups()
    return "r" in prefix.lower() or body.rstrip(" )").endswith((".", ":", "?", "\\n", "\n"))


def test_functions_and_modules_fit_a_screen_or_a_few():
    found = [line for path, text in TEXTS.items() for line in too_long(dotted(path), text)]
    assert not found, told(found)


def test_the_formatter_is_kept_from_few_lines():
    found = [f"{dotted(path)}, line {n}" for path, text in TEXTS.items() for n in skips(text)]
    assert len(found) <= MOST_SKIPS, told(found)


def test_no_sentence_is_glued_from_literals():
    found = [f"{dotted(path)}, line {n}" for path, text in TEXTS.items() for n in seams(text)]
    assert not found, told(found)


def test_what_is_too_long_is_found():
    body = "    x = 1\n" * LONGEST_FUNCTION
    assert too_long("planted", f"def f():\n{body}") == ["planted, line 1: f has 51 lines"]
    assert not too_long("planted", "@cached\ndef f():\n" + body.removesuffix("    x = 1\n"))
    inside = f"class A:\n    def f(self):\n        def g():\n{body.replace('    ', '            ')}"
    assert len(too_long("planted", inside)) == 2
    assert too_long("planted", "x = 1\n" * 301) == ["planted: 301 lines"]
    assert not too_long("planted", "x = 1\n" * 300)


def test_a_skip_is_found():
    assert skips('x = "# fmt: skip"\ny = [\n    1]  # fmt: skip\n') == [3]


@pytest.mark.parametrize("text, lines", [
    ('x = ("a sentence that "\n     "goes on")', [2]),
    ('x = ("a sentence "  # with a comment\n\n     f"of {1}"\n     " parts")', [3, 4]),
    ("x = 'a ' 'b'", [1]),
    ('f(f"{1:{2}} and " f"{3}", "four")', [1]),
    ('x = ("One sentence. "\n     f"Another: {1}:"\n     "a list\\n"\n     "a line")', []),
    ('x = (r"a|"\n     r"b|")', []),
    ('x = ["a ", "b"], f("a ", "b") + "c " + "d"', []),
    ('"""A docstring"""\n"and a string"', []),
])  # fmt: skip
def test_a_seam_in_a_sentence_is_found(text, lines):
    assert seams(text) == lines
