"""Decides whether the knowledge answers a question, and with which of its sentences.

Nothing is ever made up: an answer is a fact as it stands, or two neighbouring ones, or none; none
where something is meant rather that nobody knows, or small talk. All weights come from the method
of `agent.mind.retrieval.calibrate`, which leaves each question of the knowledge files out in turn
and asks it; these from 1,426 of its examples, chosen evenly.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agent.mind.retrieval.index import Found
from agent.mind.retrieval.knowledge import Knowledge
from agent.mind.retrieval.sounding import Sounded

RANK_WEIGHTS: Final = np.array([16.2, 29.85, 0.66])
"""Of `meant`, `stated` and `keywords`: what makes a fact fit better."""

SURE_WEIGHTS: Final = np.array([0.743, 4.521, 0.0, 0.191, 3.718, 2.875, 0.0, -0.331])
"""Of the values of `evidence`."""
SURE_BIAS: Final = -5.212

SURE: Final = 0.82
"""Probability from which a fact is given as the answer."""
LIKELY: Final = 0.15
"""Probability from which a fact is offered, with a word of doubt."""
REMARK: Final = 0.5
"""Probability below which who only tells something is offered no fact."""

_SAID_PENALTY: Final = 2.0
_JOIN_MARGIN: Final = 0.12
_JOIN_ASKED: Final = 0.93
_DOUBT_MARGIN: Final = 1.0
"""Two facts that are this near to each other are both offered, where neither is sure."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the knowledge says to a question.

    Attributes:
        facts: Numbers of the facts that answer it, in the order to say them; empty if none does.
        sureness: Probability that the nearest fact answers the question.
    """

    facts: tuple[int, ...]
    sureness: float

    @property
    def sure(self) -> bool:
        """Whether the facts are the answer, rather than a guess to be offered as one."""
        return bool(self.facts) and self.sureness >= SURE


def decide(found: Found, knowledge: Knowledge, said: Collection[int] = ()) -> Decision:
    """Decides on the facts that answer a question.

    Args:
        found: What retrieval says.
        knowledge: Where the facts come from.
        said: Numbers of facts that were just said: they are less likely the answer again.
    """
    if not knowledge.facts:
        return Decision((), 0.0)
    scores = rank(found)
    scores[list(said)] -= _SAID_PENALTY
    order = [int(at) for at in np.argsort(-scores)]
    best, second = order[0], order[min(1, len(order) - 1)]
    margin = float(scores[best] - (scores[second] if second != best else 0.0))
    logit = float(SURE_WEIGHTS @ evidence(found, best, margin) + SURE_BIAS)
    sureness = float(1 / (1 + np.exp(-logit)))
    others = max(found.unknown, *found.small_talk.values(), 0.0)
    if sureness < LIKELY or found.meant[best] <= others:
        return Decision((), sureness)
    joined = (
        margin < _JOIN_MARGIN
        and knowledge.adjacent(best, second)
        and min(found.asked[best], found.asked[second]) > _JOIN_ASKED
    )
    if sureness < SURE:
        return Decision((best, second) if margin < _DOUBT_MARGIN else (best,), sureness)
    return Decision(tuple(sorted((best, second))) if joined else (best,), sureness)


def by_sound(sounded: Sounded | None, alone: Decision) -> Decision:
    """Returns the decision on a question that meant little, by what it sounds like."""
    if sounded is None or alone.sure or (alone.facts and not sounded.certain):
        return alone
    return Decision((sounded.fact,), SURE if sounded.certain else LIKELY)


def to_a_remark(alone: Decision) -> Decision:
    """Returns the decision on something that was told rather than asked."""
    return alone if alone.sureness >= REMARK else Decision((), alone.sureness)


def rank(found: Found) -> NDArray[np.float64]:
    """Returns (facts,) how well each fact fits."""
    scores: NDArray[np.float64] = fact_scores(found) @ RANK_WEIGHTS
    return scores


def fact_scores(found: Found) -> NDArray[np.float64]:
    """Returns (facts, 3) the scores that are weighed by `RANK_WEIGHTS`."""
    columns = (found.meant, found.stated, found.keywords)
    return np.stack([column.astype(np.float64) for column in columns], axis=1)


def evidence(found: Found, best: int, margin: float) -> NDArray[np.float64]:
    """Returns (8,) the values that are weighed by `SURE_WEIGHTS`.

    They are the best fact's three scores, its margin over the second, its leads over what nobody
    knows, over the known gaps and over small talk, and the novelty.
    """
    meant = float(found.meant[best])
    talk = max(found.small_talk.values(), default=0.0)
    leads = (meant - found.unknown, float(found.asked[best]) - found.gap, meant - talk)
    return np.array([*fact_scores(found)[best], margin, *leads, found.novelty])


def sentences(facts: Sequence[int], knowledge: Knowledge) -> list[str]:
    """Returns what to say for the facts of a decision."""
    return [knowledge.facts[at].text for at in facts]
