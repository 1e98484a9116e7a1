"""Files and caches: what is read, what is downloaded, and what is refused."""

import gzip
import hashlib
import io
import os
import pickle
import tarfile
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dimlearn import InputError, data
from dimlearn.data import downloads

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (40, 8, 8, 1), dtype=np.uint8)
LABELS = np.arange(40) % 4
ARRAYS = {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES[:8], "y_test": LABELS[:8]}


@pytest.fixture
def no_data(monkeypatch, tmp_path):
    """Neither `DIMLEARN_DATA` nor anything in Keras' cache."""
    monkeypatch.delenv("DIMLEARN_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path


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


@pytest.mark.parametrize("count", [10**10, 10**12, 2**63, 2**70, -1])
@pytest.mark.parametrize("kind", ["|u1", "<f8", "<U100000000"])
def test_a_header_that_promises_too_much(tmp_path, count, kind):
    """A kB that says it holds more than any machine: told at once, in one sentence."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({count},)}}\n".encode()
    array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"few"
    with zipfile.ZipFile(tmp_path / "mine.npz", "w") as archive:
        for key in downloads.KEYS:
            archive.writestr(f"{key}.npy", array)
    with pytest.raises(InputError, match="cannot be read as an .npz") as error:
        data.load(tmp_path / "mine.npz")
    assert "\n" not in str(error.value)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8), st.data())
def test_whatever_bytes_are_wrong(tmp_path_factory, changes, drawn):
    """Found by chance: a damaged file is a data set or one sentence, never a traceback."""
    stream = io.BytesIO()
    np.savez(stream, **ARRAYS)
    content = bytearray(stream.getvalue())
    for place, value in changes:
        content[min(int(place * len(content)), len(content) - 1)] = value
    kept = drawn.draw(st.integers(0, len(content)) | st.just(len(content)))
    path = tmp_path_factory.mktemp("fuzzed") / "mine.npz"
    path.write_bytes(content[:kept])
    try:
        assert len(data.load(path).x_test)
    except InputError as error:
        assert "\n" not in str(error)


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
    """Let the contents be what the internet holds, with their own checksums expected."""
    urls = downloads.DOWNLOADS[name][1]
    sums = [f"{hashlib.sha256(c).hexdigest()}  {file}" for file, c in zip(urls, contents)]
    monkeypatch.setattr(downloads, "CHECKSUMS", "\n".join(sums))
    served = dict(zip(urls.values(), contents))

    def fetch(url, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(served[url])

    monkeypatch.setattr(downloads, "fetch", fetch)
    return served


def test_every_file_has_a_checksum():
    named = [line.split()[1] for line in downloads.CHECKSUMS.split("\n") if line]
    assert named == [file for _, urls in downloads.DOWNLOADS.values() for file in urls]


def test_a_download_ends_where_it_is_looked_for(no_data, monkeypatch, tmp_path):
    """With Keras' own tool, on a machine that has no folder for data sets yet."""
    content = contents_of("mnist")[0]
    (tmp_path / "served.npz").write_bytes(content)
    entry = ("datasets", {"mnist.npz": (tmp_path / "served.npz").as_uri()})
    monkeypatch.setitem(downloads.DOWNLOADS, "mnist", entry)
    checksum = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(downloads, "CHECKSUMS", f"{checksum}  mnist.npz")
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
    images = downloads.read_cifar10(content)["x_train"]
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        raw = pickle.loads(tar.extractfile("cifar-10-batches-py/data_batch_1").read())[b"data"]
    np.testing.assert_array_equal(images[0, 3, 5], raw[0].reshape(3, 32, 32)[:, 3, 5])


def test_no_network_gets_one_sentence(no_data, monkeypatch):
    nowhere = {"mnist.npz": "http://127.0.0.1:9/mnist.npz"}  # a port where nobody listens
    monkeypatch.setitem(downloads.DOWNLOADS, "mnist", ("datasets", nowhere))
    with pytest.raises(InputError, match="could not be downloaded"):
        data.load("mnist", download=True)
    assert not list(no_data.rglob("mnist*"))


@pytest.mark.skipif(os.name == "nt", reason="pipes with names are of Unix")
def test_a_pipe_is_not_waited_for(no_data, monkeypatch):
    os.mkfifo(no_data / "mnist.npz")
    monkeypatch.setenv("DIMLEARN_DATA", str(no_data))
    for name in ("mnist", no_data / "mnist.npz"):
        with pytest.raises(InputError, match=r"mnist\.npz is no file"):
            data.load(name)


@pytest.mark.parametrize("variable", ["DIMLEARN_DATA", "KERAS_HOME"])
def test_the_home_of_nobody(no_data, monkeypatch, variable):
    """A user's name that this machine does not know, as in a container."""
    monkeypatch.setenv(variable, "~nobody-of-this-name/data")
    with pytest.raises(InputError, match="no such file|is not on this machine"):
        data.load("mnist")
