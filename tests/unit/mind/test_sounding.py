"""Whole questions recognised by their sound."""

import pytest

from agent.mind.retrieval.grounded import LIKELY, Decision, by_sound
from agent.mind.retrieval.knowledge import Fact, Knowledge
from agent.mind.retrieval.sounding import Sounded, Sounding, consonants

KNOWLEDGE = Knowledge(
    (
        Fact("Keys", "It needs no key.", ("Do I need an API key?", "Must I register?")),
        Fact("Licence", "It is open source.", ("Is it open source?",)),
    ),
    gaps=("Do I need an umbrella?",),
)


@pytest.mark.parametrize(
    ("heard", "fact"),
    [("do i need an ape i key", 0), ("is it open sauce", 1), ("tow I needan APIk", 0)],
)
def test_the_question_that_sounds_alike(heard: str, fact: int) -> None:
    found = Sounding(KNOWLEDGE).find_by_sound(heard)
    assert found is not None
    assert found.fact == fact


@pytest.mark.parametrize("said", ["do I need an umbrella", "what is the price of gold", "", "no"])
def test_none_sounds_alike(said: str) -> None:
    assert Sounding(KNOWLEDGE).find_by_sound(said) is None


def test_voiced_and_voiceless_are_one_sound() -> None:
    assert consonants("big vase") == consonants("pick face")


def test_sound_decides_only_where_meaning_does_not() -> None:
    sure, unknown, guess = Decision((4,), 0.9), Decision((), 0.0), Decision((4,), 0.2)
    assert by_sound(Sounded(1, 95), sure) is sure
    assert by_sound(Sounded(1, 95), unknown).sure
    assert by_sound(Sounded(1, 86), unknown) == Decision((1,), LIKELY)
    assert by_sound(Sounded(1, 86), guess) is guess
    assert by_sound(None, unknown) is unknown
