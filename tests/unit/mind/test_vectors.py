"""Vectors on disk, and those that come with the code."""

from pathlib import Path

import numpy as np
import pytest
from mind_fakes import WordEmbedder

from agent.mind.persona.persona import load_persona, persona_ids
from agent.mind.retrieval import vectors
from agent.mind.retrieval.embedding import E5_SMALL, Vectors
from agent.mind.retrieval.shelf import open_shelf
from agent.mind.retrieval.vectors import VectorStore
from agent.settings import MindSettings


def test_shipped_vectors_are_nearly_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "SHIPPED", tmp_path / "shipped")
    first, second = WordEmbedder(), WordEmbedder()
    store = VectorStore(first, None)
    made = store.queries(["a red lamp", "two lamps"])
    store.ship()
    read = VectorStore(second, None).queries(["two lamps", "a red lamp"])
    assert second.embedded == 0
    assert np.sum(made[::-1] * read, axis=1) == pytest.approx([1, 1], abs=1e-3)


class Refusing:
    """Knows the packaged model's name, and embeds nothing."""

    key = E5_SMALL.sha256

    def queries(self, texts: list[str]) -> Vectors:
        raise AssertionError(f"not shipped, run python -m agent.mind.retrieval.ship: {texts}")

    passages = queries


@pytest.mark.models
@pytest.mark.parametrize("name", persona_ids(MindSettings().prompts_dir))
def test_what_our_personas_know_comes_embedded(name: str) -> None:
    prompts = MindSettings().prompts_dir
    shelf = open_shelf(prompts, load_persona(prompts, name), Refusing(), None)  # type: ignore[arg-type]
    assert shelf.knowledge.facts
