"""Finds what a question is about: facts, known gaps and small talk in one space.

Hybrid retrieval: what all known questions together say a question means, how near it is to the
facts themselves (embeddings both), and which words it shares with them (BM25).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agent.mind.retrieval.embedding import Embedder, Vectors
from agent.mind.retrieval.hearing import Hearing
from agent.mind.retrieval.keywords import Keywords
from agent.mind.retrieval.knowledge import Knowledge
from agent.mind.retrieval.learned import Learned
from agent.mind.retrieval.vectors import VectorStore

Scores = NDArray[np.float32]
_REMEMBERED: Final = 64
"""Vectors kept: what is prepared while somebody speaks is asked again, and read in parts."""


@dataclass(frozen=True, slots=True)
class Found:
    """How one question relates to everything a persona can answer.

    Attributes:
        meant: (facts,) how much each fact is what is meant: about 1 for the right one, else 0.
        asked: (facts,) cosine to the nearest question of each fact; to itself where it has none.
        stated: (facts,) cosine to the fact itself.
        keywords: (facts,) BM25 score in [0, 1]; see `Keywords.scores`.
        unknown: How much it is a question that no fact answers, like `meant`.
        gap: Cosine to the nearest question that no fact answers.
        small_talk: How much each intent is what is meant.
        phrase: Cosine to the nearest phrase of small talk.
        novelty: Share of the question's content words that occur nowhere in the knowledge.
    """

    meant: Scores
    asked: Scores
    stated: Scores
    keywords: Scores
    unknown: float
    gap: float
    small_talk: dict[str, float]
    phrase: float
    novelty: float


@dataclass(frozen=True, slots=True)
class Leaving:
    """What to leave out of a search, to ask it as if it were not known: a question or a gap.

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
        self._vectors: dict[str, Vectors] = {}
        self._count = len(facts)
        questions = [(at, text) for at, fact in enumerate(facts) for text in fact.questions]
        self._owner = np.array([at for at, _ in questions], np.intp)
        self._intents = tuple(phrases)
        spoken = [(at, text) for at, each in enumerate(phrases.values()) for text in each]
        self._asked = store.queries([hearing.mask(text) for _, text in questions])
        self._gaps = store.queries(knowledge.gaps)
        self._spoken = store.queries([text for _, text in spoken])
        self._stated = store.passages(
            [f"{fact.section}: {hearing.mask(fact.text)}" for fact in facts]
        )
        self._keywords = Keywords(facts)
        none = self._count
        self._learned = Learned(
            np.concatenate([self._asked, self._gaps, self._spoken, self._stated]),
            np.array(
                [*self._owner]
                + [none] * len(self._gaps)
                + [none + 1 + at for at, _ in spoken]
                + [*range(none)],
                np.intp,
            ),
            none + 1 + len(self._intents),
        )

    def embed(self, question: str) -> Vectors:
        """Returns the (d,) vector of a question; the latest are remembered."""
        masked = self._hearing.mask(question)
        if (vector := self._vectors.pop(masked, None)) is None:
            vector = np.asarray(self._embedder.queries([masked])[0], np.float32)
        self._vectors[masked] = vector
        if len(self._vectors) > _REMEMBERED:
            del self._vectors[next(iter(self._vectors))]
        return vector

    def find_matches(self, question: str, leaving: Leaving | None = None) -> Found:
        """Compares a question with everything.

        Args:
            question: What was asked, already repaired.
            leaving: What to leave out.
        """
        vector = self.embed(question)
        asked, gaps, stated = self._asked @ vector, self._gaps @ vector, self._stated @ vector
        without = None
        if leaving and leaving.question is not None:
            without = leaving.question
            asked[without] = 0.0
        if leaving and leaving.gap is not None:
            without = len(asked) + leaving.gap
            gaps[leaving.gap] = 0.0
        keywords, novelty = (leaving.keywords if leaving else self._keywords).scores(
            self._hearing.mask(question)
        )
        meant = self._learned.meant(vector, without)
        return Found(
            meant=meant[: self._count],
            asked=self._nearest(asked, stated),
            stated=stated,
            keywords=keywords,
            unknown=float(meant[self._count]),
            gap=float(np.max(gaps, initial=0.0)),
            small_talk=dict(
                zip(self._intents, meant[self._count + 1 :].tolist(), strict=True),
            ),
            phrase=float(np.max(self._spoken @ vector, initial=0.0)),
            novelty=novelty,
        )

    def _nearest(self, asked: Scores, stated: Scores) -> Scores:
        """Returns (facts,) the best score of the questions that each fact has."""
        best = np.zeros(self._count, np.float32)
        np.maximum.at(best, self._owner, asked)
        silent = np.bincount(self._owner, minlength=self._count) == 0
        best[silent] = stated[silent]
        return best
