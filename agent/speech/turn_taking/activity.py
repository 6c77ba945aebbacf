"""Is somebody speaking right now? The mechanism behind `vad.py` and `recognition.py`.

Pure: it counts samples and knows no clock.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
import webrtcvad  # type: ignore[import-untyped]
from numpy.typing import NDArray

RATE = 16_000
FRAME_SAMPLES = 160
"""10 ms, the shortest frame webrtcvad takes."""
FRAME_SECONDS = FRAME_SAMPLES / RATE

START_FRAMES, START_WINDOW = 6, 8
"""This many voiced frames of the last ones begin speech: a click has fewer."""
RESUME_FRAMES = 3
"""This many voiced frames in a row end a pause: a click has fewer."""
SPEECH_RANGE_DB = 26.0
"""Speech is at most this far below its loudest frame; music and other people are farther. webrtcvad
hangs on for 50 to 100 ms after the voice; with the level it stops within 10 ms of it."""
RESUME_RANGE_DB = 18.0
"""Who goes on after a pause begins louder than a voice dies away."""
PAUSE_FRAMES = 10
"""A shorter silence is none: a consonant is closed for so long."""
ABOVE_NOISE_DB = 6.0
NOISE_RISE_DB, NOISE_RISE_IN_SPEECH_DB = 0.2, 0.01
"""How fast the estimate of the noise may rise, in dB a frame; it falls at once."""
UNKNOWN_NOISE_DB = 90.0
"""Before the first frame: it falls to the room at once, so the first noise is no speech."""
PEAK_RISE, PEAK_FALL_DB = 0.25, 0.015
"""How fast the level of the voice is learnt (share of the way) and forgotten (dB) in a frame: a
bang does not deafen it, and the person is still known after the avatar's answer."""
QUIETEST_DB = 30.0
"""Nothing quieter than this is speech, in dB of one digit."""


@dataclass(frozen=True, slots=True)
class Activity:
    """What one frame of 10 ms did.

    Attributes:
        voiced: Whether the frame itself is speech.
        speaking: Whether somebody is speaking, pauses shorter than the release included.
        started: Set on the frame that begins speech.
        ended: Set on the frame that ends it.
        speech: Samples since speech began, 0 while nobody speaks.
        silence: Samples since the last voiced frame of it; a click does not break it.
    """

    voiced: bool
    speaking: bool
    started: bool
    ended: bool
    speech: int
    silence: int


class Detector:
    """webrtcvad and the level, smoothed: begins after 60 ms of voice, ends after `release`.

    Args:
        mode: webrtcvad's aggressiveness, 0 to 3.
        release: Seconds of silence that end speech.
    """

    def __init__(self, mode: int, release: float) -> None:
        self._vad = webrtcvad.Vad(mode)
        self._release = round(release * RATE)
        self._noise = UNKNOWN_NOISE_DB
        self._peak = 0.0
        self.reset()

    def reset(self) -> None:
        """Forgets the speech under way; what is known of the room stays."""
        self._recent: deque[bool] = deque(maxlen=START_WINDOW)
        self._speaking = False
        self._speech = self._silence = self._again = 0
        self._loud = False

    def push_frame(self, frame: NDArray[np.int16]) -> Activity:
        """Takes the next (160,) int16 samples at 16 kHz."""
        level = _level(frame)
        voiced = self._voiced(frame, level)
        self._recent.append(voiced)
        started = ended = False
        if self._speaking:
            self._speech += FRAME_SAMPLES
            self._again = self._again + 1 if voiced else 0
            self._loud = voiced and (self._loud or level > self._peak - RESUME_RANGE_DB)
            resumed = voiced and (self._silence == 0 or self._again >= RESUME_FRAMES)
            resumed &= self._loud or self._silence < PAUSE_FRAMES * FRAME_SAMPLES
            self._silence = 0 if resumed else self._silence + FRAME_SAMPLES
            ended = self._silence >= self._release
        elif voiced and sum(self._recent) >= START_FRAMES:
            started = self._speaking = True
            first = self._recent.index(True)
            self._speech = (len(self._recent) - first) * FRAME_SAMPLES
            self._silence = 0
        activity = Activity(
            voiced, self._speaking and not ended, started, ended, self._speech, self._silence
        )
        if ended:
            self.reset()
        return activity

    def _voiced(self, frame: NDArray[np.int16], level: float) -> bool:
        speech = bool(self._vad.is_speech(frame.tobytes(), RATE))
        rise = NOISE_RISE_IN_SPEECH_DB if speech else NOISE_RISE_DB
        self._noise = min(level, self._noise + rise)
        above = max(0.0, level - self._peak) if speech else 0.0
        self._peak += PEAK_RISE * above if above else -PEAK_FALL_DB
        floor = max(self._noise + ABOVE_NOISE_DB, self._peak - SPEECH_RANGE_DB, QUIETEST_DB)
        return speech and level > floor


def _level(frame: NDArray[np.int16]) -> float:
    """Returns the level of a frame in dB of one digit."""
    return float(10 * np.log10(np.mean(np.square(frame, dtype=np.float64)) + 1.0))
