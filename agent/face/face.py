"""The face of one conversation: livekit's audio in, one paced stream of sound and pictures out.

`Face` is a livekit-agents `VideoGenerator`, so the same object serves an `AvatarRunner` in a room
and the embedded transports.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from dataclasses import replace
from typing import Protocol

import numpy as np
from livekit import rtc
from livekit.agents.voice.avatar import AudioSegmentEnd, VideoGenerator
from numpy.typing import NDArray

from agent.speech.tts import chunk_from_frame
from render.clock import AUDIO_RATE, FRAME_SECONDS
from render.motion.performer import Performer
from render.types import AVUnit, Motion, Picture, PlaybackFinished, SegmentEnd

LATE_FRAMES = 2
"""A picture later than this many frames is skipped; its sound is not."""
STALL_SECONDS = 1.0
"""After a stall this long (a suspended machine) the clock starts afresh instead of catching up."""
PHASES = 4
"""Moments within a frame at which the frames of different faces begin."""


def _in_step(now: float) -> float:
    """Returns the next moment at which frames begin."""
    return math.ceil(now / FRAME_SECONDS * PHASES) * FRAME_SECONDS / PHASES


class Drawer(Protocol):
    """Draws motion; `render.puppet.Puppet` is one."""

    def draw(self, motion: Motion) -> NDArray[np.uint8]:
        """Returns (height, width, 4) RGBA, valid until the next call."""
        ...


def _ignore(name: str, pts: int, at: float) -> None:
    """Default observer."""


class Face(VideoGenerator):
    """Turns speech into `AVUnit`s on the media clock.

    Args:
        performer: Plans motion and cuts sound into frames.
        drawer: Draws pictures, or None where the client draws.
        drawing: Where drawing runs; bounded, shared by all sessions.
        on_heard: Told what was heard of each segment, when it ends or is cut.
        on_skipped: Told of each picture left out to keep time.
        on_mark: Told ("motion" | "drawn", pts, monotonic seconds) for every frame.
        now: Monotonic clock in seconds.
    """

    def __init__(
        self,
        performer: Performer,
        drawer: Drawer | None,
        drawing: Executor,
        *,
        on_heard: Callable[[PlaybackFinished], None] = lambda heard: None,
        on_skipped: Callable[[], None] = lambda: None,
        on_mark: Callable[[str, int, float], None] = _ignore,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.performer = performer
        self.skipped_pictures = 0
        self.late_frames = 0
        """Frames that began too late for a picture, whether one was due or not."""
        self.drawing_pictures = True
        """Whether units carry pictures; not where the client draws, or nobody looks."""
        self._drawer = drawer
        self._drawing = drawing
        self.on_heard = on_heard
        self._on_skipped = on_skipped
        self.on_mark = on_mark
        self.on_sound: Callable[[AVUnit], None] = lambda unit: None
        """Given every unit before it is drawn: its sound need not wait for its picture."""
        self.steer: Callable[[int, Motion], Motion] | None = None
        """Given pts and motion of each frame, returns what shows instead; None changes nothing."""
        self._now = now

    async def push_audio(self, frame: rtc.AudioFrame | AudioSegmentEnd) -> None:
        """Takes speech, faster than real time, or the end of a segment."""
        if isinstance(frame, AudioSegmentEnd):
            self.performer.push_speech(SegmentEnd())
        else:
            self.performer.push_speech(chunk_from_frame(frame))

    def clear_buffer(self) -> None:
        """Stops speaking within one frame and reports what was heard."""
        heard = self.performer.clear()
        if heard is not None:
            self.on_heard(heard)

    async def units(self) -> AsyncIterator[AVUnit]:
        """Yields one unit per frame of the media clock, paced in real time, for ever.

        Faces of one process keep step, `PHASES` ways, so that what they do can be done together.
        """
        start, frame = _in_step(self._now()), 0
        while True:
            due = start + frame * FRAME_SECONDS
            late = self._now() - due
            if late > STALL_SECONDS:
                start, frame, late = _in_step(self._now()), 0, 0.0
            elif late < 0:
                await asyncio.sleep(-late)
            frame += 1
            unit = self.performer.advance()
            if self.steer is not None:
                unit = replace(unit, motion=self.steer(unit.pts, unit.motion))
            self.on_mark("motion", unit.pts, self._now())
            self.on_sound(unit)
            too_late = late > LATE_FRAMES * FRAME_SECONDS
            self.late_frames += too_late
            if self.drawing_pictures and too_late:
                self.skipped_pictures += 1
                self._on_skipped()
            else:
                unit = await self._draw(unit)
            yield unit
            if unit.ended is not None:
                self.on_heard(unit.ended)

    async def _draw(self, unit: AVUnit) -> AVUnit:
        if self._drawer is None or not self.drawing_pictures:
            return unit
        loop = asyncio.get_running_loop()
        rgba = await loop.run_in_executor(self._drawing, self._copy_of, unit.motion)
        self.on_mark("drawn", unit.pts, self._now())
        return replace(unit, picture=Picture(rgba))

    def _copy_of(self, motion: Motion) -> NDArray[np.uint8]:
        """Draws and copies, because the encoder reads while the next frame is drawn."""
        assert self._drawer is not None
        return self._drawer.draw(motion).copy()

    async def __aiter__(
        self,
    ) -> AsyncIterator[rtc.VideoFrame | rtc.AudioFrame | AudioSegmentEnd]:
        """Yields livekit frames: picture and sound of one frame, then segment ends."""
        async for unit in self.units():
            if unit.picture is not None:
                height, width = unit.picture.rgba.shape[:2]
                yield rtc.VideoFrame(
                    width, height, rtc.VideoBufferType.RGBA, unit.picture.rgba.tobytes()
                )
            if unit.segment:
                yield rtc.AudioFrame(unit.samples.tobytes(), AUDIO_RATE, 1, len(unit.samples))
            if unit.ended is not None:
                yield AudioSegmentEnd()
