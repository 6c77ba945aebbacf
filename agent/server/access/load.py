"""Whether one more conversation fits on this machine.

Everything that has to happen in time passes through the event loop, so how late it wakes says how
late frames are. A session that comes while it is late is refused, rather than spoil the others.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from agent.errors import ServerFull

BEAT_SECONDS = 0.05
BEATS = 40
"""Looked back on: two seconds."""
FEW = 2
"""So many conversations are no reason to be late: something else is, a start for example, and
refusing would not help."""
LATEST_SECONDS = 0.02
"""Mean lateness, half a frame, above which frames begin to be missing."""


class Load:
    """How late the event loop is.

    Args:
        now: Monotonic seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._late: deque[float] = deque(maxlen=BEATS)

    @property
    def lateness(self) -> float:
        """Mean seconds of the last two."""
        return sum(self._late) / max(len(self._late), 1)

    def start(self) -> Callable[[], Awaitable[None]]:
        """Begins to watch the event loop; returns what ends it."""
        watching = asyncio.create_task(self._watch(), name="load")

        async def stop() -> None:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

        return stop

    async def _watch(self) -> None:
        while True:
            due = self._now() + BEAT_SECONDS
            await asyncio.sleep(BEAT_SECONDS)
            self.note_lateness(self._now() - due)

    def note_lateness(self, late: float) -> None:
        """Notes how much later than wanted something happened, in seconds."""
        self._late.append(max(0.0, late))

    def require_room(self, others: int) -> None:
        """Refuses one more conversation while the frames of many could not be in time.

        Args:
            others: Conversations that there are already.

        Raises:
            ServerFull: There is no room.
        """
        if others > FEW and len(self._late) == BEATS and self.lateness > LATEST_SECONDS:
            raise ServerFull("The server is busy with others; please try again in a moment.")
