"""webrtcvad as a livekit-agents VAD: it starts listening, interrupts and resumes the avatar.

Imports the detector and livekit-agents.
"""

import time
from collections import deque

import numpy as np
from livekit import rtc
from livekit.agents import vad
from livekit.agents.vad import VADEvent, VADEventType

from agent.speech.activity import FRAME_SAMPLES, FRAME_SECONDS, RATE, Activity, Detector
from agent.speech.samples import Reblock

PREFIX_SECONDS = 0.3
"""Sound before the detected start that belongs to the speech."""
MAX_SPEECH_SECONDS = 60.0
"""Sound kept of one stretch of speech."""


class WebRtcVad(vad.VAD):
    """Voice activity every 10 ms.

    Args:
        mode: webrtcvad's aggressiveness, 0 to 3.
        release: Seconds of silence that end speech.
    """

    def __init__(self, *, mode: int, release: float) -> None:
        super().__init__(capabilities=vad.VADCapabilities(update_interval=FRAME_SECONDS))
        self.mode = mode
        self.release = release

    @property
    def model(self) -> str:
        """Name of the model."""
        return "webrtcvad"

    @property
    def provider(self) -> str:
        """Who runs it."""
        return "visavis"

    def stream(self) -> vad.VADStream:
        """Returns a stream for one person."""
        return _WebRtcVadStream(self)


class _WebRtcVadStream(vad.VADStream):
    def __init__(self, owner: WebRtcVad) -> None:
        self._detector = Detector(owner.mode, owner.release)
        self._blocks = Reblock(FRAME_SAMPLES)
        self._sound: deque[rtc.AudioFrame] = deque(maxlen=int(PREFIX_SECONDS / FRAME_SECONDS))
        self._samples = 0
        super().__init__(owner)

    async def _main_task(self) -> None:
        async for item in self._input_ch:
            if isinstance(item, self._FlushSentinel):
                self._detector.reset()
                self._keep(PREFIX_SECONDS)
                continue
            for block in self._blocks.push(item):
                self._take(block)

    def _take(self, block: np.ndarray[tuple[int], np.dtype[np.int16]]) -> None:
        begun = time.perf_counter()
        frame = rtc.AudioFrame(block.tobytes(), RATE, 1, len(block))
        self._sound.append(frame)
        self._samples += len(block)
        activity = self._detector.push(block)
        duration = time.perf_counter() - begun
        if activity.started:
            self._keep(MAX_SPEECH_SECONDS)
            self._send(VADEventType.START_OF_SPEECH, activity, list(self._sound), duration)
        self._send(VADEventType.INFERENCE_DONE, activity, [frame], duration)
        if activity.ended:
            self._send(VADEventType.END_OF_SPEECH, activity, list(self._sound), duration)
            self._keep(PREFIX_SECONDS)

    def _keep(self, seconds: float) -> None:
        self._sound = deque(self._sound, maxlen=int(seconds / FRAME_SECONDS))

    def _send(
        self, kind: VADEventType, activity: Activity, frames: list[rtc.AudioFrame], took: float
    ) -> None:
        self._event_ch.send_nowait(
            VADEvent(
                type=kind,
                samples_index=self._samples,
                timestamp=self._samples / RATE,
                speech_duration=activity.speech / RATE,
                silence_duration=activity.silence / RATE,
                frames=frames,
                probability=float(activity.voiced),
                inference_duration=took,
                speaking=activity.speaking,
                raw_accumulated_silence=activity.silence / RATE,
                raw_accumulated_speech=FRAME_SECONDS if activity.voiced else 0.0,
            )
        )
