from pathlib import Path

import pytest

from agent.mind.persona.persona import BadPersona
from agent.mind.retrieval.knowledge import Fact, load_knowledge
from agent.settings import MindSettings

KNOWLEDGE = MindSettings().prompts_dir / "knowledge"


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_bullets_are_facts_and_loose_questions_are_gaps(tmp_path: Path) -> None:
    text = "# T\n\nText.\n\n## A\n- One.\n  Q: a? / b?\n  Q: c?\n- Two.\n## Not known\nQ: d? / e?\n"
    knowledge = load_knowledge([write(tmp_path / "k.md", text)])
    assert knowledge.facts == (Fact("A", "One.", ("a?", "b?", "c?")), Fact("A", "Two.", ()))
    assert knowledge.gaps == ("d?", "e?")
    assert knowledge.adjacent(0, 1)


@pytest.mark.parametrize(
    ("text", "field"),
    [("- Homeless.\n", "line 1"), (f"## A\n- {'word ' * 31}\n", "line 2"), ("## A\n", "")],
)
def test_errors_name_the_line(tmp_path: Path, text: str, field: str) -> None:
    with pytest.raises(BadPersona) as caught:
        load_knowledge([write(tmp_path / "k.md", text)])
    assert caught.value.field == field


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(BadPersona, match=r"no\.md"):
        load_knowledge([tmp_path / "no.md"])


@pytest.mark.parametrize("name", ["visavis.md", "museum.md"])
def test_the_facts_we_ship_can_be_said(name: str) -> None:
    facts = load_knowledge([KNOWLEDGE / name]).facts
    assert len(facts) >= 40
    assert len({fact.text for fact in facts}) == len(facts)
    for fact in facts:
        assert len(fact.text.split()) <= 25, fact.text
        assert fact.text[0].isupper(), fact.text
        assert fact.text.endswith((".", "?")), fact.text
        assert fact.questions, fact.text
