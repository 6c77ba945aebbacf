"""The man's voice: Piper "joe", inside its own process.

piper-tts is GPL-3.0: it is imported in this process only, which the server talks to over a pipe.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]
from numpy.typing import NDArray
from scipy.signal import resample_poly  # type: ignore[import-untyped]

from agent.models import packages
from agent.speech.voices import timing
from agent.speech.voices.text import SpokenWord
from agent.speech.voices.timing import Span, Timed
from render.clock import AUDIO_RATE
from render.types import AudioChunk

LAG_SECONDS = 0.01
"""How far the durations lag behind the sound, measured on the onsets of fricatives."""
GAIN = 1.4
LOUDNESS = 0.22
"""Level at which "joe" says hello; other voices are brought to it."""
SILENT = frozenset("^$_.,;:!?—…\"()«»¡¿-'")
IPA = {"ɚ": "əɹ", "ᵻ": "ɪ", "ɐ": "ə", "g": "ɡ"}


class PiperVoice:
    """One Piper voice on one thread, resampled to 24 kHz.

    Args:
        path: Its model; the man's voice "joe" by default.
    """

    def __init__(self, path: str = "") -> None:
        self._piper, self._options = _load(path or str(packages.find(packages.PIPER_JOE)))
        self._gain = GAIN
        trial = self.synthesize([SpokenWord("Hello.", "Hello.")])
        if path:
            self._gain *= LOUDNESS / max(_loudness(trial), LOUDNESS / 8)

    def synthesize(self, words: Sequence[SpokenWord], speed: float = 1.0) -> AudioChunk:
        """Returns the sound of `words` with its phones; `speed` 1 is the voice's own pace."""
        sounds: list[NDArray[np.float32]] = []
        symbols: list[Timed] = []
        text = " ".join(word.spoken for word in words)
        scale = (self._piper.config.length_scale or 1.0) / speed
        options = replace(self._options, length_scale=scale)
        for part in self._piper.synthesize(text, options, include_alignments=True):
            sounds.append(part.audio_float_array)
            symbols += _timed(part)
        if not sounds:
            return AudioChunk(np.zeros(0, np.int16))
        rate = self._piper.config.sample_rate
        factor = np.gcd(rate, AUDIO_RATE)
        resampled = resample_poly(np.concatenate(sounds), AUDIO_RATE // factor, rate // factor)
        samples = resampled.astype(np.float32) * np.float32(self._gain)
        phones = timing.spans(symbols, IPA, SILENT)
        timing.advance(phones, LAG_SECONDS, len(samples) / AUDIO_RATE)
        return timing.clip(samples, phones, words, self._pronounce)

    def _pronounce(self, word: str) -> list[Span]:
        """Returns the phones of a word said alone, without durations."""
        symbols = [(symbol, 0.0) for part in self._piper.phonemize(word) for symbol in part]
        return timing.spans(symbols, IPA, SILENT)


def _loudness(chunk: AudioChunk) -> float:
    """Returns the level of the sound, without its pauses, as a share of full scale."""
    level = np.abs(chunk.samples.astype(np.float64)) / 32_768
    return float(np.sqrt(np.mean(level[level > level.mean()] ** 2))) if len(level) else 0.0


def _timed(part: Any) -> list[Timed]:
    """Returns the symbols of a sentence with their seconds; one unknown one if it has none."""
    if part.phoneme_alignments is None:
        return [("ə", len(part.audio_float_array) / part.sample_rate)]
    return [(a.phoneme, float(a.num_samples) / part.sample_rate) for a in part.phoneme_alignments]


def _load(path: str) -> tuple[Any, Any]:
    """Loads the voice with one thread; the library has no option for it."""
    from piper import PiperVoice as Piper
    from piper import SynthesisConfig

    default = ort.SessionOptions

    def one_thread() -> Any:
        options = default()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return options

    ort.SessionOptions = one_thread
    try:
        voice = Piper.load(path, include_alignments=True)
    finally:
        ort.SessionOptions = default
    return voice, SynthesisConfig(normalize_audio=False)
