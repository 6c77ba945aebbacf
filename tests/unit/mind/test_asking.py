import pytest

from agent.mind import asking
from agent.mind.message import Message

TURNS = [Message("user", "When are you open?"), Message("assistant", "From ten to six.")]


@pytest.mark.parametrize(
    "text",
    ["Say that again", "could you repeat that please?", "Sorry, what did you say?", "Pardon?",
     "I didn't hear you", "what?", "come again"],
)  # fmt: skip
def test_repeat_requests(text: str) -> None:
    assert asking.is_repeat_request(text)


@pytest.mark.parametrize("text", ["What is this?", "Can I come again tomorrow?", "Say hello"])
def test_other_requests(text: str) -> None:
    assert not asking.is_repeat_request(text)


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("Hi there, where is the café?", "where is the café?"),
        ("Well, um, can you tell me where the toilets are?", "where the toilets are?"),
        ("Hello there", "Hello there"),
        ("Where is it?", "Where is it?"),
    ],
)
def test_core(text: str, core: str) -> None:
    assert asking.core(text) == core


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("When are you open and how much is it?", ["When are you open", "how much is it?"]),
        ("When are you open? Is there a café?", ["When are you open", "Is there a café?"]),
        ("Do you have books and cards?", ["Do you have books and cards?"]),
        ("And how much is it?", ["And how much is it?"]),
    ],
)
def test_parts(text: str, parts: list[str]) -> None:
    assert asking.parts(text) == parts


@pytest.mark.parametrize("text", ["And on Sunday?", "how much is that?", "on Sunday?"])
def test_what_leans_on_the_turn_before(text: str) -> None:
    joined = asking.in_context(TURNS, text)
    assert joined
    assert joined.startswith("When are you open, ")


def test_what_stands_alone() -> None:
    assert asking.in_context(TURNS, "Which tram goes to the museum?") is None
    assert asking.in_context([], "And on Sunday?") is None


def test_bare_questions() -> None:
    assert asking.is_bare("how much is that?")
    assert asking.is_bare("What about Monday?")
    assert not asking.is_bare("how much is parking?")


def test_clauses_come_last_first() -> None:
    text = "I have a dog with me, is he welcome here?"
    assert asking.clauses(text) == ["is he welcome here", "I have a dog with me"]
    assert asking.clauses("is he welcome here") == []


def test_visitor_name() -> None:
    assert asking.visitor_name("hello, my name is peter") == "Peter"
    assert asking.visitor_name("what is your name") is None


@pytest.mark.parametrize(
    "text",
    [
        "He might even have been made amiable himself.",
        "My brother bought a new car yesterday.",
        "And the train was late again this morning",
    ],
)
def test_what_is_only_told_is_a_remark(text: str) -> None:
    assert asking.is_remark(text)


@pytest.mark.parametrize(
    "text",
    [
        "He might have been made amiable himself?",
        "a ticket for two adults please tell me",
        "I am looking for the old lamp room",
        "Graphics card needed",
        "Sorry I just walked in what is going on on this spring.",
        "We have no internet on the boat would it still talk.",
        "does the museum have a lift",
    ],
)
def test_what_wants_an_answer_is_none(text: str) -> None:
    assert not asking.is_remark(text)
