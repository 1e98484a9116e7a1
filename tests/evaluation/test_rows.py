"""The rows of the table: what each encoder is, and what a row says of itself."""

from dataclasses import replace

import numpy as np
import pytest

from dimlearn import InputError, build_encoder
from dimlearn.evaluation import Settings, all_rows, encode
from dimlearn.evaluation.comparison import filled_in
from dimlearn.evaluation.rows import ROWS, new_encoder, row
from dimlearn.evaluation.settings import WEIGHTS
from dimlearn.startup import keras

QUICK = Settings(epochs=1, batch_size=40, code_dim=7, probe_seeds=1)


def trained(name, dataset, settings=QUICK, seed=0):
    return all_rows(settings)[name].train(dataset, settings, seed=seed)


def test_the_table_of_the_course():
    rows = all_rows(Settings())
    controls = ["pixels", "random", "pca", "supervised", "standard"]
    assert list(rows) == [*controls, "views", "augmented", *WEIGHTS]
    assert [name for name, row in rows.items() if row.control] == controls
    assert [name for name, row in rows.items() if row.on_request] == ["views", "augmented"]
    assert {name for name, row in rows.items() if row.labels} == {"supervised", "standard"}
    assert {name for name, row in rows.items() if not row.seeded} == {"pixels", "pca"}
    assert {name: row.weights for name, row in rows.items() if row.weights} == WEIGHTS


def test_pixels_are_the_images(little):
    encoder, history = trained("pixels", little)
    flat = little.x_test.reshape(len(little.x_test), -1)
    np.testing.assert_array_equal(encode(encoder, little.x_test), flat)
    assert history == {}


def test_pca_gives_the_principal_components(little):
    from sklearn.decomposition import PCA

    encoder, history = trained("pca", little)
    train = little.x_train.reshape(len(little.x_train), -1)
    fitted = PCA(7, svd_solver="full").fit(train)
    expected = fitted.transform(little.x_test.reshape(len(little.x_test), -1))
    np.testing.assert_allclose(
        np.abs(encode(encoder, little.x_test)), np.abs(expected), atol=2e-3
    )  # but for the sign of each
    assert history == {}


def test_random_is_the_encoder_that_the_others_start_from(little):
    encoder, history = trained("random", little, seed=3)
    keras.utils.set_random_seed(3)
    expected = build_encoder(little.image_shape, 7)
    for ours, theirs in zip(encoder.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert history == {}


@pytest.mark.slow
def test_the_rows_with_views_see_other_pictures_than_each_other(little):
    settings = filled_in(QUICK, little)
    assert settings.views == "handwriting"
    assert not {"views", "augmented"} & set(settings.rows)
    assert filled_in(replace(QUICK, rows=("augmented",)), little).rows == ("augmented",)
    codes = {}
    for name in ("local", "views", "augmented"):
        encoder, history = trained(name, little, replace(settings, weights={"local": (0, 1, 0)}))
        assert [output.shape[1:] for output in encoder.outputs][-1] == (7,)
        assert set(history) == {"loss", "local_bound"}
        codes[name] = encode(encoder, little.x_test)
    for name, other in (("local", "views"), ("views", "augmented"), ("augmented", "local")):
        assert np.abs(codes[name] - codes[other]).max() > 0.1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["supervised", "standard", "local"])
def test_trained_rows_move_and_tell_their_training(little, name):
    encoder, history = trained(name, little)
    again, _ = trained(name, little)
    other, _ = trained(name, little, seed=1)
    code, of_again, of_other = (encode(e, little.x_test) for e in (encoder, again, other))
    np.testing.assert_allclose(code, of_again, atol=1e-4)
    assert np.abs(code - of_other).max() > 0.1
    assert len(history["loss"]) == 1 and np.isfinite(history["loss"]).all()
    assert ("local_bound" in history) == (name == "local")
    if name == "standard":
        assert [layer.units for layer in encoder.layers[2:]] == [64, 64]
    else:
        first, _ = trained("random", little)
        assert np.abs(code - encode(first, little.x_test)).max() > 0.1


@pytest.mark.parametrize(
    "weights, words",
    [
        ({"pca": (0, 1, 0)}, "pca is a row with a meaning of its own"),
        ({"views": (0, 1, 0)}, "views is a row with a meaning of its own"),
        ({"local": (0, 1, 0), "Local": (0, 1, 1)}, "but for capital letters"),
    ],
)
def test_a_name_that_is_taken(weights, words):
    with pytest.raises(InputError, match=words):
        all_rows(Settings(weights=weights))


def test_a_new_row_is_one_function(little, monkeypatch):
    monkeypatch.setattr("dimlearn.evaluation.rows.ROWS", dict(ROWS))

    @row(control=True, seeded=False)
    def ones(dataset, settings, seed, callbacks):
        """The encoder with all weights 1."""
        encoder = new_encoder(dataset, settings)
        encoder.set_weights([np.ones_like(weights) for weights in encoder.get_weights()])
        return encoder, {}

    settings = filled_in(Settings(rows=("ones", "local")), little)
    new = all_rows(settings)["ones"]
    encoder, history = new.train(little, settings, seed=0)
    assert (new.name, new.control, new.labels, new.seeded) == ("ones", True, False, False)
    assert history == {} and all((weights == 1).all() for weights in encoder.get_weights())
    assert len(all_rows(settings)) == len(ROWS) + len(WEIGHTS) + 1
