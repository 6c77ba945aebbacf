"""Marks reach the turn they belong to, and the page is asked for the frames that matter."""

import numpy as np

from agent.events import BudgetEvent, DisplayedEvent, TurnEvent, WatchEvent
from agent.ledger.turns import Mark, TurnRecord
from agent.session.timeline import Timeline
from render.types import AVUnit, Motion


class Clock:
    seconds = 10.0

    def __call__(self) -> float:
        return self.seconds


def timeline_of(
    clock: Clock,
) -> tuple[Timeline, list[WatchEvent | TurnEvent | BudgetEvent], list[TurnRecord]]:
    events: list[WatchEvent | TurnEvent | BudgetEvent] = []
    records: list[TurnRecord] = []
    return Timeline("s", (records.append,), events.append, now=clock), events, records


def unit(pts: int, segment: int = 0, lips: bool = False) -> AVUnit:
    return AVUnit(pts, np.zeros(960, np.int16), Motion.of(), segment, lips_moving=lips)


SPOKEN = {Mark.SPEECH_END: 9.7, Mark.TRANSCRIPT: 9.8, Mark.TURN_END: 9.9}


def test_a_spoken_turn_from_the_last_sample_to_the_screen() -> None:
    clock = Clock()
    timeline, events, records = timeline_of(clock)
    clock.seconds = 9.85
    timeline.on_answer()
    clock.seconds = 9.9
    turn = timeline.open_turn("voice", SPOKEN)
    timeline.on_first_sound()
    timeline.on_frame("motion", 7, 9.92)
    timeline.on_frame("drawn", 7, 9.93)
    timeline.observe_unit(unit(7, segment=1, lips=True))
    timeline.on_frame("encoded", 7, 9.935)
    timeline.on_frame("sent", 7, 9.936)
    watch = events[0]
    assert isinstance(watch, WatchEvent)
    assert (watch.what, watch.pts) == ("lips", 7)
    timeline.on_displayed(
        DisplayedEvent(at_ms=8_000.0, watch=watch.watch, pts=7, clock_offset_ms=1_980.0)
    )
    record = records[0]
    assert record.turn == turn == 1
    assert round(record.voice_to_voice_ms or 0) == 280
    shares = {name: round(ms) for name, ms in record.layers()}
    assert shares["endpointing"] == 200
    assert shares["answer"] == 0
    assert shares["motion"] == 20
    assert sum(shares.values()) == 280
    shown = events[1]
    assert isinstance(shown, TurnEvent)
    assert shown.voice_to_voice_ms == record.voice_to_voice_ms
    assert record.clock_offset_ms == 1_980.0


def test_an_answer_thrown_away_leaves_no_mark() -> None:
    clock = Clock()
    timeline, _, _ = timeline_of(clock)
    clock.seconds = 9.0
    timeline.on_answer()
    timeline.open_turn("voice", SPOKEN)
    record = timeline.ledger.get(1)
    assert record is not None
    assert Mark.ANSWER not in record.marks


def test_a_frame_is_not_displayed_before_it_was_sent() -> None:
    clock = Clock()
    timeline, events, records = timeline_of(clock)
    timeline.open_turn("text")
    timeline.observe_unit(unit(3, segment=1, lips=True))
    timeline.on_frame("sent", 3, 10.05)
    watch = events[0]
    assert isinstance(watch, WatchEvent)
    timeline.on_displayed(DisplayedEvent(at_ms=0, watch=watch.watch, pts=3, clock_offset_ms=0))
    assert records[0].marks[Mark.DISPLAYED] == 10.05


def test_a_segment_belongs_to_the_turn_it_answers_when_the_next_one_is_open() -> None:
    timeline, _, _ = timeline_of(Clock())
    first = timeline.open_turn("text")
    timeline.observe_unit(unit(5, segment=1, lips=True))
    second = timeline.open_turn("text")
    assert timeline.turn_of(1) == first
    assert timeline.turn_of(2) == second


def test_made_up_reports_change_nothing() -> None:
    timeline, events, records = timeline_of(Clock())
    timeline.open_turn("text")
    timeline.observe_unit(unit(5, segment=1, lips=True))
    watch = events[0]
    assert isinstance(watch, WatchEvent)
    timeline.on_displayed(DisplayedEvent(at_ms=1, watch=99, pts=5, clock_offset_ms=0))
    timeline.on_displayed(DisplayedEvent(at_ms=1, watch=watch.watch, pts=4, clock_offset_ms=0))
    assert records == []


def test_lips_and_rest_are_watched_once_each() -> None:
    timeline, events, _ = timeline_of(Clock())
    timeline.open_turn("text")
    spoken = [(1, False), (1, True), (1, False), (1, True), (0, True), (0, False), (0, False)]
    for pts, (segment, lips) in enumerate(spoken):
        timeline.observe_unit(unit(pts, segment=segment, lips=lips))
    watched = [(e.what, e.pts) for e in events if isinstance(e, WatchEvent)]
    assert watched == [("lips", 1), ("rest", 5)]


def test_a_broken_budget_is_told_after_the_turn() -> None:
    events: list[WatchEvent | TurnEvent | BudgetEvent] = []
    clock = Clock()
    timeline = Timeline("s", (), events.append, now=clock, budgets_ms={"voice": 100.0})
    turn = timeline.open_turn("text")
    began = clock()
    timeline.ledger.mark(turn, Mark.VOICE, began + 0.25)
    timeline.ledger.mark(turn, Mark.DISPLAYED, began + 0.3)
    told, broken = events
    assert isinstance(told, TurnEvent)
    assert broken == BudgetEvent(turn=turn, layer="voice", ms=250.0, budget_ms=100.0)
