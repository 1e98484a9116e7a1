"""What long work tells on standard error: lines that stay, and lines that pass."""

import sys

import rich.console
import rich.progress
import rich.table


class Progress:
    """Tells what is going on: `say(text)` for good, `say(text, passing=True)` until the next.

        with Progress() as say:
            say("[1/9] local")
            say("epoch 3/20, batch 40/95", passing=True)

    On a terminal the next line takes a passing line's place; in a log one is written at most every
    `every` seconds. Each begins with the seconds since the first. `clock` gives them; by default
    the system's does. Where nothing can be written (any more), the work goes on untold.
    """

    def __init__(self, stream=None, every=10.0, clock=None):
        stream = stream or sys.stderr  # None where it was closed before we began
        self.console = Console(
            file=stream,
            stderr=True,
            force_terminal=bool(stream and not stream.closed and stream.isatty()),
            force_jupyter=False,
            markup=False,  # a text is told as it is
            emoji=False,
            highlight=False,
        )
        text = "{task.elapsed:5.0f} s  {task.description}"
        cut = rich.table.Column(no_wrap=True, overflow="crop")
        self.line = rich.progress.Progress(
            rich.progress.TextColumn(text, markup=False, table_column=cut),
            console=self.console,
            transient=True,
            redirect_stdout=False,  # what a command prints belongs to standard output
            redirect_stderr=False,
            get_time=clock,
        )
        self.line.add_task("")
        (self.task,) = self.line.tasks
        self.every, self.last = every, float("-inf")

    def __call__(self, text, passing=False):
        try:
            self.tell(text, passing)
        except (OSError, ValueError):  # a full disk, a closed stream
            self.console.quiet = True

    def tell(self, text, passing):
        now = self.task.elapsed
        if passing and self.console.is_interactive:
            self.line.update(self.task.id, description=text, refresh=True)
            self.line.start()
            self.console.show_cursor()  # rich hides it: a run that is killed would leave it so
        elif not passing or now - self.last >= self.every:
            self.clear()
            self.console.print(f"{now:5.0f} s  {text}", soft_wrap=True)
            self.last = now

    def clear(self):
        """Take a passing line away."""
        if self.console.is_interactive:
            self.line.stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.clear()
        except (OSError, ValueError):
            self.console.quiet = True


class Console(rich.console.Console):
    """A console that falls silent where nobody reads it any more, and does not end the process."""

    def on_broken_pipe(self):
        self.quiet = True
