"""Keeps the booth: its process starts when somebody comes and ends when nobody came for a while.

Imports the booth's data, the workers and the errors.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from agent.avatars.booth import Refused, Taken
from agent.avatars.clone import Photos
from agent.avatars.record import Consent
from agent.errors import BadPhoto, Busy
from agent.models.worker import Worker
from render.types import AudioChunk

PLACES = 4
"""Clones and films at once, each from the first byte of an upload on; one more is refused."""
ANSWER_SECONDS = 90.0
"""How long a clone or a film may take while sessions keep all cores busy."""
IDLE_SECONDS = 60.0
"""The booth holds several hundred megabytes, which are given back after this long."""


class Studio:
    """The booth and its queue.

    Args:
        worker: The booth's process.
        sleep: Waits; injected for tests.
    """

    def __init__(
        self,
        worker: Worker | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._worker = worker or Worker(
            "photo-booth", "agent.avatars.booth:Booth", answer_seconds=ANSWER_SECONDS
        )
        self._sleep = sleep
        self._switch = asyncio.Lock()
        self._places = self._visitors = 0
        self._closing: asyncio.Task[None] | None = None

    @contextmanager
    def place(self) -> Iterator[None]:
        """Holds a place for the length of the block.

        Raises:
            Busy: All are taken.
        """
        if self._places >= PLACES:
            raise Busy("Other faces are being made right now; please try again in a moment.")
        self._places += 1
        try:
            yield
        finally:
            self._places -= 1

    async def take(
        self, photos: Photos, name: str, consent: Consent, size: tuple[int, int]
    ) -> Taken:
        """Makes an avatar, drawn at rest at `size`. The caller holds a place.

        Raises:
            BadPhoto: A photo cannot be used.
            ModelUnavailable: The booth broke down.
        """
        async with self._open():
            answer = await self._worker.call("take", photos, name, consent, size)
        if isinstance(answer, Refused):
            raise BadPhoto(answer.message, answer.code, answer.status)
        assert isinstance(answer, Taken)
        return answer

    async def film(
        self, avatar: Path, speech: Sequence[AudioChunk], out: Path, size: tuple[int, int]
    ) -> None:
        """Writes an MP4 of an avatar's file saying `speech`. The caller holds a place.

        Raises:
            ModelUnavailable: The booth broke down, or the avatar is gone.
        """
        async with self._open():
            await self._worker.call("film", avatar, tuple(speech), out, size)

    async def aclose(self) -> None:
        """Ends the booth's process."""
        if self._closing is not None:
            self._closing.cancel()
            await asyncio.gather(self._closing, return_exceptions=True)
        async with self._switch:
            await self._worker.aclose()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[None]:
        """The booth is open within the block, and a while longer."""
        self._visitors += 1
        try:
            async with self._switch:
                await self._worker.start()
            yield
        finally:
            self._visitors -= 1
            if self._closing is not None:
                self._closing.cancel()
            self._closing = asyncio.create_task(self._close_later(), name="photo booth closes")

    async def _close_later(self) -> None:
        await self._sleep(IDLE_SECONDS)
        async with self._switch:
            if not self._visitors:
                await self._worker.aclose()
