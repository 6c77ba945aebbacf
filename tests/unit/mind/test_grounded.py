import numpy as np

from agent.mind.retrieval.grounded import SURE, Decision, decide, sentences, to_a_remark
from agent.mind.retrieval.index import Found
from agent.mind.retrieval.knowledge import Fact, Knowledge

KNOWLEDGE = Knowledge(
    (Fact("A", "One.", ()), Fact("A", "Two.", ()), Fact("B", "Three.", ())), gaps=()
)


def found(
    meant: list[float], *, unknown: float = 0.0, talk: float = 0.0, novelty: float = 0.0
) -> Found:
    scores = np.array(meant, np.float32)
    return Found(
        meant=scores,
        asked=0.84 + 0.14 * scores,
        stated=0.8 + 0.06 * scores,
        keywords=scores,
        unknown=unknown,
        gap=0.84 + 0.14 * unknown,
        small_talk={"thanks": talk},
        phrase=0.8,
        novelty=novelty,
    )


def test_a_clear_question_gets_its_fact() -> None:
    decision = decide(found([0.0, 0.9, 0.1]), KNOWLEDGE)
    assert decision.facts == (1,)
    assert decision.sure
    assert sentences(decision.facts, KNOWLEDGE) == ["Two."]


def test_a_strange_question_gets_none() -> None:
    decision = decide(found([0.02, 0.04, 0.03], unknown=0.3, novelty=1.0), KNOWLEDGE)
    assert decision.facts == ()
    assert not decision.sure


def test_a_question_that_is_rather_known_to_have_no_answer_gets_none() -> None:
    assert decide(found([0.0, 0.6, 0.1], unknown=0.1), KNOWLEDGE).facts == (1,)
    assert decide(found([0.0, 0.6, 0.1], unknown=0.7), KNOWLEDGE).facts == ()


def test_small_talk_that_is_rather_meant_gets_none() -> None:
    assert decide(found([0.0, 0.6, 0.1], talk=0.7), KNOWLEDGE).facts == ()


def test_neighbours_that_fit_alike_are_said_together() -> None:
    assert decide(found([0.9, 0.901, 0.1]), KNOWLEDGE).facts == (0, 1)
    assert decide(found([0.0, 0.901, 0.9]), KNOWLEDGE).facts == (1,)


def test_what_was_just_said_gives_way_to_the_next_best() -> None:
    close = found([0.78, 0.8, 0.1])
    assert decide(close, KNOWLEDGE).facts[-1] == 1
    assert decide(close, KNOWLEDGE, said=[1]).facts == (0,)


def test_sureness_grows_with_what_is_meant() -> None:
    values = [decide(found([0.0, meant, 0.0]), KNOWLEDGE).sureness for meant in (0.1, 0.4, 0.9)]
    assert values == sorted(values)
    assert values[0] < SURE < values[-1]


def test_who_only_tells_something_is_offered_no_far_fetched_fact() -> None:
    assert to_a_remark(Decision((3,), 0.3)) == Decision((), 0.3)
    assert to_a_remark(Decision((3,), 0.9)) == Decision((3,), 0.9)
