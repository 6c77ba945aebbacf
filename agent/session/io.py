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
from agent.transport.base import MICROPHONE_FRAME, MICROPHONE_RATE
from render.clock import AUDIO_RATE
from render.types import PlaybackFinished, SegmentEnd

FRAME_SECONDS = MICROPHONE_FRAME / MICROPHONE_RATE
MICROPHONE_QUEUE = 300
"""10 ms frames kept for a slow reader; older ones are dropped."""


GAP_SECONDS, LOOK_SECONDS = 0.4, 0.1
"""Without sound, after which silence takes its place; and how often that is looked at."""
SILENCE_SECONDS = 2.5
"""Of silence in the place of sound that does not come: longer than any turn goes on in it."""


class Microphone(io.AudioInput):
    """The person's voice as livekit takes it: 16 kHz mono, 10 ms a frame.

    Sound may end in mid-word: a device is unplugged, a track stops, a network breaks. Silence then
    takes its place until the turn must be over, so that what was said is answered.
    """

    def __init__(self) -> None:
        super().__init__(label="visavis microphone")
        self._frames: asyncio.Queue[rtc.AudioFrame] = asyncio.Queue(MICROPHONE_QUEUE)
        self._heard_at = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._ahead = 0
        self.enabled = True
        self.held = False
        """Whether silence replaces the voice, whatever the person has chosen."""

    def push_audio(self, samples: NDArray[np.int16]) -> None:
        """Takes (n,) int16 at 16 kHz; silence replaces it while muted."""
        if self.held or not self.enabled:
            samples = np.zeros_like(samples)
        self._heard_at = asyncio.get_running_loop().time()
        if self._watch is None:
            self._watch_for_gap(self._heard_at)
        if self._ahead and not samples.any():
            self._ahead -= 1  # the transport makes up for a gap that was filled here already
            return
        self._ahead = 0
        self._push(samples)

    def _push(self, samples: NDArray[np.int16]) -> None:
        if self._frames.full():
            self._frames.get_nowait()
        self._frames.put_nowait(rtc.AudioFrame(samples.tobytes(), MICROPHONE_RATE, 1, len(samples)))

    def _watch_for_gap(self, filled_until: float) -> None:
        """Looks again in a moment; all of a gap up to then is filled with silence."""
        loop = asyncio.get_running_loop()
        self._watch = loop.call_later(LOOK_SECONDS, self._fill_gap, filled_until)

    def _fill_gap(self, filled_until: float) -> None:
        now = asyncio.get_running_loop().time()
        start = max(filled_until, self._heard_at)
        if now - self._heard_at > SILENCE_SECONDS:
            self._watch = None
            return
        if now - self._heard_at >= GAP_SECONDS:
            frames = int((now - start) / FRAME_SECONDS)
            for _ in range(frames):
                self._push(np.zeros(MICROPHONE_FRAME, np.int16))
            self._ahead += frames
            start += frames * FRAME_SECONDS
        self._watch_for_gap(start)

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
