"""An encoder for images of your own: what it leaves, and that it goes on where it was."""

import json
import os
import re
import shutil

import numpy as np
import pytest
from marks import weekly
from PIL import Image

from dimlearn import DeepInfoMax, InputError, data, train_encoder
from dimlearn.evaluation.kept_epochs import KeptEpochs
from dimlearn.startup import keras

needs_pipes = pytest.mark.skipif(os.name == "nt", reason="pipes with names are of Unix")
QUICK = {"epochs": 3, "batch_size": 8, "code_dim": 4}


def into(said):
    """A `say` that keeps what it hears in a list."""
    return lambda text, passing=False: said.append(text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """20 grey digits as pictures, and a file that is none."""
    place = tmp_path_factory.mktemp("scans")
    for number, image in enumerate(data.load("digits", limit=20).x_train[..., 0]):
        Image.fromarray((255 * image).astype("uint8")).save(place / f"{number:02}.png")
    (place / "a|b*.txt").write_text("no picture")
    return place


@pytest.fixture(scope="module")
def finished(folder, tmp_path_factory):
    """A run without interruption: what it gave, its folder, and what it said."""
    out, said = tmp_path_factory.mktemp("out"), []
    return train_encoder(folder, out, say=into(said), **QUICK), out, said


def test_what_it_leaves(finished, folder):
    found, out, _ = finished
    assert found.codes.shape == (20, 4) and found.names == [f"{n:02}.png" for n in range(20)]
    with np.load(out / "codes.npz") as kept:
        np.testing.assert_array_equal(kept["codes"], found.codes)
        assert kept["names"].tolist() == found.names
    encoder = keras.saving.load_model(out / "encoder.keras", compile=False)
    pixels = np.stack([np.asarray(Image.open(folder / name)) for name in found.names])
    _, codes = encoder.predict(pixels[..., None] / 255, verbose=0)
    np.testing.assert_allclose(codes, found.codes, atol=1e-4)
    assert set(found.history) == {"loss", "local_bound"} and len(found.history["loss"]) == 3
    assert not list(out.glob("unfinished*")) and not list(out.glob("pictures-*"))


def test_its_page(finished):
    found, out, said = finished
    page = found.page.read_text()
    assert page.count("# ") == 3 and "20 pictures of 28x28 pixels; none has colour" in page
    assert r"a\|b\*.txt: it is no picture of a known kind" in page
    assert (out / "left_out.txt").read_text() == "a|b*.txt: it is no picture of a known kind\n"
    assert "two views (handwriting)" in page and "20 pictures are few" in page
    bounds = found.history["local_bound"]
    assert f"from {bounds[0]:.2f} to {bounds[-1]:.2f} nats" in page
    figures = re.findall(r"!\[(.+?)\]\((figures/\w+.png)\)", page)
    assert [name for _, name in figures] == [f"figures/{name}.png" for name in (
        "loss", "neighbours", "projection")]  # fmt: skip
    for _, name in figures:
        with Image.open(out / name) as figure:
            assert min(figure.size) > 200
    assert any("Left out: a|b*.txt" in text for text in said)


def test_its_neighbours_are_the_nearest_codes(finished):
    found, out, _ = finished
    scaled = (found.codes - found.codes.mean(axis=0)) / found.codes.std(axis=0)
    table = re.findall(r"^\| (\d\d.*) \|$", (out / "report.md").read_text(), flags=re.MULTILINE)
    assert len(table) == 8
    for line in table:
        query, *nearest = (found.names.index(name) for name in line.split(" | "))
        distances = np.linalg.norm(scaled - scaled[query], axis=1)
        distances[query] = np.inf
        assert nearest == np.argsort(distances)[:5].tolist()


@pytest.mark.slow
def test_an_interrupted_training_goes_on(finished, folder, tmp_path, monkeypatch):
    whole, _, _ = finished
    on_epoch_end, said = KeptEpochs.on_epoch_end, []

    def stop(self, epoch, logs=None):
        on_epoch_end(self, epoch, logs)
        if epoch == 1:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(KeptEpochs, "on_epoch_end", stop)
        train_encoder(folder, tmp_path, **QUICK)
    assert (tmp_path / "unfinished.npz").exists() and not (tmp_path / "encoder.keras").exists()
    found = train_encoder(folder, tmp_path, say=into(said), **QUICK)
    assert "    goes on after epoch 2" in said
    assert found.history == whole.history
    np.testing.assert_array_equal(found.codes, whole.codes)
    assert (tmp_path / "report.md").read_text().split("took")[0] == whole.page.read_text().split(
        "took")[0]  # fmt: skip


def test_a_finished_one_is_not_trained_again(finished, folder, monkeypatch):
    found, out, _ = finished
    monkeypatch.setattr(DeepInfoMax, "fit", None)
    again = train_encoder(folder, out, **QUICK)
    np.testing.assert_array_equal(again.codes, found.codes)
    with pytest.raises(InputError, match=r"other settings \(epochs\): choose another"):
        train_encoder(folder, out, **QUICK | {"epochs": 4})


def test_other_images_do_not_go_into_the_folder_of_a_run(finished):
    _, out, _ = finished
    images = np.random.default_rng(0).random((20, 28, 28, 1)) ** 9  # an even ground, as it has
    with pytest.raises(InputError, match=r"other settings \(images\)"):
        train_encoder(images, out, views="handwriting", **QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("damaged", ["encoder.keras", *weekly("history.json")])
def test_what_is_damaged_is_set_aside_and_done_again(tmp_path, damaged):
    images, said = np.random.default_rng(0).random((8, 8, 8)), []
    found = train_encoder(images, tmp_path, epochs=1, code_dim=2)
    (tmp_path / damaged).write_bytes(b"{}")
    again = train_encoder(images, tmp_path, epochs=1, code_dim=2, say=into(said))
    np.testing.assert_array_equal(again.codes, found.codes)
    assert any(f"{damaged} cannot be used" in text for text in said)
    assert list(tmp_path.glob("*.damaged-1.*"))


@pytest.mark.parametrize("images, plan, said", [
    (np.zeros((1, 8, 8)), {}, "there is one picture"),
    (np.random.default_rng(0).random((9, 7, 9)), {}, "at least 8x8 pixels"),
    (np.zeros((9, 8, 8)), {"views": "paintings"}, "views must be one of none, handwriting, photo"),
    (np.zeros((9, 8, 8)), {"learning_rate": 0}, "the learning rate must be above 0"),
    (np.zeros((9, 8, 8)), {"batch_size": 1}, "a batch needs at least 2 images"),
    (np.zeros((9, 8)), {}, "must have the shape"),
])  # fmt: skip
def test_what_cannot_be_met_is_found_before_training(tmp_path, images, plan, said):
    with pytest.raises(InputError, match=said):
        train_encoder(images, tmp_path, **plan)
    assert not (tmp_path / "settings.json").exists()


def test_one_process_at_a_time(tmp_path):
    from dimlearn.evaluation.run_folder import in_use

    with in_use(tmp_path), pytest.raises(InputError, match="another process is at work"):
        train_encoder(np.zeros((9, 8, 8)), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, *weekly(9)])
def test_images_that_are_all_the_same_still_have_a_page(tmp_path, count):
    found = train_encoder(np.full((count, 8, 8, 3), 0.5), tmp_path, epochs=1, code_dim=2)
    assert "projection" not in found.page.read_text() and np.isfinite(found.codes).all()


def test_the_budget(tmp_path):
    """About as many batches as a row of the comparison has, in no fewer than 5 epochs and no more
    than 300."""
    from dimlearn.evaluation.own_images import Plan, filled_in

    plans = [filled_in(Plan(), np.zeros((n, 8, 8, 3)))[0] for n in (50, 2_000, 50_000)]
    assert [plan.batch_size for plan in plans] == [50, 128, 128]
    assert [plan.epochs for plan in plans] == [300, 71, 5]
    assert [plan.views for plan in plans] == ["photographs"] * 3
    assert json.loads(json.dumps(vars(plans[0])))["seed"] == 0


@pytest.mark.parametrize("kind", ["a folder", pytest.param("a pipe", marks=needs_pipes)])
def test_what_stands_where_its_files_go_makes_room(finished, folder, tmp_path, kind):
    """A pipe would be waited for, for ever; a folder would take the name of a file at every try."""
    found, out, _ = finished
    shutil.copytree(out, tmp_path / "out")
    files = [path for path in (tmp_path / "out").rglob("*.*") if path.is_file()]
    for path in files:
        path.unlink()
        path.mkdir() if kind == "a folder" else os.mkfifo(path)
    said = []
    again = train_encoder(folder, tmp_path / "out", say=into(said), **QUICK)
    np.testing.assert_array_equal(again.codes, found.codes)
    for path in files:
        assert path.is_file() and any(f"{path} is no file" in text for text in said)
        assert path.with_name(f"{path.stem}.damaged-1{path.suffix}").exists()


def test_a_file_that_was_there_before_the_run_is_not_written_over(folder, tmp_path):
    """As where `--out` is the folder that somebody works in."""
    names = ("encoder.keras", "images.npy", "report.md", "figures/loss.png", "figures/mine.png")
    (tmp_path / "figures").mkdir()
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    train_encoder(folder, tmp_path, **QUICK | {"epochs": 1})
    asides = [name.replace(".", ".before-1.") for name in names[:-1]]
    for name, aside in zip(names, [*asides, names[-1]]):
        assert (tmp_path / aside).read_bytes() == name.encode()
    train_encoder(folder, tmp_path, **QUICK | {"epochs": 1})
    assert len(list(tmp_path.rglob("*.before-*"))) == len(asides)


def test_images_that_lie_where_the_encoder_goes_stay_there(tmp_path, monkeypatch):
    images = np.random.default_rng(0).random((8, 8, 8))
    np.save(tmp_path / "images.npy", images)
    monkeypatch.chdir(tmp_path)
    train_encoder("images.npy", ".", epochs=1, code_dim=2)
    np.testing.assert_array_equal(np.load(tmp_path / "images.npy"), images)


def test_what_a_killed_process_left_half_written_is_removed(finished, folder, tmp_path):
    shutil.copytree(finished[1], tmp_path / "out")
    halves = [tmp_path / "out" / ".half-1-codes.npz", tmp_path / "out/figures/.half-1-loss.png"]
    for half in halves:
        half.write_bytes(b"ha")
    train_encoder(folder, tmp_path / "out", **QUICK)
    assert not list((tmp_path / "out").rglob(".*"))


@pytest.mark.slow
def test_a_history_that_is_not_what_the_training_told_is_not_believed(finished, folder, tmp_path):
    """One bit of a name would be as good a name."""
    found, out, _ = finished
    shutil.copytree(out, tmp_path / "out")
    told, said = tmp_path / "out" / "history.json", []
    told.write_text(told.read_text().replace("local_bound", "lobal_bound"))
    again = train_encoder(folder, tmp_path / "out", say=into(said), **QUICK)
    assert again.history == found.history
    assert any("history.json cannot be used (it is not what the train" in text for text in said)
