"""One conversation: a person, a persona, a face, and everything that joins them.

Joins livekit's `AgentSession` to the face, the mind, a transport and the ledger, and speaks the
event protocol. Knows no HTTP. Nothing a person says is logged.
"""

import asyncio
import gc
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import numpy as np
from livekit.agents import AgentSession, llm
from livekit.agents.types import APIConnectOptions
from livekit.agents.voice.agent_session import SessionConnectOptions
from numpy.typing import NDArray

from agent.events import (
    AgentTranscriptEvent,
    AnswerEvent,
    ClientEvent,
    DisplayedEvent,
    ErrorEvent,
    Event,
    HelloEvent,
    InterruptEvent,
    OfferEvent,
    PushToTalkEvent,
    RegisterToolsEvent,
    SetPresentationEvent,
    SetSpeedEvent,
    SetVariablesEvent,
    SpeakEvent,
    StateEvent,
    TextEvent,
    ToolResultEvent,
)
from agent.events import MicrophoneEvent as MicrophoneEvent
from agent.face.expression import Expression
from agent.face.face import Face
from agent.face.presentation import Presenter
from agent.ledger.turns import Mark
from agent.session.apology import Apologist, Manner
from agent.session.captions import Captioner, Transcriber
from agent.session.face_control import FaceControl
from agent.session.failure import error_event
from agent.session.floor import Floor
from agent.session.greeting import Greeting
from agent.session.io import Captions, FaceOutput, Microphone
from agent.session.llm import MindLLM
from agent.session.role import Role
from agent.session.speaker import SpeakingAgent
from agent.session.timeline import Timeline
from agent.session.toolbox import Toolbox
from agent.session.typed_input import TypedInput
from agent.settings import MindSettings
from agent.speech import marks
from agent.speech.tts import VoiceTts
from agent.transport.base import Presentation, Transport
from render.types import Attitude, AVUnit, Motion

logger = logging.getLogger(__name__)

STATES: dict[str, Attitude] = {
    "initializing": Attitude.IDLE,
    "idle": Attitude.IDLE,
    "listening": Attitude.IDLE,
    "thinking": Attitude.THINKING,
    "speaking": Attitude.SPEAKING,
}


CLOSE_SECONDS, COLLECT_SECONDS = 5.0, 1.0
CONNECT = SessionConnectOptions(tts_conn_options=APIConnectOptions(max_retry=0))
"""A voice's process is started again by its worker; to ask once more only prolongs the silence."""
SPEECH_MARKS = {
    marks.SPEECH_ENDED: Mark.SPEECH_END,
    marks.TRANSCRIPT_READY: Mark.TRANSCRIPT,
    marks.TURN_COMMITTED: Mark.TURN_END,
}


class Negotiator(Protocol):
    """Opens a transport for an offer."""

    async def __call__(
        self,
        offer: str,
        microphone: Callable[[NDArray[np.int16]], None],
        presentation: Presentation,
    ) -> tuple[Transport, AnswerEvent]:
        """Returns the transport and what answers the offer; raises BadSdp."""
        ...


class Session:
    """One conversation.

    Args:
        hello: First event of the session.
        face: The face; its observers are set here.
        mind: The mind behind livekit's LLM interface; its observers are set here.
        manner: Greeting, mood and apology.
        options: Keyword arguments of `AgentSession` (voice, recognition, turn taking).
        timeline: Joins marks to turns.
        negotiate: Opens the WebRTC transport.
        emit: Sends an event to the client; never blocks.
        on_interrupted: Told of each answer that was cut short.
        tools: What the language model may call; none by default.
        lowest_bitrate: Bits a second below which pictures are not sent.
        role: Whose variables the client may change; nobody's by default.
    """

    def __init__(
        self,
        hello: HelloEvent,
        face: Face,
        mind: MindLLM,
        manner: Manner,
        options: dict[str, Any],
        timeline: Timeline,
        negotiate: Negotiator,
        emit: Callable[[Event], None],
        on_interrupted: Callable[[], None] = lambda: None,
        tools: Toolbox | None = None,
        lowest_bitrate: int = 0,
        role: Role | None = None,
    ) -> None:
        self.id = hello.session
        self._tools = tools or Toolbox(MindSettings(), (), (), emit)
        self._face = face
        self._timeline = timeline
        self._negotiate = negotiate
        self._emit = emit
        self._on_interrupted = on_interrupted
        self._transport: Transport | None = None
        self._media: asyncio.Task[None] | None = None
        self._microphone = Microphone()
        self._reins = FaceControl(face, self._microphone)
        self._tts: VoiceTts = options["tts"]
        self._floor = Floor(options["stt"], self._microphone, self._interrupt)
        self._expression = Expression(face.performer, manner.base)
        self._output = FaceOutput(
            face, timeline.voiced, self._expression.rehearse, self._expression.drop
        )
        self._presenter = Presenter(face, emit, self._voice, lowest_bitrate)
        self._state = Attitude.IDLE
        self._said = ""
        self._spoken: dict[Mark, float] = {}
        self._segment = 0
        self._captioner = Captioner(emit, self._floor.says)
        self._transcriber = Transcriber(emit)
        self._closed = False
        face.on_mark, face.on_sound = timeline.frame, self._sounds
        mind.on_asked = self._asked
        mind.on_token = timeline.answered
        mind.on_failure = self._mind_failed
        self._agent_session: AgentSession[None] = AgentSession(
            llm=mind, session_close_transcript_timeout=0.0, conn_options=CONNECT, **options
        )
        self._prompter = TypedInput(
            self._agent_session, timeline, emit, self._interrupt, self._asked
        )
        self._introduction = Greeting(
            self._agent_session, timeline, emit, hello, manner.greeting, role
        )
        self._agent = SpeakingAgent(self._tools.offered(), mind.memory)
        self._apologist = Apologist(self._agent_session, manner.apology)
        self._listen()

    # ---------------------------------------------------------------- life

    async def start(self) -> None:
        """Starts listening; speaks only when the face is on a screen."""
        self._introduction.hello()
        session = self._agent_session
        session.input.audio = self._microphone
        session.output.audio = self._output
        session.output.transcription = Captions(self._writing)
        await session.start(self._agent)

    def rejoin(self) -> None:
        """The client is back after a loss: says hello again, and what the avatar is doing."""
        self._introduction.hello()
        self._tell(self._state)

    def skip_greeting(self) -> None:
        """Says nothing first: the client begins. To be called before there is a transport."""
        self._introduction.skip_greeting()

    async def close(self, reason: str) -> None:
        """Frees everything. Idempotent."""
        if self._closed:
            return
        self._closed = True
        logger.info("session %s closes: %s", self.id, reason)
        if self._media is not None:
            self._media.cancel()
            await asyncio.gather(self._media, return_exceptions=True)
        if self._transport is not None:
            await self._transport.close()
        self._face.clear_buffer()
        self._tools.aclose()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._agent_session.aclose(), CLOSE_SECONDS)
        self._transport = None
        # Connections hold codecs and their threads in reference cycles; livekit's last tasks, which
        # nobody else holds, need a moment to end before.
        asyncio.get_running_loop().call_later(COLLECT_SECONDS, gc.collect)

    # ---------------------------------------------------------------- the client's events

    async def handle(self, event: ClientEvent) -> None:
        """Acts on an event.

        Raises:
            VisavisError: The event cannot be acted on; the session goes on.
        """
        if isinstance(event, OfferEvent):
            await self._accept(event)
        elif isinstance(event, SetPresentationEvent | SetSpeedEvent):
            self._present(event)
        elif isinstance(event, TextEvent | SpeakEvent):
            await self._reins.held_by_agent()
            await self._prompter.take(event)
        elif isinstance(event, InterruptEvent):
            await self._interrupt()
        elif isinstance(event, MicrophoneEvent):
            self._microphone.enabled = event.enabled
        elif isinstance(event, PushToTalkEvent):
            await self._floor.button(event.pressed)
        elif isinstance(event, DisplayedEvent):
            self._timeline.displayed(event)
        elif isinstance(event, SetVariablesEvent):
            self._introduction.change(event)
        elif isinstance(event, RegisterToolsEvent | ToolResultEvent):
            await self._tools.take(event, self._agent)
        else:
            self._expression.command(event)

    async def drive(self, steer: Callable[[int, Motion], Motion]) -> None:
        """Lets somebody else move the face, as `FaceControl.take`; falls silent. Raises Busy."""
        self._reins.take(steer)
        await self._interrupt()

    def undrive(self) -> None:
        """The agent moves the face, listens and speaks again."""
        self._reins.give_back()

    def _present(self, event: SetPresentationEvent | SetSpeedEvent) -> None:
        if isinstance(event, SetSpeedEvent):
            self._tts.set_speed(event.speed)
        else:
            self._presenter.ask(event)

    def _voice(self, on: bool) -> None:
        """Speaks answers from now on, or only writes them."""
        self._agent_session.output.set_audio_enabled(on)
        if not on:
            self._agent_session.interrupt(force=True)

    async def _accept(self, offer: OfferEvent) -> None:
        push, wanted = self._microphone.push, offer.presentation
        transport, answer = await self._negotiate(offer.sdp, push, wanted)
        self._presenter.begin(wanted, offer.can_draw)
        previous, self._transport = self._transport, transport
        if previous is not None:
            await previous.close()
        transport.on_mark = self._timeline.frame
        transport.on_closed = self._transport_closed
        self._timeline.watch_frame = transport.watch
        self._presenter.attach(transport)
        self._emit(answer)
        if self._media is None or self._media.done():
            self._media = asyncio.create_task(self._play(), name=f"media {self.id}")

    def _transport_closed(self, reason: str) -> None:
        if reason not in ("closed", "gone") and not self._closed:
            logger.info("session %s lost its media: %s", self.id, reason)
            self._emit(ErrorEvent(code="media_lost", message="Sound and picture were lost."))

    async def _interrupt(self) -> None:
        self._transcriber.forget()
        self._agent_session.clear_user_turn()
        await self._agent_session.interrupt(force=True)

    # ---------------------------------------------------------------- media

    async def _play(self) -> None:
        try:
            async for unit in self._face.units():
                self._expression.follow(unit)
                if self._transport is None:
                    continue
                self._follow(unit)
                self._transport.send(unit)
                self._presenter.follow(unit)
                if not self._introduction.greeted and self._transport.stats().connected:
                    self._introduction.greet(unit.pts)
        except Exception:
            logger.exception("session %s: the media loop failed", self.id)
            self._emit(ErrorEvent(code="media_lost", message="Sound and picture stopped."))

    def _sounds(self, unit: AVUnit) -> None:
        if self._transport is not None:
            self._transport.send_sound(unit)

    def _follow(self, unit: AVUnit) -> None:
        if unit.segment and unit.segment != self._segment:
            self._segment = unit.segment
            self._captioner.begin()
            self._output.started()
        self._timeline.follow(unit)
        self._floor.follow(unit)
        if unit.position > 0:
            self._captioner.follow(unit, self._timeline.turn, self._face.performer.words)

    # ---------------------------------------------------------------- what livekit observes

    def _listen(self) -> None:
        session = self._agent_session
        session.on("agent_state_changed", self._agent_state)
        session.on("user_state_changed", self._user_state)
        session.on("user_input_transcribed", self._transcribed)
        session.on("conversation_item_added", self._item)
        session.on("error", self._error)

    def speech_mark(self, name: str, at: float) -> None:
        """Takes the recogniser's moments; a committed turn opens its record."""
        if name in SPEECH_MARKS:
            self._spoken[SPEECH_MARKS[name]] = at
        if name == marks.TURN_COMMITTED and Mark.SPEECH_END in self._spoken:
            self._timeline.open("voice", self._spoken)
            self._spoken = {}
            self._said = ""
            self._transcriber.committed(self._timeline.turn)
        if name == marks.SPEECH_STARTED:
            self._transcriber.begins()
        if name == marks.TURN_CONTINUED:
            self._take_back()

    def _take_back(self) -> None:
        """The last turn was not whole: the next one will hold its words too."""
        turn = self._timeline.turn
        self._transcriber.take_back(turn)
        if self._said and self._state is not Attitude.SPEAKING:
            self._emit(AgentTranscriptEvent(turn=turn, text="", final=True, interrupted=True))

    def _agent_state(self, event: Any) -> None:
        attitude = STATES[event.new_state]
        if attitude is Attitude.IDLE and self._agent_session.user_state == "speaking":
            attitude = Attitude.LISTENING
        self._tell(attitude)

    def _tell(self, attitude: Attitude) -> None:
        self._state = attitude
        self._expression.attitude(attitude)
        self._emit(StateEvent.model_validate({"state": attitude.value}))

    def _user_state(self, event: Any) -> None:
        if event.new_state == "speaking":
            self._tell(Attitude.LISTENING)
        else:
            self._apologist.silent()

    def _transcribed(self, event: Any) -> None:
        self._apologist.heard()
        self._transcriber.heard(event.transcript, self._timeline.turn, final=event.is_final)

    def _asked(self) -> None:
        self._said = ""

    def _writing(self, text: str) -> None:
        self._said += text
        turn, request = self._timeline.turn, self._timeline.request
        text = self._said.strip()
        self._emit(AgentTranscriptEvent(turn=turn, text=text, final=False, request=request))

    def _item(self, event: Any) -> None:
        item = event.item
        if not isinstance(item, llm.ChatMessage) or item.role != "assistant":
            return
        # What was cut is told when the turn that cut it is open already.
        cut_short = item.interrupted and self._presenter.shown != "text"
        turn = self._timeline.turn_of(self._segment) if cut_short else self._timeline.turn
        record = self._timeline.ledger.get(turn)
        if item.interrupted and record is not None:
            record.interrupted = True
            self._on_interrupted()
        self._said = ""
        text, cut = (item.text_content or "").strip(), item.interrupted
        request = record.request if record else None
        self._emit(
            AgentTranscriptEvent(turn=turn, text=text, final=True, interrupted=cut, request=request)
        )

    def _mind_failed(self, error: Exception) -> None:
        logger.warning("session %s: no answer: %s", self.id, type(error).__name__)
        self._emit(error_event(error))

    def _error(self, event: Any) -> None:
        error = getattr(event.error, "error", event.error)
        logger.warning("session %s: %s", self.id, type(error).__name__)
        self._emit(error_event(error))
        if not self._closed:
            self._apologist.failed(event.error)
