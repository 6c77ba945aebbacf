"""Microphone frames as blocks of one size at 16 kHz, and when each sample was spoken."""

from collections.abc import Iterator

import numpy as np
from livekit import rtc
from numpy.typing import NDArray

from agent.speech.turn_taking.activity import RATE


class Reblock:
    """Cuts frames into blocks of `size` samples, mono at 16 kHz."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._rest = np.zeros(0, np.int16)
        self._resampler: rtc.AudioResampler | None = None

    def push_samples(self, frame: rtc.AudioFrame) -> Iterator[NDArray[np.int16]]:
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


class SampleClock:
    """Tells when a sample was spoken, from when the frames arrive.

    Frames arrive late in bursts but never early, so the smallest delay seen is the true one; it
    is let go slowly, for clocks that drift, and at once after a gap.
    """

    DRIFT_SECONDS = 1e-5
    GAP_SECONDS = 0.5

    def __init__(self) -> None:
        self._origin: float | None = None

    def arrived(self, position: int, now: float) -> None:
        """Notes that the samples up to `position` had arrived at `now`."""
        origin = now - position / RATE
        known = self._origin
        if known is None or not known <= origin <= known + self.GAP_SECONDS:
            self._origin = origin
        else:
            self._origin = known + self.DRIFT_SECONDS

    def when(self, position: int) -> float:
        """Returns when the sample at `position` was spoken, on the clock of `arrived`."""
        return (self._origin or 0.0) + position / RATE
