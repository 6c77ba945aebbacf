"""Retrieval by words: BM25 over facts and their questions."""

from collections.abc import Sequence

import bm25s  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from agent.mind.retrieval.knowledge import Fact
from agent.mind.retrieval.words import content_words


class Keywords:
    """The words of all facts."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        documents = [
            content_words(" ".join((fact.section, fact.text, *fact.questions))) for fact in facts
        ]
        self._count = len(facts)
        self._vocabulary = {word for document in documents for word in document}
        self._bm25 = bm25s.BM25()
        if self._vocabulary:
            self._bm25.index(documents, show_progress=False)

    def scores(self, question: str) -> tuple[NDArray[np.float32], float]:
        """Compares a question with every fact.

        Returns:
            (facts,) BM25 scores in [0, 1], the best fact scoring the share of the question's
            content words that are known; and the share that is not known.
        """
        words = content_words(question)
        known = [word for word in words if word in self._vocabulary]
        if not known:
            return np.zeros(self._count, np.float32), 1.0 if words else 0.0
        scores = np.asarray(self._bm25.get_scores(known), np.float32)
        share = len(known) / len(words)
        top = float(scores.max())
        return (scores * (share / top) if top > 0 else scores), 1 - share
