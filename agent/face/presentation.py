"""What one client is shown: pictures, motion it draws itself, sound alone, or text alone."""

import random
import time
from collections.abc import Callable
from typing import Literal, Protocol

from agent.events import Event, PresentationEvent, SetPresentationEvent
from agent.face.face import Face
from agent.face.ladder import PATIENCE, Ladder
from agent.transport.base import Presentation as Sent
from agent.transport.base import Transport
from render.clock import FRAME_RATE
from render.types import AVUnit

Shown = Literal["video", "motion", "audio", "text"]
LONGEST_PATIENCE = 4.0
"""Sessions give up motion one after another, that many times as patiently at most: when some have,
there is room for the others."""


class SpeechSwitch(Protocol):
    """Says whether answers are spoken or only written."""

    def enable_speech(self, on: bool) -> None:
        """Speaks answers from now on, or only writes them."""
        ...


class Presenter:
    """Switches a session between presentations; the voice never notices.

    Args:
        face: Draws pictures only while they are shown.
        emit: Sends an event to the client.
        switch: Turns the speaking of answers off and on.
        lowest: Bits a second below which pictures are not sent.
        now: Monotonic seconds.
    """

    def __init__(
        self,
        face: Face,
        emit: Callable[[Event], None],
        switch: SpeechSwitch,
        lowest: int,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.shown: Shown = "video"
        self._face = face
        self._emit = emit
        self._switch = switch
        self._now = now
        self._lowest = lowest
        self._ladder = Ladder(False, lowest, FRAME_RATE)
        self._transport: Transport | None = None

    @property
    def sent(self) -> Sent:
        """What a transport sends besides the sound."""
        return "audio" if self.shown == "text" else self.shown

    def begin(self, shown: Sent, can_draw: bool) -> None:
        """A client offers media: it wants this, and can or cannot draw motion."""
        patience = PATIENCE * random.uniform(1.0, LONGEST_PATIENCE)
        self._ladder = Ladder(can_draw, self._lowest, FRAME_RATE, patience)
        self._show(shown)

    def attach(self, transport: Transport) -> None:
        """Media go out through this from now on."""
        self._transport = transport
        transport.presentation = self.sent

    def change_presentation(self, event: SetPresentationEvent) -> None:
        """The client asks for something else, for a reason of its own."""
        self._ladder.chosen()
        self._show(event.presentation)
        self._emit(PresentationEvent(presentation=self.shown, reason=event.reason))

    def review(self, unit: AVUnit) -> None:
        """Looks after the session once a second."""
        if unit.pts % FRAME_RATE or self._transport is None or self.shown == "text":
            return
        stats, late = self._transport.stats(), self._face.late_frames
        step = self._ladder.next_step(self._now(), self.sent, stats, late)
        if step is not None:
            self._show(step[0])
            self._emit(PresentationEvent(presentation=self.shown, reason=step[1]))

    def _show(self, shown: Shown) -> None:
        if (shown == "text") != (self.shown == "text"):
            self._switch.enable_speech(shown != "text")
        self.shown = shown
        self._face.drawing_pictures = shown == "video"
        self._face.performer.watched = shown in ("video", "motion")
        if self._transport is not None:
            self._transport.presentation = self.sent
