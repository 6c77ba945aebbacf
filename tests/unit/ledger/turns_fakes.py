"""Turns for the ledger's tests."""

from collections.abc import Callable
from typing import Literal

from agent.ledger.turns import Ledger, Mark, TurnRecord

MARKS = (
    (Mark.SPEECH_END, 10.0),
    (Mark.TRANSCRIPT, 10.15),
    (Mark.ANSWER, 10.18),
    (Mark.TURN_END, 10.25),
    (Mark.VOICE, 10.26),
    (Mark.MOTION, 10.28),
    (Mark.DRAWN, 10.29),
    (Mark.ENCODED, 10.295),
    (Mark.DISPLAYED, 10.345),
)


def turn_to(
    *sinks: Callable[[TurnRecord], None],
    session: str = "s",
    turn: int = 1,
    source: Literal["voice", "text", "greeting"] = "voice",
    slower: float = 0.0,
) -> None:
    """Gives a turn of 345 ms to the sinks; its last layer `slower` seconds longer."""
    ledger = Ledger(session, sinks)
    record = ledger.open(turn, source)
    record.clock_offset_ms, record.clock_uncertainty_ms = 0.4, 1.25
    for mark, at in MARKS:
        ledger.mark(turn, mark, at + slower * (mark is Mark.DISPLAYED))
