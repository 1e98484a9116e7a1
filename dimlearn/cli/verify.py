"""`dimlearn verify`: for authors, every lesson and every solution under nbval."""

import argparse

from dimlearn.cli.options import positive

DESCRIPTION = """\
Fail when a generated file is out of step, when a lesson or a solution does not run to its end, or
when a check does not say what was recorded. With --claims run every solution with one seed after
another instead, and fail when a claim of its text holds with fewer than 9 of 10. Each seed is a
learner: lesson 9 reads the encoder that lesson 8 has saved, so name both (08 09)."""

EXAMPLES = """examples:
  dimlearn verify 01
  dimlearn verify 03 --claims --seeds 3"""


def add_command(commands):
    verify = commands.add_parser(
        "verify",
        help="for authors: run every lesson and every solution under nbval",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verify.add_argument("names", nargs="*", metavar="NN", help="only these lessons")
    verify.add_argument("--claims", action="store_true", help="in how many runs the claims hold")
    verify.add_argument("--seeds", type=positive, default=10, metavar="N", help="runs (10)")
    verify.set_defaults(run=run)


def run(options):
    from dimlearn.course import authoring, claims

    if options.claims:
        good = claims.verify_claims(names=options.names, seeds=options.seeds)
    else:
        good = authoring.verify(names=options.names)
    return 0 if good else 1
