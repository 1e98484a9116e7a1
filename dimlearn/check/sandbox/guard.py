"""The guarded run: a learner's function may do anything, and afterwards everything is as before.

`Guard.run(work)` calls `work()` and gives back what it returned. Around it is kept what `kept.py`
knows to keep. Two ways out need care:

- **Time.** After `TIME_LIMIT` seconds of work a second thread raises `TimeIsUp` in the running one,
  which ends any loop written in Python, on every system and in every thread, without a signal. It
  is the processor's time that counts, for a right answer is not slower because the machine does
  something else; what waits without work is ended after `PATIENCE` times as long by the clock. A
  single call that blocks inside C (a sleep of an hour) is ended when it returns, or by Ctrl-C.
- **Ctrl-C.** A KeyboardInterrupt that came with the interrupt signal is real and goes on; one
  that the function raised by itself is an error like any other.

Not undone: what reaches outside the process (files, network) and what C++ keeps for itself (the
position of an op with a seed of its own after `tf.random.set_seed`).
"""

import ctypes
import io
import signal
import threading
import time
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress

from dimlearn.check.sandbox.kept import everything_kept

TIME_LIMIT = 20.0  # seconds of processor time for one check
PATIENCE = 6  # times that by the clock, for a function that waits


class TimeIsUp(BaseException):
    """Raised in the learner's function by the clock."""


class Guard:
    """One guarded run. `error`: what `work` ended with, or None; `printed`: what it wrote;
    `timed_out`: the seconds after which it was ended, 0 if it was not."""

    def __init__(self):
        self.error, self.printed, self.timed_out = None, "", 0
        self.interrupted = self.finishing = False

    def run(self, work):
        result, output = None, _LimitedText()
        with self._ctrl_c(), everything_kept(), redirect_stdout(output), redirect_stderr(output):
            try:
                with self._clock():
                    result = work()
            except BaseException as error:  # SystemExit and TimeIsUp too: nothing gets past
                self.error = error
            self.finishing = True  # a Ctrl-C from here on waits until everything is restored
        self.printed = output.getvalue()
        if self.interrupted:
            raise KeyboardInterrupt
        return result

    def reraise_if_not_the_learners(self, error):
        """Time and Ctrl-C end the whole check, also when the function caught them."""
        if self.interrupted or self.timed_out:
            raise TimeIsUp from error

    @contextmanager
    def _ctrl_c(self):
        previous = None
        if threading.current_thread() is threading.main_thread():
            previous = signal.getsignal(signal.SIGINT)
        if not callable(previous):
            yield
            return

        def notice(number, frame):
            self.interrupted = True
            if not self.finishing:
                previous(number, frame)

        signal.signal(signal.SIGINT, notice)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, previous)

    @contextmanager
    def _clock(self):
        target = ctypes.c_ulong(threading.get_ident())
        lock, finished = threading.Lock(), threading.Event()
        raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
        worked, began = time.process_time(), time.monotonic()

        def over():
            if time.process_time() - worked >= TIME_LIMIT:
                return TIME_LIMIT
            return PATIENCE * TIME_LIMIT if time.monotonic() - began >= PATIENCE * TIME_LIMIT else 0

        def watch():
            # Once more every second: the function may have caught the first one.
            while not finished.wait(min(1.0, TIME_LIMIT)):
                with lock:
                    if self.finishing:  # the one before came too late, and in place of `set`
                        return
                    if not finished.is_set() and (seconds := over()):
                        self.timed_out = seconds
                        raise_in(target, ctypes.py_object(TimeIsUp))

        thread = threading.Thread(target=watch, name="dimlearn-check-clock", daemon=True)
        thread.start()
        try:
            yield
        finally:
            # One that is on its way arrives at the next jump back. It is not called back with
            # raise_in(target, None): in CPython 3.11 that leaves a flag behind on which a traced
            # or profiled program would hang later.
            with suppress(TimeIsUp):
                with lock:
                    finished.set()
                for _ in range(3):
                    pass
                thread.join()


class _LimitedText(io.StringIO):
    """Keeps the first few thousand characters: an endless loop may print for a long time."""

    def write(self, text):
        if self.tell() < 4000:
            super().write(str(text)[:4000])
        return len(text)
