"""An encoder for images of your own that have no labels: trained, kept, and shown on one page.

    found = train_encoder("holiday", "runs/holiday")     # a folder of pictures
    found.encoder, found.codes, found.names              # the code of each, by its file's name

It is Deep InfoMax across two views of every image, with the budget of a row of the comparison.
Nothing here knows what is right: the page shows which pictures the encoder finds alike, and a
person has to say whether they are.
"""

import dataclasses
import math
import os
from pathlib import Path

import numpy as np

from dimlearn.data.batches import as_floats, streamed_batches
from dimlearn.data.folders import hash_of_images
from dimlearn.data.unlabelled import find_pictures, views_for
from dimlearn.deep_infomax.encoder import build_encoder
from dimlearn.deep_infomax.model import DeepInfoMax
from dimlearn.deep_infomax.optimizer import FusedAdam
from dimlearn.deep_infomax.settling import settle
from dimlearn.deep_infomax.views import VIEWS
from dimlearn.errors import InputError
from dimlearn.evaluation.codes import encode
from dimlearn.evaluation.comparison import EpochLine, silent
from dimlearn.evaluation.kept_epochs import KeptEpochs, fit
from dimlearn.evaluation.own_page import write_page
from dimlearn.evaluation.rows import rise
from dimlearn.evaluation.run_folder import (
    RunFolder,
    hash_of_json,
    in_use,
    other_settings,
    tidy,
)
from dimlearn.evaluation.settings import EPOCHS, STEPS
from dimlearn.files import readable, written_whole
from dimlearn.startup import keras

MOST_EPOCHS = 300  # of a few pictures, which many more would only teach by heart
SETTLED_ON = 2_500  # images that batch normalisation is settled on
PIECE = 2_000  # images that are encoded together
READ = ("images.npy", "pictures.json", "pictures-*.npz")  # where what was read of a folder is kept
OWN_NAMES = (
    *("settings.json", "history.json", "encoder.keras", "unfinished.npz", "codes.npz"),
    *("report.md", "left_out.txt", *READ),
    *("figures/loss.png", "figures/neighbours.png", "figures/projection.png"),
)


@dataclasses.dataclass(frozen=True)
class Plan:
    """Everything that decides an encoder, apart from the images.

    views: "handwriting", "photographs", "none"; None: what the images call for (`views_for`).
    epochs: None: about `STEPS` batches, at least `EPOCHS` and at most `MOST_EPOCHS`.
    batch_size: smaller where there are fewer images.
    """

    views: str | None = None
    code_dim: int = 64
    epochs: int | None = None
    batch_size: int = 128
    learning_rate: float = 0.015
    seed: int = 0


@dataclasses.dataclass(frozen=True)
class Trained:
    """What `train_encoder` leaves: the Keras model from images to `(feature_map, code)`; `codes`
    float32 `[N, D]`; the `names` of the N pictures; the `history` of the training, `{term: [value
    of each epoch]}` in nats; and the path of the page."""

    encoder: keras.Model
    codes: np.ndarray
    names: list
    history: dict
    page: Path


def train_encoder(source, folder, side=None, say=silent, **plan):
    """Train an encoder on images without labels; returns a `Trained`.

    `source`: a folder of pictures, an `.npy`, an `.npz` or an array (see `find_pictures`), which
    may be larger than memory; `side`: of the images of a folder, in pixels; `plan`: the fields of a
    `Plan`. The folder gets `encoder.keras`, `codes.npz` (`codes` and `names`), three figures and
    the page, `report.md`; interrupted, the training goes on after its last epoch when it is called
    again. `say(text, passing)` is told of each step, `passing` what the next one may replace.

    Raises `InputError` for what cannot be used: no picture, or a single one; settings that there
    are not; a folder that holds another run, or that another process is at work in.
    """
    folder, plan = Path(folder), Plan(**plan)
    with in_use(folder):
        own = [name for name in OWN_NAMES if not is_file_of(source, folder / name)]
        tidy(folder, say, rooms=(), names=own, known=("settings.json", *READ[1:]))
        pictures = find_pictures(source, folder, side, say)
        plan, why = filled_in(plan, pictures.images)
        say(pictures.told)
        budget = f"{plan.epochs} epochs of {steps_of(plan, pictures)} batches"
        say(f"views: {plan.views}, {why}; {budget}")
        kept = open_own(folder, plan, pictures.images, say)
        encoder, told = encoder_of(pictures.images, plan, kept)
        codes = codes_of(encoder, pictures.images, say)
        with written_whole(folder / "codes.npz") as half:
            np.savez(half, codes=codes, names=np.array(pictures.names))
        say("drawing the page", passing=True)
        tidy(folder, say, rooms=["figures"], names=())
        notes = {**dataclasses.asdict(plan), "why": why, "steps": steps_of(plan, pictures)}
        write_page(folder, pictures, codes, told, notes)
    return Trained(encoder, codes, list(pictures.names), told["history"], folder / "report.md")


def filled_in(plan, images):
    """The plan with views, epochs and batch size filled in for these images, and why these views.

    Raises `InputError` for what cannot be met.
    """
    count = len(images)
    if count < 2:
        raise InputError("there is one picture: an encoder learns by telling it from others")
    if min(images.shape[1:3]) < 8:
        raise InputError(f"images must be at least 8x8 pixels, but are {images.shape[1:3]}")
    if plan.views not in (None, "none", *VIEWS):
        raise InputError(f"views must be one of none, {', '.join(VIEWS)}, but are {plan.views!r}")
    if not 0 < plan.learning_rate < math.inf:
        raise InputError(f"the learning rate must be above 0, but is {plan.learning_rate}")
    if plan.batch_size < 2:
        raise InputError(f"a batch needs at least 2 images, but batch_size is {plan.batch_size}")
    views, why = (plan.views, "as asked") if plan.views else views_for(images)
    batch_size = min(plan.batch_size, count)
    by_steps = round(STEPS / (count // batch_size))
    epochs = plan.epochs or min(MOST_EPOCHS, max(EPOCHS, by_steps))
    return dataclasses.replace(plan, views=views, epochs=epochs, batch_size=batch_size), why


def is_file_of(source, path):
    """Whether the images are given by the very file at `path`."""
    if not isinstance(source, str | Path):
        return False
    return os.path.realpath(os.path.expanduser(source)) == os.path.realpath(path)


def steps_of(plan, pictures):
    """The batches of one epoch."""
    return len(pictures.images) // plan.batch_size


# ---------------------------------------------------------------- the encoder and its codes


def encoder_of(images, plan, kept):
    """The encoder of a run and what its training told, from its folder, or else trained and kept
    there."""
    part = {"name": "encoder", "seed": plan.seed}
    told = kept.read_encoder(part)
    encoder = kept.load_encoder(told) if told else None
    if encoder:
        kept.say("trained before: the encoder is taken from the folder")
        return encoder, told
    encoder, history, seconds = trained(images, plan, kept, part)
    told = part | {"history": history, "seconds": seconds}
    kept.write_encoder(told, encoder)
    return encoder, told


def trained(images, plan, kept, part):
    """Train an encoder: the encoder, what its training told, and the seconds that it took."""
    keras.utils.set_random_seed(plan.seed)
    encoder = build_encoder(images.shape[1:], plan.code_dim)
    views = None if plan.views == "none" else plan.views
    model = DeepInfoMax(encoder, bound="infonce_codes", views=views, seed=plan.seed)
    steps = plan.epochs * (len(images) // plan.batch_size)
    rate = rise(plan.learning_rate, steps)
    model.compile(FusedAdam(rate), steps_per_execution=10)
    batches = streamed_batches(images, plan.batch_size)
    epochs = KeptEpochs(kept, part)
    history = fit(model, batches, plan.epochs, [EpochLine(kept.say), epochs])
    if not np.isfinite(history["loss"][-1]):
        kept.unfinished(part).unlink(missing_ok=True)
        raise InputError("the training diverged: choose a lower learning rate")
    few = np.random.default_rng(plan.seed).permutation(len(images))[:SETTLED_ON]
    settle(encoder, as_floats(images[np.sort(few)][shuffled(len(few))]))
    return encoder, history, epochs.seconds


def shuffled(count):
    """Numbers below `count` in a random order: what is settled on may come sorted by kind."""
    return np.random.default_rng(0).permutation(count)


def codes_of(encoder, images, say=silent):
    """The code of each image, `[N, D]`; the images are read piece by piece."""
    codes = []
    for first in range(0, len(images), PIECE):
        say(f"encoding: {first} of {len(images)}", passing=True)
        codes.append(encode(encoder, as_floats(images[first : first + PIECE])))
    return np.concatenate(codes)


# ---------------------------------------------------------------- the folder


class OwnFolder(RunFolder):
    """The folder of one encoder: what `RunFolder` keeps in rooms stands in it side by side."""

    NAMES = {"encoders": "encoder", "histories": "history", "unfinished": "unfinished"}

    def file(self, room, part, ending):
        return self.folder / f"{self.NAMES.get(room, room)}{ending}"


def open_own(folder, plan, images, say):
    """The `OwnFolder` of these images and this plan, new or of before.

    Raises `InputError` where it holds a run of others.
    """
    identity = {**dataclasses.asdict(plan), "images": hash_of_images(images)}
    other = other_settings(folder / "settings.json", identity, say)
    if other:
        raise InputError(f"""
            {readable(folder)} holds a run with other settings ({", ".join(other)}): choose another
            --out, or --again to set the old run aside
        """)
    return OwnFolder(folder, hash_of_json(identity), say)
