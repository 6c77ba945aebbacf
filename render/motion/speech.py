"""One utterance as it arrives: its sound, phones and words, and what can be heard in the sound.

Everything that moves the face reads a `Speech`; only the performer writes to it. Acoustic features
are made lazily, a hop at a time, when somebody looks at them, so that receiving a long stretch of
sound costs nothing.
"""

import math
from collections import deque
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from render.clock import AUDIO_RATE
from render.types import Phone, Word

HOP_SECONDS = 0.01
HOP = int(AUDIO_RATE * HOP_SECONDS)
WINDOW = 1024
"""Samples of the Hann window (43 ms) centred on each hop."""

DB, LEVEL, PITCH, CLOSE, OPEN, FRONT, HISS = range(7)
"""Columns of `Speech.features`: loudness in dBFS; the running speech level in dBFS; pitch in Hz
(0 where unvoiced); the shares of the power in 150-450 Hz (the first formant of close vowels and
nasals), 450-1,100 Hz (of open vowels), 1,700-3,200 Hz (the second of front vowels) and
3,800-9,000 Hz (fricatives)."""

SILENCE_DB = -100.0
_FULL_SCALE = np.float32(1 / 32768)
_LEVEL_START_DB = -30.0
_LEVEL_FALL_DB = 0.02
"""The running level follows peaks at once and falls 2 dB a second."""
_BANDS_HZ = ((150, 450), (450, 1100), (1700, 3200), (3800, 9000))
_PITCH_HZ = (75, 400)
_VOICED = 0.45
"""Normalised autocorrelation from which a window counts as voiced."""

_HANN = np.hanning(WINDOW).astype(np.float32)
_BANDS = tuple(
    slice(round(low * 2 * WINDOW / AUDIO_RATE), round(high * 2 * WINDOW / AUDIO_RATE))
    for low, high in _BANDS_HZ
)
_LAGS = slice(AUDIO_RATE // _PITCH_HZ[1], AUDIO_RATE // _PITCH_HZ[0])
_WINDOW_AUTOCORRELATION = np.correlate(_HANN, _HANN, "full")[WINDOW - 1 :][_LAGS]
_WINDOW_POWER = float(np.sum(_HANN**2))


class Speech:
    """What is known so far of one utterance.

    Times are seconds from its first sample. `revision` grows whenever a phone arrives or the end
    becomes known, so that readers can cache what they derive; `told_phones` says whether the
    voice gave any phone at all.
    """

    def __init__(self) -> None:
        self.phones: list[Phone] = []
        self.words: list[Word] = []
        self.revision = 0
        self.finished = False
        self.told_phones = False
        self._chunks: deque[NDArray[np.int16]] = deque()
        self._chunks_start = 0
        self._length = 0
        self._features = np.zeros((0, 7), np.float32)
        self._first_hop = 0
        self._level = _LEVEL_START_DB

    @property
    def length(self) -> int:
        """Samples received so far."""
        return self._length

    @property
    def duration(self) -> float:
        """Seconds received so far."""
        return self._length / AUDIO_RATE

    def append_sound(
        self,
        samples: NDArray[np.int16],
        phones: Iterable[Phone] = (),
        words: Iterable[Word] = (),
    ) -> None:
        """Adds sound and what is known about it.

        Args:
            samples: (n,) int16 mono at 24 kHz; n may be 0.
            phones: Phones not given before. Those without finite times are ignored.
            words: Words not given before.
        """
        if len(samples):
            self._chunks.append(samples)
            self._length += len(samples)
        usable = [p for p in phones if math.isfinite(p.start) and math.isfinite(p.end)]
        if usable:
            self.phones = sorted(self.phones + usable, key=lambda phone: phone.start)
            self.revision += 1
            self.told_phones = True
        self.words.extend(words)

    def mark_finished(self) -> None:
        """Declares that nothing more will come."""
        self.finished = True
        self.revision += 1

    def samples(self, start: int, stop: int) -> NDArray[np.int16]:
        """Returns samples `start` to `stop`; zeros where there are none (any more, or yet)."""
        out = np.zeros(stop - start, np.int16)
        at = self._chunks_start
        for chunk in self._chunks:
            if at >= stop:
                break
            first, last = max(start, at), min(stop, at + len(chunk))
            if first < last:
                out[first - start : last - start] = chunk[first - at : last - at]
            at += len(chunk)
        return out

    def drop_before(self, before: float) -> None:
        """Drops sound, features and phones older than `before` seconds; keeps words."""
        self._skip(int(before / HOP_SECONDS))
        keep_from = round(before * AUDIO_RATE) - WINDOW
        while self._chunks and self._chunks_start + len(self._chunks[0]) <= keep_from:
            self._chunks_start += len(self._chunks.popleft())
        stale = min(int(before / HOP_SECONDS) - self._first_hop, len(self._features) - 1)
        if stale > 100:
            self._features = self._features[stale:].copy()
            self._first_hop += stale
        stale_phones = sum(1 for phone in self.phones[:64] if phone.end < before)
        if stale_phones >= 32:
            self.phones = self.phones[stale_phones:]
            self.revision += 1

    def _skip(self, hop: int) -> None:
        """Lets features go on from `hop` if those before it were not looked at, nor made."""
        skipped = hop - self._first_hop - len(self._features)
        if skipped > 0:
            if len(self._features):
                self._level = float(self._features[-1, LEVEL]) - skipped * _LEVEL_FALL_DB
                self._features = self._features[:0]
            self._first_hop = hop

    def features(self, times: NDArray[np.float64]) -> NDArray[np.float32]:
        """Returns what is heard at some times.

        Args:
            times: Seconds, any shape (...,).

        Returns:
            (..., 7) float32, see `DB` to `HISS`. Sound that has not arrived is taken to go on as
            the last that has; before the first and after the end there is silence.
        """
        self._compute(float(np.max(times, initial=0.0)))
        count = len(self._features)
        if count == 0:
            silent = np.zeros((*np.shape(times), 7), np.float32)
            silent[..., DB], silent[..., LEVEL] = SILENCE_DB, _LEVEL_START_DB
            return silent
        hops = np.rint(np.asarray(times) / HOP_SECONDS).astype(np.int64) - self._first_hop
        return self._features[np.clip(hops, 0, count - 1)]

    def _compute(self, until: float) -> None:
        done = self._first_hop + len(self._features)
        last = min(math.floor(until / HOP_SECONDS + 0.5), math.floor(self._last_hop()))
        if last < done:
            return
        start = done * HOP - WINDOW // 2
        samples = self.samples(start, last * HOP + WINDOW // 2).astype(np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(samples * _FULL_SCALE, WINDOW)[::HOP]
        level = self._features[-1, LEVEL] if len(self._features) else self._level
        fresh = _analyse(windows, float(level))
        self._features = np.concatenate([self._features, fresh])

    def _last_hop(self) -> float:
        if self.finished:
            return self._length / HOP + 1
        return (self._length - WINDOW // 2) / HOP


def _analyse(windows: NDArray[np.float32], level: float) -> NDArray[np.float32]:
    """Measures (n, WINDOW) stretches of sound; `level` is the running level before them, dBFS."""
    spectrum = np.fft.rfft(windows * _HANN, 2 * WINDOW, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    correlation = np.fft.irfft(power, axis=1)
    energy = correlation[:, 0]
    out = np.zeros((len(windows), 7), np.float32)
    out[:, DB] = 10 * np.log10(energy / _WINDOW_POWER + 10 ** (SILENCE_DB / 10))
    rising = _LEVEL_FALL_DB * np.arange(1, len(windows) + 1)
    peaks = np.maximum.accumulate(np.concatenate([[level], out[:, DB] + rising]))[1:]
    out[:, LEVEL] = peaks - rising
    best = np.argmax(correlation[:, _LAGS], axis=1)
    peak = np.take_along_axis(correlation[:, _LAGS], best[:, None], 1)[:, 0]
    strength = peak / (energy + 1e-9) * _WINDOW_POWER / _WINDOW_AUTOCORRELATION[best]
    voiced = (strength > _VOICED) & (out[:, DB] > out[:, LEVEL] - 25)
    out[:, PITCH] = np.where(voiced, AUDIO_RATE / (best + _LAGS.start), 0)
    total = power.sum(axis=1) + 1e-9
    for column, band in zip((CLOSE, OPEN, FRONT, HISS), _BANDS, strict=True):
        out[:, column] = power[:, band].sum(axis=1) / total
    return out
