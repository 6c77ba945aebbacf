"""Personas on disk: whole or not at all, and as the loader of the next start reads them."""

from pathlib import Path
from typing import Any

import pytest
from test_persona_draft import GOOD

from agent.errors import InvalidFields, NotFound
from agent.mind.persona.persona import BadPersona, load_persona
from agent.mind.retrieval.knowledge import load_knowledge
from agent.personas.draft import PersonaDraft, read_draft
from agent.personas.store import ELSEWHERE, PersonaStore, draft_of
from agent.settings import MindSettings

PROMPTS = MindSettings().prompts_dir


@pytest.fixture
def store(tmp_path: Path) -> PersonaStore:
    return PersonaStore(tmp_path / "personas", PROMPTS)


def draft(**changes: Any) -> PersonaDraft:
    return read_draft(GOOD | changes)


def files(tmp_path: Path) -> list[str]:
    return sorted(str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file())


def test_what_is_saved_is_read_again_unchanged(store: PersonaStore) -> None:
    store.save("ida", draft())
    persona = store.load("ida")
    assert draft_of(persona, PROMPTS).model_dump(mode="json") == GOOD
    assert persona.knowledge[1:] == (ELSEWHERE,)
    facts = load_knowledge(PROMPTS / "knowledge" / name for name in persona.knowledge).facts
    assert [fact.text for fact in facts] == ["The blue boat sails at nine."]
    assert "thanks" in persona.small_talk


@pytest.mark.parametrize(
    "words",
    [
        "ends in dashes ---",
        "a: b # c",
        "'\"",
        "*x &y !z %w",
        "- [1, 2",
        "\u2014 \u00e9 \U0001f600",
        "yes",
        "2026-11-21",
    ],
)
def test_no_text_can_break_the_file(store: PersonaStore, words: str) -> None:
    given = draft(greeting=words, style=words.replace("{", ""), prompt=f"{words}\n---\nname: Eve")
    assert store.save("ida", given).greeting == words
    assert draft_of(store.load("ida"), PROMPTS) == given


def test_a_change_takes_the_old_knowledge_away(store: PersonaStore, tmp_path: Path) -> None:
    store.save("ida", draft())
    store.save("ida-2", draft())
    before = files(tmp_path)
    changed = draft(knowledge="## Boats\n- The red boat sails at ten.")
    persona = store.save("ida", changed)
    after = files(tmp_path)
    assert len(after) == len(before) == 4
    assert len(set(after) - set(before)) == 1
    assert draft_of(persona, PROMPTS).knowledge == changed.knowledge


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"knowledge": "- A fact."}, "knowledge", "Line 1: a fact must stand under a heading."),
        ({"knowledge": "## A\n- " + "w " * 31}, "knowledge", "Line 2: longer than 30 words."),
        (
            {"knowledge": "just words"},
            "knowledge",
            'No fact in it; write each as a bullet ("- …") under "## …".',
        ),
        ({"greeting": "Hi {{stranger}}"}, "greeting", "Nobody declares the variable stranger."),
    ],
)
def test_what_cannot_be_used_changes_nothing(
    store: PersonaStore, tmp_path: Path, changes: dict[str, str], field: str, words: str
) -> None:
    store.save("ida", draft())
    before = files(tmp_path)
    with pytest.raises(InvalidFields) as caught:
        store.save("ida", draft(**changes))
    assert caught.value.fields == {field: words}
    assert files(tmp_path) == before
    assert store.load("ida").greeting == GOOD["greeting"]


def test_deleting_leaves_nothing(store: PersonaStore, tmp_path: Path) -> None:
    store.save("ida", draft())
    store.delete("ida")
    assert (files(tmp_path), store.ids()) == ([], [])
    with pytest.raises(NotFound):
        store.delete("ida")


@pytest.mark.parametrize("name", ["../vera", "", "a/b", "Ida", ".new-x"])
def test_no_other_file_can_be_named(store: PersonaStore, name: str) -> None:
    for touch in (store.load, store.delete):
        with pytest.raises(NotFound):
            touch(name)


def test_a_file_that_somebody_broke_is_told(store: PersonaStore, tmp_path: Path) -> None:
    store.save("ida", draft())
    (tmp_path / "personas" / "ida.md").write_text("nothing")
    with pytest.raises(BadPersona):
        store.load("ida")


def test_ids_come_from_names(store: PersonaStore) -> None:
    store.save("ida", draft())
    assert store.free_id("Ida", []) == "ida-2"
    assert store.free_id("Ida", ["ida-2"]) == "ida-3"
    assert store.free_id("Zoë & Co.", []) == "zoe-co"
    assert store.free_id("アイダ", []) == "persona"


@pytest.mark.parametrize("name", ["vera", "museum"])
def test_those_that_ship_can_be_duplicated(store: PersonaStore, name: str) -> None:
    shipped = load_persona(PROMPTS, name)
    filled_in = draft_of(shipped, PROMPTS).model_dump(mode="json")
    copy = store.save("copy", read_draft(filled_in))
    assert draft_of(copy, PROMPTS).model_dump(mode="json") == filled_in
