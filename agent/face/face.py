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
from typing import Literal, Protocol

import numpy as np
from livekit import rtc
from livekit.agents.voice.avatar import AudioSegmentEnd, VideoGenerator
from numpy.typing import NDArray

from agent.speech.tts import chunk_from_frame
from render.clock import AUDIO_RATE, FRAME_SECONDS
from render.motion.performer import Performer
from render.types import AVUnit, Drawer, Motion, Picture, PlaybackFinished, SegmentEnd

LATE_FRAMES = 2
"""A picture later than this many frames is skipped; its sound is not."""
STALL_SECONDS = 1.0
"""After a stall this long (a suspended machine) the clock starts afresh instead of catching up."""
PHASES = 4
"""Moments within a frame at which the frames of different faces begin."""


def _in_step(now: float) -> float:
    """Returns the next moment at which frames begin."""
    return math.ceil(now / FRAME_SECONDS * PHASES) * FRAME_SECONDS / PHASES


FrameStage = Literal["motion", "drawn"]
"""What can happen to a frame in the face: its motion is known; its picture is drawn."""
Steering = Callable[[int, Motion], Motion]
"""Told the number of each frame and what the face would do by itself; returns what it does."""


class FaceObserver(Protocol):
    """Takes what happens in a face. All methods return at once."""

    def on_frame(self, stage: FrameStage, pts: int, at: float) -> None:
        """Notes that frame `pts` reached a stage, at a time of the monotonic clock in seconds."""
        ...

    def on_sound(self, unit: AVUnit) -> None:
        """Takes every unit before it is drawn: its sound need not wait for its picture."""
        ...

    def on_picture_skipped(self) -> None:
        """Notes that a picture was left out to keep time."""
        ...


class Face(VideoGenerator):
    """Turns speech into `AVUnit`s on the media clock.

    Args:
        performer: Plans motion and cuts sound into frames.
        drawer: Draws pictures, or None where the client draws.
        drawing: Where drawing runs; bounded, shared by all sessions.
        observer: Told of every frame.
        now: Monotonic clock in seconds.
    """

    def __init__(
        self,
        performer: Performer,
        drawer: Drawer | None,
        drawing: Executor,
        observer: FaceObserver,
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
        self._observer = observer
        self._steering: Steering | None = None
        self._now = now

    async def push_audio(self, frame: rtc.AudioFrame | AudioSegmentEnd) -> None:
        """Takes speech, faster than real time, or the end of a segment."""
        if isinstance(frame, AudioSegmentEnd):
            self.performer.push_speech(SegmentEnd())
        else:
            self.performer.push_speech(chunk_from_frame(frame))

    def clear_buffer(self) -> None:
        """Stops speaking within one frame, as livekit's avatar runner wants it."""
        self.interrupt()

    def interrupt(self) -> PlaybackFinished | None:
        """Stops speaking within one frame; returns what was heard, None if nothing was said."""
        return self.performer.clear()

    def steer(self, steering: Steering) -> None:
        """Lets somebody change the motion of every frame from the next one on."""
        self._steering = steering

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
            if self._steering is not None:
                unit = replace(unit, motion=self._steering(unit.pts, unit.motion))
            self._observer.on_frame("motion", unit.pts, self._now())
            self._observer.on_sound(unit)
            too_late = late > LATE_FRAMES * FRAME_SECONDS
            self.late_frames += too_late
            if self.drawing_pictures and too_late:
                self.skipped_pictures += 1
                self._observer.on_picture_skipped()
            else:
                unit = await self._draw(unit)
            yield unit

    async def _draw(self, unit: AVUnit) -> AVUnit:
        if self._drawer is None or not self.drawing_pictures:
            return unit
        loop = asyncio.get_running_loop()
        rgba = await loop.run_in_executor(self._drawing, self._copy_of, unit.motion)
        self._observer.on_frame("drawn", unit.pts, self._now())
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
