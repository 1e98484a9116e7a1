"""`dimlearn compare`: encoders without labels, their codes, and fair controls."""

import argparse
import math
import sys
import time
from pathlib import Path

from dimlearn.cli.options import positive

EXAMPLE = """examples:
  dimlearn compare                                     the bundled digits, in a few minutes
  dimlearn compare --data mnist --seeds 3              MNIST from DIMLEARN_DATA or Keras' cache
  dimlearn compare --data my_images.npz --out mine     x_train, y_train, x_test, y_test of your own
  dimlearn compare --weights strong=0,1,1 --rows local strong random

A run that was interrupted goes on when the same command is given again."""


def add_command(commands):
    compare = commands.add_parser(
        "compare",
        help="train encoders without labels and compare what their codes are worth",
        description="Train encoders with Deep InfoMax without labels, freeze them, and compare "
        "their codes with fair controls: raw pixels, a random encoder, PCA, and the same encoder "
        "trained with labels.",
        epilog=EXAMPLE,
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
    compare.set_defaults(run=run)


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


def run(options):
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
