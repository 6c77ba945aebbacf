"""A process that starts when somebody comes and ends when nobody came for a while."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from agent.models.worker import Worker

IDLE_SECONDS = 60.0
"""Such a process holds some hundred megabytes, which are given back after this long."""


class OnDemand:
    """Opens and closes one worker.

    Args:
        worker: The process.
        sleep: Waits; injected for tests.
    """

    def __init__(
        self, worker: Worker, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self.worker = worker
        self._sleep = sleep
        self._switch = asyncio.Lock()
        self._users = 0
        self._closing: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """The process runs within the block, and a while longer.

        Raises:
            ModelUnavailable: It does not start.
        """
        self._users += 1
        try:
            async with self._switch:
                await self.worker.start()
            yield
        finally:
            self._users -= 1
            before, self._closing = self._closing, None
            if before is not None:
                before.cancel()
                await asyncio.gather(before, return_exceptions=True)
            if self._closing is None:
                self._closing = asyncio.create_task(self._close_later(), name="idle process closes")

    async def aclose(self) -> None:
        """Ends the process."""
        if self._closing is not None:
            self._closing.cancel()
            await asyncio.gather(self._closing, return_exceptions=True)
        async with self._switch:
            await self.worker.aclose()

    async def _close_later(self) -> None:
        await self._sleep(IDLE_SECONDS)
        async with self._switch:
            if not self._users:
                await self.worker.aclose()
