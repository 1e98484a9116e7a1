"""The benchmark's worlds and critics: small runs whose results are known."""

import mi_staircase
import mi_tasks
import numpy as np
import pytest

from dimlearn.information import worlds


@pytest.mark.parametrize("world", mi_tasks.built_in(), ids=lambda world: world.name)
def test_every_built_in_world_draws_what_it_says(world):
    x, y = world.sample(50, seed=1)
    assert len(x) == len(y) == 50 and np.isfinite(x).all() and np.isfinite(y).all()
    np.testing.assert_array_equal(x, world.sample(50, seed=1)[0])
    assert not np.array_equal(x, world.sample(50, seed=2)[0])


def test_tasks_of_a_folder(tmp_path):
    np.savez(tmp_path / "one.npz", x=np.zeros((3, 1)), y=np.ones((3, 2)), mi_true=0.5)
    ((name, x, y, truth),) = mi_tasks.load_tasks(tmp_path)
    assert (name, x.shape, y.shape, truth) == ("one", (3, 1), (3, 2), 0.5)
    with pytest.raises(SystemExit, match="no .npz file"):
        mi_tasks.load_tasks(tmp_path / "empty")


@pytest.mark.slow
def test_a_trained_critic_climbs_a_stair():
    climbed = mi_staircase.climb(levels=(2.0,), dim=5, steps=300, evaluated=1000)
    assert climbed.traces.shape == (300, 4)
    (fresh,) = climbed.fresh
    assert 1.4 < fresh["DV"] < 2.1 and 1.4 < fresh["InfoNCE"] < 2.1
    assert climbed.traces[-50:, 3].mean() > climbed.traces[:20, 3].mean() + 0.5
    assert climbed.traces[:, 3].max() <= climbed.ceiling + 1e-5


def test_the_diagonal_lights_up():
    before, after = mi_staircase.light_up(4.0, steps=(0, 100), dim=5, pairs=8)
    assert before.shape == after.shape == (8, 8)
    lead = [np.diag(scores).mean() - scores.mean() for scores in (before, after)]
    assert abs(lead[0]) < 1 and lead[1] > lead[0] + 2


def test_the_exact_critic_is_read_by_every_formula():
    read = mi_staircase.exact_critic(levels=(2.0,), dim=5, batches=20)[2.0]
    assert read["mean positive score"].mean() == pytest.approx(2, abs=0.15)
    assert (read["NWJ, 1 + forgotten"] < read["NWJ"]).all()
    assert (read["SMILE-1"] > read["SMILE-5"]).all() and (read["InfoNCE"] <= np.log(128)).all()


@pytest.mark.slow
def test_images_of_known_information():
    """A data set of four bars: same-class pairs near log 4, independent pairs at 0."""
    rng = np.random.default_rng(0)
    labels = np.arange(600) % 4
    images = rng.uniform(0, 0.5, (600, 8, 8, 1)).astype("float32")
    for index, label in enumerate(labels):
        images[index, 2 * label : 2 * label + 2] += 0.5
    parts = [slice(0, 400), slice(400, 500), slice(500, 600)]
    for change, low, high in (({}, 1.25, 1.42), ({"matched": False}, -0.02, 0.02)):
        world = [worlds.same_class_images(images[p], labels[p], **change) for p in parts]
        found = mi_staircase.world_mi(*world, steps=150, evaluated=500)
        assert low < found.value < high
        assert any("lower bound" in warning for warning in found.warnings)
