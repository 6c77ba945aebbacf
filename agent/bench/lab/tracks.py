"""Sound recorded inside the page, put on the page's clock."""

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
STEP = 80
"""Samples of one envelope value: 5 ms."""
QUIET_LEVEL = 250.0
"""Root mean square below which received speech counts as silence (int16)."""


@dataclass(frozen=True, slots=True)
class Track:
    """A recorded track.

    Attributes:
        start_ms: Page time of the first sample.
        samples: (n,) int16 at 16 kHz.
    """

    start_ms: float
    samples: NDArray[np.int16]

    @staticmethod
    def from_probe(probe: dict[str, Any]) -> "Track":
        """Reads what `probe.js` returns."""
        return Track(probe["start_ms"], np.frombuffer(base64.b64decode(probe["pcm"]), np.int16))

    def between(self, start_ms: float, end_ms: float) -> NDArray[np.int16]:
        """Returns the samples between two page times."""
        first, last = (int((t - self.start_ms) * RATE / 1000) for t in (start_ms, end_ms))
        return self.samples[max(first, 0) : max(last, 0)]

    def envelope(self) -> NDArray[np.float64]:
        """Returns (m,) root mean squares of 5 ms each."""
        return envelope(self.samples)


def envelope(samples: NDArray[np.int16]) -> NDArray[np.float64]:
    """Returns (len // 80,) root mean squares of 5 ms each."""
    whole = samples[: len(samples) // STEP * STEP].astype(np.float64)
    mean: NDArray[np.float64] = (whole.reshape(-1, STEP) ** 2).mean(1)
    return np.sqrt(mean)


def played_at(track: Track, file: NDArray[np.int16]) -> float:
    """Returns the page time in ms at which `file`'s first sample was on `track`.

    The two are aligned by the best correlation of their log envelopes, which echo cancelling and
    gain control change little.
    """
    heard, sent = (np.log1p(e / 50) for e in (track.envelope(), envelope(file)))
    heard, sent = heard - heard.mean(), sent - sent.mean()
    size = 1 << int(np.ceil(np.log2(len(heard) + len(sent))))
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sent, size))
    lag = int(np.argmax(np.fft.irfft(spectrum, size)))
    if lag > size // 2:
        lag -= size
    return track.start_ms + lag * STEP * 1000 / RATE


def last_heard(track: Track, after_ms: float, before_ms: float) -> float:
    """Returns the page time at which anything was heard for the last time between two times; the
    first of them if nothing was."""
    step_ms = STEP * 1000 / RATE
    loud = np.flatnonzero(envelope(track.between(after_ms, before_ms)) > QUIET_LEVEL)
    return after_ms + (float(loud[-1]) + 1) * step_ms if len(loud) else after_ms


def is_speaking(track: Track, at_ms: float, window_ms: float = 400) -> bool:
    """Whether anything is heard within `window_ms` before `at_ms`."""
    samples = track.between(at_ms - window_ms, at_ms)
    return bool((envelope(samples) > QUIET_LEVEL).any())
