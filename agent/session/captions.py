"""The words of an answer as it is voiced, with the frames they come on."""

from collections.abc import Callable, Sequence

from agent.events import CaptionEvent, Event, TimedWord
from agent.session.floor import Floor
from render.clock import FRAME_RATE
from render.types import AVUnit, Word


class Captioner:
    """Tells the client the words of each segment, as soon as their times are known.

    Args:
        emit: Sends an event to the client.
        floor: Told of the words too, so that their echo is known.
    """

    def __init__(self, emit: Callable[[Event], None], floor: Floor) -> None:
        self._emit = emit
        self._floor = floor
        self._told = 0

    def begin_segment(self) -> None:
        """Another segment begins."""
        self._told = 0

    def caption_unit(self, unit: AVUnit, turn: int, words: Sequence[Word]) -> None:
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
        self._floor.note_words(fresh)
        self._emit(CaptionEvent(turn=turn, words=timed))
