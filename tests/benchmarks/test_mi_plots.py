"""The pictures of MI estimates: what they show, and that every axis says what it measures."""

import mi_plots
import numpy as np
import pytest
from mi_staircase import Staircase


def drawn(figure, tmp_path):
    figure.savefig(tmp_path / "figure.png", dpi=40)
    assert (tmp_path / "figure.png").stat().st_size > 3000
    return figure


@pytest.fixture
def climbed():
    rng = np.random.default_rng(0)
    fresh = [{"DV": 1.8, "NWJ": -40.0, "SMILE-5": 1.9, "InfoNCE": 1.7}] * 2
    return Staircase(np.array([2.0, 4.0]), rng.normal(size=(600, 4)), fresh, 4.85, 2048)


def test_staircase_shows_truth_trace_mean_and_ceiling(climbed, tmp_path):
    figure, text = mi_plots.staircase({"Gaussian": climbed, "cubed": climbed})
    axes = drawn(figure, tmp_path).axes
    assert len(axes) == 8 and axes[0].get_ylabel() == "nats"
    assert axes[4].get_xlabel() == "training step"
    in_infonce = {line.get_label() for line in axes[3].lines}
    assert {"each batch", "mean of 200", "truth", "log N", "2048 fresh pairs"} <= in_infonce
    assert "log N" not in {line.get_label() for line in axes[0].lines}
    assert "2, 4 nats" in text and "DV of fresh pairs 1.80, 1.80" in text


def test_exact_critic_has_a_panel_for_every_formula(tmp_path):
    rng = np.random.default_rng(0)
    read = {
        level: {name: level + rng.normal(size=30) for name in mi_plots.READOUT_STYLES}
        for level in (0.5, 2.0)
    }
    figure, text = mi_plots.exact_critic(read)
    shown = [axis for axis in drawn(figure, tmp_path).axes if axis.get_visible()]
    assert [axis.get_title() for axis in shown] == list(mi_plots.READOUT_STYLES)
    assert "means at 2 nats" in text


def test_score_matrices_tell_how_the_diagonal_leads(tmp_path):
    matrices = [np.zeros((4, 4)), 3 * np.eye(4)]
    figure, text = mi_plots.score_matrices(matrices, ["before", "after"])
    drawn(figure, tmp_path)
    assert "before 0.0, after 3.0 nats" in text


def test_the_task_map_leaves_out_what_was_not_estimated(tmp_path):
    figure, text = mi_plots.task_map(
        {"easy": 1.0, "hard": 2.0}, {"good": {"easy": 1.1, "hard": 1.9}, "half": {"easy": 0.5}}
    )
    axis = drawn(figure, tmp_path).axes[0]
    assert [cell.get_text() for cell in axis.texts] == ["1.10", "0.50", "1.90", ""]
    assert "good 0.100, half 0.500" in text


def test_moving_average_by_loops():
    values = np.random.default_rng(0).normal(size=30)
    expected = [values[max(0, i - 6) : i + 1].mean() for i in range(30)]
    np.testing.assert_allclose(mi_plots.moving_average(values, 7), expected)
