"""What long work tells on standard error: lines that stay, lines that pass, and a growing table."""

import sys
from contextlib import contextmanager

import rich.box
import rich.console
import rich.progress
import rich.table
import rich.text


class Progress:
    """Tells what is going on: `say(text)` for good, `say(text, passing=True)` until the next.

        with Progress() as say:
            say("[1/9] local")
            say("epoch 3/20, batch 40/95", passing=True)
            say.row({"encoder": "local", "linear": "95.5"})

    On a terminal the next line takes a passing line's place; in a log one is written at most every
    `every` seconds. Each begins with the seconds since the first. `clock` gives them; by default
    the system's does. Where nothing can be written (any more), the work goes on untold.

    Rows stand in a table below the lines that stay; in a log each is a line. The table is there
    while the work goes on, and stays where it was interrupted.
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
        self.line = LineUnderTable(
            rich.progress.TextColumn(text, markup=False, table_column=cut),
            console=self.console,
            transient=True,
            redirect_stdout=False,  # what a command prints belongs to standard output
            redirect_stderr=False,
            refresh_per_second=1,
            get_time=clock,
        )
        self.line.add_task("")
        (self.task,) = self.line.tasks
        self.every, self.last = every, float("-inf")

    def __call__(self, text, passing=False):
        with self.untold():
            now = self.task.elapsed
            if passing and self.console.is_interactive:
                self.show(text)
            elif not passing or now - self.last >= self.every:
                self.line.update(self.task.id, visible=False, refresh=True)
                self.console.print(f"{now:5.0f} s  {text}", soft_wrap=True)
                self.last = now

    def row(self, cells):
        """A row of the table, `{column: text}`, or one that takes the place of its namesake."""
        (_, name), *others = cells.items()
        if self.console.is_interactive:
            with self.untold():
                self.line.rows[name] = cells
                self.show()
        else:
            self(f"{name}: " + ", ".join(f"{column} {value}" for column, value in others))

    def show(self, text=""):
        """Show the table, and a passing line if there is one, below the lines that stay."""
        self.line.update(self.task.id, description=text, visible=bool(text), refresh=True)
        self.line.start()
        self.console.show_cursor()  # rich hides it: a run that is killed would leave it so

    def put_away(self):
        """Take the table and a passing line away: the work has something better to show."""
        with self.untold():
            self.line.rows.clear()
            if self.line.live.is_started:
                self.show()  # an empty one, so that the next begins where this ended
                self.line.stop()

    @contextmanager
    def untold(self):
        """Falls silent where nothing can be written: on a full disk, a closed stream."""
        try:
            yield
        except (OSError, ValueError):
            self.console.quiet = True

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        table = self.line.table()
        self.put_away()
        if kind and table.row_count:
            with self.untold():
                self.console.print(table)


class LineUnderTable(rich.progress.Progress):
    """A passing line with the rows so far above it."""

    def __init__(self, *columns, **options):
        self.rows = {}  # {first cell: {column: text}}
        super().__init__(*columns, **options)

    def get_renderables(self):
        if self.rows:
            yield self.table()
        yield from super().get_renderables()

    def table(self):
        columns = dict.fromkeys(column for row in self.rows.values() for column in row)
        table = rich.table.Table(*columns, box=rich.box.SIMPLE_HEAD, show_edge=False)
        for row in self.rows.values():
            table.add_row(*(rich.text.Text(row.get(column, "")) for column in columns))
        return table


class Console(rich.console.Console):
    """A console that falls silent where nobody reads it any more, and does not end the process."""

    def on_broken_pipe(self):
        self.quiet = True
