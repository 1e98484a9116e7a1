"""Processes that hear Ctrl-C, however the tests were started."""

import os
import signal


def listening():
    """A shell may have started the tests in the background, where Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


HEARS_CTRL_C = {"preexec_fn": listening} if os.name == "posix" else {}  # for subprocess.Popen
