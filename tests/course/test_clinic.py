"""The clinic of lesson 10: what it says of guesses, and which part of a trainer is faulty."""

import pytest

from dimlearn.course import clinic
from dimlearn.data import load


def guess(number, letter):
    """What is said to a learner who guesses this number for this letter."""
    return clinic.opened(letter, lambda: {letter: number})


@pytest.mark.parametrize("letter", clinic.PATIENTS)
def test_a_right_guess_opens_the_code_and_a_wrong_one_gives_a_clue(letter):
    sick = clinic.PATIENTS[letter]
    code = f"def {sick.fault.__name__}("
    assert guess(sick.suspect, letter).startswith("Right") and code in guess(sick.suspect, letter)
    assert code in guess(0, letter)  # given up
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
