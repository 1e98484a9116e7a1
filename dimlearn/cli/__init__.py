"""The command line: `main`, and a module for each command.

A command reads its options, calls a room and prints; what it does is done in the rooms below. It
may import every room, those that load TensorFlow only when the command runs. No room may import
this one.
"""

import argparse
import sys

from dimlearn.cli import build, compare, estimate, lessons, progress, train, verify
from dimlearn.errors import InputError

COMMANDS = (compare, train, estimate, lessons, progress, build, verify)


def main(arguments=None):
    """Run the command line; returns 0, or 1 (trouble), 2 (bad input), 130 (Ctrl-C)."""
    parser = new_parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    try:
        return options.run(options)
    except InputError as error:
        print(f"dimlearn: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        said = "dimlearn: interrupted."
        if options.command in ("compare", "train"):
            said += " What is finished is kept: give the same command again to go on."
        print(f"\n{said}", file=sys.stderr)
        return 130
    except OSError as error:  # a full disk, a folder taken away while we wrote to it
        print(f"dimlearn: {error}", file=sys.stderr)
        return 1


def new_parser():
    parser = argparse.ArgumentParser(
        prog="dimlearn", description="Understand Deep InfoMax by building it."
    )
    commands = parser.add_subparsers(dest="command", title="commands")
    for command in COMMANDS:
        command.add_command(commands)
    return parser
