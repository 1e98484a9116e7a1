"""The command's streams and signals: what is written always arrives, or is left out in peace."""

import contextlib
import os
import signal
import sys
import threading

# What ends a process from outside: `kill`, a closed terminal, Ctrl-Break. Not every system has all.
STOPS = ("SIGTERM", "SIGHUP", "SIGBREAK")


class Stopped(BaseException):
    """The process was told to stop. Not an `Exception`, so that no work in between keeps it."""

    how = "stopped"

    def __init__(self, number):
        super().__init__(number)
        self.status = 128 + number  # as shells have it: 143 for SIGTERM


@contextlib.contextmanager
def stop_signals_heard():
    """Raises `Stopped` in the main thread on the signals of `STOPS` that nobody has set already: a
    command under `nohup` goes on without its terminal."""

    def stop(number, frame):
        raise Stopped(number)

    numbers = [getattr(signal, name) for name in STOPS if hasattr(signal, name)]
    heard = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():  # where Python hears no signals
        heard = []
    for number in heard:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, signal.SIG_DFL)


def streams_ready():
    """Make standard streams that can be written to whatever is said.

    A letter that the output's encoding has not is shown by its number. Of a stream that was closed
    before we began the number is taken: the next file that is opened would get it, and with it all
    that TensorFlow says.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")


def tell(text):
    """Say something on standard error, if anybody listens."""
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr:
            print(text, file=sys.stderr, flush=True)


def flush(stream):
    """Write what is still to be written to a stream; where that fails, let it go nowhere, also when
    the process ends."""
    try:
        stream.flush()
    except (OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
