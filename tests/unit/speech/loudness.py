"""A microphone whose loudness decides what is speech, so that tests are exact to 10 ms."""

import numpy as np
from numpy.typing import NDArray

VAD = "agent.speech.turn_taking.activity.webrtcvad.Vad"
"""What `LoudIsSpeech` stands in for."""


class LoudIsSpeech:
    def __init__(self, mode: int) -> None:
        self.mode = mode

    def is_speech(self, frame: bytes, rate: int) -> bool:
        assert rate == 16_000
        return bool(np.abs(np.frombuffer(frame, np.int16)).max() > 1_000)


def sound(seconds: float, *, loud: bool) -> NDArray[np.int16]:
    """Returns a square wave, loud or faint, at 16 kHz."""
    length = round(seconds * 16_000)
    return (np.resize([1, -1], length) * (8_000 if loud else 4)).astype(np.int16)
