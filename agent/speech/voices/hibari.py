"""The woman's voice: Hibari "heart", inside its own process.

The model tells how long each symbol lasts if one of its inner tensors is marked as an output.
"""

from collections.abc import Sequence

import numpy as np
import onnx
from hibari import Hibari, dsp  # type: ignore[import-untyped]

from agent.models import packages
from agent.speech.voices import timing
from agent.speech.voices.text import SpokenWord
from agent.speech.voices.timing import Span, Timed
from render.types import AudioChunk

DURATIONS = "/Clip_output_0"
"""The tensor of rounded durations, one per symbol."""
UNIT_SECONDS = 0.025
LAG_SECONDS = 0.045
"""How far the durations lag behind the sound, measured on the onsets of fricatives."""
GAIN = 2.0
PAD = ""
SILENT = frozenset(f';:,.!?—…"()“”{PAD}') | {PAD}
IPA = {
    "A": "eɪ", "I": "aɪ", "O": "oʊ", "Q": "əʊ", "W": "aʊ", "Y": "ɔɪ",
    "ʤ": "dʒ", "ʧ": "tʃ", "ᵊ": "ə", "ᵻ": "ɪ", "T": "ɾ",
}  # fmt: skip
"""What the model's alphabet (misaki's) writes with one letter."""


class HibariVoice:
    """Voice "heart" on one thread."""

    def __init__(self) -> None:
        model = onnx.load(str(packages.find(packages.HIBARI_HEART)))
        model.graph.output.append(
            onnx.helper.make_tensor_value_info(DURATIONS, onnx.TensorProto.FLOAT, None)
        )
        self._voice = Hibari(model=model.SerializeToString(), threads=1)
        self.synthesize([SpokenWord("Hello.", "Hello.")])

    def synthesize(self, words: Sequence[SpokenWord], speed: float = 1.0) -> AudioChunk:
        """Returns the sound of `words` with its phones; `speed` 1 is the voice's own pace."""
        sounds: list[np.ndarray[tuple[int], np.dtype[np.float32]]] = []
        symbols: list[Timed] = []
        for phonemes in self._voice.phonemize(" ".join(word.spoken for word in words)):
            known = [c for c in phonemes if c in self._voice.vocab]
            outputs = self._voice.sess.run(
                None,
                {
                    "ids": np.asarray([self._voice.ids(known)], np.int64),
                    "speed": np.full(1, speed, np.float32),
                },
            )
            spectrum = (output[0] for output in outputs[:6])
            sounds.append(dsp.synth(*spectrum, np.random.default_rng(0)))
            lengths = outputs[6].reshape(-1) * UNIT_SECONDS
            symbols += zip([PAD, *known, PAD], map(float, lengths), strict=True)
        if not sounds:
            return AudioChunk(np.zeros(0, np.int16))
        samples = np.concatenate(sounds) * np.float32(GAIN)
        phones = timing.spans(symbols, IPA, SILENT)
        timing.advance(phones, LAG_SECONDS, len(samples) / 24_000)
        return timing.clip(samples, phones, words, self._pronounce)

    def _pronounce(self, word: str) -> list[Span]:
        """Returns the phones of a word said alone, without durations."""
        symbols = [(c, 0.0) for phonemes in self._voice.phonemize(word) for c in phonemes]
        return timing.spans(symbols, IPA, SILENT)
