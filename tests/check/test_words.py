"""What a learner reads about an exercise uses no term that the lessons have not used before it."""

import re
from pathlib import Path

import pytest

from dimlearn import check
from dimlearn.check.syllabus import LESSON_OF

ROOT = Path(__file__).resolve().parents[2]
LESSONS = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "solutions").glob("*.py"))
)

# Terms of the field, and what a lesson may have said instead of the same word.
TERMS = {
    "sigmoid": "sigmoid",
    "softplus": "softplus",
    "logit": "logit",
    "squashed": "squash",
    "saturating": "saturating",
    "nats": "nat",
    "marginals?": "marginal",
    "critic": "critic",
    "discriminator": "discriminator",
    "prior": "prior",
    "probe": "probe",
    "bound": "bound",
    "log-probability": "log-probability",
    "JSD": "JSD",
    "DV": "DV",
    "InfoNCE": "InfoNCE",
    "batch normalisation": "atch ?[Nn]ormali[sz]ation",
    "1x1 convolution": "1x1 convolution",
    "correlation matrix": "correlation\n?#? ?matrix",
    "total correlation": "total correlation",
    "cross-entropy": "cross-entropy",
    "log-mean-exp": "log-mean-exp",
    "log-softmax": "log-softmax",
    "fine-tuning": "fine-tuning",
    "contract": "contract",
    "offset": "offset",
    "fake": "fake",
    "GAN": r"\bGAN\b",
    "competitors?": "competitor",
    "unbiased": "unbiased",
    "derangement": "derangement",
    "conditional entropy": "conditional entropy",
}


def texts(judge):
    """All that is said about an exercise, without code."""
    exercise = judge.exercise
    messages = [mistake.message for mistake in exercise.mistakes]
    words = [exercise.meaning, exercise.explanation, *exercise.hints, *messages]
    return re.sub(r"`[^`]*`", "", "\n".join(words))


@pytest.mark.parametrize("name", LESSON_OF)
def test_terms_are_used_after_the_lessons_have_used_them(name):
    before = LESSONS[: LESSONS.index(f"check.{name}(")]
    said = texts(getattr(check, name))
    early = [
        term
        for term, introduced in TERMS.items()
        if re.search(rf"\b{term}\b", said, re.IGNORECASE if term.islower() else 0)
        and not re.search(introduced, before, re.IGNORECASE if introduced.islower() else 0)
    ]
    assert not early
