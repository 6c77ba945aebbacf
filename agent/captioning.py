"""Which words come, and on which frames: captions as an answer is voiced.

Imports the events and `render`.
"""

from collections.abc import Callable, Sequence

from agent.events import Caption, Event, TimedWord
from render.clock import FRAME_RATE
from render.types import AVUnit, Word


class Captioner:
    """Tells the client the words of each segment, as soon as their times are known.

    Args:
        emit: Sends an event to the client.
        says: Told of the words too, with their times in the segment.
    """

    def __init__(self, emit: Callable[[Event], None], says: Callable[[list[Word]], None]) -> None:
        self._emit = emit
        self._says = says
        self._told = 0

    def begin(self) -> None:
        """Another segment begins."""
        self._told = 0

    def follow(self, unit: AVUnit, turn: int, words: Sequence[Word]) -> None:
        """Looks at a frame of speech that leaves.

        Args:
            unit: The frame.
            turn: It belongs to.
            words: Of the segment, as many as are known.
        """
        fresh = list(words[self._told :])
        if not fresh:
            return
        self._told = len(words)
        begin = unit.pts + 1 - unit.position * FRAME_RATE
        timed = [
            TimedWord(
                text=word.text,
                pts=max(0, round(begin + word.start * FRAME_RATE)),
                end=max(0, round(begin + word.end * FRAME_RATE)),
            )
            for word in fresh
        ]
        self._says(fresh)
        self._emit(Caption(turn=turn, words=timed))
