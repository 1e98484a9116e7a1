"""The one exception for what a person can mend: wrong data, wrong settings, a locked folder."""


class InputError(ValueError):
    """Input that `dimlearn` cannot use; the message is one sentence that says what to do.

    The command line prints the message and exits with status 2, without a traceback.
    """
