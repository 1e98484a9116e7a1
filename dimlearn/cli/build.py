"""`dimlearn build`: for authors, the lessons from solutions/*.py."""

import argparse

DESCRIPTION = """\
Generate lessons/*.py, lessons/*.ipynb and solutions/*.ipynb from solutions/*.py. A notebook whose
code has changed is run for the output of its checks. With --results only the tables of the recorded
runs are made anew, in lessons/results/."""

EXAMPLES = """examples:
  dimlearn build
  dimlearn build --check                write nothing; fail when a file is out of step
  dimlearn build --results              all recorded runs, with five seeds each
  dimlearn build --results explosion    one of them"""


def add_command(commands):
    build = commands.add_parser(
        "build",
        help="for authors: generate the lessons from solutions/*.py",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    build.add_argument("names", nargs="*", metavar="NN", help="only these lessons")
    build.add_argument("--check", action="store_true", help="only say what is out of step")
    build.add_argument("--record", action="store_true", help="run every notebook again")
    build.add_argument("--results", nargs="*", metavar="NAME", help="only these recorded runs")
    build.set_defaults(run=run)


def run(options):
    from dimlearn.course import authoring, recorded

    if options.results is not None:
        for name in options.results or recorded.known():
            print(f"wrote {recorded.record(name).relative_to(authoring.ROOT)}")
        return 0
    if not options.check:
        for path in authoring.build(record_all=options.record, names=options.names):
            print(f"wrote {path.relative_to(authoring.ROOT)}")
        return 0
    found = authoring.problems()
    print("\n".join(found) if found else "everything is in step with solutions/*.py")
    return 1 if found else 0
