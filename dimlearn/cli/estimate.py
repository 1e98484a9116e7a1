"""`dimlearn estimate`: mutual information of two groups of columns of a file."""

import argparse
from pathlib import Path

from dimlearn.cli.options import natural
from dimlearn.errors import one_line

EXAMPLE = """examples:
  dimlearn estimate weather.csv --x temperature,pressure --y rain      names of the header
  dimlearn estimate weather.csv --x 0-3 --y 4                          positions from 0
  dimlearn estimate codes.npz --x images --y codes                     arrays of an .npz
  dimlearn estimate pairs.npy --x 0 --y 1 --estimators gaussian ksg    only these two
  dimlearn estimate visits.csv --x dose --y pulse --groups patient     many rows of each patient

Mutual information is given in nats (1 nat = 1.44 bits)."""


def add_command(commands):
    estimate = commands.add_parser(
        "estimate",
        help="mutual information of two groups of columns of a file",
        description=one_line("""Estimate the mutual information of two groups of columns of a
            .csv, .npy or .npz file, by several estimators side by side, with error bars and
            warnings."""),
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = estimate.add_argument
    add("file", type=Path, help="a .csv (with or without header), .npy or .npz file")
    add("--x", metavar="COLUMNS", help="names or positions, such as a,b or 0,2-5; or an array")
    add("--y", metavar="COLUMNS", help="the other group")
    choices = "default, gaussian, histogram, ksg, separable, concat"
    fitting = f"{choices} (all that fit, but concat, which is slow)"
    add("--estimators", nargs="+", metavar="NAME", help=fitting)
    alike = "a column that is equal for rows that belong together, as those of one patient"
    add("--groups", metavar="COLUMN", help=alike)
    known = "whether the first line of a text names its columns (looked at)"
    add("--header", choices=("yes", "no"), help=known)
    add("--seed", type=natural, default=0, help="of folds, networks and draws of rows (0)")
    estimate.set_defaults(run=run)


def run(options):
    from dimlearn.cli.terminal import Progress
    from dimlearn.information.side_by_side import estimate_file

    chosen = options.x, options.y, options.estimators, options.seed
    header = {"yes": True, "no": False}.get(options.header)
    with Progress() as say:  # its line is gone when the table is printed
        report = estimate_file(options.file, *chosen, say, header, options.groups)
    print(report)
    return 0
