"""`dimlearn lessons`: the learner's copies, and JupyterLab on the next one."""

import argparse
import os
from pathlib import Path

from dimlearn.cli.options import natural
from dimlearn.cli.streams import tell

DESCRIPTION = """\
Copy the lessons that are new into a folder of yours and open JupyterLab on the lesson to do next.
What is in the folder already is never overwritten."""

EXAMPLES = """examples:
  dimlearn lessons
  dimlearn lessons --again 01         start lesson 01 anew; your old copy gets a new name
  dimlearn lessons -- --port 9999     what stands behind -- are JupyterLab's own options
  dimlearn lessons -- --allow-root    as root, in a container"""
AS_ROOT = """\
dimlearn: as root JupyterLab starts only when it is told to, as one may in a container:
dimlearn lessons -- --allow-root"""


def split(arguments):
    """The arguments of ours and those of JupyterLab, which stand behind `--`."""
    if "lessons" not in arguments[:1] or "--" not in arguments:
        return arguments, []
    at = list(arguments).index("--")
    return arguments[:at], arguments[at + 1 :]


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
    if options.copy_only:
        return 0
    status = work.open_lab(following, not options.no_browser, options.jupyter)
    as_root = getattr(os, "geteuid", lambda: None)() == 0
    if status and as_root and "--allow-root" not in options.jupyter:
        tell(AS_ROOT)
    return status
