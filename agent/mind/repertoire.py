"""What a persona says word for word, known before anybody asks."""

from collections.abc import Iterator, Sequence

from agent.mind.persona.cues import plain
from agent.mind.persona.persona import Persona
from agent.mind.retrieval.knowledge import Fact


def repertoire(persona: Persona, facts: Sequence[Fact]) -> Iterator[str]:
    """Yields what answers are made of where no language model words them, without tags.

    Args:
        persona: Who answers, its variables filled in.
        facts: What it knows.
    """
    names = {"name": persona.name, "topics": persona.topics, "visitor": ""}
    yield from map(plain, (*persona.unsure, *persona.unclear))
    for line in persona.unknown:
        yield plain(line.format(**names))
    for fact in facts:
        yield fact.text
    for intent in persona.small_talk.values():
        for reply in intent.replies:
            yield plain(reply.format(**names))
