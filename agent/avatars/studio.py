"""Keeps the booth: its process starts when somebody comes and ends when nobody came for a while."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from agent.avatars.booth import PhotoRefused, TakenPhoto
from agent.avatars.clone import Photos
from agent.avatars.record import Consent
from agent.errors import BadPhoto, Busy
from agent.models.on_demand import OnDemand
from agent.models.worker import Worker
from render.types import AudioChunk

PLACES = 4
"""Clones and films at once, each from the first byte of an upload on; one more is refused."""
ANSWER_SECONDS = 90.0
"""How long a clone or a film may take while sessions keep all cores busy."""


class PhotoStudio:
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
        self._booth = OnDemand(
            worker
            or Worker(
                "photo-booth", "agent.avatars.booth:PhotoReader", answer_seconds=ANSWER_SECONDS
            ),
            sleep,
        )
        self._places = 0

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
    ) -> TakenPhoto:
        """Makes an avatar, drawn at rest at `size`. The caller holds a place.

        Raises:
            BadPhoto: A photo cannot be used.
            ModelUnavailable: The booth broke down.
        """
        async with self._booth.open():
            answer = await self._booth.worker.call("take", photos, name, consent, size)
        if isinstance(answer, PhotoRefused):
            raise BadPhoto(answer.message, answer.code, answer.status)
        assert isinstance(answer, TakenPhoto)
        return answer

    async def film(
        self, avatar: Path, speech: Sequence[AudioChunk], out: Path, size: tuple[int, int]
    ) -> None:
        """Writes an MP4 of an avatar's file saying `speech`. The caller holds a place.

        Raises:
            ModelUnavailable: The booth broke down, or the avatar is gone.
        """
        async with self._booth.open():
            await self._booth.worker.call("film", avatar, tuple(speech), out, size)

    async def aclose(self) -> None:
        """Ends the booth's process."""
        await self._booth.aclose()
