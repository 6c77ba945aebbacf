"""Microphone frames of any rate and length as blocks of one size at 16 kHz. Imports livekit."""

from collections.abc import Iterator

import numpy as np
from livekit import rtc
from numpy.typing import NDArray

from agent.speech.activity import RATE


class Reblock:
    """Cuts frames into blocks of `size` samples, mono at 16 kHz."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._rest = np.zeros(0, np.int16)
        self._resampler: rtc.AudioResampler | None = None

    def push(self, frame: rtc.AudioFrame) -> Iterator[NDArray[np.int16]]:
        """Takes a frame; yields the blocks it completes."""
        for part in self._at_rate(frame):
            samples = np.frombuffer(part.data, np.int16)
            if part.num_channels > 1:
                samples = samples.reshape(-1, part.num_channels).mean(axis=1).astype(np.int16)
            self._rest = np.concatenate([self._rest, samples])
        whole = len(self._rest) // self._size * self._size
        blocks, self._rest = self._rest[:whole], self._rest[whole:]
        yield from blocks.reshape(-1, self._size)

    def _at_rate(self, frame: rtc.AudioFrame) -> list[rtc.AudioFrame]:
        if frame.sample_rate == RATE:
            return [frame]
        if self._resampler is None:
            self._resampler = rtc.AudioResampler(
                frame.sample_rate, RATE, num_channels=frame.num_channels
            )
        return self._resampler.push(frame)
