"""Closing many things in the reverse order of their opening, whatever of it fails or takes long."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial

from agent.errors import place_of

logger = logging.getLogger(__name__)

SLOW_SECONDS = 5.0
"""Closing that takes longer is told of, since somebody may be waiting for it."""


class Closing:
    """What has to be closed, last opened first."""

    def __init__(self, owner: str) -> None:
        """Begins with nothing; `owner` names whose parts they are in the log."""
        self._owner = owner
        self._stack = AsyncExitStack()

    def add(self, name: str, close: Callable[[], Awaitable[object] | None]) -> None:
        """Closes something later, before all that was added so far.

        Args:
            name: What it is called in the log.
            close: Closes it, at once or when awaited.
        """
        self._stack.push_async_callback(partial(self._close, name, close))

    async def aclose(self) -> None:
        """Closes everything. What fails is logged by its type, and the rest is closed."""
        await self._stack.aclose()

    async def _close(self, name: str, close: Callable[[], Awaitable[object] | None]) -> None:
        slow = asyncio.get_running_loop().call_later(
            SLOW_SECONDS, logger.warning, "%s: still closing %s", self._owner, name
        )
        try:
            if (waiting := close()) is not None:
                await waiting
        except Exception as error:
            logger.error("%s: %s did not close: %s", self._owner, name, place_of(error))
        finally:
            slow.cancel()
