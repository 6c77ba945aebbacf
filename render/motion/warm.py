"""Compiles what moves a face before somebody waits for its first word."""

import numpy as np

from render.clock import AUDIO_RATE
from render.motion.performer import Performer
from render.types import AudioChunk

WARM_FRAMES = 5


def warm_up_motion() -> None:
    """Lets a face speak a moment (seconds at the first call on a machine, then about 0.2 s)."""
    performer = Performer()
    performer.push_speech(AudioChunk(np.zeros(AUDIO_RATE, np.int16)))
    for _ in range(WARM_FRAMES):
        performer.advance()
