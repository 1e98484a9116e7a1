"""`dimlearn progress`: which exercises are done, and which is next."""

import argparse
from pathlib import Path

DESCRIPTION = """\
Show which exercises are done, lesson by lesson, and which is next. Looks in the working folder and
its folder work."""


def add_command(commands):
    progress = commands.add_parser(
        "progress",
        help="which exercises of the lessons are done, and which is next",
        description=DESCRIPTION,
        epilog="example:\n  dimlearn progress work",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    progress.add_argument("folder", nargs="?", type=Path, help="where your notebooks are")
    progress.set_defaults(run=run)


def run(options):
    from dimlearn.check import progress_file
    from dimlearn.errors import InputError

    if options.folder and not options.folder.is_dir():
        raise InputError(f"there is no folder {options.folder}")
    print(progress_file.card(progress_file.find(options.folder)))
    return 0
