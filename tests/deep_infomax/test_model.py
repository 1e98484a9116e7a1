"""The weighted loss, its step, whose gradient goes where, saving and loading."""

import gc
import itertools
import subprocess
import sys
import weakref

import numpy as np
import pytest
from marks import weekly

from dimlearn import DeepInfoMax, InputError, build_encoder
from dimlearn.deep_infomax import FusedAdam
from dimlearn.deep_infomax.prior import squash
from dimlearn.information.bounds import BOUNDS, jsd_bound, local_jsd
from dimlearn.startup import keras, tf

IMAGES = np.random.default_rng(0).uniform(size=(24, 12, 12, 1)).astype("float32")


def new_model(*weights, compiled=True, **kwargs):
    keras.utils.set_random_seed(3)
    model = DeepInfoMax(build_encoder((12, 12, 1), code_dim=6), *weights, **kwargs)
    if compiled:
        model.compile(keras.optimizers.SGD(0.05))
    return model


def values(model):
    return [variable.numpy() for variable in model.variables]


def same(before, after):
    return all(np.array_equal(a, b) for a, b in zip(before, after))


# ---------------------------------------------------------------- the prior game


@pytest.mark.parametrize("prior", ["uniform", "gaussian"])
def test_the_encoders_step_raises_the_discriminators_score(prior):
    """The prior's direction: towards what the discriminator takes for the prior."""
    model = new_model(0, 0, 1, prior=prior, compiled=False)

    def mean_score():
        code = model.encoder(IMAGES, training=True)[1]
        return float(tf.reduce_mean(model.discriminator(squash(code, prior))))

    before, frozen = mean_score(), values(model.discriminator)
    with tf.GradientTape() as tape:
        terms = model.terms(*model.encoder(IMAGES, training=True))
    variables = model.encoder.trainable_variables
    keras.optimizers.SGD(0.01).apply(tape.gradient(terms["loss"], variables), variables)
    assert mean_score() > before
    assert same(frozen, values(model.discriminator))


def test_the_discriminators_step_leaves_the_encoder_alone():
    model = new_model(0, 0, 1, compiled=False)
    code = model.encoder(IMAGES, training=False)[1]
    before, first = values(model.encoder), values(model.discriminator)
    with tf.GradientTape() as tape:
        loss = model.discriminator_loss(code)
        reached = tape.gradient(loss, model.encoder.trainable_variables)
    assert reached == [None] * len(reached)
    with tf.GradientTape() as tape:
        loss = model.discriminator_loss(code)
    weights = model.discriminator.trainable_variables
    keras.optimizers.SGD(0.1).apply(tape.gradient(loss, weights), weights)
    assert same(before, values(model.encoder))
    assert not same(first, values(model.discriminator))


def test_each_players_step_is_of_its_own_loss():
    """In one training step: a discriminator with learning rate 0 is held still to the bit, and so
    is the encoder when the rate of its optimizer is 0."""
    for encoder_rate, discriminator_rate in ((0.1, 0.0), (0.0, 0.1)):
        model = new_model(0, 0, 1, compiled=False)
        model.compile(keras.optimizers.SGD(encoder_rate), keras.optimizers.SGD(discriminator_rate))
        encoder = [v.numpy() for v in model.encoder.trainable_variables]
        discriminator = values(model.discriminator)
        model.fit(IMAGES, batch_size=8, epochs=1, verbose=0)
        moved = not same(encoder, [v.numpy() for v in model.encoder.trainable_variables])
        assert moved == (encoder_rate > 0)
        assert same(discriminator, values(model.discriminator)) == (discriminator_rate == 0)


def test_the_steps_of_encoder_and_discriminator_by_hand():
    """The training step equals the two gradients written out from the same first weights."""
    model, twin = new_model(0.5, 1, 0.3), new_model(0.5, 1, 0.3)
    with tf.GradientTape() as tape:
        terms = twin.terms(*twin.encoder(IMAGES, training=True))
        assert float(terms["loss"]) == pytest.approx(
            -0.5 * float(terms["global_bound"])
            - float(terms["local_bound"])
            + 0.3 * float(terms["prior_loss"]),
            rel=1e-5,
        )
    variables = twin.cooperating_variables()
    gradients = tape.gradient(terms["loss"], variables)
    model.train_step(tf.constant(IMAGES))
    for variable, own, gradient in zip(variables, model.cooperating_variables(), gradients):
        np.testing.assert_allclose(own, variable - 0.05 * gradient, atol=1e-6)


# ---------------------------------------------------------------- weights and options


@pytest.mark.slow
@pytest.mark.parametrize("weights", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (0.6, 0.4, 0.2)])
def test_a_weight_of_zero_has_no_critic(weights):
    model = new_model(*weights)
    parts = ("global_critic", "local_critic", "discriminator")
    assert [hasattr(model, part) for part in parts] == [bool(weight) for weight in weights]
    history = model.fit(IMAGES, batch_size=8, epochs=2, verbose=0).history
    terms = {"loss"}
    terms |= {"global_bound"} if weights[0] else set()
    terms |= {"local_bound"} if weights[1] else set()
    terms |= {"prior_loss", "discriminator_loss"} if weights[2] else set()
    assert set(history) == terms
    assert all(np.isfinite(history[term]).all() and len(history[term]) == 2 for term in terms)


DAILY = [("jsd", "dot", "all"), ("infonce_codes", "concat", "one")]
SETTINGS = [
    *itertools.product(BOUNDS, ["dot"], ("all", "one")),
    *itertools.product(("jsd", "infonce_codes"), ["concat"], ("all", "one")),
]


@pytest.mark.parametrize(
    "bound, critic, negatives",
    [*DAILY, *weekly(*(each for each in SETTINGS if each not in DAILY))],
)
def test_every_bound_critic_and_kind_of_negatives_trains_both(bound, critic, negatives):
    model = new_model(1, 1, 0, bound=bound, critic=critic, negatives=negatives, units=16)
    model.compile(keras.optimizers.Adam(3e-3))
    critics = values(model.global_critic), values(model.local_critic)
    history = model.fit(IMAGES, batch_size=12, epochs=16, verbose=0).history
    assert history["global_bound"][-1] > history["global_bound"][0]
    assert history["local_bound"][-1] > history["local_bound"][0]
    assert not same(critics[0], values(model.global_critic))
    assert not same(critics[1], values(model.local_critic))


@pytest.mark.slow
def test_a_bound_may_be_a_function():
    named, given = new_model(1, 1, 0), new_model(1, 1, 0, bound=jsd_bound, local_bound=local_jsd)
    averaged = new_model(1, 1, 0, bound=jsd_bound)
    results = [
        model.evaluate(IMAGES, batch_size=12, verbose=0, return_dict=True)
        for model in (named, given, averaged)
    ]
    for other in results[1:]:
        assert other == pytest.approx(results[0], abs=1e-5)


@pytest.mark.slow
def test_many_models_in_one_process_do_not_touch_each_other():
    """The seminar project's limit: its one compiled step was bound to the first model."""
    alone = new_model(0, 1, 0.1)
    alone.fit(IMAGES, batch_size=8, epochs=2, verbose=0)
    first, second = new_model(1, 0, 1), new_model(0.6, 0.4, 0)
    second.fit(IMAGES, batch_size=8, epochs=1, verbose=0)
    first.fit(IMAGES, batch_size=8, epochs=1, verbose=0)
    again = new_model(0, 1, 0.1)
    before = values(first), values(second)
    again.fit(IMAGES, batch_size=8, epochs=2, verbose=0)
    assert same(before[0], values(first)) and same(before[1], values(second))
    assert same(values(alone), values(again))


def test_one_trace_and_whole_batches_only():
    model, shapes = new_model(0, 1, 0), []
    step = model.train_step

    def counted(images):
        shapes.append(images.shape)
        return step(images)

    model.train_step = counted
    model.fit(IMAGES[:23], batch_size=8, epochs=3, verbose=0)
    assert set(map(tuple, (shape.as_list()[1:] for shape in shapes))) == {(12, 12, 1)}
    assert {shape[0] for shape in shapes} == {8}
    assert int(model.optimizer.iterations) == 3 * 2


@pytest.mark.weekly
def test_trained_models_are_let_go():
    """Twelve models in one process: nothing keeps a model that nobody names any more, nor the
    graph of its step, which would keep its weights and the optimizer's moments."""
    before, left = traced_steps(), []
    for number in range(12):
        weights = number % 3 / 2, (number % 4 + 1) / 4, number % 2 / 10
        model = new_model(*weights, compiled=False)
        model.compile("adam")
        model.fit(IMAGES, batch_size=8, epochs=1, verbose=0)
        left.append(weakref.ref(model))
    assert traced_steps() > before  # of the last one
    del model
    assert traced_steps() == before
    assert [reference() for reference in left] == [None] * 12


def traced_steps():
    """How many graphs of training steps are alive."""
    gc.collect()
    graphs = [each for each in gc.get_objects() if isinstance(each, tf.Graph)]
    return sum(getattr(graph, "name", "").startswith("one_step_on_data") for graph in graphs)


def test_calling_the_model_gives_the_codes():
    assert np.array_equal(new_model(0, 1, 0)(IMAGES), new_model(0, 1, 0).encoder(IMAGES)[1])


# ---------------------------------------------------------------- saving


@pytest.mark.slow
def test_save_load_and_go_on(tmp_path):
    model = new_model(0.6, 0.4, 0.2, bound="infonce", prior="gaussian")
    model.compile("adam", keras.optimizers.Adam(1e-4))
    model.fit(IMAGES, batch_size=8, epochs=2, verbose=0)
    path = tmp_path / "with space" / "model.keras"
    path.parent.mkdir()
    model.save(path)

    loaded = keras.saving.load_model(path)
    assert same(values(model), values(loaded))
    assert float(loaded.discriminator_optimizer.learning_rate) == pytest.approx(1e-4)
    assert loaded.settings == model.settings
    histories = []
    for each in (model, loaded):
        keras.utils.set_random_seed(9)
        histories.append(each.fit(IMAGES, batch_size=8, epochs=2, verbose=0).history)
    assert histories[0] == histories[1]


def uncompiled(path):
    return new_model(0, 1, 0.1, compiled=False)


def loaded_uncompiled(path):
    new_model(0, 1, 0.1).save(path)
    return keras.saving.load_model(path, compile=False)


@pytest.mark.parametrize("get", [uncompiled, loaded_uncompiled])
def test_a_model_that_is_not_compiled_is_saved(get, tmp_path):
    path = tmp_path / "model.keras"
    model = get(path)
    model.save(path)
    loaded = keras.saving.load_model(path)
    assert same(values(model), values(loaded)) and not loaded.compiled
    loaded.compile("adam")
    assert np.isfinite(loaded.fit(IMAGES, batch_size=8, verbose=0).history["loss"]).all()


def test_what_a_model_was_compiled_with_is_saved(tmp_path):
    model = new_model(0, 1, 0.1, compiled=False)
    model.compile("adam", keras.optimizers.SGD(0.25), run_eagerly=True, steps_per_execution=3)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.run_eagerly and loaded.steps_per_execution == 3
    assert float(loaded.discriminator_optimizer.learning_rate) == 0.25


@pytest.mark.parametrize("name, save", [
    ("model.keras", DeepInfoMax.save),
    ("model.weights.h5", DeepInfoMax.save_weights),
])  # fmt: skip
def test_a_good_file_outlives_a_save_that_fails(tmp_path, name, save):
    model, path = new_model(0, 1, 0), tmp_path / name
    save(model, path)
    good = path.read_bytes()

    def full_disk(store):
        raise OSError("no space left on device")

    model.encoder.layers[1].save_own_variables = full_disk
    with pytest.raises(OSError, match="no space left"):
        save(model, path)
    assert path.read_bytes() == good and list(tmp_path.iterdir()) == [path]
    model = new_model(0, 1, 0)
    model.encoder.layers[1].kernel.assign_add(tf.ones_like(model.encoder.layers[1].kernel))
    save(model, str(path))  # and one that does not fail takes its place
    assert path.read_bytes() != good and list(tmp_path.iterdir()) == [path]


@pytest.mark.slow
def test_a_process_of_its_own_finds_the_same_codes(tmp_path):
    """In what is exported, by TensorFlow alone; in the encoder's file, by Keras alone; and in the
    model's."""
    model = new_model(0, 1, 0)
    model.fit(IMAGES, batch_size=8, verbose=0)
    folder = tmp_path / "with space"
    folder.mkdir()
    model.save(folder / "model.keras")
    model.encoder.save(folder / "encoder.keras")
    model.export(folder / "exported", verbose=False)
    np.save(folder / "images.npy", IMAGES)
    np.save(folder / "codes.npy", model.predict(IMAGES, verbose=0))
    script = """if True:
        import sys, numpy as np, tensorflow as tf
        folder = sys.argv[1]
        images, codes = np.load(folder + "/images.npy"), np.load(folder + "/codes.npy")
        exported = tf.saved_model.load(folder + "/exported")
        np.testing.assert_allclose(exported.serve(images), codes, atol=1e-5)
        import keras
        alone = keras.saving.load_model(folder + "/encoder.keras")
        assert np.array_equal(alone.predict(images, verbose=0)[1], codes)
        assert "dimlearn" not in sys.modules
        from dimlearn import DeepInfoMax
        model = keras.saving.load_model(folder + "/model.keras")
        assert np.array_equal(model.predict(images, verbose=0), codes)
    """
    subprocess.run([sys.executable, "-c", script, str(folder)], check=True)


# ---------------------------------------------------------------- Keras' settings


@pytest.fixture
def policy():
    """A function that sets Keras' dtype policy, for the time of a test."""
    before = keras.config.dtype_policy(), keras.config.floatx()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before[0])
    keras.config.set_floatx(before[1])


@pytest.mark.parametrize("name", ["mixed_float16", "mixed_bfloat16"])
def test_a_step_in_mixed_precision_is_the_step(policy, name):
    """Of both players, but for rounding, though float16 scales their losses by 32768 first."""
    moves = []
    for each in ("float32", name):
        policy(each)
        model = new_model(1, 1, 1, compiled=False)
        model.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
        before = [variable.numpy() for variable in model.trainable_variables]
        terms = model.train_step(tf.constant(IMAGES))
        assert all(value.dtype == tf.float32 and np.isfinite(value) for value in terms.values())
        after = model.trainable_variables
        moves.append(np.concatenate([np.ravel(b - a) for a, b in zip(before, after)]))
    full, mixed = moves
    assert np.linalg.norm(mixed - full) < 0.1 * np.linalg.norm(full)


@pytest.mark.weekly
def test_mixed_precision_is_saved_and_goes_on(policy, tmp_path):
    policy("mixed_float16")
    model = new_model(0, 1, 0.1, compiled=False)
    model.compile("adam")
    model.fit(IMAGES, batch_size=8, verbose=0)
    model.save(tmp_path / "model.keras")
    policy("float32")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.dtype_policy.name == "mixed_float16"
    histories = [each.fit(IMAGES, shuffle=False, batch_size=8, verbose=0).history
                 for each in (model, loaded)]  # fmt: skip
    assert histories[0] == histories[1]
    assert same(values(model), values(loaded))


@pytest.mark.parametrize("as_policy", [True, False])
def test_float64(policy, as_policy):
    keras.config.set_floatx("float64")
    if as_policy:
        policy("float64")
    model = new_model(0, 1, 0.1, compiled=False)
    model.compile(FusedAdam(keras.optimizers.schedules.CosineDecay(1e-3, 10)))
    assert np.isfinite(model.fit(IMAGES, batch_size=8, verbose=0).history["loss"]).all()
    pixels = np.round(255 * IMAGES).astype("uint8")
    codes = model.predict(pixels, verbose=0)
    assert codes.dtype == ("float64" if as_policy else "float32")
    np.testing.assert_allclose(codes, model(pixels / 255), atol=1e-5)


def test_callbacks_and_validation():
    model = new_model(0, 1, 0)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=0, min_delta=100)
    watched = {"validation_data": IMAGES[:8], "callbacks": [stop]}
    history = model.fit(IMAGES, batch_size=8, epochs=9, verbose=0, **watched).history
    assert len(history["val_local_bound"]) == 2
    dataset = tf.data.Dataset.from_tensor_slices(IMAGES).batch(12, drop_remainder=True)
    assert "local_bound" in model.fit(dataset, verbose=0).history


@pytest.mark.slow
def test_looking_does_not_change_the_training():
    """Neither validation nor `evaluate` uses up samples of the prior."""

    def trained(**validation):
        keras.utils.set_random_seed(0)
        model = new_model(0, 1, 1)
        model.fit(IMAGES, batch_size=8, epochs=2, verbose=0, **validation)
        return [variable.numpy() for variable in model.discriminator.variables]

    for alone, watched in zip(trained(), trained(validation_data=IMAGES)):
        np.testing.assert_array_equal(alone, watched)


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    "settings, words",
    [
        ({"alpha": -1}, "alpha"),
        ({"beta": float("nan")}, "beta"),
        ({"gamma": "much"}, "gamma"),
        ({"beta": 0}, "nothing to train"),
        ({"bound": "mine"}, "unknown bound 'mine'"),
        ({"bound": 3}, "bound must be"),
        ({"critic": "cosine"}, "critic must be one of concat, dot"),
        ({"negatives": "hard"}, "negatives must be"),
        ({"prior": "ball"}, "prior must be"),
    ],
)
def test_bad_settings(settings, words):
    with pytest.raises(InputError, match=words):
        DeepInfoMax(build_encoder((12, 12, 1), 6), **settings)


def test_an_encoder_gives_a_pair():
    encoder = build_encoder((12, 12, 1), 6)
    with pytest.raises(InputError, match="must give a pair"):
        DeepInfoMax(keras.Model(encoder.input, encoder.outputs[1]))
    with pytest.raises(InputError, match="must give a pair"):
        DeepInfoMax(keras.Model(encoder.input, encoder.outputs[::-1]))


@pytest.mark.parametrize(
    "images, batch_size, words",
    [
        (IMAGES[:1], 1, "at least 2 images"),
        (IMAGES, 25, "at most the 24"),
        (IMAGES * 255, 8, "divide pixels by 255"),
        (np.full_like(IMAGES, np.nan), 8, "NaN"),
        (IMAGES[:, :8], 8, "the encoder takes images"),
        (IMAGES[0, 0], 8, "must have the shape"),
        (IMAGES.astype(int), 8, "dtype int64"),
        (IMAGES.astype(complex), 8, "complex"),
    ],
)
def test_bad_images(images, batch_size, words):
    with pytest.raises(InputError, match=words):
        new_model(0, 1, 0).fit(images, batch_size=batch_size, verbose=0)


def test_a_batch_of_one_in_a_dataset():
    dataset = tf.data.Dataset.from_tensor_slices(IMAGES[:5]).batch(4)
    with pytest.raises(InputError, match="batch of one"):
        new_model(0, 1, 0).fit(dataset, verbose=0)
