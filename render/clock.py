"""The media clock: one time base for sound, motion and pictures.

25 frames a second; one frame is 960 samples at 24 kHz, 640 at 16 kHz, 1,920 at 48 kHz and 3,600
ticks of the 90 kHz RTP video clock.
"""

from typing import Final

FRAME_RATE: Final = 25
"""Frames a second."""
FRAME_SECONDS: Final = 1 / FRAME_RATE
AUDIO_RATE: Final = 24_000
"""Samples a second of all speech inside `render`."""
FRAME_SAMPLES: Final = AUDIO_RATE // FRAME_RATE
RTP_VIDEO_RATE: Final = 90_000
RTP_TICKS_PER_FRAME: Final = RTP_VIDEO_RATE // FRAME_RATE
