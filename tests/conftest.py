"""Each process of the tests has one core: more threads would only wait for one another."""

import os

if "PYTEST_XDIST_WORKER" in os.environ:
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(name, "1")


def pytest_collection_modifyitems(items):
    """The notebooks first: they take longest, and what is begun last is waited for."""
    items.sort(key=lambda item: "test_lessons.py" not in item.nodeid)
