"""The folder of a comparison: what is in it was written whole, and belongs to one run.

    settings.json              the run's settings, and hashes of its images and of encoders added
    encoders/ROW-SEED.keras    the frozen encoder
    histories/ROW-SEED.json    what its training told, and which run and which encoder it belongs to
    correct/ROW-SEED.npz       what the probes got right on it, and which encoder that was
    measures/ROW-SEED.npz      what else was measured of it, the same (`measures.py`)
    unfinished/ROW-SEED.npz    the state of a training after its last epoch (`kept_epochs.py`)

A run goes on only where its settings are the same, one process at a time. Nothing in the folder is
believed unasked: what is damaged, or belongs to something else, is told by name and set aside, and
that part of the run is done again.
"""

import dataclasses
import hashlib
import json
import os
import time
from contextlib import ExitStack, contextmanager
from fnmatch import fnmatch
from pathlib import Path

import numpy as np

from dimlearn.errors import InputError, one_line
from dimlearn.evaluation.encoder_file import hash_of_file
from dimlearn.files import locked, put_in_place, remove_half, set_aside, write_json, written_whole
from dimlearn.startup import keras

ROOMS = ("encoders", "histories", "correct", "measures", "unfinished", "figures")
DRAWN = ("accuracy", "few_labels", "projection", "loss_curves", "neighbours")
NAMES = (
    *("settings.json", "results.json", "table.md", "table.csv", "report.md"),
    *(f"figures/{name}.png" for name in DRAWN),
)
FILES = {".json", ".csv", ".png", ".keras", ".npz"}
# One file has many spellings: its images are compared. And what is measured later changes nothing.
NOT_COMPARED = ("data", "full")


@contextmanager
def open_folder(folder, settings, dataset, say):
    """The `RunFolder` of a path, new or left by a run of the same settings on the same images; no
    other process may have it meanwhile.

    Raises `InputError` when it cannot be written, is in use, or holds a run of other settings.
    """
    folder = Path(folder)
    identity = {**dataclasses.asdict(settings), "images": fingerprint(dataset)}
    identity["add"] = {name: hash_of_file(path) for name, path in settings.add.items()}
    identity = json.loads(json.dumps(identity))  # tuples become lists, as they come back
    with in_use(folder):
        try:
            tidy(folder, say)
            other = other_settings(folder / "settings.json", identity, say)
        except OSError as error:
            raise InputError(f"the output folder {folder} cannot be used: {error}") from None
        if other:
            raise InputError(f"""
                {folder} holds a run with other settings ({", ".join(other)}): choose another --out,
                or --again to set the old run aside
            """)
        yield RunFolder(folder, hash_of_json(identity), say)


@contextmanager
def in_use(folder):
    """Hold the lock of a run folder, which is made if need be.

    Raises `InputError` when another process holds it, or it cannot be written.
    """
    with ExitStack() as held:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(locked(folder / "run", patience=0))
        except TimeoutError:
            raise InputError(f"""
                another process is at work in {folder}: wait for it, or choose another --out
            """) from None
        except OSError as error:
            raise InputError(f"the output folder {folder} cannot be used: {error}") from None
        yield


def move_away(folder):
    """Give the folder of an old run another name, that of the moment, and return its new path.

    Raises `InputError` when another process is at work in it, or when it cannot be renamed.
    """
    place = Path(os.path.abspath(folder))
    if Path.cwd().is_relative_to(os.path.realpath(place)):
        raise InputError(f"""
            --again gives the folder of the old run another name, and you are in it: go to another
            folder, or choose another --out than {folder}
        """)
    with in_use(place):
        pass
    names = [f"{place.name}-{time.strftime('%Y%m%d-%H%M%S')}"]
    names += [f"{names[0]}-{count}" for count in range(2, 100)]
    aside = next(one for one in map(place.with_name, names) if not os.path.lexists(one))
    try:
        put_in_place(place, aside)
    except OSError as error:
        raise InputError(f"the old run in {folder} cannot be moved: {error}") from None
    return aside


def tidy(folder, say, rooms=ROOMS, names=NAMES, known=("settings.json",)):
    """Make the rooms of a run folder, and remove what processes that were killed have left half
    written. What stands in the place of a room or of a file, and is none, is set aside; where there
    was no run before, so is a file with the name of one that the run will write.

    `names`: of those files, as patterns; `known`: of what tells of a run, the same.
    """
    if not any(place for name in known for place in folder.glob(name)):
        there = (place for name in names for place in folder.glob(name) if place.is_file())
        for place in sorted(there):
            say(f"{place} was here before the run: it is now {set_aside(place, 'before').name}")
    rooms = [folder / room for room in rooms]
    for room in rooms:
        if os.path.lexists(room) and not room.is_dir():
            say(f"{room} is no folder: it is now {set_aside(room).name}")
        room.mkdir(exist_ok=True)
    for place in sorted(place for one in (folder, *rooms) for place in one.iterdir()):
        if place.parent == folder:
            expected = any(fnmatch(place.name, name) for name in names)
        else:
            expected = place.suffix in FILES
        if place.name.startswith(".half-"):
            remove_half(place, untouched_for=0)
        elif expected and not place.is_file():  # a folder, a pipe, or a link to nowhere
            say(f"{place} is no file: it is now {set_aside(place).name}")


def other_settings(known, identity, say):
    """The names of the settings in which the run in a folder differs; those are noted for a new
    run, or in place of a file that cannot be read."""
    if known.exists():
        try:
            before = dict(json.loads(known.read_text(encoding="utf-8")))
        except Exception as error:  # what is damaged fails in many ways
            if isinstance(error, PermissionError):
                raise
            say(f"{known} cannot be read: it is now {set_aside(known).name}")
        else:
            compared = identity.keys() - set(NOT_COMPARED)
            return [
                name for name in identity if name in compared and before.get(name) != identity[name]
            ]
    write_json(known, identity)
    return []


class RunFolder:
    """What a run keeps of each of its parts, a row with a seed.

    What is given back is whole, and belongs to this run and this encoder; what does not is set
    aside.
    """

    def __init__(self, folder, run, say):
        self.folder, self.run, self.say = folder, run, say

    def file(self, room, part, ending):
        return self.folder / room / f"{part['name']}-{part['seed']}{ending}"

    def unfinished(self, part):
        """Where the state of a part's training is kept until it is done."""
        return self.file("unfinished", part, ".npz")

    def write_encoder(self, part, encoder):
        """Keep a part's encoder, and its history with the hashes of run and encoder.

        The history is written last: what has one is done.
        """
        path = self.file("encoders", part, ".keras")
        with written_whole(path) as half:
            encoder.save(half)
        part["belongs_to"] = {"run": self.run, "encoder": hash_of_file(path)}
        part["belongs_to"]["told"] = hash_of_json(part["history"])
        told = {key: part[key] for key in ("name", "seed", "history", "seconds", "belongs_to")}
        write_json(self.file("histories", part, ".json"), told)
        self.unfinished(part).unlink(missing_ok=True)

    def read_encoder(self, part):
        """A part as it was kept, with what its probes have got right so far, or None. "probed" says
        whether that is all."""
        path, history = self.file("encoders", part, ".keras"), self.file("histories", part, ".json")
        if not history.exists():  # it was killed between the two, or has not begun
            return None
        try:
            kept = json.loads(history.read_text(encoding="utf-8"))
            check_history(kept, part, self.run)
        except Exception as error:  # what is damaged fails in many ways, each with its own type
            return self.unusable(error, history, path)
        try:
            if kept["belongs_to"]["encoder"] != hash_of_file(path):
                raise ValueError(f"it is not the encoder that {history.name} tells of")
        except ValueError as error:
            return self.unusable(error, path, history)
        return kept | self.read_correct(kept)

    def load_encoder(self, part):
        """The encoder of a part that `read_encoder` gave, a Keras model; or None where this Keras
        cannot load it."""
        path = self.file("encoders", part, ".keras")
        try:
            return keras.saving.load_model(path, compile=False, safe_mode=True)
        except Exception as error:  # as of another version
            return self.unusable(error, path)

    def write_correct(self, part, probed):
        """Keep what the probes of a part have got right so far, `part["correct"]` on the code and
        `part["layers"]`: `{name: [seeds, N] booleans}`. `probed`: whether that is all."""
        arrays = {f"code {probe}": right for probe, right in part["correct"].items()}
        arrays |= {f"layer {layer}": right for layer, right in part["layers"].items()}
        arrays |= {"encoder": np.array(part["belongs_to"]["encoder"]), "probed": np.array(probed)}
        with written_whole(self.file("correct", part, ".npz")) as half:
            np.savez_compressed(half, **arrays)

    def read_correct(self, part):
        """What `write_correct` kept, `{"correct", "layers", "probed"}`."""
        path, found = self.file("correct", part, ".npz"), {"code": {}, "layer": {}}
        probed = False
        try:
            if path.exists():
                with np.load(path, allow_pickle=False) as arrays:
                    arrays = dict(arrays)
                if str(arrays.pop("encoder")) != part["belongs_to"]["encoder"]:
                    raise ValueError("it belongs to another encoder")
                probed = bool(arrays.pop("probed"))
                for key, right in arrays.items():
                    place, name = key.split(" ")
                    if right.dtype != bool or right.ndim != 2:
                        raise ValueError(f"{key} are no right answers")
                    found[place][name] = right
        except Exception as error:  # what is damaged fails in many ways, each with its own type
            self.unusable(error, path)
            found, probed = {"code": {}, "layer": {}}, False
        return {"correct": found["code"], "layers": found["layer"], "probed": probed}

    def write_measures(self, part, measures):
        """Keep what was measured of a part so far, `{name: array}`."""
        arrays = measures | {"encoder": np.array(part["belongs_to"]["encoder"])}
        with written_whole(self.file("measures", part, ".npz")) as half:
            np.savez_compressed(half, **arrays)

    def read_measures(self, part):
        """What `write_measures` kept of this part's encoder; nothing where that cannot be used."""
        path = self.file("measures", part, ".npz")
        try:
            if not path.exists():
                return {}
            with np.load(path, allow_pickle=False) as arrays:
                found = dict(arrays)
            if str(found.pop("encoder")) != part["belongs_to"]["encoder"]:
                raise ValueError("it belongs to another encoder")
            if not all(array.dtype.kind in "bf" and array.ndim == 1 for array in found.values()):
                raise ValueError("it holds what is no measure")
        except Exception as error:  # what is damaged fails in many ways, each with its own type
            self.unusable(error, path)
            return {}
        return found

    def unusable(self, error, *paths):
        """Set aside what cannot be used, say so, and give None: that part is done again."""
        asides = [set_aside(path).name for path in paths if path.exists() or path.is_symlink()]
        why = one_line(error).removeprefix(f"{paths[0]} ").split("\n")[0] or type(error).__name__
        self.say(f"    {paths[0]} cannot be used ({why}): done again; kept as {', '.join(asides)}")


def check_history(kept, part, run):
    """Raise an error unless `kept` is what a history file of this part of this run may hold."""
    if [kept["name"], kept["seed"]] != [part["name"], part["seed"]]:
        raise ValueError(f"it belongs to {kept['name']!r}, seed {kept['seed']!r}")
    belongs_to = kept.get("belongs_to") or {}
    if belongs_to.get("run") != run or "encoder" not in belongs_to:
        raise ValueError("it does not belong to this run")
    if belongs_to.get("told") not in (None, hash_of_json(kept["history"])):  # none in older folders
        raise ValueError("it is not what the training told")
    numbers = [kept["seconds"], *(value for values in kept["history"].values() for value in values)]
    if not all(isinstance(number, int | float) for number in numbers):
        raise ValueError("it holds what is no number")


def fingerprint(dataset):
    """A hash of the images and labels: a run goes on only where it saw the same."""
    digest = hashlib.sha256()
    for name, part in vars(dataset).items():
        if name.startswith(("x_", "y_")) and part is not None:
            digest.update(np.ascontiguousarray(part))
    return digest.hexdigest()[:16]


def hash_of_json(content):
    """A hash of what JSON can hold, whatever the order of its names."""
    compared = {key: value for key, value in content.items() if key not in NOT_COMPARED}
    return hashlib.sha256(json.dumps(compared, sort_keys=True).encode()).hexdigest()[:16]
