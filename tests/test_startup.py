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


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_another_backend_of_keras(backend, tmp_path):
    """Named in the environment it is refused; in Keras' own settings it is passed over."""
    done = run("import dimlearn.startup", {**os.environ, "KERAS_BACKEND": backend})
    assert f"KERAS_BACKEND is '{backend}'" in done.stderr
    (tmp_path / "keras.json").write_text(json.dumps({"backend": backend}))
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
