"""TensorFlow and Keras without TensorFlow's start-up lines.

TensorFlow writes a few lines to the process' standard error when it is imported and when it looks
for devices, from C++, before any Python setting reaches it: that oneDNN is on, that there is no
GPU. They are true and alarm learners. They are held back here; every line that is not known to be
harmless is shown.

    from dimlearn.startup import keras, tf

Nothing is configured and no device is opened: threads, virtual devices, a GPU's memory and the
other machines of a cluster can be set after this as after `import tensorflow`.

`DIMLEARN_TF_LOG=1` shows all lines; `dimlearn.startup.held_back` keeps them.
"""

import os
import re
import sys
import tempfile
from contextlib import contextmanager

from dimlearn.private_names import around_first_look_at_devices

# Each pattern is one line of TensorFlow 2.16 to 2.21 on a machine without a GPU.
HARMLESS = re.compile(
    r"oneDNN custom operations are on"
    r"|Could not find cuda drivers on your machine"
    r"|All log messages before absl::InitializeLog\(\) is called are written to STDERR"
    r"|This TensorFlow binary is optimized to use available CPU instructions"
    r"|To enable the following instructions: .* rebuild TensorFlow"
    r"|failed call to cuInit"
    r"|Unable to register cu\w+ factory"
    r"|Cannot dlopen some GPU libraries|Skipping registering GPU devices"
    r"|TF-TRT Warning: Could not find TensorRT"
    r"|CUDA diagnostic|hostname: |libcuda reported version|kernel reported version"
    r"|kernel driver does not appear to be running"
)

held_back: list[str] = []


@contextmanager
def _harmless_lines_held_back():
    """Collect what the process writes to file descriptor 2, then pass on the unknown lines."""
    try:
        sys.stderr.flush()
        original = os.dup(2)
    except (OSError, ValueError, AttributeError):  # no standard error: nothing to hold back
        yield
        return
    with tempfile.TemporaryFile() as captured:
        os.dup2(captured.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(original, 2)
            os.close(original)
            captured.seek(0)
            for line in captured.read().decode(errors="replace").splitlines():
                held_back.append(line)
                if os.environ.get("DIMLEARN_TF_LOG") or not (HARMLESS.search(line) or not line):
                    os.write(2, (line + "\n").encode())


# Before Keras looks for the backend that it is set to, which may not even be installed.
asked_for = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
if asked_for != "tensorflow":
    raise ImportError(
        f"dimlearn needs Keras on TensorFlow, but KERAS_BACKEND is {asked_for!r}: "
        "unset it or set it to 'tensorflow'."
    )

with _harmless_lines_held_back():
    import keras
    import tensorflow as tf

around_first_look_at_devices(_harmless_lines_held_back)

started_on = keras.backend.backend()
if started_on != "tensorflow":
    raise ImportError(
        f"dimlearn needs Keras on TensorFlow, but it was started on {started_on!r} before: "
        "import dimlearn first."
    )


def run_seed(number=0):
    """A seed of this run. The numbers from 0 to 999 give different seeds.

    `DIMLEARN_SEED` decides them all (0 unless it is set, and then the seed is `number` itself): a
    lesson whose chance comes from here alone is another draw of the same lesson with each of its
    values, and what the lesson says should hold in nearly all of them.
    """
    return 1000 * int(os.environ.get("DIMLEARN_SEED") or 0) + number


__all__ = ["held_back", "keras", "run_seed", "tf"]
