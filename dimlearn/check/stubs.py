"""Has the learner written anything yet? Read from the function's bytecode, not by running it."""

import dis
import functools
import inspect
import types

# What a body leaves behind that only raises NotImplementedError, or only passes.
NOTHING = {"RESUME", "NOP", "CACHE", "PRECALL", "CALL", "PUSH_NULL", "COPY_FREE_VARS"}
LOADS = {"LOAD_CONST", "LOAD_GLOBAL", "LOAD_NAME"}
ENDS = {"RAISE_VARARGS", "RETURN_VALUE", "RETURN_CONST"}

COMPUTED = object()  # in place of what is not a constant


def is_stub(function):
    """Whether the body is only `raise NotImplementedError`, `...`, `pass`, a docstring or a bare
    `return`. `tf.function`, `functools.partial` and bound methods are looked through."""
    code = code_of(function)
    steps = list(dis.get_instructions(code)) if code else []
    if not steps or any(step.opname not in NOTHING | LOADS | ENDS for step in steps):
        return False
    named = {step.argval for step in steps if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    if any(step.opname == "RAISE_VARARGS" for step in steps):
        return bool(named) and named <= {"NotImplementedError", "NotImplemented"}
    return not named and returned(code) == [None]


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
        else:
            function = vars(type(function)).get("__call__")
    return None


def returned(code):
    """What each `return` of a function gives: a constant, or `COMPUTED`."""
    values, last = [], COMPUTED
    for step in dis.get_instructions(code):
        if step.opname in ("RETURN_VALUE", "RETURN_CONST"):
            values.append(step.argval if step.opname == "RETURN_CONST" else last)
        last = step.argval if step.opname == "LOAD_CONST" else COMPUTED
    return values


def raises_by_itself(error, function):
    """Whether a function can only end in its own `raise NotImplementedError`, as a faded exercise
    does whose first lines are given. TensorFlow raises the same for NumPy inside `tf.function`."""
    code, last = code_of(function), error.__traceback__
    if type(error) is not NotImplementedError or not (code and last) or returned(code):
        return False
    while last.tb_next:
        last = last.tb_next
    return last.tb_frame.f_code is code


def forgets_to_return(function):
    """Whether a function that gives None has no `return` with a value anywhere."""
    code = code_of(function)
    if code is None or code.co_flags & inspect.CO_GENERATOR:
        return False
    return all(value is None for value in returned(code))
