"""TensorFlow's first lines are held back, and another backend is refused in a sentence."""

import json
import os
import subprocess
import sys

import pytest

NOISY = """
import os, sys
import dimlearn.errors
real = __builtins__.__import__
def noisy(name, *rest, **more):
    if name == 'tensorflow':
        os.write(2, b'oneDNN custom operations are on. You may see\\n')
        os.write(2, b'the disk is on fire\\n')
    return real(name, *rest, **more)
__builtins__.__import__ = noisy
import dimlearn.startup
"""


def run(code, environment=None):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


@pytest.mark.slow
def test_unknown_start_up_lines_are_shown():
    assert set(run(NOISY).stderr.split("\n")) == {"the disk is on fire", ""}
    loud = run(NOISY, {**os.environ, "DIMLEARN_TF_LOG": "1"})
    assert "oneDNN" in loud.stderr and "on fire" in loud.stderr


FIRST_LOOK = """
import os, sys
import tensorflow
Context = type(sys.modules["tensorflow.python.eager.context"].context())
look = Context._initialize_physical_devices
def noisy(self, *args):
    os.write(2, b'failed call to cuInit: no device\\nthe fan is broken\\n')
    return look(self, *args)
Context._initialize_physical_devices = noisy
from dimlearn.startup import held_back, tf
assert not any("cuInit" in line for line in held_back)  # nothing has been looked for
FIRST
assert any("cuInit" in line for line in held_back)
"""


@pytest.mark.slow
@pytest.mark.parametrize("first", ["tf.constant(1.0)", "tf.config.list_physical_devices()"])
def test_the_first_look_at_devices_is_as_quiet_as_the_import(first):
    """TensorFlow writes about what it finds."""
    said = run(FIRST_LOOK.replace("FIRST", first)).stderr
    assert "the fan is broken" in said and "cuInit" not in said and "Traceback" not in said
    loud = run(FIRST_LOOK.replace("FIRST", first), {**os.environ, "DIMLEARN_TF_LOG": "1"})
    assert "cuInit" in loud.stderr


@pytest.mark.slow
def test_nothing_at_all_is_said():
    done = run("from dimlearn.startup import tf; tf.constant(1.0) + tf.random.normal([])")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


CONFIGURED = """
import dimlearn, dimlearn.check, pkgutil, importlib
from dimlearn.startup import tf
for module in pkgutil.walk_packages(dimlearn.__path__, "dimlearn."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
tf.config.threading.set_intra_op_parallelism_threads(3)
tf.config.threading.set_inter_op_parallelism_threads(2)
(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
assert len(tf.config.list_logical_devices("CPU")) == 2
assert tf.config.threading.get_intra_op_parallelism_threads() == 3
"""


@pytest.mark.slow
def test_importing_configures_nothing():
    """Whatever is imported, threads and virtual devices can be set afterwards."""
    done = run(CONFIGURED)
    assert done.returncode == 0, done.stderr


CLUSTER = """
import json, os, socket
from dimlearn import DeepInfoMax
from dimlearn.startup import tf
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    here = "127.0.0.1:%d" % free.getsockname()[1]
task = {"type": "worker", "index": 0}
os.environ["TF_CONFIG"] = json.dumps({"cluster": {"worker": [here]}, "task": task})
assert tf.distribute.MultiWorkerMirroredStrategy().num_replicas_in_sync == 1
"""


@pytest.mark.slow
def test_a_cluster_can_be_joined_after_the_import():
    done = run(CLUSTER)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_another_backend_of_keras(backend, tmp_path):
    """Named in the environment it is refused; in Keras' own settings it is passed over."""
    done = run("import dimlearn.startup", {**os.environ, "KERAS_BACKEND": backend})
    assert f"KERAS_BACKEND is '{backend}'" in done.stderr
    (tmp_path / "keras.json").write_text(json.dumps({"backend": backend}), encoding="utf-8")
    settings = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    settings["KERAS_HOME"] = str(tmp_path)
    done = run("import dimlearn.startup", settings)
    assert done.returncode == 0, done.stderr


def test_the_seeds_of_a_run(monkeypatch):
    from dimlearn.startup import run_seed

    monkeypatch.delenv("DIMLEARN_SEED", raising=False)
    assert [run_seed(), run_seed(7)] == [0, 7]
    monkeypatch.setenv("DIMLEARN_SEED", "3")
    assert [run_seed(), run_seed(7)] == [3000, 3007]
    monkeypatch.setenv("DIMLEARN_SEED", "three")
    with pytest.raises(ValueError, match="three"):
        run_seed()
