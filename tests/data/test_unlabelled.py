"""Images without labels from wherever they are, and what views they call for."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dimlearn import InputError, data
from dimlearn.data.unlabelled import find_pictures, ground_share, views_for


def noise(*shape, kind="uint8"):
    return np.random.default_rng(0).integers(0, 256, shape).astype(kind)


def test_an_array_is_taken_as_it_is(tmp_path):
    pictures = find_pictures(noise(5, 12, 10), tmp_path)
    assert pictures.images.shape == (5, 12, 10, 1) and pictures.names == ["0", "1", "2", "3", "4"]
    assert find_pictures(pictures, tmp_path) is pictures


@pytest.mark.parametrize("kind", ["uint8", "float64"])
def test_a_file_stays_on_the_disk(tmp_path, kind):
    images = noise(5, 12, 10, 3, kind=kind) / (1 if kind == "uint8" else 255)
    images = images.astype(kind)
    np.save(tmp_path / "mine.npy", images)
    np.savez_compressed(tmp_path / "mine.npz", x_train=images, y_train=np.arange(5))
    for name in ("mine.npy", "mine.npz"):
        pictures = find_pictures(tmp_path / name, tmp_path)
        assert isinstance(pictures.images, np.memmap) and pictures.source.endswith(name)
        np.testing.assert_array_equal(pictures.images, images)


def test_the_array_of_an_npz_that_is_taken(tmp_path):
    first, second = noise(2, 8, 8), noise(3, 8, 8)
    np.savez(tmp_path / "one.npz", whatever=first)
    assert len(find_pictures(tmp_path / "one.npz", tmp_path).images) == 2
    np.savez(tmp_path / "two.npz", other=first, images=second)
    assert len(find_pictures(tmp_path / "two.npz", tmp_path).images) == 3
    np.savez(tmp_path / "none.npz", a=first, b=second)
    with pytest.raises(InputError, match="holds the arrays a, b: name the one"):
        find_pictures(tmp_path / "none.npz", tmp_path)


@pytest.mark.parametrize("content, said", [
    (np.full((3, 8, 8), 1, "uint8"), "images of 0 and 1 must come as floats"),
    (np.full((3, 8, 8), 1.5), "must lie in"),
    (np.full((3, 8, 8), np.nan), "NaN"),
    (np.zeros((3, 8, 8), "int64"), "has dtype int64"),
    (np.zeros((3, 8), "uint8"), "must have the shape"),
    (np.zeros((0, 8, 8), "uint8"), "holds no image"),
    (np.array([None, "a"]), "cannot be read"),
])  # fmt: skip
def test_what_is_no_set_of_images_gets_a_sentence(tmp_path, content, said):
    np.save(tmp_path / "mine.npy", content, allow_pickle=True)
    with pytest.raises(InputError, match=said):
        find_pictures(tmp_path / "mine.npy", tmp_path)


def test_what_is_no_source_gets_a_sentence(tmp_path):
    for name in ("a.npz", "a.npy"):
        with pytest.raises(InputError, match="there is no file"):
            find_pictures(tmp_path / name, tmp_path)
        (tmp_path / name).write_bytes(b"nothing of the kind")
        with pytest.raises(InputError, match="cannot be read, it may be damaged"):
            find_pictures(tmp_path / name, tmp_path)
    with pytest.raises(InputError, match="is no folder of pictures"):
        find_pictures(tmp_path / "nowhere", tmp_path)
    with pytest.raises(InputError, match="side is for a folder"):
        find_pictures(tmp_path / "a.npy", tmp_path, side=16)


def test_handwriting_and_grey_photographs_are_told_apart():
    digits = data.load("digits").x_train[:300]
    views, why = views_for(digits)
    assert views == "handwriting" and "even ground" in why
    assert views_for(1 - digits)[0] == "handwriting"  # black on white
    assert views_for((255 * digits).astype("uint8"))[0] == "handwriting"
    assert views_for(np.repeat(digits, 3, axis=3))[0] == "photographs"
    from sklearn.datasets import load_sample_images

    photographs = np.stack(load_sample_images().images).mean(axis=-1, keepdims=True)
    grey = photographs[:, ::13, ::20][:, :32, :32].astype("uint8")
    views, why = views_for(grey)
    assert views == "photographs" and "grey, but only" in why
    assert ground_share(digits) > 0.7 > 0.5 > ground_share(grey)


# What is larger than the memory that may be had: a process that trains on pictures within a limit
# on its own memory (which a file that is mapped does not count towards). Before the limit is set
# it has trained on a part of them, so that all that TensorFlow needs is there.
LIMITED = """
import json, resource, sys
import numpy as np
from dimlearn import train_encoder

def own_memory():
    (line,) = (line for line in open("/proc/self/status") if line.startswith("VmData"))
    return 1024 * int(line.split()[1])

few, folder, out, extra = sys.argv[1:]
train_encoder(few, out + "/run of a few", epochs=1, batch_size=64, code_dim=4)
limit = own_memory() + int(extra)
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
try:
    np.ones((24_000, 32, 32, 3), "float32")  # all pictures at once
except MemoryError:
    held = True
else:
    held = False
found = train_encoder(folder, out + "/run", epochs=1, batch_size=64, code_dim=4)
print(json.dumps([held, len(found.codes)]))
"""


@pytest.mark.weekly
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="how much is told by Linux")
def test_pictures_larger_than_memory(tmp_path):
    """24,000 pictures, 295 MB as floats, with 200 MB to be had for everything."""
    rng = np.random.default_rng(0)
    (tmp_path / "many").mkdir()
    count, extra = 24_000, 200_000_000
    assert count * 32 * 32 * 3 * 4 > 1.4 * extra
    coarse = rng.integers(0, 256, (count, 4, 4, 3)).astype("uint8")
    for number, image in enumerate(coarse):
        Image.fromarray(image).resize((32, 32)).save(tmp_path / "many" / f"{number}.jpg")
    np.save(tmp_path / "few.npy", coarse[:2500].repeat(8, axis=1).repeat(8, axis=2))
    places = [tmp_path / "few.npy", tmp_path / "many", tmp_path, extra]
    command = [sys.executable, "-c", LIMITED, *map(str, places)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == [True, count]
