"""What the model hears: 80 mel bands every 10 ms.

A window ends where its hop ends, so that the last one of a chunk needs no sound beyond it, and
those of a whole recording are the same as those of its chunks.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 16_000
HOP: Final = 160
WINDOW: Final = 400
FFT: Final = 512
BANDS: Final = 80
MELS_PER_FRAME: Final = 4
FLOOR: Final = 1e-6
"""Power that is silence; it is added before the logarithm."""
_LOG_CENTRE, _LOG_SCALE = -7.0, 4.0
_RANGE_HZ: Final = (60.0, 7600.0)

Mels = NDArray[np.float32]


def _mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(2595 * np.log10(1 + hertz / 700))


def _filters() -> NDArray[np.float32]:
    """(FFT // 2 + 1, BANDS) triangles, each of unit sum."""
    low, high = _mel(np.array(_RANGE_HZ))
    edges = np.linspace(low, high, BANDS + 2)
    bins = _mel(np.arange(FFT // 2 + 1) * RATE / FFT)
    rising = (bins[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(np.minimum(rising, falling), 0.0)
    return np.asarray(triangles / np.maximum(triangles.sum(axis=0), 1e-3), np.float32)


_FILTERS: Final = _filters()
_HANN: Final = np.hanning(WINDOW).astype(np.float32)
_UNIT: Final = np.float32(1 / np.sum(_HANN**2))


def mel_power(audio: NDArray[np.float32]) -> Mels:
    """Returns (n // HOP, BANDS) power per band of (n,) sound in [-1, 1]."""
    padded = np.concatenate([np.zeros(WINDOW - HOP, np.float32), audio])
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    spectrum = np.fft.rfft(windows * _HANN, FFT, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2) * _UNIT
    return np.asarray(power.astype(np.float32) @ _FILTERS, np.float32)


def log_mels(power: Mels) -> Mels:
    """Returns power as the network takes it, about within [-2, 2]."""
    return np.asarray((np.log(power + FLOOR) - _LOG_CENTRE) / _LOG_SCALE, np.float32)
