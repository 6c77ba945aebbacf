"""When which phone sounds in speech whose words are known: forced alignment with pocketsphinx.

The acoustic model comes in the wheel (BSD-2-Clause, American English); boundaries are exact to
about two hundredths of a second.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pocketsphinx import Decoder  # type: ignore[import-untyped]

from agent.training.speakers import ARPABET
from render.types import Phone

_HOP_SECONDS = 0.01


class Aligner:
    """Finds the phones of a text in its sound."""

    def __init__(self) -> None:
        self._decoder = Decoder(lm=None, loglevel="FATAL", beam=1e-80, wbeam=1e-60, pbeam=1e-80)

    def align(self, text: str, samples: NDArray[np.int16]) -> list[Phone]:
        """Returns the phones of speech at 16 kHz, without stress.

        Raises:
            ValueError: A word is in no dictionary, or the sound does not say the text.
        """
        words = self._words(text)
        decoder = self._decoder
        decoder.set_align_text(" ".join(words))
        self._hear(samples)
        if decoder.hyp() is None:
            raise ValueError("the sound does not fit the text")
        decoder.set_alignment()
        self._hear(samples)
        phones = []
        for entry in decoder.get_alignment().phones():
            start = entry.start * _HOP_SECONDS
            symbol = ARPABET.get(entry.name.lower(), "")
            phones.append(Phone(symbol, start, start + entry.duration * _HOP_SECONDS))
        return phones

    def _words(self, text: str) -> Sequence[str]:
        words = re.findall(r"[a-z']+", text.lower())
        missing = [word for word in words if self._decoder.lookup_word(word) is None]
        if missing:
            raise ValueError(f"no pronunciation of {', '.join(missing)}")
        return words

    def _hear(self, samples: NDArray[np.int16]) -> None:
        self._decoder.start_utt()
        self._decoder.process_raw(samples.tobytes(), full_utt=True)
        self._decoder.end_utt()
