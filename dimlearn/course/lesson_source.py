"""The source of a lesson and what learners get of it: cells, tags, stubs (see `authoring.py`)."""

import ast
import hashlib
import json
import re
from collections import Counter

from dimlearn.check.syllabus import LESSON_OF
from dimlearn.errors import InputError

SOLUTION, SOLUTION_ONLY, COMPARED = "solution", "solution-only", "nbval-check-output"
CLAIM = "claim"
TAGS = {SOLUTION, SOLUTION_ONLY, COMPARED, CLAIM}
YOURS = re.compile(r"^( +)# Yours: ", re.MULTILINE)
CHECK_CALL = re.compile(rf"\bcheck\.({'|'.join(LESSON_OF)})\(")

# The header of the scripts, and what tells Jupytext to keep it so when JupyterLab saves the pair.
METADATA = {
    "jupytext": {
        "cell_metadata_filter": "tags,-all",
        "notebook_metadata_filter": "kernelspec,-jupytext",
    },
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
}


def read_source(path):
    """The notebook of a hand-written percent script, with stable ids; `InputError` if it breaks
    a rule of `authoring`."""
    import jupytext
    import nbformat

    new_cell = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    cells, seen = [], Counter()
    for read in jupytext.reads(path.read_text(encoding="utf-8"), "py:percent").cells:
        tags = read.metadata.get("tags", [])
        check_cell(path, read, tags)
        seen[read.source] += 1
        cell = new_cell[read.cell_type](read.source, metadata={"tags": tags} if tags else {})
        cell["id"] = cell_id(path.stem, read.source, seen[read.source])
        cells.append(cell)
    check_claims(path, cells)
    return nbformat.v4.new_notebook(cells=cells, metadata=json.loads(json.dumps(METADATA)))


def cell_id(name, source, occurrence):
    """The same for a cell in lesson and solution; another cell's change leaves it alone."""
    return hashlib.sha1(f"{name}\n{occurrence}\n{source}".encode()).hexdigest()[:8]


def check_cell(path, cell, tags):
    """Raise `InputError` for a cell whose tags and content do not go together."""
    where = f"{path.name}, in the cell that begins {cell.source.strip()[:40]!r}:"
    if cell.cell_type not in ("code", "markdown"):
        raise InputError(f"{where} only code and markdown cells, not {cell.cell_type}")
    unknown = set(tags) - TAGS
    if unknown:
        raise InputError(f"{where} unknown tags {sorted(unknown)}; known are {sorted(TAGS)}")
    if cell.cell_type != "code":
        return
    if CHECK_CALL.search(cell.source) and COMPARED not in tags:
        raise InputError(f"{where} it calls a check, so it needs the tag {COMPARED}")
    if YOURS.search(cell.source) and SOLUTION not in tags:
        raise InputError(f"{where} '# Yours:' belongs into a cell with the tag {SOLUTION}")
    if SOLUTION in tags:
        stub_of(cell.source, where)


def check_claims(path, cells):
    """Raise `InputError` for a claim without assertions, or whose sentence the text has not."""
    text = plain("\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown"))
    for cell in cells:
        if not has_tag(cell, CLAIM):
            continue
        where, sentence = f"{path.name}, in a claim:", sentence_of(cell.source)
        if cell.cell_type != "code" or not re.search(r"^ *assert ", cell.source, re.M):
            raise InputError(f"{where} it asserts nothing: {cell.source.strip()[:60]!r}")
        if not sentence:
            raise InputError(f"{where} it does not begin with its sentence, as a comment")
        if plain(sentence) not in text:
            raise InputError(f"{where} no text of the lesson says {sentence!r}")


def sentence_of(source):
    """The sentence that a claim carries: the comment that it begins with, in one line."""
    return " ".join(re.match(r"(?:#.*\n?)*", source).group().replace("#", " ").split())


def plain(text):
    """A text without emphasis, in one line."""
    return " ".join(text.replace("*", "").split())


def stub_of(source, where="this cell:"):
    """The lesson's text of a solution cell: every function a stub, nothing of the answer left.

    `source`: functions and nothing else. Raises `InputError` for anything else beside them, and
    for a faded function that does not end where `# Yours:` says.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise InputError(f"{where} not Python ({error.msg}, line {error.lineno})") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise InputError(f"{where} not Python ({error})") from None
    if not tree.body or not all(isinstance(node, ast.FunctionDef) for node in tree.body):
        raise InputError(f"{where} a solution cell holds functions and nothing else")
    lines = re.split("\r\n|\r|\n", source)  # as Python counts them, and `splitlines` does not
    starts = [function_start(node) for node in tree.body] + [len(lines) + 1]
    if any(line.strip() for line in lines[: starts[0] - 1]):
        raise InputError(f"{where} nothing may stand before the first function")
    stubs = [
        stub_of_function(node, lines[start - 1 : end - 1], start, where)
        for node, start, end in zip(tree.body, starts, starts[1:])
    ]
    text = "\n\n\n".join("\n".join(stub) for stub in stubs)
    try:
        ast.parse(text)
    except SyntaxError:  # the mark stands in no block of statements
        raise InputError(f"{where} '# Yours:' must stand in line with what follows") from None
    return text


def function_start(node):
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def stub_of_function(node, lines, start, where):
    """The lines of one function from its first line on, as a stub."""
    marks = [index for index, line in enumerate(lines) if YOURS.match(line)]
    if len(marks) > 1:
        raise InputError(f"{where} more than one '# Yours:' in {node.name}")
    if marks:
        indent = YOURS.match(lines[marks[0]]).group(1)
        rest = [line for line in lines[marks[0] + 1 :] if line.strip()]
        if not rest or not all(line.startswith(indent) for line in rest):
            raise InputError(f"""{where} what follows '# Yours:' in {node.name} must be
                             the rest of the function, in the same block""")
        return [*lines[: marks[0] + 1], f"{indent}raise NotImplementedError"]
    first = node.body[0]
    if not ast.get_docstring(node):
        raise InputError(f"{where} {node.name} has no docstring to say what is asked")
    before = lines[first.lineno - start].encode()[: first.col_offset]
    behind = lines[first.end_lineno - start].encode()[first.end_col_offset :]
    if before.strip() or behind.strip():
        raise InputError(f"{where} the docstring of {node.name} must stand on lines of its own")
    indent = " " * first.col_offset
    return [*lines[: first.end_lineno - start + 1], f"{indent}raise NotImplementedError"]


def lesson_of(solution):
    """The lesson's notebook from the solution's."""
    import nbformat

    cells = []
    for cell in solution.cells:
        tags = cell.metadata.get("tags", [])
        if SOLUTION_ONLY in tags or CLAIM in tags:
            continue
        copy = nbformat.from_dict({**cell, "metadata": {"tags": list(tags)} if tags else {}})
        if SOLUTION in tags:
            copy.source = stub_of(cell.source)
        cells.append(copy)
    metadata = json.loads(json.dumps(METADATA))
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def has_tag(cell, tag):
    return tag in cell.metadata.get("tags", [])


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def code_of(notebook):
    return [(cell.source, list(cell.metadata.get("tags", []))) for cell in code_cells(notebook)]
