"""Each process of the tests has one core: more threads would only wait for one another."""

import gc
import os

import pytest

if "PYTEST_XDIST_WORKER" in os.environ:
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(name, "1")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """The notebooks first: they take longest, and what is begun last is waited for."""
    for item in items:
        if item.get_closest_marker("weekly"):
            item.add_marker("slow")
    items.sort(key=lambda item: "test_lessons.py" not in item.nodeid)


def pytest_collection_finish():
    """What was imported stays: whoever collects garbage need not look through TensorFlow."""
    gc.freeze()
