"""Makes the conversation of a seat: who answers, with which face, voice, mind and tools."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

from agent.avatars.avatars import Avatars
from agent.avatars.record import AvatarRecord
from agent.events import Event, HelloEvent
from agent.face.puppets import PuppetPool, SharedPuppets
from agent.ledger.exporters import Metrics
from agent.mind.mind import Mind
from agent.mind.persona.cues import Feel, plain
from agent.mind.persona.persona import Persona
from agent.mind.tools.tool import Tool
from agent.models.motion import MotionService
from agent.personas.catalogue import PersonaCatalogue
from agent.server.access.load import Load
from agent.server.books import LedgerSinks
from agent.server.hub import Conversation, SessionSeat
from agent.server.peer_factory import PeerFactory
from agent.session.apology import Apology, Manner
from agent.session.assembly import SessionPlan, assemble
from agent.session.role import Role
from agent.session.timeline import Timeline
from agent.session.toolbox import Toolbox
from agent.settings import Settings
from agent.speech.engines import SpeechEngines
from agent.speech.marks import SpeechMarks
from agent.speech.rehearsal import Rehearsal
from agent.speech.session_options import SpeechOptions, session_options
from render.motion.emotion import Emotion
from render.motion.habits import habits_of
from render.motion.performer import Performer

CLONE_DISCLOSURE = (
    "{name} is a computer program. The face is a photo of a person, moved by a computer; "
    "the voice is generated."
)


@dataclass(frozen=True, slots=True)
class Models:
    """What all sessions share.

    Attributes:
        apologies: By the name of each voice.
        tools: The server's own.
    """

    catalogue: PersonaCatalogue
    avatars: Avatars
    puppets: PuppetPool
    drawing: Executor
    motion: MotionService
    mind: Mind
    speech: SpeechEngines
    apologies: dict[str, Apology]
    tools: list[Tool]


class SessionFactory:
    """Makes conversations.

    Args:
        settings: The whole tree.
        models: What sessions share.
        peers: Opens their connections.
        load: Says whether one more fits.
        rehearsal: Voices beforehand how answers begin.
        books: Where their turns go.
        metrics: Counts what happens in them.
    """

    def __init__(
        self,
        settings: Settings,
        models: Models,
        peers: PeerFactory,
        load: Load,
        rehearsal: Rehearsal,
        books: LedgerSinks,
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._models = models
        self._peers = peers
        self._load = load
        self._rehearsal = rehearsal
        self._books = books
        self._observer = _Observer(metrics, rehearsal)
        self._warming: set[asyncio.Task[None]] = set()

    async def create_session(
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
        self._load.require_room(self._peers.count)
        models = self._models
        part = models.catalogue.get(persona)
        shown = await asyncio.to_thread(models.avatars.get, avatar or part.persona.avatar)
        introduce = partial(_hello, seat, shown, self._settings)
        role = Role(part.persona, part.given, seat.variables, introduce)
        who = role.persona
        seat.avatar = shown.id
        self.prewarm(who.id)
        self.rehearse(who.voice, who, visitor=seat.id if seat.variables else None)
        bundle = await models.avatars.bundle(shown.id)
        drawer = await models.puppets.puppets_of(shown.id, who.id, bundle, part.backdrop)
        session = assemble(self._plan(seat, role, shown, drawer, seat.emit))
        await session.start()
        return session

    def prewarm(self, persona: str) -> None:
        """Lets the language model read a persona's prompt while the visitor is greeted."""
        task = asyncio.create_task(self._models.mind.prewarm(persona), name=f"prewarm {persona}")
        self._warming.add(task)
        task.add_done_callback(self._warming.discard)

    def rehearse(self, voice: str, persona: str | Persona, visitor: str | None = None) -> None:
        """Voices beforehand how a persona's answers begin.

        Args:
            voice: Its voice.
            persona: Its id, or itself with its variables filled in.
            visitor: Whose values are filled in.

        Raises:
            MissingVariable: It needs a variable that only a session can give.
        """
        if self._settings.speech.rehearsal:
            lines = self._models.mind.repertoire(persona)
            self._rehearsal.add_lines(self._models.speech.voice(voice), lines, visitor)

    async def aclose(self) -> None:
        """Ends what is being prepared."""
        for task in self._warming:
            task.cancel()
        await asyncio.gather(*self._warming, self._rehearsal.aclose(), return_exceptions=True)

    def _plan(
        self,
        seat: SessionSeat,
        role: Role,
        shown: AvatarRecord,
        drawer: SharedPuppets,
        emit: Callable[[Event], None],
    ) -> SessionPlan:
        models, settings, who = self._models, self._settings, role.persona
        seed = int.from_bytes(seat.id.encode()[:6], "big")
        return SessionPlan(
            hello=role.hello(),
            performer=Performer(seed, engine=models.motion.engine, habits=habits_of(shown.id)),
            drawer=drawer,
            drawing=models.drawing,
            answer=role.answering(models.mind.answer),
            memory=models.mind.memory(),
            manner=Manner(who.greeting, self._mood(who), models.apologies[who.voice]),
            speech=partial(self._speech_for, who),
            timeline=Timeline(seat.id, self._books.sinks, emit, budgets_ms=self._books.budgets_ms),
            negotiate=self._peers.open_peer,
            emit=emit,
            observer=self._observer,
            tools=Toolbox(settings.mind, models.tools, who.bridge, emit),
            lowest_bitrate=settings.webrtc.video_bitrate_min,
            role=role,
        )

    def _speech_for(self, who: Persona, observe: SpeechMarks) -> SpeechOptions:
        speech = self._settings.speech.model_copy(update={"language": who.language})
        return session_options(speech, self._models.speech, who.voice, observe, _vocabulary(who))

    def _mood(self, who: Persona) -> Feel:
        """Returns what a persona feels by itself."""
        face = self._settings.face
        intensity = face.intensity if who.intensity is None else who.intensity
        return Feel(Emotion(who.emotion or face.emotion), intensity)


class _Observer:
    """Counts what happens in all sessions (`SessionObserver`)."""

    def __init__(self, metrics: Metrics, rehearsal: Rehearsal) -> None:
        self._metrics = metrics
        self._rehearsal = rehearsal

    def on_interrupted(self) -> None:
        self._metrics.interruptions.inc()

    def on_picture_skipped(self) -> None:
        self._metrics.late_frames.inc()

    def on_session_closed(self, session: str) -> None:
        self._rehearsal.forget_visitor(session)


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
