"""What all sessions share: models, people, minds; and how a session is made of them.

Owns every process and thread pool it starts.
"""

import asyncio
import contextlib
import gc
import logging
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from agent.avatars.avatars import Avatars
from agent.avatars.record import AvatarRecord
from agent.avatars.store import AvatarStore
from agent.avatars.studio import PhotoStudio
from agent.events import AnswerEvent, Event, HelloEvent
from agent.face.face import Face
from agent.face.puppets import PuppetPool, SharedPuppets
from agent.ledger.exporters import Journal, Metrics
from agent.mind.mind import Mind
from agent.mind.persona.cues import Feel, plain
from agent.mind.persona.persona import Persona
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
from agent.session.apology import Apology, Manner
from agent.session.llm import MindLLM
from agent.session.role import Role
from agent.session.session import Session
from agent.session.timeline import Timeline
from agent.session.toolbox import Toolbox
from agent.settings import Settings
from agent.speech.engines import SpeechEngines
from agent.speech.rehearsal import Rehearsal
from agent.speech.session_options import session_options
from agent.speech.voices.base import Voice
from agent.transport.base import Presentation, Transport
from agent.transport.webrtc import WebRtcPeer
from render.motion.emotion import Emotion
from render.motion.habits import habits_of
from render.motion.performer import Performer
from render.puppet.warm import warm_up

logger = logging.getLogger(__name__)

DRAWING_THREADS = 2
ENCODING_THREADS = 2
SWITCH_SECONDS = 0.0001
"""How long a thread may hold the interpreter while another waits: far less than is usual, since
the event loop lets go of it with every packet, and drawing with every layer."""
FEW_LISTENERS = 6
"""Beyond so many the sound of further ones is encoded with less effort."""
FULL_EFFORT, LESS_EFFORT = 10, 1
"""Of the sound's encoder, 0 to 10."""
CLONE_DISCLOSURE = (
    "{name} is a computer program. The face is a photo of a person, moved by a computer; "
    "the voice is generated."
)


class Models:
    """The models and people behind a server.

    Args:
        settings: The whole tree.
        metrics: Where finished turns are counted.
        journal: Where the latest are kept.
    """

    def __init__(self, settings: Settings, metrics: Metrics, journal: Journal) -> None:
        self._settings = settings
        self._metrics = metrics
        kept = PersonaStore(settings.personas_dir, settings.mind.prompts_dir)
        self._cast = PersonaCatalogue(settings, kept)
        shipped = [part.persona for part in self._cast if not part.own]
        voices = {*(persona.voice for persona in shipped), *settings.speech.voices}
        models = settings.server.data_dir / "models"
        self._speech = SpeechEngines(
            tuple(sorted(voices)), settings=settings.speech, models_dir=models
        )
        for persona in shipped:
            self._speech.require(persona.voice, persona.language)
        self._language_model = EmbeddedLlm()
        self._mind = Mind(
            settings.mind,
            settings.knowledge_cache,
            embedded=self._language_model,
        )
        self._mcp = McpTools(settings.mind.mcp, settings.mind.tool_seconds)
        self._tools: list[Tool] = python_tools(settings.mind.tools)
        face = settings.face
        store = AvatarStore(settings.avatars_dir, face.people_package)
        self.avatars = Avatars(store, PhotoStudio(), (face.width, face.height))
        self.casting = PersonaEditor(
            self._cast, kept, settings.mind.prompts_dir, self._mind, self._speech, self.avatars
        )
        self._apologies: dict[str, Apology] = {}
        self._peers: WeakSet[WebRtcPeer] = WeakSet()
        self._load = Load()
        self._watching: asyncio.Task[None] | None = None
        self._warming: set[asyncio.Task[None]] = set()
        self._rehearsal = Rehearsal(lambda: bool(self._peers), settings.speech.first_clause)
        self._mover = MotionService(face)
        self._drawing = ThreadPoolExecutor(DRAWING_THREADS, "draw")
        self._puppets = PuppetPool((face.width, face.height), DRAWING_THREADS)
        self._encoding = ThreadPoolExecutor(ENCODING_THREADS, "encode")
        self._books = LedgerSinks(settings.ledger, metrics, journal)

    async def start(self) -> None:
        """Loads everything at once; returns when a session can be served."""
        sys.setswitchinterval(SWITCH_SECONDS)
        self._watching = asyncio.create_task(self._load.watch(), name="load")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._start_speech())
            tasks.create_task(self._mind.start())
            tasks.create_task(self._mcp.start())
            tasks.create_task(self._mover.start())
            tasks.create_task(self._meet_people())
        await self.casting.start()
        self._tools += self._mcp.tools
        refuse_duplicates(self._tools)
        self._prewarm(self._settings.mind.persona)
        for part in self._cast:
            with contextlib.suppress(MissingVariable):
                self._rehearse(part.persona.voice, part.persona.id)
        # What is loaded now stays: sparing it makes the collection after each session cheap.
        gc.collect()
        gc.freeze()

    def _prewarm(self, persona: str) -> None:
        """Lets the language model read a persona's prompt while the visitor is greeted."""
        task = asyncio.create_task(self._mind.prewarm(persona), name=f"prewarm {persona}")
        self._warming.add(task)
        task.add_done_callback(self._warming.discard)

    def _rehearse(self, voice: str, persona: str | Persona) -> None:
        if self._settings.speech.rehearsal:
            self._rehearsal.add(self._speech.voice(voice), self._mind.repertoire(persona))

    async def _start_speech(self) -> None:
        await self._speech.start()
        for name in self._speech.voices:
            self._apologies[name] = await Apology.voiced(self._speech.voice(name))

    async def _meet_people(self) -> None:
        people = [part.persona.avatar for part in self._cast if not part.own]
        await asyncio.to_thread(self.avatars.meet, people)
        await asyncio.to_thread(warm_up, await self.avatars.bundle(people[0]))
        await asyncio.to_thread(Performer().advance)  # what is compiled is loaded here

    async def stop(self) -> None:
        """Ends all model processes and threads."""
        if self._watching is not None:
            self._watching.cancel()
        for task in self._warming:
            task.cancel()
        await asyncio.gather(*self._warming, self._rehearsal.aclose(), return_exceptions=True)
        await asyncio.gather(self._speech.aclose(), self._mind.aclose(), self.avatars.aclose())
        await asyncio.gather(self._mcp.aclose(), self._books.aclose())
        self._mover.close()
        self._drawing.shutdown(cancel_futures=True)
        self._encoding.shutdown(cancel_futures=True)

    def personas(self) -> list[dict[str, str]]:
        """Returns id, name, description and portrait of each persona, the default one first."""
        return self._cast.listed()

    def speaker(self, persona: str | None) -> Voice:
        """Returns the voice of a persona, or of the default one. Raises NotFound."""
        return self._speech.voice(self._cast.get(persona).persona.voice)

    def health(self) -> dict[str, bool]:
        """Returns whether each model's process is up."""
        speech = {worker.name: worker.ready for worker in self._speech.health()}
        if self._mind.external:
            return speech
        return {**speech, "language-model": self._language_model.process_id is not None}

    async def create(
        self, seat: SessionSeat, persona: str | None, avatar: str | None
    ) -> Conversation:
        """Makes the conversation of a new seat, with the persona's own face or another one.

        Raises:
            NotFound: No such persona or avatar.
            UnknownVariable: The persona has no variable that the seat gives a value.
            BadVariable: A value cannot be filled in.
            MissingVariable: The persona needs a value that is not given.
            ServerFull: The machine is too busy for one more.
        """
        self._load.check(len(self._peers))
        part = self._cast.get(persona)
        shown = await asyncio.to_thread(self.avatars.get, avatar or part.persona.avatar)
        introduce = partial(_hello, seat, shown, self._settings)
        role = Role(part.persona, part.given, seat.variables, introduce)
        who = role.persona
        seat.avatar = shown.id
        self._prewarm(who.id)
        self._rehearse(who.voice, who)
        emit = _outbox(seat)
        bundle = await self.avatars.bundle(shown.id)
        drawer = await self._puppets.of(shown.id, who.id, bundle, part.backdrop)
        session = self._assemble(seat, role, shown, drawer, emit)
        await session.start()
        return session

    def _assemble(
        self,
        seat: SessionSeat,
        role: Role,
        shown: AvatarRecord,
        drawer: SharedPuppets,
        emit: Callable[[Event], None],
    ) -> Session:
        who = role.persona
        seed = int.from_bytes(seat.id.encode()[:6], "big")
        performer = Performer(seed, engine=self._mover.engine, habits=habits_of(shown.id))
        skipped = self._metrics.late_frames.inc
        face = Face(performer, drawer, self._drawing, on_skipped=skipped)

        def observe(name: str, at: float) -> None:
            session.speech_mark(name, at)

        speech = self._settings.speech.model_copy(update={"language": who.language})
        options = session_options(speech, self._speech, who.voice, observe, _vocabulary(who))
        manner = Manner(who.greeting, self._mood(who), self._apologies[who.voice])
        session = Session(
            role.hello(),
            face,
            MindLLM(role.answering(self._mind.answer), manner.apology.tagged, self._mind.memory()),
            manner,
            options,
            Timeline(seat.id, self._books.sinks, emit, budgets_ms=self._books.budgets_ms),
            self._negotiate,
            emit,
            self._metrics.interruptions.inc,
            Toolbox(self._settings.mind, self._tools, who.bridge, emit),
            self._settings.webrtc.video_bitrate_min,
            role,
        )
        return session

    def _mood(self, who: Persona) -> Feel:
        """Returns what a persona feels by itself."""
        face = self._settings.face
        intensity = face.intensity if who.intensity is None else who.intensity
        return Feel(Emotion(who.emotion or face.emotion), intensity)

    async def _negotiate(
        self,
        offer: str,
        microphone: Callable[[NDArray[np.int16]], None],
        presentation: Presentation,
    ) -> tuple[Transport, AnswerEvent]:
        size = self._settings.face.width, self._settings.face.height
        effort = FULL_EFFORT if len(self._peers) < FEW_LISTENERS else LESS_EFFORT
        peer = WebRtcPeer(
            self._settings.webrtc,
            *size,
            self._encoding,
            presentation=presentation,
            audio_complexity=effort,
        )
        self._peers.add(peer)
        peer.on_microphone = microphone
        sdp, video_origin = await peer.answer(offer)
        answer = AnswerEvent(sdp=sdp, video_origin=video_origin, audio_origin=peer.audio_origin)
        return peer, answer


def _outbox(seat: SessionSeat) -> Callable[[Event], None]:
    def emit(event: Event) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            seat.outbox.put_nowait(event)

    return emit


def _vocabulary(who: Persona) -> tuple[str, ...]:
    """Names the recogniser would not know."""
    return tuple(dict.fromkeys([*(name.name for name in who.names), who.name]))


def _hello(seat: SessionSeat, shown: AvatarRecord, settings: Settings, who: Persona) -> HelloEvent:
    disclosure = who.disclosure
    if not shown.ai_generated:
        disclosure = CLONE_DISCLOSURE.format(name=who.name)
    return HelloEvent(
        session=seat.id,
        persona=who.id,
        name=who.name,
        avatar=shown.id,
        greeting=plain(who.greeting),
        disclosure=disclosure,
        language=who.language,
        ice_servers=list(settings.webrtc.ice_servers),
        questions=list(who.questions),
    )
