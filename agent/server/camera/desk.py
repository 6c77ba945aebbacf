"""Who may drive with a camera, and the process that reads their pictures."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext

from agent.errors import BadRequest, Busy, TooLarge, Unsupported
from agent.models.on_demand import OnDemand
from agent.models.worker import Worker
from agent.server.camera.eyes import LARGEST_SIDE, Unreadable
from render.motion.reading import Reading

READ_SECONDS = 5.0
"""How long one picture may take before its process is taken for hung."""


class CameraDesk:
    """The places at which people drive.

    Args:
        places: People at once, each about a third of a core; 0 turns driving off.
        worker: The process that reads pictures.
        sleep: Waits; injected for tests.
    """

    def __init__(
        self,
        places: int,
        worker: Worker | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._places = places
        self._reader = OnDemand(
            worker
            or Worker(
                "camera-reader",
                "agent.server.camera.eyes:CameraReader",
                answer_seconds=READ_SECONDS,
            ),
            sleep,
        )
        self._drivers = 0

    @asynccontextmanager
    async def place(self, pictures: bool = True) -> AsyncIterator[None]:
        """Holds a place for the length of the block.

        Args:
            pictures: Whether pictures can be read within.

        Raises:
            Unsupported: This server lets nobody drive.
            Busy: All places are taken.
            ModelUnavailable: The process does not start.
        """
        if not self._places:
            raise Unsupported("On this server, faces cannot be moved by a camera.")
        if self._drivers >= self._places:
            raise Busy("Somebody else is moving a face right now; please try again in a moment.")
        self._drivers += 1
        try:
            async with self._reader.open() if pictures else nullcontext():
                yield
        finally:
            self._drivers -= 1

    async def read(self, jpeg: bytes) -> Reading | None:
        """Returns what is read off a picture, or None where it shows no face.

        Raises:
            BadRequest: It is no JPEG.
            TooLarge: It has too many pixels.
            ModelUnavailable: The process broke down.
        """
        answer: Reading | Unreadable | None = await self._reader.worker.call("read", jpeg)
        if answer is Unreadable.TOO_LARGE:
            raise TooLarge(f"A picture may measure at most {LARGEST_SIDE} pixels each way.")
        if isinstance(answer, Unreadable):
            raise BadRequest("A picture must be a JPEG.")
        return answer

    async def aclose(self) -> None:
        """Ends the process."""
        await self._reader.aclose()
