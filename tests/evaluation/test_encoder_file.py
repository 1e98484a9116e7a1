"""A frozen encoder from a file: any Keras model that gives codes, and nothing that runs code."""

import re
from pathlib import Path

import numpy as np
import pytest

import dimlearn
from dimlearn import DeepInfoMax, InputError, build_encoder
from dimlearn.evaluation import encode
from dimlearn.evaluation.encoder_file import hash_of_file, load_encoder
from dimlearn.startup import keras

IMAGES = np.random.default_rng(0).random((6, 8, 8, 1)).astype("float32")


def sequential():
    return keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(3)])


def of_any_size():
    """A convolutional encoder that asks for no size, compiled, with two outputs."""
    images = keras.Input((None, None, 1))
    features = keras.layers.Conv2D(4, 3)(images)
    model = keras.Model(images, [features, keras.layers.GlobalAveragePooling2D()(features)])
    model.compile("adam", "mse")
    return model


@pytest.mark.parametrize("model, width", [(sequential, 3), (of_any_size, 4)])
def test_any_keras_encoder_gives_its_codes(model, width, tmp_path):
    model, path = model(), tmp_path / "mine.keras"
    model.save(path)
    codes = encode(load_encoder(path, IMAGES), IMAGES)
    assert codes.shape == (6, width)
    np.testing.assert_allclose(codes, encode(model, IMAGES), atol=1e-6)


@pytest.mark.slow
def test_of_a_whole_model_it_is_the_encoder(tmp_path):
    model = DeepInfoMax(build_encoder((8, 8, 1), 3), alpha=0, beta=1, gamma=0.1)
    model.compile("adam")
    model.fit(IMAGES, batch_size=6, verbose=0)
    model.save(tmp_path / "whole.keras")
    encoder = load_encoder(tmp_path / "whole.keras", IMAGES)
    assert len(encoder.outputs) == 2
    np.testing.assert_allclose(encode(encoder, IMAGES), encode(model.encoder, IMAGES), atol=1e-6)


def saved(tmp_path, model):
    model.save(tmp_path / "mine.keras")
    return tmp_path / "mine.keras"


def written(tmp_path, name, content=b"no model"):
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


NO_FILES = b"PK\5\6" + bytes(18)  # an empty archive


def of_colours():
    return keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten()])


def of_two_images():
    inputs = [keras.Input((8, 8, 1)), keras.Input((8, 8, 1))]
    return keras.Model(inputs, keras.layers.Flatten()(keras.layers.Add()(inputs)))


def with_code_of_its_own():
    return keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Lambda(lambda x: 2 * x)])


def with_a_layer_of_its_own():
    class Mine(keras.layers.Layer):
        def call(self, inputs):
            return inputs

    return keras.Sequential([keras.Input((8, 8, 1)), Mine()])


def with_named_outputs():
    images = keras.Input((8, 8, 1))
    return keras.Model(images, {"code": keras.layers.Flatten()(images)})


@pytest.mark.parametrize(
    "file, words",
    [
        (lambda folder: folder / "nowhere.keras", "there is no file"),
        (lambda folder: folder, "there is no file"),
        (lambda folder: written(folder, "mine.h5"), "is no .keras file"),
        (lambda folder: written(folder, "mine.keras"), "is no .keras file"),
        (lambda folder: written(folder, "mine.keras", NO_FILES), "cannot load a model"),
        (lambda folder: saved(folder, with_code_of_its_own()), "cannot load a model from .*Lambda"),
        (lambda folder: saved(folder, with_a_layer_of_its_own()), "cannot load a model .*Mine"),
        (lambda folder: saved(folder, of_colours()), r"takes \(32, 32, 3\), but .* \(8, 8, 1\)"),
        (lambda folder: saved(folder, of_two_images()), "gives no codes"),
        (lambda folder: saved(folder, with_named_outputs()), "gives no codes"),
    ],
)
def test_what_is_no_encoder_is_told_in_a_sentence(file, words, tmp_path):
    with pytest.raises(InputError, match=words) as told:
        load_encoder(file(tmp_path), IMAGES)
    assert "\n" not in str(told.value) and len(str(told.value)) < 500


def test_the_hash_is_of_the_content(tmp_path):
    one, other = written(tmp_path, "one", b"1"), written(tmp_path, "other", b"1")
    assert hash_of_file(one) == hash_of_file(other) != hash_of_file(written(tmp_path, "third"))
    with pytest.raises(InputError, match="cannot be read"):
        hash_of_file(tmp_path / "nowhere")


def test_every_model_is_loaded_in_safe_mode():
    """In which Keras runs no code that a file brings along; and by a Keras that keeps to it."""
    package = Path(dimlearn.__file__).parent
    calls = [
        call
        for path in package.rglob("*.py")
        for call in re.findall(r"load_model\(.*?\)", path.read_text(encoding="utf-8"), re.DOTALL)
    ]
    assert len(calls) >= 3 and all("safe_mode=True" in call for call in calls)
    version = tuple(map(int, keras.__version__.split(".")[:2]))
    assert version >= (3, 14)  # as pyproject.toml asks for
