"""One conversation: a person, a persona, a face, and what its client may ask of it.

Knows no HTTP. Nothing a person says is logged.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from livekit.agents import Agent, AgentSession

from agent.events import (
    ClientEvent,
    DisplayedEvent,
    Event,
    InterruptEvent,
    MicrophoneEvent,
    OfferEvent,
    PushToTalkEvent,
    RegisterToolsEvent,
    SetPresentationEvent,
    SetSpeedEvent,
    SetVariablesEvent,
    SpeakEvent,
    TextEvent,
    ToolResultEvent,
)
from agent.face.expression import Expression
from agent.face.face import Steering
from agent.face.presentation import Presenter
from agent.session.closing import SLOW_SECONDS, Closing
from agent.session.face_control import FaceControl
from agent.session.floor import Floor
from agent.session.greeting import Greeting
from agent.session.interruption import Interruption
from agent.session.io import Captions, FaceOutput, Microphone
from agent.session.observers import LivekitObserver
from agent.session.outlet import MediaOutlet
from agent.session.playback import Playback
from agent.session.state import AgentState
from agent.session.timeline import Timeline
from agent.session.toolbox import Toolbox
from agent.session.typed_input import TypedInput
from agent.speech.tts import VoiceTts

logger = logging.getLogger(__name__)

CLOSE_SECONDS = 2 * SLOW_SECONDS
"""A conversation that takes longer to close is left behind."""


@dataclass(frozen=True, slots=True)
class SessionParts:
    """What a session is assembled of; see `agent.session.assembly`."""

    livekit: AgentSession[None]
    agent: Agent
    observer: LivekitObserver
    tts: VoiceTts
    microphone: Microphone
    floor: Floor
    typed: TypedInput
    interruption: Interruption
    greeting: Greeting
    tools: Toolbox
    timeline: Timeline
    state: AgentState
    expression: Expression
    face_control: FaceControl
    presenter: Presenter
    output: FaceOutput
    captions: Captions
    outlet: MediaOutlet
    playback: Playback


class Session:
    """One conversation.

    Args:
        id: Opaque, safe to log.
        parts: What it is made of.
        emit: Sends an event to the client; never blocks.
        on_closed: Told the id when everything is freed.
    """

    def __init__(
        self,
        id: str,
        parts: SessionParts,
        emit: Callable[[Event], None],
        on_closed: Callable[[str], None],
    ) -> None:
        self.id = id
        self._parts = parts
        self._emit = emit
        self._on_closed = on_closed
        self._playing: asyncio.Task[None] | None = None
        self._closed = False

    # ---------------------------------------------------------------- life

    async def start(self) -> None:
        """Starts listening; speaks only when the face is on a screen.

        What fails to start is closed before the error is raised.
        """
        parts = self._parts
        parts.greeting.say_hello()
        parts.livekit.input.audio = parts.microphone
        parts.livekit.output.audio = parts.output
        parts.livekit.output.transcription = parts.captions
        try:
            await parts.livekit.start(parts.agent)
        except BaseException:
            await self.close("error")
            raise

    def rejoin(self) -> None:
        """The client is back after a loss: says hello again, and what the avatar is doing."""
        self._parts.greeting.say_hello()
        self._parts.state.tell()

    def skip_greeting(self) -> None:
        """Says nothing first: the client begins. To be called before there is a transport."""
        self._parts.greeting.skip_greeting()

    async def close(self, reason: str) -> None:
        """Frees everything, whatever of it fails. Idempotent."""
        if self._closed:
            return
        self._closed = self._parts.observer.closing = True
        logger.info("session %s closes: %s", self.id, reason)
        closing = Closing(f"session {self.id}")
        closing.add("conversation", self._close_livekit)
        closing.add("tools", self._parts.tools.aclose)
        closing.add("voice", self._parts.output.clear_buffer)
        closing.add("transport", self._parts.outlet.close)
        closing.add("playback", self._stop_playing)
        await closing.aclose()
        self._on_closed(self.id)

    async def _close_livekit(self) -> None:
        await asyncio.wait_for(self._parts.livekit.aclose(), CLOSE_SECONDS)

    async def _stop_playing(self) -> None:
        if self._playing is not None:
            self._playing.cancel()
            await asyncio.gather(self._playing, return_exceptions=True)

    # ---------------------------------------------------------------- the client's events

    async def handle(self, event: ClientEvent) -> None:
        """Acts on an event.

        Raises:
            VisavisError: The event cannot be acted on; the session goes on.
        """
        parts = self._parts
        if isinstance(event, OfferEvent):
            await self._accept(event)
        elif isinstance(event, SetPresentationEvent | SetSpeedEvent | DisplayedEvent):
            self._take_note(event)
        elif isinstance(event, TextEvent | SpeakEvent):
            await parts.face_control.wait_until_given_back()
            await parts.typed.answer_text(event)
        elif isinstance(event, InterruptEvent):
            await parts.interruption.interrupt()
        elif isinstance(event, MicrophoneEvent):
            parts.microphone.enabled = event.enabled
        elif isinstance(event, PushToTalkEvent):
            await parts.floor.press_button(event.pressed)
        elif isinstance(event, SetVariablesEvent):
            parts.greeting.change_variables(event)
        elif isinstance(event, RegisterToolsEvent | ToolResultEvent):
            await parts.tools.handle_event(event, parts.agent)
        else:
            parts.expression.handle_event(event)

    def _take_note(self, event: SetPresentationEvent | SetSpeedEvent | DisplayedEvent) -> None:
        if isinstance(event, SetPresentationEvent):
            self._parts.presenter.change_presentation(event)
        elif isinstance(event, SetSpeedEvent):
            self._parts.tts.set_speed(event.speed)
        else:
            self._parts.timeline.on_displayed(event)

    async def drive(self, steering: Steering) -> None:
        """Lets somebody else move the face, as `FaceControl.take_over`; falls silent.

        Raises:
            Busy: Somebody does already.
        """
        self._parts.face_control.take_over(steering)
        await self._parts.interruption.interrupt()

    def undrive(self) -> None:
        """The agent moves the face, listens and speaks again."""
        self._parts.face_control.give_back()

    async def _accept(self, offer: OfferEvent) -> None:
        parts = self._parts
        transport, answer = await parts.outlet.accept_offer(offer)
        parts.presenter.begin(offer.presentation, offer.can_draw)
        parts.presenter.attach(transport)
        self._emit(answer)
        if self._playing is None or self._playing.done():
            self._playing = asyncio.create_task(parts.playback.run(), name=f"media {self.id}")
