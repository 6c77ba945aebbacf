"""Each measure that makes answers come sooner can be switched off in a server's settings."""

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.bench.speedups import Speedup, environment
from agent.settings import Settings
from agent.speech.ears.transcript import Transcript
from agent.speech.session_options import options
from agent.speech.turn_taking.turn_end import TurnEnd
from agent.speech.voices.base import Voice
from agent.speech.voices.text import Splitter
from render.types import AudioChunk


class Deaf:
    """Ears that nobody asks."""

    async def transcribe(
        self, samples: NDArray[np.int16], vocabulary: tuple[str, ...] = ()
    ) -> Transcript:
        raise AssertionError

    async def turn_over(self, samples: NDArray[np.int16], silence: float) -> float:
        raise AssertionError


class Mute(Voice):
    """A voice that nobody asks."""

    async def say(self, piece: str) -> AudioChunk:
        raise AssertionError


def without(monkeypatch: pytest.MonkeyPatch, *speedups: Speedup) -> Settings:
    for name, value in environment(speedups).items():
        monkeypatch.setenv(name, value)
    return Settings()


@pytest.mark.parametrize("speedup", Speedup)
def test_each_switch_changes_only_how_the_server_listens(
    monkeypatch: pytest.MonkeyPatch, speedup: Speedup
) -> None:
    usual = Settings()
    changed = without(monkeypatch, speedup)
    assert changed.speech != usual.speech
    assert changed.model_copy(update={"speech": usual.speech}) == usual


def test_without_turn_end_half_a_second_of_silence_ends_every_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    policy = TurnEnd.of(without(monkeypatch, Speedup.TURN_END).speech)
    assert policy.needed(0.9, "What is it?") == policy.needed(0.0, "I want the") == 0.5


@pytest.mark.parametrize("on", [True, False])
def test_the_session_hears_of_the_switches(monkeypatch: pytest.MonkeyPatch, on: bool) -> None:
    switched = () if on else (Speedup.SPECULATION, Speedup.FIRST_CLAUSE)
    made = options(without(monkeypatch, *switched).speech, Deaf(), Mute("nobody"))
    assert made.turn_handling["preemptive_generation"]["enabled"] is on
    assert made.tts.first_clause is on


@pytest.mark.parametrize(
    ("first_clause", "pieces"),
    [
        (True, ["Yes, of course I can,", "and gladly."]),
        (False, ["Yes, of course I can, and gladly."]),
    ],
)
def test_without_the_first_clause_whole_sentences_are_voiced(
    first_clause: bool, pieces: list[str]
) -> None:
    splitter = Splitter("en", first_clause)
    for _ in range(2):
        said = [*splitter.push("Yes, of course I can, and gladly."), *splitter.flush()]
        assert said == pieces
