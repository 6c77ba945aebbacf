"""Sound and pictures of a session, with the extra `media` (aiortc).

Every frame of the media clock is 40 ms: a picture and 1,920 samples of sound at 48 kHz.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.contrib.media import MediaPlayer
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

from visavis_client.errors import SessionError
from visavis_client.event_types import (
    Answer,
    Event,
    Watch,
)
from visavis_client.link import Link
from visavis_client.session import Session

VIDEO_TICKS, AUDIO_TICKS = 3_600, 1_920
"""RTP ticks of a frame of the media clock."""
MOST_WATCHED = 100
Source = Path | str | MediaStreamTrack
"""A microphone: a sound file that is played once, or a track of aiortc."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the face; `pts` is its frame of the media clock."""

    pts: int
    frame: VideoFrame


@dataclass(frozen=True, slots=True)
class Sound:
    """20 ms of the voice at 48 kHz stereo; `pts` is where it begins, in frames."""

    pts: float
    frame: AudioFrame


def _ignore(unit: Any) -> None:
    """Default observer."""


def attach(
    session: Session,
    *,
    on_picture: Callable[[Picture], None] | None = None,
    on_sound: Callable[[Sound], None] = _ignore,
    microphone: Source | None = None,
) -> None:
    """Has a session bring its voice, and its face if somebody wants pictures.

    To be called before `start`. The observers are called in the event loop and must be quick.

    Args:
        session: Not started yet.
        on_picture: Gets each picture; None asks for sound alone.
        on_sound: Gets the voice.
        microphone: What the avatar hears.
    """
    shown: Literal["video", "audio"] = "audio" if on_picture is None else "video"
    session.use_media(
        lambda owner, link: Peer(owner, link, on_picture or _ignore, on_sound, microphone), shown
    )
    if microphone is not None:
        session.set_microphone(True)


class Peer:
    """The WebRTC connection of one link (a `Media`)."""

    def __init__(
        self,
        session: Session,
        link: Link,
        on_picture: Callable[[Picture], None],
        on_sound: Callable[[Sound], None],
        microphone: Source | None,
    ) -> None:
        self._session = session
        self._link = link
        self._on_picture = on_picture
        self._on_sound = on_sound
        if isinstance(microphone, Path | str):
            microphone = MediaPlayer(str(microphone)).audio
        self._microphone = microphone
        self._connection: RTCPeerConnection | None = None
        self._connected = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._watches: deque[Watch] = deque(maxlen=MOST_WATCHED)
        self._shown = -1
        self._stop_watching = session.on(Watch, self._watched)

    async def offer(self, ice_servers: list[str]) -> str:
        """See `Media.offer`."""
        servers = [RTCIceServer(urls=ice_servers)] if ice_servers else []
        wanted = RTCConfiguration(iceServers=servers, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        connection = self._connection = RTCPeerConnection(wanted)
        connection.addTransceiver(self._microphone or "audio", direction="sendrecv")
        connection.addTransceiver("video", direction="recvonly")
        connection.on("connectionstatechange", self._state)
        await connection.setLocalDescription(await connection.createOffer())
        return str(connection.localDescription.sdp)

    async def accept(self, answer: Answer) -> None:
        """See `Media.accept`."""
        assert self._connection is not None
        for transceiver in self._connection.getTransceivers():
            sound = transceiver.kind == "audio"
            time = _MediaTime(answer.audio_origin if sound else answer.video_origin)
            vars(transceiver.receiver)["_RTCRtpReceiver__timestamp_mapper"] = time
        description = RTCSessionDescription(answer.sdp, "answer")
        try:
            await self._connection.setRemoteDescription(description)
        except ValueError as error:
            raise SessionError("media_failed", str(error)) from error
        for receiver in self._connection.getReceivers():
            sound = receiver.track.kind == "audio"
            work = self._hear(receiver.track) if sound else self._see(receiver.track)
            self._tasks.append(asyncio.create_task(work))
        await asyncio.wait({self._connected, self._link.lost}, return_when=asyncio.FIRST_COMPLETED)
        if not self._connected.done():
            raise self._link.lost.result()

    async def close(self) -> None:
        """See `Media.close`."""
        self._stop_watching()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._connection is not None:
            await self._connection.close()
        if self._microphone is not None:
            self._microphone.stop()

    def _state(self) -> None:
        assert self._connection is not None
        state = self._connection.connectionState
        if state == "connected" and not self._connected.done():
            self._connected.set_result(None)
        elif state == "failed":
            self._link.fail(SessionError("media_failed", "no way for sound and picture"))

    async def _hear(self, track: MediaStreamTrack) -> None:
        while (frame := await _next(track)) is not None:
            if isinstance(frame, AudioFrame):
                self._on_sound(Sound((frame.pts or 0) / AUDIO_TICKS, frame))

    async def _see(self, track: MediaStreamTrack) -> None:
        while (frame := await _next(track)) is not None:
            if isinstance(frame, VideoFrame):
                picture = Picture(round((frame.pts or 0) / VIDEO_TICKS), frame)
                self._shown = picture.pts
                self._on_picture(picture)
                self._answer_watches()

    def _watched(self, event: Event) -> None:
        assert isinstance(event, Watch)
        self._watches.append(event)
        self._answer_watches()

    def _answer_watches(self) -> None:
        """Tells the server which of the pictures that it asked about are here."""
        if (offset := self._session.clock_offset) is None:
            return
        while self._watches and self._watches[0].pts <= self._shown:
            watch = self._watches.popleft()
            self._link.send(
                "displayed",
                watch=watch.watch,
                pts=self._shown,
                clock_offset_ms=offset.offset_ms,
                clock_uncertainty_ms=offset.uncertainty_ms,
            )


async def _next(track: MediaStreamTrack) -> object | None:
    try:
        return await track.recv()
    except MediaStreamError:
        return None


class _MediaTime:
    """RTP times as ticks since frame 0, across wraps; aiortc's own begins with the first packet."""

    def __init__(self, origin: int) -> None:
        self._origin = origin
        self._last = 0

    def map(self, timestamp: int) -> int:
        """Returns the ticks; slightly before frame 0 they are negative."""
        step = (timestamp - self._origin - self._last) % 2**32
        self._last += step - 2**32 if step >= 2**31 else step
        return self._last
