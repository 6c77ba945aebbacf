"""Finds what a question is about: facts, known gaps and small talk in one space.

Imports `embedding`, `hearing` and `knowledge`. Hybrid retrieval: questions are compared with the
questions each fact answers and with the fact itself (embeddings), and by their words (BM25).
Vectors are kept on disk under a hash of all they depend on, so a start after the first is quick.
"""

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from agent.mind.embedding import Embedder, Vectors
from agent.mind.hearing import Hearing
from agent.mind.knowledge import Knowledge
from agent.mind.words import content_words

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Found:
    """How one question relates to everything a persona can answer.

    Attributes:
        asked: (facts,) cosine to the nearest question of each fact.
        asked_next: (facts,) cosine to the second nearest question of each fact.
        stated: (facts,) cosine to the fact itself.
        keywords: (facts,) BM25 score, divided by what a document of all its words would score.
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


class Index:
    """Everything one persona can answer, ready to be compared with a question."""

    def __init__(
        self,
        knowledge: Knowledge,
        phrases: dict[str, Sequence[str]],
        hearing: Hearing,
        embedder: Embedder,
        cache_dir: Path | None,
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
        groups = (masked, list(knowledge.gaps), [text for _, text in spoken])
        statements = [f"{fact.section}: {hearing.mask(fact.text)}" for fact in facts]
        vectors = _vectors(groups, statements, embedder, cache_dir)
        self._asked, self._gaps, self._spoken, self._stated = vectors
        documents = [
            content_words(" ".join((fact.section, fact.text, *fact.questions))) for fact in facts
        ]
        self._vocabulary = {word for document in documents for word in document}
        self._bm25 = bm25s.BM25()
        self._bm25.index(documents, show_progress=False)

    def embed(self, question: str) -> Vectors:
        """Returns the (d,) vector of a question."""
        return self._embedder.queries([self._hearing.mask(question)])[0]

    def find(self, question: str, *, without: int | None = None) -> Found:
        """Compares a question with everything.

        Args:
            question: What was asked, already repaired.
            without: Number of a question of the knowledge to leave out (for calibration).
        """
        vector = self.embed(question)
        asked = self._asked @ vector
        if without is not None:
            asked[without] = 0.0
        best, second = _two_best(asked, self._owner, self._count)
        words = content_words(self._hearing.mask(question))
        known = [word for word in words if word in self._vocabulary]
        intents = _two_best(self._spoken @ vector, self._intent_of, len(self._intents))[0]
        return Found(
            asked=best,
            asked_next=second,
            stated=self._stated @ vector,
            keywords=self._keyword_scores(known, len(words)),
            gap=float(np.max(self._gaps @ vector, initial=0.0)),
            small_talk={
                name: float(score) for name, score in zip(self._intents, intents, strict=True)
            },
            novelty=1 - len(known) / len(words) if words else 0.0,
        )

    def _keyword_scores(self, known: list[str], asked: int) -> Scores:
        """Returns (facts,) BM25 scores in [0, 1], scaled by the share of words that are known."""
        if not known:
            return np.zeros(self._count, np.float32)
        scores = np.asarray(self._bm25.get_scores(known), np.float32)
        top = float(scores.max())
        return scores * (len(known) / asked / top) if top > 0 else scores


def _two_best(scores: Vectors, owner: NDArray[np.intp], count: int) -> tuple[Scores, Scores]:
    """Returns (count,) the best and the second best of the scores that each owner has."""
    best = np.zeros(count, np.float32)
    np.maximum.at(best, owner, scores)
    order = np.lexsort((-scores, owner))
    ranked = owner[order]
    second = np.zeros(count, np.float32)
    starts = np.searchsorted(ranked, np.arange(count))
    for which, start in enumerate(starts):
        if start + 1 < len(ranked) and ranked[start + 1] == which:
            second[which] = scores[order[start + 1]]
    return best, second


def _vectors(
    groups: tuple[list[str], list[str], list[str]],
    statements: list[str],
    embedder: Embedder,
    cache_dir: Path | None,
) -> tuple[Vectors, Vectors, Vectors, Vectors]:
    """Returns the vectors of the three groups of questions and of the statements."""
    key = hashlib.sha256(repr((embedder.key, groups, statements)).encode()).hexdigest()
    path = cache_dir / f"knowledge-{key[:32]}.npz" if cache_dir else None
    if path and path.is_file():
        try:
            with np.load(path) as kept:
                return kept["asked"], kept["gaps"], kept["spoken"], kept["stated"]
        except (OSError, ValueError, KeyError):
            path.unlink(missing_ok=True)  # a damaged file is made anew
    asked, gaps, spoken = (_queries(group, embedder) for group in groups)
    stated = embedder.passages(statements)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.tmp.npz")
        np.savez(unfinished, asked=asked, gaps=gaps, spoken=spoken, stated=stated)
        unfinished.replace(path)
    return asked, gaps, spoken, stated


def _queries(texts: list[str], embedder: Embedder) -> Vectors:
    """Embeds texts one by one: padding a batch to its longest text is slower on one thread."""
    if not texts:
        return np.zeros((0, embedder.queries([""]).shape[1]), np.float32)
    return np.concatenate([embedder.queries([text]) for text in texts])


def split_sentences(text: str) -> list[str]:
    """Returns the sentences of `text`, each with its closing mark."""
    return [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]
