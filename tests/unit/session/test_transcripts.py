"""What the client is told that the avatar says."""

from agent.events import AgentTranscriptEvent, Event
from agent.session.timeline import Timeline
from agent.session.transcripts import AgentTranscript


class Told:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self.interrupted = 0
        self.timeline = Timeline("s", (), self.events.append)
        self.said = AgentTranscript(self.events.append, self.timeline, self._count)

    def _count(self) -> None:
        self.interrupted += 1

    @property
    def texts(self) -> list[tuple[int, str, bool, bool]]:
        return [
            (event.turn, event.text, event.final, event.interrupted)
            for event in self.events
            if isinstance(event, AgentTranscriptEvent)
        ]


def test_an_answer_grows_and_ends_as_it_was_heard() -> None:
    told = Told()
    told.timeline.open_turn("text", request="r")
    told.said.add_text("It is ")
    told.said.add_text("four.")
    told.said.finish(" It is four. ", interrupted=False, segment=1)
    assert told.texts == [
        (1, "It is", False, False),
        (1, "It is four.", False, False),
        (1, "It is four.", True, False),
    ]
    events = [event for event in told.events if isinstance(event, AgentTranscriptEvent)]
    assert {event.request for event in events} == {"r"}


def test_each_answer_begins_anew() -> None:
    told = Told()
    told.said.add_text("Ahead of time.")
    told.said.begin()
    told.said.add_text("Yes.")
    assert told.texts[-1][1] == "Yes."


def test_what_was_cut_counts_and_is_told_of_its_own_turn() -> None:
    told = Told()
    told.timeline.open_turn("text")
    told.said.finish("It", interrupted=True, segment=1)
    assert told.texts == [(1, "It", True, True)]
    assert told.interrupted == 1
    record = told.timeline.ledger.get(1)
    assert record is not None
    assert record.interrupted


def test_only_what_was_written_is_taken_back() -> None:
    told = Told()
    told.said.take_back()
    assert told.texts == []
    told.said.add_text("I think")
    told.said.take_back()
    assert told.texts[-1] == (0, "", True, True)
