"""The way of one session's media out to the client, and of its microphone in.

The client may come back with another offer; the outlet stays, the transport changes.
"""

import logging
from collections.abc import Callable
from typing import Protocol

from agent.errors import NotFound
from agent.events import AnswerEvent, ErrorEvent, Event, OfferEvent
from agent.face.face import FrameStage
from agent.session.closing import Closing
from agent.session.io import Microphone
from agent.session.timeline import Timeline
from agent.transport.base import (
    ClosedReason,
    Mark,
    MicrophoneFrame,
    Presentation,
    Transport,
    TransportObserver,
)
from render.types import AVUnit

logger = logging.getLogger(__name__)

EXPECTED_ENDS = ("closed", "gone")
"""Ends of a transport that are no loss: it was closed here, or the client hung up."""


class Negotiator(Protocol):
    """Opens a transport for an offer."""

    async def __call__(
        self, offer: str, observer: TransportObserver, presentation: Presentation
    ) -> tuple[Transport, AnswerEvent]:
        """Returns the transport and what answers the offer; raises BadSdp."""
        ...


class MediaOutlet:
    """Observes the face and the transport of one session and joins them.

    Args:
        session: Opaque session id.
        timeline: Takes the marks of frames.
        microphone: Takes the person's voice.
        negotiate: Opens a transport.
        emit: Sends an event to the client.
        on_picture_skipped: Told of each picture left out to keep time.
    """

    def __init__(
        self,
        session: str,
        timeline: Timeline,
        microphone: Microphone,
        negotiate: Negotiator,
        emit: Callable[[Event], None],
        on_picture_skipped: Callable[[], None],
    ) -> None:
        self.transport: Transport | None = None
        self._closed = False
        self._session = session
        self._timeline = timeline
        self._microphone = microphone
        self._negotiate = negotiate
        self._emit = emit
        self._picture_skipped = on_picture_skipped

    @property
    def connected(self) -> bool:
        """Whether media flow."""
        return self.transport is not None and self.transport.stats().connected

    async def accept_offer(self, offer: OfferEvent) -> tuple[Transport, AnswerEvent]:
        """Opens a transport in the place of the one before, whether or not that one closes.

        Raises:
            BadSdp: The offer cannot be used.
            NotFound: The session ended meanwhile; nothing stays open.
        """
        transport, answer = await self._negotiate(offer.sdp, self, offer.presentation)
        if self._closed:
            await transport.close()
            raise NotFound("This session has ended.")
        previous, self.transport = self.transport, transport
        if previous is not None:
            closing = Closing(f"session {self._session}")
            closing.add("previous transport", previous.close)
            await closing.aclose()
        self._timeline.attach_watcher(transport)
        return transport, answer

    async def close(self) -> None:
        """Closes the transport, and one that is still being opened as soon as it is."""
        self._closed = True
        transport, self.transport = self.transport, None
        if transport is not None:
            await transport.close()

    # ---------------------------------------------------------------- what the face does

    def on_frame(self, stage: FrameStage, pts: int, at: float) -> None:
        """See `FaceObserver`."""
        self._timeline.on_frame(stage, pts, at)

    def on_sound(self, unit: AVUnit) -> None:
        """See `FaceObserver`."""
        if self.transport is not None:
            self.transport.send_sound(unit)

    def on_picture_skipped(self) -> None:
        """See `FaceObserver`."""
        self._picture_skipped()

    # ---------------------------------------------------------------- what the transport does

    def on_microphone(self, frame: MicrophoneFrame) -> None:
        """See `TransportObserver`."""
        self._microphone.push_audio(frame)

    def on_mark(self, name: Mark, pts: int, at: float) -> None:
        """See `TransportObserver`."""
        self._timeline.on_frame(name, pts, at)

    def on_closed(self, reason: ClosedReason) -> None:
        """See `TransportObserver`."""
        if reason not in EXPECTED_ENDS:
            logger.info("session %s lost its media: %s", self._session, reason)
            self._emit(ErrorEvent(code="media_lost", message="Sound and picture were lost."))
