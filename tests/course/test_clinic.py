"""The clinic of lesson 10: what it says of guesses, and which part of a trainer is faulty."""

import pydoc
from dataclasses import replace

import numpy as np
import pytest

from dimlearn import InputError
from dimlearn.course import clinic
from dimlearn.data import load


def guess(number, letter):
    """What is said to a learner who guesses this number for this letter."""
    return clinic.opened(letter, lambda: {letter: number})


@pytest.mark.parametrize("letter", clinic.PATIENTS)
def test_a_right_guess_opens_the_code_and_a_wrong_one_gives_a_clue(letter):
    sick = clinic.PATIENTS[letter]
    code = f"def {sick.fault.__name__}(" if sick.told else "Its code stays closed"
    assert guess(sick.suspect, letter).startswith("Right") and code in guess(sick.suspect, letter)
    assert code in guess(0, letter)  # given up
    assert sick.told or "def " not in guess(0, letter)
    for wrong in set(clinic.SUSPECTS) - {sick.suspect}:
        clue = guess(wrong, letter)
        assert "not this" in clue and "def " not in clue and clinic.SUSPECTS[wrong][0] in clue


def test_without_a_guess_nothing_is_opened():
    for nothing in (unwritten, lambda: {}, lambda: {"A": None}, lambda: {"A": "few"}):
        words = clinic.opened("A", nothing)
        assert "to be guessed" in words and "def " not in words


def test_every_patient_has_a_fault_of_its_own_and_a_sign_is_known_for_all():
    suspects = [sick.suspect for sick in clinic.PATIENTS.values()]
    assert len(set(suspects)) == len(suspects) < len(clinic.SUSPECTS)
    assert all(sick.part in clinic.HEALTHY for sick in clinic.PATIENTS.values())
    for number, (name, sign) in clinic.SUSPECTS.items():
        assert f"{number}  {name}" in clinic.suspects() and sign.endswith(".")


def noise_for_every_picture(images, rng):
    for batch in clinic.batches(images, rng):
        yield batch + 0.3 * rng.normal(size=batch.shape)


def noise_for_every_batch(images, rng):
    for batch in clinic.batches(images, rng):
        yield batch + 0.3 * rng.normal(size=batch.shape[1:])


def noise_for_every_image(images, rng):
    noisy = images.x_train + 0.3 * rng.normal(size=images.x_train.shape)
    return clinic.batches(replace(images, x_train=noisy), rng)


def eight_noises_in_turn(images, rng):
    noises = 0.3 * rng.normal(size=(8, clinic.BATCH, *images.image_shape))
    for number, batch in enumerate(clinic.batches(images, rng)):
        yield batch + noises[number % 8]


def test_a_noise_that_comes_back_is_seen_on_blank_images():
    images = load("digits", limit=200)
    for repeated in (noise_for_every_batch, noise_for_every_image, clinic.batches_of_d):
        noise = clinic.noises(repeated, images, seed=0)
        assert noise.shape == (2 * clinic.BATCH, *images.image_shape)
        assert noise.std() == pytest.approx(0.3, abs=0.01) and clinic.most_alike(noise) < 1e-6
    for batches, lowest, highest in (
        (eight_noises_in_turn, 0, 1e-6),  # two batches do not see it
        (noise_for_every_picture, 0.35, 0.42),
    ):
        noise = clinic.noises(batches, images, seed=0, count=20)
        assert lowest <= clinic.most_alike(noise) < highest


def test_what_e_was_shown_is_told_from_other_ways_to_prepare_images():
    images = load("digits", limit=1000)
    plain, shown = clinic.shown_by("E", images, seed=0)
    within, image = plain.std(axis=0), (1, 2, 3)

    def apart(prepared):
        return np.abs(prepared - shown).mean()

    for small in (1e-8, 1e-3, 1e-2):
        assert apart((plain - plain.mean(axis=0)) / (within + small)) < 0.05
    centred = plain - plain.mean(axis=image, keepdims=True)
    for wrong in (plain, 2 * plain - 1, (plain - plain.mean()) / plain.std(),
                  plain - plain.mean(axis=0), plain / (within + 1e-3),
                  centred / plain.std(axis=image, keepdims=True)):  # fmt: skip
        assert apart(wrong) > 0.2
    mean, deviation = images.x_train.mean(axis=0), images.x_train.std(axis=0)
    by_other_images = (plain - mean) / (deviation + 1e-3)
    assert apart(by_other_images) > 0.05  # the batch's own numbers, as the two means tell
    assert np.abs(by_other_images.mean(axis=0)).max() > 0.2
    assert np.abs(shown.mean(axis=0)).max() < 0.01


def test_the_help_on_the_clinic_gives_no_patient_away():
    words = pydoc.plain(pydoc.render_doc(clinic))
    assert "batches(images, rng)" in words and "opened(letter, diagnosis)" in words
    for letter, sick in clinic.PATIENTS.items():
        assert sick.fault.__name__ not in words and f"suspect={sick.suspect}" not in words
        assert clinic.SUSPECTS[sick.suspect][0] not in words, letter


@pytest.mark.parametrize("wrong, words", [
    (lambda images, rng: [images.x_train[:64]] * 3, "your batches ended after 3; they must never"),
    (lambda images, rng: [images.x_train[:9]], r"your batch 0 has the shape \[9, 28, 28, 1\]"),
])  # fmt: skip
def test_batches_that_end_or_have_another_size_are_told(wrong, words):
    with pytest.raises(InputError, match=words):
        list(clinic.first_batches(wrong, load("digits", limit=200), np.random.default_rng(0), 5))


def unwritten(*arguments):
    raise NotImplementedError


@pytest.mark.slow
@pytest.mark.parametrize("letter", ["A", "B", "C"])
def test_an_unwritten_part_is_replaced_by_a_healthy_one(letter, capsys, monkeypatch):
    def step(images, prior, encoder, critic, *others):
        return critic(*encoder(images, training=True))[0, 0, 0], 0.0

    monkeypatch.setattr(clinic, "STEPS", 2)
    trained = clinic.retrained(letter, unwritten, load("digits", limit=200), step, seed=0)
    assert f"To do: the part of patient {letter}" in capsys.readouterr().out
    assert len(trained.losses) == 2 and trained.moved == 0
