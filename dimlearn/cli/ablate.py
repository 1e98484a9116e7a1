"""`dimlearn ablate`: what one thing of Deep InfoMax does, when everything else stays."""

import argparse
import os
from pathlib import Path

from dimlearn.cli.compare import budget
from dimlearn.cli.options import positive
from dimlearn.errors import one_line
from dimlearn.evaluation.settings import ABLATIONS, Settings
from dimlearn.files import readable

EXAMPLE = """examples:
  dimlearn ablate                            all, on the bundled digits: hours, most for critic
  dimlearn ablate bound batch --seeds 3      these two, each training with three seeds
  dimlearn ablate batch --data mnist         other images

A run that was interrupted goes on when the same command is given again."""


def add_command(commands):
    ablate = commands.add_parser(
        "ablate",
        help="change one thing of Deep InfoMax at a time and judge the codes",
        description=one_line("""
            Change one thing of Deep InfoMax at a time, train the row *local* of the comparison with
            everything else as it is, and judge the frozen codes: one table, a figure for each.
        """),
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add, defaults = ablate.add_argument, Settings()
    add("names", nargs="*", metavar="WHAT", help=f"{', '.join(ABLATIONS)} (default: all)")
    add("--data", default=defaults.data, help="as of `dimlearn compare` (default: %(default)s)")
    add("--download", action="store_true", help="allow the data to be downloaded")
    add("--out", type=Path, help="where all runs go (default: runs/ablations-DATA)")
    add("--again", action="store_true", help="set old runs in that folder aside and start anew")
    add("--epochs", type=positive, help="of every training (default: as of `dimlearn compare`)")
    add("--seeds", type=positive, metavar="K", default=1, help="repeat each pretraining (1)")
    ablate.set_defaults(run=run)


def run(options):
    from dimlearn.cli.terminal import Progress

    name = Path(os.path.realpath(options.data)).stem
    folder = options.out or Path("runs") / f"ablations-{name}"
    settings = Settings(options.data, epochs=options.epochs, seeds=options.seeds)
    with Progress() as say:
        say("loading TensorFlow ...")
        from dimlearn.data.images import load
        from dimlearn.evaluation.ablation import ablate, as_markdown, check_names
        from dimlearn.evaluation.comparison import filled_in
        from dimlearn.evaluation.run_folder import move_away

        dataset = load(options.data, download=options.download)
        names = options.names or list(ABLATIONS)
        check_names(names)
        say(budget(filled_in(settings, dataset), dataset))
        if options.again and any(folder.glob("*/settings.json")):
            say(f"the old runs were moved to {move_away(folder)}")
        table = ablate(names, settings, folder, dataset, say)
        say.put_away()
    print("Test accuracy in percent (95 % interval):", as_markdown(table), sep="\n\n")
    print(f"\nTable and figures: {readable(folder)}", flush=True)
    return 0
