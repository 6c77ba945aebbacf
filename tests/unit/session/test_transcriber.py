from agent.events import Event
from agent.session.transcripts import UserTranscript


class Client:
    """Keeps (turn, text, final) of what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, str, bool]] = []

    def emit(self, event: Event) -> None:
        said = event.model_dump()
        self.told.append((said["turn"], said["text"], said["final"]))


def test_words_belong_to_the_coming_turn_until_it_is_over() -> None:
    client = Client()
    transcriber = UserTranscript(client.emit)
    transcriber.on_speech_started()
    transcriber.add_words("Is it", 3, final=False)
    transcriber.on_turn_committed(4)
    transcriber.add_words("Is it open?", 4, final=True)
    assert client.told == [(4, "Is it", False), (4, "Is it open?", True)]


def test_a_long_turn_that_is_understood_in_parts_is_one() -> None:
    client = Client()
    transcriber = UserTranscript(client.emit)
    transcriber.on_speech_started()
    transcriber.add_words("A long beginning", 3, final=True)
    transcriber.add_words("and", 3, final=False)
    transcriber.on_turn_committed(4)
    transcriber.add_words("and an end.", 4, final=True)
    transcriber.on_speech_started()
    transcriber.add_words("Next.", 4, final=False)
    assert client.told == [
        (4, "A long beginning", False),
        (4, "A long beginning and", False),
        (4, "A long beginning", True),
        (4, "A long beginning and an end.", True),
        (5, "Next.", False),
    ]


def test_a_long_turn_that_ends_without_words_is_whole() -> None:
    client = Client()
    transcriber = UserTranscript(client.emit)
    transcriber.add_words("A long beginning.", 0, final=True)
    transcriber.on_turn_committed(1)
    assert client.told[-1] == (1, "A long beginning.", True)
    transcriber.on_speech_started()
    transcriber.add_words("Next.", 1, final=False)
    assert client.told[-1] == (2, "Next.", False)


def test_what_is_dropped_is_no_part_of_the_next_turn() -> None:
    client = Client()
    transcriber = UserTranscript(client.emit)
    transcriber.add_words("A long beginning", 3, final=True)
    transcriber.clear()
    transcriber.add_words("Something else", 3, final=False)
    assert client.told[-1] == (4, "Something else", False)


def test_what_is_taken_back_is_empty() -> None:
    client = Client()
    UserTranscript(client.emit).take_back(4)
    assert client.told == [(4, "", True)]
