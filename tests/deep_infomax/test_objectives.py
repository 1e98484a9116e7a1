"""The objectives: which pairs a bound is handed, and the weighted sum."""

import numpy as np
import pytest

from dimlearn.deep_infomax import DotProductCritic
from dimlearn.deep_infomax.objectives import (
    dim_loss,
    global_objective,
    local_objective,
    mean_over_locations,
)
from dimlearn.information.bounds import jsd, jsd_bound, local_jsd
from dimlearn.startup import keras

RNG = np.random.default_rng(0)
MAPS = RNG.normal(size=(4, 2, 3, 5)).astype("float32")  # [N, M, M', C]
CODES = RNG.normal(size=(4, 2)).astype("float32")  # [N, D]


def new_critic(locations, features):
    keras.utils.set_random_seed(1)
    critic = DotProductCritic(6)
    critic.build((None, locations, features), (None, 2))
    return critic


def test_bounds_enter_with_a_minus_and_the_priors_loss_with_a_plus():
    assert dim_loss(2.0, 3.0, 5.0, alpha=1.0, beta=0.5, gamma=0.1) == pytest.approx(-3.0)


def test_the_global_objective_sees_the_whole_map():
    critic = new_critic(1, 30)
    whole = MAPS.reshape(4, 1, 30)
    assert float(global_objective(critic, jsd_bound, MAPS, CODES)) == pytest.approx(
        float(jsd_bound(critic(whole, CODES)[..., 0]))
    )
    positive, negative = critic.matched(whole, CODES)
    one = global_objective(critic, jsd, MAPS, CODES, negatives="one")
    assert float(one) == pytest.approx(float(jsd(positive, negative)))


def test_the_local_objective_sees_every_location():
    critic = new_critic(6, 5)
    places = MAPS.reshape(4, 6, 5)
    scores = critic(places, CODES)
    value = float(local_objective(critic, local_jsd, MAPS, CODES))
    assert value == pytest.approx(float(local_jsd(scores)))
    averaged = local_objective(critic, mean_over_locations(jsd_bound), MAPS, CODES)
    assert float(averaged) == pytest.approx(value, abs=1e-6)
    one = local_objective(critic, jsd, MAPS, CODES, negatives="one")
    assert float(one) == pytest.approx(float(jsd(*critic.matched(places, CODES))))
