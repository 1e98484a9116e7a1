"""`dimlearn train`: an encoder for pictures of your own, without labels."""

import argparse
import os
from pathlib import Path

from dimlearn.cli.options import code_length, natural, positive
from dimlearn.errors import InputError, one_line

EXAMPLE = """examples:
  dimlearn train holiday                       a folder of pictures, in sub-folders or not
  dimlearn train scans --views handwriting     strokes that may be turned and written by other pens
  dimlearn train images.npy --out runs/mine    [N, H, W, channels], also from an .npz

An interrupted run goes on when the same command is given again."""


def add_command(commands):
    train = commands.add_parser(
        "train",
        help="train an encoder on pictures of your own, without labels",
        description=one_line("""
            Train an encoder with Deep InfoMax on pictures without labels, and leave it, the code of
            every picture, and a page that shows which of them it finds alike.
        """),
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = train.add_argument
    images = "a folder of pictures (PNG, JPEG, GIF, BMP, TIFF, WebP), an .npy or an .npz"
    add("images", type=Path, metavar="IMAGES", help=images)
    add("--out", type=Path, metavar="FOLDER", help="run folder (default: runs/IMAGES)")
    add("--again", action="store_true", help="set an old run in that folder aside and start anew")
    views = "handwriting, photographs or none (default: by what the pictures look like)"
    add("--views", help=f"what two random pictures of each may differ in: {views}")
    side = "the middle square of each picture is brought to N x N pixels (default: 32)"
    add("--side", type=positive, metavar="N", help=side)
    code_dim = {"type": code_length, "metavar": "D", "default": 64}
    add("--code-dim", **code_dim, help="numbers in a code (%(default)s)")
    add("--epochs", type=positive, help="default: about 1,060 batches, at least 5 epochs")
    add("--batch-size", type=positive, metavar="N", default=128, help="images in a batch (128)")
    add("--learning-rate", type=float, metavar="R", default=0.015, help="of Adam (%(default)s)")
    add("--seed", type=natural, default=0, help="of first weights, batches and views (0)")
    train.set_defaults(run=run)


def run(options):
    from dimlearn.cli.terminal import Progress

    name = os.path.basename(os.path.realpath(options.images))
    folder = options.out or Path("runs") / (name if options.images.is_dir() else Path(name).stem)
    plan = ("views", "code_dim", "epochs", "batch_size", "learning_rate", "seed")
    with Progress() as say:
        say("loading TensorFlow ...")
        from dimlearn.evaluation.own_images import train_encoder
        from dimlearn.evaluation.run_folder import move_away
        from dimlearn.files import readable

        if not os.path.exists(os.path.expanduser(options.images)):
            raise InputError(f"there is no file or folder {readable(options.images)}")
        if options.again and (folder / "settings.json").exists():
            say(f"the old run was moved to {readable(move_away(folder))}")
        chosen = {name: getattr(options, name) for name in plan}
        trained = train_encoder(options.images, folder, options.side, say, **chosen)
        say.put_away()
    print(f"{len(trained.codes)} codes, encoder and figures: {readable(trained.page)}")
    return 0
