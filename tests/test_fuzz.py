"""Inputs that once did harm, and those that a search for more begins with (see `fuzz.py`)."""

import pytest
from fuzz import KEPT, TARGETS, run

INPUTS = sorted(path for path in KEPT.glob("*/*") if path.is_file())


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_an_input_ends_well_or_in_a_line(path):
    run(path.parent.name, path.read_bytes())


def test_every_target_has_some():
    assert {path.parent.name for path in INPUTS} == set(TARGETS)
