from pathlib import Path

from agent.mind.persona.persona import load_persona
from agent.mind.repertoire import repertoire
from agent.mind.retrieval.knowledge import Fact

PROMPTS = Path(__file__).parents[3] / "prompts"


def test_it_holds_facts_and_lines_as_they_are_spoken() -> None:
    persona = load_persona(PROMPTS, "vera")
    lines = list(repertoire(persona, [Fact("A", "It is free.", ())]))
    assert "It is free." in lines
    assert any(persona.topics in line for line in lines)
    assert not any("[" in line or "{" in line for line in lines)
    replies = sum(len(intent.replies) for intent in persona.small_talk.values())
    own = len(persona.unsure) + len(persona.unclear) + len(persona.unknown)
    assert len(lines) == 1 + replies + own
