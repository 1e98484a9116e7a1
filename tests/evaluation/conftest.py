"""Little data sets, and a run of the comparison that several modules of these tests look at."""

import numpy as np
import pytest

from dimlearn import data
from dimlearn.evaluation import Settings, compare


@pytest.fixture(scope="session")
def little():
    """A few of the bundled digits: the real thing, quickly."""
    digits = data.load("digits", limit=400)
    return data.from_arrays(
        digits.x_train, digits.y_train, digits.x_test[:200], digits.y_test[:200]
    )


@pytest.fixture(scope="session")
def bars():
    """8x8 images of 3 classes, told apart by where they are bright."""
    rng = np.random.default_rng(0)
    labels = np.arange(150) % 3
    images = rng.random((150, 8, 8, 1)).astype("float32") / 3
    for index, label in enumerate(labels):
        images[index, 2 * label : 2 * label + 3] += 0.5
    return data.from_arrays(images[:120], labels[:120], images[120:], labels[120:], name="bars")


@pytest.fixture(scope="session")
def quick():
    """The settings of the finished run."""
    return Settings(rows=("local", "pixels"), epochs=1, batch_size=20, code_dim=4, probe_seeds=2)


@pytest.fixture(scope="session")
def finished(bars, quick, tmp_path_factory):
    """A run of the comparison without interruption: its folder, its parts and all that it said."""
    folder, said = tmp_path_factory.mktemp("finished"), []
    parts = compare(quick, folder, bars, lambda text, passing=False: said.append(text))
    return folder, parts, said
