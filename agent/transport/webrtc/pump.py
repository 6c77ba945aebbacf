"""From units to packets: sound at once, pictures through a mailbox that never blocks.

Sound is encoded in the event loop (some 0.4 ms of work) and leaves the moment it comes: held until
its picture is drawn or encoded, it would come as irregularly as pictures do, and the listener's
buffer would hold all sound, and the pictures with it, back for that. The mailbox keeps the latest
picture only.
May import `render`, and of this room the encoders and the senders.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from agent.transport.base import Mark
from agent.transport.webrtc.encoders import H264Encoder, OpusEncoder
from agent.transport.webrtc.sender import AudioSender, Clock, MediaTime
from agent.transport.webrtc.video_sender import VideoSender
from render.clock import FRAME_RATE
from render.types import AVUnit, Picture

MAX_BACKLOG = 0.08
"""Seconds of unsent picture above which the next one is left out."""
MAX_WATCHED = 64
OPENING_SILENCE = FRAME_RATE
"""Silent units right after connecting whose sound is not sent. What comes before a browser's
audio device runs piles up in its buffer and delays all sound for seconds."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Bits a second the encoders are opened with, and how hard the sound's tries, 0 to 10."""

    audio: int
    video: int
    video_maximum: int
    audio_complexity: int = 10


@dataclass(frozen=True, slots=True)
class _Job:
    pts: int
    picture: Picture
    keyframe: bool
    bitrate: int


class MediaPump:
    """Encodes units and gives them to the senders.

    Attributes:
        pictures_skipped: Pictures replaced by a newer one, or left out on a slow path.
        keyframes: Pictures that decode on their own.
    """

    def __init__(
        self,
        size: tuple[int, int],
        rates: Rates,
        executor: Executor,
        media_time: MediaTime,
        clock: Clock,
        on_mark: Callable[[Mark, int, float], None],
    ) -> None:
        self.pictures_skipped = 0
        self.keyframes = 0
        self._size = size
        self._rates = rates
        self._executor = executor
        self._media_time = media_time
        self._clock = clock
        self._on_mark = on_mark
        self._audio: AudioSender | None = None
        self._first: AVUnit | None = None
        self._sounded = -1
        self._picture: tuple[int, Picture] | None = None
        self._arrived = asyncio.Event()
        self._watched: list[int] = []
        self._opening = OPENING_SILENCE
        self._opus: OpusEncoder | None = None
        self._h264: H264Encoder | None = None

    def send_sound(self, unit: AVUnit) -> None:
        """Takes a unit whose picture comes later, by `send_unit`: its sound leaves now."""
        if self._audio is None or self._opus is None or unit.pts <= self._sounded:
            return
        self._sounded = unit.pts
        self._media_time.begin(unit.pts)
        self._audio.enqueue(unit.pts, self._sound(self._opus, unit))

    def send_unit(self, unit: AVUnit) -> None:
        """Takes a whole unit. Before the connection is up the latest is kept."""
        if self._audio is None:
            self._first = unit
            return
        self.send_sound(unit)
        if unit.picture is not None:
            self.pictures_skipped += self._picture is not None
            self._picture = (unit.pts, unit.picture)
            self._arrived.set()

    def watch(self, pts: int) -> None:
        """Asks for marks of the first picture at or after `pts`."""
        self._watched = [*self._watched, pts][-MAX_WATCHED:]

    def mark_passed(self, pts: int) -> None:
        """Notes that frame `pts` leaves without a picture, as motion or as sound alone."""
        reached = self._take_reached(pts)
        self.mark("encoded", reached)
        self.mark("sent", reached)

    def rest_video(self) -> None:
        """Lets go of the picture encoder until the next picture comes."""
        self._h264 = None

    async def run(self, audio: AudioSender, video: VideoSender, *, pictures: bool = True) -> None:
        """Runs until cancelled: opens the encoders at once, sends when both senders may.

        Args:
            audio: Sends the sound.
            video: Sends the pictures.
            pictures: Whether pictures will come from the start.
        """
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._executor, self._open, pictures)
        await audio.started.wait()
        await video.started.wait()
        self._audio = audio
        if self._first is not None:
            self.send_unit(self._first)
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            if (job := self._next_job(video)) is None:
                continue
            payloads = await loop.run_in_executor(self._executor, self._encode, job)
            reached = self._take_reached(job.pts)
            self.mark("encoded", reached)
            video.enqueue(job.pts, payloads, job.keyframe, reached)

    def _next_job(self, video: VideoSender) -> _Job | None:
        """Returns the latest picture, unless it has to be left out on a slow path."""
        assert self._picture is not None
        (pts, picture), self._picture = self._picture, None
        if video.backlog() > MAX_BACKLOG:
            self.pictures_skipped += 1
            return None
        keyframe = video.take_keyframe()
        self.keyframes += keyframe
        return _Job(pts, picture, keyframe, video.controller.target)

    def _open(self, pictures: bool) -> None:
        """Opens the encoders, in the executor."""
        rates = self._rates
        self._opus = OpusEncoder(rates.audio, rates.audio_complexity)
        if pictures:
            self._h264 = H264Encoder(*self._size, rates.video, rates.video_maximum)

    def _encode(self, job: _Job) -> list[bytes]:
        """Encodes a picture, in the executor."""
        rgba, keyframe, h264 = job.picture.rgba, job.keyframe, self._h264
        if h264 is None or rgba.shape[:2] != (h264.height, h264.width):
            height, width = rgba.shape[:2]
            h264 = self._h264 = H264Encoder(width, height, job.bitrate, self._rates.video_maximum)
            keyframe = True
        h264.bitrate = job.bitrate
        return h264.encode(rgba, job.pts, keyframe)

    def _sound(self, opus: OpusEncoder, unit: AVUnit) -> list[bytes]:
        if self._opening > 0 and not unit.samples.any():
            self._opening -= 1
            return []
        self._opening = 0
        return opus.encode(unit.samples)

    def _take_reached(self, pts: int) -> tuple[int, ...]:
        """Returns the watched frames up to `pts` and watches them no longer."""
        reached = tuple(watched for watched in self._watched if watched <= pts)
        self._watched = [watched for watched in self._watched if watched > pts]
        return reached

    def mark(self, name: Mark, watched: tuple[int, ...]) -> None:
        """Tells the observer that the pictures for `watched` frames passed a point, now."""
        now = self._clock()
        for pts in watched:
            self._on_mark(name, pts, now)

    def free(self) -> None:
        """Lets go of the encoders: they hold tens of megabytes."""
        self._audio = self._first = self._picture = None
        self._opus = None
        self._h264 = None
