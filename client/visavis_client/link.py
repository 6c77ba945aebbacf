"""One connection to a session: its lease, its socket, its media and its clock.

It is opened once; when it is lost another one is made, to the same session while that lives.
"""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import httpx2
from websockets.asyncio.client import connect as websocket
from websockets.exceptions import WebSocketException

from visavis_client.api import Lease, Who, events_url, open_lease
from visavis_client.clock import Clock, ClockFilter, WallClock
from visavis_client.errors import SessionError
from visavis_client.event_types import (
    Answer,
    Closing,
    Error,
    Event,
    Hello,
    Pong,
    Presented,
)
from visavis_client.events import InvalidEvent, read_event

E = TypeVar("E", bound=Event)
OPENING_SECONDS = 15.0
FIRST_PINGS, FIRST_PING_SECONDS, PING_SECONDS = 5, 0.15, 5.0
SILENCE_SECONDS = 12.0
"""Silence of the server after which the connection counts as lost, although nobody closed it."""
MOST_WAITING = 1_000
"""Events on their way; further ones are not sent."""


class Socket(Protocol):
    """What is needed of a WebSocket."""

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        """Yields messages until it closes."""
        ...

    async def send(self, message: str) -> None:
        """Sends a message."""
        ...

    async def close(self) -> None:
        """Ends it."""
        ...


class Media(Protocol):
    """Sound and pictures of one connection."""

    async def offer(self, ice_servers: list[str]) -> str:
        """Returns the SDP of an offer."""
        ...

    async def accept(self, answer: Answer) -> None:
        """Takes the server's answer; returns when media flow. Raises SessionError."""
        ...

    async def close(self) -> None:
        """Ends them."""
        ...


async def _connect(url: str) -> Socket:
    return await websocket(url, max_size=None)


@dataclass(frozen=True, slots=True)
class Wiring:
    """How the world is reached; a test brings its own.

    Attributes:
        connect: Opens a WebSocket.
        http: Carries HTTP; the network if None.
        clock: Tells and waits for time.
    """

    connect: Callable[[str], Awaitable[Socket]] = _connect
    http: httpx2.AsyncBaseTransport | None = None
    clock: Clock = field(default_factory=WallClock)


def _ignore(event: Any) -> None:
    """Default observer."""


class Link:
    """One connection.

    Args:
        wiring: How the world is reached.
        api_url: Where the server is, without a slash at the end.
        who: Who to talk to.
        lease: Of a session that was left and goes on.

    Attributes:
        lease: Of the session, while it may be rejoined.
        lost: Done with the reason once the connection is over.
        on_received: Told of each event.
        on_invalid: Told of each message that is no event that is known.
        on_sent: Told of each event that was sent.
    """

    def __init__(
        self,
        wiring: Wiring,
        api_url: str,
        who: Who,
        lease: Lease | None = None,
    ) -> None:
        self.lease = lease
        self.clock = ClockFilter()
        self.lost: asyncio.Future[SessionError] = asyncio.get_running_loop().create_future()
        self.on_received: Callable[[Event], None] = _ignore
        self.on_invalid: Callable[[InvalidEvent], None] = _ignore
        self.on_sent: Callable[[dict[str, Any]], None] = _ignore
        self._wiring = wiring
        self._api_url = api_url
        self._who = who
        self._media: Media | None = None
        self._rejoins = lease is not None
        self._socket: Socket | None = None
        self._ids = itertools.count(1)
        self._outbox: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self._pings: dict[int, float] = {}
        self._heard_at = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        self._awaited: dict[type[Event], asyncio.Future[Any]] = {}

    def bring(self, media: Media) -> None:
        """Sound and pictures are wanted: these. To be called before `open`."""
        self._media = media

    async def open(self, presentation: Presented) -> None:
        """Opens the session, or joins it again. Raises SessionError."""
        try:
            async with asyncio.timeout(OPENING_SECONDS):
                await self._negotiate(presentation)
        except TimeoutError:
            await self._give_up()
            raise SessionError("timeout", "no connection in time") from None
        except BaseException:
            await self._give_up()
            raise

    async def _negotiate(self, presentation: Presented) -> None:
        if self.lease is None:
            self.lease = await open_lease(self._api_url, self._who, self._wiring.http)
        try:
            self._socket = await self._wiring.connect(events_url(self._api_url, self.lease))
        except (OSError, WebSocketException) as error:
            raise SessionError("network", str(error)) from error
        self._heard_at = self._wiring.clock.now()
        hello = self._next(Hello)
        self._spawn(self._read(self._socket), self._write(self._socket))
        greeted = await self._before_lost(hello)
        self._spawn(self._keep_pinging())
        if self._media is None:
            self.send("set_presentation", presentation="text")
            return
        sdp = await self._media.offer(greeted.ice_servers)
        shown = "audio" if presentation == "text" else presentation
        answer = self._next(Answer)
        self.send("offer", sdp=sdp, presentation=shown)
        await self._media.accept(await self._before_lost(answer))
        if presentation == "text":
            self.send("set_presentation", presentation="text")

    async def _give_up(self) -> None:
        """An opening failed: a session that was open before may still be rejoined."""
        if self._rejoins:
            await self.leave()
        else:
            await self.close()

    def send(self, kind: str, **fields: Any) -> bool:
        """Sends an event; returns whether it could be."""
        if self._socket is None or self.lost.done() or self._outbox.full():
            return False
        now = self._wiring.clock.now() * 1_000
        number = next(self._ids)
        event: dict[str, Any] = {"type": kind, "id": number, "at_ms": now} | fields
        if kind == "ping":
            self._pings[number] = now
        self._outbox.put_nowait(json.dumps(event))
        self.on_sent(event)
        return True

    async def close(self) -> None:
        """Ends the session, and the connection."""
        if self._socket is not None and self.lease is not None and not self.lost.done():
            self.send("goodbye")
            with contextlib.suppress(OSError, WebSocketException):
                while not self._outbox.empty():
                    await self._socket.send(self._outbox.get_nowait())
        self.lease = None
        await self.leave()

    async def leave(self) -> None:
        """Ends the connection; the session may be rejoined."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket is not None:
            with contextlib.suppress(OSError, WebSocketException):
                await self._socket.close()
        if self._media is not None:
            await self._media.close()
        self.fail(SessionError("goodbye"))

    def fail(self, error: SessionError) -> None:
        """The connection is over. The first reason counts."""
        if not self.lost.done():
            self.lost.set_result(error)

    def _spawn(self, *work: Coroutine[Any, Any, None]) -> None:
        self._tasks += [asyncio.create_task(each) for each in work]

    def _next(self, kind: type[E]) -> "asyncio.Future[E]":
        future: asyncio.Future[E] = asyncio.get_running_loop().create_future()
        self._awaited[kind] = future
        return future

    async def _before_lost(self, event: "asyncio.Future[E]") -> E:
        """Waits for an event of the opening. Raises SessionError if the connection ends first."""
        either: set[asyncio.Future[Any]] = {event, self.lost}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if event.done():
            return event.result()
        raise self.lost.result()

    async def _read(self, socket: Socket) -> None:
        try:
            async for message in socket:
                self._heard_at = self._wiring.clock.now()
                try:
                    self._receive(read_event(message))
                except InvalidEvent as invalid:
                    self.on_invalid(invalid)
        except (OSError, WebSocketException):
            pass  # lost, as below
        self.fail(SessionError("network", "the socket closed"))

    def _receive(self, event: Event) -> None:
        if isinstance(event, Pong) and (sent := self._pings.pop(event.ping, None)) is not None:
            self.clock.add(sent, self._wiring.clock.now() * 1_000, event.at_ms)
        opening = [future for future in self._awaited.values() if not future.done()]
        if (future := self._awaited.get(type(event))) is not None and not future.done():
            future.set_result(event)
        self.on_received(event)
        if isinstance(event, Closing):
            self.lease = None
            self.fail(SessionError(event.reason))
        elif isinstance(event, Error) and (opening or event.code == "media_lost"):
            self.fail(SessionError(event.code, event.message, retry_after=event.retry_after))

    async def _write(self, socket: Socket) -> None:
        while True:
            message = await self._outbox.get()
            try:
                await socket.send(message)
            except (OSError, WebSocketException):
                self.fail(SessionError("network", "the socket closed"))
                return

    async def _keep_pinging(self) -> None:
        clock = self._wiring.clock
        for count in itertools.count(1):
            if clock.now() - self._heard_at > SILENCE_SECONDS:
                self.fail(SessionError("network", "the server is silent"))
                return
            self.send("ping")
            await clock.sleep(FIRST_PING_SECONDS if count < FIRST_PINGS else PING_SECONDS)
