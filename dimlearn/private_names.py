"""Private ways into TensorFlow and Keras: all that dimlearn has, and the functions that go them.

What a check must leave as it was, TensorFlow and Keras have in part no public way to read or to put
back. Names that they do not promise may be gone in their next version, so each stands here once,
with the version that it was seen in, and `tests/test_private_names.py` says which one is missing in
another. No other module goes such a way.

Nothing is imported here. `dimlearn.startup` has loaded both libraries before anybody calls.
"""

import random
import sys
from contextlib import contextmanager
from typing import NamedTuple

CONTEXT = "tensorflow.python.eager.context"
STATE = "keras.src.backend.common.global_state"
TRACKER = f"{STATE}.GLOBAL_STATE_TRACKER"


class PrivateName(NamedTuple):
    """`owner.name`, as it was `seen_in` a version, and what it is used for."""

    owner: str
    name: str
    seen_in: str
    purpose: str


NAMES = (
    PrivateName(CONTEXT, "context", "TensorFlow 2.21.0", "to find the eager context"),
    PrivateName(
        f"{CONTEXT}.Context",
        "ensure_initialized",
        "TensorFlow 2.21.0",
        "to hold back lines when devices are opened",
    ),
    PrivateName(
        f"{CONTEXT}.Context",
        "_initialize_physical_devices",
        "TensorFlow 2.21.0",
        "to hold back lines when devices are looked for",
    ),
    PrivateName(f"{CONTEXT}.Context", "_seed", "TensorFlow 2.21.0", "to put back tf.random's seed"),
    PrivateName(f"{CONTEXT}.Context", "_rng", "TensorFlow 2.21.0", "to put back where it stood"),
    PrivateName(STATE, "GLOBAL_STATE_TRACKER", "Keras 3.15.1", "to put back Keras' own state"),
    PrivateName(TRACKER, "object_name_uids", "Keras 3.15.1", "to name layers as before"),
    PrivateName(TRACKER, "global_seed_generator", "Keras 3.15.1", "to notice keras.random's draws"),
)


def around_first_look_at_devices(manager):
    """Let TensorFlow's first look for devices, and its opening them, happen inside `manager()`.

    Each of the two methods is hidden by a function on the context itself, which goes with its first
    call. Where a version has no such method nothing is hidden, and TensorFlow's lines are shown.
    """
    context = sys.modules[CONTEXT].context()  # made here, if need be; it opens nothing

    def hide(name):
        method = getattr(context, name, None)

        def inside(*args, **kwargs):
            vars(context).pop(name, None)
            with manager():
                return method(*args, **kwargs)

        if method is not None:
            setattr(context, name, inside)

    for name in ("ensure_initialized", "_initialize_physical_devices"):
        hide(name)


def tensorflow_seed():
    """The seed of `tf.random.set_seed`, and the state of the generator that gives each operation
    without a seed its own: `(seed, state)`, `(None, None)` before a seed was set."""
    context = sys.modules[CONTEXT].context()
    generator = getattr(context, "_rng", None)
    return context._seed, generator and generator.getstate()


def set_tensorflow_seed(seed, state):
    """Put back what `tensorflow_seed` gave."""
    context = sys.modules[CONTEXT].context()
    context._seed = seed
    if state is not None:
        context._rng = random.Random()
        context._rng.setstate(state)
    elif hasattr(context, "_rng"):
        del context._rng


@contextmanager
def keras_state_kept():
    """What Keras notes for this thread: its policy, its seed generator and, so that layers are
    named as if nothing had happened, how many of each name there are."""
    home = sys.modules[STATE]
    tracker = home.GLOBAL_STATE_TRACKER  # `keras.utils.clear_session` puts another in its place
    noted, layers = dict(vars(tracker)), dict(vars(tracker).get("object_name_uids", {}))
    try:
        yield
    finally:
        home.GLOBAL_STATE_TRACKER = tracker
        vars(tracker).clear()
        vars(tracker).update(noted)
        if "object_name_uids" in noted:
            noted["object_name_uids"].clear()
            noted["object_name_uids"].update(layers)


def keras_seed_generator():
    """The `keras.random.SeedGenerator` of draws without a seed, or None before the first one."""
    return getattr(sys.modules[STATE].GLOBAL_STATE_TRACKER, "global_seed_generator", None)
