"""The questions of `agent.bench.answers` as they arrive when somebody speaks.

Each is said by one of the benchmark's voices in a quiet room and written down by the recogniser,
which knows the persona's names as in a session.
"""

from collections.abc import Callable, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from agent.bench.lab.material import script, spoken
from agent.mind.persona.persona import Persona
from agent.speech.ears.whisper import Whisper

VOICES = ("flite:slt", "espeak-ng", "flite:rms", "flite:awb")
_SILENCE_SECONDS = 0.2

Say = Callable[[str], NDArray[np.int16]]


def said(text: str) -> NDArray[np.int16]:
    """Returns `text` as a voice says it, (n,) int16 at 16 kHz; always the same one for a text."""
    utterance = spoken(text, VOICES[crc32(text.encode()) % len(VOICES)])
    return script([utterance], _SILENCE_SECONDS, [_SILENCE_SECONDS]).samples


class QuestionRecogniser:
    """Writes down what is said to a persona.

    Args:
        ears: The recogniser.
        say: The voice.
    """

    def __init__(self, ears: Whisper, say: Say = said) -> None:
        self._ears = ears
        self._say = say

    def recognise(self, text: str, persona: Persona) -> str:
        """Returns what the recogniser makes of `text`."""
        names = tuple(dict.fromkeys([*(name.name for name in persona.names), persona.name]))
        return self._ears.transcribe(self._say(text), names).text


def words_wrong(pairs: Sequence[tuple[str, str]]) -> float:
    """Returns the word error rate of (said, heard) pairs."""
    errors = sum(Levenshtein.distance(_words(said), _words(heard)) for said, heard in pairs)
    return errors / max(sum(len(_words(said)) for said, _ in pairs), 1)


def _words(text: str) -> list[str]:
    kept = "".join(char if char.isalnum() or char in "' " else " " for char in text.lower())
    return kept.split()
