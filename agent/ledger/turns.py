"""Turns and their marks: when each layer was done with its part of one answer.

Times are monotonic seconds of the server's clock. Layers run in parallel and ahead of time, so a
layer's share is what it *adds* after all layers before it (the critical path): the shares of a turn
sum to its whole delay exactly.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal


class Mark(StrEnum):
    """Moments of a turn, in the order of the pipeline."""

    SPEECH_END = "speech_end"
    """The person's last voiced sample reached the server (or the typed text did)."""
    TURN_END = "turn_end"
    """The end-of-turn policy decided that the person is done."""
    TRANSCRIPT = "transcript"
    """The words of the turn were known."""
    ANSWER = "answer"
    """The first token of the answer (or its retrieval) was there."""
    VOICE = "voice"
    """The first audio of the answer was handed to the face."""
    MOTION = "motion"
    """The first frame with moving lips was planned."""
    DRAWN = "drawn"
    ENCODED = "encoded"
    SENT = "sent"
    DISPLAYED = "displayed"
    """That frame was on the person's screen, on the server's clock."""


LAYERS: tuple[tuple[str, Mark], ...] = (
    ("endpointing", Mark.TURN_END),
    ("transcription", Mark.TRANSCRIPT),
    ("answer", Mark.ANSWER),
    ("voice", Mark.VOICE),
    ("motion", Mark.MOTION),
    ("draw", Mark.DRAWN),
    ("encode", Mark.ENCODED),
    ("network_and_display", Mark.DISPLAYED),
)
"""Each layer and the mark that ends it."""


@dataclass(slots=True)
class TurnRecord:
    """One turn of one session.

    Attributes:
        session: Opaque session id.
        turn: Number of the turn, counted from 1; 0 is the greeting.
        source: How the person spoke.
        marks: First time of each mark.
        clock_offset_ms: The client's estimate of server clock minus client clock.
        clock_uncertainty_ms: How far that estimate may be wrong, and with it the last layer.
        interrupted: Whether the person cut the answer short.
        request: The id its client gave the turn.
    """

    session: str
    turn: int
    source: Literal["voice", "text", "greeting"]
    marks: dict[Mark, float] = field(default_factory=dict)
    clock_offset_ms: float | None = None
    clock_uncertainty_ms: float | None = None
    interrupted: bool = False
    request: str | None = None

    @property
    def complete(self) -> bool:
        """Whether both ends are known."""
        return Mark.SPEECH_END in self.marks and Mark.DISPLAYED in self.marks

    @property
    def voice_to_voice_ms(self) -> float | None:
        """From the end of speech to the first displayed lip movement; None until both are known."""
        if not self.complete:
            return None
        return (self.marks[Mark.DISPLAYED] - self.marks[Mark.SPEECH_END]) * 1000

    def intervals(self) -> list[tuple[str, float, float]]:
        """Returns each layer's share as its beginning and end; one begins where another ends.

        A layer without a mark (typed text needs no transcription) has no share. Empty until
        the turn is complete.
        """
        if not self.complete:
            return []
        end = self.marks[Mark.DISPLAYED]
        reached = self.marks[Mark.SPEECH_END]
        shares: list[tuple[str, float, float]] = []
        for name, mark in LAYERS:
            at = min(max(self.marks.get(mark, reached), reached), end)
            shares.append((name, reached, at))
            reached = at
        return shares

    def layers(self) -> list[tuple[str, float]]:
        """Returns each layer's share in milliseconds; the shares sum to `voice_to_voice_ms`."""
        return [(name, (end - begin) * 1000) for name, begin, end in self.intervals()]

    def as_dict(self) -> dict[str, Any]:
        """Returns the record as plain JSON data, marks in milliseconds after the end of speech."""
        zero = self.marks.get(Mark.SPEECH_END)
        return {
            "session": self.session,
            "turn": self.turn,
            "source": self.source,
            "voice_to_voice_ms": _rounded(self.voice_to_voice_ms),
            "layers": {name: round(ms, 1) for name, ms in self.layers()},
            "marks": {
                mark.value: round((at - zero) * 1000, 1)
                for mark, at in self.marks.items()
                if zero is not None
            },
            "clock_offset_ms": _rounded(self.clock_offset_ms),
            "clock_uncertainty_ms": _rounded(self.clock_uncertainty_ms),
            "interrupted": self.interrupted,
        }


class Ledger:
    """The turns of one session. Records are handed to the sinks once, when displayed.

    Args:
        session: Opaque session id.
        sinks: Called with each record as it completes.
        keep: How many turns are kept for late marks.
    """

    def __init__(
        self, session: str, sinks: tuple[Callable[[TurnRecord], None], ...] = (), keep: int = 64
    ) -> None:
        self._session = session
        self._sinks = sinks
        self._keep = keep
        self._turns: dict[int, TurnRecord] = {}

    def open(self, turn: int, source: Literal["voice", "text", "greeting"]) -> TurnRecord:
        """Starts the record of `turn`."""
        record = TurnRecord(self._session, turn, source)
        self._turns[turn] = record
        while len(self._turns) > self._keep:
            del self._turns[next(iter(self._turns))]
        return record

    def get(self, turn: int) -> TurnRecord | None:
        """Returns the record of `turn` while it is kept."""
        return self._turns.get(turn)

    def mark(self, turn: int, mark: Mark, at: float) -> None:
        """Notes that `turn` passed `mark` at `at`; the first time counts."""
        record = self._turns.get(turn)
        if record is None or mark in record.marks:
            return
        record.marks[mark] = at
        if mark is Mark.DISPLAYED:
            for sink in self._sinks:
                sink(record)

    def __iter__(self) -> Iterator[TurnRecord]:
        return iter(self._turns.values())


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
