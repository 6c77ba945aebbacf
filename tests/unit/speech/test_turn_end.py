import pytest

from agent.settings import SpeechSettings
from agent.speech.turn_end import TurnEnd

POLICY = TurnEnd(ask_after=0.05, end_after=0.2, end_at_latest=1.2, threshold=0.5)


def needed(probability: float | None, text: str) -> float:
    """Returns the shortest silence, in steps of 10 ms, that ends the turn."""
    return next(n / 100 for n in range(200) if POLICY.over(n / 100, probability, text))


@pytest.mark.parametrize(
    ("probability", "text", "silence"),
    [
        (0.9, "Yes, please.", 0.2),
        (0.5, "Is it?", 0.2),
        (0.9, "I would like", 0.4),
        (0.25, "Yes, please.", 0.45),
        (0.0, "Yes, please.", 0.7),
        (0.25, "I would like", 0.9),
        (0.0, "I would like", 1.2),
        (None, "I would like", 0.6),
        (0.9, "", 0.4),
    ],
)
def test_doubt_lengthens_the_silence(probability: float | None, text: str, silence: float) -> None:
    assert needed(probability, text) == pytest.approx(silence)


def test_a_threshold_of_zero_trusts_silence_alone() -> None:
    policy = TurnEnd(ask_after=0.05, end_after=0.2, end_at_latest=1.2, threshold=0.0)
    assert policy.over(0.2, 0.0, "Yes.")


def test_the_model_is_asked_early_and_then_every_200_ms() -> None:
    assert [POLICY.ask_at(n) for n in range(4)] == pytest.approx([0.05, 0.4, 0.6, 0.8])


def test_an_answer_is_prepared_when_the_model_says_done_or_the_pause_grows() -> None:
    assert POLICY.likely(0.06, 0.5)
    assert not POLICY.likely(0.06, 0.49)
    assert not POLICY.likely(0.06, None)
    assert POLICY.likely(0.4, 0.0)


def test_the_policy_follows_the_settings() -> None:
    settings = SpeechSettings(speculate_after=0.1, end_after=0.3, end_at_latest=2, turn_threshold=1)
    assert TurnEnd.of(settings) == TurnEnd(0.1, 0.3, 2.0, 1.0)
