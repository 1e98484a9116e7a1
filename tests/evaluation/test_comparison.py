"""The comparison: what it makes, what it keeps, and how it goes on where it was interrupted."""

import dataclasses
import json
import math
import signal

import numpy as np
import pytest

from dimlearn import InputError, build_encoder, data
from dimlearn.evaluation import Settings, comparison, encode
from dimlearn.evaluation.layers import fewer_images
from dimlearn.startup import keras

pytestmark = pytest.mark.slow

UNSEEDED = {"linear", "knn", "knn_whitened"}
SEEDED = {"svm", "mlp200", "mlp64", "labels_1", "labels_5", "labels_10"}


class Interrupted(Exception):
    """In place of a Ctrl-C or a kill, at a moment that the test chooses."""


def quiet(text, passing=False):
    pass


def interrupted_at(words):
    """A `say` that interrupts the run when it hears the words, and keeps what it heard."""

    def say(text, passing=False):
        say.heard.append(text)
        if words in text:
            raise Interrupted

    say.heard = []
    return say


def test_an_interrupt_while_garbage_is_collected_is_not_lost():
    """As in a finalizer, where Python tells of it and goes on."""

    class Rubbish:
        def __init__(self):
            self.itself = self

        def __del__(self):
            signal.raise_signal(signal.SIGINT)
            ends.append("collected")

    ends, before = [], signal.signal(signal.SIGINT, signal.default_int_handler)
    try:  # where the tests run in the background, it may be ignored
        Rubbish()
        with pytest.raises(KeyboardInterrupt):
            comparison.collect_garbage()
        assert ends == ["collected"]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_part_holds_training_and_accuracies(finished):
    _, parts, _ = finished
    assert [(part["name"], part["seed"]) for part in parts] == [("local", 0), ("pixels", 0)]
    for part in parts:
        assert part["correct"].keys() == SEEDED | UNSEEDED
        for probe, correct in (part["correct"] | part["layers"]).items():
            once = probe in UNSEEDED or probe in part["layers"]
            assert correct.shape == (1 if once else 2, 30), probe
            assert correct.dtype == bool and correct.any()
    local, pixels = parts
    assert local["history"].keys() >= {"loss", "local_bound", "prior_loss"}
    assert len(local["history"]["loss"]) == 1 and local["seconds"] > 0
    assert local["layers"].keys() == {"feature_map", "code"}
    assert pixels["history"] == {} and pixels["layers"] == {}


def test_each_step_is_said(finished):
    _, _, said = finished
    assert "[1/2] local" in said and "[2/2] pixels" in said
    assert {"encoding the images", "probe svm", "probe mlp200 on the code"} <= set(said)
    assert any(line.startswith("    epoch 1/1, batch") and ", loss " in line for line in said)


def test_right_answers_are_kept_beside_the_encoders(finished):
    """Small, without pickle: the report is made from them."""
    folder, parts, _ = finished
    for part in parts:
        path = folder / "correct" / f"{part['name']}-0.npz"
        assert path.stat().st_size < 10_000
        with np.load(path, allow_pickle=False) as kept:
            np.testing.assert_array_equal(kept["code linear"], part["correct"]["linear"])
            assert str(kept["encoder"]) == part["belongs_to"]["encoder"]
            assert bool(kept["probed"])
            assert len(kept.files) == 2 + len(part["correct"]) + len(part["layers"])


def test_each_part_is_handed_out_when_its_quick_probes_are_done(bars, quick, finished, tmp_path):
    """Before networks are trained on it and its layers; and one that was finished before, anew."""
    probed, say = [], interrupted_at("probe svm")
    with pytest.raises(Interrupted):
        comparison.compare(quick, tmp_path, bars, say, probed=probed.append)
    assert [part["name"] for part in probed] == ["local"]
    whole = finished[1][0]["correct"]
    assert whole.keys() - probed[0]["correct"] == {"svm", "mlp200", "mlp64"}
    for probe, correct in probed[0]["correct"].items():
        np.testing.assert_array_equal(correct, whole[probe])
    comparison.compare(quick, finished[0], bars, probed=probed.append)
    assert [part["name"] for part in probed[1:]] == ["local", "pixels"]


def same(parts, others):
    """Whether two runs came to the same right answers."""
    np.testing.assert_equal(
        [part["correct"] for part in parts], [part["correct"] for part in others]
    )
    np.testing.assert_equal([part["layers"] for part in parts], [part["layers"] for part in others])
    return len(parts) == len(others) > 0


def test_the_saved_encoders_give_codes(finished, bars):
    for name, width in (("local", 4), ("pixels", 64)):
        encoder = keras.saving.load_model(finished[0] / "encoders" / f"{name}-0.keras")
        assert encode(encoder, bars.x_test).shape == (30, width)


@pytest.mark.weekly  # each of them; `test_an_answer_of_a_probe_is_not_asked_for_twice` at every run
@pytest.mark.parametrize("moment, kept, words", [
    ("epoch 1/1", [], "trained for"),  # in the first training
    ("encoding the images", ["local"], "trained before"),  # between training and probes
    ("probe mlp64", ["local"], "trained before"),  # among the probes
    ("] pixels", ["local"], "finished before"),  # between two rows
])  # fmt: skip
def test_an_interrupted_run_goes_on_to_the_same_accuracies(
    bars, quick, finished, tmp_path, moment, kept, words
):
    with pytest.raises(Interrupted):
        comparison.compare(quick, tmp_path, bars, interrupted_at(moment))
    encoders = {path: path.stat().st_mtime_ns for path in tmp_path.glob("encoders/*")}
    assert sorted(path.name for path in encoders) == [f"{name}-0.keras" for name in kept]
    say = interrupted_at("never")
    parts = comparison.compare(quick, tmp_path, bars, say)
    assert any(words in line for line in say.heard)
    assert same(parts, finished[1])
    assert all(path.stat().st_mtime_ns == before for path, before in encoders.items())
    assert not list(tmp_path.rglob(".half-*"))


def test_a_finished_run_is_only_read(bars, quick, finished):
    folder, parts, _ = finished
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    again = comparison.compare(quick, folder, bars, interrupted_at("probe"))
    assert same(again, parts)
    assert [part["history"] for part in again] == [part["history"] for part in parts]
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_an_answer_of_a_probe_is_not_asked_for_twice(bars, quick, finished, tmp_path):
    """Killed again and again, a run gets on by a probe each time, and trains nothing twice."""
    heard, written = [], set()
    for moment in ("probe labels_5", "probe mlp64", "probe mlp200 on the code", "] pixels"):
        say = interrupted_at(moment)
        with pytest.raises(Interrupted):
            comparison.compare(quick, tmp_path, bars, say)
        heard += say.heard[:-1]
        (encoder,) = tmp_path.glob("encoders/*")
        written.add((encoder.name, encoder.stat().st_mtime_ns))
    asked = [line for line in heard if line.startswith("probe ")]
    assert len(asked) == len(set(asked)) == len(UNSEEDED | SEEDED) + len(finished[1][0]["layers"])
    assert len(written) == 1 and sum("trained before" in line for line in heard) == 3
    say = interrupted_at("never")
    assert same(comparison.compare(quick, tmp_path, bars, say), finished[1])
    assert any("finished before" in line for line in say.heard)
    assert not list(tmp_path.rglob(".half-*"))


@pytest.mark.parametrize("change", [{"bound": "jsd"}, {"seeds": 2}, {"rows": ("local",)}])
def test_other_settings_want_another_folder(bars, quick, finished, change):
    (name,) = change
    with pytest.raises(InputError, match=rf"other settings \({name}\)"):
        comparison.compare(dataclasses.replace(quick, **change), finished[0], bars)


def test_other_images_want_another_folder(bars, quick, finished):
    other = dataclasses.replace(bars, x_test=bars.x_test[::-1])
    with pytest.raises(InputError, match=r"other settings \(images\)"):
        comparison.compare(quick, finished[0], other)


def test_a_row_without_a_seed_is_made_once_and_pixels_last(bars, quick, tmp_path, monkeypatch):
    monkeypatch.setattr(comparison, "finish_part", lambda row, seed, *rest: (row.name, seed))
    settings = dataclasses.replace(quick, rows=("pixels", "random", "local", "pca"), seeds=2)
    assert comparison.compare(settings, tmp_path, bars) == [
        ("random", 0), ("local", 0), ("pca", 0), ("pixels", 0), ("random", 1), ("local", 1),
    ]  # fmt: skip


def test_what_is_left_open_is_filled_in(bars):
    weights = {"mine": (0, 1, 0)}
    filled = comparison.filled_in(Settings(batch_size=54, weights=weights), bars)
    assert filled.rows == ("pixels", "random", "pca", "supervised", "standard", "views", "mine")
    assert filled.epochs == round(1_060 * 54 / len(bars.x_train))
    asked = dataclasses.replace(filled, rows=("mine", "pca", "mine"), epochs=3)
    assert comparison.filled_in(asked, bars).rows == ("mine", "pca")
    assert comparison.filled_in(asked, bars).epochs == 3


@pytest.mark.parametrize("change, words", [
    ({"batch_size": 1}, "at least 2 images"),
    ({"batch_size": 500}, "at most the 108 training images"),
    ({"learning_rate": 0.0}, "above 0"),
    ({"learning_rate": float("nan")}, "above 0"),
    ({"seeds": 0}, "--seeds must be at least 1"),
    ({"probe_seeds": 0}, "--probe-seeds must be at least 1"),
    ({"layer_images": 19}, "--layer-images must be at least 20"),
    ({"rows": ("random", "nobody")}, "no row 'nobody'"),
    ({"weights": {"bad": (0, 0, 0)}, "rows": ("random", "bad")}, "nothing to train"),
    ({"weights": {"pca": (0, 1, 0)}}, "a meaning of its own"),
    ({"rows": ("pca", "views"), "views": "paintings"}, "handwriting, photographs"),
    ({"bound": "mine"}, "unknown bound"),
    ({"critic": "cosine"}, "critic must be"),
    ({"architecture": "vgg"}, "unknown architecture"),
    ({"add": {"mine": "nowhere.keras"}}, "there is no file nowhere.keras"),
    ({"add": {"pixels": "mine.keras"}}, "there is a row pixels already: give mine.keras another"),
    ({"add": {"Local": "mine.keras"}}, "but for capital letters"),
])  # fmt: skip
def test_what_cannot_be_met_is_found_before_training(bars, quick, tmp_path, change, words):
    settings = dataclasses.replace(quick, **change)
    with pytest.raises(InputError, match=words):
        comparison.compare(settings, tmp_path / "run", bars)
    assert not (tmp_path / "run").exists()


@pytest.fixture
def mine(bars, tmp_path):
    """A Keras encoder in a file: a feature map and, last, a code."""
    keras.utils.set_random_seed(7)
    encoder = build_encoder(bars.image_shape, 5)
    encoder.save(tmp_path / "mine.keras")
    return tmp_path / "mine.keras"


def test_an_encoder_of_yours_is_a_row(bars, quick, mine, monkeypatch):
    """With all probes of the others; the networks among them are not trained here."""

    def network(codes, seeds):
        return np.stack([codes.y_test == 0 for _ in seeds])

    networks = {"mlp200": network, "mlp64": network}
    monkeypatch.setattr(comparison, "SEEDED_PROBES", comparison.SEEDED_PROBES | networks)
    monkeypatch.setattr(comparison, "mlp200_correct", network)
    settings = dataclasses.replace(quick, rows=("pixels",), add={"mine": str(mine)})
    folder = mine.parent / "run"
    parts = comparison.compare(settings, folder, bars)
    assert [part["name"] for part in parts] == ["mine", "pixels"]
    assert parts[0]["correct"].keys() == SEEDED | UNSEEDED
    theirs = keras.saving.load_model(mine, compile=False)
    kept = keras.saving.load_model(folder / "encoders" / "mine-0.keras", compile=False)
    np.testing.assert_array_equal(encode(theirs, bars.x_test), encode(kept, bars.x_test))
    moved = mine.rename(mine.with_name("moved.keras"))  # the same encoder, wherever it lies
    settings = dataclasses.replace(settings, add={"mine": str(moved)})
    assert same(comparison.compare(settings, folder, bars, interrupted_at("probe")), parts)
    keras.utils.set_random_seed(8)
    build_encoder(bars.image_shape, 5).save(moved)
    with pytest.raises(InputError, match=r"other settings \(add\)"):
        comparison.compare(settings, folder, bars)


def test_the_run_folder_says_which_run_it_holds(finished):
    known = json.loads((finished[0] / "settings.json").read_text(encoding="utf-8"))
    assert known["rows"] == ["local", "pixels"] and known["epochs"] == 1
    assert len(known["images"]) == 16


def test_the_layers_are_probed_on_as_many_labelled_images_as_asked_for(bars, monkeypatch):
    counts = []

    def probe(codes, seeds):
        counts.append((codes.training, len(codes.x), len(codes.x_test)))
        return np.stack([codes.y_test == 0 for _ in seeds])

    monkeypatch.setattr(comparison, "mlp200_correct", probe)
    encoder = build_encoder(bars.image_shape, 4)
    for asked in (40, 10_000):
        comparison.probe_layers(encoder, fewer_images(bars, asked), quiet)
    tested, labelled = len(bars.y_test), len(bars.y_train) + len(bars.y_validation)
    assert counts[::2] == [(36, 40, tested), (len(bars.y_train), labelled, tested)]


def test_the_authors_encoders_have_the_papers_three_layers(monkeypatch):
    """Each is looked at by the same probe, which is not trained here."""
    widths = []

    def probe(codes, seeds):
        widths.append(codes.x.shape[1])
        return np.stack([codes.y_test == 0 for _ in seeds])

    monkeypatch.setattr(comparison, "mlp200_correct", probe)
    encoder = build_encoder((28, 28, 1), 8, "dim28")
    digits = data.load("digits", limit=80)
    few = data.from_arrays(digits.x_train, digits.y_train, digits.x_test[:20], digits.y_test[:20])
    correct = comparison.probe_layers(encoder, few, quiet)
    assert list(correct) == ["feature_map", "dense", "code"]
    assert all(of_layer.shape == (1, 20) for of_layer in correct.values())
    assert widths == [math.prod(encoder.output[0].shape[1:]), 1024, 8]


def test_the_last_batch_is_the_last_that_there_is():
    """Keras tells the end of an execution of several steps, also where it went past the last."""
    said = []
    line = comparison.EpochLine(lambda text, passing: said.append(text))
    line.set_params({"epochs": 1, "steps": 8})
    line.on_epoch_begin(0)
    line.on_train_batch_end(9)
    assert said == ["    epoch 1/1, batch 8/8"]


def test_a_training_is_told_at_most_twice_a_second(monkeypatch):
    said, seconds = [], iter(np.arange(0, 10, 0.2))
    monkeypatch.setattr(comparison.time, "monotonic", lambda: next(seconds))
    line = comparison.EpochLine(lambda text, passing: said.append((text, passing)))
    line.set_params({"epochs": 3, "steps": 50})
    line.on_epoch_begin(1)
    for batch in range(9):
        line.on_train_batch_end(batch, {"loss": 1.23456})
    assert said == [
        ("    epoch 2/3, batch 1/50, loss 1.235", True),
        ("    epoch 2/3, batch 4/50, loss 1.235", True),
        ("    epoch 2/3, batch 7/50, loss 1.235", True),
    ]
