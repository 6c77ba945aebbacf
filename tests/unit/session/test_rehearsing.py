import asyncio

import numpy as np
import pytest

from agent.errors import ModelUnavailable
from agent.speech import rehearsal as rehearsing
from agent.speech.rehearsal import Rehearsal
from agent.speech.voices.base import Voice
from render.types import AudioChunk

pytestmark = pytest.mark.asyncio


class Noting(Voice):
    """Notes what it says; its process is down for some of it."""

    def __init__(self, name: str = "noting", down: bool = False) -> None:
        super().__init__(name)
        self.said: list[str] = []
        self.down = down

    async def say(self, piece: str) -> AudioChunk:
        self.said.append(piece)
        if self.down:
            raise ModelUnavailable("The process of the voice is down.")
        return AudioChunk(np.zeros(240, np.int16))


LINES = [
    "It needs no graphics card: everything runs on the processor.",
    "It is free. There is no fee.",
    "It is free. Nobody pays.",
]


async def test_the_first_clause_of_every_line_is_voiced_once() -> None:
    voice, rehearsal = Noting(), Rehearsal(lambda: False)
    rehearsal.add_lines(voice, LINES)
    await rehearsal.wait_until_done()
    rehearsal.add_lines(voice, LINES)
    await rehearsal.wait_until_done()
    assert voice.said == ["It needs no graphics card:", "It is free."]


async def test_the_first_sentence_is_where_clauses_are_not_voiced_alone() -> None:
    voice, rehearsal = Noting(), Rehearsal(lambda: False, first_clause=False)
    rehearsal.add_lines(voice, LINES[:1])
    await rehearsal.wait_until_done()
    assert voice.said == LINES[:1]


async def test_it_gives_way_to_who_is_being_talked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsing, "PAUSE_SECONDS", 1_000)
    voice, rehearsal = Noting(), Rehearsal(lambda: True)
    rehearsal.add_lines(voice, LINES)
    await asyncio.sleep(0.01)
    assert len(voice.said) == 1
    await rehearsal.aclose()


async def test_a_voice_that_is_down_does_not_keep_the_others_waiting() -> None:
    down, up, rehearsal = Noting("down", down=True), Noting("up"), Rehearsal(lambda: False)
    rehearsal.add_lines(down, LINES)
    rehearsal.add_lines(up, LINES)
    await rehearsal.wait_until_done()
    assert len(down.said) == 1
    assert len(up.said) == 2


async def test_nothing_of_a_visitor_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    voice, rehearsal = Noting(), Rehearsal(lambda: False)
    rehearsal.add_lines(voice, ["Welcome, Ada."], visitor="s1")
    await rehearsal.wait_until_done()
    assert voice.said == ["Welcome, Ada."]
    assert "Ada" not in str(vars(rehearsal))


async def test_what_waits_for_a_visitor_goes_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsing, "PAUSE_SECONDS", 1_000)
    voice, rehearsal = Noting(), Rehearsal(lambda: True)
    rehearsal.add_lines(voice, LINES)
    rehearsal.add_lines(voice, ["Welcome, Ada.", "Your table is ready, Ada."], visitor="s1")
    await asyncio.sleep(0.01)
    before = rehearsal.waiting
    rehearsal.forget_visitor("s1")
    assert rehearsal.waiting == before - 2
    await rehearsal.aclose()


async def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsing, "MOST_REMEMBERED", 3)
    voice, rehearsal = Noting(), Rehearsal(lambda: False)
    rehearsal.add_lines(voice, [f"Sentence number {number}." for number in range(9)])
    await rehearsal.wait_until_done()
    assert len(voice.said) == 9
    assert len(rehearsal._rehearsed) == 3
