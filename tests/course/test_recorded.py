"""Recorded runs: made by one command, read by one call, of several seeds."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from dimlearn import DeepInfoMax, InputError, build_encoder
from dimlearn.course import authoring, recorded
from dimlearn.course.results import explosion, global_objective, local_objectives, prior_matching
from dimlearn.startup import keras, tf

TABLES = authoring.ROOT / "lessons" / "results"
IMAGES = SimpleNamespace(
    image_shape=(28, 28, 1), x_train=np.random.default_rng(0).random((5, 28, 28, 1))
)


def run(seed):
    return [{"case": case, "value": 10 * number + seed} for number, case in enumerate("ab")]


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(explosion, "run", run)


def test_recorded_and_read(short, tmp_path):
    said, folder = [], tmp_path / "results"
    path = recorded.record("explosion", folder, say=said.append)
    assert said == [f"running explosion with seed {seed}" for seed in range(5)]
    assert path.read_text().startswith(
        "# dimlearn build --results explosion\nseed,case,value\n0,a,0\n0,b,10\n1,a,1\n"
    )
    table = recorded.read("explosion", folder)
    assert len(table) == 10 and list(table.columns) == ["seed", "case", "value"]


def test_the_summary_is_a_mean_with_students_interval(short, tmp_path):
    recorded.record("explosion", tmp_path, say=lambda text: None)
    found = recorded.summary(recorded.read("explosion", tmp_path), by="case", of="value")
    assert list(found.columns) == ["case", "mean", "low", "high"] and list(found["mean"]) == [2, 12]
    half = 2.776 * 2.5**0.5 / 5**0.5  # t with 4 degrees of freedom, of 0, 1, 2, 3, 4
    assert found["high"][0] - 2 == pytest.approx(half, rel=1e-3) == 2 - found["low"][0]


def test_what_is_not_there(tmp_path):
    with pytest.raises(InputError, match="there is no recorded run 'x': choose one of .*explosion"):
        recorded.read("x")
    with pytest.raises(InputError, match="`dimlearn build --results explosion` makes it"):
        recorded.read("explosion", tmp_path)


# ---------------------------------------------------------------- the tables themselves


def faults_of(path):
    """What a table in lessons/results/ lacks."""
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    if path.stem not in recorded.known() or first != f"# dimlearn build --results {path.stem}":
        return ["no command makes it"]
    seeds = {line.split(",")[0] for line in lines[1:]}
    few = [] if lines[0].startswith("seed,") and len(seeds) >= 5 else ["fewer than five seeds"]
    return few + (["more than a few kB"] if path.stat().st_size > 20_000 else [])


def test_every_recorded_run_has_its_table_and_every_table_its_run():
    tables = {path.stem: path for path in TABLES.glob("*.csv")}
    assert set(tables) == set(recorded.known()) >= {"explosion"}
    assert not {name: faults_of(path) for name, path in tables.items() if faults_of(path)}


@pytest.mark.parametrize("name, text, fault", [
    ("by_hand", "# dimlearn build --results by_hand\nseed,a\n0,1\n", "no command makes it"),
    ("explosion", "seed,a\n0,1\n", "no command makes it"),
    ("explosion", "# dimlearn build --results explosion\nseed,a\n0,1\n", "fewer than five seeds"),
])  # fmt: skip
def test_a_table_that_nothing_stands_behind_is_found(tmp_path, name, text, fault):
    path = tmp_path / f"{name}.csv"
    path.write_text(text)
    assert faults_of(path) == [fault]


def test_the_explosion_is_run_as_it_says(monkeypatch):
    monkeypatch.setattr(explosion, "BATCHES", 40)
    rows = explosion.run(seed=0)
    assert [(row["bound"], row["nats"]) for row in rows[:4]] == [
        ("DV", 1), ("NWJ", 1), ("InfoNCE", 1), ("DV", 2)
    ]  # fmt: skip
    assert all(row["lowest"] <= row["mean"] and row["deviation"] > 0 for row in rows)
    assert rows == explosion.run(seed=0) != explosion.run(seed=1)


@pytest.mark.weekly
def test_the_local_objectives_are_run_as_they_say(monkeypatch):
    monkeypatch.setattr(local_objectives, "STEPS", 2)
    monkeypatch.setattr(local_objectives, "IMAGES", 640)
    rows = local_objectives.run(seed=0)
    controls = ["first weights, as built", "first weights, settled"]
    names = [*controls, *local_objectives.OBJECTIVES, *local_objectives.LESSON]
    assert [row["objective"] for row in rows] == names
    assert all(0 < row["linear"] < 1 and 0 < row["knn_whitened"] < 1 for row in rows)
    jsd, patches, codes, lesson, divided = (row["held_out"] for row in rows[3:])
    assert math.isclose(lesson, 25 * divided, rel_tol=0.05)  # after two steps nearly the same
    most = math.log(local_objectives.BATCH)  # that InfoNCE can show; JSD ends at 0
    assert -4 < jsd < 0 and -4 < patches < most and -4 < codes < most


@pytest.mark.slow
def test_the_games_are_run_as_they_say(monkeypatch):
    monkeypatch.setattr(prior_matching, "IMAGES", 320)
    monkeypatch.setattr(prior_matching, "LABELLED", 320)
    monkeypatch.setattr(prior_matching, "EPOCHS", 1)
    games = {name: prior_matching.GAMES[name] for name in ("no game", "gamma 0.1, fast")}
    monkeypatch.setattr(prior_matching, "GAMES", games)
    none, fast = prior_matching.run(seed=0)
    assert (none["game"], fast["game"]) == tuple(games)
    assert fast["size"] > none["size"] and fast["offset"] > none["offset"]
    assert all(0 < row["accuracy"] < 1 and -4 < row["bound"] < math.log(32) for row in (none, fast))
    assert all(0 <= row["turns"] <= 3 for row in (none, fast))  # it looked three times


def test_how_often_a_number_changes_sides():
    first, second, third = [-1, 2, 0.1, -3], [1, 0.2, -0.2, 4], [-1, -0.2, 0.2, 6]
    assert prior_matching.turns(np.transpose([first, second, third])) == 1  # 2, 0 and 1 times
    assert prior_matching.turns(np.full((5, 2), 0.1)) == 0


def test_looking_at_the_means_changes_no_training():
    """The same weights after it, since a training only uses a batch's own statistics."""
    images = np.random.default_rng(0).random((64, 28, 28, 1), "float32")

    def trained(*callbacks):
        keras.utils.set_random_seed(0)
        encoder = build_encoder((28, 28, 1), 4)
        model = DeepInfoMax(encoder, beta=1, seed=0)
        model.compile(keras.optimizers.Adam(1e-3))
        watchers = [prior_matching.Means(encoder, images[:16], every=1) for _ in callbacks]
        model.fit(images, epochs=1, batch_size=16, verbose=0, callbacks=watchers)
        return watchers, encoder.trainable_variables

    (watcher,), watched = trained("means")
    for ours, other in zip(watched, trained()[1]):
        np.testing.assert_array_equal(ours, other)
    assert np.shape(watcher.seen) == (4, 4)


def test_where_codes_lie():
    """Of codes that are uniform behind the sigmoid, and of codes that are all 0."""
    even = (np.arange(1000)[:, None] + 0.5) / 1000
    there, none = np.log(even / (1 - even)), np.zeros((1000, 2))
    found = prior_matching.shape_of(there.astype("float32"))
    assert found["gap"] == pytest.approx(0, abs=2e-3) and found["offset"] == pytest.approx(
        0, abs=1e-3
    )
    assert prior_matching.shape_of(none) == pytest.approx(
        {"gap": 0.5, "size": 0, "offset": 0}, abs=2e-3
    )


@pytest.mark.slow
def test_the_global_objective_is_run_as_it_says(monkeypatch):
    """On every third pixel of few digits."""
    images = global_objective.load(limit=640)
    parts = {name: getattr(images, name) for name in ("x_train", "x_validation", "x_test")}
    small = replace(images, **{name: x[:, ::3, ::3] for name, x in parts.items()})
    monkeypatch.setattr(global_objective, "load", lambda limit: small)
    both = {name: global_objective.ROWS[name] for name in ("concat", "dot product, InfoNCE")}
    monkeypatch.setattr(global_objective, "ROWS", both)
    monkeypatch.setattr(global_objective, "STEPS", 2)
    rows = global_objective.run(seed=0)
    of_one = ["as built", "settled", *both]
    assert [row["code"] for row in rows] == ["pixels", *of_one, *of_one]
    assert len({row["first"] for row in rows}) == len(rows)  # no two of the same codes
    assert all(0 < row["first"] < row["first_two"] < 1 for row in rows)
    assert all(0 < row["linear"] < 1 and 0 < row["knn_whitened"] < 1 for row in rows)
    most = math.log(global_objective.BATCH)
    assert all(-4 < row["infonce"] < most for row in rows if row["code"] in both)


@pytest.mark.parametrize("new_critic", [global_objective.Concat, global_objective.Dot])
def test_both_ways_to_ask_a_critic_agree(new_critic):
    encoder = global_objective.new_encoder("light", IMAGES, seed=0)
    critic = new_critic(encoder)
    maps, codes = global_objective.flat(*encoder(IMAGES.x_train))
    scores = critic.scores(maps, codes).numpy()
    own, another = (tf.reshape(each, [-1]).numpy() for each in critic.matched(maps, codes))
    assert own == pytest.approx(scores.diagonal(), abs=1e-5)
    assert another == pytest.approx([scores[i, i - 1] for i in range(5)], abs=1e-5)
