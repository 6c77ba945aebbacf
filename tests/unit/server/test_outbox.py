"""What waits for a client is bounded, and what lasts is not dropped for what passes."""

import asyncio
import logging

import pytest

from agent.events import (
    AgentTranscriptEvent,
    Event,
    PongEvent,
    StateEvent,
    UserTranscriptEvent,
)
from agent.server.outbox import ClientTooSlow, Outbox


def final(turn: int) -> AgentTranscriptEvent:
    return AgentTranscriptEvent(turn=turn, text="Four.", final=True)


async def all_of(outbox: Outbox) -> list[Event]:
    return [await outbox.take_event() for _ in range(len(outbox))]


async def test_events_come_in_order_and_are_waited_for() -> None:
    outbox = Outbox("s")
    waiting = asyncio.create_task(outbox.take_event())
    await asyncio.sleep(0)
    assert not waiting.done()
    outbox.add_event(PongEvent(ping=1))
    outbox.add_event(final(1))
    assert await waiting == PongEvent(ping=1)
    assert await outbox.take_event() == final(1)


async def test_what_passes_gives_way_to_what_lasts(caplog: pytest.LogCaptureFixture) -> None:
    outbox = Outbox("s", most=4)
    partial = UserTranscriptEvent(turn=1, text="How", final=False)
    heard = UserTranscriptEvent(turn=1, text="How late?", final=True)
    with caplog.at_level(logging.WARNING):
        for event in (StateEvent(state="thinking"), heard, partial, final(1), final(2), final(3)):
            outbox.add_event(event)
    assert outbox.dropped == 2
    assert await all_of(outbox) == [heard, final(1), final(2), final(3)]
    assert caplog.text.count("left out") == 1
    assert "How late" not in caplog.text


async def test_a_client_that_keeps_up_with_nothing_is_told_to_come_back() -> None:
    outbox = Outbox("s", most=2)
    for turn in range(3):
        outbox.add_event(final(turn))
    with pytest.raises(ClientTooSlow):
        await outbox.take_event()


async def test_who_was_away_gets_what_lasts() -> None:
    outbox = Outbox("s")
    for event in (StateEvent(state="idle"), final(1), PongEvent(ping=2)):
        outbox.add_event(event)
    assert outbox.take_lasting() == [final(1)]
    assert len(outbox) == 0
