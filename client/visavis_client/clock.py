"""Time: what waits asks it here, so that a test may own it."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """What the client asks of time."""

    def now(self) -> float:
        """Returns seconds since 1970, never going back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Returns after so many seconds."""
        ...


class WallClock:
    """The machine's (a `Clock`)."""

    def __init__(self) -> None:
        self._zero = time.time() - time.monotonic()

    def now(self) -> float:
        """See `Clock.now`."""
        return self._zero + time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Offset:
    """Server clock minus this one, and how far that may be wrong, in milliseconds."""

    offset_ms: float
    uncertainty_ms: float


class ClockFilter:
    """Estimates the server's clock: of the latest pings the quickest is believed (RFC 5905, 10).

    Args:
        size: How many pings are remembered.
    """

    def __init__(self, size: int = 8) -> None:
        self._samples: deque[Offset] = deque(maxlen=size)

    def add(self, sent_ms: float, received_ms: float, server_ms: float) -> None:
        """Takes a ping's two moments here and the one between them there."""
        half = (received_ms - sent_ms) / 2
        if half >= 0:
            self._samples.append(Offset(server_ms - (sent_ms + half), half))

    @property
    def best(self) -> Offset | None:
        """The estimate; None before the first pong."""
        return min(self._samples, key=lambda sample: sample.uncertainty_ms, default=None)
