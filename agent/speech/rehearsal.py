"""Voices beforehand how answers begin, so that the first clause of most costs no time.

An embedded mind says sentences of the persona word for word; a language model does not, and nothing
is rehearsed for it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable

from agent.errors import ModelUnavailable
from agent.speech.voices.base import Voice
from agent.speech.voices.text import pieces

PAUSE_SECONDS = 0.5
"""Between two pieces while somebody is there, who is not to wait for them."""

logger = logging.getLogger(__name__)


class Rehearsal:
    """Fills the voices' caches with the first clauses of what personas say.

    Args:
        somebody: Whether anybody is being talked to.
        first_clause: Whether voices say the first clause alone; else whole sentences are.
    """

    def __init__(self, somebody: Callable[[], bool], first_clause: bool = True) -> None:
        self._somebody = somebody
        self._first_clause = first_clause
        self._lines: set[tuple[str, str]] = set()
        self._said: set[tuple[str, str]] = set()
        self._queue: deque[tuple[Voice, str]] = deque()
        self._task: asyncio.Task[None] | None = None

    def add(self, voice: Voice, lines: Iterable[str]) -> None:
        """Rehearses how `lines` begin, each once, after what is to be rehearsed already."""
        fresh = [line for line in lines if (voice.name, line) not in self._lines]
        self._lines.update((voice.name, line) for line in fresh)
        self._queue.extend((voice, line) for line in fresh)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="rehearsal")

    async def done(self) -> None:
        """Waits until everything is rehearsed."""
        if self._task is not None:
            await self._task

    async def aclose(self) -> None:
        """Ends what is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        while self._queue:
            voice, line = self._queue.popleft()
            first = next(iter(pieces(line, voice.language, self._first_clause)), "")
            if not first or (voice.name, first) in self._said:
                continue
            self._said.add((voice.name, first))
            try:
                await voice.say(first)
            except ModelUnavailable:
                logger.warning("a voice is down: its rehearsal is left out")
                self._queue = deque(item for item in self._queue if item[0] is not voice)
            await asyncio.sleep(PAUSE_SECONDS if self._somebody() else 0)
