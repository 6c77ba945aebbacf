"""From units to packets: a mailbox that never blocks, and the loop that empties it.

Sound and picture of one unit are encoded in the same executor job, so they leave together; sound
alone (some 0.2 ms of work) is encoded in the event loop. The mailbox keeps all sound (up to a
second) but only the latest picture. May import `render`, and of this room the encoders and the
senders.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from agent.transport.base import Mark
from agent.transport.webrtc.encoders import H264Encoder, OpusEncoder
from agent.transport.webrtc.sender import AudioSender, Clock, MediaTime
from agent.transport.webrtc.video_sender import VideoSender
from render.clock import FRAME_RATE
from render.types import AVUnit, Picture

MAX_PENDING = FRAME_RATE
"""Units kept while encoding stands still: one second."""
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
    units: list[AVUnit]
    pts: int
    picture: Picture | None
    keyframe: bool
    bitrate: int


@dataclass(frozen=True, slots=True)
class _Encoded:
    sound: list[list[bytes]]
    picture: list[bytes]


class MediaPump:
    """Encodes units and gives them to the senders.

    Attributes:
        pictures_skipped: Pictures replaced by a newer one, or left out on a slow path.
        keyframes: Pictures that decode on their own.
        units_dropped: Units dropped because more than a second had piled up.
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
        self.units_dropped = 0
        self._size = size
        self._rates = rates
        self._executor = executor
        self._media_time = media_time
        self._clock = clock
        self._on_mark = on_mark
        self._pending: deque[AVUnit] = deque()
        self._arrived = asyncio.Event()
        self._live = False
        self._watched: list[int] = []
        self._opening = OPENING_SILENCE
        self._opus: OpusEncoder | None = None
        self._h264: H264Encoder | None = None

    def push(self, unit: AVUnit) -> None:
        """Takes a unit. Before the connection is up only the latest one is kept."""
        if not self._live:
            self._pending.clear()
        elif len(self._pending) >= MAX_PENDING:
            self.units_dropped += 1
            self._pending.popleft()
        self._pending.append(unit)
        self._arrived.set()

    def watch(self, pts: int) -> None:
        """Asks for marks of the first picture at or after `pts`."""
        self._watched = [*self._watched, pts][-MAX_WATCHED:]

    def passed(self, pts: int) -> None:
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
        self._live = True
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            job = self._next_job(video)
            if job.picture is None:  # a thread would cost more than it spares
                encoded = self._encode(job)
            else:
                encoded = await loop.run_in_executor(self._executor, self._encode, job)
            self._release(job, encoded, audio, video)

    def _next_job(self, video: VideoSender) -> _Job:
        units = list(self._pending)
        self._pending.clear()
        drawn = [(unit.pts, unit.picture) for unit in units if unit.picture is not None]
        pts, picture = drawn[-1] if drawn else (-1, None)
        if picture is not None and video.backlog() > MAX_BACKLOG:
            picture = None
        self.pictures_skipped += len(drawn) - (picture is not None)
        keyframe = picture is not None and video.take_keyframe()
        self.keyframes += keyframe
        return _Job(units, pts, picture, keyframe, video.controller.target)

    def _open(self, pictures: bool) -> None:
        """Opens the encoders, in the executor."""
        rates = self._rates
        self._opus = OpusEncoder(rates.audio, rates.audio_complexity)
        if pictures:
            self._h264 = H264Encoder(*self._size, rates.video, rates.video_maximum)

    def _encode(self, job: _Job) -> _Encoded:
        """Encodes a job; one with a picture, in the executor."""
        opus, h264 = self._opus, self._h264
        assert opus is not None
        sound = [self._sound(opus, unit) for unit in job.units]
        if job.picture is None:
            return _Encoded(sound, [])
        rgba, keyframe = job.picture.rgba, job.keyframe
        if h264 is None or rgba.shape[:2] != (h264.height, h264.width):
            height, width = rgba.shape[:2]
            h264 = self._h264 = H264Encoder(width, height, job.bitrate, self._rates.video_maximum)
            keyframe = True
        h264.bitrate = job.bitrate
        return _Encoded(sound, h264.encode(rgba, job.pts, keyframe))

    def _sound(self, opus: OpusEncoder, unit: AVUnit) -> list[bytes]:
        if self._opening > 0 and not unit.samples.any():
            self._opening -= 1
            return []
        self._opening = 0
        return opus.encode(unit.samples)

    def _release(
        self, job: _Job, encoded: _Encoded, audio: AudioSender, video: VideoSender
    ) -> None:
        self._media_time.begin(job.units[0].pts)
        if job.picture is not None:
            reached = self._take_reached(job.pts)
            self.mark("encoded", reached)
            video.enqueue(job.pts, encoded.picture, job.keyframe, reached)
        for unit, packets in zip(job.units, encoded.sound, strict=True):
            audio.enqueue(unit.pts, packets)

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
        self._live = False
        self._pending.clear()
        self._opus = None
        self._h264 = None
