"""The one exception for what a person can mend: wrong data, wrong settings, a locked folder."""

import re


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
