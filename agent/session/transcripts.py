"""What the client is told of words: what the person said, and what the avatar says."""

from collections import deque
from collections.abc import Callable

from agent.events import AgentTranscriptEvent, Event, UserTranscriptEvent
from agent.session.timeline import Timeline

TURNS_KEPT = 64
"""Latest turns whose end is known."""


class UserTranscript:
    """Tells the client what the person said, turn by turn.

    A long turn is understood in parts: each part is final for the recogniser, the turn is not.

    Args:
        emit: Sends an event to the client.
    """

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._parts = ""
        self._committed = False

    def on_speech_started(self) -> None:
        """The person begins to speak: what was over without last words is no part of it."""
        if self._committed:
            self.clear()

    def on_turn_committed(self, turn: int) -> None:
        """The person's turn is over and has its number; its last words, if any, come next."""
        self._committed = True
        if self._parts:
            self._tell(turn, "", final=True)

    def add_words(self, text: str, turn: int, *, final: bool) -> None:
        """Words were understood.

        Args:
            text: Since the last final ones.
            turn: The latest that has a number.
            final: Whether the recogniser is done with them.
        """
        over = final and self._committed
        self._tell(turn if over else turn + 1, text, final=over)
        if over:
            self.clear()
        elif final:
            self._parts = self._joined(text)

    def clear(self) -> None:
        """What was said so far is no part of what comes."""
        self._parts, self._committed = "", False

    def take_back(self, turn: int) -> None:
        """The turn was not whole: the next one will hold its words too."""
        self._tell(turn, "", final=True)

    def _tell(self, turn: int, text: str, *, final: bool) -> None:
        self._emit(UserTranscriptEvent(turn=turn, text=self._joined(text), final=final))

    def _joined(self, text: str) -> str:
        return f"{self._parts} {text}".strip()


class AgentTranscript:
    """Tells the client what the avatar says: as it is written, then as it was heard.

    Args:
        emit: Sends an event to the client.
        timeline: Whose turns the words belong to.
        on_interrupted: Told of each answer that was cut short.
    """

    def __init__(
        self,
        emit: Callable[[Event], None],
        timeline: Timeline,
        on_interrupted: Callable[[], None],
    ) -> None:
        self._emit = emit
        self._timeline = timeline
        self._on_interrupted = on_interrupted
        self._written = ""
        self._ended: deque[int] = deque(maxlen=TURNS_KEPT)

    def begin(self) -> None:
        """Another answer begins."""
        self._written = ""

    def add_text(self, text: str) -> None:
        """Takes the next piece of the answer as it is written."""
        self._written += text
        self._tell(self._timeline.turn, self._written.strip(), final=False)

    def take_back(self) -> None:
        """Withdraws what was written and not spoken of the last turn, which was not whole."""
        if self._written:
            self._tell(self._timeline.turn, "", final=True, interrupted=True)

    def finish(self, text: str, *, interrupted: bool, segment: int | None) -> None:
        """Takes an answer that is over.

        Args:
            text: What was heard of it.
            interrupted: Whether it was cut short.
            segment: The segment that was cut; None where nothing was spoken. What was cut is told
                when the turn that cut it may be open already.
        """
        cut = interrupted and segment is not None
        turn = self._timeline.turn_of(segment or 0) if cut else self._timeline.turn
        self._ended.append(turn)
        record = self._timeline.ledger.get(turn)
        if interrupted and record is not None:
            record.interrupted = True
            self._on_interrupted()
        self._written = ""
        self._emit(
            AgentTranscriptEvent(
                turn=turn,
                text=text.strip(),
                final=True,
                interrupted=interrupted,
                request=record.request if record else None,
            )
        )

    def end_turn(self, turn: int, request: str | None, *, interrupted: bool) -> None:
        """Ends a turn of which nothing was heard, so that whoever asked for it knows.

        Args:
            turn: Its number.
            request: The id its client gave it.
            interrupted: Whether another one took its place.
        """
        if turn not in self._ended:
            self._ended.append(turn)
            self._emit(
                AgentTranscriptEvent(
                    turn=turn, text="", final=True, interrupted=interrupted, request=request
                )
            )

    def _tell(self, turn: int, text: str, *, final: bool, interrupted: bool = False) -> None:
        request = None if final else self._timeline.request
        self._emit(
            AgentTranscriptEvent(
                turn=turn, text=text, final=final, interrupted=interrupted, request=request
            )
        )
