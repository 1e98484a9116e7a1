"""The folder of a comparison: what is in it was written whole, and belongs to one run.

Its file `settings.json` holds the run's settings and a hash of its images. A run goes on only
where both are the same.
"""

import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np

from dimlearn.errors import InputError
from dimlearn.files import write_json


def open_folder(folder, settings, dataset):
    """The run folder, new or left by a run of the same settings on the same images.

    Raises `InputError` when it cannot be written, or holds a run of other settings.
    """
    folder = Path(folder)
    identity = {**dataclasses.asdict(settings), "images": fingerprint(dataset)}
    identity = json.loads(json.dumps(identity))  # tuples become lists, as they come back
    try:
        for name in ("encoders", "histories", "scores", "figures"):
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
