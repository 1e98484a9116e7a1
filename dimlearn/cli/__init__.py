"""The command line. TensorFlow is imported only by commands that need it."""

import argparse
import math
import sys
import time
from pathlib import Path

COMPARE_EXAMPLE = """examples:
  dimlearn compare                                     the bundled digits, in a few minutes
  dimlearn compare --data mnist --seeds 3              MNIST from DIMLEARN_DATA or Keras' cache
  dimlearn compare --data my_images.npz --out mine     x_train, y_train, x_test, y_test of your own
  dimlearn compare --weights strong=0,1,1 --rows local strong random

A run that was interrupted goes on when the same command is given again."""

ESTIMATE_EXAMPLE = """examples:
  dimlearn estimate weather.csv --x temperature,pressure --y rain      names of the header
  dimlearn estimate weather.csv --x 0-3 --y 4                          positions from 0
  dimlearn estimate codes.npz --x images --y codes                     arrays of an .npz
  dimlearn estimate pairs.npy --x 0 --y 1 --estimators gaussian ksg    only these two

Mutual information is given in nats (1 nat = 1.44 bits)."""


def main(arguments=None):
    """Run the command line; returns 0, or 1 (trouble), 2 (bad input), 130 (Ctrl-C)."""
    parser = new_parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    from dimlearn.errors import InputError

    try:
        return options.run(options)
    except InputError as error:
        print(f"dimlearn: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        kept = "Finished encoders are kept: give the same command again to go on."
        print("\ndimlearn: interrupted.", kept * (options.command == "compare"), file=sys.stderr)
        return 130
    except OSError as error:  # a full disk, a folder taken away while we wrote to it
        print(f"dimlearn: {error}", file=sys.stderr)
        return 1


def new_parser():
    parser = argparse.ArgumentParser(
        prog="dimlearn", description="Understand Deep InfoMax by building it."
    )
    commands = parser.add_subparsers(dest="command", title="commands")
    compare = commands.add_parser(
        "compare",
        help="train encoders without labels and compare what their codes are worth",
        description="Train encoders with Deep InfoMax without labels, freeze them, and compare "
        "their codes with fair controls: raw pixels, a random encoder, PCA, and the same encoder "
        "trained with labels.",
        epilog=COMPARE_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = compare.add_argument
    add("--data", default="digits", help="digits (bundled, the default), mnist, fashion_mnist, "
        "cifar10, or the path of an .npz")  # fmt: skip
    add("--download", action="store_true", help="allow the data to be downloaded")
    add("--out", type=Path, help="run folder (default: runs/DATA)")
    add("--again", action="store_true", help="set an old run in that folder aside and start anew")
    add("--rows", nargs="+", metavar="NAME", help="only these rows of the table")
    add("--weights", action="append", default=[], type=parse_weights, metavar="NAME=A,B,G",
        help="alpha, beta, gamma of an encoder, known or new; may be repeated")  # fmt: skip
    add("--bound", default="infonce_codes", help="jsd, dv, nwj, infonce or infonce_codes (default)")
    add("--critic", default="dot", help="dot (default) or concat")
    add("--negatives", default="all", help="all (default) pairs of a batch, or one for each image")
    add("--prior", default="uniform", help="uniform (default) or gaussian")
    add("--encoder", default="light", help="light (default), dim28 or dim32 (the authors')")
    add("--code-dim", type=positive, default=64, metavar="D", help="numbers in a code (64)")
    add("--epochs", type=positive, help="for every network (default: about 2,100 batches)")
    add("--learning-rate", type=float, default=4e-3, metavar="R", help="of Adam (0.004)")
    add("--decay", action="store_true", help="let the learning rate fall to 0 (better on large "
        "data, worse on the bundled digits, where a constant one overfits less)")  # fmt: skip
    add("--batch-size", type=positive, default=128, metavar="N", help="images in a batch (128)")
    add("--seeds", type=positive, default=1, metavar="K", help="repeat the pretraining (1)")
    add("--probe-seeds", type=positive, default=3, metavar="K",
        help="repeat trained probes and draws of labels (3)")  # fmt: skip
    compare.set_defaults(run=run_compare)
    add_estimate(commands)
    progress = commands.add_parser(
        "progress",
        help="which exercises of the lessons are done, and which is next",
        description="Show which exercises are done, lesson by lesson, and which is next. Looks in "
        "the working folder and its folder work.",
        epilog="example:\n  dimlearn progress work",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    progress.add_argument("folder", nargs="?", type=Path, help="where your notebooks are")
    progress.set_defaults(run=run_progress)
    add_lessons(commands)
    add_authoring(commands)
    return parser


def add_lessons(commands):
    lessons = commands.add_parser(
        "lessons",
        help="copy the lessons into work/ and open JupyterLab on the next one",
        description="Copy the lessons that are new into a folder of yours and open JupyterLab on "
        "the lesson to do next. What is in the folder already is never overwritten.",
        epilog="examples:\n  dimlearn lessons\n  dimlearn lessons --again 01     start lesson 01 "
        "anew; your old copy gets a new name",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = lessons.add_argument
    add("folder", nargs="?", type=Path, default=Path("work"), help="for your copies (work)")
    add("--again", type=natural, metavar="NN", help="a new copy of this lesson")
    add("--no-browser", action="store_true", help="print the address, open no browser")
    add("--copy-only", action="store_true", help="copy, and don't start JupyterLab")
    lessons.set_defaults(run=run_lessons)


def add_authoring(commands):
    build = commands.add_parser(
        "build",
        help="for authors: generate the lessons from solutions/*.py",
        description="Generate lessons/*.py, lessons/*.ipynb and solutions/*.ipynb from "
        "solutions/*.py. A notebook whose code has changed is run for the output of its checks.",
        epilog="examples:\n  dimlearn build\n  dimlearn build --check     write nothing; fail "
        "when a file is out of step",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    build.add_argument("names", nargs="*", metavar="NN", help="only these lessons")
    build.add_argument("--check", action="store_true", help="only say what is out of step")
    build.add_argument("--record", action="store_true", help="run every notebook again")
    build.set_defaults(run=run_build)
    verify = commands.add_parser(
        "verify",
        help="for authors: run every lesson and every solution under nbval",
        description="Fail when a generated file is out of step, when a lesson or a solution does "
        "not run to its end, or when a check does not say what was recorded.",
        epilog="example:\n  dimlearn verify 01",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verify.add_argument("names", nargs="*", metavar="NN", help="only these lessons")
    verify.set_defaults(run=run_verify)


def add_estimate(commands):
    estimate = commands.add_parser(
        "estimate",
        help="mutual information of two groups of columns of a file",
        description="Estimate the mutual information of two groups of columns of a .csv, .npy or "
        ".npz file, by several estimators side by side, with error bars and warnings.",
        epilog=ESTIMATE_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = estimate.add_argument
    add("file", type=Path, help="a .csv (with or without header), .npy or .npz file")
    add("--x", metavar="COLUMNS", help="names or positions, such as a,b or 0,2-5; or an array")
    add("--y", metavar="COLUMNS", help="the other group")
    add("--estimators", nargs="+", metavar="NAME", help="default, gaussian, histogram, ksg, "
        "separable, concat (all that fit, but concat, which is slow)")  # fmt: skip
    add("--seed", type=natural, default=0, help="of folds, networks and draws of rows (0)")
    estimate.set_defaults(run=run_estimate)


def run_estimate(options):
    from dimlearn.information.side_by_side import estimate_file

    print(estimate_file(options.file, options.x, options.y, options.estimators, options.seed))
    return 0


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return number


def natural(text):
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0")
    return int(text)


def parse_weights(text):
    """`NAME=A,B,G` as `(NAME, (A, B, G))`."""
    name, _, values = text.partition("=")
    try:
        weights = tuple(float(value) for value in values.split(","))
    except ValueError:
        weights = ()
    if not name.isidentifier() or len(weights) != 3:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=A,B,G")
    if not all(math.isfinite(weight) and weight >= 0 for weight in weights):
        raise argparse.ArgumentTypeError(f"the weights of {name} must be finite and not negative")
    if not any(weights):
        raise argparse.ArgumentTypeError(f"the weights of {name} are all 0: nothing to train")
    return name, weights


def run_lessons(options):
    from dimlearn.course import work

    if options.again is not None:
        print(f"your old copy is now {work.set_aside(options.folder, options.again)}")
    for path in work.copy_new(options.folder):
        print(f"new: {path}")
    following = work.next_lesson(options.folder)
    print(f"next: {following}", flush=True)
    return 0 if options.copy_only else work.open_lab(following, not options.no_browser)


def run_build(options):
    from dimlearn.course import authoring

    if not options.check:
        for path in authoring.build(record_all=options.record, names=options.names):
            print(f"wrote {path.relative_to(authoring.ROOT)}")
        return 0
    found = authoring.problems()
    print("\n".join(found) if found else "everything is in step with solutions/*.py")
    return 1 if found else 0


def run_verify(options):
    from dimlearn.course import authoring

    return 0 if authoring.verify(names=options.names) else 1


def run_progress(options):
    from dimlearn.check import progress_file
    from dimlearn.errors import InputError

    if options.folder and not options.folder.is_dir():
        raise InputError(f"there is no folder {options.folder}")
    print(progress_file.card(progress_file.find(options.folder)))
    return 0


def run_compare(options):
    folder = options.out or Path("runs") / Path(options.data).stem
    print("loading TensorFlow ...", file=sys.stderr, flush=True)
    from dimlearn.cli.terminal import EpochLine, Progress
    from dimlearn.data import images as data
    from dimlearn.evaluation import comparison, report

    settings = settings_from(options)
    dataset = data.load(options.data, download=options.download)
    settings = comparison.complete(settings, dataset)
    if options.again and (folder / "settings.json").exists():
        aside = folder.with_name(f"{folder.name}-{time.strftime('%Y%m%d-%H%M%S')}")
        folder.rename(aside)
        print(f"the old run was moved to {aside}", file=sys.stderr)
    say = Progress()
    say(budget(settings, dataset))
    parts = comparison.compare(settings, folder, dataset, say, callbacks=[EpochLine(say)])
    results = report.summarise(parts, settings, dataset)
    report.write_tables(results, folder)
    print(report.tables(results), report.conclusion(results), sep="\n\n", flush=True)
    report.write_report(results, folder, dataset, say)
    print(f"\nTables, figures and encoders: {folder / 'report.md'}")
    return 0


def settings_from(options):
    from dimlearn.errors import InputError
    from dimlearn.evaluation.comparison import CONTROLS, WEIGHTS, Settings

    weights = WEIGHTS | dict(options.weights)
    known = (*CONTROLS, *weights)
    for name in options.rows or ():
        if name not in known:
            raise InputError(f"there is no row {name!r}: choose among {', '.join(known)}")
    for name, _ in options.weights:
        if name in CONTROLS:
            raise InputError(f"{name} is a control and has no weights: use another name")
    for name in known:  # they are names of files, and some disks do not tell "Local" from "local"
        if len([other for other in known if other.casefold() == name.casefold()]) > 1:
            raise InputError(f"two rows are called {name}, but for capital letters")
    return Settings(
        data=options.data,
        weights=weights,
        rows=tuple(dict.fromkeys(options.rows or known)),
        epochs=options.epochs,
        batch_size=options.batch_size,
        learning_rate=options.learning_rate,
        decay=options.decay,
        architecture=options.encoder,
        code_dim=options.code_dim,
        bound=options.bound,
        critic=options.critic,
        negatives=options.negatives,
        prior=options.prior,
        seeds=options.seeds,
        probe_seeds=options.probe_seeds,
    )


def budget(settings, dataset):
    """What every network gets, in a sentence."""
    steps = len(dataset.x_train) // settings.batch_size * settings.epochs
    return (
        f"{dataset.name}: {len(dataset.x_train)} training, {len(dataset.x_validation)} validation "
        f"and {len(dataset.x_test)} test images; each network gets {settings.epochs} epochs, "
        f"{steps} batches of {settings.batch_size}"
    )
