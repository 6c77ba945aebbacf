import shutil
from pathlib import Path

import pytest

from agent.errors import NotFound
from agent.mind.persona.persona import BadPersona, load_persona, persona_ids
from agent.settings import MindSettings

PROMPTS = MindSettings().prompts_dir


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROMPTS, tmp_path / "prompts"))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_our_personas_load() -> None:
    assert persona_ids(PROMPTS) == ["museum", "tutor", "vera"]
    vera, museum = load_persona(PROMPTS, "vera"), load_persona(PROMPTS, "museum")
    assert (vera.name, vera.avatar, vera.voice) == ("Vera", "vera", "heart")
    assert (museum.name, museum.avatar, museum.voice) == ("Joe", "joe", "joe")
    assert vera.prompt.startswith("You are Vera")
    assert "generated" in vera.disclosure


def test_own_replies_replace_the_common_ones() -> None:
    vera, museum = load_persona(PROMPTS, "vera"), load_persona(PROMPTS, "museum")
    assert vera.small_talk["joke"].replies != museum.small_talk["joke"].replies
    assert vera.small_talk["joke"].phrases == museum.small_talk["joke"].phrases
    assert vera.small_talk["thanks"] == museum.small_talk["thanks"]


def test_unknown_persona() -> None:
    with pytest.raises(NotFound, match="museum, tutor, vera"):
        load_persona(PROMPTS, "../../etc/passwd")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("language: en", "language: English", "language"),
        ("style: warm", "style: warm {{customer}}", "style"),
        ("style: warm", "variables: {name: Bob}\nstyle: warm", "variables.name"),
        ("name: Vera", "nickname: Vera", "name"),
        ("style: warm", "emotion: angry\nstyle: warm", "emotion"),
        ("style: warm", "intensity: 2\nstyle: warm", "intensity"),
        ("language: en", "language: [en", ""),
        ("  joke:", "  riddle:", "small_talk.riddle"),
        ("[visavis.md, elsewhere.md]", "[missing.md]", "knowledge"),
        ("---\nname", "name", ""),
    ],
)
def test_errors_name_file_and_field(prompts: Path, old: str, new: str, field: str) -> None:
    file = prompts / "personas" / "vera.md"
    edit(file, old, new)
    with pytest.raises(BadPersona) as caught:
        load_persona(prompts, "vera")
    assert (caught.value.file, caught.value.field) == (file, field)


def test_a_fault_in_the_common_small_talk_is_found_there(prompts: Path) -> None:
    file = prompts / "small_talk.yaml"
    edit(file, "  model: true", "  model: perhaps")
    with pytest.raises(BadPersona) as caught:
        load_persona(prompts, "vera")
    assert (caught.value.file, caught.value.field) == (file, "greeting.model")
