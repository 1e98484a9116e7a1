"""What long work tells: on a terminal, in a log, and where nothing can be written."""

import io
import os
import re

import pytest

from dimlearn.cli.terminal import Progress


class Clock:
    """Seconds that the test decides."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_log_has_every_line_that_stays_and_a_passing_one_now_and_then(clock):
    log = io.StringIO()
    with Progress(log, clock=clock) as say:
        for clock.now in range(35):
            say(f"batch {clock.now}", passing=True)
        say("done")
    passing = ["    0 s  batch 0", "   10 s  batch 10", "   20 s  batch 20", "   30 s  batch 30"]
    assert log.getvalue().splitlines() == [*passing, "   34 s  done"]


def test_a_line_that_stays_counts_as_a_sign_of_life(clock):
    log = io.StringIO()
    say = Progress(log, every=5, clock=clock)
    say("[1/2] local")
    clock.now = 4
    say("batch 1", passing=True)
    clock.now = 5
    say("batch 2", passing=True)
    assert log.getvalue() == "    0 s  [1/2] local\n    5 s  batch 2\n"


@pytest.mark.parametrize("text", [
    "long " * 60,  # no line is broken, a program may read it
    "a row called [bold] or :smile: or {task}",  # nothing is markup
    "é × 漢 🂡",
])  # fmt: skip
def test_a_text_is_told_as_it_is(clock, text):
    log = io.StringIO()
    Progress(log, clock=clock)(text)
    assert log.getvalue() == f"    0 s  {text}\n"


def shown(written):
    """The lines that a terminal shows in the end, which knows the few codes that rich uses."""
    lines, row = [""], 0
    for code in codes_of(written):
        if code == "\n":
            row += 1
            lines += [""] * (row >= len(lines))
        elif code == "\x1b[2K":
            lines[row] = ""
        elif code == "\x1b[1A":
            row -= 1
        elif code not in ("\r", "\x1b[?25l", "\x1b[?25h", "\x1b[1m", "\x1b[0m"):  # cursor, bold
            assert not code.startswith("\x1b"), f"unknown {code!r}"
            lines[row] += code
    return "\n".join(line.rstrip() for line in lines).rstrip("\n").split("\n")


def codes_of(written):
    """A terminal's output in its steps: control codes, line ends and letters."""
    return re.findall(r"\x1b\[\??\d*[a-zA-Z]|\r|\n|[^\x1b\r\n]", written)


def test_on_a_terminal_a_passing_line_gives_way_to_the_next(clock, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    with Progress(terminal, clock=clock) as say:
        say("[1/2] local")
        say("epoch 1", passing=True)
        clock.now = 2
        say("epoch 2", passing=True)
        assert shown(terminal.getvalue()) == ["    0 s  [1/2] local", "    2 s  epoch 2"]
        assert terminal.getvalue().rindex("\x1b[?25h") > terminal.getvalue().rindex("\x1b[?25l")
        say("trained")
        say("probe", passing=True)
    assert shown(terminal.getvalue()) == ["    0 s  [1/2] local", "    2 s  trained"]


def test_a_passing_line_goes_when_the_work_is_stopped(clock, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    with pytest.raises(KeyboardInterrupt), Progress(terminal, clock=clock) as say:
        say("epoch 1", passing=True)
        raise KeyboardInterrupt
    assert shown(terminal.getvalue()) == [""]


def test_a_terminal_too_narrow_for_a_passing_line_cuts_it(clock, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "20")
    terminal = Terminal()
    with Progress(terminal, clock=clock) as say:
        say("epoch 1/20, batch 40/95, loss -1.234", passing=True)
        say("epoch 2/20, batch 40/95, loss -1.234", passing=True)
        assert shown(terminal.getvalue()) == ["    0 s  epoch 2/20,"]


# ---------------------------------------------------------------- a growing table

LOCAL = {"encoder": "local", "linear": "95.5", "knn": "86.5"}
RANDOM = {"encoder": "random", "linear": "56.3"}


def told_of(say, clock):
    """A little of a comparison, and what a terminal shows after each row."""
    say("[1/2] local")
    say("epoch 1", passing=True)
    say.row(LOCAL)
    clock.now = 7
    say("[2/2] random")
    say("epoch 2", passing=True)
    say.row(RANDOM)


def test_a_table_grows_in_a_terminal_as_rows_finish(clock, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    with Progress(terminal, clock=clock) as say:
        told_of(say, clock)
        say("epoch 3", passing=True)
        seen = [line for line in shown(terminal.getvalue()) if line.strip()]
        assert seen[:2] == ["    0 s  [1/2] local", "    7 s  [2/2] random"]
        assert [line.split() for line in (seen[2], *seen[4:6])] == [
            ["encoder", "linear", "knn"], ["local", "95.5", "86.5"], ["random", "56.3"],
        ]  # fmt: skip
        assert seen[6:] == ["    7 s  epoch 3"]
        say.row(LOCAL | {"linear": "95.7"})  # the mean with another seed
        seen = [line.split() for line in shown(terminal.getvalue())]
        assert ["local", "95.7", "86.5"] in seen and ["local", "95.5", "86.5"] not in seen
        say.put_away()
        assert shown(terminal.getvalue()) == ["    0 s  [1/2] local", "    7 s  [2/2] random"]
        say("figures", passing=True)
        assert shown(terminal.getvalue())[-1] == "    7 s  figures"
        say("drawn")
        assert shown(terminal.getvalue())[-1] == "    7 s  drawn"
    assert shown(terminal.getvalue())[1:] == ["    7 s  [2/2] random", "    7 s  drawn"]


def test_the_table_stays_when_the_work_is_stopped(clock, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    with pytest.raises(KeyboardInterrupt), Progress(terminal, clock=clock) as say:
        told_of(say, clock)
        say("epoch 3", passing=True)
        raise KeyboardInterrupt
    seen = [line.split() for line in shown(terminal.getvalue())]
    assert ["local", "95.5", "86.5"] in seen and ["random", "56.3"] in seen
    assert not any("epoch" in line for line in seen)


def test_in_a_log_a_row_is_a_line(clock):
    log = io.StringIO()
    with Progress(log, clock=clock) as say:
        told_of(say, clock)
        say.put_away()
    assert log.getvalue().splitlines() == [
        "    0 s  [1/2] local",
        "    0 s  local: linear 95.5, knn 86.5",
        "    7 s  [2/2] random",
        "    7 s  random: linear 56.3",
    ]


def test_a_dumb_terminal_is_a_log(clock, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    terminal = Terminal()
    say = Progress(terminal, clock=clock)
    say("epoch 1", passing=True)
    say("epoch 2", passing=True)
    assert terminal.getvalue() == "    0 s  epoch 1\n"


# ---------------------------------------------------------------- where nothing can be written


class FullDisk(io.StringIO):
    def write(self, text):
        raise OSError(28, "No space left on device")


def closed():
    stream = io.StringIO()
    stream.close()
    return stream


def unread_pipe():
    reader, writer = os.pipe()
    os.close(reader)
    return open(writer, "w", encoding="utf-8", closefd=True)


@pytest.mark.parametrize("stream", [FullDisk, closed, unread_pipe], ids=lambda make: make.__name__)
def test_the_work_goes_on_untold(stream, clock):
    stream = stream()
    with Progress(stream, clock=clock) as say:
        say("one")
        say("two", passing=True)
        say.row(LOCAL)
        say("three")
    with pytest.raises((OSError, ValueError)):  # it is as bad as it was
        stream.write("four")
        stream.flush()


def test_standard_error_that_is_closed_from_the_beginning(monkeypatch, clock):
    monkeypatch.setattr("sys.stderr", None)
    with Progress(clock=clock) as say:
        say("one")
        say("two", passing=True)


def test_letters_that_the_stream_has_not_are_no_end(clock):
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="ascii", errors="backslashreplace")
    Progress(stream, clock=clock)("ü")
    assert written.getvalue() == b"    0 s  \\xfc\n"
    strict = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    Progress(strict, clock=clock)("ü")
