import numpy as np

from agent.mind.grounded import SURE, decide, sentences
from agent.mind.index import Found
from agent.mind.knowledge import Fact, Knowledge

KNOWLEDGE = Knowledge(
    (Fact("A", "One.", ()), Fact("A", "Two.", ()), Fact("B", "Three.", ())), gaps=()
)


def found(asked: list[float], *, gap: float = 0.8, novelty: float = 0.0) -> Found:
    scores = np.array(asked, np.float32)
    return Found(
        asked=scores,
        asked_next=scores - 0.02,
        stated=scores - 0.08,
        keywords=np.zeros(3, np.float32),
        gap=gap,
        small_talk={},
        novelty=novelty,
    )


def test_a_clear_question_gets_its_fact() -> None:
    decision = decide(found([0.82, 0.97, 0.84]), KNOWLEDGE)
    assert decision.facts == (1,)
    assert decision.sure
    assert sentences(decision.facts, KNOWLEDGE) == ["Two."]


def test_a_strange_question_gets_none() -> None:
    decision = decide(found([0.82, 0.84, 0.83], novelty=1.0), KNOWLEDGE)
    assert decision.facts == ()
    assert not decision.sure


def test_a_known_gap_that_is_nearer_forbids_an_answer() -> None:
    assert decide(found([0.82, 0.96, 0.84], gap=0.95), KNOWLEDGE).facts == (1,)
    assert decide(found([0.82, 0.96, 0.84], gap=0.97), KNOWLEDGE).facts == ()


def test_neighbours_that_fit_alike_are_said_together() -> None:
    assert decide(found([0.97, 0.9701, 0.84]), KNOWLEDGE).facts == (0, 1)
    assert decide(found([0.80, 0.9701, 0.97]), KNOWLEDGE).facts == (1,)


def test_what_was_just_said_gives_way_to_the_next_best() -> None:
    close = found([0.955, 0.96, 0.84])
    assert decide(close, KNOWLEDGE).facts[-1] == 1
    assert decide(close, KNOWLEDGE, said=[1]).facts == (0,)


def test_sureness_grows_with_likeness() -> None:
    values = [decide(found([0.8, asked, 0.8]), KNOWLEDGE).sureness for asked in (0.84, 0.9, 0.98)]
    assert values == sorted(values)
    assert values[0] < SURE < values[-1]
