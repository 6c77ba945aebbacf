"""Events on their way to one client: bounded, and what lasts is not dropped for what passes."""

import asyncio
import logging
from collections import deque

from agent.events import (
    AgentTranscriptEvent,
    BudgetEvent,
    CaptionEvent,
    Event,
    PongEvent,
    StateEvent,
    UserTranscriptEvent,
    WatchEvent,
)

logger = logging.getLogger(__name__)

MOST_EVENTS = 1_000
PASSING = (StateEvent, WatchEvent, PongEvent, BudgetEvent, CaptionEvent)
"""Events that are out of date when the next of their kind comes, or a little later."""
TRANSCRIPTS = (UserTranscriptEvent, AgentTranscriptEvent)


class ClientTooSlow(Exception):
    """More that lasts waits for a client than may; it has to come back and ask again."""


class Outbox:
    """Events on their way to one WebSocket.

    Args:
        session: Opaque session id.
        most: Events that may wait.

    Attributes:
        dropped: Passing events that were left out.
    """

    def __init__(self, session: str, most: int = MOST_EVENTS) -> None:
        self.dropped = 0
        self._session = session
        self._most = most
        self._events: deque[Event] = deque()
        self._arrived = asyncio.Event()
        self._overflowed = False

    def __len__(self) -> int:
        return len(self._events)

    def add_event(self, event: Event) -> None:
        """Adds an event behind the others; never blocks.

        Where too many wait, the oldest that passes is left out. Where all of them last, nothing
        more is sent to this client, and `take_event` says so.
        """
        if len(self._events) >= self._most and not self._make_room():
            if not self._overflowed:
                logger.warning("session %s: its client takes no events", self._session)
            self._overflowed = True
            self._events.popleft()
        self._events.append(event)
        self._arrived.set()

    async def take_event(self) -> Event:
        """Returns the next event as soon as there is one.

        Raises:
            ClientTooSlow: An event that lasts could not be kept.
        """
        while not self._events:
            self._arrived.clear()
            await self._arrived.wait()
        if self._overflowed:
            raise ClientTooSlow
        return self._events.popleft()

    def take_lasting(self) -> list[Event]:
        """Takes all events out and returns those that a client wants even if it was away."""
        events, self._events = list(self._events), deque()
        return [event for event in events if isinstance(event, TRANSCRIPTS)]

    def _make_room(self) -> bool:
        """Leaves the oldest passing event out; returns whether there was one."""
        for index, event in enumerate(self._events):
            if _passes(event):
                del self._events[index]
                self.dropped += 1
                if self.dropped == 1:
                    logger.warning("session %s: events that pass are left out", self._session)
                return True
        return False


def _passes(event: Event) -> bool:
    """Whether a client can do without an event."""
    return isinstance(event, PASSING) or (isinstance(event, TRANSCRIPTS) and not event.final)
