"""Making, changing and deleting personas while conversations go on.

A persona is checked against the voices, ears and faces of this server before it is kept, and
answers as soon as it is.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from agent.errors import Busy, InvalidFields, NotFound, VisavisError
from agent.mind.persona.persona import Persona
from agent.personas.catalogue import PersonaCatalogue
from agent.personas.draft import PersonaDraft
from agent.personas.store import PersonaStore, draft_of

MAX_PERSONAS = 50
"""That people made; more would only be forgotten ones."""


class Answers(Protocol):
    """What answers for personas."""

    async def adopt(self, persona: Persona, given: Mapping[str, str]) -> None:
        """Answers for one more, or for one that changed."""
        ...

    def retire(self, persona: str) -> None:
        """Answers for it no more, once conversations with it are over."""
        ...


class Speaks(Protocol):
    """What hears and speaks."""

    @property
    def voices(self) -> dict[str, str]:
        """The language of each voice, a BCP 47 tag, by the voice's name."""
        ...

    def require(self, voice: str, language: str) -> None:
        """Raises a typed error unless a conversation can be held."""
        ...


class Shows(Protocol):
    """What has the faces."""

    def get(self, avatar: str) -> object:
        """Returns what is known of a face. Raises NotFound."""
        ...


class PersonaEditor:
    """The personas people make on one server.

    Args:
        cast: Everyone there is.
        store: Where those that people made are kept.
        prompts_dir: Where those that ship lie.
        answers: Learns what each knows.
        speaks: Has the voices.
        shows: Has the faces.
    """

    def __init__(
        self,
        cast: PersonaCatalogue,
        store: PersonaStore,
        prompts_dir: Path,
        answers: Answers,
        speaks: Speaks,
        shows: Shows,
    ) -> None:
        self._cast = cast
        self._store = store
        self._prompts = prompts_dir
        self._answers = answers
        self._speaks = speaks
        self._shows = shows
        self._changing = asyncio.Lock()

    async def start(self) -> None:
        """Lets the personas that people made play; one whose voice is gone is left out."""
        for part in [part for part in self._cast if part.own]:
            try:
                self._speaks.require(part.persona.voice, part.persona.language)
            except VisavisError:
                self._cast.remove(part.persona.id)
            else:
                await self._answers.adopt(part.persona, part.given)

    def overview(self) -> dict[str, Any]:
        """Returns who there is, and which voices can be chosen."""
        people = [
            {
                "id": part.persona.id,
                "name": part.persona.name,
                "avatar": part.persona.avatar,
                "language": part.persona.language,
                "own": part.own,
            }
            for part in self._cast
        ]
        voices = [
            {"id": voice, "language": language}
            for voice, language in self._speaks.voices.items()
            if self._refused(voice, language) is None
        ]
        return {"personas": people, "voices": voices}

    def describe(self, persona: str) -> dict[str, Any]:
        """Returns all that can be filled in of one persona. Raises NotFound."""
        part = self._cast.get(persona)
        draft = draft_of(part.persona, self._prompts)
        return {"id": part.persona.id, "own": part.own} | draft.model_dump(mode="json")

    async def create_persona(self, draft: PersonaDraft) -> dict[str, Any]:
        """Keeps a new persona and lets it play.

        Raises:
            InvalidFields: It cannot be used.
            Busy: There are too many already.
        """
        async with self._changing:
            if len(self._store.ids()) >= MAX_PERSONAS:
                raise Busy(f"There are {MAX_PERSONAS} personas already; please delete one first.")
            taken = [part.persona.id for part in self._cast]
            return await self._keep(self._store.free_id(draft.name, taken), draft)

    async def replace(self, persona: str, draft: PersonaDraft) -> dict[str, Any]:
        """Changes a persona; conversations that are open keep the old one, but for what it knows.

        Raises:
            InvalidFields: It cannot be used; it stays as it was.
            NotFound: There is none of this id.
            Forbidden: It ships with the server.
        """
        async with self._changing:
            self._cast.own(persona)
            return await self._keep(persona, draft)

    async def delete_persona(self, persona: str) -> None:
        """Deletes a persona for good; conversations that are open go on.

        Raises:
            NotFound: There is none of this id.
            Forbidden: It ships with the server.
        """
        async with self._changing:
            self._cast.own(persona)
            await asyncio.to_thread(self._store.delete, persona)
            self._cast.remove(persona)
            self._answers.retire(persona)

    async def _keep(self, persona_id: str, draft: PersonaDraft) -> dict[str, Any]:
        await asyncio.to_thread(self._check, draft)
        persona = await asyncio.to_thread(self._store.save, persona_id, draft)
        part = self._cast.part(persona)
        await self._answers.adopt(persona, part.given)
        self._cast.add(part)
        return self.describe(persona_id)

    def _check(self, draft: PersonaDraft) -> None:
        """Raises InvalidFields for what this server does not have."""
        faults: dict[str, str] = {}
        try:
            self._shows.get(draft.avatar)
        except NotFound:
            faults["avatar"] = "This face is not here, or not any more; please choose another."
        if (error := self._refused(draft.voice, draft.language)) is not None:
            faults["language" if draft.voice in self._speaks.voices else "voice"] = error.message
        if faults:
            raise InvalidFields(faults)

    def _refused(self, voice: str, language: str) -> VisavisError | None:
        try:
            self._speaks.require(voice, language)
        except VisavisError as error:
            return error
        return None
