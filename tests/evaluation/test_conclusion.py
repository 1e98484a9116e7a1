"""The paragraph: what it says of two rows is read off their difference in pairs."""

import itertools

import numpy as np
import pytest

from dimlearn import data
from dimlearn.evaluation import Settings
from dimlearn.evaluation.conclusion import conclusion
from dimlearn.evaluation.report import summarise

CONTROLS = ("pixels", "random", "pca", "supervised", "standard")
LABELS = ("supervised", "standard")


def invented(half=0.02, added=(), seeds=1, **means):
    """Results of rows with these accuracies of the linear probe, and less of the others; their
    differences have intervals of `half` each way."""
    less = {"linear": 0.0, "labels_10": 0.1, "knn": 0.2, "knn_whitened": 0.3}
    rows = [
        {
            "name": name, "control": name in CONTROLS, "labels": name in LABELS,
            "added": name in added,
            "scores": {probe: {"mean": mean - fewer} for probe, fewer in less.items()},
        }
        for name, mean in means.items()
    ]  # fmt: skip
    differences = []
    for name, minus in itertools.permutations(means, 2):
        mean = means[name] - means[minus]
        interval = {
            "mean": mean,
            "low": mean - half,
            "high": mean + half,
            "spread": "9 test images",
        }
        differences += [
            {"encoder": name, "minus": minus, "score": probe, **interval}
            for probe in less
            if minus in CONTROLS
        ]
    return {"rows": rows, "differences": differences, "settings": {"seeds": seeds}}


def test_the_conclusion_follows_the_differences():
    won = conclusion(invented(pixels=0.5, random=0.6, local=0.9, supervised=0.95))
    assert won.startswith("With a linear probe, the best Deep InfoMax code is local, 90.0 %. Local")
    assert (
        "Local (90.0 %) is ahead of pixels (50.0 %) and random (60.0 %); it is behind supervised "
        "(95.0 %)."
    ) in won
    assert "On ten labels a class local (80.0 %) is ahead of pixels (40.0 %) and random" in won
    assert "With neighbours local (70.0 %) is ahead of pixels (30.0 %) and random" in won
    assert "Supervised saw every label before the probe." in won
    assert "With neighbours among whitened codes local (60.0 %) is ahead of pixels (20.0 %)" in won
    assert "read off 12 differences in pairs" in won
    assert "as wide as 9 test images leave them." in won
    assert won.endswith("another seed may differ.")
    assert not conclusion(invented(random=0.6, local=0.9, seeds=3)).endswith("may differ.")


def test_the_conclusion_admits_defeat_and_doubt():
    lost = conclusion(invented(pixels=0.9, random=0.6, local=0.61, mixed=0.59))
    assert (
        "code is local, 61.0 % (the best of 2 on these images, which flatters it a little)" in lost
    )
    doubt = "cannot be told apart from random (difference +1.0, interval -1.0 to +3.0)"
    assert f"Local (61.0 %) is behind pixels (90.0 %); it {doubt}." in lost
    doubt = "cannot be told apart from random (difference -1.0, interval -3.0 to +1.0)"
    assert f"Mixed (59.0 %) is behind pixels (90.0 %); it {doubt}." in lost
    assert conclusion(invented(pixels=0.9)).startswith("No encoder was trained")
    assert conclusion(invented(local=0.9)) == (
        "With a linear probe, the best Deep InfoMax code is local, 90.0 %."
    )


def test_yours_is_compared_as_any_encoder():
    both = conclusion(invented(random=0.6, local=0.8, mine=0.9, added=["mine"]))
    assert "the best Deep InfoMax code is local, 80.0 %. Local" in both
    assert "Mine (90.0 %) is ahead of random (60.0 %)." in both
    alone = conclusion(invented(random=0.6, mine=0.9, added=["mine"]))
    assert alone.startswith("Mine (90.0 %) is ahead of random (60.0 %). On ten labels a class mine")


# ---------------------------------------------------------------- single intervals mislead


def judged(**correct):
    """The conclusion on rows that get these test images right with a linear probe."""
    images = len(next(iter(correct.values())))
    pixels, labels = np.zeros((10, 8, 8, 1), np.uint8), np.arange(10) % 2
    dataset = data.from_arrays(
        pixels, labels, np.zeros((images, 8, 8, 1), np.uint8), np.arange(images) % 2
    )
    parts = [
        {"name": name, "seed": 0, "history": {}, "seconds": 1.0, "layers": {},
         "correct": {"linear": np.array([right])}}
        for name, right in correct.items()
    ]  # fmt: skip
    results = summarise(parts, Settings(rows=tuple(correct)), dataset)
    scores = {row["name"]: row["scores"]["linear"] for row in results["rows"]}
    return conclusion(results), scores


def test_intervals_that_overlap_hide_a_sure_difference():
    """Ten images of four hundred that only one of the rows gets right, and none the other way."""
    images = np.arange(400)
    said, scores = judged(local=images < 360, supervised=images < 370)
    assert scores["local"]["high"] > scores["supervised"]["mean"]  # far into each other
    assert scores["supervised"]["low"] < scores["local"]["mean"]
    assert "Local (90.0 %) is behind supervised (92.5 %)." in said
    assert "cannot be told apart" not in said


def test_a_gap_that_looks_large_may_be_none():
    """Two rows that are right on other images: the same gap of ten, of 200 where they differ."""
    images = np.arange(400)
    said, _ = judged(local=images < 205, supervised=(images >= 185))
    assert "cannot be told apart from supervised (difference -2.5, interval " in said
    assert "is behind" not in said and "is ahead" not in said


@pytest.mark.parametrize("more, verdict", [(3, "cannot be told apart"), (4, "is behind")])
def test_the_verdict_turns_where_the_interval_leaves_0(more, verdict):
    images = np.arange(400)
    said, _ = judged(local=images < 360, random=images < 360 + more)
    assert f"Local (90.0 %) {verdict}" in said
