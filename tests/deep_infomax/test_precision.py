"""Mixed precision: whose layers compute in what, and who scales a loss."""

import pytest

from dimlearn.deep_infomax import FusedAdam
from dimlearn.deep_infomax.precision import precision, scaled_like
from dimlearn.startup import keras


def test_layers_are_made_in_the_precision_that_is_asked_for():
    before = keras.config.dtype_policy()
    with pytest.raises(KeyboardInterrupt), precision("mixed_bfloat16"):
        assert keras.layers.Dense(1).compute_dtype == "bfloat16"
        raise KeyboardInterrupt
    assert keras.config.dtype_policy() == before


def test_the_other_player_scales_its_loss_too():
    scaling = keras.optimizers.LossScaleOptimizer
    plain, scaled = FusedAdam(), scaling(FusedAdam())
    assert scaled_like(plain, plain) is plain and scaled_like(plain, scaled) is scaled
    assert scaled_like(scaled, scaled) is scaled
    assert scaled_like(scaled, plain).inner_optimizer is plain
