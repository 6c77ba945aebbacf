"""Decides whether the knowledge answers a question, and with which of its sentences.

Imports `index` and `knowledge`. Nothing is ever made up: an answer is a fact as it stands, or two
neighbouring ones, or none. All weights come from `agent.mind.calibrate`, which leaves each
question of the knowledge files out in turn and asks it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agent.mind.index import Found
from agent.mind.knowledge import Knowledge

RANK_WEIGHTS: Final = np.array([47.9, 29.24, 49.28, 0.91])
"""Of `asked`, `asked_next`, `stated` and `keywords`: what makes a fact fit better."""

SURE_WEIGHTS: Final = np.array([-13.982, 16.846, 20.058, 0.098, 0.379, 21.53, -0.538])
"""Of the best fact's four scores, its margin, its lead over the gaps, and the novelty."""
SURE_BIAS: Final = -20.25

THRESHOLD: Final = 0.5
"""Probability from which an answer is given."""

_JOIN_MARGIN: Final = 0.12
_JOIN_ASKED: Final = 0.93


@dataclass(frozen=True, slots=True)
class Decision:
    """What the knowledge says to a question.

    Attributes:
        facts: Numbers of the facts that answer it, in the order to say them; empty if none does.
        nearest: Number of the fact that came nearest.
        sureness: Probability that the nearest fact answers the question.
    """

    facts: tuple[int, ...]
    nearest: int
    sureness: float


def decide(found: Found, knowledge: Knowledge, excluded: Collection[int] = ()) -> Decision:
    """Decides on the facts that answer a question.

    Args:
        found: What retrieval says.
        knowledge: Where the facts come from.
        excluded: Numbers of facts that were just said and are not the answer again.
    """
    scores = rank(found)
    scores[list(excluded)] = -np.inf
    best, second = (int(at) for at in np.argsort(-scores)[:2])
    margin = float(scores[best] - scores[second])
    logit = float(SURE_WEIGHTS @ evidence(found, best, margin) + SURE_BIAS)
    sureness = float(1 / (1 + np.exp(-logit)))
    if sureness < THRESHOLD:
        return Decision((), best, sureness)
    joined = (
        margin < _JOIN_MARGIN
        and knowledge.adjacent(best, second)
        and min(found.asked[best], found.asked[second]) > _JOIN_ASKED
    )
    facts = tuple(sorted((best, second))) if joined else (best,)
    return Decision(facts, best, sureness)


def rank(found: Found) -> NDArray[np.float64]:
    """Returns (facts,) how well each fact fits."""
    scores: NDArray[np.float64] = fact_scores(found) @ RANK_WEIGHTS
    return scores


def fact_scores(found: Found) -> NDArray[np.float64]:
    """Returns (facts, 4) the scores that are weighed by `RANK_WEIGHTS`."""
    columns = (found.asked, found.asked_next, found.stated, found.keywords)
    return np.stack([column.astype(np.float64) for column in columns], axis=1)


def evidence(found: Found, best: int, margin: float) -> NDArray[np.float64]:
    """Returns (7,) the values that are weighed by `SURE_WEIGHTS`."""
    lead = float(found.asked[best]) - found.gap
    return np.array([*fact_scores(found)[best], margin, lead, found.novelty])


def sentences(facts: Sequence[int], knowledge: Knowledge) -> list[str]:
    """Returns what to say for the facts of a decision."""
    return [knowledge.facts[at].text for at in facts]
