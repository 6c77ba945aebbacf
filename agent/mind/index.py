"""Finds what a question is about: facts, known gaps and small talk in one space.

Imports `embedding`, `hearing`, `keywords`, `knowledge` and `vectors`. Hybrid retrieval: a question
is compared with the questions each fact answers and with the fact itself (embeddings), and by its
words (BM25).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.mind.embedding import Embedder, Vectors
from agent.mind.hearing import Hearing
from agent.mind.keywords import Keywords
from agent.mind.knowledge import Knowledge
from agent.mind.vectors import VectorStore

Scores = NDArray[np.float32]

_ALONE = 0.02
"""How much farther a second question would be, of a fact that has but one."""


@dataclass(frozen=True, slots=True)
class Found:
    """How one question relates to everything a persona can answer.

    Attributes:
        asked: (facts,) cosine to the nearest question of each fact; to itself where it has none.
        asked_next: (facts,) cosine to the second nearest question of each fact.
        stated: (facts,) cosine to the fact itself.
        keywords: (facts,) BM25 score in [0, 1]; see `Keywords.scores`.
        gap: Cosine to the nearest question that no fact answers.
        small_talk: Cosine to the nearest phrase of each intent.
        novelty: Share of the question's content words that occur nowhere in the knowledge.
    """

    asked: Scores
    asked_next: Scores
    stated: Scores
    keywords: Scores
    gap: float
    small_talk: dict[str, float]
    novelty: float


@dataclass(frozen=True, slots=True)
class Leaving:
    """What to leave out of a search, to ask it as if it were not known.

    Attributes:
        keywords: The words of what remains.
        question: Number of a question of the knowledge.
        gap: Number of a known gap.
    """

    keywords: Keywords
    question: int | None = None
    gap: int | None = None


class Index:
    """Everything one persona can answer, ready to be compared with a question."""

    def __init__(
        self,
        knowledge: Knowledge,
        phrases: dict[str, Sequence[str]],
        hearing: Hearing,
        embedder: Embedder,
        store: VectorStore,
    ) -> None:
        self._hearing = hearing
        self._embedder = embedder
        facts = knowledge.facts
        self._count = len(facts)
        questions = [(at, text) for at, fact in enumerate(facts) for text in fact.questions]
        self._owner = np.array([at for at, _ in questions], np.intp)
        self._intents = tuple(phrases)
        spoken = [(at, text) for at, each in enumerate(phrases.values()) for text in each]
        self._intent_of = np.array([at for at, _ in spoken], np.intp)
        masked = [hearing.mask(text) for _, text in questions]
        self._asked = store.queries(masked)
        self._gaps = store.queries(knowledge.gaps)
        self._spoken = store.queries([text for _, text in spoken])
        self._stated = store.passages(
            [f"{fact.section}: {hearing.mask(fact.text)}" for fact in facts]
        )
        self._keywords = Keywords(facts)

    def embed(self, question: str) -> Vectors:
        """Returns the (d,) vector of a question."""
        vectors: Vectors = self._embedder.queries([self._hearing.mask(question)])
        return np.asarray(vectors[0], np.float32)

    def find(self, question: str, leaving: Leaving | None = None) -> Found:
        """Compares a question with everything.

        Args:
            question: What was asked, already repaired.
            leaving: What to leave out.
        """
        vector = self.embed(question)
        asked = self._asked @ vector
        gaps = self._gaps @ vector
        if leaving and leaving.question is not None:
            asked[leaving.question] = 0.0
        if leaving and leaving.gap is not None:
            gaps[leaving.gap] = 0.0
        stated = self._stated @ vector
        best, second = _two_best(asked, self._owner, self._count)
        silent = np.bincount(self._owner, minlength=self._count) == 0
        best[silent], second[silent] = stated[silent], stated[silent] - _ALONE
        keywords, novelty = (leaving.keywords if leaving else self._keywords).scores(
            self._hearing.mask(question)
        )
        intents = _two_best(self._spoken @ vector, self._intent_of, len(self._intents))[0]
        return Found(
            asked=best,
            asked_next=second,
            stated=stated,
            keywords=keywords,
            gap=float(np.max(gaps, initial=0.0)),
            small_talk={
                name: float(score) for name, score in zip(self._intents, intents, strict=True)
            },
            novelty=novelty,
        )


def _two_best(scores: Vectors, owner: NDArray[np.intp], count: int) -> tuple[Scores, Scores]:
    """Returns (count,) the best and the second best of the scores that each owner has.

    Who has one score only gets a second that is a little worse.
    """
    best = np.zeros(count, np.float32)
    np.maximum.at(best, owner, scores)
    order = np.lexsort((-scores, owner))
    ranked = owner[order]
    second = np.zeros(count, np.float32)
    starts = np.searchsorted(ranked, np.arange(count))
    for which, start in enumerate(starts):
        more = start + 1 < len(ranked) and ranked[start + 1] == which
        second[which] = scores[order[start + 1]] if more else max(best[which] - _ALONE, 0.0)
    return best, second
