"""The folder of a comparison: what is in it was written whole, and belongs to one run.

Its file `settings.json` holds the run's settings and hashes of its images and of the encoders that
were added. A run goes on only where all are the same.
"""

import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np

from dimlearn.errors import InputError
from dimlearn.evaluation.encoder_file import hash_of_file
from dimlearn.files import write_json, written_whole


def open_folder(folder, settings, dataset):
    """The run folder, new or left by a run of the same settings on the same images.

    Raises `InputError` when it cannot be written, or holds a run of other settings.
    """
    folder = Path(folder)
    identity = {**dataclasses.asdict(settings), "images": fingerprint(dataset)}
    identity["add"] = {name: hash_of_file(path) for name, path in settings.add.items()}
    identity = json.loads(json.dumps(identity))  # tuples become lists, as they come back
    try:
        for name in ("encoders", "histories", "correct", "figures"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        known = folder / "settings.json"
        if not known.exists():
            write_json(known, identity)
        before = json.loads(known.read_text())
    except (OSError, ValueError) as error:
        raise InputError(f"the output folder {folder} cannot be used: {error}") from None
    other = [key for key in identity if before.get(key) != identity[key]]
    if other:
        raise InputError(
            f"{folder} holds a run with other settings ({', '.join(other)}): "
            "choose another --out, or --again to set the old run aside"
        )
    return folder


def fingerprint(dataset):
    """A hash of the images and labels: a run goes on only where it saw the same."""
    digest = hashlib.sha256()
    for part in ("x_train", "y_train", "x_validation", "y_validation", "x_test", "y_test"):
        digest.update(np.ascontiguousarray(getattr(dataset, part)))
    return digest.hexdigest()[:16]


def write_correct(path, code, layers):
    """Keep what the probes of one encoder got right: `{probe: [seeds, N] booleans}` on its code,
    `{layer: ...}` on its layers."""
    arrays = {f"code {probe}": correct for probe, correct in code.items()}
    arrays |= {f"layer {layer}": correct for layer, correct in layers.items()}
    with written_whole(path) as half:
        np.savez_compressed(half, **arrays)


def read_correct(path):
    """What `write_correct` kept: `(code, layers)`."""
    found = {"code": {}, "layer": {}}
    with np.load(path) as arrays:
        for key, correct in arrays.items():
            place, name = key.split(" ")
            found[place][name] = correct
    return found["code"], found["layer"]
