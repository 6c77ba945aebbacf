"""Opens the WebRTC connections of all sessions, and counts them."""

from concurrent.futures import Executor

from agent.events import AnswerEvent
from agent.settings import Settings
from agent.transport.base import (
    ClosedReason,
    Mark,
    MicrophoneFrame,
    Presentation,
    Transport,
    TransportObserver,
)
from agent.transport.webrtc import WebRtcPeer

FEW_LISTENERS = 6
"""Beyond so many the sound of further ones is encoded with less effort."""
FULL_EFFORT, LESS_EFFORT = 10, 1
"""Of the sound's encoder, 0 to 10."""


class PeerFactory:
    """Opens peers for offers.

    Args:
        settings: The whole tree: sizes, bit rates, ICE servers.
        encoding: Where pictures are encoded; shared by all peers.
    """

    def __init__(self, settings: Settings, encoding: Executor) -> None:
        self._settings = settings
        self._encoding = encoding
        self._open: set[object] = set()

    @property
    def count(self) -> int:
        """Connections that were opened and have not closed."""
        return len(self._open)

    async def open_peer(
        self, offer: str, observer: TransportObserver, presentation: Presentation
    ) -> tuple[Transport, AnswerEvent]:
        """Opens a connection.

        Args:
            offer: The client's SDP.
            observer: Told of what happens on it.
            presentation: What is sent besides the sound at first.

        Raises:
            BadSdp: The offer cannot be used; nothing stays open.
        """
        face = self._settings.face
        counted = _Counted(observer, self._open)
        peer = WebRtcPeer(
            self._settings.webrtc,
            face.width,
            face.height,
            self._encoding,
            counted,
            presentation=presentation,
            audio_complexity=FULL_EFFORT if self.count < FEW_LISTENERS else LESS_EFFORT,
        )
        self._open.add(counted)
        try:
            sdp, video_origin = await peer.answer(offer)
        except BaseException:
            self._open.discard(counted)
            raise
        return peer, AnswerEvent(sdp=sdp, video_origin=video_origin, audio_origin=peer.audio_origin)


class _Counted:
    """An observer whose transport counts until it has closed."""

    def __init__(self, observer: TransportObserver, open_: set[object]) -> None:
        self._observer = observer
        self._open = open_

    def on_microphone(self, frame: MicrophoneFrame) -> None:
        self._observer.on_microphone(frame)

    def on_mark(self, name: Mark, pts: int, at: float) -> None:
        self._observer.on_mark(name, pts, at)

    def on_closed(self, reason: ClosedReason) -> None:
        self._open.discard(self)
        self._observer.on_closed(reason)
