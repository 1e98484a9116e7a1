"""Has the learner written anything yet? Read from the function's bytecode, not by running it."""

import dis
import functools
import types

# What a body leaves behind that only raises NotImplementedError, or only passes.
_IDLE = {
    "RESUME", "NOP", "CACHE", "PRECALL", "CALL", "PUSH_NULL", "RAISE_VARARGS",
    "RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR", "COPY_FREE_VARS", "LOAD_COMMON_CONSTANT",
}  # fmt: skip
_LOADS = {"LOAD_CONST", "LOAD_GLOBAL", "LOAD_NAME"}


def is_stub(function):
    """Whether the body is only `raise NotImplementedError`, `...`, `pass`, a docstring or a bare
    `return`. `tf.function`, `functools.partial` and bound methods are looked through."""
    return _is_stub_code(code_of(function))


def code_of(function):
    """The code object of what a callable runs, or None."""
    for _ in range(10):
        if isinstance(function, functools.partial):
            function = function.func
        elif isinstance(function, types.MethodType):
            function = function.__func__
        elif isinstance(function, types.FunctionType):
            return function.__code__
        elif isinstance(function, type):
            return None
        elif isinstance(getattr(function, "python_function", None), types.FunctionType):
            function = function.python_function
        elif isinstance(vars(type(function)).get("__call__"), types.FunctionType):
            function = vars(type(function))["__call__"]
        else:
            return None
    return None


def _is_stub_code(code):
    if code is None:
        return False
    raises, last = False, None
    for instruction in dis.get_instructions(code):
        name = instruction.opname
        if name in ("LOAD_GLOBAL", "LOAD_NAME"):
            if instruction.argval not in ("NotImplementedError", "NotImplemented"):
                return False
            raises = True
        elif name not in _IDLE and name not in _LOADS:
            return False
        elif name == "RAISE_VARARGS":
            return raises
        elif name in ("RETURN_CONST", "RETURN_VALUE"):
            returned = instruction.argval if name == "RETURN_CONST" else last
            return returned is None and not raises
        last = instruction.argval
    return False


def forgets_to_return(function):
    """Whether a function that gives None has no `return` with a value anywhere."""
    code = code_of(function)
    if code is None or code.co_flags & 0x20:  # a generator
        return False
    last, values = None, []
    for instruction in dis.get_instructions(code):
        if instruction.opname == "RETURN_CONST":
            values.append(instruction.argval)
        elif instruction.opname == "RETURN_VALUE":
            values.append(last)
        last = instruction.argval if instruction.opname == "LOAD_CONST" else "something"
    return all(value is None for value in values)
