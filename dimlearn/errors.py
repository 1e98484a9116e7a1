"""The one exception for what a person can mend: wrong data, wrong settings, a locked folder."""

import re
from contextlib import contextmanager


class InputError(ValueError):
    """Input that `dimlearn` cannot use; the message is one sentence that says what to do.

    The command line prints the message and exits with status 2, without a traceback. A message
    may be written as a triple-quoted text: it is joined to one line.
    """

    def __init__(self, message):
        super().__init__(one_line(message))


def one_line(text):
    """A text whose lines are one paragraph: joined, without their indentation."""
    return re.sub(r"\s*\n\s*", " ", str(text).strip())


@contextmanager
def read_errors(name):
    """What a damaged file makes NumPy raise, as an `InputError`; `name`: of the file, readable."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # it fails in many ways, each with its own type
        if "Object arrays" in str(error):  # they could run code
            raise InputError(f"{name} must hold numbers, and holds objects") from None
        raise InputError(f"""
            {name} cannot be read, it may be damaged: {error or type(error).__name__}
        """) from None
