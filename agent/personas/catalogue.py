"""Everyone a server can be: the personas that ship with it, and those that people made."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.errors import Forbidden, NotFound, VisavisError
from agent.films.backdrop import opaque_backdrop
from agent.mind.persona.persona import (
    BadPersona,
    Persona,
    common_values,
    load_persona,
    persona_ids,
)
from agent.personas.store import PersonaStore
from agent.settings import Settings
from render.puppet.framing import Background

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoadedPersona:
    """One persona, as it is played.

    Attributes:
        persona: Who.
        backdrop: What is behind.
        given: What the settings say its variables stand for.
        own: Whether people made it here, and may change it.
    """

    persona: Persona
    backdrop: Background
    given: dict[str, str]
    own: bool = False


class PersonaCatalogue:
    """All personas of a server.

    Args:
        settings: Which is the default one, and what variables stand for.
        store: Has those that people made; one that cannot be used is left out.

    Raises:
        BadPersona: The default one cannot be used; others that cannot are left out.
        UnknownVariable: The settings give a variable that nobody has.
    """

    def __init__(self, settings: Settings, store: PersonaStore) -> None:
        self._settings = settings
        prompts = settings.mind.prompts_dir
        shipped = [
            persona
            for name in persona_ids(prompts)
            if (persona := _loaded(prompts, name, name == settings.mind.persona))
        ]
        own = [persona for name in store.ids() if (persona := _usable(store, name))]
        self.shipped = {persona.id for persona in shipped}
        own = [persona for persona in own if persona.id not in self.shipped]
        common_values(settings.mind.variables, [*shipped, *own])
        self._parts = {persona.id: self.part(persona) for persona in [*shipped, *own]}

    def __iter__(self) -> Iterator[LoadedPersona]:
        """Yields the default persona first, then by id."""
        default = self._settings.mind.persona
        return iter(sorted(self._parts.values(), key=lambda part: _order(part, default)))

    def part(self, persona: Persona) -> LoadedPersona:
        """Returns how a persona is played."""
        variables = self._settings.mind.variables
        given = {name: variables[name] for name in persona.variables if name in variables}
        if persona.background is None:
            backdrop = opaque_backdrop(self._settings.face.background)
        else:
            backdrop = opaque_backdrop(persona.background, self._settings.mind.prompts_dir)
        return LoadedPersona(persona, backdrop, given, persona.id not in self.shipped)

    def get(self, persona: str | None) -> LoadedPersona:
        """Returns a persona, or the default one. Raises NotFound."""
        part = self._parts.get(persona or self._settings.mind.persona)
        if part is None:
            raise NotFound("There is no such persona.")
        return part

    def own(self, persona: str) -> LoadedPersona:
        """Returns a persona that may be changed.

        Raises:
            NotFound: There is none of this id.
            Forbidden: It ships with the server.
        """
        part = self.get(persona)
        if not part.own:
            raise Forbidden("This persona comes with Visavis and stays as it is; duplicate it.")
        return part

    def add(self, part: LoadedPersona) -> None:
        """Lets a persona play from now on, in place of one of the same id."""
        self._parts[part.persona.id] = part

    def remove(self, persona: str) -> None:
        """Lets a persona play no more."""
        self._parts.pop(persona, None)

    def listed(self) -> list[dict[str, str]]:
        """Returns id, name, description and portrait of each persona, the default one first."""
        return [
            {
                "id": part.persona.id,
                "name": part.persona.name,
                "description": f"You can ask me about {part.persona.topics}.",
                "avatar": f"/v1/avatars/{part.persona.avatar}.jpg",
            }
            for part in self
        ]


def _loaded(prompts: Path, name: str, needed: bool) -> Persona | None:
    try:
        return load_persona(prompts, name)
    except BadPersona as error:
        if needed:
            raise
        logger.error("persona %s is left out: %s", name, error.message)
        return None


def _usable(store: PersonaStore, name: str) -> Persona | None:
    try:
        return store.load(name)
    except VisavisError as error:
        logger.warning("persona %s is left out: %s", name, error.code)
        return None


def _order(part: LoadedPersona, default: str) -> tuple[bool, bool, str]:
    return part.persona.id != default, part.own, part.persona.id
