"""What belongs to one persona when it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.mind.persona.persona import Persona
from agent.mind.retrieval.embedding import Embedder
from agent.mind.retrieval.hearing import Hearing
from agent.mind.retrieval.index import Index
from agent.mind.retrieval.knowledge import Knowledge, load_knowledge
from agent.mind.retrieval.sounding import Sounding
from agent.mind.retrieval.vectors import VectorStore
from agent.mind.retrieval.words import common_words


@dataclass(frozen=True, slots=True)
class Shelf:
    """A persona with its knowledge, ready to be asked."""

    persona: Persona
    knowledge: Knowledge
    hearing: Hearing
    index: Index
    sounding: Sounding


def open_shelf(
    prompts_dir: Path,
    persona: Persona,
    embedder: Embedder,
    cache_dir: Path | None,
    store: VectorStore | None = None,
) -> Shelf:
    """Reads and indexes a persona's knowledge; new sentences take some 10 ms each.

    Args:
        prompts_dir: Where the knowledge lies.
        persona: Whose.
        embedder: Embeds sentences.
        cache_dir: Where vectors are kept; None keeps none.
        store: Has the vectors of sentences; one of its own by default.

    Raises:
        BadPersona: A knowledge file cannot be used.
    """
    knowledge = load_knowledge(prompts_dir / "knowledge" / name for name in persona.knowledge)
    phrases: dict[str, Sequence[str]] = {
        name: [phrase.format(name=persona.name) for phrase in intent.phrases]
        for name, intent in persona.small_talk.items()
    }
    texts = [
        text for fact in knowledge.facts for text in (fact.section, fact.text, *fact.questions)
    ]
    talk = [*knowledge.gaps, *(text for each in phrases.values() for text in each)]
    hearing = Hearing(persona.names, texts, talk, common_words())
    index = Index(knowledge, phrases, hearing, embedder, store or VectorStore(embedder, cache_dir))
    return Shelf(persona, knowledge, hearing, index, Sounding(knowledge))
