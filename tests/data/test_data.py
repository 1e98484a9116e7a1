"""Data sets: bundled digits, files, caches, downloads, and everything that is no image."""

import gzip
import hashlib
import io
import pickle
import tarfile

import numpy as np
import pytest

from dimlearn import InputError, data
from dimlearn.data import downloads

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (40, 8, 8, 1), dtype=np.uint8)
LABELS = np.arange(40) % 4
ARRAYS = {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES[:8], "y_test": LABELS[:8]}


@pytest.fixture(scope="module")
def digits():
    return data.load("digits")


@pytest.fixture
def no_data(monkeypatch, tmp_path):
    """Neither `DIMLEARN_DATA` nor anything in Keras' cache."""
    monkeypatch.delenv("DIMLEARN_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path


# ---------------------------------------------------------------- bundled digits


def test_the_digits_are_shaped_like_mnist(digits):
    for x, y in (
        (digits.x_train, digits.y_train),
        (digits.x_validation, digits.y_validation),
        (digits.x_test, digits.y_test),
    ):
        assert x.shape[1:] == (28, 28, 1) and x.dtype == np.float32 and y.dtype == np.int64
        assert 0 <= x.min() < x.max() <= 1 and len(x) == len(y)
        assert set(y) == set(range(10))
    assert digits.num_classes == 10 and digits.test_originals == 540


def test_no_original_is_on_two_sides():
    """Undo nothing: pose once without any pose, so that an image tells its original."""
    still = {"shift": 0.0, "slant": 0.0, "stretch": 0.0}
    plain = data.pose

    try:
        data.pose = lambda digits, rng: plain(digits, rng, **still)
        posed = data.load_digits(poses=3, test_poses=2)
    finally:
        data.pose = plain
    sides = [
        {image.tobytes() for image in part}
        for part in (posed.x_train, posed.x_validation, posed.x_test)
    ]
    assert not sides[0] & sides[1] and not sides[0] & sides[2] and not sides[1] & sides[2]
    assert 1790 <= sum(map(len, sides)) <= 1797  # the 1,797 originals, a few of them equal


def test_the_digits_are_the_same_every_time(digits):
    again = data.load("digits")
    for part in ("x_train", "y_train", "x_validation", "y_validation", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(digits, part), getattr(again, part))


def test_poses_move_a_digit_without_losing_it():
    stroke = np.zeros((1, 8, 8), "float32")
    stroke[0, 2:6, 3:5] = 1
    posed = data.pose(np.repeat(stroke, 200, axis=0), np.random.default_rng(0))
    assert posed.shape == (200, 28, 28, 1)
    area = posed.sum(axis=(1, 2, 3))
    scale = (20 / 8) ** 2 * stroke.sum()
    assert 0.85**2 * 0.95 * scale < area.min() and area.max() < 1.15**2 * 1.05 * scale
    rows = (posed[..., 0] * np.arange(28)[:, None]).sum(axis=(1, 2)) / area
    assert 3 < np.ptp(rows) / 2 < 5


# ---------------------------------------------------------------- your own arrays


def test_own_arrays():
    mine = data.from_arrays(**ARRAYS)
    assert len(mine.x_train) == 36 and len(mine.x_validation) == 4
    assert sorted(mine.y_validation) == [0, 1, 2, 3]
    np.testing.assert_allclose(mine.x_test, IMAGES[:8] / np.float32(255))
    without_channel = data.from_arrays(
        **{**ARRAYS, "x_train": IMAGES[..., 0], "x_test": IMAGES[:8, ..., 0]}
    )
    np.testing.assert_array_equal(mine.x_train, without_channel.x_train)
    column = data.from_arrays(**{**ARRAYS, "y_train": LABELS[:, None]})
    np.testing.assert_array_equal(mine.y_train, column.y_train)


def test_the_first_training_images_are_a_sample_of_all():
    order = np.argsort(LABELS, kind="stable")
    by_class = data.from_arrays(IMAGES[order], LABELS[order], IMAGES[:8], LABELS[:8])
    assert set(by_class.y_train[:18]) == set(LABELS)
    for image, label in zip(by_class.x_train, by_class.y_train):
        own = np.flatnonzero((np.abs(IMAGES / 255 - image) < 1e-6).all((1, 2, 3)))
        assert label in LABELS[own]


def test_a_limit_keeps_every_original_of_the_digits():
    few = data.load("digits", limit=1131)
    assert len(few.x_train) == len({image.tobytes() for image in few.x_train}) == 1131
    whole = data.load("digits")
    np.testing.assert_array_equal(whole.x_train[:1131], few.x_train)
    np.testing.assert_array_equal(whole.x_test, few.x_test)
    assert np.bincount(few.y_train).tolist() == np.bincount(whole.y_train[1131:2262]).tolist()
    with pytest.raises(InputError, match="at least 2"):
        data.load("digits", limit=1)


def test_the_environment_names_the_data_set(monkeypatch, tmp_path):
    assert data.load().name == "digits"
    np.savez(tmp_path / "mine.npz", **ARRAYS)
    monkeypatch.setenv("DIMLEARN_DATASET", str(tmp_path / "mine.npz"))
    assert data.load(limit=10).name == "mine" and len(data.load(limit=10).x_train) == 10
    assert data.load("digits").name == "digits"


@pytest.mark.parametrize(
    "change, words",
    [
        ({"x_train": IMAGES[:, 0, 0]}, "x_train must have the shape"),
        ({"x_train": IMAGES.astype(float)}, "divide pixels by 255"),
        ({"x_train": IMAGES / -255.0}, r"must lie in \[0, 1\]"),
        ({"x_train": IMAGES.astype("U3")}, "dtype"),
        ({"x_train": IMAGES.astype(int)}, "dtype int64"),
        ({"x_train": IMAGES / 255 + 0j}, "dtype complex128"),
        ({"x_train": np.full(IMAGES.shape, np.nan)}, "2560 NaN"),
        ({"x_train": IMAGES[:0], "y_train": LABELS[:0]}, "holds no image"),
        ({"x_train": [[1, 2], [3]]}, "same size"),
        ({"x_test": IMAGES[:8, :7]}, "x_test of"),
        ({"y_train": LABELS[:-1]}, "39 labels for 40 images"),
        ({"y_train": LABELS / 2}, "must be integers"),
        ({"y_train": LABELS - 1}, "from 0"),
        ({"y_train": LABELS * 0}, "at least two classes"),
        ({"y_test": LABELS[:8] + 9}, "every class that y_test holds"),
    ],
)
def test_bad_arrays_are_named(change, words):
    with pytest.raises(InputError, match=words):
        data.from_arrays(**{**ARRAYS, **change})


# ---------------------------------------------------------------- files


def test_an_npz_of_your_own(tmp_path):
    path = tmp_path / "my images.npz"
    np.savez(path, **ARRAYS)
    assert data.load(path).name == "my images"
    assert len(data.load(str(path)).x_test) == 8


def damaged_files(folder):
    good = io.BytesIO()
    np.savez_compressed(good, **ARRAYS)
    good = good.getvalue()
    flipped = bytearray(good)
    flipped[len(good) // 3] ^= 0xFF
    pickled = io.BytesIO()
    np.savez(pickled, **{**ARRAYS, "x_train": np.array([{"a": 1}], dtype=object)})
    single = io.BytesIO()
    np.save(single, IMAGES)
    contents = {
        "truncated": good[: len(good) // 2],
        "flipped": bytes(flipped),
        "empty": b"",
        "text": b"not an archive",
        "pickled": pickled.getvalue(),
        "single": single.getvalue(),
    }
    for name, content in contents.items():
        (folder / f"{name}.npz").write_bytes(content)
    (folder / "folder.npz").mkdir()
    return [*contents, "folder"]


def test_damaged_files_get_one_sentence(tmp_path):
    for name in damaged_files(tmp_path):
        with pytest.raises(InputError) as error:
            data.load(tmp_path / f"{name}.npz")
        assert str(tmp_path) in str(error.value) and "\n" not in str(error.value), name
    with pytest.raises(InputError, match="there is no file"):
        data.load(tmp_path / "nowhere.npz")
    np.savez(tmp_path / "part.npz", x_train=IMAGES)
    with pytest.raises(InputError, match="no array 'y_train'"):
        data.load(tmp_path / "part.npz")


def test_unknown_names():
    with pytest.raises(InputError, match="no data set 'minst': choose one of digits, mnist"):
        data.load("minst")


@pytest.mark.parametrize("as_file", [False, True])
def test_dimlearn_data(no_data, monkeypatch, as_file):
    np.savez(no_data / "mnist.npz", **ARRAYS)
    monkeypatch.setenv("DIMLEARN_DATA", str(no_data / "mnist.npz" if as_file else no_data))
    assert len(data.load("mnist").x_test) == 8
    with pytest.raises(InputError, match="cifar10 is not on this machine"):
        data.load("cifar10")  # a file is one data set, not whichever is asked for
    monkeypatch.setenv("DIMLEARN_DATA", str(no_data / "nowhere"))
    with pytest.raises(InputError, match="no such file or folder"):
        data.load("mnist")


# ---------------------------------------------------------------- cache and downloads


def test_nothing_is_downloaded_unasked(no_data, monkeypatch):
    monkeypatch.setattr(downloads, "fetch", lambda url, path: pytest.fail("downloaded"))
    for name in downloads.DOWNLOADS:
        with pytest.raises(InputError, match="allow the download"):
            data.load(name)


def serve(monkeypatch, name, contents):
    """Let the contents be what the internet holds, with their own hashes expected."""
    folder, files = downloads.DOWNLOADS[name]
    files = [
        (file, url, hashlib.sha256(content).hexdigest())
        for (file, url, _), content in zip(files, contents)
    ]
    monkeypatch.setitem(downloads.DOWNLOADS, name, (folder, files))
    served = {url: content for (_, url, _), content in zip(files, contents)}

    def fetch(url, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(served[url])

    monkeypatch.setattr(downloads, "fetch", fetch)
    return served


def test_a_download_ends_where_it_is_looked_for(no_data, monkeypatch, tmp_path, capsys):
    """With Keras' own tool, on a machine that has no folder for data sets yet."""
    content = contents_of("mnist")[0]
    (tmp_path / "served.npz").write_bytes(content)
    entry = ("mnist.npz", (tmp_path / "served.npz").as_uri(), hashlib.sha256(content).hexdigest())
    monkeypatch.setitem(downloads.DOWNLOADS, "mnist", ("datasets", [entry]))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras home"))
    assert len(data.load("mnist", download=True).x_test) == 8
    assert (tmp_path / "keras home/datasets/mnist.npz").read_bytes() == content


def idx(array, header):
    return gzip.compress(bytes(header) + array.tobytes())


def cifar_archive():
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for batch in [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]:
            images = RNG.integers(0, 256, (10, 3072), dtype=np.uint8)
            content = pickle.dumps({b"data": images, b"labels": list(range(10))})
            member = tarfile.TarInfo(f"cifar-10-batches-py/{batch}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def contents_of(name):
    if name == "mnist":
        stream = io.BytesIO()
        np.savez(stream, **ARRAYS)
        return [stream.getvalue()]
    if name == "cifar10":
        return [cifar_archive()]
    images = RNG.integers(0, 256, (30, 28, 28), dtype=np.uint8)
    labels = (np.arange(30) % 10).astype(np.uint8)
    return [idx(images, 16), idx(labels, 8), idx(images[:10], 16), idx(labels[:10], 8)]


@pytest.mark.parametrize("name", downloads.DOWNLOADS)
def test_a_download_is_verified_and_kept(no_data, monkeypatch, name):
    served = serve(monkeypatch, name, contents_of(name))
    loaded = data.load(name, download=True)
    assert loaded.x_train.dtype == np.float32 and len(loaded.x_test) in (8, 10)
    monkeypatch.setattr(downloads, "fetch", lambda url, path: pytest.fail("downloaded twice"))
    np.testing.assert_array_equal(data.load(name).x_train, loaded.x_train)

    def damaged(url, path):
        path.write_bytes(served[url][:-1] + b"?")

    for path in no_data.rglob("*"):
        path.is_file() and path.unlink()
    monkeypatch.setattr(downloads, "fetch", damaged)
    with pytest.raises(InputError, match="damaged"):
        data.load(name, download=True)


def test_colours_of_cifar_are_in_the_last_axis():
    content = cifar_archive()
    images = downloads.read_cifar10([content])["x_train"]
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        raw = pickle.loads(tar.extractfile("cifar-10-batches-py/data_batch_1").read())[b"data"]
    np.testing.assert_array_equal(images[0, 3, 5], raw[0].reshape(3, 32, 32)[:, 3, 5])


def test_no_network_gets_one_sentence(no_data, monkeypatch):
    folder, ((file, _, digest),) = downloads.DOWNLOADS["mnist"]
    nowhere = [(file, "http://127.0.0.1:9/mnist.npz", digest)]  # a port where nobody listens
    monkeypatch.setitem(downloads.DOWNLOADS, "mnist", (folder, nowhere))
    with pytest.raises(InputError, match="could not be downloaded"):
        data.load("mnist", download=True)
    assert not list(no_data.rglob("mnist*"))


def test_the_tensor_for_training_shares_its_memory_with_the_images():
    images = data.load("digits", limit=200)
    before = images.x_train.copy()
    tensor = images.train_tensor
    assert images.train_tensor is tensor
    assert np.shares_memory(np.asarray(tensor), images.x_train)
    np.testing.assert_array_equal(images.x_train, before)


def test_every_class_of_the_test_set_is_among_the_training_labels():
    images = np.zeros((8, 4, 4), np.uint8)
    with pytest.raises(InputError, match="every class that y_test holds"):
        data.from_arrays(images, [0, 2] * 4, images, [1] * 8)
    with pytest.raises(InputError, match="one image of each class"):
        data.from_arrays(images[:2], [0, 1], images[:2], [0, 1])
    with pytest.raises(InputError, match="without pixels"):
        data.check_images(np.zeros((3, 0, 8, 1)))
