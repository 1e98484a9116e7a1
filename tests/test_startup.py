"""TensorFlow's first lines are held back, and another backend is refused in a sentence."""

import json
import os
import subprocess
import sys

import pytest
from marks import weekly

# TensorFlow writes about itself when it is imported, and about what it finds when it first looks
# for devices: here one line more each that is known, and one that nobody knows.
NOISY = """
import os, sys
import dimlearn.errors
real = __builtins__.__import__
def noisy(name, *rest, **more):
    module = real(name, *rest, **more)
    if name == 'tensorflow':
        os.write(2, b'oneDNN custom operations are on. You may see\\n')
        os.write(2, b'the disk is on fire\\n')
        Context = type(sys.modules["tensorflow.python.eager.context"].context())
        look = Context._initialize_physical_devices
        if look.__name__ != "noisy_look":
            def noisy_look(self, *args):
                if self._physical_devices is None:  # later ones see what was found
                    os.write(2, b'failed call to cuInit: no device\\nthe fan is broken\\n')
                return look(self, *args)
            Context._initialize_physical_devices = noisy_look
    return module
__builtins__.__import__ = noisy
import dimlearn.startup
__builtins__.__import__ = real
from dimlearn.startup import held_back, tf
FIRST
assert any("cuInit" in line for line in held_back)
"""

CALCULATES = """
assert not any("cuInit" in line for line in held_back)  # nothing has been looked for
tf.constant(1.0) + tf.random.normal([])
"""

CONFIGURES = """
import dimlearn, dimlearn.check, pkgutil, importlib
for module in pkgutil.walk_packages(dimlearn.__path__, "dimlearn."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
assert not any("cuInit" in line for line in held_back)
tf.config.threading.set_intra_op_parallelism_threads(3)
tf.config.threading.set_inter_op_parallelism_threads(2)
(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
assert len(tf.config.list_logical_devices("CPU")) == 2
assert tf.config.threading.get_intra_op_parallelism_threads() == 3
"""


def run(code, environment=None):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


@pytest.fixture(scope="module", params=[(CALCULATES, "torch"), (CONFIGURES, "jax")],
                ids=["calculates", "configures"])  # fmt: skip
def done(request, tmp_path_factory):
    """A process that imports everything noisily and then does one thing first. It is told of
    another backend by Keras' own settings."""
    first, backend = request.param
    folder = tmp_path_factory.mktemp("settings of Keras")
    (folder / "keras.json").write_text(json.dumps({"backend": backend}), encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    return run(NOISY.replace("FIRST", first), environment | {"KERAS_HOME": str(folder)})


@pytest.mark.slow
def test_only_unknown_lines_are_shown(done):
    """Of the import and of the first look at devices, TensorFlow's own lines among them."""
    assert set(done.stderr.split("\n")) == {"the disk is on fire", "the fan is broken", ""}
    assert done.stdout == ""


@pytest.mark.slow
def test_whatever_is_imported_the_first_thing_can_be_done(done):
    """Threads and virtual devices can be set; a backend in Keras' own settings is passed over."""
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "first", ["tf.constant(1.0)", *weekly("tf.config.list_physical_devices()")]
)
def test_all_lines_are_shown_on_request(first):
    loud = run(NOISY.replace("FIRST", first), {**os.environ, "DIMLEARN_TF_LOG": "1"}).stderr
    assert "oneDNN" in loud and "on fire" in loud and "cuInit" in loud and "Traceback" not in loud


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


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_another_backend_of_keras_is_refused(backend):
    done = run("import dimlearn.startup", {**os.environ, "KERAS_BACKEND": backend})
    assert f"KERAS_BACKEND is '{backend}'" in done.stderr and done.returncode == 1


def test_the_seeds_of_a_run(monkeypatch):
    from dimlearn.startup import run_seed

    monkeypatch.delenv("DIMLEARN_SEED", raising=False)
    assert [run_seed(), run_seed(7)] == [0, 7]
    monkeypatch.setenv("DIMLEARN_SEED", "3")
    assert [run_seed(), run_seed(7)] == [3000, 3007]
    monkeypatch.setenv("DIMLEARN_SEED", "three")
    with pytest.raises(ValueError, match="three"):
        run_seed()
