"""What the client is told of words: the person's as they are understood, the answer's as it is
voiced, with the frames they come on.
"""

from collections.abc import Callable, Sequence

from agent.events import CaptionEvent, Event, TimedWord, UserTranscriptEvent
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
        self._emit(CaptionEvent(turn=turn, words=timed))


class Transcriber:
    """Tells the client what the person said, turn by turn.

    A long turn is understood in parts: each part is final for the recogniser, the turn is not.

    Args:
        emit: Sends an event to the client.
    """

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._parts = ""
        self._committed = False

    def begins(self) -> None:
        """The person begins to speak: what was over without last words is no part of it."""
        if self._committed:
            self.forget()

    def committed(self, turn: int) -> None:
        """The person's turn is over and has its number; its last words, if any, come next."""
        self._committed = True
        if self._parts:
            self._tell(turn, "", final=True)

    def heard(self, text: str, turn: int, *, final: bool) -> None:
        """Words were understood.

        Args:
            text: Since the last final ones.
            turn: The latest that has a number.
            final: Whether the recogniser is done with them.
        """
        over = final and self._committed
        self._tell(turn if over else turn + 1, text, final=over)
        if over:
            self.forget()
        elif final:
            self._parts = self._joined(text)

    def forget(self) -> None:
        """What was said so far is no part of what comes."""
        self._parts, self._committed = "", False

    def take_back(self, turn: int) -> None:
        """The turn was not whole: the next one will hold its words too."""
        self._tell(turn, "", final=True)

    def _tell(self, turn: int, text: str, *, final: bool) -> None:
        self._emit(UserTranscriptEvent(turn=turn, text=self._joined(text), final=final))

    def _joined(self, text: str) -> str:
        return f"{self._parts} {text}".strip()
