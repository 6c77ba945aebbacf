from collections.abc import Sequence
from pathlib import Path

import numpy as np
from mind_fakes import WordEmbedder

from agent.mind.retrieval.hearing import Hearing
from agent.mind.retrieval.index import Index, Leaving
from agent.mind.retrieval.keywords import Keywords
from agent.mind.retrieval.knowledge import Fact, Knowledge
from agent.mind.retrieval.vectors import VectorStore

KNOWLEDGE = Knowledge(
    (
        Fact("Hours", "We open at ten.", ("When do you open?", "Opening times?")),
        Fact("Food", "The café sells soup.", ("Is there food?",)),
    ),
    gaps=("Who won the football match?",),
)
PHRASES: dict[str, Sequence[str]] = {"greeting": ["hello"], "thanks": ["thank you kindly"]}


def build(embedder: WordEmbedder, cache: Path | None = None) -> Index:
    return Index(KNOWLEDGE, PHRASES, Hearing([], []), embedder, VectorStore(embedder, cache))


def test_finds_by_question_statement_and_keyword() -> None:
    found = build(WordEmbedder()).find_matches("When do you open the soup?")
    assert found.asked[0] > found.asked[1]
    assert found.stated[1] > 0
    assert found.keywords.max() == 1.0
    assert found.novelty == 0.0


def test_gaps_and_new_words() -> None:
    found = build(WordEmbedder()).find_matches("Who won the football match?")
    assert found.gap > 0.99
    assert found.novelty == 1.0


def test_all_known_questions_say_what_is_meant() -> None:
    index = build(WordEmbedder())
    found = index.find_matches("When do you open?")
    assert found.meant[0] > 0.7
    assert abs(found.meant[1]) < 0.3
    assert index.find_matches("Who won the football match?").unknown > 0.7
    assert index.find_matches("hello").small_talk["greeting"] > 0.7


def test_leaving_out_a_question() -> None:
    index = build(WordEmbedder())
    found = index.find_matches("Is there food?", Leaving(Keywords(KNOWLEDGE.facts), question=2))
    assert found.asked[1] == 0.0
    assert found.meant[1] < index.find_matches("Is there food?").meant[1] - 0.3


def test_leaving_out_a_gap() -> None:
    index = build(WordEmbedder())
    asked = "Who won the football match?"
    found = index.find_matches(asked, Leaving(Keywords(KNOWLEDGE.facts), gap=0))
    assert found.gap == 0.0
    assert found.unknown < index.find_matches(asked).unknown - 0.3


def test_vectors_are_kept_and_read_again(tmp_path: Path) -> None:
    first = WordEmbedder()
    build(first, tmp_path)
    second = WordEmbedder()
    index = build(second, tmp_path)
    assert (first.embedded, second.embedded) == (8, 0)
    assert np.allclose(index.find_matches("soup").stated, build(first).find_matches("soup").stated)


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    build(WordEmbedder(), tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"broken")
    again = WordEmbedder()
    build(again, tmp_path)
    assert again.embedded == 8


def test_only_new_sentences_are_embedded(tmp_path: Path) -> None:
    build(WordEmbedder(), tmp_path)
    second = WordEmbedder()
    more = Knowledge(KNOWLEDGE.facts, (*KNOWLEDGE.gaps, "Who sells shoes?"))
    Index(more, PHRASES, Hearing([], []), second, VectorStore(second, tmp_path))
    assert second.embedded == 1
