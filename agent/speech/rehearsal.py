"""Voices beforehand how answers begin, so that the first clause of most costs no time.

An embedded mind says sentences of the persona word for word; a language model does not, and nothing
is rehearsed for it.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from agent.errors import ModelUnavailable, place_of
from agent.speech.voices.base import Voice
from agent.speech.voices.text import pieces

PAUSE_SECONDS = 0.5
"""Between two pieces while somebody is there, who is not to wait for them."""
MOST_WAITING = 4_096
"""Lines that wait at most; further ones are not rehearsed."""
MOST_REMEMBERED = 4_096
"""First clauses known to be rehearsed; further ones make the oldest forgotten."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Line:
    voice: Voice
    text: str
    visitor: str | None


class Rehearsal:
    """Fills the voices' caches with the first clauses of what personas say.

    Args:
        somebody: Whether anybody is being talked to.
        first_clause: Whether voices say the first clause alone; else whole sentences are.
    """

    def __init__(self, somebody: Callable[[], bool], first_clause: bool = True) -> None:
        self._somebody = somebody
        self._first_clause = first_clause
        self._rehearsed: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._queue: deque[_Line] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """Lines that are still to be rehearsed."""
        return len(self._queue)

    def add_lines(self, voice: Voice, lines: Iterable[str], visitor: str | None = None) -> None:
        """Rehearses how `lines` begin, each once, after what is to be rehearsed already.

        Args:
            voice: Who says them.
            lines: Whole sentences.
            visitor: Whose values are filled in; nothing of such lines is remembered, and what is
                left of them goes with `forget_visitor`.
        """
        queued = {(line.voice.name, line.text) for line in self._queue}
        fresh = (line for line in dict.fromkeys(lines) if (voice.name, line) not in queued)
        room = max(0, MOST_WAITING - len(self._queue))
        self._queue.extend(_Line(voice, line, visitor) for line in islice(fresh, room))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="rehearsal")

    def forget_visitor(self, visitor: str) -> None:
        """Drops what was to be rehearsed for a visitor who has left."""
        self._queue = deque(line for line in self._queue if line.visitor != visitor)

    async def wait_until_done(self) -> None:
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
            line = self._queue.popleft()
            voice = line.voice
            first = next(iter(pieces(line.text, voice.language, self._first_clause)), "")
            if not first or (voice.name, first) in self._rehearsed:
                continue
            if line.visitor is None:
                self._remember(voice.name, first)
            try:
                await voice.say(first)
            except ModelUnavailable:
                logger.warning("a voice is down: its rehearsal is left out")
                self._queue = deque(item for item in self._queue if item.voice is not voice)
            except Exception as error:
                logger.error("a line was not rehearsed: %s", place_of(error))
            await asyncio.sleep(PAUSE_SECONDS if self._somebody() else 0)

    def _remember(self, voice: str, clause: str) -> None:
        self._rehearsed[voice, clause] = None
        while len(self._rehearsed) > MOST_REMEMBERED:
            self._rehearsed.popitem(last=False)
