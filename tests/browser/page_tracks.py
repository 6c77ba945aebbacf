"""What the steered server sends: pictures that move, and a quiet tone."""

import asyncio
import itertools
import time
from fractions import Fraction

import numpy as np
from aiortc import MediaStreamTrack
from av import AudioFrame, VideoFrame
from numpy.typing import NDArray


class Face(MediaStreamTrack):
    """25 pictures a second: a picture with a bar that moves, so that every frame differs.

    Attributes:
        pts: Number of the latest frame.
        held: Whether time goes on without pictures.
    """

    kind = "video"

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        super().__init__()
        self._picture = picture
        self._started = time.monotonic()
        self.pts = -1
        self.held = False

    async def recv(self) -> VideoFrame:
        self.pts += 1
        await asyncio.sleep(max(0.0, self._started + self.pts / 25 - time.monotonic()))
        while self.held:
            self.pts += 1
            await asyncio.sleep(max(0.0, self._started + self.pts / 25 - time.monotonic()))
        picture = self._picture.copy()
        column = self.pts * 4 % (picture.shape[1] - 8)
        picture[-4:, column : column + 8] = 255
        frame = VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = self.pts * 3600, Fraction(1, 90_000)
        return frame


class Tone(MediaStreamTrack):
    """A quiet tone in pieces of 20 ms."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._started = time.monotonic()
        self._numbers = itertools.count()
        wave = 300 * np.sin(np.arange(960) * 2 * np.pi * 250 / 48_000)
        self._wave = wave.astype(np.int16)[None]

    async def recv(self) -> AudioFrame:
        number = next(self._numbers)
        await asyncio.sleep(max(0.0, self._started + number / 50 - time.monotonic()))
        frame = AudioFrame.from_ndarray(self._wave, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, number * 960, Fraction(1, 48_000)
        return frame
