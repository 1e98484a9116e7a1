"""A training that was interrupted goes on after its last epoch, and ends in the same bits."""

import numpy as np
import pytest
from marks import weekly

from dimlearn.evaluation import Settings, all_rows
from dimlearn.evaluation.kept_epochs import KeptEpochs
from dimlearn.evaluation.run_folder import open_folder
from dimlearn.startup import keras

SETTINGS = Settings(epochs=4, batch_size=20, code_dim=4, views="handwriting")


class Interrupted(Exception):
    """In place of a kill."""


class Stop(keras.callbacks.Callback):
    """Interrupts a training when an epoch begins."""

    def __init__(self, at):
        super().__init__()
        self.at = at

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.at:
            raise Interrupted


@pytest.fixture
def train(bars, tmp_path):
    """Trains a row, which is killed when an epoch begins; returns the encoder's weights, the
    history, and what was said."""

    def train(name, at=None, damage=None):
        heard = []
        with open_folder(tmp_path / "run", SETTINGS, bars, heard.append) as folder:
            part = {"name": name, "seed": 0}
            if damage:
                damage(folder.unfinished(part))
            kept = KeptEpochs(folder, part)
            row = all_rows(SETTINGS)[name]
            encoder, history = row.train(bars, SETTINGS, 0, [kept, Stop(at)])
            assert kept.seconds > 0
        return encoder.get_weights(), history, heard

    return train


@pytest.fixture(scope="module")
def uninterrupted(bars):
    """A function that trains a row at one go, without a run folder."""
    known = {}

    def trained(name):
        if name not in known:
            encoder, history = all_rows(SETTINGS)[name].train(bars, SETTINGS, seed=0)
            known[name] = encoder.get_weights(), history
        return known[name]

    return trained


def same_bits(result, expected):
    weights, history, *_ = result
    for own, other in zip(weights, expected[0]):
        np.testing.assert_array_equal(own, other)
    return history == expected[1] and len(weights) == len(expected[0]) > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["standard", *weekly("views", "complete", "supervised", "augmented", "all_three")]
)
def test_interrupted_again_and_again_it_ends_in_the_same_bits(train, uninterrupted, name):
    """Killed before any epoch was kept, then after the first and in the third."""
    for at in (0, 1, 2):
        with pytest.raises(Interrupted):
            train(name, at)
    result = train(name)
    assert "    goes on after epoch 2" in result[2]
    assert same_bits(result, uninterrupted(name))
    assert all(len(values) == 4 for values in result[1].values())


def of_another_row(path):
    """The state of the same network, whole, from another training."""
    with np.load(path) as arrays:
        arrays = dict(arrays)
    notes = str(arrays["notes"]).replace("supervised", "mixed")
    np.savez(path, **{**arrays, "notes": np.array(notes)})


def of_another_shape(path):
    with np.load(path) as arrays:
        arrays = dict(arrays)
    np.savez(path, **{**arrays, "0": np.zeros(3, "float32")})


def without_an_epoch(path):
    with np.load(path) as arrays:
        arrays = dict(arrays)
    notes = str(arrays["notes"]).replace('"epochs": 2', '"epochs": 3')
    np.savez(path, **{**arrays, "notes": np.array(notes)})


@pytest.mark.slow
@pytest.mark.parametrize("damage", [of_another_row, *weekly(
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(path.read_bytes()[:-500]),
    lambda path: path.write_bytes(b"no archive"),
    of_another_shape,
    without_an_epoch,
)])  # fmt: skip
def test_a_state_that_cannot_be_used_is_set_aside(train, uninterrupted, damage):
    with pytest.raises(Interrupted):
        train("supervised", 2)
    result = train("supervised", damage=damage)
    (said,) = [line for line in result[2] if "cannot be used" in line]
    assert "supervised-0.npz" in said and "kept as supervised-0.damaged-1.npz" in said
    assert same_bits(result, uninterrupted("supervised"))
