"""A socket that fails is told of by its kind, and never by its words."""

import asyncio
import logging
from typing import Any

import pytest

from agent.events import AgentTranscriptEvent, StateEvent
from agent.server.hub import Hub, SessionSeat
from agent.server.socket import CLOSE_LATER, converse


class Broken:
    """A WebSocket that takes nothing, or nothing in time."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.closed: list[int] = []

    async def receive(self) -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    async def send_text(self, text: str) -> None:
        if self.error is not None:
            raise self.error

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.closed.append(code)


async def seat_of(hub: Hub) -> SessionSeat:
    return await hub.admit(None)


class Quiet:
    async def handle(self, event: object) -> None: ...

    def rejoin(self) -> None: ...

    async def close(self, reason: str) -> None: ...


async def made(seat: SessionSeat, persona: str | None, avatar: str | None) -> Any:
    return Quiet()


async def test_a_sender_that_fails_is_logged_without_what_was_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    hub = Hub(1, 5.0, made, lambda count: None)
    seat = await seat_of(hub)
    seat.emit(StateEvent(state="idle"))
    with caplog.at_level(logging.ERROR):
        socket: Any = Broken(OSError("my secret words"))
        async with asyncio.timeout(5):
            await converse(hub, seat, socket)
    assert "its socket failed: OSError" in caplog.text
    assert "secret" not in caplog.text
    assert not seat.connected


async def test_a_client_that_is_too_slow_may_come_back() -> None:
    hub = Hub(1, 5.0, made, lambda count: None)
    seat = await seat_of(hub)
    for turn in range(1_002):
        seat.emit(AgentTranscriptEvent(turn=turn, text="Yes.", final=True))
    socket: Any = Broken(None)
    async with asyncio.timeout(5):
        await converse(hub, seat, socket)
    assert socket.closed == [CLOSE_LATER]
    hub.connect(seat)
    assert len(seat.outbox) > 900
