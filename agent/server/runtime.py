"""The life of a server's models: what is loaded when it starts, and closed when it stops."""

import asyncio
import contextlib
import gc
import logging
import sys
from concurrent.futures import ThreadPoolExecutor

from agent.avatars.avatars import Avatars
from agent.avatars.store import AvatarStore
from agent.avatars.studio import PhotoStudio
from agent.face.puppets import PuppetPool
from agent.ledger.exporters import Journal, Metrics
from agent.mind.mind import Mind
from agent.mind.persona.variables import MissingVariable
from agent.mind.tools.mcp import McpTools
from agent.mind.tools.tool import Tool, python_tools, refuse_duplicates
from agent.models.llm import EmbeddedLlm
from agent.models.motion import MotionService
from agent.personas.catalogue import PersonaCatalogue
from agent.personas.editor import PersonaEditor
from agent.personas.store import PersonaStore
from agent.server.access.load import Load
from agent.server.books import LedgerSinks
from agent.server.hub import Conversation, SessionSeat
from agent.server.peer_factory import PeerFactory
from agent.server.session_factory import Models, SessionFactory
from agent.session.apology import Apology
from agent.session.closing import Closing
from agent.settings import Settings
from agent.speech.engines import SpeechEngines
from agent.speech.rehearsal import Rehearsal
from agent.speech.voices.base import Voice
from render.motion.warm import warm_up_motion
from render.puppet.warm import warm_up

logger = logging.getLogger(__name__)

DRAWING_THREADS = 2
ENCODING_THREADS = 2
SWITCH_SECONDS = 0.0001
"""How long a thread may hold the interpreter while another waits: far less than is usual, since
the event loop lets go of it with every packet, and drawing with every layer."""


class Runtime:
    """The models and people behind a server; owns every process and thread pool it starts.

    Args:
        settings: The whole tree.
        metrics: Where finished turns are counted.
        journal: Where the latest are kept.

    Attributes:
        avatars: The faces.
        editor: Makes and changes personas.
        sessions: Makes conversations.
    """

    def __init__(self, settings: Settings, metrics: Metrics, journal: Journal) -> None:
        self._settings = settings
        kept = PersonaStore(settings.personas_dir, settings.mind.prompts_dir)
        self._catalogue = PersonaCatalogue(settings, kept)
        self._speech = self._speech_engines()
        self._language_model = EmbeddedLlm()
        self._mind = Mind(settings.mind, settings.knowledge_cache, embedded=self._language_model)
        self._mcp = McpTools(settings.mind.mcp, settings.mind.tool_seconds)
        self._tools: list[Tool] = python_tools(settings.mind.tools)
        size = settings.face.width, settings.face.height
        store = AvatarStore(settings.avatars_dir, settings.face.people_package)
        self.avatars = Avatars(store, PhotoStudio(), size)
        self.editor = PersonaEditor(
            self._catalogue,
            kept,
            settings.mind.prompts_dir,
            self._mind,
            self._speech,
            self.avatars,
        )
        self._motion = MotionService(settings.face)
        self._drawing = ThreadPoolExecutor(DRAWING_THREADS, "draw")
        self._encoding = ThreadPoolExecutor(ENCODING_THREADS, "encode")
        self._apologies: dict[str, Apology] = {}
        self._load = Load()
        self._books = LedgerSinks(settings.ledger, metrics, journal)
        peers = PeerFactory(settings, self._encoding)
        models = Models(
            catalogue=self._catalogue,
            avatars=self.avatars,
            puppets=PuppetPool(size, DRAWING_THREADS),
            drawing=self._drawing,
            motion=self._motion,
            mind=self._mind,
            speech=self._speech,
            apologies=self._apologies,
            tools=self._tools,
        )
        rehearsal = Rehearsal(lambda: peers.count > 0, settings.speech.first_clause)
        self.sessions = SessionFactory(
            settings, models, peers, self._load, rehearsal, self._books, metrics
        )
        self._closing = self._parts_to_close()

    async def start(self) -> None:
        """Loads everything at once; returns when a session can be served."""
        sys.setswitchinterval(SWITCH_SECONDS)
        self._closing.add("load watch", self._load.start())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._start_speech())
            tasks.create_task(self._mind.start())
            tasks.create_task(self._mcp.start())
            tasks.create_task(self._motion.start())
            tasks.create_task(self._meet_people())
        for name, error in self._mind.left_out.items():
            logger.error("persona %s is left out: %s", name, error.message)
            self._catalogue.remove(name)
        await self.editor.start()
        self._tools += self._mcp.tools
        refuse_duplicates(self._tools)
        self.sessions.prewarm(self._settings.mind.persona)
        for part in self._catalogue:
            with contextlib.suppress(MissingVariable):
                self.sessions.rehearse(part.persona.voice, part.persona.id)
        # What is loaded now stays: sparing it makes later collections cheap.
        gc.collect()
        gc.freeze()

    async def stop(self) -> None:
        """Ends all model processes and threads."""
        await self._closing.aclose()

    async def create_session(
        self, seat: SessionSeat, persona: str | None, avatar: str | None
    ) -> Conversation:
        """See `SessionFactory.create_session`."""
        return await self.sessions.create_session(seat, persona, avatar)

    def personas(self) -> list[dict[str, str]]:
        """Returns id, name, description and portrait of each persona, the default one first."""
        return self._catalogue.listed()

    def speaker(self, persona: str | None) -> Voice:
        """Returns the voice of a persona, or of the default one. Raises NotFound."""
        return self._speech.voice(self._catalogue.get(persona).persona.voice)

    def model_health(self) -> dict[str, bool]:
        """Returns whether each model's process is up."""
        speech = {worker.name: worker.ready for worker in self._speech.health()}
        if self._mind.external:
            return speech
        return {**speech, "language-model": self._language_model.process_id is not None}

    def _speech_engines(self) -> SpeechEngines:
        settings = self._settings
        shipped = [part.persona for part in self._catalogue if not part.own]
        voices = {*(persona.voice for persona in shipped), *settings.speech.voices}
        engines = SpeechEngines(
            tuple(sorted(voices)),
            settings=settings.speech,
            models_dir=settings.server.data_dir / "models",
        )
        for persona in shipped:
            engines.require(persona.voice, persona.language)
        return engines

    def _parts_to_close(self) -> Closing:
        closing = Closing("server")
        closing.add("encoding", lambda: self._encoding.shutdown(cancel_futures=True))
        closing.add("drawing", lambda: self._drawing.shutdown(cancel_futures=True))
        closing.add("motion", self._motion.close)
        closing.add("ledger", self._books.aclose)
        closing.add("tools", self._mcp.aclose)
        closing.add("avatars", self.avatars.aclose)
        closing.add("mind", self._mind.aclose)
        closing.add("speech", self._speech.aclose)
        closing.add("preparation", self.sessions.aclose)
        return closing

    async def _start_speech(self) -> None:
        await self._speech.start()
        for name in self._speech.voices:
            self._apologies[name] = await Apology.voiced(self._speech.voice(name))

    async def _meet_people(self) -> None:
        people = [part.persona.avatar for part in self._catalogue if not part.own]
        await asyncio.to_thread(self.avatars.meet, people)
        await asyncio.to_thread(warm_up, await self.avatars.bundle(people[0]))
        await asyncio.to_thread(warm_up_motion)
