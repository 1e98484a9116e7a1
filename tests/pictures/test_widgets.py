"""Widgets of the lessons, without a browser: controls draw anew, a training tells how far it is."""

import numpy as np
import pytest

from dimlearn import DeepInfoMax, build_encoder
from dimlearn.pictures import canvas, show, widgets


def test_a_control_draws_anew_with_the_values_of_all():
    seen = []

    def draw(weight, kind):
        seen.append((weight, kind))
        figure, axis = canvas()
        axis.set(xlabel="x", ylabel="y")
        return show(figure, f"An empty picture of kind {kind} with weight {weight}.")

    panel = widgets.explorer(draw, weight=(0.0, 1.0, 0.1, 0.5), kind=["one", "two"])
    slider, choice, picture = panel.children
    assert seen == [(0.5, "one")]
    slider.value, choice.value = 0.8, "two"
    assert seen[1:] == [(0.8, "one"), (0.8, "two")]
    assert 'alt="An empty picture of kind two with weight 0.8."' in picture.value
    assert not slider.continuous_update


def test_whole_steps_make_whole_numbers():
    def draw(batch):
        figure, axis = canvas()
        axis.set(xlabel="x", ylabel="y")
        return show(figure, f"An empty picture for a batch of {batch} images.")

    slider = widgets.explorer(draw, batch=(2, 64, 2, 8)).children[0]
    assert type(slider.value) is int


def test_a_training_is_told_while_it_runs(monkeypatch):
    shown = []
    monkeypatch.setattr(widgets, "display", shown.append)
    images = np.random.default_rng(0).random((40, 8, 8, 1), dtype="float32")
    model = DeepInfoMax(build_encoder((8, 8, 1), 4), alpha=1, beta=0)
    model.compile("adam")
    live = widgets.LiveTraining({"global_bound": "global bound"})
    history = model.fit(images, epochs=2, batch_size=10, verbose=0, callbacks=[live])
    (head, picture) = shown[0].children
    bar, label = head.children
    assert (bar.value, bar.max) == (8, 8)
    assert label.value.startswith("batch 8 of 8")
    assert live.history["global_bound"] == pytest.approx(history.history["global_bound"])
    assert "after epoch 2, in nats: global bound" in picture.value


@pytest.mark.parametrize("steps, words", [(4, "batch 4 of 4, "), (None, "batch 10, ")])
def test_no_batch_is_told_past_the_last(monkeypatch, steps, words):
    """Of ten steps in one execution, where an epoch has four, or nobody knows how many it has."""
    shown = []
    monkeypatch.setattr(widgets, "display", shown.append)
    live = widgets.LiveTraining()
    live.set_params({"steps": steps, "epochs": 1})
    live.on_train_begin()
    live.on_epoch_begin(0)
    live.on_train_batch_end(9)
    live.on_train_end()
    label = shown[0].children[0].children[1]
    assert label.value.startswith(words)
