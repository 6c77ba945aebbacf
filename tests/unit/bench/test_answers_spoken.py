"""Questions that are spoken before they are asked."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.bench.answers_spoken import QuestionRecogniser, said, words_wrong
from agent.mind.persona.persona import load_persona
from agent.settings import MindSettings
from agent.speech.ears.transcript import Transcript


class Ears:
    """Notes what it is given, and hears the same whatever is said."""

    def __init__(self) -> None:
        self.given: list[tuple[int, tuple[str, ...]]] = []

    def transcribe(self, samples: NDArray[np.int16], names: tuple[str, ...]) -> Transcript:
        self.given.append((len(samples), names))
        return Transcript("What is visa viz?", 0.9)


def test_the_recogniser_knows_the_names_of_the_persona() -> None:
    ears: Any = Ears()
    listener = QuestionRecogniser(ears, lambda text: np.zeros(len(text), np.int16))
    vera = load_persona(MindSettings().prompts_dir, "vera")
    assert listener.recognise("What?", vera) == "What is visa viz?"
    assert ears.given == [(5, ("Visavis", "Vera"))]


def test_a_voice_says_the_same_words_alike() -> None:
    once, again = said("Are you open?"), said("Are you open?")
    assert len(once) > 8_000
    assert np.array_equal(once, again)


@pytest.mark.parametrize(
    ("pairs", "wrong"),
    [
        ([("What is it?", "what is it")], 0.0),
        ([("What is it?", "what was it")], 1 / 3),
        ([("one two three", ""), ("four", "four")], 3 / 4),
        ([], 0.0),
    ],
)
def test_words_wrong(pairs: list[tuple[str, str]], wrong: float) -> None:
    assert words_wrong(pairs) == pytest.approx(wrong)
