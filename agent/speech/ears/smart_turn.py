"""smart-turn v3.2, inside its own process: has the person finished?

The model hears the last 8 seconds as an 80-band log-mel spectrogram (the features of Whisper:
Slaney mel scale, 25 ms Hann windows every 10 ms) and returns a probability.
"""

from functools import cache

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]
from numpy.typing import NDArray

from agent.models import packages

RATE = 16_000
WINDOW_SECONDS = 8
N_FFT, HOP, MELS = 400, 160, 80
TRAILING_SILENCE = 0.2
"""Seconds of silence the model expects at the end; less is filled up with zeros."""


class SmartTurn:
    """End-of-turn probability from sound alone."""

    def __init__(self) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(
            str(packages.find(packages.SMART_TURN)), options, providers=["CPUExecutionProvider"]
        )
        self.probability(np.zeros(RATE, np.int16), 0.0)

    def probability(self, samples: NDArray[np.int16], silence: float) -> float:
        """Returns how likely the turn in `samples` is over, in [0, 1].

        Args:
            samples: (n,) int16 at 16 kHz, the turn so far.
            silence: Seconds of silence at its end.
        """
        missing = max(0.0, TRAILING_SILENCE - silence)
        audio = samples.astype(np.float32) / np.float32(32_768)
        audio = np.pad(audio, (0, int(missing * RATE)))[-WINDOW_SECONDS * RATE :]
        audio = np.pad(audio, (WINDOW_SECONDS * RATE - len(audio), 0))
        audio = (audio - audio.mean()) / np.sqrt(audio.var() + 1e-7)
        features = log_mel(audio)[None]
        logits: NDArray[np.float32] = self._session.run(None, {"input_features": features})[0]
        return float(logits.reshape(-1)[0])


def log_mel(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns the (80, n // 160) log-mel spectrogram of (n,) samples, as Whisper defines it."""
    padded = np.pad(audio, N_FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP]
    window = np.hanning(N_FFT + 1)[:-1].astype(np.float32)
    power = np.abs(np.fft.rfft(frames * window, axis=1))[:-1] ** 2
    mel = np.log10(np.maximum(mel_filters() @ power.T, 1e-10))
    mel = np.maximum(mel, mel.max() - 8.0)
    scaled: NDArray[np.float32] = ((mel + 4.0) / 4.0).astype(np.float32)
    return scaled


@cache
def mel_filters() -> NDArray[np.float64]:
    """Returns the (80, 201) triangular filters on the Slaney mel scale, each of area one."""
    edges = _mel_to_hertz(np.linspace(0.0, _hertz_to_mel(RATE / 2), MELS + 2))
    bins = np.linspace(0, RATE / 2, N_FFT // 2 + 1)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    area = 2.0 / (edges[2:] - edges[:-2])
    filters: NDArray[np.float64] = np.maximum(0, np.minimum(rising, falling)) * area[:, None]
    return filters


def _hertz_to_mel(hertz: float) -> float:
    """Linear to 1 kHz (15 mel), logarithmic above."""
    return 15 + np.log(hertz / 1000) * 27 / np.log(6.4) if hertz >= 1000 else hertz * 3 / 200


def _mel_to_hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel >= 15, 1000 * np.exp((mel - 15) * np.log(6.4) / 27), mel * 200 / 3)
