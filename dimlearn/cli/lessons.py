"""`dimlearn lessons`: the learner's copies, and JupyterLab on the next one."""

import argparse
from pathlib import Path

from dimlearn.cli.options import natural

DESCRIPTION = """\
Copy the lessons that are new into a folder of yours and open JupyterLab on the lesson to do next.
What is in the folder already is never overwritten."""

EXAMPLES = """examples:
  dimlearn lessons
  dimlearn lessons --again 01     start lesson 01 anew; your old copy gets a new name"""


def add_command(commands):
    lessons = commands.add_parser(
        "lessons",
        help="copy the lessons into work/ and open JupyterLab on the next one",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = lessons.add_argument
    add("folder", nargs="?", type=Path, default=Path("work"), help="for your copies (work)")
    add("--again", type=natural, metavar="NN", help="a new copy of this lesson")
    add("--no-browser", action="store_true", help="print the address, open no browser")
    add("--copy-only", action="store_true", help="copy, and don't start JupyterLab")
    lessons.set_defaults(run=run)


def run(options):
    from dimlearn.course import work

    if options.again is not None:
        print(f"your old copy is now {work.set_aside(options.folder, options.again)}")
    for path in work.copy_new(options.folder):
        print(f"new: {path}")
    following = work.next_lesson(options.folder)
    print(f"next: {following}", flush=True)
    return 0 if options.copy_only else work.open_lab(following, not options.no_browser)
