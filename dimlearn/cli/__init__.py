"""The command line: `main`, and a module for each command.

A command reads its options, calls a room and prints; what it does is done in the rooms below. It
may import every room, those that load TensorFlow only when the command runs. No room may import
this one.
"""

import argparse
import sys

from dimlearn.cli import ablate, build, compare, estimate, lessons, progress, train, verify
from dimlearn.cli.streams import Stopped, flush, stop_signals_heard, streams_ready, tell
from dimlearn.errors import InputError

COMMANDS = (compare, ablate, train, estimate, lessons, progress, build, verify)
GO_ON = ("compare", "ablate", "train")  # those that go on where they were


def main(arguments=None):
    """Run the command line; returns 0, or 1 (trouble), 2 (bad input), 130 (Ctrl-C), 143 (SIGTERM).

    Where nobody reads the output any more, the work goes on to its end and nothing is said of it.
    """
    streams_ready()
    ours, jupyter = lessons.split(sys.argv[1:] if arguments is None else arguments)
    parser = new_parser()
    if empty := next((each for each in ours if each.startswith("--") and each.endswith("=--")), ""):
        parser.error(f"{empty} gives no value")  # of which argparse would make a list
    options = parser.parse_args(ours, argparse.Namespace(jupyter=jupyter))
    if options.command is None:
        parser.print_help()
        return 0
    try:
        with stop_signals_heard():
            status = options.run(options)
            sys.stdout and sys.stdout.flush()
            return status
    except InputError as error:
        tell(f"dimlearn: {error}")
        return 2
    except (KeyboardInterrupt, Stopped) as stop:
        how, status = getattr(stop, "how", "interrupted"), getattr(stop, "status", 130)
        on = "What is finished is kept: give the same command again to go on."
        tell(f"\ndimlearn: {how}. {on if options.command in GO_ON else ''}".rstrip())
        return status
    except BrokenPipeError:  # as of `dimlearn compare | head -1`
        flush(sys.stdout)
        return 0
    except MemoryError as error:  # as of codes so long that they cannot be whitened
        tell(f"dimlearn: there is not enough memory ({error})")
        return 1
    except OSError as error:  # a full disk, a folder taken away while we wrote to it
        tell(f"dimlearn: {error}")
        flush(sys.stdout)
        return 1


def new_parser():
    parser = argparse.ArgumentParser(
        prog="dimlearn", description="Understand Deep InfoMax by building it."
    )
    commands = parser.add_subparsers(dest="command", title="commands")
    for command in COMMANDS:
        command.add_command(commands)
    return parser
