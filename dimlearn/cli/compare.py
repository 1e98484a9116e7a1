"""`dimlearn compare`: encoders without labels, their codes, and fair controls."""

import argparse
import dataclasses
import math
import os
from pathlib import Path

from dimlearn.cli.options import code_length, positive
from dimlearn.errors import InputError, one_line
from dimlearn.evaluation.settings import EPOCHS, STEPS, WEIGHTS, Settings
from dimlearn.files import readable

EXAMPLE = """examples:
  dimlearn compare                                     the bundled digits, in a few minutes
  dimlearn compare --data mnist --seeds 3              MNIST from DIMLEARN_DATA or Keras' cache
  dimlearn compare --data my_images.npz --out mine     x_train, y_train, x_test, y_test of your own
  dimlearn compare --data pictures                     a folder with a sub-folder for each class
  dimlearn compare --weights strong=0,1,1 --rows local strong random
  dimlearn compare --add mine=encoder.keras            your frozen Keras encoder beside the others
  dimlearn compare --rows views local --full           fine-tuning, SSIM, NDM, MINE and SVM as well

A run that was interrupted goes on when the same command is given again."""


GROWING = ("linear", "knn", "knn_whitened", "labels_1", "labels_10")  # the columns while it runs
DEFAULTS = {
    field.name: field.default
    for field in dataclasses.fields(Settings)
    if field.default is not dataclasses.MISSING
}


def add_command(commands):
    compare = commands.add_parser(
        "compare",
        help="train encoders without labels and compare what their codes are worth",
        description=one_line("""
            Train encoders with Deep InfoMax without labels, freeze them, and compare their codes
            with fair controls: raw pixels, a random encoder, PCA, and the same encoder trained with
            labels.
        """),
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = compare.add_argument
    named = "(default: %(default)s)"
    sets = "digits (bundled), mnist, fashion_mnist, cifar10, an .npz or a folder"
    add("--data", help=f"{sets} {named}")
    add("--download", action="store_true", help="allow the data to be downloaded")
    add("--out", type=Path, help="run folder (default: runs/DATA)")
    add("--again", action="store_true", help="set an old run in that folder aside and start anew")
    beside = "augmented, coordinates, offsets, occlusion, all_three"
    rows = f"only these rows of the table, or of those beside it: {beside}"
    add("--rows", nargs="+", metavar="NAME", help=rows)
    weights = "alpha, beta, gamma of an encoder, known or new; may be repeated"
    add("--weights", action="append", type=parse_weights, metavar="NAME=A,B,G", help=weights)
    add("--bound", help=f"jsd, dv, nwj, infonce or infonce_codes {named}")
    add("--critic", help=f"dot or concat {named}")
    add("--negatives", help=f"all pairs of a batch, or one for each image {named}")
    add("--prior", help=f"uniform or gaussian {named}")
    views = "handwriting or photographs (default: by the number of channels)"
    add("--views", help=f"random pictures for the rows *views* and *augmented*: {views}")
    architecture = f"light, dim28 or dim32, the authors' {named}"
    add("--encoder", dest="architecture", metavar="ENCODER", help=architecture)
    add("--code-dim", type=code_length, metavar="D", help="numbers in a code (%(default)s)")
    budget = f"for every network (default: about {STEPS:,} batches, at least {EPOCHS} epochs)"
    add("--epochs", type=positive, help=budget)
    add("--learning-rate", type=float, metavar="R", help="of Adam (%(default)s)")
    decay = "let the learning rate fall to 0 along half a cosine after its rise (default: it stays)"
    add("--decay", action=argparse.BooleanOptionalAction, help=decay)
    add("--batch-size", type=positive, metavar="N", help="images in a batch (%(default)s)")
    add("--seeds", type=positive, metavar="K", help="repeat the pretraining (%(default)s)")
    yours = "a row for a frozen Keras encoder, whose last output is a code; may be repeated"
    add("--add", action="append", type=parse_file, metavar="NAME=FILE.keras", help=yours)
    repeated = "repeat trained probes and draws of labels (%(default)s)"
    add("--probe-seeds", type=positive, metavar="K", help=repeated)
    layers = "labelled images for probes of the layers, at most (%(default)s)"
    add("--layer-images", type=positive, metavar="N", help=layers)
    more = "SVM on each layer, decoder, NDM, MINE, fine-tuning with few labels: takes long"
    add("--full", action="store_true", help=f"the paper's other measurements too: {more}")
    compare.set_defaults(run=run, weights=[], add=[], **DEFAULTS)


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


def parse_file(text):
    """`NAME=FILE.keras` as `(NAME, path)`."""
    name, _, path = text.partition("=")
    if not name.isidentifier() or not path:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=FILE.keras")
    return name, os.path.expanduser(path)


def run(options):
    from dimlearn.cli.terminal import Progress

    folder = options.out or Path("runs") / Path(os.path.realpath(options.data)).stem
    asked = {name: getattr(options, name) for name in DEFAULTS}
    added = dict(options.add)
    if len(added) < len(options.add):
        raise InputError("two encoders of --add have the same name")
    settings = Settings(**asked, weights=WEIGHTS | dict(options.weights), add=added)
    with Progress() as say:
        say("loading TensorFlow ...")
        from dimlearn.data.images import load
        from dimlearn.evaluation.comparison import compare, filled_in
        from dimlearn.evaluation.conclusion import conclusion
        from dimlearn.evaluation.report import summarise, write_report, write_tables
        from dimlearn.evaluation.run_folder import move_away
        from dimlearn.evaluation.tables import as_markdown

        dataset = load(options.data, download=options.download)
        settings = filled_in(settings, dataset)
        if Path(options.data).is_dir():  # what was found in it, and what was left out
            say(dataset.source)
        if options.again and (folder / "settings.json").exists():
            say(f"the old run was moved to {move_away(folder)}")
        say(budget(settings, dataset))
        parts = compare(settings, folder, dataset, say, probed=growing_table(say))
        results = summarise(parts, settings, dataset)
        write_tables(results, folder)  # all files first: a terminal may be gone, or its reader
        write_report(results, folder, dataset, say)
        say.put_away()
    print(as_markdown(results), conclusion(results), sep="\n\n")
    print(f"\nTables, figures and encoders: {readable(folder / 'report.md')}", flush=True)
    return 0


def growing_table(say):
    """Puts each finished part into a table: the mean of a row's seeds so far, in percent."""
    known = {}

    def add(part):
        seeds = known.setdefault(part["name"], [])
        seeds.append(part["correct"])
        means = {
            probe: 100 * sum(correct[probe].mean() for correct in seeds) / len(seeds)
            for probe in GROWING
            if probe in part["correct"]
        }
        say.row({"encoder": part["name"]} | {name: f"{mean:.1f}" for name, mean in means.items()})

    return add


def budget(settings, dataset):
    """What every network gets, in a sentence."""
    steps = dataset.pretraining_count // settings.batch_size * settings.epochs
    unlabelled = dataset.pretraining_count - len(dataset.x_train)
    more = f" and {unlabelled} unlabelled" if unlabelled else ""
    return one_line(f"""
        {dataset.name}: {len(dataset.x_train)} training{more}, {len(dataset.x_validation)}
        validation and {len(dataset.x_test)} test images; each network gets {settings.epochs}
        epochs, {steps} batches of {settings.batch_size}
    """)
