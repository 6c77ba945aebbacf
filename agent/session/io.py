"""livekit's `AgentSession` without a room: microphone in, face out, our mind as its LLM.

Knows nothing of transports and servers.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np
from livekit import rtc
from livekit.agents.voice import io
from numpy.typing import NDArray

from agent.face.face import Face
from agent.mind.persona.cues import CueSheet
from agent.session.speaker import CUES
from render.clock import AUDIO_RATE
from render.types import PlaybackFinished, SegmentEnd

MICROPHONE_RATE = 16_000
MICROPHONE_QUEUE = 300
"""10 ms frames kept for a slow reader; older ones are dropped."""


class Microphone(io.AudioInput):
    """The person's voice as livekit takes it: 16 kHz mono, 10 ms a frame."""

    def __init__(self) -> None:
        super().__init__(label="visavis microphone")
        self._frames: asyncio.Queue[rtc.AudioFrame] = asyncio.Queue(MICROPHONE_QUEUE)
        self.enabled = True
        self.held = False
        """Whether silence replaces the voice, whatever the person has chosen."""

    def push_audio(self, samples: NDArray[np.int16]) -> None:
        """Takes (n,) int16 at 16 kHz; silence replaces it while muted."""
        if self.held or not self.enabled:
            samples = np.zeros_like(samples)
        if self._frames.full():
            self._frames.get_nowait()
        self._frames.put_nowait(rtc.AudioFrame(samples.tobytes(), MICROPHONE_RATE, 1, len(samples)))

    async def __anext__(self) -> rtc.AudioFrame:
        return await self._frames.get()


class SpeechObserver(Protocol):
    """Takes what becomes of the speech that a face is given."""

    def on_first_sound(self) -> None:
        """Notes that a segment's first sound reached the face."""
        ...

    def on_cues(self, segment: int, sheet: CueSheet) -> None:
        """Takes the tags of a segment, by its number, when it opens."""
        ...

    def on_speech_cut(self) -> None:
        """Notes that what was to be said is dropped."""
        ...


class FaceOutput(io.AudioOutput):
    """The avatar's voice goes to the face; what was heard of it comes back.

    Args:
        face: Takes the sound.
        observer: Told of what is to be said.
    """

    def __init__(
        self,
        face: Face,
        observer: SpeechObserver,
    ) -> None:
        super().__init__(
            label="visavis face",
            capabilities=io.AudioOutputCapabilities(pause=True),
            sample_rate=AUDIO_RATE,
        )
        self._face = face
        self._observer = observer
        self._open = False
        self._segments = 0

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        """Takes speech faster than real time."""
        await super().capture_frame(frame)
        opens = not self._open
        if opens:
            self._open = True
            self._observer.on_first_sound()
        await self._face.push_audio(frame)
        if opens:
            self._segments += 1  # as the performer counts them
            if isinstance(sheet := frame.userdata.get(CUES), CueSheet):
                self._observer.on_cues(self._segments, sheet)

    def flush(self) -> None:
        """Ends the segment; it plays on to its end."""
        super().flush()
        if self._open:
            self._open = False
            self._face.performer.push_speech(SegmentEnd())

    def clear_buffer(self) -> None:
        """Cuts the segment now."""
        self._open = False
        if (heard := self._face.interrupt()) is not None:
            self.report_heard(heard)
        self._observer.on_speech_cut()
        while self._pending_playback_count:
            self.on_playback_finished(
                playback_position=0.0, interrupted=True, synchronized_transcript=""
            )

    def pause(self) -> None:
        """Holds the voice at the current sample."""
        self._face.performer.pause()

    def resume(self) -> None:
        """Goes on where `pause` held it."""
        self._face.performer.resume()

    def report_started(self) -> None:
        """Tells livekit that the first sound of a segment leaves."""
        self.on_playback_started(created_at=time.time())

    def report_heard(self, heard: PlaybackFinished) -> None:
        """Tells livekit what was heard of a segment that ended or was cut."""
        self.on_playback_finished(
            playback_position=heard.position,
            interrupted=heard.interrupted,
            synchronized_transcript=heard.text,
        )


class Captions(io.TextOutput):
    """The answer's text as the mind writes it."""

    def __init__(self, on_text: Callable[[str], None]) -> None:
        super().__init__(label="visavis captions", next_in_chain=None)
        self._on_text = on_text

    async def capture_text(self, text: str) -> None:
        """Takes the next piece."""
        self._on_text(text)

    def flush(self) -> None:
        """Ends a segment; the conversation item that follows holds the whole."""
