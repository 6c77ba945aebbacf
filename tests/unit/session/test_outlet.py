"""The client offers again, or leaves while its offer is being answered."""

import asyncio

import pytest
from talking import Wire

from agent.errors import NotFound
from agent.events import AnswerEvent, Event, OfferEvent
from agent.session.io import Microphone
from agent.session.outlet import MediaOutlet
from agent.session.timeline import Timeline
from agent.transport.base import Presentation, Transport, TransportObserver


class NotedWire(Wire):
    """Notes that it was closed; fails at it if told to."""

    def __init__(self, breaks: bool = False) -> None:
        super().__init__()
        self.breaks = breaks
        self.closed = False

    async def close(self) -> None:
        self.closed = True
        if self.breaks:
            raise ConnectionError("words that somebody said")


class Opening:
    """Opens the wires it was given, each when it may."""

    def __init__(self, *wires: NotedWire) -> None:
        self._wires = list(wires)
        self.begun = asyncio.Event()
        self.may = asyncio.Event()
        self.may.set()

    async def __call__(
        self, offer: str, observer: TransportObserver, presentation: Presentation
    ) -> tuple[Transport, AnswerEvent]:
        self.begun.set()
        await self.may.wait()
        return self._wires.pop(0), AnswerEvent(sdp="", video_origin=0, audio_origin=0)


def outlet_of(opening: Opening) -> MediaOutlet:
    events: list[Event] = []
    timeline = Timeline("s", (), events.append)
    return MediaOutlet("s", timeline, Microphone(), opening, events.append, lambda: None)


async def test_a_transport_that_does_not_close_does_not_keep_the_next_one_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, second = NotedWire(breaks=True), NotedWire()
    outlet = outlet_of(Opening(first, second))
    await outlet.accept_offer(OfferEvent(sdp=""))
    transport, _ = await outlet.accept_offer(OfferEvent(sdp=""))
    assert transport is outlet.transport is second
    assert first.closed
    assert not second.closed
    assert "previous transport did not close: ConnectionError" in caplog.text
    assert "somebody said" not in caplog.text


async def test_a_transport_that_opens_after_the_session_has_closed_does_not_stay_open() -> None:
    wire = NotedWire()
    opening = Opening(wire)
    opening.may.clear()
    outlet = outlet_of(opening)
    accepting = asyncio.create_task(outlet.accept_offer(OfferEvent(sdp="")))
    await opening.begun.wait()
    await outlet.close()
    opening.may.set()
    with pytest.raises(NotFound):
        await accepting
    assert wire.closed
    assert outlet.transport is None
