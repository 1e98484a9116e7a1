"""Several devices and several machines: the same update as one device, within rounding."""

import json
import os
import socket
import subprocess
import sys

import numpy as np
import pytest
from marks import weekly

from dimlearn import build_encoder
from dimlearn.deep_infomax import synchronise
from dimlearn.deep_infomax.replicas import gathered, pictures_of_all, replicas, reported, share
from dimlearn.startup import keras, tf

IMAGES = np.random.default_rng(0).uniform(size=(32, 12, 12, 1)).astype("float32")

# A model trained for four steps, on one device or by whatever strategy: its weights and history.
TRAINED = """
import json, sys
import numpy as np
from dimlearn import DeepInfoMax, build_encoder
from dimlearn.deep_infomax import FusedAdam, synchronise
from dimlearn.startup import keras, tf

images = np.random.default_rng(0).uniform(size=(32, 12, 12, 1)).astype("float32")

def trained(strategy, settings, adam=False, synchronised=True, data=None):
    keras.utils.set_random_seed(3)
    with strategy.scope():
        encoder = build_encoder((12, 12, 1), code_dim=6)
        encoder = synchronise(encoder) if synchronised else encoder
        model = DeepInfoMax(encoder, **settings)
        rates = [FusedAdam(1e-2, epsilon=1e-2) if adam else keras.optimizers.SGD(0.05)
                 for _ in "12"]
        model.compile(*rates)
    given = images if data is None else data()
    history = model.fit(given, batch_size=None if data else 16, epochs=2, shuffle=False,
                        verbose=0).history
    told = model.evaluate(images, batch_size=16, verbose=0, return_dict=True)
    weights = [variable.numpy() for variable in model.variables]
    assert all(np.isfinite(each).all() for each in weights)
    return model, weights, history, told

def same(one, other, atol=2e-5):
    for own, others in zip(one[1], other[1], strict=True):
        np.testing.assert_allclose(own, others, atol=atol)
    for told, others in zip(one[2:], other[2:]):
        assert told.keys() == others.keys()
        for term in told:
            np.testing.assert_allclose(told[term], others[term], rtol=1e-4, atol=1e-5)
"""

TWO_DEVICES = """
(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
alone, both = tf.distribute.get_strategy(), tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
"""


def run(code, *arguments, **environment):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("settings", [
    {"alpha": 0.6, "beta": 0.4, "gamma": 0.2, "bound": "infonce", "critic": "concat", "units": 8},
    *weekly(
        {"alpha": 1, "beta": 0, "bound": "dv"},
        {"gamma": 0.5, "negatives": "one"},
        {"gamma": 0.5, "views": "handwriting", "bound": "infonce_codes"},
        {"coordinates": 0.5, "offsets": 0.5, "occlusion": 0.25, "views": "handwriting"},
    ),
])  # fmt: skip
def test_two_devices_make_the_update_of_one(settings):
    """Negatives from the whole batch, gradients neither doubled nor halved, the same statistics,
    samples of the prior, views, hidden squares and places asked for: so the weights are the same
    after four steps."""
    code = """
settings = json.loads(sys.argv[1])
same(trained(both, settings), trained(alone, settings))
"""
    run(TRAINED + TWO_DEVICES + code, json.dumps(settings))


@pytest.mark.weekly
def test_replicas_stay_equal_and_adam_is_adam():
    """Under Adam, whose update does not show how long a gradient is; and an uneven last batch."""
    code = """
settings = {"gamma": 0.1}
one = trained(both, settings, adam=True)
same(one, trained(alone, settings, adam=True), atol=2e-4)
for variable in one[0].variables:
    first, second = variable.value.values
    np.testing.assert_array_equal(first, second)
uneven = lambda: tf.data.Dataset.from_tensor_slices(images[:27]).batch(16)
views = {"views": "handwriting"}
same(trained(both, views, data=uneven), trained(alone, views, data=uneven))
"""
    run(TRAINED + TWO_DEVICES + code)


@pytest.mark.weekly
def test_without_synchronised_statistics_each_device_has_its_own():
    """It trains all the same, to other weights."""
    code = """
apart, together = (trained(both, {}, synchronised=yes)[1] for yes in (False, True))
assert max(np.abs(a - b).max() for a, b in zip(apart, together)) > 1e-4
"""
    run(TRAINED + TWO_DEVICES + code)


WORKER = """
strategy = tf.distribute.MultiWorkerMirroredStrategy()
assert strategy.num_replicas_in_sync == 2
model, weights, history, told = trained(strategy, {"gamma": 0.1})
codes = model.predict(images, batch_size=16, verbose=0)
np.savez(sys.argv[1], *weights, history=json.dumps([history, told]))
"""


def free_ports(count):
    taken = [socket.socket() for _ in range(count)]
    for one in taken:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


@pytest.mark.weekly
def test_two_processes_make_the_update_of_one(tmp_path):
    """On one machine, by way of its network, as `MultiWorkerMirroredStrategy` does on several."""
    workers = [f"127.0.0.1:{port}" for port in free_ports(2)]
    processes = []
    for index in range(2):
        task = {"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}}
        processes.append(subprocess.Popen(
            [sys.executable, "-c", TRAINED + WORKER, str(tmp_path / f"{index}.npz")],
            env={**os.environ, "TF_CONFIG": json.dumps(task)}, stderr=subprocess.PIPE, text=True,
        ))  # fmt: skip
    try:
        said = [process.communicate(timeout=240)[1] for process in processes]
    finally:
        for process in processes:
            process.kill()
    ends = [process.returncode for process in processes]
    assert ends == [0, 0], said[0][-3000:] + said[1][-3000:]
    code = """
alone = trained(tf.distribute.get_strategy(), {"gamma": 0.1})
for index in "01":
    with np.load(f"{sys.argv[1]}/{index}.npz") as kept:
        weights = [kept[f"arr_{number}"] for number in range(len(alone[1]))]
        same((None, weights, *json.loads(str(kept["history"]))), alone)
"""
    run(TRAINED + code, tmp_path)


# ---------------------------------------------------------------- alone


def test_on_one_device_nothing_is_shared():
    x = tf.constant(IMAGES)
    assert replicas() == 1 and gathered(x) is x and share(x) is x
    assert pictures_of_all(lambda images: tf.repeat(images, 2, 0), x, 2).shape == (64, 12, 12, 1)
    assert reported({"loss": x}) == {"loss": x}


def test_every_batch_normalisation_is_synchronised():
    inner = build_encoder((12, 12, 1), 6)
    norms = [layer for layer in inner.layers if isinstance(layer, keras.layers.BatchNormalization)]
    outer = keras.Model(inner.input, inner(inner.input))
    before = outer(IMAGES, training=True)[1]
    assert synchronise(outer) is outer
    assert norms and all(norm.synchronized for norm in norms)
    np.testing.assert_allclose(outer(IMAGES, training=True)[1], before, atol=1e-5)
    copy = keras.models.clone_model(inner)
    assert all(getattr(layer, "synchronized", True) for layer in copy.layers)
