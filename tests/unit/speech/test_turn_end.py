import pytest

from agent.settings import SpeechSettings
from agent.speech.turn_taking.completeness import Completeness, completeness
from agent.speech.turn_taking.turn_end import TurnEnd

POLICY = TurnEnd(ask_after=0.05, end_after=0.2, end_at_latest=1.2, threshold=0.5)


@pytest.mark.parametrize(
    ("probability", "text", "silence"),
    [
        (0.9, "Yes, please.", 0.2),
        (0.0, "Is it open today?", 0.23),
        (0.5, "I like it very much here.", 0.23),
        (0.25, "I like it very much here.", 0.29),
        (0.0, "I like it very much here.", 0.35),
        (0.9, "I like it here.", 0.6),
        (0.9, "Yes.", 0.35),
        (0.9, "If it rains tomorrow", 0.81),
        (0.0, "If it rains tomorrow", 0.96),
        (0.9, "four two nine", 0.64),
        (0.9, "I would like", 1.05),
        (0.0, "I would like", 1.2),
        (None, "I like it very much here.", 0.29),
        (0.9, "", 0.3),
    ],
)
def test_open_words_and_doubt_lengthen_the_silence(
    probability: float | None, text: str, silence: float
) -> None:
    assert POLICY.needed(probability, text) == pytest.approx(silence)
    assert POLICY.over(silence + 0.01, probability, text)
    assert not POLICY.over(silence - 0.01, probability, text)


def test_a_threshold_of_zero_leaves_the_words_alone() -> None:
    policy = TurnEnd(ask_after=0.05, end_after=0.2, end_at_latest=1.2, threshold=0.0)
    assert policy.over(0.21, 0.0, "Is it open today?")
    assert not policy.over(0.21, 0.0, "I would like")


def test_the_model_is_asked_early_and_then_every_250_ms() -> None:
    assert [POLICY.ask_at(n) for n in range(4)] == pytest.approx([0.05, 0.45, 0.7, 0.95])


@pytest.mark.parametrize("text", ["Is it open today?", ""])
def test_nobody_is_asked_about_what_is_whole_or_nothing(text: str) -> None:
    assert not POLICY.wants_advice(text)


@pytest.mark.parametrize("text", ["I would like", "I like it very much here."])
def test_the_model_advises_on_the_rest(text: str) -> None:
    assert POLICY.wants_advice(text)


def test_an_answer_is_prepared_when_the_turn_is_likely_to_be_over_soon() -> None:
    assert POLICY.likely(0.06, 0.9, "I like it here.")
    assert POLICY.likely(0.06, None, "I like it very much here.")
    assert not POLICY.likely(0.06, 0.0, "I like it here.")
    assert POLICY.likely(0.56, 0.0, "I like it here.")
    assert not POLICY.likely(0.5, 0.0, "I would like")


def test_the_policy_follows_the_settings() -> None:
    settings = SpeechSettings(
        speculate_after=0.1, end_after=0.3, end_at_latest=2, turn_threshold=1, language="de"
    )
    assert TurnEnd.of(settings) == TurnEnd(0.1, 0.3, 2.0, 1.0, english=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My brother and", Completeness.OPEN),
        ("The thing is.", Completeness.OPEN),
        ("Do you know?", Completeness.OPEN),
        ("So, um...", Completeness.OPEN),
        ("I would like,", Completeness.OPEN),
        ("There are currently.", Completeness.OPEN),
        ("If it rains tomorrow.", Completeness.UNLIKELY),
        ("On Monday.", Completeness.UNLIKELY),
        ("My number is 0 3", Completeness.GROUP),
        ("four two nine", Completeness.GROUP),
        ("Tell me about the museum", Completeness.UNKNOWN),
        ("", Completeness.UNKNOWN),
        ("We open at 9", Completeness.BRIEF),
        ("We open every morning at 9", Completeness.LIKELY),
        ("We wanted to see.", Completeness.BRIEF),
        ("Hello there.", Completeness.LIKELY),
        ("At the sound of the tone.", Completeness.BRIEF),
        ("0 3 4 4 2 1 8", Completeness.LIKELY),
        ("My boss asks, is that all right.", Completeness.COMPLETE),
        ("After I launch it, do I have to wait ages.", Completeness.COMPLETE),
        ("Tell me where is this", Completeness.OPEN),
        ("How many dollars a month is that going to be?", Completeness.COMPLETE),
        ("What is it made of?", Completeness.COMPLETE),
        ("How can I troubleshoot that.", Completeness.COMPLETE),
        ("I would like to know that.", Completeness.OPEN),
        ("What is it of", Completeness.OPEN),
        ("Can you tell me about?", Completeness.OPEN),
        ("I just walked in, what is going on on this", Completeness.OPEN),
        ("Do you admit to customers that", Completeness.OPEN),
        ("What is the?", Completeness.OPEN),
        ("Do you admit.", Completeness.BRIEF),
        ("What is going on", Completeness.OPEN),
        ("I lost my ticket.", Completeness.BRIEF),
        ("I lost my ticket this morning.", Completeness.LIKELY),
        ("How much does it cost?", Completeness.COMPLETE),
        ("Yes", Completeness.COMPLETE),
        ("Where is it?", Completeness.COMPLETE),
        ("What is this?", Completeness.COMPLETE),
        ("Who painted that?", Completeness.COMPLETE),
        ("Is it true that?", Completeness.OPEN),
        ("I think so.", Completeness.COMPLETE),
        ("I don't know where it is.", Completeness.LIKELY),
        ("He is taller than she was.", Completeness.LIKELY),
        ("So", Completeness.OPEN),
        ("Vienna.", Completeness.UNKNOWN),
    ],
)
def test_what_the_words_say(text: str, expected: Completeness) -> None:
    assert completeness(text) is expected


def test_of_other_languages_only_the_punctuation_is_known() -> None:
    assert completeness("Ich hätte gern an", english=False) is Completeness.UNKNOWN
    assert completeness("Wo ist das an?", english=False) is Completeness.LIKELY
    assert completeness("Ich hätte gern,", english=False) is Completeness.OPEN
