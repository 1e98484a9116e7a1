"""A function as the text of a small program that defines it anew.

It holds the modules that the function names, as imports, its constants, the functions and classes
of the notebook that it calls, and itself. What has no text (a lambda, a function made by `exec`, a
built-in one) cannot be written, and no check fails for want of it.
"""

import ast
import contextlib
import inspect
import linecache
import math
import symtable
import sys
import textwrap
import types

import numpy as np

PLAIN = (type(None), bool, int, float, complex, str, bytes, tuple, list, dict, set)
LONGEST = 100_000  # characters


def program_of(function):
    """`{"name": ..., "text": ...}`, a program that defines the function, or None without one."""
    try:
        program = Program(function)
        text = "\n".join([*program.imports, "", *program.definitions]) + "\n"
        return {"name": program.name, "text": text} if len(text) < LONGEST else None
    except KeyboardInterrupt:
        raise
    except BaseException:  # whatever a learner's object does when it is looked at
        return None


class Program:
    """The imports and definitions that a function needs, in the order that defines them."""

    def __init__(self, function):
        self.imports, self.definitions, self.known = [], [], set()
        inner = plain_function(function)
        self.home, self.name = inner.__module__, inner.__name__
        self.add_source(self.name, function)

    def add(self, name, value):
        """Define `name` as `value`. What cannot be written down is left out: the check will tell
        which name is missing."""
        if name in self.known:
            return
        self.known.add(name)
        if isinstance(value, types.ModuleType):
            alias = f" as {name}" if name != value.__name__ else ""
            self.imports.append(f"import {value.__name__}{alias}")
        elif (line := constant(name, value)) is not None:
            self.definitions.append(line)
        elif origin := self.importable(value):
            self.imports.append(f"from {origin[0]} import {origin[1]} as {name}")
        else:
            with contextlib.suppress(ValueError, OSError, TypeError, SyntaxError):
                self.add_source(name, value)

    def importable(self, value):
        """`(module, name)` to import a value by, or None when it is the learner's own."""
        module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
        if isinstance(value, np.ufunc):  # which does not say where it comes from
            homes = (sys.modules.get(home) for home in ("numpy", "scipy.special"))
            name = value.__name__
            module = next((m.__name__ for m in homes if getattr(m, name, None) is value), None)
        if not (module and name) or module in ("__main__", self.home):
            return None
        found = getattr(sys.modules.get(module), name, None)
        return (module, name) if found is value else None

    def add_source(self, name, value):
        inner = value if isinstance(value, type) else plain_function(value)
        source = (source_of_class if isinstance(value, type) else source_of_function)(inner)
        defined = ast.parse(source).body[0].name
        self.known |= {name, defined}
        meanings = names_around(inner)
        for needed in names_used(source):
            if needed in meanings:
                self.add(needed, meanings[needed])
        self.definitions.append(source)
        if name != defined:
            self.definitions.append(f"{name} = {defined}\n")


def plain_function(value):
    """The function in a decorated one or in a `tf.function`; raises `TypeError` without one."""
    value = inspect.unwrap(getattr(value, "python_function", value))
    if not isinstance(value, types.FunctionType):
        raise TypeError("not a function of Python")
    return value


def constant(name, value):
    """A line that defines a number, a string or a collection of them; None for anything else."""
    if isinstance(value, np.generic):
        value = value.item()
    if type(value) not in PLAIN:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return f"{name} = float({str(value)!r})\n"
    with contextlib.suppress(ValueError):
        if ast.literal_eval(repr(value)) == value:
            return f"{name} = {value!r}\n"
    return None


def source_of_function(function):
    """The text of one `def`, without what stands around it; raises `ValueError` for a lambda."""
    source = textwrap.dedent(inspect.getsource(function))
    (definition,) = ast.parse(source).body
    if not isinstance(definition, ast.FunctionDef) or definition.name != function.__name__:
        raise ValueError("not a function by itself")
    return source


def source_of_class(value):
    """The text of a class, by the file of one of its methods: in a notebook it has no other."""
    lines = linecache.getlines(methods_of(value)[0].__code__.co_filename)
    for node in ast.walk(ast.parse("".join(lines))):
        if isinstance(node, ast.ClassDef) and node.name == value.__name__:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            return textwrap.dedent("".join(lines[first - 1 : node.end_lineno])).rstrip() + "\n"
    raise ValueError("a class without text")


def methods_of(value):
    """The methods that a class defines itself; raises `ValueError` for one without any."""
    methods = [one for one in vars(value).values() if isinstance(one, types.FunctionType)]
    if not methods:
        raise ValueError("a class without methods")
    return methods


def names_around(value):
    """What the names outside a function, or the methods of a class, mean: `{name: value}`."""
    if isinstance(value, type):
        return {name: v for one in methods_of(value) for name, v in names_around(one).items()}
    cells = zip(value.__code__.co_freevars, value.__closure__ or ())
    return {**value.__globals__, **{name: cell.cell_contents for name, cell in cells}}


def names_used(source):
    """The names that a text takes from outside itself, in a fixed order."""
    names, tables = [], [symtable.symtable(source, "yours", "exec")]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        outside = table.get_type() == "module"
        used = (one for one in table.get_symbols() if one.is_referenced())
        names += [one.get_name() for one in used if outside or one.is_global()]
    return sorted(set(names))
