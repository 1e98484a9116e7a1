"""The small models that answers are given."""

import warnings

import numpy as np
import pytest

from dimlearn.check import models
from dimlearn.check.sandbox.call import Call, LearnerError


def test_values_are_copies_and_are_read_without_a_warning():
    encoder = models.encoder()
    with warnings.catch_warnings(action="error"):
        before = models.values(encoder.weights)
        outputs = models.values(encoder(models.images(2)))
    kernel = before[0].copy()
    encoder.weights[0].assign(0 * encoder.weights[0])
    assert np.array_equal(before[0], kernel) and np.any(kernel)
    assert [output.shape for output in outputs] == [(2, 3, 3, 2), (2, 3)]


def test_time_that_is_up_is_no_fault_of_an_answer_of_the_catalogue():
    """It was remembered as one, and the mistake not recognised any more."""

    class TimeIsUp(BaseException):
        pass

    def interrupted(error):
        raise error

    with pytest.raises(TimeIsUp):
        Call(interrupted)(TimeIsUp())
    with pytest.raises(LearnerError):
        Call(interrupted)(ValueError())
