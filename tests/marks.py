"""Marks for some of the cases of a parametrised test."""

import pytest


def weekly(*cases):
    """These cases once a week; the others, which stand beside them, at every run."""
    parameters = (case if isinstance(case, tuple) else (case,) for case in cases)
    return [pytest.param(*values, marks=pytest.mark.weekly) for values in parameters]
