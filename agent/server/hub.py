"""Which sessions exist: admission, tokens, leases.

A session lives as long as its WebSocket, plus the lease.
"""

import asyncio
import hmac
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from agent.errors import NotFound, ServerFull, Unauthorized, place_of
from agent.events import ClientEvent, ClosingEvent, Event
from agent.server.outbox import Outbox

logger = logging.getLogger(__name__)


class Conversation(Protocol):
    """What the hub needs of a session."""

    async def handle(self, event: ClientEvent) -> None:
        """Acts on a client's event; raises typed errors."""
        ...

    def rejoin(self) -> None:
        """The client is back: says hello again."""
        ...

    async def close(self, reason: str) -> None:
        """Frees everything. Idempotent."""
        ...


@dataclass(slots=True)
class SessionSeat:
    """One admitted session.

    Attributes:
        id: Opaque id, safe to log.
        token: Secret of the client that opened it.
        outbox: Events on their way to the client; bounded, and another for each WebSocket.
        avatar: The face that is shown.
        variables: What stands for the variables of the persona's texts.
    """

    id: str
    token: str
    outbox: Outbox = field(init=False)
    avatar: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    conversation: Conversation | None = None
    connected: bool = False
    left_at: float = 0.0
    generation: int = 0

    def __post_init__(self) -> None:
        self.outbox = Outbox(self.id)

    def emit(self, event: Event) -> None:
        """Sends an event to whichever WebSocket the client has now; never blocks."""
        self.outbox.add_event(event)


class CreateSession(Protocol):
    """Makes conversations; see `SessionFactory.create_session`."""

    async def __call__(
        self, seat: SessionSeat, persona: str | None, avatar: str | None
    ) -> Conversation:
        """Makes the conversation of a new seat, with the persona's own face or another one."""
        ...


class Hub:
    """Admits sessions, finds them by token, ends them when their lease runs out.

    Args:
        max_sessions: One more is refused.
        lease_seconds: How long a session outlives its WebSocket.
        create_session: Makes the conversation of a new seat.
        on_count: Told how many sessions there are after each change.
        now: Monotonic clock in seconds.
    """

    def __init__(
        self,
        max_sessions: int,
        lease_seconds: float,
        create_session: CreateSession,
        on_count: Callable[[int], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_sessions = max_sessions
        self._lease_seconds = lease_seconds
        self._create_session = create_session
        self._on_count = on_count
        self._now = now
        self._seats: dict[str, SessionSeat] = {}
        self._reaper: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._seats)

    async def start(self) -> None:
        """Starts watching leases."""
        self._reaper = asyncio.create_task(self._reap(), name="session leases")

    async def stop(self) -> None:
        """Ends every session."""
        if self._reaper is not None:
            self._reaper.cancel()
            await asyncio.gather(self._reaper, return_exceptions=True)
        await self._end_all(self._all(), "server_stopping")

    async def admit(
        self,
        persona: str | None,
        avatar: str | None = None,
        variables: dict[str, str] | None = None,
    ) -> SessionSeat:
        """Opens a session.

        Args:
            persona: Who answers; the default one if None.
            avatar: With which face; the persona's own if None.
            variables: What stands for the variables of the persona's texts.

        Raises:
            ServerFull: No room for one more at full frame rate.
            NotFound: No such persona or avatar.
        """
        if len(self._seats) >= self._max_sessions:
            raise ServerFull(
                f"All {self._max_sessions} places are taken; please try again in a moment."
            )
        seat = SessionSeat(
            secrets.token_hex(8), secrets.token_urlsafe(24), variables=variables or {}
        )
        self._seats[seat.id] = seat
        try:
            seat.conversation = await self._create_session(seat, persona, avatar)
        except BaseException:
            self._seats.pop(seat.id, None)
            raise
        if seat.id not in self._seats:
            await seat.conversation.close("error")
            raise NotFound("This session ended before it began.")
        seat.left_at = self._now()
        self._on_count(len(self._seats))
        return seat

    def find(self, session: str, token: str) -> SessionSeat:
        """Returns the seat of `session`.

        Raises:
            NotFound: It does not exist, or has ended.
            Unauthorized: The token is not its own.
        """
        seat = self._seats.get(session)
        if seat is None:
            raise NotFound("This session does not exist or has ended.")
        if not hmac.compare_digest(seat.token.encode(), token.encode()):
            raise Unauthorized("The token does not belong to this session.")
        return seat

    def connect(self, seat: SessionSeat) -> int:
        """The client's WebSocket is there; an older one of the same session is replaced.

        A client that comes back is greeted again and told what was said meanwhile.
        """
        if seat.generation:
            self._replace(seat)
        seat.connected = True
        seat.generation += 1
        return seat.generation

    def disconnect(self, seat: SessionSeat, generation: int) -> None:
        """That WebSocket went away; the lease begins to run."""
        if seat.generation == generation:
            seat.connected = False
            seat.left_at = self._now()

    @staticmethod
    def _replace(seat: SessionSeat) -> None:
        before, seat.outbox = seat.outbox, Outbox(seat.id)
        missed = before.take_lasting()
        before.add_event(ClosingEvent(reason="replaced"))
        if seat.conversation is not None:
            seat.conversation.rejoin()
        for event in missed:
            seat.outbox.add_event(event)

    async def end_showing(self, avatar: str) -> None:
        """Ends every session that shows a face which was deleted."""
        shown = [seat for seat in self._all() if seat.avatar == avatar]
        await self._end_all(shown, "avatar_deleted")

    async def end(self, seat: SessionSeat, reason: str) -> None:
        """Ends a session. Idempotent."""
        if self._seats.pop(seat.id, None) is None:
            return
        self._on_count(len(self._seats))
        seat.outbox.add_event(ClosingEvent.model_validate({"reason": reason}))
        if seat.conversation is not None:
            await seat.conversation.close(reason)

    async def _end_all(self, seats: list[SessionSeat], reason: str) -> None:
        ended = (self.end(seat, reason) for seat in seats)
        for error in await asyncio.gather(*ended, return_exceptions=True):
            if error is not None:
                logger.error("a session did not close well: %s", place_of(error))

    def _all(self) -> list[SessionSeat]:
        return list(self._seats.values())

    async def _reap(self) -> None:
        while True:
            await asyncio.sleep(min(1.0, self._lease_seconds / 4))
            gone = [
                seat
                for seat in self._all()
                if seat.conversation is not None
                and not seat.connected
                and self._now() - seat.left_at > self._lease_seconds
            ]
            await self._end_all(gone, "lease_expired")
