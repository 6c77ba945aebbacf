"""Assembles a session: makes its parts in an order in which each knows those it tells.

hearing, mind, face, transport     what happens
  -> observers                     what follows from it
  -> transcripts, state, timeline  what the client and the ledger are told
"""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Protocol

from agent.events import Event, HelloEvent
from agent.face.expression import Expression
from agent.face.face import Face
from agent.face.presentation import Presenter
from agent.mind.memory import Memory
from agent.session.apology import Apologist, Manner
from agent.session.captions import Captioner
from agent.session.face_control import FaceControl
from agent.session.floor import Floor
from agent.session.greeting import Greeting
from agent.session.interruption import Interruption
from agent.session.io import Captions, FaceOutput, Microphone
from agent.session.llm import AnswerSource, MindLLM
from agent.session.observers import (
    AnswerReporter,
    LivekitObserver,
    SpeakingSwitch,
    SpeechReporter,
    TurnObserver,
)
from agent.session.outlet import MediaOutlet, Negotiator
from agent.session.playback import Onlookers, Playback
from agent.session.role import Role
from agent.session.session import Session, SessionParts
from agent.session.speaker import SpeakingAgent
from agent.session.state import AgentState
from agent.session.timeline import Timeline
from agent.session.toolbox import Toolbox
from agent.session.transcripts import AgentTranscript, UserTranscript
from agent.session.typed_input import TypedInput
from agent.settings import MindSettings
from agent.speech.marks import SpeechMarks
from agent.speech.session_options import SpeechOptions
from render.motion.performer import Performer
from render.types import Drawer


class SpeechFor(Protocol):
    """Sets up hearing and voice for one conversation."""

    def __call__(self, observe: SpeechMarks) -> SpeechOptions:
        """Returns them; `observe` takes the marks of each turn."""
        ...


class SessionObserver(Protocol):
    """Takes what happens in a session and matters to the whole server."""

    def on_interrupted(self) -> None:
        """Counts an answer that was cut short."""
        ...

    def on_picture_skipped(self) -> None:
        """Counts a picture that was left out to keep time."""
        ...

    def on_session_closed(self, session: str) -> None:
        """Notes that a session has ended; nothing of its visitor needs to be kept."""
        ...


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What differs between sessions.

    Attributes:
        hello: First event of the session.
        performer: Moves the face.
        drawer: Draws its pictures; None where only the client draws.
        drawing: Where drawing runs; shared by all sessions.
        answer: The mind.
        memory: Keeps a long conversation small; None lets it grow.
        manner: Greeting, mood and apology.
        speech: Sets up hearing and voice.
        timeline: Joins marks to turns.
        negotiate: Opens a transport for an offer.
        emit: Sends an event to the client; never blocks.
        observer: Told of what matters to the whole server.
        tools: What the language model may call; none by default.
        lowest_bitrate: Bits a second below which pictures are not sent.
        role: Whose variables the client may change; nobody's by default.
    """

    hello: HelloEvent
    performer: Performer
    drawer: Drawer | None
    drawing: Executor
    answer: AnswerSource
    memory: Memory | None
    manner: Manner
    speech: SpeechFor
    timeline: Timeline
    negotiate: Negotiator
    emit: Callable[[Event], None]
    observer: SessionObserver
    tools: Toolbox | None = None
    lowest_bitrate: int = 0
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    """What the client and the ledger are told, which needs no model and no face."""

    timeline: Timeline
    said: AgentTranscript
    heard: UserTranscript
    microphone: Microphone = field(default_factory=Microphone)


def assemble(plan: SessionPlan) -> Session:
    """Returns a session, not yet started."""
    emit, timeline, session = plan.emit, plan.timeline, plan.hello.session
    said = AgentTranscript(emit, timeline, plan.observer.on_interrupted)
    told = _Told(timeline, said, UserTranscript(emit))
    outlet = MediaOutlet(
        session,
        timeline,
        told.microphone,
        plan.negotiate,
        emit,
        plan.observer.on_picture_skipped,
    )
    face = Face(plan.performer, plan.drawer, plan.drawing, outlet)
    expression = Expression(plan.performer, plan.manner.base)
    state = AgentState(emit, expression)
    options = plan.speech(TurnObserver(timeline, told.heard, said, state))
    reporter = AnswerReporter(session, timeline, said, emit)
    mind = MindLLM(plan.answer, plan.manner.apology.tagged, reporter, plan.memory)
    return _join(plan, told, outlet, face, expression, state, options, mind)


def _join(
    plan: SessionPlan,
    told: _Told,
    outlet: MediaOutlet,
    face: Face,
    expression: Expression,
    state: AgentState,
    options: SpeechOptions,
    mind: MindLLM,
) -> Session:
    """Joins what hears, thinks and shows by livekit's session."""
    emit, timeline, session = plan.emit, told.timeline, plan.hello.session
    livekit = options.make_session(mind)
    interruption = Interruption(livekit, told.heard)
    floor = Floor(options.stt, told.microphone, interruption)
    tools = plan.tools or Toolbox(MindSettings(), (), (), emit)
    output = FaceOutput(face, SpeechReporter(timeline, expression))
    presenter = Presenter(face, emit, SpeakingSwitch(livekit), plan.lowest_bitrate)
    greeting = Greeting(livekit, timeline, emit, plan.hello, plan.manner.greeting, plan.role)
    captioner = Captioner(emit, floor)
    onlookers = Onlookers(expression, timeline, floor, captioner, output, presenter, greeting)
    playback = Playback(session, face, outlet, onlookers, emit)
    apologist = Apologist(livekit, plan.manner.apology)
    observer = LivekitObserver(
        session,
        livekit,
        timeline,
        told.heard,
        told.said,
        state,
        apologist,
        presenter,
        playback,
        emit,
    )
    parts = SessionParts(
        livekit=livekit,
        agent=SpeakingAgent(tools.offered(), mind.memory),
        observer=observer,
        tts=options.tts,
        microphone=told.microphone,
        floor=floor,
        typed=TypedInput(livekit, timeline, emit, interruption, told.said, apologist),
        interruption=interruption,
        greeting=greeting,
        tools=tools,
        timeline=timeline,
        state=state,
        expression=expression,
        face_control=FaceControl(face, told.microphone),
        presenter=presenter,
        output=output,
        captions=Captions(told.said.add_text),
        outlet=outlet,
        playback=playback,
    )
    return Session(session, parts, emit, plan.observer.on_session_closed)
