"""Making, changing and deleting personas on a server that goes on."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from test_persona_draft import GOOD

from agent.errors import Busy, Forbidden, InvalidFields, NotFound, VisavisError
from agent.mind.persona.persona import Persona, persona_ids
from agent.personas import editor as casting_module
from agent.personas.catalogue import PersonaCatalogue
from agent.personas.draft import PersonaDraft, read_draft
from agent.personas.editor import PersonaEditor
from agent.personas.store import PersonaStore
from agent.settings import MindSettings, Settings

PROMPTS = MindSettings().prompts_dir
SHIPPED = sorted(persona_ids(PROMPTS), key=lambda name: (name != MindSettings().persona, name))


class Everything:
    """A mind, voices and faces that remember what they were told."""

    def __init__(self) -> None:
        self.known: dict[str, Mapping[str, str]] = {}
        self.retired: list[str] = []
        self.voices = {"heart": "en-US", "thorsten": "de-DE"}

    async def adopt(self, persona: Persona, given: Mapping[str, str]) -> None:
        self.known[persona.id] = given

    def retire(self, persona: str) -> None:
        self.retired.append(persona)

    def require(self, voice: str, language: str) -> None:
        if voice not in self.voices:
            raise NotFound(f"There is no voice {voice}.")
        if language != "en":
            raise VisavisError("English only.")

    def get(self, avatar: str) -> object:
        if avatar != "vera":
            raise NotFound("There is no such avatar.")
        return avatar


class Stage:
    """A casting and what it works with, on one folder."""

    def __init__(self, folder: Path, **variables: str) -> None:
        settings = Settings(mind=MindSettings(variables=variables))
        self.store = PersonaStore(folder, PROMPTS)
        self.cast = PersonaCatalogue(settings, self.store)
        self.told = Everything()
        self.casting = PersonaEditor(
            self.cast, self.store, PROMPTS, self.told, self.told, self.told
        )


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def draft(**changes: Any) -> PersonaDraft:
    return read_draft(GOOD | changes)


async def test_a_new_persona_plays_at_once(stage: Stage) -> None:
    made = await stage.casting.create_persona(draft())
    assert made == {"id": "ida", "own": True} | GOOD
    assert stage.told.known == {"ida": {}}
    assert [each["id"] for each in stage.cast.listed()] == [*SHIPPED, "ida"]
    assert stage.cast.get("ida").persona.greeting == GOOD["greeting"]


async def test_another_of_the_same_name_gets_another_id(stage: Stage) -> None:
    ids = [
        (await stage.casting.create_persona(draft(name=name)))["id"]
        for name in ("Ida", "Ida", "Vera")
    ]
    assert ids == ["ida", "ida-2", "vera-2"]


async def test_a_change_is_told_to_the_mind(stage: Stage) -> None:
    await stage.casting.create_persona(draft())
    stage.told.known.clear()
    changed = await stage.casting.replace("ida", draft(name="Ada", topics="trains"))
    assert (changed["id"], changed["name"]) == ("ida", "Ada")
    assert stage.told.known == {"ida": {}}
    assert stage.cast.listed()[-1]["description"] == "You can ask me about trains."


async def test_a_deleted_one_is_gone(stage: Stage) -> None:
    await stage.casting.create_persona(draft())
    await stage.casting.delete_persona("ida")
    assert (stage.store.ids(), stage.told.retired) == ([], ["ida"])
    for touch in (stage.casting.delete_persona("ida"), stage.casting.replace("ida", draft())):
        with pytest.raises(NotFound):
            await touch


@pytest.mark.parametrize("shipped", ["vera", "museum"])
async def test_those_that_ship_stay_as_they_are(stage: Stage, shipped: str) -> None:
    for touch in (stage.casting.delete_persona(shipped), stage.casting.replace(shipped, draft())):
        with pytest.raises(Forbidden):
            await touch
    copied = read_draft(
        {k: v for k, v in stage.casting.describe(shipped).items() if k not in ("id", "own")}
        | {"avatar": "vera", "voice": "heart"}
    )
    copy = await stage.casting.create_persona(copied)
    assert copy["own"]
    assert not stage.casting.describe(shipped)["own"]


async def test_what_this_server_lacks_is_told_field_by_field(stage: Stage) -> None:
    with pytest.raises(InvalidFields) as caught:
        await stage.casting.create_persona(draft(avatar="nobody", voice="alto"))
    assert caught.value.fields is not None
    assert set(caught.value.fields) == {"avatar", "voice"}
    with pytest.raises(InvalidFields) as caught:
        await stage.casting.create_persona(draft(language="de"))
    assert caught.value.fields == {"language": "English only."}
    assert (stage.store.ids(), stage.told.known) == ([], {})


async def test_there_is_an_end_to_how_many(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casting_module, "MAX_PERSONAS", 1)
    await stage.casting.create_persona(draft())
    with pytest.raises(Busy):
        await stage.casting.create_persona(draft())


async def test_they_play_again_after_a_restart(stage: Stage, tmp_path: Path) -> None:
    await stage.casting.create_persona(draft())
    await stage.casting.create_persona(draft(name="Ole"))
    (tmp_path / "ole.md").write_text("broken")
    again = await asyncio.to_thread(Stage, tmp_path, customer="Sir")
    await again.casting.start()
    assert again.told.known == {"ida": {"customer": "Sir"}}
    assert [part.persona.id for part in again.cast if part.own] == ["ida"]


async def test_one_whose_voice_is_gone_is_left_out(stage: Stage, tmp_path: Path) -> None:
    await stage.casting.create_persona(draft())
    again = await asyncio.to_thread(Stage, tmp_path)
    again.told.voices = {}
    await again.casting.start()
    assert [part for part in again.cast if part.own] == []


def test_only_voices_that_can_be_understood_are_offered(stage: Stage) -> None:
    stage.told.require = lambda voice, language: Everything.require(  # type: ignore[method-assign]
        stage.told, voice, language.split("-")[0]
    )
    overview = stage.casting.overview()
    assert overview["voices"] == [{"id": "heart", "language": "en-US"}]
    assert [each["id"] for each in overview["personas"]] == SHIPPED
    assert not any(each["own"] for each in overview["personas"])
