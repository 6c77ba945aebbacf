"""Joins what the layers observe to the turns of one session and asks the page what it showed.

Observers only: nothing here changes what is observed. A turn may be answered before it is known to
be over, so the latest answer's time is kept for the turn that is coming.
"""

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, Protocol

from agent.events import BudgetEvent, DisplayedEvent, LayerShare, TurnEvent, WatchEvent
from agent.ledger.budgets import BudgetAlarm, Overrun
from agent.ledger.turns import Ledger, Mark, TurnRecord
from render.types import AVUnit

GREETING = 0
WATCHES_KEPT = 32


class FrameWatcher(Protocol):
    """Reports when it encoded and sent a frame; every transport is one."""

    def watch(self, pts: int) -> None:
        """Asks for marks of the first picture at or after `pts`."""
        ...


class Timeline:
    """The marks of one session.

    Args:
        session: Opaque session id.
        sinks: Take each record as its turn completes, besides the client.
        emit: Sends an event to the client.
        now: Monotonic clock in seconds.
        budgets_ms: What each layer may add to a turn; the client is told of one that adds more.
    """

    def __init__(
        self,
        session: str,
        sinks: tuple[Callable[[TurnRecord], None], ...],
        emit: Callable[[WatchEvent | TurnEvent | BudgetEvent], None],
        now: Callable[[], float] = time.monotonic,
        budgets_ms: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        self.turn = GREETING
        alarm = BudgetAlarm(budgets_ms, lambda overrun: emit(budget_event(overrun)))
        self.ledger = Ledger(session, (*sinks, lambda record: emit(turn_event(record)), alarm))
        self._watcher: FrameWatcher | None = None
        self._emit = emit
        self._now = now
        self._answered_at = -1.0
        self._segment_turn: dict[int, int] = {}
        self._watches: dict[int, tuple[int, int]] = {}
        self._last_watch = 0
        self._planned: tuple[int, float] = (-1, 0.0)
        self._drawn: tuple[int, float] = (-1, 0.0)
        self._lips: dict[int, int] = {}
        self._resting = True

    # ---------------------------------------------------------------- the person's side

    def attach_watcher(self, watcher: FrameWatcher) -> None:
        """Frames leave through this from now on."""
        self._watcher = watcher

    def open_turn(
        self,
        source: Literal["voice", "text", "greeting"],
        marks: Mapping[Mark, float] | None = None,
        request: str | None = None,
    ) -> int:
        """The turn is the avatar's now. Returns its number.

        Args:
            source: How it began; typed text ends the moment it arrives.
            marks: What the recogniser knows of the spoken turn.
            request: The id its client gave it.
        """
        if source != "greeting":
            self.turn += 1
        record = self.ledger.open(self.turn, source)
        record.request = request
        record.marks.update(marks or {Mark.SPEECH_END: self._now()})
        if source == "voice" and self._answered_at >= record.marks[Mark.SPEECH_END]:
            record.marks[Mark.ANSWER] = self._answered_at
        return self.turn

    @property
    def request(self) -> str | None:
        """The id the client gave the open turn."""
        record = self.ledger.get(self.turn)
        return record.request if record else None

    def turn_of(self, segment: int) -> int:
        """Returns the turn that a segment answers; the open one before its lips have moved."""
        return self._segment_turn.get(segment, self.turn)

    def on_answer(self) -> None:
        """The first token of an answer is there: of the open turn's or, ahead of time, the next."""
        self._answered_at = self._now()
        self.ledger.mark(self.turn, Mark.ANSWER, self._answered_at)

    def on_first_sound(self) -> None:
        """The first sound of the open turn's answer reached the face."""
        self.ledger.mark(self.turn, Mark.VOICE, self._now())

    # ---------------------------------------------------------------- the avatar's side

    def on_frame(self, name: str, pts: int, at: float) -> None:
        """Takes the face's and the transport's marks of a frame."""
        if name == "motion":
            self._planned = (pts, at)
        elif name == "drawn":
            self._drawn = (pts, at)
        elif (turn := self._lips.get(pts)) is not None:
            self.ledger.mark(turn, Mark(name), at)

    def observe_unit(self, unit: AVUnit) -> None:
        """Looks at a unit about to be sent; asks the page for the frames that matter.

        Those are the first of an answer in which the lips move, and the first after it, or after
        it was held or cut, in which they are still.
        """
        if unit.lips_moving and unit.segment and unit.segment not in self._segment_turn:
            self._first_lips(unit)
        if unit.segment:
            self._resting = False
        elif not self._resting and not unit.lips_moving:
            self._resting = True
            self._watch("rest", unit.pts)

    def _first_lips(self, unit: AVUnit) -> None:
        turn = self._segment_turn[unit.segment] = self.turn
        while len(self._segment_turn) > WATCHES_KEPT:
            del self._segment_turn[next(iter(self._segment_turn))]
        record = self.ledger.get(turn)
        if record is None or Mark.MOTION in record.marks:
            return
        self.ledger.mark(turn, Mark.MOTION, self._planned[1])
        if self._drawn[0] == unit.pts:
            self.ledger.mark(turn, Mark.DRAWN, self._drawn[1])
        self._lips = {unit.pts: turn}
        if self._watcher is not None:
            self._watcher.watch(unit.pts)
        self._watch("lips", unit.pts, turn)

    def watch_first_frame(self, pts: int) -> None:
        """Asks when the first frame is on the screen."""
        self._watch("first_frame", pts)

    def _watch(
        self, what: Literal["first_frame", "lips", "rest"], pts: int, turn: int | None = None
    ) -> None:
        self._last_watch += 1
        if turn is not None:
            self._watches[self._last_watch] = (turn, pts)
            while len(self._watches) > WATCHES_KEPT:
                del self._watches[next(iter(self._watches))]
        self._emit(WatchEvent(watch=self._last_watch, pts=pts, what=what))

    # ---------------------------------------------------------------- the screen's side

    def on_displayed(self, event: DisplayedEvent) -> None:
        """The page showed a watched frame; the turn it belongs to is complete."""
        turn, pts = self._watches.pop(event.watch, (None, 0))
        if turn is None or event.pts < pts:
            return
        record = self.ledger.get(turn)
        if record is None:
            return
        record.clock_offset_ms = event.clock_offset_ms
        record.clock_uncertainty_ms = event.clock_uncertainty_ms
        at = (event.at_ms + event.clock_offset_ms) / 1000
        sent = record.marks.get(Mark.SENT, record.marks.get(Mark.MOTION, 0.0))
        self.ledger.mark(turn, Mark.DISPLAYED, max(at, sent))


def turn_event(record: TurnRecord) -> TurnEvent:
    """Returns the page's view of a finished record."""
    return TurnEvent(
        turn=record.turn,
        voice_to_voice_ms=record.voice_to_voice_ms,
        layers=[LayerShare(name=name, ms=round(ms, 1)) for name, ms in record.layers()],
        clock_offset_ms=record.clock_offset_ms,
        clock_uncertainty_ms=record.clock_uncertainty_ms,
        request=record.request,
    )


def budget_event(overrun: Overrun) -> BudgetEvent:
    """Returns the page's view of a broken budget."""
    return BudgetEvent(
        turn=overrun.turn,
        layer=overrun.layer,
        ms=round(overrun.ms, 1),
        budget_ms=overrun.budget_ms,
    )
