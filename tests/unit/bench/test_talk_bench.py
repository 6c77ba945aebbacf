"""What the talk bench makes of a recorded conversation: early, late, right and missing answers."""

from typing import Any

import numpy as np
import pytest

from agent.bench.lab.material import RATE, SpokenSentence, script
from agent.bench.lab.record import Talk
from agent.bench.lab.tracks import Track
from agent.bench.talk import answered_early, is_right, measure
from agent.ledger.turns import LAYERS

SECOND = np.ones(RATE, np.int16)
SAID = [SpokenSentence("Is it free?", SECOND, (("free",),)) for _ in range(3)]
TRACK = script(SAID, 1.0, [4.0] * 3)


def received(at_ms: float, **event: Any) -> dict[str, Any]:
    return {"direction": "received", "at_ms": at_ms, "event": event}


def lips(watch: int, at_ms: float) -> list[dict[str, Any]]:
    shown = {"type": "displayed", "watch": watch, "at_ms": at_ms}
    return [
        received(at_ms - 50, type="watch", what="lips", watch=watch),
        {"direction": "sent", "at_ms": at_ms, "event": shown},
    ]


def turn(at_ms: float) -> dict[str, Any]:
    layers = [{"name": name, "ms": 10.0} for name, _ in LAYERS]
    return received(at_ms, type="turn", layers=layers)


def talk(*log: dict[str, Any]) -> Talk:
    voice = Track(0.0, np.zeros(1, np.int16))
    return Talk(SAID, TRACK, 0.0, voice, list(log), [], [])


def end(index: int) -> float:
    return TRACK.ends[index] * 1000 / RATE


def test_an_answer_that_is_still_spoken_is_one_and_its_layers_add_up() -> None:
    recorded = talk(
        *lips(1, end(0) + 400),
        turn(end(0) + 450),
        received(end(0) + 350, type="agent_transcript", text="It is free.", final=False),
    )
    measured = measure(recorded, 0)
    assert measured is not None
    assert measured.voice_to_voice_ms == pytest.approx(400)
    assert sum(measured.layers.values()) == pytest.approx(400)
    assert is_right(SAID[0], measured)
    assert not answered_early(recorded, 0)


def test_who_is_answered_before_the_end_was_cut_short() -> None:
    recorded = talk(*lips(1, end(1) - 300), *lips(2, end(1) + 500), turn(end(1) + 550))
    assert answered_early(recorded, 1)
    measured = measure(recorded, 1)
    assert measured is not None
    assert measured.voice_to_voice_ms == pytest.approx(500)
    assert not is_right(SAID[1], measured)


def test_no_answer_is_no_figure() -> None:
    assert measure(talk(), 2) is None
    assert not answered_early(talk(), 2)
