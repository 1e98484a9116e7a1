"""The rows of the table: what each encoder is, and what a row says of itself."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from dimlearn import InputError, build_encoder, data
from dimlearn.evaluation import Settings, all_rows, encode, frozen_codes
from dimlearn.evaluation.comparison import filled_in
from dimlearn.evaluation.rows import ROWS, adam, new_encoder, rise, rise_and_fall, row
from dimlearn.evaluation.settings import WEIGHTS
from dimlearn.startup import keras

QUICK = Settings(epochs=1, batch_size=40, code_dim=7, probe_seeds=1)


def trained(name, dataset, settings=QUICK, seed=0):
    return all_rows(settings)[name].train(dataset, settings, seed=seed)


def test_the_table_of_the_course():
    rows = all_rows(Settings())
    controls = ["pixels", "random", "pca", "supervised", "standard"]
    beside = ["augmented", "coordinates", "offsets", "occlusion", "all_three"]
    assert list(rows) == [*controls, "views", *beside, *WEIGHTS]
    assert [name for name, row in rows.items() if row.control] == controls
    assert [name for name, row in rows.items() if row.variant_of] == beside
    assert {name for name, row in rows.items() if row.labels} == {"supervised", "standard"}
    assert {name for name, row in rows.items() if not row.seeded} == {"pixels", "pca"}
    assert {name for name, row in rows.items() if row.last} == {"pixels"}
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
    for ours, theirs in zip(encoder.trainable_variables, expected.trainable_variables, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert history == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["random", "supervised", "local", "views"])
def test_every_encoder_is_settled_on_the_training_images(little, name):
    encoder, _ = trained(name, little)
    frozen = encode(encoder, little.x_train)
    in_training = encoder(little.x_train, training=True)[1]
    np.testing.assert_allclose(frozen, in_training, rtol=1e-3, atol=1e-3)


@pytest.mark.slow
def test_the_rows_with_views_see_other_pictures_than_each_other(little):
    settings = filled_in(QUICK, little)
    assert settings.views == "handwriting" and "augmented" not in settings.rows
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
def test_the_rows_of_the_papers_table_4_are_local_and_more(little):
    """With the weights of the run's own *local*, from the same first encoder."""
    settings = filled_in(replace(QUICK, weights={"local": (0, 1, 0)}), little)
    codes = {"local": encode(trained("local", little, settings)[0], little.x_test)}
    for name, terms in (
        ("coordinates", {"coordinate_loss"}),
        ("offsets", {"offset_loss"}),
        ("occlusion", set()),
        ("all_three", {"coordinate_loss", "offset_loss"}),
    ):
        encoder, history = trained(name, little, settings)
        assert set(history) == {"loss", "local_bound"} | terms
        codes[name] = encode(encoder, little.x_test)
    distinct = [np.abs(a - b).max() > 0.01 for a, b in itertools.combinations(codes.values(), 2)]
    assert all(distinct)


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


def test_a_row_of_yours_knows_nothing_of_its_training(little, tmp_path):
    encoder, _ = trained("random", little)
    encoder.save(tmp_path / "mine.keras")
    settings = Settings(add={"mine": str(tmp_path / "mine.keras")})
    mine = all_rows(settings)["mine"]
    assert (mine.control, mine.labels, mine.seeded, mine.added) == (False, False, False, True)
    again, history = mine.train(little, settings, seed=0)
    np.testing.assert_array_equal(encode(again, little.x_test), encode(encoder, little.x_test))
    assert history == {}
    asked = filled_in(Settings(rows=("pixels",), add=settings.add), little).rows
    assert asked == ("pixels", "mine")  # what is added is in the table, without a second asking
    assert filled_in(settings, little).rows[-1] == "mine"


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
    assert history == {} and all(
        (weights.numpy() == 1).all() for weights in encoder.trainable_variables
    )
    assert len(all_rows(settings)) == len(ROWS) + 1 + len(WEIGHTS)


def test_the_learning_rate_rises_and_stays():
    schedule = rise(0.8, steps=320)
    rates = [float(schedule(step)) for step in (0, 1, 5, 10, 11, 319)]
    np.testing.assert_allclose(rates, [0, 0.08, 0.4, 0.8, 0.8, 0.8], atol=1e-6)
    assert float(rise(0.1, steps=1)(1)) == pytest.approx(0.1)


def test_the_learning_rate_rises_and_falls():
    schedule = rise_and_fall(0.8, steps=48)
    rates = [float(schedule(step)) for step in range(49)]  # an eighth of the steps rises
    np.testing.assert_allclose(rates[:7], np.arange(7) * 0.8 / 6, atol=1e-6)
    half_a_cosine = 0.4 * (1 + np.cos(np.pi * np.arange(43) / 42))
    np.testing.assert_allclose(rates[6:], half_a_cosine, atol=1e-6)
    assert float(rise_and_fall(0.1, steps=1)(0)) == pytest.approx(0.1)


def test_the_budget_is_counted_in_full_batches(little):
    settings = replace(QUICK, epochs=3, batch_size=len(little.x_train) // 16)
    last = 3 * 16 - 1
    assert rate_after(last, adam(0.8, little, settings)) == pytest.approx(0.8)
    assert 0 < rate_after(last, adam(0.8, little, replace(settings, decay=True))) < 0.01


def rate_after(steps, optimizer):
    optimizer.build([])
    optimizer.iterations.assign(steps)
    return float(optimizer.learning_rate)


# ---------------------------------------------------------------- images without labels


@pytest.fixture(scope="module")
def mostly_unlabelled(little):
    """40 labelled digits and 150 others."""
    x, y = little.x_train, little.y_train
    test = little.x_test[:40], little.y_test[:40]
    return data.from_arrays(x[:40], y[:40], *test, x_unlabelled=x[40:190])


def test_pca_sees_the_images_without_labels(mostly_unlabelled):
    """More components than there are labelled images."""
    encoder, _ = trained("pca", mostly_unlabelled, replace(QUICK, code_dim=60))
    assert encoder.output_shape == (None, 60)


@pytest.mark.slow
def test_all_networks_have_as_many_batches(mostly_unlabelled, monkeypatch):
    """And batches as large, though there are fewer labelled images than one of them holds."""
    seen = {}
    for name in ("local", "supervised", "standard"):
        steps = []

        class Counted(keras.callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None, steps=steps):
                steps.append(int(self.model.optimizer.iterations))

        all_rows(QUICK)[name].train(
            mostly_unlabelled, replace(QUICK, epochs=2, batch_size=50), 0, [Counted()]
        )
        seen[name] = steps[-1]
    images = 36 + 150  # a tenth of the labelled ones validate
    assert seen == dict.fromkeys(("local", "supervised", "standard"), 2 * (images // 50))


@pytest.mark.slow
def test_encoders_without_labels_learn_from_both(mostly_unlabelled):
    """The codes of an encoder change when images without labels are left out; of probes nothing is
    trained on those."""
    alone = replace(mostly_unlabelled, x_unlabelled=None)
    settings = replace(QUICK, batch_size=30)
    with_others, _ = trained("local", mostly_unlabelled, settings)
    without, _ = trained("local", alone, settings)
    x = mostly_unlabelled.x_test
    assert np.abs(encode(with_others, x) - encode(without, x)).max() > 1e-3
    codes = frozen_codes(with_others, mostly_unlabelled)
    assert len(codes.x) == len(codes.y) == 40
