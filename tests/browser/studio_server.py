"""The real server with a real mind, faces and personas, and without voices or ears.

What is typed is answered in writing, from what the persona knows; the face is drawn, sent and
drivable. So it starts in seconds, and whatever the studio changes can be met at once.
"""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from face_server import Faces, ShownAsAsked, running
from prometheus_client import CollectorRegistry
from watchers import FaceWatcher

from agent.errors import NotFound
from agent.events import (
    AgentTranscriptEvent,
    ClientEvent,
    HelloEvent,
    TextEvent,
    UserTranscriptEvent,
)
from agent.face.face import Face
from agent.ledger.exporters import Metrics
from agent.mind.mind import Mind
from agent.mind.persona.cues import plain
from agent.mind.persona.persona import Persona
from agent.personas.catalogue import PersonaCatalogue
from agent.personas.editor import PersonaEditor
from agent.personas.store import PersonaStore
from agent.server.app import create_app
from agent.server.hub import Conversation, SessionSeat
from agent.settings import ServerSettings, Settings
from render.motion.performer import Performer
from render.puppet.puppet import Puppet

SIZE = 256


class Voices:
    """Voices by name only."""

    def __init__(self) -> None:
        self.voices = {"heart": "en-US", "joe": "en-US"}

    def require(self, voice: str, language: str) -> None:
        if voice not in self.voices or not language.startswith("en"):
            raise NotFound("There is no such voice.")


class Writer(ShownAsAsked):
    """A face that answers in writing."""

    def __init__(self, seat: SessionSeat, face: Face, who: Persona, people: "Writers") -> None:
        super().__init__(seat, face, people.settings, people.work)
        self._who = who
        self._mind = people.mind
        self._turns = itertools.count(1)

    async def handle(self, event: ClientEvent) -> None:
        await super().handle(event)
        if isinstance(event, TextEvent):
            turn = next(self._turns)
            emit = self._seat.outbox.add_event
            emit(UserTranscriptEvent(turn=turn, text=event.text, final=True))
            said = [piece async for piece in self._mind.answer((), event.text, persona=self._who)]
            emit(AgentTranscriptEvent(turn=turn, text=plain("".join(said)), final=True))


class Writers(Faces):
    """A runtime of such faces, which people may change."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        super().__init__(settings)
        self.settings, self.work = settings, self._work
        self.mind = Mind(settings.mind, settings.knowledge_cache)
        prompts = settings.mind.prompts_dir
        store = PersonaStore(folder, prompts)
        self._cast = PersonaCatalogue(settings, store)
        self.casting = PersonaEditor(self._cast, store, prompts, self.mind, Voices(), self.avatars)

    async def start(self) -> None:
        await super().start()
        for record in self.avatars.known():  # a session waits for no face to be made
            await self.avatars.bundle(record.id)
        await self.mind.start()
        await self.casting.start()

    async def stop(self) -> None:
        await self.mind.aclose()
        await super().stop()

    async def create_session(
        self, seat: SessionSeat, persona: str | None, avatar: str | None
    ) -> Conversation:
        part = self._cast.get(persona)
        who = part.persona.filled(part.given | seat.variables)
        shown = self.avatars.get(avatar or who.avatar)
        seat.avatar = shown.id
        puppet = Puppet(await self.avatars.bundle(shown.id), SIZE, SIZE)
        seat.outbox.add_event(
            HelloEvent(
                session=seat.id,
                persona=who.id,
                name=who.name,
                avatar=shown.id,
                greeting=plain(who.greeting),
                disclosure=who.disclosure,
                language=who.language,
                ice_servers=[],
            )
        )
        return Writer(seat, Face(Performer(), puppet, self.work, FaceWatcher()), who, self)

    def personas(self) -> list[dict[str, str]]:
        return self._cast.listed()


@dataclass
class StudioServer:
    """What a test sees.

    Attributes:
        url: Of the studio's page.
        folder: Where personas are kept that people made.
        people: The runtime.
    """

    url: str
    folder: Path
    people: Writers = field(repr=False)


@asynccontextmanager
async def studio_server(gate: ServerSettings, folder: Path) -> AsyncIterator[StudioServer]:
    """Runs the server for the length of the block.

    Args:
        gate: Its keys and limits.
        folder: Where personas are kept.
    """
    people = Writers(Settings(), folder)
    app = create_app(gate, people, Metrics(CollectorRegistry()), editor=people.casting)
    async with running(app) as address:
        yield StudioServer(f"{address}/studio/", folder, people)
