"""Pictures of codes and trainers under examination."""

import numpy as np

from dimlearn.pictures import diagnosis


def test_the_words_of_spectra_name_every_first_share():
    shares = {"narrow": np.array([0.9, 0.1]), "wide": np.array([0.5, 0.5])}
    assert "narrow 90 percent, wide 50 percent" in diagnosis.spectra(shares).alt


def test_the_words_of_losses_say_where_each_begins_and_ends():
    picture = diagnosis.losses_beside(np.array([1.0, -1.0]), {"A": np.array([2.0, 3.0])})
    assert "healthy from 1.0 to -1.0; A from 2.0 to 3.0" in picture.alt
    assert picture.png[:4] == b"\x89PNG"


def test_the_words_of_seeds_are_means_in_percent():
    picture = diagnosis.by_seed({"pixels": [0.3], "code": [0.4, 0.6]}, "test accuracy in percent")
    assert "pixels 30, code 50" in picture.alt


def test_the_words_of_several_probes_hold_every_accuracy():
    codes = {
        "a": {"linear": (0.5, 0.4, 0.6), "ten labels": (0.3, 0.2, 0.4)},
        "b": {"linear": (0.7, 0.6, 0.8), "ten labels": (0.25, 0.2, 0.3)},
    }
    assert "by linear, ten labels. a 50, 30; b 70, 25." in diagnosis.side_by_side(codes).alt
