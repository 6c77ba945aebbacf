"""Admission, tokens and leases."""

import asyncio

import pytest

from agent.errors import NotFound, ServerFull, Unauthorized
from agent.events import (
    AgentTranscriptEvent,
    ClientEvent,
    ClosingEvent,
    Event,
    PongEvent,
    StateEvent,
    UserTranscriptEvent,
)
from agent.server.hub import Hub, SessionSeat
from agent.server.outbox import Outbox


class Talk:
    def __init__(self, seat: SessionSeat) -> None:
        self.closed: list[str] = []
        self.seat = seat

    def rejoin(self) -> None:
        self.seat.outbox.add_event(StateEvent(state="idle"))

    async def handle(self, event: ClientEvent) -> None:
        raise AssertionError("not called here")

    async def close(self, reason: str) -> None:
        self.closed.append(reason)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def hub_of(places: int, talks: list[Talk], clock: Clock, lease: float = 0.04) -> Hub:
    async def create(seat: SessionSeat, persona: str | None, avatar: str | None) -> Talk:
        if persona == "nobody":
            raise NotFound("No such persona.")
        talks.append(Talk(seat))
        seat.avatar = avatar or "own"
        return talks[-1]

    return Hub(places, lease, create, lambda count: None, now=clock)


async def test_the_one_too_many_is_refused_and_a_failed_one_takes_no_place() -> None:
    hub = hub_of(2, [], Clock())
    with pytest.raises(NotFound):
        await hub.admit("nobody")
    first = await hub.admit(None)
    await hub.admit(None)
    with pytest.raises(ServerFull):
        await hub.admit(None)
    await hub.end(first, "goodbye")
    await hub.admit(None)
    assert len(hub) == 2


async def test_tokens_open_only_their_own_session() -> None:
    hub = hub_of(2, [], Clock())
    one, two = await hub.admit(None), await hub.admit(None)
    assert hub.find(one.id, one.token) is one
    with pytest.raises(Unauthorized):
        hub.find(one.id, two.token)
    with pytest.raises(NotFound):
        hub.find("0" * 16, one.token)


async def test_a_session_outlives_its_socket_by_the_lease_only() -> None:
    clock, talks = Clock(), list[Talk]()
    hub = hub_of(1, talks, clock)
    seat = await hub.admit(None)
    generation = hub.connect(seat)
    await hub.start()
    clock.seconds = 100
    await asyncio.sleep(0.03)
    assert len(hub) == 1
    hub.disconnect(seat, generation)
    clock.seconds = 100.02
    await asyncio.sleep(0.03)
    assert len(hub) == 1
    clock.seconds = 100.05
    await asyncio.sleep(0.03)
    assert len(hub) == 0
    assert talks[0].closed == ["lease_expired"]
    await hub.stop()


async def test_an_older_socket_does_not_end_the_lease_of_a_newer() -> None:
    hub = hub_of(1, [], Clock())
    seat = await hub.admit(None)
    old = hub.connect(seat)
    new = hub.connect(seat)
    hub.disconnect(seat, old)
    assert seat.connected
    hub.disconnect(seat, new)
    assert not seat.connected


async def taken(outbox: Outbox) -> list[Event]:
    return [await outbox.take_event() for _ in range(len(outbox))]


async def test_a_client_that_comes_back_is_greeted_and_told_what_was_said_meanwhile() -> None:
    hub = hub_of(1, [], Clock())
    seat = await hub.admit(None)
    hub.disconnect(seat, hub.connect(seat))
    before = seat.outbox
    said = AgentTranscriptEvent(turn=1, text="Four.", final=True)
    heard = UserTranscriptEvent(turn=1, text="How late?", final=True)
    for event in (heard, PongEvent(ping=3), said, StateEvent(state="thinking")):
        before.add_event(event)
    hub.connect(seat)
    assert await taken(seat.outbox) == [StateEvent(state="idle"), heard, said]
    assert await taken(before) == [ClosingEvent(reason="replaced")]


async def test_a_first_connection_loses_nothing() -> None:
    hub = hub_of(1, [], Clock())
    seat = await hub.admit(None)
    seat.outbox.add_event(PongEvent(ping=1))
    hub.connect(seat)
    assert await taken(seat.outbox) == [PongEvent(ping=1)]


async def test_a_deleted_face_ends_the_sessions_that_show_it() -> None:
    talks: list[Talk] = []
    hub = hub_of(3, talks, Clock())
    own = await hub.admit(None)
    clone = await hub.admit(None, "c1")
    await hub.end_showing("c1")
    assert [talk.closed for talk in talks] == [[], ["avatar_deleted"]]
    assert await taken(clone.outbox) == [ClosingEvent(reason="avatar_deleted")]
    assert hub.find(own.id, own.token) is own
    with pytest.raises(NotFound):
        hub.find(clone.id, clone.token)


async def test_a_session_that_ends_before_it_began_is_closed() -> None:
    talks: list[Talk] = []

    async def create(seat: SessionSeat, persona: str | None, avatar: str | None) -> Talk:
        seat.avatar = "c1"
        talks.append(Talk(seat))
        await hub.end_showing("c1")
        return talks[0]

    hub = Hub(1, 1.0, create, lambda count: None)
    with pytest.raises(NotFound):
        await hub.admit(None, "c1")
    assert talks[0].closed
    assert len(hub) == 0
