"""`dimlearn verify`: for authors, every lesson and every solution under nbval."""

import argparse

DESCRIPTION = """\
Fail when a generated file is out of step, when a lesson or a solution does not run to its end, or
when a check does not say what was recorded."""


def add_command(commands):
    verify = commands.add_parser(
        "verify",
        help="for authors: run every lesson and every solution under nbval",
        description=DESCRIPTION,
        epilog="example:\n  dimlearn verify 01",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verify.add_argument("names", nargs="*", metavar="NN", help="only these lessons")
    verify.set_defaults(run=run)


def run(options):
    from dimlearn.course import authoring

    return 0 if authoring.verify(names=options.names) else 1
