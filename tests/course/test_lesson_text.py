"""What every lesson owes its readers, read from the sources without running them."""

import ast
import functools
import re
import statistics
import unicodedata

import pytest

from dimlearn import check
from dimlearn.check.syllabus import LESSON_OF, LESSONS
from dimlearn.course import authoring, lesson_source

SOURCES = {int(lesson.name[:2]): lesson.source for lesson in authoring.lessons()}
KNOWN = set(LESSONS)
each = pytest.mark.parametrize("number", SOURCES, ids=lambda number: f"{number:02d}")
EXERCISES = [name for name, number in LESSON_OF.items() if number in SOURCES]
DIFFICULTY = r"\*(Easy|Medium|Hard), (about )?(\d+) minutes"

CODE = "\N{REPLACEMENT CHARACTER}"  # stands for a line of code
OTHER_WAYS = r"matplotlib$|matplotlib\.(pyplot|pylab|figure|image)|seaborn|plotly|PIL|IPython"


@functools.cache
def cells_of(number):
    return lesson_source.read_source(SOURCES[number]).cells


def code_of(number):
    return [cell.source for cell in cells_of(number) if cell.cell_type == "code"]


def text_of(number):
    return "\n\n".join(cell.source for cell in cells_of(number) if cell.cell_type == "markdown")


def prose_of(number):
    """The words of a lesson, without code, formulas, addresses and HTML."""
    text = re.sub(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", " ", text_of(number), flags=re.DOTALL)
    return re.sub(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]*>", r"\1", text)


# ---------------------------------------------------------------- pictures


def shown(tree):
    """The name of what the last line of a cell shows: of a variable, or of a function called."""
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return ""
    value = last.value.func if isinstance(last.value, ast.Call) else last.value
    return ast.unparse(value).split("(")[0]


@each
def test_every_picture_is_shown_with_words_and_labels(number):
    """`pictures.show` refuses axes without labels and pictures without words when the lesson runs,
    so that a lesson is safe that shows its pictures in no other way."""
    pictures = {"canvas", "scatters", "probability_tables", "image_grid", "Figure"}
    for source in code_of(number):
        tree, names = ast.parse(source), set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                called = ast.unparse(node.value.func).rpartition(".")[2]
                targets = [name.id for t in node.targets for name in ast.walk(t)
                           if isinstance(name, ast.Name)]  # fmt: skip
                pictures |= set(targets[:1]) if called in pictures else set()
        assert not [name for name in names if re.match(OTHER_WAYS, name)]
        assert not re.search(r"\bpyplot\b|\bplt\.|^%", source, flags=re.MULTILINE)
        assert shown(tree).rpartition(".")[2] not in pictures, f"not shown by `show`:\n{source}"


@each
def test_pictures_in_the_text_have_words(number):
    text = text_of(number)
    assert not re.search(r"!\[\s*\]\(", text)
    for image in re.findall(r"<img[^>]*>", text):
        assert re.search(r'alt="[^"]{20,}"', image), image


# ---------------------------------------------------------------- cells and words


@each
def test_cells_are_short(number, capsys):
    lengths = [len(source.splitlines()) for source in code_of(number)]
    words, middle = len(text_of(number).split()), statistics.median(lengths)
    with capsys.disabled():
        print(f"\n{SOURCES[number].stem}: {words} words, {len(lengths)} code cells, "
              f"median {middle:g} and at most {max(lengths)} lines ", end="")  # fmt: skip
    assert middle <= 6 and max(lengths) <= 14


@each
def test_the_tone_is_calm(number):
    prose = prose_of(number)
    assert "!" not in prose, re.findall(r".{30}!", prose)
    emoji = [one for one in text_of(number) if one > "\u2000" and unicodedata.category(one) == "So"]
    assert not emoji


# ---------------------------------------------------------------- chance


def fixed_seeds(source, own=()):
    """Calls that are given a seed which is not one of this run's (`run_seed`).

    own: the lesson's functions, which make a seed of the number that they are given.
    """
    found = []
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call):
            name = ast.unparse(call.func).rpartition(".")[2]
            named = [word.value for word in call.keywords if word.arg in ("seed", "random_state")]
            seeds = named if name not in own else []
            if name in ("default_rng", "set_random_seed"):
                seeds = seeds + call.args[:1]
            if any("run_seed(" not in ast.unparse(seed) for seed in seeds):
                found.append(ast.unparse(call))
    return found


@each
def test_one_seed_decides_the_whole_lesson(number):
    own = set(re.findall(r"^ *def (\w+)\(", "\n".join(code_of(number)), flags=re.MULTILINE))
    shown = {lesson_source.SOLUTION, lesson_source.COMPARED}  # exercises, and faults to be judged
    for cell in cells_of(number):
        if cell.cell_type == "code" and not shown & set(cell.metadata.get("tags", [])):
            assert not fixed_seeds(cell.source, own)


def test_a_seed_of_its_own_is_found():
    for source in ("keras.utils.set_random_seed(0)", "np.random.default_rng(seed)",
                   "world.sample(9, seed=1)", "KMeans(random_state=0)"):  # fmt: skip
        assert fixed_seeds(source) == [source]
    for source in (
        "default_rng(run_seed(k))",
        "f(seed=run_seed())",
        "default_rng()",
        "mine(seed=1)",
    ):
        assert not fixed_seeds(source, own=["mine"])


# ---------------------------------------------------------------- parts of a lesson


@each
def test_it_says_what_it_is_for_and_what_it_takes(number):
    cells = cells_of(number)
    first = cells[0].source
    assert cells[0].cell_type == "markdown" and first.startswith(f"# {number:02d} ")
    aims = first.split("**Afterwards you can**")[1].split("**Time**")[0]
    assert len(re.findall(r"^- ", aims, flags=re.MULTILINE)) >= 2
    assert "**You need**" in first


@each
def test_a_sitting_takes_the_minutes_that_are_stated(number):
    """At 180 words of open text and 15 lines of code a minute, and what the exercises are said to
    take, a sitting is stated within a few minutes: 20 to 45."""
    (lesson,) = authoring.lessons(names=[f"{number:02d}"])
    cells = lesson_source.read_source(lesson.script).cells
    first = cells[0].source
    (stated,) = re.findall(r"\*\*Time\*\* (?:\w+ sittings of )?about (.+?) minutes", first)
    text = "\n".join(
        f"\n{CODE * len(cell.source.splitlines())}" if cell.cell_type == "code" else cell.source
        for cell in cells
    )
    sittings = text.split("*A sitting may end here.")
    stated = [int(minutes) for minutes in re.split(", | and ", stated)]
    assert len(stated) == len(sittings)
    for minutes, sitting in zip(stated, sittings):
        lines = sitting.count(CODE)
        exercises = sum(int(asked) for _, _, asked in re.findall(DIFFICULTY, sitting))
        words = re.sub(rf"<details>.*?</details>|\$[^$]*\$|{CODE}", " ", sitting, flags=re.DOTALL)
        taken = len(words.split()) / 180 + lines / 15 + exercises
        assert 20 <= minutes <= 45 and taken - 4 <= minutes <= taken + 8, taken


@each
def test_it_asks_before_it_shows(number):
    text = text_of(number)
    assert "**Predict**" in text
    assert re.search(r"^## What could go wrong", text, flags=re.MULTILINE)


@each
def test_it_sums_up_and_leads_on(number):
    ending = text_of(number).split("\n## In this lesson we saw")
    assert len(ending) == 2 and len(re.findall(r"^- ", ending[1], flags=re.MULTILINE)) >= 2
    if number < max(SOURCES):
        assert re.search(rf"\*\*Next\*\*.*\b{number + 1:02d}\b", ending[1], flags=re.DOTALL)


@each
def test_its_questions_keep_their_answers_hidden(number):
    text = text_of(number)
    questions = re.split(r"^#### \d+\. ", text.split("\n## Questions")[1], flags=re.MULTILINE)[1:]
    assert len(questions) >= 2
    for question in questions:
        options = re.findall(r"<details><summary>(.+?)</summary>(.+?)</details>", question,
                             flags=re.DOTALL)  # fmt: skip
        assert len(options) >= 2, question[:60]
        assert all(len(answer.split()) > 3 for _, answer in options)
    for tag in ("details", "summary"):
        assert text.count(f"<{tag}>") == text.count(f"</{tag}>")
    assert "<details open" not in text


# ---------------------------------------------------------------- exercises


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_of_the_syllabus_is_in_its_lesson(name):
    """Written once, with the signature of the check, and judged once; before it, how hard it is
    and how many minutes it takes."""
    cells = cells_of(LESSON_OF[name])
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    assert len(re.findall(rf"\bcheck\.{name}\({name}\)", "\n".join(code))) == 1
    (place,) = [
        index
        for index, cell in enumerate(cells)
        if lesson_source.SOLUTION in cell.metadata.get("tags", [])
        and re.search(rf"^def {name}\(", cell.source, flags=re.MULTILINE)
    ]
    asked, written = map(arguments, (check.stub(name), cells[place].source))
    assert asked[name] == written[name]
    before = [cell.source for cell in cells[:place] if cell.cell_type == "markdown"][-1]
    difficulty = re.findall(DIFFICULTY, before)
    assert difficulty, f"no '*Easy, 5 minutes' (or Medium, Hard) in the text before {name}"


def arguments(source):
    """The arguments of the functions that a text defines, by name."""
    functions = [one for one in ast.parse(source).body if isinstance(one, ast.FunctionDef)]
    return {one.name: ast.unparse(one.args) for one in functions}


@each
def test_every_lesson_has_something_to_write(number):
    judged = re.findall(r"\bcheck\.(\w+)\(\1\)", "\n".join(code_of(number)))
    assert judged and set(judged) <= set(LESSON_OF)


# ---------------------------------------------------------------- links and numbers


@each
def test_links_and_numbers_of_lessons_lead_somewhere(number):
    text = text_of(number)
    for target in re.findall(r"\]\(([^)\s]+)", text):
        if not target.startswith(("http://", "https://", "#", "attachment:")):
            assert (authoring.ROOT / "lessons" / target).exists(), target
    assert not lessons_named(text) - KNOWN - set(SOURCES)


def lessons_named(text):
    """The numbers of all lessons that a text names."""
    found = re.findall(r"\b[Ll]essons? ((?:\d+(?:,? and |, | to |-|–)?)+)", text)
    return {int(number) for numbers in found for number in re.findall(r"\d+", numbers)}


def misplaced(text):
    """What a module of the library has of lessons that it does not name, though it names some."""
    named = lessons_named(text)
    defined = {one.name for one in ast.parse(text).body if isinstance(one, ast.FunctionDef)}
    return sorted(
        name for name in defined & set(LESSON_OF) if named and LESSON_OF[name] not in named
    )


MODULES = [path for path in sorted((authoring.ROOT / "dimlearn").rglob("*.py"))
           if path.parent.name != "exercises"]  # fmt: skip


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_library_names_the_lessons_of_its_exercises(path):
    text = path.read_text(encoding="utf-8")
    assert not lessons_named(text) - KNOWN and not misplaced(text)


def test_a_function_of_another_lesson_is_found():
    assert misplaced('"""Bounds. Lessons 2 and 7."""\ndef jsd_bound(scores): ...') == ["jsd_bound"]
    assert not misplaced('"""Bounds. Lessons 2, 3."""\ndef jsd_bound(scores): ...')
    assert lessons_named("lessons 02, 03 and 10, or lesson 7") == {2, 3, 7, 10}


def test_the_lessons_are_those_of_the_syllabus():
    assert set(SOURCES) >= {0} and len(SOURCES) == len(authoring.lessons())
    missing = KNOWN - set(SOURCES)
    if missing:
        pytest.skip(f"not written yet: lessons {', '.join(f'{n:02d}' for n in sorted(missing))}")
